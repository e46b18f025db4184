"""Challenges for passkeys: each good for one answer, within five minutes, for what and for whom it was given out."""

import secrets
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from sqlalchemy import Select, delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from broker.db.engine import Transaction
from broker.http.errors import TooManyRequestsError
from broker.identity.relying_party import RelyingParty
from broker.identity.tables import CeremonyRow
from tunnel.clock import Clock
from tunnel.ids import new_id

LIFETIME = timedelta(minutes=5)
CHALLENGE_BYTES = 32
MAX_PER_NETWORK = 100
MAX_OF_STRANGERS = 5_000
MAX_FORGOTTEN = 50


class Purpose(StrEnum):
    """What a challenge is for."""

    REGISTRATION = "registration"
    LOGIN = "login"
    STEP_UP = "step_up"


@dataclass(frozen=True, slots=True)
class Ceremony:
    """A challenge that was given out; ``id`` is how its answer names it."""

    id: str
    challenge: bytes


class Ceremonies:
    """Gives challenges out and takes them back. A login has one for each purpose, strangers a bounded number in all."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    async def begin_for(self, tx: Transaction, login_id: str, purpose: Purpose, party: RelyingParty) -> Ceremony:
        """Give a signed-in user a challenge; the one before it is void. The login's row is locked by the caller."""
        mine = (CeremonyRow.login_id == login_id, CeremonyRow.purpose == purpose.value)
        await tx.execute(delete(CeremonyRow).where(*mine))
        return await self._add(tx, purpose, party, login_id=login_id)

    async def check_room(self, view: AsyncSession, network: str) -> None:
        """Raise ``TooManyRequestsError`` where a network has its fill of open challenges: a flood costs no writes."""
        now = self._clock.now()
        theirs = select(CeremonyRow.expires_at).where(CeremonyRow.network == network, CeremonyRow.expires_at > now)
        newest = theirs.order_by(CeremonyRow.expires_at.desc())
        last_in = (await view.scalars(newest.offset(MAX_PER_NETWORK - 1).limit(1))).one_or_none()
        if last_in is not None:
            raise TooManyRequestsError(
                "Too many sign-ins were begun from this address and not finished.",
                hint="Wait, then try again.",
                fields={"retry_after": max(1, round((last_in - now).total_seconds()))},
            )

    async def begin_for_stranger(self, tx: Transaction, network: str, party: RelyingParty) -> Ceremony:
        """Give whoever wants to sign in a challenge; when too many are open in all, the oldest are void."""
        strangers = select(CeremonyRow).where(CeremonyRow.purpose == Purpose.LOGIN.value)
        newest = strangers.order_by(CeremonyRow.expires_at.desc(), CeremonyRow.id)
        await self._drop(tx, select(CeremonyRow).where(CeremonyRow.expires_at <= self._clock.now()))
        await self._drop(tx, newest.offset(MAX_OF_STRANGERS - 1))
        return await self._add(tx, Purpose.LOGIN, party, network=network)

    async def take(
        self, tx: Transaction, ceremony_id: str, purpose: Purpose, party: RelyingParty, login_id: str | None = None
    ) -> bytes | None:
        """Return the challenge and forget it: also of two answers at the same moment one gets it."""
        whose = CeremonyRow.login_id.is_(None) if login_id is None else CeremonyRow.login_id == login_id
        matching = (CeremonyRow.id == ceremony_id, CeremonyRow.purpose == purpose.value, whose)
        used = delete(CeremonyRow).where(*matching).returning(CeremonyRow)
        row = (await tx.scalars(used)).one_or_none()
        if row is None or row.rp_id != party.id or row.expires_at <= self._clock.now():
            return None
        return row.challenge

    async def _add(
        self, tx: Transaction, purpose: Purpose, party: RelyingParty, *, login_id: str | None = None, network: str = ""
    ) -> Ceremony:
        row = CeremonyRow(
            id=new_id("cer"),
            purpose=purpose.value,
            login_id=login_id,
            network=network,
            rp_id=party.id,
            challenge=secrets.token_bytes(CHALLENGE_BYTES),
            expires_at=self._clock.now() + LIFETIME,
        )
        tx.add(row)
        await tx.flush()
        return Ceremony(row.id, row.challenge)

    async def _drop(self, tx: Transaction, found: Select[CeremonyRow]) -> None:
        # Rows that somebody else is taking or dropping right now are theirs.
        for row in list(await tx.scalars(found.limit(MAX_FORGOTTEN).with_for_update(skip_locked=True))):
            await tx.delete(row)
