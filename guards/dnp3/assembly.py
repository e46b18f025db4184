"""Frames of one direction put together to whole fragments, with the bytes that they came as."""

from typing import NamedTuple

from guards.dnp3.link import Frame, Pieces
from guards.malformations import flaw
from guards.reasons import Reason

MAX_HELD_BYTES = 8192
"""Of a fragment and what keeps the link meanwhile; one of 2,048 bytes in full frames takes 2,389."""
MAX_BETWEEN = 4
"""Frames that keep the link among those of one fragment."""

Framed = tuple[Frame, bytes]


class Whole(NamedTuple):
    """A fragment and how it came: all frames from its first to its last, also those ``between`` that keep the link."""

    data: bytes
    raw: bytes
    between: tuple[Framed, ...]


class Assembly:
    """At most one fragment that is not whole yet.

    All frames of a fragment go from the same station to the same station: a device tells conversations apart by that,
    and what is judged must be what it puts together.
    """

    __slots__ = ("_between", "_ends", "_pieces", "_raw")

    def __init__(self) -> None:
        """Begin with nothing kept."""
        self._pieces = Pieces()
        self._ends = (-1, -1)
        self._raw = bytearray()
        self._between: list[Framed] = []

    @property
    def held_bytes(self) -> int:
        """How many bytes wait for the rest of their fragment."""
        return len(self._raw)

    @property
    def is_open(self) -> bool:
        """Whether a fragment has begun and has not ended."""
        return bool(self._raw)

    def take(self, frame: Frame, raw: bytes) -> Whole | Reason | None:
        """Take a piece; return the fragment that it completes, ``None`` before that, or what is wrong.

        The first piece of a fragment must find nothing kept: what was begun before is given up with ``give_up``.
        """
        if not self._raw and frame.is_whole:
            return Whole(frame.data[1:], raw, ())
        ends = frame.destination, frame.source
        if self.is_open and ends != self._ends:
            self._pieces = Pieces()
            return flaw("fragment_of_others")
        if len(self._raw) + len(raw) > MAX_HELD_BYTES:
            self._pieces = Pieces()
            return flaw("fragment_in_frames", most=MAX_HELD_BYTES)
        self._ends = ends
        self._raw += raw
        data = self._pieces.take(frame.data)
        if not isinstance(data, bytes):
            return data
        whole = Whole(data, bytes(self._raw), tuple(self._between))
        self._raw.clear()
        self._between.clear()
        return whole

    def put_between(self, frame: Frame, raw: bytes) -> bool:
        """Keep a frame that keeps the link among those of the fragment, in its place; tell whether there was room."""
        if len(self._raw) + len(raw) > MAX_HELD_BYTES or len(self._between) >= MAX_BETWEEN:
            return False
        self._raw += raw
        self._between.append((frame, raw))
        return True

    def give_up(self) -> list[Framed]:
        """Forget the fragment that was begun; return the frames among its own that keep the link."""
        between = list(self._between)
        self._pieces = Pieces()
        self._raw.clear()
        self._between.clear()
        return between
