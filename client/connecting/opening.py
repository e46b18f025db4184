"""Getting a session: on a grant that is there, or by asking for one and waiting for the people who decide."""

from dataclasses import replace

from client.api import Api
from client.app import App
from client.asking import ask
from client.connecting.plan import Plan
from client.errors import ApiError
from client.output import is_terminal
from client.parameters import given
from client.reaching import Reached
from client.requesting import Wish, granted, pending_request, until_decided
from client.stepping_up import with_fresh_factor
from client.transport import Json


class Opening:
    """Opens one session for a plan."""

    def __init__(self, app: App, api: Api, plan: Plan, reached: Reached) -> None:
        self._app = app
        self._api = api
        self._plan = plan
        self._reached = reached

    async def session(self) -> Json:
        """Return an open session; raise ``StillPendingError`` or what the broker refuses."""
        try:
            return await self._open(self._plan.grant)
        except ApiError as error:
            if error.code != "approval_required" or self._plan.grant is not None:
                raise
            wish = self._completed(error)
        return await self._open(await self._grant(wish))

    async def _open(self, grant: str | None) -> Json:
        body = given(asset=self._reached.id, service=self._reached.service, tiers=self._plan.wish.tiers, grant=grant)
        return await with_fresh_factor(
            self._app, self._api, self._plan.otp, lambda: self._api.post("/sessions", body, once=True)
        )

    async def _grant(self, wish: Wish) -> str:
        """Ask for access, unless that was done before, and return the grant that came of it."""
        request = await pending_request(self._api, self._reached)
        if request is None:
            body = wish.body(self._reached)
            request = await with_fresh_factor(
                self._app, self._api, self._plan.otp, lambda: self._api.post("/requests", body, once=True)
            )
            self._app.out.note(f"Requested access to {self._reached.name}: {request['id']}.")
        if self._plan.wait:
            request = await until_decided(self._api, request, self._app.out.note)
        return granted(request)

    def _completed(self, refusal: ApiError) -> Wish:
        """Fill in what the policy wants to know; raise the refusal where it is missing and nobody can be asked."""
        wish, fields = self._plan.wish, refusal.fields
        lacking = {
            "reason": bool(fields.get("reason_required")) and not wish.reason,
            "ticket": bool(fields.get("ticket_pattern")) and not wish.ticket,
        }
        missing = [name for name, lacks in lacking.items() if lacks]
        if missing and not is_terminal():
            refusal.hint = f"Ask for it with {' and '.join(f'--{name}' for name in missing)} (and --wait)."
            raise refusal
        if lacking["reason"]:
            wish = replace(wish, reason=ask("This must be requested. Why do you need it", ""))
        if lacking["ticket"]:
            wish = replace(wish, ticket=ask(f"Ticket (like {fields['ticket_pattern']})", ""))
        return wish
