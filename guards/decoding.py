"""Reading what was said without carrying it: captures and recordings, where a guard never stood between the sides.

A decoder shares codec, tiers and judge with its protocol's guard, but keeps no turns and answers nobody. A response
without its request, a request without its answer, and a flow that begins in its middle are all fine.
"""

from collections.abc import Callable, Hashable
from dataclasses import replace
from typing import Generic, Protocol, TypeVar

from guards.effects import Direction, Operation, Verdict
from guards.splitting import Cutter
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


class Ruling(Protocol):
    """What a judge refuses with."""

    @property
    def verdict(self) -> Verdict:
        """What becomes of it."""
        ...

    @property
    def reason(self) -> str:
        """Why."""
        ...


class MessageDecoder:
    """The part that all decoders share: bytes cut into messages, each read by itself, a fault read over.

    A protocol gives ``read``. After a fault the next bytes are taken for the beginning of a message.
    """

    def __init__(self, protocol: str, cutter: Callable[[], Cutter]) -> None:
        """Begin with nothing kept; ``cutter`` makes one for each direction."""
        self._protocol = protocol
        self._new_cutter = cutter
        self._cutters = {direction: cutter() for direction in Direction}

    def receive(self, direction: Direction, data: bytes, now_monotonic: float) -> list[Operation]:
        """See ``Decoder``."""
        messages, fault = self._cutters[direction].feed(data)
        read = (self.read(direction, message, now_monotonic) for message in messages)
        operations = [operation for operation in read if operation is not None]
        if fault is not None:
            operations.append(self.unreadable(direction, fault.reason))
            self.lost(direction)
        return operations

    def lost(self, direction: Direction) -> None:
        """See ``Decoder``."""
        self._cutters[direction] = self._new_cutter()

    def read(self, direction: Direction, message: bytes, now_monotonic: float) -> Operation | None:
        """Read a whole message; ``None`` for what is no PDU, or only a piece of one."""
        raise NotImplementedError

    def unreadable(self, direction: Direction, reason: str) -> Operation:
        """Return the operation of what cannot be read."""
        is_response = direction is Direction.TO_USER
        return Operation(
            direction, self._protocol, 0, "unreadable", Tier.FIRMWARE, Verdict.MALFORMED, is_response, reason=reason
        )


def judged(operation: Operation, ruling: Ruling | None) -> Operation:
    """Return an operation with what the judge says of it."""
    return operation if ruling is None else replace(operation, verdict=ruling.verdict, reason=ruling.reason)


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
