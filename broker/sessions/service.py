"""Sessions as people see them: open, end, list, watch."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import structlog
from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from broker.audit.log import AuditEvent, AuditLog, actor_of
from broker.db.engine import Database
from broker.db.paging import newest_first
from broker.http.errors import NotFoundError
from broker.http.paging import PageQuery
from broker.http.principal import Permission, Principal
from broker.inventory.links import LinkRegistry
from broker.sessions.ending import Ending
from broker.sessions.gate import Action, Gate
from broker.sessions.keeping import SessionKeeper
from broker.sessions.live import LiveSession
from broker.sessions.opening import Person, SessionDesk
from broker.sessions.registry import LiveSessions
from broker.sessions.states import EndCode
from broker.sessions.tables import SessionRow
from broker.sessions.watchers import Watcher
from policies.rules import Tier
from tunnel.ids import SiteId

log = structlog.get_logger("broker.sessions")


@dataclass(frozen=True, slots=True)
class SessionAsk:
    """What somebody wants to open; no ``tiers`` asks for all that the grant gives."""

    asset: str
    service: str
    tiers: frozenset[Tier] = frozenset()
    grant: str | None = None


@dataclass(frozen=True, slots=True)
class SessionQuery:
    """Which sessions are wanted."""

    active: bool = False
    mine: bool = False
    vendor: bool = False
    site: str | None = None
    asset: str | None = None
    user: str | None = None
    grant: str | None = None


class SessionService:
    """Opens, shows and ends sessions for their users."""

    def __init__(
        self, database: Database, audit: AuditLog, live: LiveSessions, gate: Gate, desk: SessionDesk,
        keeper: SessionKeeper, links: LinkRegistry, *, person_of: Callable[[AsyncSession, str], Awaitable[Person]],
    ) -> None:  # fmt: skip
        self._db = database
        self._audit = audit
        self._live = live
        self._gate = gate
        self._desk = desk
        self._keeper = keeper
        self._links = links
        self._person_of = person_of

    async def open(self, principal: Principal, ask: SessionAsk) -> SessionRow:
        """Open a session on the caller's grant (or a standing policy) and return it."""
        admission = await self._gate.admit(
            principal, asset=ask.asset, service=ask.service, tiers=ask.tiers, grant=ask.grant
        )
        async with self._db.reading() as view:
            person = await self._person_of(view, principal.user_id)
        agents = self._links.agents_of(SiteId(admission.asset.site_id))
        row = await self._desk.open(
            principal, person, admission, agents, record=self._keeper.record, begin=self._keeper.begin
        )
        log.info("session_opened", session=row.id, user=principal.name, asset=row.asset_name)
        return row

    async def end(self, principal: Principal, session_id: str) -> None:
        """End one's own session."""
        session = await self._gate.enter(principal, session_id, Action.END)
        await self._keeper.settled(self._keeper.finish(session, Ending(EndCode.FINISHED, actor=actor_of(principal))))

    async def watch(self, principal: Principal, session_id: str, *, is_presence: bool) -> tuple[LiveSession, Watcher]:
        """Begin to hear what happens to a session; give the watcher back with ``LiveSession.unwatch``.

        Who watches somebody else's session is written down, and is never taken for its user's presence. Without
        ``is_presence`` it is the page of a person: of the plant, it is what a session that must be watched waits for.
        """
        session = await self._gate.enter(principal, session_id, Action.WATCH)
        is_own = principal.user_id == session.facts.user_id
        watcher = session.watch(is_presence=is_presence and is_own)
        if not is_own:
            try:
                await self._note_watching(principal, session)
            except BaseException:
                session.unwatch(watcher)
                raise
        if not is_presence and self._gate.allows(principal, session, Action.SUPERVISE):
            session.supervise(watcher, actor_of(principal))
        return session, watcher

    def allows(self, principal: Principal, session: LiveSession, action: Action) -> bool:
        """Tell whether the caller may (still) do this with a live session."""
        return self._gate.allows(principal, session, action)

    async def get(self, principal: Principal, session_id: str) -> SessionRow:
        """Return one session: one's own, or any for who may read all."""
        async with self._db.reading() as view:
            row = await view.get(SessionRow, session_id)
        if row is None or not (row.user_id == principal.user_id or principal.may(Permission.SESSIONS_READ_ALL)):
            raise NotFoundError
        return row

    def live(self, session_id: str) -> LiveSession | None:
        """The session of this id while this node knows more than its row; says nothing of who may see it."""
        return self._live.get(session_id) or self._live.leaving(session_id)

    async def list(
        self, principal: Principal, wanted: SessionQuery, page: PageQuery
    ) -> tuple[list[SessionRow], str | None]:
        """Return the sessions that the caller may see, newest first."""
        async with self._db.reading() as view:
            return await newest_first(view, seen_by(principal, wanted), SessionRow.opened_at, SessionRow.id, page)

    async def _note_watching(self, principal: Principal, session: LiveSession) -> None:
        facts = session.facts
        details = {"user": facts.user_id, "asset": facts.target.asset_name}
        async with self._db.transaction() as tx:
            await self._audit.append(tx, AuditEvent("session.watched", actor_of(principal), facts.id, details))


def seen_by(principal: Principal, wanted: SessionQuery) -> "Select[SessionRow]":
    """Select what is wanted of the sessions that the caller may see: all, or only their own."""
    query = _filtered(select(SessionRow), wanted)
    if wanted.mine or not principal.may(Permission.SESSIONS_READ_ALL):
        query = query.where(SessionRow.user_id == principal.user_id)
    return query


def _filtered(query: "Select[SessionRow]", wanted: SessionQuery) -> "Select[SessionRow]":
    if wanted.active:
        query = query.where(SessionRow.ended_at.is_(None))
    if wanted.vendor:
        query = query.where(SessionRow.organization_kind == "vendor")
    equal = {
        SessionRow.site_id: wanted.site, SessionRow.asset_id: wanted.asset,
        SessionRow.user_id: wanted.user, SessionRow.grant_id: wanted.grant,
    }  # fmt: skip
    for column, value in equal.items():
        if value is not None:
            query = query.where(column == value)
    return query
