"""Cut a byte stream into messages whose length stands in their head: the loop that many protocols share.

A protocol gives ``measure``, which looks at what has come and tells where the message ends, that more is needed, or
what is wrong. Everything about bounds is there: a head that announces more than the protocol allows is a fault.
"""

from collections.abc import Callable
from typing import NamedTuple, Protocol

from guards.reasons import Reason

INCOMPLETE = 0
"""No message ends at its own beginning."""


class FramingFault(NamedTuple):
    """Why a stream is not what it should be; ``code`` is stable."""

    code: str
    reason: Reason


Measure = Callable[[bytes, int], "int | FramingFault"]
"""Takes a stream and where a message begins; returns where it ends (which may lie beyond what has come),
``INCOMPLETE`` while the head is not all there, or the fault."""


class Cutter(Protocol):
    """What cuts one direction's bytes into whole messages: ``Splitter``, or a protocol's own."""

    @property
    def held_bytes(self) -> int:
        """How many bytes wait for the rest of their message."""
        ...

    def feed(self, data: bytes) -> tuple[list[bytes], FramingFault | None]:
        """Return what is complete now, and the fault after which nothing can be understood, if one was met."""
        ...


class Splitter:
    """One direction's bytes, cut into whole messages; keeps less than one message between calls.

    What is kept is looked at again only once the whole message has come: a peer that drips pays for every byte once.
    """

    __slots__ = ("_measure", "_needed", "_rest")

    def __init__(self, measure: Measure) -> None:
        """Start with nothing kept. ``measure`` bounds the length, and so what is kept."""
        self._measure = measure
        self._rest = bytearray()
        self._needed = 0

    @property
    def held_bytes(self) -> int:
        """How many bytes wait for the rest of their message."""
        return len(self._rest)

    def feed(self, data: bytes) -> tuple[list[bytes], FramingFault | None]:
        """Return the messages that are complete now, and the fault that ends the stream if one was met."""
        rest, stream = self._rest, data
        if rest:
            rest += data
            if len(rest) < self._needed:
                return [], None
            stream = bytes(rest)
            rest.clear()
        measure = self._measure
        messages: list[bytes] = []
        at, end, following = 0, len(stream), INCOMPLETE
        while at < end:
            found = measure(stream, at)
            if isinstance(found, FramingFault):
                return messages, found
            following = found
            if not at < following <= end:
                break
            messages.append(stream[at:following])
            at = following
        if at < end:
            rest += stream[at:]
            self._needed = following - at
        return messages, None
