"""Questions to the plant as they stand in the database: written, settled once, and read by those who may."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from broker.access.rights import not_oneself
from broker.access.states import RequestState, check_step, state_now
from broker.audit.log import SYSTEM, Actor, AuditEvent, AuditLog
from broker.cluster.bus import Bus, Event
from broker.cluster.topics import Topic
from broker.db.engine import Database, Transaction
from broker.db.paging import newest_first
from broker.http.errors import NotFoundError
from broker.http.paging import PageQuery
from broker.http.principal import Permission, Principal
from broker.sessions.tables import QuestionRow
from broker.sessions.wanted import words_of
from guards.effects import Operation
from tunnel.clock import Clock

_TOPICS: dict[RequestState, Topic] = {
    RequestState.APPROVED: "question.answered",
    RequestState.DENIED: "question.answered",
    RequestState.EXPIRED: "question.expired",
    RequestState.WITHDRAWN: "question.withdrawn",
}


@dataclass(frozen=True, slots=True)
class QuestionQuery:
    """Which questions are wanted."""

    pending: bool = False
    session: str | None = None
    site: str | None = None


class QuestionBook:
    """Every question, each with one answer at most; what changes one also goes to the audit log."""

    def __init__(self, database: Database, clock: Clock, bus: Bus, audit: AuditLog, *, node: str) -> None:
        self._db = database
        self._clock = clock
        self._bus = bus
        self._audit = audit
        self._node = node

    async def write(self, tx: Transaction, row: QuestionRow, operation: Operation, asker: Actor) -> None:
        """Write a question down."""
        row.node, row.state = self._node, RequestState.PENDING.value
        tx.add(row)
        await tx.flush()
        details = {
            "session": row.session_id, "user": row.user_id, "asset": row.asset_name, "ticket": row.ticket,
            "protocol": row.protocol, "function": row.function, "tiers": [row.tier], "text": words_of(operation),
            "fingerprint": row.fingerprint.hex(), "expires_at": row.expires_at,
        }  # fmt: skip
        await self._audit.append(tx, AuditEvent("question.asked", asker, row.id, details))
        self._announce(tx, "question.asked", row)

    async def waiting(self, tx: Transaction, principal: Principal, question_id: str) -> QuestionRow:
        """Lock and return a question that this person may answer now.

        Raises ``NotFoundError``, ``SelfApprovalError`` for the session's own user, ``RequestClosedError`` for what was
        answered or has expired.
        """
        row = await tx.get(QuestionRow, question_id, with_for_update=True, populate_existing=True)
        if row is None or not principal.may(Permission.REQUESTS_DECIDE):
            raise NotFoundError
        not_oneself(principal, row.user_id)
        check_step(self.state_of(row), RequestState.APPROVED)
        return row

    async def settle(
        self, tx: Transaction, row: QuestionRow, state: RequestState, actor: Actor, reason: str,
        *, armed_until: datetime | None = None,
    ) -> None:  # fmt: skip
        """Close a question, for good."""
        check_step(RequestState(row.state), state)
        row.state, row.answered_at, row.armed_until = state.value, self._clock.now(), armed_until
        row.answered_by, row.answered_by_name, row.answer_reason = actor.id, actor.name, reason
        await tx.flush()
        details = {
            "session": row.session_id, "user": row.user_id, "asset": row.asset_name, "reason": reason,
            "fingerprint": row.fingerprint.hex(), "until": armed_until,
        }  # fmt: skip
        await self._audit.append(tx, AuditEvent(f"question.{state.value}", actor, row.id, details))
        self._announce(tx, _TOPICS[state], row)

    async def give_up(self, question_id: str, state: RequestState, reason: str) -> None:
        """Close a question that nobody has answered; one that somebody has stays as it is."""
        async with self._db.transaction() as tx:
            row = await tx.get_one(QuestionRow, question_id, with_for_update=True)
            if row.state == RequestState.PENDING.value:
                await self.settle(tx, row, state, SYSTEM, reason)

    async def recover(self) -> int:
        """Close what this node left open when it stopped; return how much that was."""
        query = select(QuestionRow).filter_by(node=self._node, state=RequestState.PENDING.value)
        async with self._db.transaction() as tx:
            rows = list(await tx.scalars(query.with_for_update()))
            for row in rows:
                await self.settle(tx, row, RequestState.EXPIRED, SYSTEM, "The broker stopped before anybody answered.")
        return len(rows)

    async def get(self, principal: Principal, question_id: str) -> QuestionRow:
        """Return one question: of one's own session, or any for who may read all."""
        async with self._db.reading() as view:
            row = await view.get(QuestionRow, question_id)
        if row is None or not (row.user_id == principal.user_id or principal.may(Permission.SESSIONS_READ_ALL)):
            raise NotFoundError
        return row

    async def list(
        self, principal: Principal, wanted: QuestionQuery, page: PageQuery
    ) -> tuple[list[QuestionRow], str | None]:
        """Return the questions that the caller may see, newest first."""
        query = self._open(select(QuestionRow)) if wanted.pending else select(QuestionRow)
        for column, value in ((QuestionRow.session_id, wanted.session), (QuestionRow.site_id, wanted.site)):
            query = query if value is None else query.where(column == value)
        if not principal.may(Permission.SESSIONS_READ_ALL):
            query = query.where(QuestionRow.user_id == principal.user_id)
        async with self._db.reading() as view:
            return await newest_first(view, query, QuestionRow.created_at, QuestionRow.id, page)

    async def count_waiting(self, view: AsyncSession, principal: Principal) -> int:
        """Count the questions that this person may answer now."""
        query = self._open(select(QuestionRow.id)).where(QuestionRow.user_id != principal.user_id)
        return await view.scalar(select(func.count()).select_from(query.subquery())) or 0

    def state_of(self, row: QuestionRow) -> RequestState:
        """Where a question stands now."""
        return state_now(RequestState(row.state), row.expires_at, self._clock.now())

    def _open(self, query: Select[Any]) -> Select[Any]:
        return query.where(QuestionRow.state == RequestState.PENDING.value, QuestionRow.expires_at > self._clock.now())

    def _announce(self, tx: Transaction, topic: Topic, row: QuestionRow) -> None:
        ids = {
            "question": row.id, "session": row.session_id, "user": row.user_id, "asset": row.asset_id,
            "site": row.site_id,
        }  # fmt: skip
        tx.on_commit(lambda: self._bus.publish(Event(topic, ids)))
