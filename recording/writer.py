"""The writer: gathers chunks while a session runs, and seals them segment by segment.

Two owners share it without a lock: the event loop appends and takes; the sealing thread seals and closes, in order.
"""

from collections import deque
from datetime import datetime

from recording.chunks import HEAD_BYTES, MAX_PAYLOAD_BYTES, Direction, Kind, Leg, flag_bits, pack_head
from recording.errors import MisuseError
from recording.keys import Sign
from recording.layout import MAX_PLAIN_BYTES, Counts, Span
from recording.manifest import EndReason, Opening
from recording.sealing import PendingSegment, Sealer

SEGMENT_BYTES = 1024 * 1024


class Gatherer:
    """Collects encoded chunks into segments of about ``segment_bytes``. An append costs about a microsecond."""

    def __init__(self, segment_bytes: int = SEGMENT_BYTES) -> None:
        if not 0 < segment_bytes <= MAX_PLAIN_BYTES - MAX_PAYLOAD_BYTES - HEAD_BYTES:
            raise MisuseError("a segment of that size could pass the format's bound")
        self._segment_bytes = segment_bytes
        self._full: deque[PendingSegment] = deque()
        self._full_bytes = 0
        self._last_ns = self._last_us = 0
        self._reset()

    @property
    def pending_bytes(self) -> int:
        """Plaintext bytes gathered and not yet taken."""
        return self._full_bytes + self._size

    @property
    def has_full(self) -> bool:
        """Whether a full segment waits to be taken."""
        return bool(self._full)

    def append_bytes(
        self, stream: int, direction: Direction, leg: Leg, data: bytes, monotonic_ns: int, wall_us: int
    ) -> int:
        """Add bytes of the inner protocol (more than a chunk may hold become several); return ``pending_bytes``."""
        pending = 0
        for at in range(0, len(data) or 1, MAX_PAYLOAD_BYTES):
            piece = data[at : at + MAX_PAYLOAD_BYTES]  # the same bytes, not copied, where they are all
            if leg is not Leg.ASSET:
                self._bytes[direction] += len(piece)
            pending = self._add(Kind.BYTES, direction, leg, stream, piece, monotonic_ns, wall_us)
        return pending

    def append_operation(
        self,
        stream: int,
        direction: Direction,
        text: bytes,
        monotonic_ns: int,
        wall_us: int,
        *,
        is_write: bool,
        is_denied: bool,
        is_response: bool,
    ) -> int:
        """Add what a guard saw, as a JSON object. ``is_write``: a tier above READ; ``is_denied``: not let through."""
        # Requests are counted, their answers not: the counts say what was asked of the asset, and what reached it.
        if not is_response:
            self._operations += 1
            self._writes += is_write and not is_denied
            self._denials += is_denied
        bits = flag_bits(is_write=is_write, is_denied=is_denied, is_response=is_response)
        return self._add(Kind.OPERATION, direction, bits, stream, text, monotonic_ns, wall_us)

    def append_event(self, stream: int, text: bytes, monotonic_ns: int, wall_us: int) -> int:
        """Add something that happened to the session (stream 0) or to a stream, as a JSON object."""
        return self._add(Kind.EVENT, Direction.NONE, 0, stream, text, monotonic_ns, wall_us)

    def take(self) -> PendingSegment | None:
        """Return the oldest segment that waits, full or not; ``None`` when nothing was gathered."""
        if not self._full and self._parts:
            self._roll()
        if not self._full:
            return None
        pending = self._full.popleft()
        self._full_bytes -= pending.plain_bytes
        return pending

    def _add(
        self, kind: Kind, direction: Direction, bits: int, stream: int, payload: bytes, monotonic_ns: int, wall_us: int
    ) -> int:
        length = len(payload)
        if length > MAX_PAYLOAD_BYTES:
            raise MisuseError(f"a chunk of {length} bytes cannot be recorded")
        if monotonic_ns < self._last_ns:
            raise MisuseError("the monotonic clock went backwards")
        if not self._parts:
            self._first = (monotonic_ns, wall_us)
        self._last_ns = monotonic_ns
        self._last_us = wall_us
        self._parts.append(pack_head(kind, direction, bits, stream, monotonic_ns, wall_us, length))
        self._parts.append(payload)
        self._size += HEAD_BYTES + length
        if self._size >= self._segment_bytes:
            self._roll()
        return self._full_bytes + self._size

    def _roll(self) -> None:
        counts = Counts(
            len(self._parts) // 2, self._operations, self._writes, self._denials, self._bytes[0], self._bytes[1]
        )
        span = Span(self._first[0], self._last_ns, self._first[1], self._last_us)
        self._full.append(PendingSegment(self._parts, self._size, counts, span))
        self._full_bytes += self._size
        self._reset()

    def _reset(self) -> None:
        self._parts: list[bytes] = []
        self._size = 0
        self._first = (0, 0)
        self._operations = self._writes = self._denials = 0
        self._bytes = [0, 0]


class RecordingWriter:
    """Both halves in one hand, for callers that need no threads (exports, tests, conversions)."""

    def __init__(self, opening: Opening, content_key: bytes, sign: Sign, segment_bytes: int = SEGMENT_BYTES) -> None:
        self.gatherer = Gatherer(segment_bytes)
        self.sealer = Sealer(opening, content_key, sign)

    def begin(self) -> bytes:
        """Return the opening block: the first bytes of the recording."""
        return self.sealer.opening_block

    def flush(self) -> bytes:
        """Seal all that was gathered and return it."""
        return b"".join(self._sealed())

    def close(self, reason: EndReason, ended_at: datetime) -> bytes:
        """Return what is left and the closing block."""
        return self.flush() + self.sealer.close(reason, ended_at)

    def _sealed(self) -> "list[bytearray]":
        pending = iter(self.gatherer.take, None)
        return [self.sealer.seal(segment) for segment in pending]
