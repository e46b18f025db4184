"""Showing the second factor again with a passkey instead of a code."""

from typing import Any

from sqlalchemy import select

from broker.audit.log import actor_of
from broker.db.engine import Database
from broker.http.errors import ConflictError
from broker.http.principal import Principal
from broker.identity import passkeys
from broker.identity.ceremonies import Ceremonies, Purpose
from broker.identity.errors import PasskeyRejectedError
from broker.identity.logins import Logins, Tokens
from broker.identity.passkey_proof import PasskeyProof, Proved, Shown, Unproved
from broker.identity.relying_party import RelyingParty
from broker.identity.tables import PasskeyRow


class PasskeyStepUp:
    """Freshens the caller's login by one of the caller's own passkeys; five refusals in a row end the login."""

    def __init__(self, database: Database, ceremonies: Ceremonies, proof: PasskeyProof, logins: Logins) -> None:
        self._database = database
        self._ceremonies = ceremonies
        self._proof = proof
        self._logins = logins

    async def begin(self, principal: Principal, party: RelyingParty) -> tuple[str, dict[str, Any]]:
        """Return a ceremony's id and the options for showing one of the caller's passkeys."""
        async with self._database.transaction() as tx:
            user, login = await self._logins.own(tx, principal)
            mine = select(PasskeyRow.credential_id).where(PasskeyRow.user_id == user.id, PasskeyRow.rp_id == party.id)
            allowed = list(await tx.scalars(mine.order_by(PasskeyRow.id)))
            if not allowed:
                raise ConflictError("You have no passkey for this address.", hint="Show a code of your app instead.")
            ceremony = await self._ceremonies.begin_for(tx, login.id, Purpose.STEP_UP, party)
        return ceremony.id, passkeys.request_options(party, ceremony.challenge, allowed)

    async def step_up(self, principal: Principal, shown: Shown) -> Tokens | None:
        """Freshen the login, or raise ``PasskeyRejectedError``. A program gets new tokens."""
        actor = actor_of(principal)
        async with self._database.transaction() as tx:
            _, login = await self._logins.own(tx, principal)
            outcome = await self._proof.judge(tx, Purpose.STEP_UP, shown, login)
            match outcome:
                case Proved(passkey=passkey):
                    return await self._logins.freshen(tx, login, "passkey", actor, passkey=passkey.id)
                case Unproved():
                    await self._logins.reject(tx, login, "login.passkey_rejected", actor, outcome.details())
        raise PasskeyRejectedError
