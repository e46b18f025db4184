"""What is remembered of an agent as it comes, speaks and goes: is it live, what did it tell, when was it last here."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from broker.audit.log import Actor, AuditEvent, AuditLog
from broker.cluster.bus import Bus, Event
from broker.cluster.topics import Topic
from broker.db.engine import Database, Transaction
from broker.inventory.facts import SiteLockFacts
from broker.inventory.reader import locked_agents, standing_lock
from broker.inventory.tables import AgentCertificateRow, AgentRow
from broker.inventory.words import AgentState
from tunnel.clock import Clock
from tunnel.ids import AgentId
from tunnel.messages import Hello, SiteLock


@dataclass(frozen=True, slots=True)
class Arrival:
    """A link that an agent opened: who, under which certificate, from where, and its first words."""

    agent_id: AgentId
    serial: str
    address: str
    hello: Hello
    clock_offset_seconds: float


class AgentStanding:
    """Keeps the agents' rows true to what their links tell."""

    def __init__(self, database: Database, clock: Clock, bus: Bus, audit: AuditLog) -> None:
        self._db = database
        self._clock = clock
        self._bus = bus
        self._audit = audit

    async def agent_is_live(self, agent_id: str, serial: str) -> bool:
        """Tell whether this certificate of this agent may act now; its first use retires the older ones."""
        async with self._db.reading() as view:
            certificate = await self._live_certificate(view, agent_id, serial)
        if certificate is None:
            return False
        if certificate.used_at is None:
            await self._first_use(agent_id, serial)
        return True

    async def connected(self, arrival: Arrival) -> datetime | None:
        """Note a new link; return when its certificate ends, or ``None`` if the agent is not live (any more)."""
        async with self._db.transaction() as tx:
            agent = await self._locked_row(tx, arrival.agent_id)
            certificate = await self._live_certificate(tx, arrival.agent_id, arrival.serial)
            if certificate is None:
                return None
            agent.last_seen_at = self._clock.now()
            agent.last_address = arrival.address
            agent.software = arrival.hello.software
            agent.ceiling_digest = arrival.hello.ceiling_digest
            agent.clock_offset_seconds = arrival.clock_offset_seconds
            await self._take_lock(tx, agent, arrival.hello.lock, arrival.address)
            return certificate.expires_at

    async def disconnected(self, agent_id: AgentId, clock_offset_seconds: float) -> None:
        """Note that the agent's link ended."""
        seen = {"last_seen_at": self._clock.now(), "clock_offset_seconds": clock_offset_seconds}
        async with self._db.transaction() as tx:
            await tx.execute(update(AgentRow).where(AgentRow.id == agent_id).values(**seen))

    async def lock_changed(self, agent_id: AgentId, lock: SiteLock, address: str) -> None:
        """Note that somebody on site locked or unlocked; published as ``site.locked`` or ``site.unlocked``."""
        async with self._db.transaction() as tx:
            agent = await self._locked_row(tx, agent_id)
            await self._take_lock(tx, agent, lock, address)

    async def quarantine(self, agent_id: AgentId, first_address: str, second_address: str) -> None:
        """Let the agent do nothing more until an admin has looked: its key was seen in two places at once."""
        async with self._db.transaction() as tx:
            agent = await self._locked_row(tx, agent_id)
            if agent.state != AgentState.ACTIVE:
                return
            agent.state, agent.state_at = AgentState.QUARANTINED, self._clock.now()
            agent.state_reason = f"two live instances at once, from {first_address} and {second_address}"[:500]
            actor = Actor(agent.id, agent.name, second_address)
            details = {"site": agent.site_id, "previous": first_address, "address": second_address}
            await self._audit.append(tx, AuditEvent("agent.quarantined", actor, agent.id, details))
            self._publish(tx, "agent.quarantined", agent)

    async def _live_certificate(self, view: AsyncSession, agent_id: str, serial: str) -> AgentCertificateRow | None:
        query = (
            select(AgentCertificateRow)
            .join(AgentRow, AgentRow.id == AgentCertificateRow.agent_id)
            .where(
                AgentCertificateRow.serial == serial,
                AgentCertificateRow.agent_id == agent_id,
                AgentCertificateRow.retired_at.is_(None),
                AgentCertificateRow.expires_at > self._clock.now(),
                AgentRow.state == AgentState.ACTIVE,
            )
        )
        return (await view.scalars(query)).one_or_none()

    async def _first_use(self, agent_id: str, serial: str) -> None:
        async with self._db.transaction() as tx:
            await tx.get_one(AgentRow, agent_id, with_for_update=True)
            certificates = list(await tx.scalars(select(AgentCertificateRow).filter_by(agent_id=agent_id)))
            mark_first_use(certificates, serial, self._clock.now())

    async def _take_lock(self, tx: Transaction, agent: AgentRow, lock: SiteLock, address: str) -> None:
        now = self._clock.now()
        before = await self._site_lock(tx, agent.site_id, now)
        if (agent.locked, agent.lock_until, agent.lock_reason) != (lock.locked, lock.until, lock.reason):
            agent.locked, agent.lock_until, agent.lock_reason = lock.locked, lock.until, lock.reason
            agent.lock_at = now
            await tx.flush()
            self._publish(tx, "agent.changed", agent)
        after = await self._site_lock(tx, agent.site_id, now)
        if before != after:
            await self._tell_lock(tx, agent, after, address)

    async def _site_lock(self, tx: Transaction, site_id: str, now: datetime) -> SiteLockFacts | None:
        return standing_lock(await tx.scalars(locked_agents().where(AgentRow.site_id == site_id)), now)

    async def _tell_lock(self, tx: Transaction, agent: AgentRow, lock: SiteLockFacts | None, address: str) -> None:
        topic: Topic = "site.unlocked" if lock is None else "site.locked"
        details: dict[str, object] = {"agent": agent.id}
        if lock is not None:
            details |= {"reason": lock.reason, "until": lock.until and lock.until.isoformat()}
        actor = Actor(agent.id, agent.name, address)
        await self._audit.append(tx, AuditEvent(topic, actor, agent.site_id, details))
        self._publish(tx, topic, agent)

    def _publish(self, tx: Transaction, topic: Topic, agent: AgentRow) -> None:
        event = Event(topic, {"site": agent.site_id, "agent": agent.id})
        tx.on_commit(lambda: self._bus.publish(event))

    async def _locked_row(self, tx: Transaction, agent_id: str) -> AgentRow:
        return await tx.get_one(AgentRow, agent_id, with_for_update=True)


def mark_first_use(certificates: Iterable[AgentCertificateRow], serial: str, now: datetime) -> None:
    """Mark the certificate as used; those issued before it end here, since the agent holds the newer key safely."""
    by_serial = {certificate.serial: certificate for certificate in certificates}
    shown = by_serial.pop(serial)
    shown.used_at = shown.used_at or now
    for other in by_serial.values():
        if other.retired_at is None and other.issued_at <= shown.issued_at:
            other.retired_at = now
