"""Access requests: asked exactly, answered by policy or by people, withdrawn, expired."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from broker.access.facts import FactGatherer, Question, login_of
from broker.access.grants import GrantService
from broker.access.ports import Reached
from broker.access.records import RequestRecord, records_of
from broker.access.reviews import ReviewService
from broker.access.rights import allow_policy
from broker.access.states import RequestState, check_step, state_now
from broker.access.store import PolicyStore
from broker.access.tables import ApprovalRow, RequestRow, RequirementRow
from broker.access.terms import terms_of
from broker.access.visibility import AssetVisibility
from broker.access.wishes import Offer, Wish, offer_of
from broker.audit.log import SYSTEM, Actor, AuditEvent, AuditLog, actor_of
from broker.cluster.bus import Bus, Event
from broker.cluster.topics import Topic
from broker.db.engine import Database, Transaction
from broker.db.paging import newest_first
from broker.http.errors import InvalidInputError, NotFoundError
from broker.http.paging import PageQuery
from broker.http.principal import Permission, Principal
from policies.canonical import canonical
from policies.decision import Mode
from policies.engine import evaluate
from policies.facts import Login, Purpose
from policies.schema import PolicySet
from tunnel.clock import Clock
from tunnel.ids import new_id

DEFAULT_PATIENCE = timedelta(hours=24)
"""How long a request waits for an answer."""
FARTHEST_START = timedelta(days=90)
SWEEP_BATCH = 200


@dataclass(frozen=True, slots=True)
class RequestQuery:
    """Which requests are wanted."""

    state: RequestState | None = None
    mine: bool = False
    waiting: bool = False
    """Only those that wait for this caller's word."""


