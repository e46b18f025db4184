"""Locks: refusals that stand above all grants, on a site, an asset or a user."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from broker.access.ports import Devices, People
from broker.access.tables import LockRow
from broker.audit.log import AuditEvent, AuditLog, actor_of
from broker.cluster.bus import Bus, Event
from broker.db.engine import Database, Transaction
from broker.db.paging import newest_first
from broker.http.errors import InvalidInputError, NotFoundError
from broker.http.paging import PageQuery
from broker.http.principal import Principal
from policies.facts import Locks
from tunnel.clock import Clock
from tunnel.ids import new_id


class LockKind(StrEnum):
    """What is locked."""

    SITE = "site"
    ASSET = "asset"
    USER = "user"


class LockReader:
    """Tells which locks hold now: those set here, and the plant's own, set at its agent."""

    def __init__(self, devices: Devices, clock: Clock) -> None:
        self._devices = devices
        self._clock = clock

    async def on(self, view: AsyncSession, *, site: str, asset: str, user: str) -> Locks:
        """Return the reasons of the locks on these ids; the oldest of each kind speaks."""
        targets = {LockKind.SITE: site, LockKind.ASSET: asset, LockKind.USER: user}
        wanted = or_(*(and_(LockRow.kind == kind, LockRow.target == target) for kind, target in targets.items()))
        query = select(LockRow).where(wanted, *holding(self._clock.now())).order_by(LockRow.created_at.desc())
        reasons = {lock.kind: lock.reason for lock in await view.scalars(query)}
        plant = await self._devices.site_lock(view, site)
        return Locks(
            site=plant.reason if plant is not None else reasons.get(LockKind.SITE),
            asset=reasons.get(LockKind.ASSET),
            user=reasons.get(LockKind.USER),
        )


class LockService:
    """Sets and lifts locks."""

    def __init__(
        self, database: Database, clock: Clock, bus: Bus, audit: AuditLog, people: People, devices: Devices
    ) -> None:
        self._db = database
        self._clock = clock
        self._bus = bus
        self._audit = audit
        self._people = people
        self._devices = devices
        self._resolvers: Mapping[LockKind, Callable[[Transaction, str], Awaitable[tuple[str, str]]]] = {
            LockKind.SITE: self._site,
            LockKind.ASSET: self._asset,
            LockKind.USER: self._user,
        }

    async def set(
        self, principal: Principal, *, kind: LockKind, target: str, reason: str, until: datetime | None
    ) -> LockRow:
        """Lock a site, an asset or a user, by id or name; live sessions are cut by who listens to ``lock.set``."""
        now = self._clock.now()
        if until is not None and until <= now:
            raise InvalidInputError("The lock would end before it begins.", hint="Give a later 'until', or none.")
        async with self._db.transaction() as tx:
            target_id, name = await self._resolvers[kind](tx, target)
            lock = LockRow(
                id=new_id("lck"), kind=kind, target=target_id, target_name=name, reason=reason, until=until,
                created_at=now, created_by=principal.user_id, lifted_at=None, lifted_by=None,
            )  # fmt: skip
            tx.add(lock)
            details = {"kind": kind, "target": target_id, "name": name, "reason": reason, "until": until}
            await self._audit.append(tx, AuditEvent("lock.set", actor_of(principal), lock.id, details))
            tx.on_commit(lambda: self._bus.publish(Event("lock.set", {"lock": lock.id, kind.value: target_id})))
        return lock

    async def lift(self, principal: Principal, lock_id: str) -> None:
        """End a lock; one that is already over is not found."""
        async with self._db.transaction() as tx:
            now = self._clock.now()
            lock = await tx.get(LockRow, lock_id, with_for_update=True)
            if lock is None or lock.lifted_at is not None or (lock.until is not None and lock.until <= now):
                raise NotFoundError
            lock.lifted_at, lock.lifted_by = now, principal.user_id
            ids = {"lock": lock.id, lock.kind: lock.target}
            details = {"kind": lock.kind, "target": lock.target, "name": lock.target_name}
            await self._audit.append(tx, AuditEvent("lock.lifted", actor_of(principal), lock.id, details))
            tx.on_commit(lambda: self._bus.publish(Event("lock.lifted", ids)))

    async def page(self, page: PageQuery, *, active: bool | None) -> tuple[list[LockRow], str | None]:
        """Return locks, newest first; ``active`` leaves out those that are over."""
        query = select(LockRow)
        if active:
            query = query.where(*holding(self._clock.now()))
        async with self._db.reading() as view:
            return await newest_first(view, query, LockRow.created_at, LockRow.id, page)

    async def _site(self, tx: Transaction, reference: str) -> tuple[str, str]:
        site = await self._devices.site_by_name_or_id(tx, reference)
        if site is None or not await self._devices.hold_site(tx, site.id):
            raise NotFoundError("There is no such site.")
        return site.id, site.name

    async def _asset(self, view: AsyncSession, reference: str) -> tuple[str, str]:
        asset = await self._devices.asset_by_name_or_id(view, reference)
        if asset is None:
            raise NotFoundError("There is no such asset.")
        return asset.id, asset.path

    async def _user(self, view: AsyncSession, reference: str) -> tuple[str, str]:
        person = await self._people.find(view, reference)
        if person is None:
            raise NotFoundError("There is no such user.")
        return person.id, person.name


def holding(now: datetime) -> tuple[ColumnElement[bool], ...]:
    """Return the conditions of a lock that holds at ``now``."""
    return LockRow.lifted_at.is_(None), or_(LockRow.until.is_(None), LockRow.until > now)
