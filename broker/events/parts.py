"""Puts the parts of live events together, for the composition root and for tests, so that there is one way to do it."""

from dataclasses import dataclass

from broker.cluster.bus import Bus
from broker.db.engine import Database
from broker.events.history import History
from broker.events.hub import EventHub
from broker.events.places import PlaceReader
from broker.events.routes import EventRoutes
from broker.events.seeing import Viewer
from broker.events.socket import WhoIs
from broker.http.principal import Principal
from broker.http.routes import Route
from broker.inventory.ports import AssetVisibility
from broker.inventory.reader import InventoryReader
from broker.inventory.sight import Sight
from broker.sessions.service import SessionService


@dataclass(frozen=True, slots=True)
class EventParts:
    """All of live events; the node closes ``hub``."""

    hub: EventHub
    routes: tuple[Route, ...]

    @classmethod
    def build(
        cls, database: Database, bus: Bus, sessions: SessionService,
        *, inventory: InventoryReader, visibility: AssetVisibility, who_is: WhoIs,
    ) -> "EventParts":  # fmt: skip
        """Build live events on their ground; ``visibility`` is access's, ``who_is`` identity's."""
        places = PlaceReader(database, inventory, Sight(inventory, visibility))

        def viewer(principal: Principal) -> Viewer:
            return Viewer(principal, places.of)

        hub = EventHub(bus, History(), sessions, viewer=viewer, who_is=who_is)
        return cls(hub, tuple(EventRoutes(hub).routes()))
