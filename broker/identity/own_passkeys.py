"""The signed-in user's own passkeys: added by a login whose second factor is fresh, listed, deleted."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from broker.audit.log import AuditEvent, AuditLog, actor_of
from broker.cluster.bus import Bus, Event
from broker.db.engine import Database, Transaction
from broker.http.errors import ConflictError, NotFoundError
from broker.http.principal import Principal
from broker.identity import passkeys
from broker.identity.ceremonies import Ceremonies, Purpose
from broker.identity.errors import MfaRequiredError, PasskeyRejectedError
from broker.identity.logins import Logins
from broker.identity.relying_party import RelyingParty
from broker.identity.tables import LoginRow, PasskeyRow
from tunnel.clock import Clock
from tunnel.ids import new_id

MAX_PASSKEYS = 20
FRESH = timedelta(minutes=10)


class OwnPasskeys:
    """Adds, lists and deletes the caller's passkeys."""

    def __init__(
        self, database: Database, ceremonies: Ceremonies, logins: Logins, audit: AuditLog, bus: Bus, clock: Clock
    ) -> None:
        self._database = database
        self._ceremonies = ceremonies
        self._logins = logins
        self._audit = audit
        self._bus = bus
        self._clock = clock

    async def begin(self, principal: Principal, party: RelyingParty) -> tuple[str, dict[str, Any]]:
        """Return the ceremony's id and the options for making a passkey.

        Raise ``MfaRequiredError`` where the second factor was not shown within the last ten minutes.
        """
        async with self._database.transaction() as tx:
            user, login = await self._logins.own(tx, principal)
            _check_freshness(login, self._clock.now())
            known = await _of(tx, user.id)
            _check_number(known)
            ceremony = await self._ceremonies.begin_for(tx, login.id, Purpose.REGISTRATION, party)
            owner = passkeys.Owner(user.id, user.name, user.display_name)
            options = passkeys.creation_options(party, ceremony.challenge, owner, [row.credential_id for row in known])
        return ceremony.id, options

    async def add(
        self, principal: Principal, party: RelyingParty, ceremony: str, name: str, credential: Mapping[str, Any]
    ) -> PasskeyRow:
        """Keep what the authenticator made, or raise ``PasskeyRejectedError``; the ceremony is over either way."""
        async with self._database.transaction() as tx:
            _, login = await self._logins.own(tx, principal)
            challenge = await self._ceremonies.take(tx, ceremony, Purpose.REGISTRATION, party, login.id)
        if challenge is None:
            raise PasskeyRejectedError
        made = passkeys.verify_creation(credential, party, challenge)
        try:
            async with self._database.transaction() as tx:
                return await self._keep(tx, principal, party, name, made)
        except IntegrityError as error:
            # Somebody has this very credential: whose it is, is not told.
            raise PasskeyRejectedError from error

    async def mine(self, principal: Principal) -> list[PasskeyRow]:
        """Return the caller's passkeys, the oldest first."""
        async with self._database.reading() as view:
            return await _of(view, principal.user_id)

    async def delete(self, principal: Principal, passkey: str) -> None:
        """Forget a passkey; every login that it was shown to last ends, also this one."""
        async with self._database.transaction() as tx:
            user, _ = await self._logins.own(tx, principal)
            row = await tx.get(PasskeyRow, passkey, with_for_update=True)
            if row is None or row.user_id != user.id:
                raise NotFoundError
            await tx.delete(row)
            actor = actor_of(principal)
            await self._logins.end_proved_by(tx, user.id, row.id, actor)
            details = {"passkey": row.id, "name": row.name}
            await self._audit.append(tx, AuditEvent("user.passkey_deleted", actor, user.id, details))
            self._publish(tx, user.id)

    async def _keep(
        self, tx: Transaction, principal: Principal, party: RelyingParty, name: str, made: passkeys.Credential
    ) -> PasskeyRow:
        user, _ = await self._logins.own(tx, principal)
        _check_number(await _of(tx, user.id))
        row = PasskeyRow(
            id=new_id("pky"),
            user_id=user.id,
            rp_id=party.id,
            credential_id=made.id,
            public_key=made.public_key,
            sign_count=made.sign_count,
            name=name,
            backed_up=made.backed_up,
            created_at=self._clock.now(),
        )
        tx.add(row)
        await tx.flush()
        details = {"passkey": row.id, "name": name, "host": party.id, "backed_up": made.backed_up}
        await self._audit.append(tx, AuditEvent("user.passkey_added", actor_of(principal), user.id, details))
        self._publish(tx, user.id)
        return row

    def _publish(self, tx: Transaction, user_id: str) -> None:
        tx.on_commit(lambda: self._bus.publish(Event("user.changed", {"user": user_id})))


async def _of(view: AsyncSession, user_id: str) -> list[PasskeyRow]:
    mine = select(PasskeyRow).where(PasskeyRow.user_id == user_id)
    return list(await view.scalars(mine.order_by(PasskeyRow.created_at, PasskeyRow.id)))


def _check_freshness(login: LoginRow, now: datetime) -> None:
    if login.mfa_at is None or now - login.mfa_at > FRESH:
        raise MfaRequiredError(
            "A passkey is added only when the second factor was shown within the last ten minutes.",
            hint="Show your second factor again (step-up), then retry.",
            fields={"methods": ["passkey", "totp"], "max_age": int(FRESH.total_seconds())},
        )


def _check_number(known: list[PasskeyRow]) -> None:
    if len(known) >= MAX_PASSKEYS:
        raise ConflictError(f"You have {MAX_PASSKEYS} passkeys already.", hint="Delete one that you no longer use.")
