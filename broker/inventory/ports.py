"""What the inventory needs of packages above it, as interfaces; the composition root brings the two together."""

from collections.abc import Collection, Mapping, Sequence
from typing import Protocol

from sqlalchemy.ext.asyncio import AsyncSession

from broker.http.principal import Principal
from broker.inventory.facts import AssetFacts, Uses
from tunnel.ids import AgentId
from tunnel.messages import DialRefused, StreamClosed


class AssetVisibility(Protocol):
    """Says which assets somebody without ``INVENTORY_READ`` may know of; implemented by ``access``."""

    async def visible(self, principal: Principal, candidates: Sequence[AssetFacts]) -> frozenset[str]:
        """Return the ids of those candidates that some policy lets this person ask for or use."""
        ...


class ServiceUsage(Protocol):
    """Says what rests on services and sites, so that an editor knows before a change; implemented by ``access``."""

    async def of(self, view: AsyncSession, *, ended: Collection[str], narrowed: Collection[str]) -> Uses:
        """Count what a change would end: of services (by id) that end, and of those that let less through."""
        ...

    async def locks_on(self, view: AsyncSession, site_id: str) -> int:
        """Count the locks that hold on a site now, but for the plant's own."""
        ...


class StreamEvents(Protocol):
    """Hears what agents say about streams; implemented by ``sessions``. Called in the link's loop: must not block.

    Only messages about a stream that was dialled through this very agent get here.
    """

    def on_stream_message(self, agent_id: AgentId, message: DialRefused | StreamClosed) -> None:
        """Take note of a refused or closed stream."""
        ...


class GrantKeys(Protocol):
    """The public half of the keys that session grants are signed with; implemented by ``identity``'s tokens."""

    def jwks(self) -> Mapping[str, object]:
        """Return the JWK set."""
        ...


class Protocols(Protocol):
    """Which protocols a service may name; implemented by ``guards.registry``."""

    def guarded_protocols(self) -> frozenset[str]:
        """Return the protocols that a guard understands."""
        ...

    def opaque_protocols(self) -> frozenset[str]:
        """Return the protocols that pass uninspected."""
        ...
