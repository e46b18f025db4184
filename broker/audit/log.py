"""Appending to the chain inside the caller's transaction: the change and its record stand or fall together."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy import select

from broker.audit.chain import GENESIS, link_hash
from broker.audit.fields import classify
from broker.audit.tables import AuditHeadRow, AuditLinkRow
from broker.cluster.bus import Bus, Event
from broker.db.engine import Transaction
from broker.http.principal import AgentPrincipal, Principal
from tunnel.clock import Clock


@dataclass(frozen=True, slots=True)
class Actor:
    """Who did it: a user (``usr_``), an agent (``agt_``), or the broker itself (``system``)."""

    id: str
    name: str
    address: str = ""


SYSTEM = Actor("system", "broker")


def actor_of(principal: Principal | AgentPrincipal) -> Actor:
    """The actor that an authenticated caller is."""
    match principal:
        case Principal():
            return Actor(principal.user_id, principal.name, principal.address)
        case AgentPrincipal():
            return Actor(principal.agent_id, principal.agent_id, principal.address)


@dataclass(frozen=True, slots=True)
class AuditEvent:
    """What happened: ``action`` is ``noun.past_participle``, ``target`` the id concerned."""

    action: str
    actor: Actor
    target: str = ""
    details: Mapping[str, object] = field(default_factory=dict)


class AuditLog:
    """Writes the chain. Append last in a transaction: it holds the head's lock until the commit."""

    def __init__(self, clock: Clock, bus: Bus) -> None:
        self._clock = clock
        self._bus = bus

    async def append(self, tx: Transaction, event: AuditEvent) -> int:
        """Add a link for ``event`` and return its sequence number; published as ``audit.appended`` after the commit."""
        head = (await tx.scalars(select(AuditHeadRow).where(AuditHeadRow.id == 1).with_for_update())).one_or_none()
        if head is None:
            head = AuditHeadRow(id=1, sequence=0, hash=GENESIS)
            tx.add(head)
        link = self._link(event, head.sequence + 1, head.hash)
        tx.add(link)
        head.sequence, head.hash = link.sequence, link.hash
        await tx.flush()
        notice = Event("audit.appended", {"sequence": str(link.sequence)})
        tx.on_commit(lambda: self._bus.publish(notice))
        return link.sequence

    def _link(self, event: AuditEvent, sequence: int, previous: bytes) -> AuditLinkRow:
        content = {
            "sequence": sequence,
            "at": self._clock.now(),
            "action": event.action,
            "actor": event.actor.id,
            "actor_name": event.actor.name,
            "target": event.target,
            "address": event.actor.address,
            "details": classify(event.details),
            "previous": previous,
        }
        return AuditLinkRow(**content, hash=link_hash(**content))  # type: ignore[arg-type]
