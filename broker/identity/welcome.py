"""What a page must know before anybody has signed in."""

from typing import Literal

from pydantic import BaseModel

from broker.http.routes import Call, Public, Route
from broker.identity.setup import Setup


class WelcomeOut(BaseModel):
    """Whose page it is; ``banner`` is to be accepted before signing in, an empty one is none."""

    name: Literal["Wicketgate"] = "Wicketgate"
    version: str
    setup_needed: bool
    banner: str


def routes(setup: Setup, *, version: str, banner: str) -> list[Route]:
    """Return the one route."""

    async def welcome(_call: Call) -> WelcomeOut:
        return WelcomeOut(version=version, setup_needed=await setup.is_needed(), banner=banner)

    access = Public("what the operator chose to show to strangers, and whether the set-up is done")
    return [Route("GET", "/api/v1/welcome", welcome, access, "What to show before sign-in", response=WelcomeOut)]
