"""The proof: walks a recording with nothing but public keys and names the first link that does not hold.

With the content key it also opens every segment and holds the content against its header.
"""

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import NoReturn, TypeVar

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from recording import layout
from recording.chunks import Chunk, Direction, Kind, Leg, decode_chunks
from recording.errors import FormatError, RecordingError, TruncatedError
from recording.keys import PublicKeys, is_signed
from recording.layout import Counts, SegmentHeader
from recording.manifest import Closing, Opening, Totals, decode_manifest
from recording.reader import Block, Read, closing_offset, exactly, read_block
from recording.sealing import open_segment


class State(StrEnum):
    """What a recording proved to be."""

    WHOLE = "whole"
    OPEN = "open"
    BROKEN = "broken"


class Place(StrEnum):
    """Which kind of block a fault is in."""

    OPENING = "opening"
    SEGMENT = "segment"
    CLOSING = "closing"


class Check(StrEnum):
    """Which check a block failed."""

    FORMAT = "format"
    SIGNER = "signer"
    SIGNATURE = "signature"
    RECORDING = "recording"
    ORDER = "order"
    CHAIN = "chain"
    TIME = "time"
    CONTENT = "content"
    TOTALS = "totals"
    INDEX = "index"
    TRAILER = "trailer"
    TRUNCATED = "truncated"


_FAULT = "{place} at byte {offset}: {check}: {detail}"
WORDS: Mapping[str, str] = MappingProxyType(
    {
        "open": "open: ended without closing (crash or still running)",
        "broken": f"broken: {_FAULT}",
    }
)
"""What is said of a recording that is not whole; the pages have the same keys in other languages."""


@dataclass(frozen=True, slots=True)
class Fault:
    """The first bad link. ``segment`` is the number that stands, or should stand, at ``offset``."""

    place: Place
    check: Check
    offset: int
    detail: str
    segment: int | None = None

    def __str__(self) -> str:
        where = f"segment {self.segment}" if self.place is Place.SEGMENT else str(self.place)
        return _FAULT.format(place=where, offset=self.offset, check=self.check, detail=self.detail)


@dataclass(frozen=True, slots=True)
class Verification:
    """What was proved. ``segments``, ``counts`` and ``verified_bytes`` are of the part that holds, whatever the state.

    ``torn_bytes`` stand behind the last whole segment of an open recording: a crash in the middle of a write.
    ``last_link`` is the chain's end: equal ends mean equal recordings.
    """

    state: State
    detail: str
    segments: int = 0
    counts: Counts = field(default_factory=Counts)
    verified_bytes: int = 0
    torn_bytes: int = 0
    last_link: str = ""
    opening: Opening | None = None
    closing: Closing | None = None
    fault: Fault | None = None
    is_content_checked: bool = False


class _BrokenError(Exception):
    def __init__(self, fault: Fault) -> None:
        self.fault = fault


_Result = TypeVar("_Result")
_PART_BYTES = 1024 * 1024


def verify(
    read: Read, size: int, public_keys: PublicKeys, *, content_key: bytes | None = None, expect_closed: bool = False
) -> Verification:
    """Prove a recording of ``size`` bytes, in one pass and in the memory of three segments.

    ``expect_closed`` makes an absent closing a fault: for a caller who knows (from the audit chain) that it exists.
    """
    walk = _Walk(read, size, public_keys, content_key)
    try:
        walk.opening_block()
        walk.segments()
        if walk.closing_block():
            return walk.result(State.WHOLE, "whole: every segment and the closing hold")
        walk.require(not expect_closed, Check.TRUNCATED, "the closing that must follow is not there")
        return walk.result(State.OPEN, WORDS["open"])
    except _BrokenError as broken:
        return walk.result(State.BROKEN, f"broken: {broken.fault}", broken.fault)


