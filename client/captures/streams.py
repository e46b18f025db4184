"""One direction of a TCP connection put into order (RFC 9293, 3.4).

What comes twice is dropped, what comes early waits; where too much waits, what is missing before it stays missing.
"""

from typing import NamedTuple

MAX_WAITING_BYTES = 256 * 1024
MAX_WAITING_SEGMENTS = 64
_WRAP = 1 << 32


class Piece(NamedTuple):
    """Bytes in order, and when their packet was captured; ``after_gap``: some before them never were."""

    data: bytes
    time: float | None
    after_gap: bool = False


class _Early(NamedTuple):
    data: bytes
    time: float | None
    missing: int


class Reassembler:
    """Keeps at most 64 segments, or 256 KiB, that came too early."""

    def __init__(self) -> None:
        self._next: int | None = None
        self._early: dict[int, _Early] = {}
        self._early_bytes = 0
        self._has_gap = False

    def start(self, sequence: int) -> None:
        """Expect the byte after this sequence number: a SYN was seen."""
        self._next = (sequence + 1) % _WRAP

    def feed(self, sequence: int, data: bytes, time: float | None, missing: int = 0) -> list[Piece]:
        """Take a segment's payload, of which the last ``missing`` bytes were not captured; return what is in order."""
        if not data and not missing:
            return []
        if self._next is None:
            self._next = sequence
        early = _Early(data, time, missing)
        if (sequence - self._next) % _WRAP not in range(1, _WRAP // 2):
            return [*self._take(sequence, early), *self._follow()]
        known = self._early.get(sequence)
        if known is None or len(known.data) < len(data):
            self._early[sequence] = early
            self._early_bytes += len(data) - (len(known.data) if known else 0)
        if self._early_bytes <= MAX_WAITING_BYTES and len(self._early) <= MAX_WAITING_SEGMENTS:
            return []
        return self._skip()

    def flush(self) -> list[Piece]:
        """Return what still waits, gaps or not: nothing more comes."""
        pieces: list[Piece] = []
        while self._early:
            pieces += self._skip()
        return pieces

    def _ahead(self, sequence: int) -> int:
        return (sequence - (self._next or 0)) % _WRAP

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
