"""Reading what was said without carrying it: captures and recordings, where a guard never stood between the sides.

A decoder shares codec, tiers and judge with its protocol's guard, but keeps no turns and answers nobody. A response
without its request, a request without its answer, and a flow that begins in its middle are all fine.
"""

from collections.abc import Callable, Hashable
from dataclasses import replace
from functools import partial
from typing import Generic, Protocol, TypeVar

from guards.effects import Direction, Operation, Verdict
from guards.malformations import flaw
from guards.reasons import Reason
from guards.seeking import Seeker
from guards.splitting import Cutter, Measure, Splitter
from policies.rules import Rules, Tier

MAX_OPEN = 1024
MUCH_BYTES = 64 * 1024
"""More than the rest of a message that was cut in two."""

EVERYTHING = Rules(tiers=frozenset(Tier), upload=True, opaque=True)
"""Rules that refuse nothing."""


class Decoder(Protocol):
    """The reader of one flow."""

    @property
    def closed_by(self) -> str:
        """The code of the first fault with which a guard ends the stream; empty as long as there is none."""
        ...

    def receive(self, direction: Direction, data: bytes, now_monotonic: float) -> list[Operation]:
        """Return one operation for each PDU that is now whole, in the order of the wire.

        The verdict of a request is what the guard's judge says to the rules; ``MALFORMED`` is what cannot be read.
        """
        ...

    def anew(self, direction: Direction) -> None:
        """Take the next bytes of this direction for the beginning of a message; forget what is not whole."""
        ...

    def lost(self, direction: Direction) -> None:
        """Look for the beginning of a message in the next bytes of this direction: some before them are missing."""
        ...

    def end(self, direction: Direction) -> list[Operation]:
        """Return what says that nothing was found since something was ``lost``, though much came or never anything."""
        ...


class Ruling(Protocol):
    """What a judge refuses with."""

    @property
    def verdict(self) -> Verdict:
        """What becomes of it."""
        ...

    @property
    def reason(self) -> Reason:
        """Why."""
        ...


class MessageDecoder:
    """The part that all decoders share: bytes cut into messages, each read by itself, a fault read over.

    A protocol gives ``read`` and ``is_likely``. After a fault the next bytes are taken for the beginning of a message.
    """

    is_marked = True
    """Whether messages begin with what nothing else does."""

    def __init__(self, protocol: str, measure: Measure, cutter: Callable[[], Cutter] | None = None) -> None:
        """Begin with nothing kept; ``cutter`` makes one for each direction, by ``measure`` unless it is given."""
        self._protocol = protocol
        self._measure = measure
        self._new_cutter = cutter or partial(Splitter, measure)
        self._cutters = {direction: self._new_cutter() for direction in Direction}
        self._seekers: dict[Direction, Seeker] = {}
        self._heard: set[Direction] = set()
        self.closed_by = ""

    def receive(self, direction: Direction, data: bytes, now_monotonic: float) -> list[Operation]:
        """See ``Decoder``."""
        if self._seekers:
            found = self._sought(direction, data)
            if found is None:
                return []
            data = found
        messages, fault = self._cutters[direction].feed(data)
        read = (self.read(direction, message, now_monotonic) for message in messages)
        operations = [operation for operation in read if operation is not None]
        if fault is not None:
            operations.append(self.unreadable(direction, fault.reason, fault.code))
            self.anew(direction)
        return operations

    def anew(self, direction: Direction) -> None:
        """See ``Decoder``."""
        self._cutters[direction] = self._new_cutter()

    def lost(self, direction: Direction) -> None:
        """See ``Decoder``."""
        self.anew(direction)
        is_likely = partial(self.is_likely, direction)
        self._seekers[direction] = Seeker(self._measure, is_likely, is_marked=self.is_marked)

    def end(self, direction: Direction) -> list[Operation]:
        """See ``Decoder``."""
        seeker = self._seekers.get(direction)
        if seeker is None or not seeker.came or (direction in self._heard and seeker.came < MUCH_BYTES):
            return []
        return [self.unreadable(direction, flaw("no_message", size=seeker.came))]

    def _sought(self, direction: Direction, data: bytes) -> bytes | None:
        """Return the bytes from where messages go on; ``None`` as long as nobody can tell where that is."""
        seeker = self._seekers.get(direction)
        found = data if seeker is None else seeker.feed(data)
        if found is not None:
            self._seekers.pop(direction, None)
            self._heard.add(direction)
        return found

    def is_likely(self, direction: Direction, message: bytes) -> bool:  # noqa: ARG002 - for those who can tell
        """Tell whether this looks like a message, as far as it has come: ``measure`` has found its head good."""
        return True

    def read(self, direction: Direction, message: bytes, now_monotonic: float) -> Operation | None:
        """Read a whole message; ``None`` for what is no PDU, or only a piece of one."""
        raise NotImplementedError

    def unreadable(self, direction: Direction, reason: Reason, code: str = "") -> Operation:
        """Return the operation of what cannot be read; ``code``: that with which a guard ends the stream here."""
        self.closed_by = self.closed_by or code
        is_response = direction is Direction.TO_USER
        return Operation(
            direction,
            self._protocol,
            0,
            "unreadable",
            Tier.FIRMWARE,
            Verdict.MALFORMED,
            is_response,
            reason=reason,
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
