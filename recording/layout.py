"""Where each byte of a recording lies: magics, sizes, bounds, segment headers (docs/recording-format.md, 2 and 4)."""

import hashlib
import struct
from dataclasses import dataclass, field
from typing import Final

from recording.errors import FormatError

FORMAT: Final = "wicketgate-recording/1"
OPENING_MAGIC = b"WGREC1\r\n"
SEGMENT_MAGIC = b"WSEG"
CLOSING_MAGIC = b"WEND"
TRAILER_MAGIC = b"\r\nWGREC1"

MAX_MANIFEST_BYTES = 64 * 1024
MAX_PLAIN_BYTES = 4 * 1024 * 1024
TAG_BYTES = 16
MAX_SEALED_BYTES = MAX_PLAIN_BYTES + TAG_BYTES
SIGNATURE_BYTES = 64
RECORDING_TAG_BYTES = 16

COMPRESSED = 1
"""Segment flag: the plaintext is one zstd frame."""

LENGTH = struct.Struct(">I")
INDEX_ENTRY = struct.Struct(">QQQIII")
"""Segment offset, first and last monotonic ns, operations, writes, denials."""
TRAILER = struct.Struct(">Q8s")

_HEADER = struct.Struct(">4sB3sIIIIIIIII4sQQQQ16s32s")
_CHECK_BYTES = 8
HEADER_BYTES = _HEADER.size + _CHECK_BYTES

OPENING_DOMAIN = b"wicketgate-recording/1 opening\0"
SEGMENT_DOMAIN = b"wicketgate-recording/1 segment\0"
CLOSING_DOMAIN = b"wicketgate-recording/1 closing\0"


@dataclass(frozen=True, slots=True)
class Counts:
    """What a segment or a whole recording holds; bytes are those of the user's leg."""

    chunks: int = 0
    operations: int = 0
    writes: int = 0
    denials: int = 0
    bytes_to_asset: int = 0
    bytes_to_user: int = 0

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(
            self.chunks + other.chunks,
            self.operations + other.operations,
            self.writes + other.writes,
            self.denials + other.denials,
            self.bytes_to_asset + other.bytes_to_asset,
            self.bytes_to_user + other.bytes_to_user,
        )


@dataclass(frozen=True, slots=True)
class Span:
    """When the first and the last chunk of a segment happened: nanoseconds since session start, wall microseconds."""

    first_ns: int
    last_ns: int
    first_wall_us: int
    last_wall_us: int


@dataclass(frozen=True, slots=True)
class SegmentHeader:
    """The clear, authenticated head of a segment.

    ``recording_tag`` is the first 16 bytes of the opening's SHA-256, ``previous`` the SHA-256 of the block before.
    """

    number: int
    plain_length: int
    sealed_length: int
    counts: Counts
    span: Span
    recording_tag: bytes = field(repr=False)
    previous: bytes = field(repr=False)
    is_compressed: bool = False

    @property
    def total_bytes(self) -> int:
        """Bytes from this header's first to the signature's last."""
        return HEADER_BYTES + self.sealed_length + SIGNATURE_BYTES

    def index_entry(self, offset: int) -> bytes:
        """Return the line of the index for this segment, which starts at ``offset``."""
        counts, span = self.counts, self.span
        return INDEX_ENTRY.pack(offset, span.first_ns, span.last_ns, counts.operations, counts.writes, counts.denials)


def encode_header(header: SegmentHeader) -> bytes:
    """Return the 136 bytes of the header, the last eight being its own check."""
    counts, span = header.counts, header.span
    body = _HEADER.pack(
        SEGMENT_MAGIC,
        COMPRESSED if header.is_compressed else 0,
        bytes(3),
        header.number,
        header.plain_length,
        header.sealed_length,
        counts.chunks,
        counts.operations,
        counts.writes,
        counts.denials,
        counts.bytes_to_asset,
        counts.bytes_to_user,
        bytes(4),
        span.first_ns,
        span.last_ns,
        span.first_wall_us,
        span.last_wall_us,
        header.recording_tag,
        header.previous,
    )
    return body + _check(body)


def decode_header(data: bytes) -> SegmentHeader:
    """Parse a segment header; raise ``FormatError`` unless it is whole, unchanged and within all bounds."""
    if len(data) != HEADER_BYTES:
        raise FormatError("segment header is cut short")
    body = data[:-_CHECK_BYTES]
    if data[-_CHECK_BYTES:] != _check(body):
        raise FormatError("segment header does not match its own check")
    magic, flags, pad, number, plain, sealed, *tail = _HEADER.unpack(body)
    counts = Counts(*tail[:6])
    pad_counts, first_ns, last_ns, first_us, last_us, tag, previous = tail[6:]
    if magic != SEGMENT_MAGIC or flags & ~COMPRESSED or any(pad) or any(pad_counts):
        raise FormatError("segment header has an unknown magic, flag or padding")
    if not 0 < plain <= MAX_PLAIN_BYTES or not TAG_BYTES < sealed <= MAX_SEALED_BYTES:
        raise FormatError("segment lengths are out of bounds")
    span = Span(first_ns, last_ns, first_us, last_us)
    return SegmentHeader(number, plain, sealed, counts, span, tag, previous, bool(flags))


def _check(body: bytes) -> bytes:
    # Not a protection (anybody can compute it): it tells a damaged header from a segment torn by a crash.
    return hashlib.sha256(body).digest()[:_CHECK_BYTES]
