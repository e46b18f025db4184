"""Grants: the time-boxed rights that come of a request, or of a standing policy when it is used."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from broker.access.errors import GrantEndedError
from broker.access.ports import Devices
from broker.access.states import GrantState, grant_state
from broker.access.tables import ApprovalRow, GrantRow, RequestRow
from broker.audit.log import Actor, AuditEvent, AuditLog, actor_of
from broker.cluster.bus import Bus, Event
from broker.cluster.topics import Topic
from broker.db.engine import Database, Transaction
from broker.db.paging import newest_first
from broker.http.errors import NotFoundError
from broker.http.paging import PageQuery
from broker.http.principal import Permission, Principal
from tunnel.clock import Clock
from tunnel.ids import new_id

MAX_CANDIDATES = 20
DEFAULT_VALIDITY = timedelta(days=7)
"""Within this time after it may first be used, a grant must be used."""


@dataclass(frozen=True, slots=True)
class GrantQuery:
    """Which grants are wanted; ``user`` is an id and wins over nothing else.

    ``active``: those that may be used now or later, on a service that is still there.
    """

    user: str | None = None
    active: bool = False


def state_of(grant: GrantRow, now: datetime) -> GrantState:
    """Return where the grant stands."""
    return grant_state(revoked_at=grant.revoked_at, ends_at=grant.ends_at, usable_until=grant.usable_until, now=now)


@dataclass(frozen=True, slots=True)
class HeldGrant:
    """A grant with what it rests on: the request (none for a standing use) and who said yes to exactly that."""

    grant: GrantRow
    request: RequestRow | None
    approvers: tuple[str, ...] = ()


class GrantService:
    """Makes, shows, starts and revokes grants."""

    def __init__(
        self, database: Database, clock: Clock, bus: Bus, audit: AuditLog, devices: Devices,
        validity: timedelta = DEFAULT_VALIDITY,
    ) -> None:  # fmt: skip
        self._db = database
        self._clock = clock
        self._bus = bus
        self._audit = audit
        self._devices = devices
        self._validity = validity

    async def issue(self, tx: Transaction, request: RequestRow, actor: Actor) -> GrantRow:
        """Make the grant of an approved request, bound to the request's hash; there is never a second one."""
        now = self._clock.now()
        usable_from = max(now, request.starts_at or now)
        grant = GrantRow(
            id=new_id("grt"), created_at=now, request_id=request.id, request_hash=request.hash, mode=request.mode,
            user_id=request.user_id, user_name=request.user_name, site_id=request.site_id, asset_id=request.asset_id,
            asset_name=request.asset_name, service_id=request.service_id, service_name=request.service_name,
            tiers=request.tiers, policy=request.policy, policy_digest=request.policy_digest, rules=request.rules,
            duration_seconds=request.duration_seconds, reason=request.reason, ticket=request.ticket,
            usable_from=usable_from, usable_until=usable_from + self._validity,
        )  # fmt: skip
        await self.keep(tx, grant, actor)
        return grant

    async def keep(self, tx: Transaction, grant: GrantRow, actor: Actor) -> None:
        """Store a new grant, audited and announced."""
        tx.add(grant)
        await tx.flush()
        details = {
            "user": grant.user_id, "asset": grant.asset_id, "service": grant.service_id, "tiers": grant.tiers,
            "policy": grant.policy, "digest": grant.policy_digest, "hash": grant.request_hash, "mode": grant.mode,
            "duration_seconds": grant.duration_seconds, "request": grant.request_id,
        }  # fmt: skip
        await self._audit.append(tx, AuditEvent("grant.created", actor, grant.id, details))
        self.announce(tx, "grant.created", grant)

    async def start(self, tx: Transaction, grant_id: str, actor: Actor) -> GrantRow:
        """Let the grant's time run, from the first call on; raise ``GrantEndedError`` if it may not be used now."""
        grant = await self.locked(tx, grant_id)
        now = self._clock.now()
        state = state_of(grant, now)
        if state not in {GrantState.WAITING, GrantState.ACTIVE} or now < grant.usable_from:
            raise GrantEndedError(f"The grant is {state} and cannot be used now.", fields={"state": state.value})
        if state is GrantState.WAITING:
            grant.activated_at = grant.runs_from = now
            grant.ends_at = now + timedelta(seconds=grant.duration_seconds)
            await tx.flush()
            details = {"user": grant.user_id, "asset": grant.asset_id, "until": grant.ends_at}
            await self._audit.append(tx, AuditEvent("grant.activated", actor, grant.id, details))
            self.announce(tx, "grant.activated", grant)
        return grant

    async def revoke(self, principal: Principal, grant_id: str, reason: str) -> GrantRow:
        """End a grant: anybody may give up their own, others need the permission. Live sessions are cut."""
        async with self._db.transaction() as tx:
            grant = await self.locked(tx, grant_id)
            if grant.user_id != principal.user_id and not principal.may(Permission.GRANTS_REVOKE):
                raise NotFoundError
            now = self._clock.now()
            if state_of(grant, now) in {GrantState.REVOKED, GrantState.ENDED}:
                raise GrantEndedError(fields={"state": state_of(grant, now).value})
            grant.revoked_at, grant.revoked_by, grant.revoke_reason = now, principal.user_id, reason
            await tx.flush()
            details = {"user": grant.user_id, "asset": grant.asset_id, "reason": reason}
            await self._audit.append(tx, AuditEvent("grant.revoked", actor_of(principal), grant.id, details))
            self.announce(tx, "grant.revoked", grant)
        return grant

    async def get(self, principal: Principal, grant_id: str) -> GrantRow:
        """Return a grant that is the caller's own, or any for who may read all."""
        async with self._db.reading() as view:
            grant = await view.get(GrantRow, grant_id)
        if grant is None or not _may_see(principal, grant):
            raise NotFoundError
        return grant

    async def page(
        self, principal: Principal, wanted: GrantQuery, page: PageQuery
    ) -> tuple[list[GrantRow], str | None]:
        """Return the grants that the caller may see, newest first."""
        query = select(GrantRow)
        user = wanted.user if principal.may(Permission.REQUESTS_READ_ALL) else principal.user_id
        if user is not None:
            query = query.where(GrantRow.user_id == user)
        if wanted.active:
            query = query.where(*usable(self._clock.now()), self._devices.is_there(GrantRow.service_id))
        async with self._db.reading() as view:
            return await newest_first(view, query, GrantRow.created_at, GrantRow.id, page)

    async def held(self, view: AsyncSession, grant_id: str) -> HeldGrant | None:
        """Return a grant with what it rests on."""
        return next(iter(await _held(view, GrantRow.id == grant_id)), None)

    async def candidates(self, view: AsyncSession, user: str, asset: str, service: str) -> list[HeldGrant]:
        """Return the requested grants of this user for this service that have not ended, those in use first."""
        return await _held(
            view,
            GrantRow.user_id == user,
            GrantRow.asset_id == asset,
            GrantRow.service_id == service,
            GrantRow.request_id.is_not(None),
            *usable(self._clock.now()),
        )

    async def locked(self, tx: Transaction, grant_id: str) -> GrantRow:
        """Return the row, held until the transaction ends; raise ``NotFoundError``."""
        grant = await tx.get(GrantRow, grant_id, with_for_update=True, populate_existing=True)
        if grant is None:
            raise NotFoundError
        return grant

    def announce(self, tx: Transaction, topic: Topic, grant: GrantRow) -> None:
        """Publish what became of the grant, once it is durable."""
        ids = {"grant": grant.id, "user": grant.user_id, "asset": grant.asset_id, "site": grant.site_id}
        tx.on_commit(lambda: self._bus.publish(Event(topic, ids)))


