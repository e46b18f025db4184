"""Reading what was said without carrying it: captures and recordings, where a guard never stood between the sides.

A decoder shares codec, tiers and judge with its protocol's guard, but keeps no turns and answers nobody. A response
without its request, a request without its answer, and a flow that begins in its middle are all fine.
"""

from collections.abc import Hashable
from typing import Generic, Protocol, TypeVar

from guards.effects import Direction, Operation
from policies.rules import Rules, Tier

MAX_OPEN = 1024

EVERYTHING = Rules(tiers=frozenset(Tier), upload=True, opaque=True)
"""Rules that refuse nothing."""


class Decoder(Protocol):
    """The reader of one flow."""

    def receive(self, direction: Direction, data: bytes, now_monotonic: float) -> list[Operation]:
        """Return one operation for each PDU that is now whole, in the order of the wire.

        The verdict of a request is what the guard's judge says to the rules; ``MALFORMED`` is what cannot be read.
        """
        ...

    def lost(self, direction: Direction) -> None:
        """Begin anew with the next bytes of this direction: some before them are missing."""
        ...


E = TypeVar("E")


class Unanswered(Generic[E]):
    """Requests by what their answers share with them; of more than 1,024 the oldest are forgotten."""

    __slots__ = ("_open",)

    def __init__(self) -> None:
        """Begin with none."""
        self._open: dict[Hashable, E] = {}

    def asked(self, key: Hashable, request: E) -> None:
        """Remember a request until it is answered."""
        self._open.pop(key, None)
        self._open[key] = request
        if len(self._open) > MAX_OPEN:
            del self._open[next(iter(self._open))]

    def answered(self, key: Hashable) -> E | None:
        """Return the request that this answer belongs to, if it was seen."""
        return self._open.pop(key, None)
