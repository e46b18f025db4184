"""Back-off for guessing: pure rules on a counter, one counter per account name and one per address.

An attempt is counted before it is judged, so that many at once do not get more guesses than one after the other; a
success takes it back. A hold ends by itself. Names that nobody has are held like names that somebody has.
"""

import hashlib
import ipaddress
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError

from broker.db.engine import Database, Transaction
from broker.http.errors import TooManyRequestsError
from broker.identity.tables import AttemptRow
from tunnel.clock import Clock

IPV6_PREFIX = 64
MAX_FORGOTTEN = 50


@dataclass(frozen=True, slots=True)
class HoldPolicy:
    """From the ``free``-th failure on each one holds, first ``first_hold``, then doubling up to ``longest_hold``."""

    free: int
    first_hold: timedelta
    longest_hold: timedelta
    forget_after: timedelta


@dataclass(frozen=True, slots=True)
class Counted:
    """A counter: failures in a row, when the last one was, and until when nothing more is judged."""

    failures: int
    last_at: datetime
    held_until: datetime | None = None

    def is_held(self, now: datetime) -> bool:
        """Tell whether a hold is on."""
        return self.held_until is not None and now < self.held_until


def count_failure(before: Counted | None, now: datetime, policy: HoldPolicy) -> Counted:
    """Return the counter after one more failure; a counter left alone for ``forget_after`` starts again."""
    fresh = before is None or now - before.last_at >= policy.forget_after
    failures = 1 if fresh or before is None else before.failures + 1
    if failures < policy.free:
        return Counted(failures, now)
    doublings = min(failures - policy.free, 30)
    return Counted(failures, now, now + min(policy.longest_hold, policy.first_hold * 2**doublings))


PER_ACCOUNT = HoldPolicy(5, timedelta(seconds=30), timedelta(minutes=15), timedelta(hours=12))
PER_ADDRESS = HoldPolicy(30, timedelta(seconds=30), timedelta(minutes=15), timedelta(minutes=30))


class Verdict(Enum):
    """Whether an attempt's outcome may count."""

    JUDGED = "judged"
    HELD = "held"


class Attempts:
    """The counters of the database. An address that is held is told so; an account that is held never shows it."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        *,
        per_account: HoldPolicy = PER_ACCOUNT,
        per_address: HoldPolicy = PER_ADDRESS,
    ) -> None:
        self._database = database
        self._clock = clock
        self._policies = {"account": per_account, "address": per_address}

    async def begin(self, address: str, name: str | None) -> Verdict:
        """Count an attempt; ``name`` is ``None`` where only the address counts (the plant's emergency admin).

        Raise ``TooManyRequestsError`` when the address is held.
        """
        async with self._database.transaction() as tx:
            # Always address before account: two transactions never wait for each other.
            held = await self._count(tx, "address", network_of(address))
            account = None if held or name is None else await self._count(tx, "account", _digest(name))
            await self._forget_old(tx)
        if held is not None:
            raise self._too_many(held)
        return Verdict.JUDGED if account is None else Verdict.HELD

    async def check(self, address: str) -> None:
        """Raise ``TooManyRequestsError`` when the address is held; nothing is counted."""
        async with self._database.reading() as view:
            row = await view.get(AttemptRow, ("address", network_of(address)))
        if row is not None and row.held_until is not None and self._clock.now() < row.held_until:
            raise self._too_many(row.held_until)

    async def take_back(self, tx: Transaction, address: str) -> None:
        """Take a successful attempt back from the address's failures."""
        row = await tx.get(AttemptRow, ("address", network_of(address)), with_for_update=True)
        if row is not None:
            row.failures = max(0, row.failures - 1)

    async def succeeded(self, tx: Transaction, address: str, name: str) -> None:
        """Take this attempt back from the address's failures, and forget the account's."""
        await self.take_back(tx, address)
        await tx.execute(delete(AttemptRow).where(AttemptRow.kind == "account", AttemptRow.subject == _digest(name)))

    def _too_many(self, held_until: datetime) -> TooManyRequestsError:
        seconds = max(1, round((held_until - self._clock.now()).total_seconds()))
        return TooManyRequestsError(
            "Too many failed sign-ins from this address.",
            hint="Wait, then try again.",
            fields={"retry_after": seconds},
        )

    async def _count(self, tx: Transaction, kind: str, subject: str) -> datetime | None:
        """Count one more, or return until when the counter is held (then nothing is counted)."""
        now, row = self._clock.now(), await self._row(tx, kind, subject)
        before = Counted(row.failures, row.last_at, row.held_until) if row.failures else None
        if before is not None and before.is_held(now):
            return before.held_until
        after = count_failure(before, now, self._policies[kind])
        row.failures, row.last_at, row.held_until = after.failures, after.last_at, after.held_until
        return None

    async def _row(self, tx: Transaction, kind: str, subject: str) -> AttemptRow:
        found = await tx.get(AttemptRow, (kind, subject), with_for_update=True)
        if found is not None:
            return found
        try:
            async with tx.begin_nested():
                row = AttemptRow(kind=kind, subject=subject, failures=0, last_at=self._clock.now(), held_until=None)
                tx.add(row)
            return row
        except IntegrityError:
            # Another first attempt got there before us.
            return await tx.get_one(AttemptRow, (kind, subject), with_for_update=True)

    async def _forget_old(self, tx: Transaction) -> None:
        now = self._clock.now()
        for kind, policy in self._policies.items():
            old = AttemptRow.last_at < now - policy.forget_after - policy.longest_hold
            found = select(AttemptRow).where(AttemptRow.kind == kind, old).limit(MAX_FORGOTTEN)
            for row in list(await tx.scalars(found.with_for_update(skip_locked=True))):
                await tx.delete(row)


def _digest(name: str) -> str:
    """Names are kept as hashes: people type passwords into name fields."""
    return hashlib.sha256(name.encode()).hexdigest()


def network_of(address: str) -> str:
    """An IPv4 address, or the /64 that an IPv6 customer gets to choose addresses from."""
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address[:64]
    if isinstance(found, ipaddress.IPv4Address):
        return str(found)
    if found.ipv4_mapped is not None:
        return str(found.ipv4_mapped)
    return str(ipaddress.ip_network((found, IPV6_PREFIX), strict=False))
