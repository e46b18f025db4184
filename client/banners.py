"""What a plant wants read before anybody works there: shown, and accepted at a terminal or with ``--accept-banner``."""

from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import TypeVar

from client.api import Api, at
from client.app import App
from client.asking import confirm
from client.errors import ApiError

Result = TypeVar("Result")


class Banner:
    """One site's banner during one command, shown at most once; ``accept`` is the yes that was given beforehand."""

    def __init__(self, app: App, api: Api, *, accept: bool) -> None:
        self._app = app
        self._api = api
        self._accept = accept
        self._shown = ""

    async def show(self, site: str) -> None:
        """Show what the site has to say, whether or not it was accepted before."""
        with suppress(ApiError):
            found = await self._api.get(at("sites", site))
            self._print(str(found.get("banner") or ""))

    async def around(self, work: Callable[[], Awaitable[Result]]) -> Result:
        """Do ``work``; if the site wants its banner accepted first, see to that and do it again."""
        try:
            return await work()
        except ApiError as error:
            if error.code != "banner_not_accepted":
                raise
            refusal = error.fields
        self._print(str(refusal["banner"]))
        confirm("Do you accept this?", "Read it, and give --accept-banner.", sure=self._accept)
        await self._api.post(at("sites", str(refusal["site"]), "banner", "acceptance"), {"digest": refusal["digest"]})
        return await work()

    def _print(self, text: str) -> None:
        if text != self._shown:
            for line in text.splitlines():
                self._app.out.note(line)
        self._shown = text
