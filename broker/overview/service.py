"""Counts what waits, lives and ends soon, by what the caller may know. A few small queries, no lists."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from broker.access.requests import RequestService
from broker.access.tables import ReviewRow
from broker.audit.service import INTACT, VERIFIED
from broker.audit.tables import AuditCheckpointRow, AuditHeadRow, AuditLinkRow
from broker.db.base import Base
from broker.db.engine import Database
from broker.http.principal import Permission, Principal
from broker.identity.tables import UserRow
from broker.inventory.tables import AgentRow
from broker.inventory.words import AgentState
from broker.sessions.questions import QuestionBook
from broker.sessions.states import SessionState
from broker.sessions.tables import SessionRow
from policies.facts import OrganizationKind
from tunnel.clock import Clock

SOON = timedelta(days=14)
MAX_EXPIRING = 20


@dataclass(frozen=True, slots=True)
class AgentCounts:
    """Agents that were not revoked; ``locked`` ones are counted among the others too."""

    online: int
    offline: int
    quarantined: int
    locked: int


@dataclass(frozen=True, slots=True)
class ExpiringUser:
    """An account that ends within two weeks."""

    username: str
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class ChainCheck:
    """What came out when the whole audit log was last verified, as the log itself keeps it."""

    at: datetime
    intact: bool


@dataclass(frozen=True, slots=True)
class AuditState:
    """How long the audit log is, when it was last signed, and how its last verification ended, if there was one."""

    links: int
    last_checkpoint_at: datetime | None
    last_check: ChainCheck | None


@dataclass(frozen=True, slots=True)
class View:
    """What the first page shows; ``None`` is what the caller may not know."""

    my_requests: int
    my_sessions: int
    waiting: int | None
    questions: int | None
    live_sessions: int | None
    vendor_sessions: int | None
    agents: AgentCounts | None
    expiring_users: Sequence[ExpiringUser] | None
    open_reviews: int | None
    audit: AuditState | None


class Presences(Protocol):
    """Knows which agents are connected; ``broker.inventory.links.LinkRegistry`` does."""

    def presence(self, agent_id: str) -> object | None:
        """Return what is known of the agent's live link, if it has one."""
        ...


class Overview:
    """Reads it all in one view of the database."""

    def __init__(
        self, database: Database, clock: Clock, requests: RequestService, questions: QuestionBook, links: Presences
    ) -> None:
        self._database = database
        self._clock = clock
        self._requests = requests
        self._questions = questions
        self._links = links

    async def of(self, principal: Principal) -> View:
        """Return what this person may know."""
        may = principal.may
        live = SessionRow.state != SessionState.ENDED.value
        vendors = SessionRow.organization_kind == OrganizationKind.VENDOR.value
        sees_sessions = may(Permission.SESSIONS_READ_ALL)
        async with self._database.reading() as view:
            return View(
                my_requests=await self._requests.count_pending(view, principal),
                my_sessions=await _count(view, SessionRow, live, SessionRow.user_id == principal.user_id),
                waiting=await self._requests.count_waiting(view, principal)
                if may(Permission.REQUESTS_DECIDE)
                else None,
                questions=await self._questions.count_waiting(view, principal)
                if may(Permission.REQUESTS_DECIDE)
                else None,
                live_sessions=await _count(view, SessionRow, live) if sees_sessions else None,
                vendor_sessions=await _count(view, SessionRow, live, vendors) if sees_sessions else None,
                agents=await self._agents(view) if may(Permission.INVENTORY_READ) else None,
                expiring_users=await self._expiring(view) if may(Permission.PEOPLE_READ) else None,
                open_reviews=await _count(view, ReviewRow, ReviewRow.closed_at.is_(None))
                if may(Permission.REQUESTS_READ_ALL)
                else None,
                audit=await _audit(view) if may(Permission.AUDIT_READ) else None,
            )

    async def _agents(self, view: AsyncSession) -> AgentCounts:
        now = self._clock.now()
        rows = list(await view.scalars(select(AgentRow).where(AgentRow.state != AgentState.REVOKED)))
        active = [row for row in rows if row.state == AgentState.ACTIVE]
        online = sum(self._links.presence(row.id) is not None for row in active)
        locked = sum(row.locked and (row.lock_until is None or row.lock_until > now) for row in rows)
        return AgentCounts(online, len(active) - online, len(rows) - len(active), locked)

    async def _expiring(self, view: AsyncSession) -> list[ExpiringUser]:
        now = self._clock.now()
        soon = select(UserRow.name, UserRow.ends_at).where(
            UserRow.disabled_at.is_(None), UserRow.ends_at > now, UserRow.ends_at <= now + SOON
        )
        rows = await view.execute(soon.order_by(UserRow.ends_at, UserRow.name).limit(MAX_EXPIRING))
        return [ExpiringUser(row.name, row.ends_at) for row in rows]


async def _count(view: AsyncSession, table: type[Base], *conditions: ColumnElement[bool]) -> int:
    return await view.scalar(select(func.count()).select_from(table).where(*conditions)) or 0


async def _audit(view: AsyncSession) -> AuditState:
    links = await view.scalar(select(AuditHeadRow.sequence).where(AuditHeadRow.id == 1))
    newest = select(AuditCheckpointRow.at).order_by(AuditCheckpointRow.sequence.desc()).limit(1)
    return AuditState(links or 0, await view.scalar(newest), await _last_check(view))


async def _last_check(view: AsyncSession) -> ChainCheck | None:
    checks = select(AuditLinkRow.at, AuditLinkRow.details).where(AuditLinkRow.action == VERIFIED)
    last = (await view.execute(checks.order_by(AuditLinkRow.sequence.desc()).limit(1))).one_or_none()
    # Whatever is not said to be intact is not shown as intact.
    return None if last is None else ChainCheck(last.at, last.details.get("outcome") == INTACT)
