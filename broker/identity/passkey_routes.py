"""Routes of passkeys: of one's own, of signing in with one, of showing one again."""

from typing import Any

from broker.http.routes import Call, Public, Route, SignedIn
from broker.identity.auth_models import SignedInOut, StepUpOut
from broker.identity.handing_over import device_of, signed_in, stepped_up
from broker.identity.own_passkeys import OwnPasskeys
from broker.identity.passkey_models import (
    CeremonyOut,
    NewPasskeyBody,
    PasskeyLoginBody,
    PasskeyOut,
    PasskeyPage,
    PasskeyProofBody,
)
from broker.identity.passkey_proof import Shown
from broker.identity.passkey_sign_in import PasskeySignIn
from broker.identity.passkey_step_up import PasskeyStepUp
from broker.identity.relying_party import RelyingParties
from broker.identity.tables import PasskeyRow

PASSKEYS, STEP_UP = "/api/v1/auth/passkeys", "/api/v1/auth/step-up/passkey"
NOWHERE = "passkeys_unavailable"


class PasskeyRoutes:
    """Everything that a page does with passkeys; each belongs to the host name of the page."""

    def __init__(
        self, parties: RelyingParties, own: OwnPasskeys, sign_in: PasskeySignIn, step_up: PasskeyStepUp
    ) -> None:
        self._parties = parties
        self._own = own
        self._sign_in = sign_in
        self._step_up = step_up

    def routes(self) -> list[Route]:
        """Return the routes."""
        mine = SignedIn()
        return [
            Route("POST", f"{PASSKEYS}/registration", self.begin_adding, mine, "Get the options for a new passkey",
                  response=CeremonyOut, errors=("mfa_required", NOWHERE, "conflict")),
            Route("POST", PASSKEYS, self.add, mine, "Add a passkey", NewPasskeyBody, response=PasskeyOut, status=201,
                  errors=("passkey_rejected", NOWHERE, "conflict")),
            Route("GET", PASSKEYS, self.list_mine, mine, "List your passkeys", response=PasskeyPage),
            Route("DELETE", f"{PASSKEYS}/{{passkey}}", self.delete, mine,
                  "Delete a passkey and end the logins it was shown to", status=204),
            Route("POST", f"{PASSKEYS}/login/options", self.begin_login, Public("a challenge is no secret"),
                  "Get the options for signing in", response=CeremonyOut, errors=("too_many_requests", NOWHERE)),
            Route("POST", f"{PASSKEYS}/login", self.log_in, Public("it is the way in"), "Sign in with a passkey",
                  PasskeyLoginBody, response=SignedInOut,
                  errors=("login_failed", "too_many_requests", "csrf_failed", NOWHERE)),
            Route("POST", f"{STEP_UP}/options", self.begin_step_up, mine, "Get the options for showing a passkey again",
                  response=CeremonyOut, errors=(NOWHERE, "conflict")),
            Route("POST", STEP_UP, self.step_up, mine, "Show a passkey as the second factor again",
                  PasskeyProofBody, response=StepUpOut, errors=("passkey_rejected", NOWHERE)),
        ]  # fmt: skip

    async def begin_adding(self, call: Call) -> CeremonyOut:
        """Give out a challenge for a new passkey."""
        return _ceremony_out(*await self._own.begin(call.principal, self._parties.of(call.request)))

    async def add(self, call: Call) -> PasskeyOut:
        """Add a passkey."""
        body, party = call.body_as(NewPasskeyBody), self._parties.of(call.request)
        credential = body.credential.model_dump()
        return _passkey_out(await self._own.add(call.principal, party, body.ceremony, body.name, credential))

    async def list_mine(self, call: Call) -> PasskeyPage:
        """List one's own passkeys."""
        return PasskeyPage(items=[_passkey_out(row) for row in await self._own.mine(call.principal)])

    async def delete(self, call: Call) -> None:
        """Delete a passkey."""
        await self._own.delete(call.principal, call.path("passkey"))

    async def begin_login(self, call: Call) -> CeremonyOut:
        """Give out a challenge for signing in."""
        return _ceremony_out(*await self._sign_in.begin(self._parties.of(call.request), call.address))

    async def log_in(self, call: Call) -> SignedInOut:
        """Sign in."""
        body = call.body_as(PasskeyLoginBody)
        device = device_of(call, is_browser=body.browser)
        return signed_in(call, await self._sign_in.sign_in(self._shown(call, body), device))

    async def begin_step_up(self, call: Call) -> CeremonyOut:
        """Give out a challenge for a fresh proof."""
        return _ceremony_out(*await self._step_up.begin(call.principal, self._parties.of(call.request)))

    async def step_up(self, call: Call) -> StepUpOut:
        """Show the second factor again."""
        shown = self._shown(call, call.body_as(PasskeyProofBody))
        return stepped_up(await self._step_up.step_up(call.principal, shown))

    def _shown(self, call: Call, body: PasskeyProofBody) -> Shown:
        return Shown(body.ceremony, self._parties.of(call.request), body.credential.model_dump())


def _ceremony_out(ceremony: str, options: dict[str, Any]) -> CeremonyOut:
    return CeremonyOut(ceremony=ceremony, options=options)


def _passkey_out(row: PasskeyRow) -> PasskeyOut:
    return PasskeyOut(
        id=row.id,
        name=row.name,
        created_at=row.created_at,
        last_used_at=row.last_used_at,
        backed_up=row.backed_up,
    )
