"""Puts the parts of the inventory together, for the composition root and for tests: there is one way to do it."""

from dataclasses import dataclass

from broker.audit.log import AuditLog
from broker.cluster.bus import Bus
from broker.db.engine import Database
from broker.http.routes import Route
from broker.inventory.agent_routes import AgentFacingRoutes
from broker.inventory.agents import Agents
from broker.inventory.assets import Assets
from broker.inventory.banners import Banners
from broker.inventory.control import ControlDesk, LinkTerms
from broker.inventory.enrolment import BrokerAddress, Enrolment
from broker.inventory.links import LinkRegistry
from broker.inventory.ports import AssetVisibility, GrantKeys, Protocols, ServiceUsage, StreamEvents
from broker.inventory.previews import Previews
from broker.inventory.reader import InventoryReader
from broker.inventory.routes import AgentRoutes, AssetRoutes, BannerRoutes, SiteRoutes, TransferRoutes
from broker.inventory.sight import Sight
from broker.inventory.sites import Sites
from broker.inventory.standing import AgentStanding
from broker.inventory.tag_routes import TagRoutes
from broker.inventory.tags import TagBook
from broker.inventory.transfer import Transfer
from broker.pki.authority import Authority
from tunnel.clock import Clock


@dataclass(frozen=True, slots=True)
class InventoryGround:
    """What the inventory stands on."""

    database: Database
    clock: Clock
    bus: Bus
    audit: AuditLog
    authority: Authority
    protocols: Protocols
    grant_keys: GrantKeys


@dataclass(frozen=True, slots=True)
class InventoryBase:
    """What others need of the inventory before all of it can be built."""

    reader: InventoryReader
    standing: AgentStanding
    links: LinkRegistry

    @classmethod
    def build(cls, on: InventoryGround) -> "InventoryBase":
        """Build the read side and the links."""
        standing = AgentStanding(on.database, on.clock, on.bus, on.audit)
        return cls(InventoryReader(on.protocols, on.clock), standing, LinkRegistry(standing, on.bus))


@dataclass(frozen=True, slots=True)
class InventoryParts:
    """All of the inventory."""

    routes: tuple[Route, ...]

    @classmethod
    def build(
        cls, on: InventoryGround, base: InventoryBase,
        *, address: BrokerAddress, terms: LinkTerms, visibility: AssetVisibility, usage: ServiceUsage,
        events: StreamEvents,
    ) -> "InventoryParts":  # fmt: skip
        """Build the services and routes; ``visibility`` and ``usage`` are access's, ``events`` hears of streams."""
        database, clock, bus, audit = on.database, on.clock, on.bus, on.audit
        sight = Sight(base.reader, visibility)
        sites = Sites(database, clock, bus, audit, sight, usage)
        assets = Assets(database, clock, bus, audit, base.reader, sight, on.protocols, usage)
        enrolment = Enrolment(database, clock, bus, audit, on.authority, on.grant_keys, address)
        agents = Agents(database, clock, bus, audit)
        control = ControlDesk(base.links, base.standing, events, on.grant_keys, bus, clock, terms)
        return cls(
            routes=(
                *SiteRoutes(sites, enrolment, base.links).routes(),
                *BannerRoutes(Banners(database, clock, audit, sight)).routes(),
                *AgentRoutes(agents, base.links).routes(),
                *AssetRoutes(assets, Previews(database, base.reader, sight, assets, usage), base.links).routes(),
                *TagRoutes(TagBook(database, bus, audit, base.reader, sight)).routes(),
                *TransferRoutes(Transfer(database, audit, sites, assets, usage)).routes(),
                *AgentFacingRoutes(enrolment, control).routes(),
            )
        )