class _Walk:
    """One pass over a recording, front to back. What its fields sum up has been proved."""

    def __init__(self, read: Read, size: int, public_keys: PublicKeys, content_key: bytes | None) -> None:
        self._read = read
        self._size = size
        self._public_keys = public_keys
        self._cipher = AESGCM(content_key) if content_key is not None else None
        self._closing_offset = closing_offset(read, size)
        self._place = Place.OPENING
        self._offset = 0
        self._number = 0
        self._last_ns = 0
        self._counts = Counts()
        self._plain_bytes = 0
        self._index = hashlib.sha256()
        self._opening: Opening | None = None
        self._closing: Closing | None = None
        self._key: ec.EllipticCurvePublicKey | None = None
        self._opening_digest = b""
        self._link = b""

    def result(self, state: State, detail: str, fault: Fault | None = None) -> Verification:
        return Verification(
            state,
            detail,
            self._number,
            self._counts,
            self._offset,
            self._size - self._offset if state is State.OPEN else 0,
            self._link.hex(),
            self._opening,
            self._closing,
            fault,
            self._cipher is not None,
        )

    def require(self, holds: bool, check: Check, detail: str) -> None:
        if not holds:
            self._fail(check, detail)

    def opening_block(self) -> None:
        block = self._parsed(lambda: read_block(self._read, 0, layout.OPENING_MAGIC))
        opening = self._parsed(lambda: decode_manifest(Opening, block.text))
        self._key = self._public_keys.get(opening.signer)
        self.require(self._key is not None, Check.SIGNER, f"its key is not among those given: {opening.signer}")
        self._require_signature(block.signature, layout.OPENING_DOMAIN + block.body)
        self._opening = opening
        self._opening_digest = self._link = hashlib.sha256(block.body + block.signature).digest()
        self._offset = block.end
        self._place = Place.SEGMENT

    def segments(self) -> None:
        """Check segment after segment, up to the closing or to where a crash tore the recording."""
        while True:
            head = self._read(self._offset, layout.HEADER_BYTES)
            if self._is_closing(head[:4]):
                self._place = Place.CLOSING
                return
            header = self._header(head) if len(head) == layout.HEADER_BYTES else None
            if header is None or self._offset + header.total_bytes > self._size:
                self._require_tear(head)
                return
            self._segment(header, head)

    def closing_block(self) -> bool:
        """Check the closing and all behind it; ``False`` when there is none, or when a crash tore it."""
        if self._place is not Place.CLOSING:
            return False
        try:
            block = read_block(self._read, self._offset, layout.CLOSING_MAGIC)
            closing = self._parsed(lambda: decode_manifest(Closing, block.text))
            self._require_signature(block.signature, layout.CLOSING_DOMAIN + block.body)
            self._require_sums(closing)
            self._require_index_and_trailer(closing, block)
        except TruncatedError as error:
            self.require(self._closing_offset is None, Check.TRUNCATED, str(error))
            return False
        except FormatError as error:
            self._fail(Check.FORMAT, str(error))
        self._closing = closing
        self._offset = self._size
        return True

    def _is_closing(self, magic: bytes) -> bool:
        is_pointed_at = self._offset == self._closing_offset and magic != layout.SEGMENT_MAGIC
        return magic == layout.CLOSING_MAGIC or is_pointed_at

    def _header(self, head: bytes) -> SegmentHeader:
        header = self._parsed(lambda: layout.decode_header(head))
        tag = self._opening_digest[: layout.RECORDING_TAG_BYTES]
        span = header.span
        self.require(header.recording_tag == tag, Check.RECORDING, "this segment is another recording's")
        self.require(header.number == self._number, Check.ORDER, f"segment {header.number} stands in its place")
        self.require(header.previous == self._link, Check.CHAIN, "does not follow the block before it")
        self.require(self._last_ns <= span.first_ns <= span.last_ns, Check.TIME, "time goes backwards")
        return header

    def _segment(self, header: SegmentHeader, head: bytes) -> None:
        rest = self._parsed(lambda: exactly(self._read, self._offset + len(head), header.total_bytes - len(head)))
        sealed, signature = rest[: header.sealed_length], rest[header.sealed_length :]
        digest = hashlib.sha256(head)
        digest.update(sealed)
        self._require_signature(signature, layout.SEGMENT_DOMAIN + digest.digest())
        if self._cipher is not None:
            self._require_content(header, head, sealed, self._cipher)
        digest.update(signature)
        self._link = digest.digest()
        self._index.update(header.index_entry(self._offset))
        self._counts += header.counts
        self._plain_bytes += header.plain_length
        self._last_ns = header.span.last_ns
        self._number += 1
        self._offset += header.total_bytes

    def _require_tear(self, head: bytes) -> None:
        is_prefix = any(magic.startswith(head[:4]) for magic in (layout.SEGMENT_MAGIC, layout.CLOSING_MAGIC))
        self.require(is_prefix, Check.FORMAT, "neither a segment nor the closing stands here")
        self.require(self._closing_offset is None, Check.TRUNCATED, "cut short, although the recording was closed")

    def _require_content(self, header: SegmentHeader, head: bytes, sealed: bytes, cipher: AESGCM) -> None:
        try:
            seen = counted(decode_chunks(open_segment(header, head, sealed, cipher)))
        except RecordingError as error:
            self._fail(Check.CONTENT, str(error))
        self.require(seen == header.counts, Check.CONTENT, "its content is not what its header counts")

    def _require_sums(self, closing: Closing) -> None:
        recording = self._opening.recording if self._opening else ""
        is_ours = closing.recording == recording and closing.opening == self._opening_digest.hex()
        same_number = closing.segments == self._number
        totals = Totals.of(self._counts, self._plain_bytes)
        self.require(is_ours, Check.RECORDING, "this closing is another recording's")
        self.require(same_number, Check.ORDER, f"{closing.segments} segments were written, {self._number} stand")
        self.require(closing.last_link == self._link.hex(), Check.CHAIN, "does not follow the last segment")
        self.require(closing.totals == totals, Check.TOTALS, "its sums are not those of the segments")

    def _require_index_and_trailer(self, closing: Closing, block: Block) -> None:
        end = block.end + closing.segments * layout.INDEX_ENTRY.size
        index = hashlib.sha256()
        for start in range(block.end, end, _PART_BYTES):
            index.update(exactly(self._read, start, min(_PART_BYTES, end - start)))
        same = index.hexdigest() == closing.index_sha256 == self._index.hexdigest()
        self.require(same, Check.INDEX, "the index does not describe these segments")
        trailer = exactly(self._read, end, layout.TRAILER.size)
        expected = layout.TRAILER.pack(block.offset, layout.TRAILER_MAGIC)
        self.require(trailer == expected, Check.TRAILER, "the trailer does not point at the closing")
        self.require(self._size == end + len(trailer), Check.TRAILER, "bytes stand behind the end")

    def _require_signature(self, signature: bytes, message: bytes) -> None:
        holds = self._key is not None and is_signed(self._key, signature, message)
        self.require(holds, Check.SIGNATURE, "its signature does not hold")

    def _parsed(self, parse: Callable[[], _Result]) -> _Result:
        try:
            return parse()
        except FormatError as error:
            self._fail(Check.FORMAT, str(error))

    def _fail(self, check: Check, detail: str) -> NoReturn:
        number = self._number if self._place is Place.SEGMENT else None
        raise _BrokenError(Fault(self._place, check, self._offset, detail, number))


def counted(chunks: Iterable[Chunk]) -> Counts:
    """Count chunks as a segment's header does."""
    total = Counts()
    for chunk in chunks:
        total += _count_of(chunk)
    return total


def _count_of(chunk: Chunk) -> Counts:
    if chunk.kind is Kind.BYTES and chunk.leg is not Leg.ASSET:
        length = len(chunk.payload)
        to_asset = length if chunk.direction is Direction.TO_ASSET else 0
        return Counts(1, bytes_to_asset=to_asset, bytes_to_user=length - to_asset)
    if chunk.kind is Kind.OPERATION and not chunk.is_response:
        return Counts(1, 1, int(chunk.is_write and not chunk.is_denied), int(chunk.is_denied))
    return Counts(1)
