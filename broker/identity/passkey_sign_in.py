"""Signing in with a passkey alone: it is two factors in one, something one has that something one is or knows opens."""

from typing import Any

from broker.audit.log import Actor, AuditEvent, AuditLog
from broker.db.engine import Database, Transaction
from broker.identity import passkeys
from broker.identity.attempts import Attempts, network_of
from broker.identity.ceremonies import Ceremonies, Purpose
from broker.identity.directory import Directory
from broker.identity.errors import PasskeyLoginFailedError
from broker.identity.logins import Device, Held, Logins
from broker.identity.passkey_proof import PasskeyProof, Proved, Shown, Unproved
from broker.identity.relying_party import RelyingParty
from broker.identity.tables import UserRow
from tunnel.clock import Clock


class PasskeySignIn:
    """Gives strangers challenges and judges what they answer. Every failure looks the same."""

    def __init__(
        self,
        database: Database,
        directory: Directory,
        ceremonies: Ceremonies,
        proof: PasskeyProof,
        attempts: Attempts,
        logins: Logins,
        audit: AuditLog,
        clock: Clock,
    ) -> None:
        self._database = database
        self._directory = directory
        self._ceremonies = ceremonies
        self._proof = proof
        self._attempts = attempts
        self._logins = logins
        self._audit = audit
        self._clock = clock

    async def begin(self, party: RelyingParty, address: str) -> tuple[str, dict[str, Any]]:
        """Return a ceremony's id and the options for showing a passkey, whosever it is.

        Raise ``TooManyRequestsError`` where the address is held, or begins much and finishes nothing. Asking is no
        attempt: pages do it when they open.
        """
        await self._attempts.check(address)
        network = network_of(address)
        async with self._database.reading() as view:
            await self._ceremonies.check_room(view, network)
        async with self._database.transaction() as tx:
            ceremony = await self._ceremonies.begin_for_stranger(tx, network, party)
        return ceremony.id, passkeys.request_options(party, ceremony.challenge)

    async def sign_in(self, shown: Shown, device: Device) -> Held:
        """Start a login of the passkey's user.

        Raise ``PasskeyLoginFailedError``, or ``TooManyRequestsError`` where the address is held.
        """
        await self._attempts.begin(device.address, None)
        async with self._database.transaction() as tx:
            held = await self._conclude(tx, shown, device)
        if held is None:
            raise PasskeyLoginFailedError
        return held

    async def _conclude(self, tx: Transaction, shown: Shown, device: Device) -> Held | None:
        outcome = await self._proof.judge(tx, Purpose.LOGIN, shown)
        match outcome:
            case Unproved(passkey=passkey):
                user = await tx.get(UserRow, passkey.user_id) if passkey is not None else None
                await self._fail(tx, user, device, outcome.details())
                return None
            case Proved(user=user, passkey=passkey):
                cause = await self._refusal(tx, user)
                if cause:
                    await self._fail(tx, user, device, {"cause": cause, "passkey": passkey.id})
                    return None
                await self._attempts.take_back(tx, device.address)
                return await self._logins.start(tx, user, ("passkey",), device, passkey=passkey.id)

    async def _refusal(self, tx: Transaction, user: UserRow) -> str:
        """Return why this user may not sign in although the passkey is theirs, or an empty text."""
        person = await self._directory.person(tx, user.id)
        causes = {
            "not_enrolled": user.totp_sealed is None,
            "disabled": person is None or person.disabled,
            "account_ended": person is None or not person.is_active(self._clock.now()),
        }
        return next((cause for cause, holds in causes.items() if holds), "")

    async def _fail(self, tx: Transaction, user: UserRow | None, device: Device, details: dict[str, object]) -> None:
        actor = Actor(user.id, user.name, device.address) if user is not None else Actor("stranger", "", device.address)
        await self._audit.append(tx, AuditEvent("login.failed", actor, user.id if user else "", details))
