"""What the inventory needs of packages above it, as interfaces; the composition root brings the two together."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from broker.http.principal import Principal
from broker.inventory.facts import AssetFacts
from tunnel.ids import AgentId
from tunnel.messages import DialRefused, StreamClosed


class AssetVisibility(Protocol):
    """Says which assets somebody without ``INVENTORY_READ`` may know of; implemented by ``access``."""

    async def visible(self, principal: Principal, candidates: Sequence[AssetFacts]) -> frozenset[str]:
        """Return the ids of those candidates that some policy lets this person ask for or use."""
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
