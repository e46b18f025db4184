"""Agents as admins see them: list, revoke at once and for ever, release from quarantine."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from broker.audit.log import AuditEvent, AuditLog, actor_of
from broker.cluster.bus import Bus, Event
from broker.cluster.topics import Topic
from broker.db.engine import Database, Transaction
from broker.db.paging import in_order
from broker.http.errors import ConflictError, NotFoundError
from broker.http.paging import PageQuery
from broker.http.principal import Principal
from broker.inventory.tables import AgentCertificateRow, AgentRow, SiteRow
from broker.inventory.words import AgentState
from tunnel.clock import Clock


@dataclass(frozen=True, slots=True)
class AgentView:
    """An agent's row with its site's name and the end of its newest certificate."""

    row: AgentRow
    site_name: str
    certificate_expires_at: datetime | None


class Agents:
    """The agents of all sites."""

    def __init__(self, database: Database, clock: Clock, bus: Bus, audit: AuditLog) -> None:
        self._db = database
        self._clock = clock
        self._bus = bus
        self._audit = audit

    async def get(self, agent_id: str) -> AgentView:
        """Return one agent."""
        async with self._db.reading() as view:
            row = await view.get(AgentRow, agent_id)
            if row is None:
                raise NotFoundError
            return (await self._views(view, [row]))[0]

    async def page(self, page: PageQuery, *, site: str | None = None) -> tuple[list[AgentView], str | None]:
        """List agents, of one site (name or id) if asked, revoked ones too, in order of their ids."""
        query = select(AgentRow)
        if site is not None:
            query = query.join(SiteRow, SiteRow.id == AgentRow.site_id)
            query = query.where((SiteRow.name == site) | (SiteRow.id == site))
        async with self._db.reading() as view:
            rows, cursor = await in_order(view, query, AgentRow.id, page)
            return await self._views(view, rows), cursor

    async def revoke(self, principal: Principal, agent_id: str, reason: str) -> AgentView:
        """End the agent for ever: its certificates count no more, its link and its streams are cut."""
        async with self._db.transaction() as tx:
            row = await self._row(tx, agent_id)
            if row.state == AgentState.REVOKED:
                raise ConflictError("The agent is revoked already.")
            now = self._clock.now()
            self._set_state(row, AgentState.REVOKED, reason)
            live = AgentCertificateRow.retired_at.is_(None)
            ended = update(AgentCertificateRow).where(AgentCertificateRow.agent_id == row.id, live)
            await tx.execute(ended.values(retired_at=now))
            await self._record(tx, principal, row, "agent.revoked", reason)
        return await self.get(agent_id)

    async def release(self, principal: Principal, agent_id: str, reason: str) -> AgentView:
        """Lift the quarantine: somebody made sure that there is only one of this agent."""
        async with self._db.transaction() as tx:
            row = await self._row(tx, agent_id)
            if row.state != AgentState.QUARANTINED:
                raise ConflictError(f"The agent is {row.state}, not quarantined.")
            self._set_state(row, AgentState.ACTIVE, "")
            await self._record(tx, principal, row, "agent.released", reason)
        return await self.get(agent_id)

    def _set_state(self, row: AgentRow, state: AgentState, reason: str) -> None:
        row.state, row.state_reason, row.state_at = state, reason, self._clock.now()

    async def _record(self, tx: Transaction, principal: Principal, row: AgentRow, action: Topic, reason: str) -> None:
        await tx.flush()
        details = {"name": row.name, "site": row.site_id, "reason": reason}
        await self._audit.append(tx, AuditEvent(action, actor_of(principal), row.id, details))
        tx.on_commit(lambda: self._bus.publish(Event(action, {"agent": row.id, "site": row.site_id})))

    async def _row(self, tx: Transaction, agent_id: str) -> AgentRow:
        row = await tx.get(AgentRow, agent_id, with_for_update=True)
        if row is None:
            raise NotFoundError
        return row

    async def _views(self, view: AsyncSession, rows: list[AgentRow]) -> list[AgentView]:
        ids, sites = {row.id for row in rows}, {row.site_id for row in rows}
        live = AgentCertificateRow.retired_at.is_(None)
        newest = (
            select(AgentCertificateRow.agent_id, func.max(AgentCertificateRow.expires_at))
            .where(AgentCertificateRow.agent_id.in_(ids), live)
            .group_by(AgentCertificateRow.agent_id)
        )
        ends = dict((await view.execute(newest)).all())
        named = await view.execute(select(SiteRow.id, SiteRow.name).where(SiteRow.id.in_(sites)))
        names = dict(named.all())
        return [AgentView(row, names[row.site_id], ends.get(row.id)) for row in rows]
