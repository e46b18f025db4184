"""Reviews: every emergency access is looked at afterwards, by somebody other than who used it."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from broker.access.errors import RequestClosedError
from broker.access.ports import People
from broker.access.rights import ApproverRights, not_oneself
from broker.access.tables import RequestRow, ReviewRow
from broker.audit.log import AuditEvent, AuditLog, actor_of
from broker.cluster.bus import Bus, Event
from broker.cluster.topics import Topic
from broker.db.engine import Database, Transaction
from broker.db.paging import newest_first
from broker.http.errors import NotFoundError
from broker.http.paging import PageQuery
from broker.http.principal import Permission, Principal
from tunnel.clock import Clock
from tunnel.ids import new_id


class ReviewOutcome(StrEnum):
    """What the reviewer found."""

    JUSTIFIED = "justified"
    UNJUSTIFIED = "unjustified"


@dataclass(frozen=True, slots=True)
class ReviewRecord:
    """A review and the request that it is about, as one person sees them."""

    review: ReviewRow
    request: RequestRow
    closed_by_name: str
    may_close: bool


class ReviewService:
    """Opens and closes reviews."""

    def __init__(
        self, database: Database, clock: Clock, bus: Bus, audit: AuditLog, rights: ApproverRights, people: People
    ) -> None:
        self._db = database
        self._clock = clock
        self._bus = bus
        self._audit = audit
        self._rights = rights
        self._people = people

    async def open(self, tx: Transaction, request: RequestRow, group: str) -> ReviewRow:
        """Open the review of an emergency access, for a member of ``group`` to close."""
        review = ReviewRow(
            id=new_id("rev"), request_id=request.id, group_name=group, created_at=self._clock.now(),
            closed_at=None, closed_by=None, outcome=None,
        )  # fmt: skip
        tx.add(review)
        await tx.flush()
        self._announce(tx, "review.opened", review)
        return review

    async def close(self, principal: Principal, request_id: str, outcome: ReviewOutcome, comment: str) -> ReviewRecord:
        """Record what was found; never by the user of the access, only by the policy's review group."""
        async with self._db.transaction() as tx:
            locked = select(ReviewRow).filter_by(request_id=request_id).with_for_update()
            review = (await tx.scalars(locked)).one_or_none()
            request = await tx.get(RequestRow, request_id)
            if review is None or request is None:
                raise NotFoundError
            not_oneself(principal, request.user_id)
            await self._rights.approver(tx, principal, frozenset({review.group_name}))
            if review.closed_at is not None:
                raise RequestClosedError("This emergency access was reviewed already.")
            review.closed_at, review.closed_by = self._clock.now(), principal.user_id
            review.outcome, review.comment = outcome.value, comment
            await tx.flush()
            details = {"request": request.id, "user": request.user_id, "outcome": outcome.value, "comment": comment}
            await self._audit.append(tx, AuditEvent("review.closed", actor_of(principal), review.id, details))
            (record,) = await self._records(tx, principal, [review])
            self._announce(tx, "review.closed", review)
        return record

    async def get(self, principal: Principal, request_id: str) -> ReviewRecord:
        """Return the review of the emergency access that this request gave."""
        async with self._db.reading() as view:
            reviews = list(await view.scalars(select(ReviewRow).filter_by(request_id=request_id)))
            if not reviews:
                raise NotFoundError
            (record,) = await self._records(view, principal, reviews)
        return record

    async def page(
        self, principal: Principal, page: PageQuery, *, only_open: bool
    ) -> tuple[list[ReviewRecord], str | None]:
        """Return reviews, newest first."""
        query = select(ReviewRow)
        if only_open:
            query = query.where(ReviewRow.closed_at.is_(None))
        async with self._db.reading() as view:
            reviews, cursor = await newest_first(view, query, ReviewRow.created_at, ReviewRow.id, page)
            return await self._records(view, principal, reviews), cursor

    async def _records(
        self, view: AsyncSession, principal: Principal, reviews: Sequence[ReviewRow]
    ) -> list[ReviewRecord]:
        asked = select(RequestRow).where(RequestRow.id.in_([review.request_id for review in reviews]))
        requests = {request.id: request for request in await view.scalars(asked)}
        closers = frozenset(review.closed_by for review in reviews if review.closed_by is not None)
        names = await self._people.names_of(view, closers)
        groups = await self._rights.groups_of(view, principal)
        return [
            ReviewRecord(
                review=review,
                request=requests[review.request_id],
                closed_by_name=names.get(review.closed_by or "", ""),
                may_close=_may_close(principal, groups, review, requests[review.request_id]),
            )
            for review in reviews
        ]

    def _announce(self, tx: Transaction, topic: Topic, review: ReviewRow) -> None:
        ids = {"review": review.id, "request": review.request_id}
        tx.on_commit(lambda: self._bus.publish(Event(topic, ids)))


def _may_close(principal: Principal, groups: frozenset[str], review: ReviewRow, request: RequestRow) -> bool:
    """Tell whether ``ReviewService.close`` would let this person close it."""
    return (
        review.closed_at is None
        and principal.may(Permission.REQUESTS_DECIDE)
        and principal.user_id != request.user_id
        and review.group_name in groups
    )