def usable(now: datetime) -> tuple[ColumnElement[bool], ...]:
    """Return the conditions of a grant that is neither revoked nor over at ``now``."""
    unused = GrantRow.ends_at.is_(None) & (GrantRow.usable_until > now)
    return GrantRow.revoked_at.is_(None), or_(GrantRow.ends_at > now, unused)


def _may_see(principal: Principal, grant: GrantRow) -> bool:
    return grant.user_id == principal.user_id or principal.may(Permission.REQUESTS_READ_ALL)


async def _held(view: AsyncSession, *conditions: ColumnElement[bool]) -> list[HeldGrant]:
    """Two queries, however many grants: this stands in the way of every stream that opens."""
    query = select(GrantRow, RequestRow).outerjoin(RequestRow, RequestRow.id == GrantRow.request_id)
    ordered = query.where(*conditions).order_by(
        GrantRow.activated_at.is_(None), GrantRow.created_at.desc(), GrantRow.id
    )
    found = list(await view.execute(ordered.limit(MAX_CANDIDATES)))
    given = select(ApprovalRow.request_id, ApprovalRow.hash, ApprovalRow.approver).order_by(ApprovalRow.at)
    requests = [grant.request_id for grant, _ in found if grant.request_id is not None]
    said = list(await view.execute(given.where(ApprovalRow.request_id.in_(requests)))) if requests else []
    return [
        HeldGrant(
            grant,
            request,
            tuple(who for to, hash_, who in said if (to, hash_) == (grant.request_id, grant.request_hash)),
        )
        for grant, request in found
    ]
