"""Access requests as the command line sees them: making one, waiting for the decision, showing who is asked."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from client.api import Api, at
from client.errors import ClientError
from client.exit_codes import Exit
from client.parameters import given
from client.reaching import Reached
from client.transport import Json
from client.waiting import outstanding

FIRST_PAUSE_SECONDS = 1.0
LONGEST_PAUSE_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Wish:
    """What is asked for; lengths of time in seconds."""

    tiers: list[str] | None = None
    reason: str = ""
    ticket: str = ""
    duration: int | None = None
    starts_at: str | None = None
    emergency: bool = False

    def body(self, reached: Reached) -> Json:
        """Return the body of ``POST /requests``."""
        body = given(
            asset=reached.id, service=reached.service, tiers=self.tiers, reason=self.reason, ticket=self.ticket,
            duration=self.duration, starts_at=self.starts_at,
        )  # fmt: skip
        return body | ({"emergency": True} if self.emergency else {})


async def pending_request(api: Api, reached: Reached) -> Json | None:
    """Return one's own request for this service that still waits."""
    for request in await api.items("/requests", {"mine": "true", "state": "pending"}):
        if request["asset"] == reached.id and request["service_name"] == reached.service:
            return request
    return None


async def until_decided(api: Api, request: Json, tell: Callable[[str], None]) -> Json:
    """Wait until the request is no longer pending; say who must still approve, whenever that changes."""
    pause, said = FIRST_PAUSE_SECONDS, ""
    while request["state"] == "pending":
        waiting = f"{request['id']} waits for {outstanding(request)}."
        if waiting != said:
            tell(waiting)
            said = waiting
        await asyncio.sleep(pause)
        pause = min(pause * 1.3, LONGEST_PAUSE_SECONDS)
        request = await api.get(at("requests", request["id"]))
    return request


def granted(request: Json) -> str:
    """Return the grant of a decided request, or raise what became of it."""
    if request["state"] == "approved" and request.get("grant"):
        return str(request["grant"])
    if request["state"] == "pending":
        raise StillPendingError(request)
    why = request.get("decision_reason") or ""
    raise ClientError(f"The request was {request['state']}{f': {why}' if why else '.'}", exit_code=Exit.DENIED)


class StillPendingError(ClientError):
    """The request waits for somebody."""

    code = "pending"

    def __init__(self, request: Json) -> None:
        super().__init__(
            f"{request['id']} waits for {outstanding(request)}.",
            hint="Wait for the decision with --wait, or try again later.",
            exit_code=Exit.NEEDS_APPROVAL,
        )
        self.request = request

    def as_json(self) -> dict[str, object]:
        """Return it with the request."""
        return {**super().as_json(), "request": self.request}
