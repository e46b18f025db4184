"""One direction of a TCP connection put into order (RFC 9293, 3.4).

What comes twice is dropped, what comes early waits; where the other side has acknowledged what is missing, or too much
waits, it stays missing. A number that is far from all others begins the stream anew.
"""

from typing import NamedTuple

MAX_WAITING_BYTES = 256 * 1024
MAX_WAITING_SEGMENTS = 64
FAR_BYTES = 1 << 20
_WRAP = 1 << 32
_PROBE = b"\0"
"""What some keep-alives bear (RFC 9293, 3.8.4): it lies before all that is to come."""


class Piece(NamedTuple):
    """Bytes in order, and when their packet was captured, in nanoseconds since 1970.

    ``after_gap``: some before them never were.
    """

    data: bytes
    time: int | None
    after_gap: bool = False


class _Early(NamedTuple):
    data: bytes
    time: int | None
    missing: int


class Reassembler:
    """Keeps at most 64 segments, or 256 KiB, that came too early."""

    def __init__(self) -> None:
        self._next: int | None = None
        self._early: dict[int, _Early] = {}
        self._early_bytes = 0
        self._has_gap = False

    @property
    def is_waiting(self) -> bool:
        """Whether segments wait for others that are missing before them."""
        return bool(self._early)

    @property
    def is_cut_short(self) -> bool:
        """Whether something is missing behind all that was told so far."""
        return self._has_gap

    def start(self, sequence: int) -> None:
        """Expect the byte after this sequence number: a SYN was seen."""
        if self._next is None or self._is_far(sequence):
            self._next = (sequence + 1) % _WRAP
            self._early.clear()
            self._early_bytes = 0

    def feed(self, sequence: int, data: bytes, time: int | None, missing: int = 0) -> list[Piece]:
        """Take a segment's payload, of which the last ``missing`` bytes were not captured; return what is in order."""
        if not data and not missing:
            return []
        if sequence == self._next and not self._early and not missing:  # nearly always
            self._next = (sequence + len(data)) % _WRAP
            pieces, self._has_gap = [Piece(data, time, self._has_gap)], False
            return pieces
        if self._next is None:
            if data == _PROBE:
                return []
            self._next = sequence
        early = _Early(data, time, missing)
        if self._is_far(sequence):
            pieces = self.flush()
            self._next, self._has_gap = sequence, True
            return [*pieces, *self._take(sequence, early)]
        if not 0 < self._ahead(sequence) < _WRAP // 2:
            pieces = self._take(sequence, early)
            return [*pieces, *self._follow()] if self._early else pieces
        known = self._early.get(sequence)
        if known is None or len(known.data) < len(data):
            self._early[sequence] = early
            self._early_bytes += len(data) - (len(known.data) if known else 0)
        if self._early_bytes <= MAX_WAITING_BYTES and len(self._early) <= MAX_WAITING_SEGMENTS:
            return []
        return self._skip()

    def acknowledged(self, number: int) -> list[Piece]:
        """Return what waits for bytes that the other side says it has: those were not captured."""
        pieces: list[Piece] = []
        while self._early and 0 < self._ahead(number) < FAR_BYTES:
            if all(self._ahead(number) < self._ahead(sequence) for sequence in self._early):
                self._next, self._has_gap = number, True
                break
            pieces += self._skip()
        return pieces

    def flush(self) -> list[Piece]:
        """Return what still waits, gaps or not: nothing more comes."""
        pieces: list[Piece] = []
        while self._early:
            pieces += self._skip()
        return pieces

    def _ahead(self, sequence: int) -> int:
        return (sequence - (self._next or 0)) % _WRAP

    def _is_far(self, sequence: int) -> bool:
        return FAR_BYTES < self._ahead(sequence) < _WRAP - FAR_BYTES

    def _skip(self) -> list[Piece]:
        """Give up what is missing before the earliest segment that waits."""
        self._next = min(self._early, key=self._ahead)
        self._has_gap = True
        return self._follow()

    def _follow(self) -> list[Piece]:
        pieces: list[Piece] = []
        while due := [one for one in self._early if not 0 < self._ahead(one) < _WRAP // 2]:
            for sequence in due:
                early = self._early.pop(sequence)
                self._early_bytes -= len(early.data)
                pieces += self._take(sequence, early)
        return pieces

    def _take(self, sequence: int, early: _Early) -> list[Piece]:
        """Take a segment that begins at, or before, what is expected."""
        known = ((self._next or 0) - sequence) % _WRAP
        fresh = early.data[known:]
        whole = len(early.data) + early.missing
        if known >= whole:
            return []
        self._next = (sequence + whole) % _WRAP
        pieces = [Piece(fresh, early.time, self._has_gap)] if fresh else []
        self._has_gap = early.missing > 0 or (self._has_gap and not fresh)
        return pieces
