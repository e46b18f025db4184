"""Chunks: what a recording is made of. Length-prefixed, times inside (docs/recording-format.md, 3)."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum

from recording.errors import FormatError

MAX_PAYLOAD_BYTES = 1024 * 1024
_HEAD = struct.Struct(">BBHIQQI")
HEAD_BYTES = _HEAD.size

WRITE = 1 << 8
DENIED = 1 << 9
RESPONSE = 1 << 10
_FLAGS = WRITE | DENIED | RESPONSE
_LEG_MASK = 0xFF

pack_head = _HEAD.pack
"""(kind, direction, leg | flags, stream, monotonic ns, wall us, payload length) -> head; the writer's hot path."""


class Kind(IntEnum):
    """What a chunk's payload is: bytes of the inner protocol, or a JSON object."""

    BYTES = 0
    OPERATION = 1
    EVENT = 2


class Direction(IntEnum):
    """Which way bytes travelled; ``NONE`` for events that belong to no direction."""

    TO_ASSET = 0
    TO_USER = 1
    NONE = 2


class Leg(IntEnum):
    """Where the bytes were seen: passed through unchanged, only towards the user's tool, or only towards the asset."""

    BOTH = 0
    USER = 1
    ASSET = 2


@dataclass(frozen=True, slots=True)
class Chunk:
    """One piece of evidence. ``monotonic_ns`` counts from the session's start, ``wall_us`` from 1970 UTC.

    ``is_write`` (tier above READ), ``is_denied`` and ``is_response`` are of operations only.
    Stream 0 is the session itself.
    """

    kind: Kind
    direction: Direction
    stream: int
    monotonic_ns: int
    wall_us: int
    payload: bytes
    leg: Leg = Leg.BOTH
    is_write: bool = False
    is_denied: bool = False
    is_response: bool = False


def encode_chunk(chunk: Chunk) -> bytes:
    """Return the chunk as it stands inside a segment's plaintext."""
    head = _HEAD.pack(
        chunk.kind,
        chunk.direction,
        chunk.leg | flag_bits(is_write=chunk.is_write, is_denied=chunk.is_denied, is_response=chunk.is_response),
        chunk.stream,
        chunk.monotonic_ns,
        chunk.wall_us,
        len(chunk.payload),
    )
    return head + chunk.payload


def flag_bits(*, is_write: bool, is_denied: bool, is_response: bool) -> int:
    """Return the flags of an operation."""
    return WRITE * is_write | DENIED * is_denied | RESPONSE * is_response


def decode_chunks(plain: bytes) -> Iterator[Chunk]:
    """Yield the chunks of a segment's plaintext; raise ``FormatError`` at the first that is not one."""
    offset = 0
    while offset < len(plain):
        chunk = _decode_one(plain, offset)
        offset += HEAD_BYTES + len(chunk.payload)
        yield chunk


def _decode_one(plain: bytes, offset: int) -> Chunk:
    try:
        kind, direction, bits, stream, monotonic_ns, wall_us, length = _HEAD.unpack_from(plain, offset)
        start = offset + HEAD_BYTES
        if length > min(MAX_PAYLOAD_BYTES, len(plain) - start) or bits & ~(_FLAGS | _LEG_MASK):
            raise FormatError(f"chunk at {offset}: impossible length or flags")
        return Chunk(
            Kind(kind),
            Direction(direction),
            stream,
            monotonic_ns,
            wall_us,
            plain[start : start + length],
            Leg(bits & _LEG_MASK),
            bool(bits & WRITE),
            bool(bits & DENIED),
            bool(bits & RESPONSE),
        )
    except (struct.error, ValueError) as error:
        raise FormatError(f"chunk at {offset}: {error}") from error
