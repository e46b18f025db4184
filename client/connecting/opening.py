"""Getting a session: on a grant that is there, or by asking for one and waiting for the people who decide."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import replace

from client.api import Api, at
from client.app import App
from client.asking import ask
from client.banners import Banner
from client.connecting.plan import Plan
from client.errors import ApiError, ClientError
from client.exit_codes import Exit
from client.output import is_terminal
from client.parameters import given
from client.reaching import Reached
from client.requesting import Wish, granted, pending_request, until_decided
from client.stepping_up import with_fresh_factor
from client.transport import Json

TAKE_BACK_SECONDS = 10.0


class Opening:
    """Opens one session for a plan."""

    def __init__(self, app: App, api: Api, plan: Plan, reached: Reached, banner: Banner) -> None:
        self._app = app
        self._api = api
        self._plan = plan
        self._reached = reached
        self._banner = banner

    async def session(self) -> Json:
        """Return an open session; raise ``StillPendingError`` or what the broker refuses."""
        try:
            return await self._open(self._plan.grant)
        except ApiError as error:
            if error.code != "approval_required" or self._plan.grant is not None:
                raise
            refusal = error
        return await self._open(await self._grant(refusal))

    async def _open(self, grant: str | None) -> Json:
        body = given(asset=self._reached.id, service=self._reached.service, tiers=self._plan.wish.tiers, grant=grant)
        return await self._proved(lambda: self._post(body))

    async def _proved(self, work: Callable[[], Awaitable[Json]]) -> Json:
        """Do what may want a fresh second factor, the site's banner accepted, or both."""
        return await self._banner.around(lambda: with_fresh_factor(self._app, self._api, self._plan.otp, work))

    async def _post(self, body: Json) -> Json:
        """Open the session; whoever presses Ctrl-C meanwhile leaves none behind."""
        posting = asyncio.create_task(self._api.post("/sessions", body, once=True))
        try:
            return await asyncio.shield(posting)
        except asyncio.CancelledError:
            with suppress(ClientError, TimeoutError):
                async with asyncio.timeout(TAKE_BACK_SECONDS):
                    await self._api.post(at("sessions", str((await posting)["id"]), "end"))
            raise

    async def _grant(self, refusal: ApiError) -> str:
        """Ask for access, unless that was done before, and return the grant that came of it."""
        request = await pending_request(self._api, self._reached)
        if request is None:
            body = self._completed(refusal).body(self._reached)
            request = await self._proved(lambda: self._api.post("/requests", body, once=True))
            self._app.out.note(f"Requested access to {self._reached.name}: {request['id']}.")
        if self._plan.wait:
            request = await until_decided(self._api, request, self._app.out.note)
        return granted(request)

    def _completed(self, refusal: ApiError) -> Wish:
        """Fill in what the policy wants to know; where nobody can be asked, say what is missing."""
        wish, fields = self._plan.wish, refusal.fields
        lacking = {
            "reason": bool(fields.get("reason_required")) and not wish.reason,
            "ticket": bool(fields.get("ticket_pattern")) and not wish.ticket,
        }
        missing = [name for name, lacks in lacking.items() if lacks]
        if missing and not is_terminal():
            options = " and ".join(f"--{name}" for name in missing)
            raise ClientError(
                f"{refusal.message} To request it, a {' and a '.join(missing)} is missing.",
                hint=f"Give {options}, and --wait to wait for the approval.",
                exit_code=Exit.USAGE,
                lines=refusal.lines,
            )
        if lacking["reason"]:
            wish = replace(wish, reason=ask("This must be requested. Why do you need it", ""))
        if lacking["ticket"]:
            wish = replace(wish, ticket=ask(f"Ticket (like {fields['ticket_pattern']})", ""))
        return wish