class RequestService:
    """Takes requests and keeps their state."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        bus: Bus,
        audit: AuditLog,
        *,
        store: PolicyStore,
        gatherer: FactGatherer,
        visibility: AssetVisibility,
        grants: GrantService,
        reviews: ReviewService,
        patience: timedelta = DEFAULT_PATIENCE,
    ) -> None:
        self._db = database
        self._clock = clock
        self._bus = bus
        self._audit = audit
        self._store = store
        self._gatherer = gatherer
        self._visibility = visibility
        self._grants = grants
        self._reviews = reviews
        self._patience = patience

    async def create(self, principal: Principal, wish: Wish) -> RequestRecord:
        """Ask for access. Where a policy needs nobody's yes, the request is approved at once.

        Raises ``NotFoundError`` for an asset that no policy opens to the caller, ``DeniedError`` with the reasons,
        ``MfaRequiredError``, and ``BannerNotAcceptedError`` to those who would get something.
        """
        async with self._db.transaction() as tx:
            policy_set = await self._store.current(tx)
            question = await self.question(tx, principal, wish)
            offer = offer_of(evaluate(policy_set, await self._gatherer.gather(tx, Purpose.REQUEST, question)))
            await self._gatherer.require_banner(tx, principal.user_id, question.reached)
            row = self._row(principal, wish, question.reached, offer, policy_set)
            tx.add(row)
            await tx.flush()
            tx.add_all(
                RequirementRow(request_id=row.id, group_name=need.group, count=need.count) for need in offer.outstanding
            )
            await self._opened(tx, row, actor_of(principal))
            if not offer.outstanding:
                await self._approve_at_once(tx, row, offer, actor_of(principal))
            (record,) = await records_of(tx, [row], self._clock.now())
        return record

    async def get(self, principal: Principal, request_id: str) -> RequestRecord:
        """Return a request that is the caller's own, or any for who may read all."""
        async with self._db.reading() as view:
            row = await view.get(RequestRow, request_id)
            if row is None or not (row.user_id == principal.user_id or principal.may(Permission.REQUESTS_READ_ALL)):
                raise NotFoundError
            (record,) = await records_of(view, [row], self._clock.now())
        return record

    async def page(
        self, principal: Principal, wanted: RequestQuery, page: PageQuery
    ) -> tuple[list[RequestRecord], str | None]:
        """Return the requests that the caller may see, newest first."""
        query, now = select(RequestRow), self._clock.now()
        if wanted.mine or not principal.may(Permission.REQUESTS_READ_ALL):
            query = query.where(RequestRow.user_id == principal.user_id)
        async with self._db.reading() as view:
            if wanted.state is not None:
                query = query.where(_in_state(wanted.state, now))
            if wanted.waiting:
                query = query.where(*await self._waiting_for(view, principal, now))
            rows, cursor = await newest_first(view, query, RequestRow.created_at, RequestRow.id, page)
            return await records_of(view, rows, now), cursor

    async def withdraw(self, principal: Principal, request_id: str) -> RequestRecord:
        """Take back one's own request while it waits."""
        async with self._db.transaction() as tx:
            row = await self.locked(tx, request_id)
            if row.user_id != principal.user_id:
                raise NotFoundError
            self.settle(row, RequestState.WITHDRAWN, principal.user_id)
            await tx.flush()
            (record,) = await records_of(tx, [row], self._clock.now())
            await self._audit.append(tx, AuditEvent("request.withdrawn", actor_of(principal), row.id))
            self.announce(tx, row)
        return record

    async def count_waiting(self, view: AsyncSession, principal: Principal) -> int:
        """Count the requests that wait for this caller's word."""
        waiting = await self._waiting_for(view, principal, self._clock.now())
        return await view.scalar(select(func.count()).select_from(RequestRow).where(*waiting)) or 0

    async def count_pending(self, view: AsyncSession, principal: Principal) -> int:
        """Count the caller's own requests that nobody has decided."""
        own = RequestRow.user_id == principal.user_id, _in_state(RequestState.PENDING, self._clock.now())
        return await view.scalar(select(func.count()).select_from(RequestRow).where(*own)) or 0

    async def expire_overdue(self) -> int:
        """Write down that requests have waited too long; return how many. Call now and then."""
        async with self._db.transaction() as tx:
            overdue = _in_state(RequestState.PENDING, None) & (RequestRow.expires_at <= self._clock.now())
            held = select(RequestRow).where(overdue).limit(SWEEP_BATCH).with_for_update(skip_locked=True)
            rows = list(await tx.scalars(held))
            for row in rows:
                row.state, row.decided_at, row.decided_by = RequestState.EXPIRED, self._clock.now(), SYSTEM.id
            await tx.flush()
            for row in rows:
                await self._audit.append(tx, AuditEvent("request.expired", SYSTEM, row.id, {"user": row.user_id}))
                self.announce(tx, row)
        return len(rows)

    async def locked(self, tx: Transaction, request_id: str) -> RequestRow:
        """Return the row, held until the transaction ends; raise ``NotFoundError``."""
        row = await tx.get(RequestRow, request_id, with_for_update=True, populate_existing=True)
        if row is None:
            raise NotFoundError
        return row

    def settle(self, row: RequestRow, state: RequestState, decided_by: str, reason: str = "") -> None:
        """Take a step of the table, or raise ``RequestClosedError``."""
        now = self._clock.now()
        check_step(state_now(RequestState(row.state), row.expires_at, now), state)
        row.state, row.decided_at, row.decided_by, row.decision_reason = state.value, now, decided_by, reason

    def announce(self, tx: Transaction, row: RequestRow, topic: Topic = "request.decided") -> None:
        """Publish what became of the request, once it is durable."""
        ids = {"request": row.id, "user": row.user_id, "asset": row.asset_id, "site": row.site_id}
        tx.on_commit(lambda: self._bus.publish(Event(topic, ids)))

    async def question(self, view: AsyncSession, principal: Principal, wish: Wish) -> Question:
        """Return the wish as the policies are asked; raise ``NotFoundError`` for what the caller may not know of."""
        self._check_start(wish.starts_at)
        subject = await self._gatherer.subject(view, principal.user_id)
        reached = await self._gatherer.reach(view, wish.asset, wish.service)
        if subject is None or not await self._visibility.visible_in(view, principal, [reached.asset]):
            raise NotFoundError
        return Question(subject, login_of(principal), reached, principal.address, wish.asked)

    def _row(
        self, principal: Principal, wish: Wish, reached: Reached, offer: Offer, policy_set: PolicySet
    ) -> RequestRow:
        now, terms = self._clock.now(), offer.obligations
        longest = allow_policy(policy_set, terms.policy, terms.policy_digest).spec.access.max_duration
        row = RequestRow(
            id=new_id("req"), created_at=now, expires_at=now + self._patience, state=RequestState.PENDING.value,
            user_id=principal.user_id, user_name=principal.name, site_id=reached.asset.site_id,
            asset_id=reached.asset.id, asset_name=reached.asset.path, service_id=reached.service.id,
            service_name=reached.service.name, tiers=sorted(wish.tiers),
            duration_seconds=int((wish.duration or longest).total_seconds()), starts_at=wish.starts_at,
            reason=wish.reason, ticket=wish.ticket, emergency=wish.emergency, policy=terms.policy,
            policy_digest=terms.policy_digest, mode=terms.mode.value, rules=canonical(terms.rules),
            login=stored_login(login_of(principal)), address=principal.address,
        )  # fmt: skip
        row.hash = terms_of(row).hash
        return row

    async def _opened(self, tx: Transaction, row: RequestRow, actor: Actor) -> None:
        await tx.flush()
        details = {
            "asset": row.asset_id, "service": row.service_id, "tiers": row.tiers, "reason": row.reason,
            "ticket": row.ticket, "duration_seconds": row.duration_seconds, "starts_at": row.starts_at,
            "policy": row.policy, "digest": row.policy_digest, "hash": row.hash, "mode": row.mode,
        }  # fmt: skip
        await self._audit.append(tx, AuditEvent("request.created", actor, row.id, details))
        self.announce(tx, row, "request.created")

    async def _approve_at_once(self, tx: Transaction, row: RequestRow, offer: Offer, actor: Actor) -> None:
        self.settle(row, RequestState.APPROVED, SYSTEM.id, "The policy needs nobody's approval.")
        await self.granted(tx, row, offer.obligations.review_group, actor)

    async def granted(self, tx: Transaction, row: RequestRow, review_group: str | None, actor: Actor) -> None:
        """Make the grant of a request that was just approved; an emergency is loud, and opens its review."""
        if row.mode == Mode.EMERGENCY and review_group is not None:
            await self._reviews.open(tx, row, review_group)
        grant = await self._grants.issue(tx, row, actor)
        if row.mode == Mode.EMERGENCY:
            details = {"asset": row.asset_id, "grant": grant.id, "reason": row.reason, "group": review_group}
            await self._audit.append(tx, AuditEvent("emergency.used", actor, row.id, details))
            ids = {"request": row.id, "grant": grant.id, "user": row.user_id, "asset": row.asset_id}
            tx.on_commit(lambda: self._bus.publish(Event("emergency.used", {**ids, "site": row.site_id})))
        self.announce(tx, row)

    async def _waiting_for(
        self, view: AsyncSession, principal: Principal, now: datetime
    ) -> tuple[ColumnElement[bool], ...]:
        subject = await self._gatherer.subject(view, principal.user_id)
        groups = subject.groups if subject is not None else frozenset[str]()
        asked = exists().where(RequirementRow.request_id == RequestRow.id, RequirementRow.group_name.in_(groups))
        answered = exists().where(
            ApprovalRow.request_id == RequestRow.id,
            ApprovalRow.approver == principal.user_id,
            ApprovalRow.hash == RequestRow.hash,
        )
        return _in_state(RequestState.PENDING, now), RequestRow.user_id != principal.user_id, asked, ~answered

    def _check_start(self, starts_at: datetime | None) -> None:
        if starts_at is not None and starts_at > self._clock.now() + FARTHEST_START:
            raise InvalidInputError(f"The start lies more than {FARTHEST_START.days} days ahead.")


def stored_login(login: Login) -> dict[str, object]:
    """Return how the requester had signed in, for judging the same request again."""
    return {
        "methods": sorted(login.methods),
        "authenticated_at": login.authenticated_at.isoformat(),
        "mfa_at": login.mfa_at.isoformat() if login.mfa_at is not None else None,
    }


def login_stored(row: RequestRow) -> Login:
    """Return how the requester of a stored request had signed in."""
    mfa_at = row.login["mfa_at"]
    return Login(
        methods=frozenset(row.login["methods"]),
        authenticated_at=datetime.fromisoformat(row.login["authenticated_at"]),
        mfa_at=datetime.fromisoformat(mfa_at) if mfa_at is not None else None,
    )


def _in_state(state: RequestState, now: datetime | None) -> ColumnElement[bool]:
    """Select by stored state; with ``now``, what waits beyond its time counts as expired."""
    stored = RequestRow.state == state.value
    match state:
        case RequestState.PENDING if now is not None:
            return and_(stored, RequestRow.expires_at > now)
        case RequestState.EXPIRED if now is not None:
            overdue = and_(RequestRow.state == RequestState.PENDING.value, RequestRow.expires_at <= now)
            return or_(stored, overdue)
        case _:
            return stored
