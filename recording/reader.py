"""The reader: seeks and decrypts a recording through random access, a segment at a time.

It trusts nothing it reads (all lengths are bounded, all content authenticated by the key), but it does not check
signatures: that is ``recording.verify``. All failures are ``RecordingError``s.
"""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from recording import layout
from recording.chunks import Chunk, decode_chunks
from recording.errors import FormatError, TruncatedError
from recording.index import Index
from recording.layout import SegmentHeader
from recording.manifest import Closing, Opening, decode_manifest
from recording.sealing import open_segment

Read = Callable[[int, int], bytes]
"""``read(offset, length)`` returns those bytes, fewer only at the end of the recording."""


@dataclass(frozen=True, slots=True)
class Block:
    """A signed JSON block as it was read: ``body`` is what the signature covers, behind its domain."""

    offset: int
    body: bytes
    text: bytes
    signature: bytes

    @property
    def end(self) -> int:
        """Offset of the first byte after the signature."""
        return self.offset + len(self.body) + len(self.signature)


def exactly(read: Read, offset: int, length: int) -> bytes:
    """Read exactly so many bytes; raise ``TruncatedError`` if the recording is shorter."""
    data = read(offset, length)
    if len(data) != length:
        raise TruncatedError(f"cut short at byte {offset + len(data)}")
    return data


def read_block(read: Read, offset: int, magic: bytes) -> Block:
    """Read an opening or closing block; raise ``FormatError`` if there is none at this offset."""
    head = exactly(read, offset, len(magic) + layout.LENGTH.size)
    if not head.startswith(magic):
        raise FormatError(f"no {magic!r} at byte {offset}")
    (length,) = layout.LENGTH.unpack_from(head, len(magic))
    if length > layout.MAX_MANIFEST_BYTES:
        raise FormatError("manifest length is out of bounds")
    rest = exactly(read, offset + len(head), length + layout.SIGNATURE_BYTES)
    text, signature = rest[:length], rest[length:]
    return Block(offset, head + text, text, signature)


def closing_offset(read: Read, size: int) -> int | None:
    """Return where the trailer says that the closing starts; ``None`` when the last bytes are no trailer."""
    if size <= layout.TRAILER.size:
        return None
    offset, magic = layout.TRAILER.unpack(exactly(read, size - layout.TRAILER.size, layout.TRAILER.size))
    return offset if magic == layout.TRAILER_MAGIC else None


class RecordingReader:
    """One recording behind a ``read`` callable: a file, a range request, an object of a store."""

    def __init__(self, read: Read, size: int) -> None:
        self._read = read
        self._size = size
        block = read_block(read, 0, layout.OPENING_MAGIC)
        self.opening: Opening = decode_manifest(Opening, block.text)
        self._first_segment = block.end
        self._tag = hashlib.sha256(block.body + block.signature).digest()[: layout.RECORDING_TAG_BYTES]
        self._closing_block = self._find_closing()
        self.closing: Closing | None = (
            decode_manifest(Closing, self._closing_block.text) if self._closing_block else None
        )

    def segments(self, *, since_ns: int = 0, at: int | None = None) -> Iterator[tuple[int, SegmentHeader]]:
        """Yield (offset, header) of the whole segments that end at or after ``since_ns``; their content is not read.

        A closed recording is entered through its index; one without closing is walked from its start. A segment torn
        by a crash is the end. ``at`` is the offset of a segment to begin with instead. What is not this recording's,
        or leaves a gap, is a ``FormatError``.
        """
        offset = self._seek(since_ns) if at is None else max(at, self._first_segment)
        number: int | None = 0 if offset == self._first_segment else None
        end = self._closing_block.offset if self._closing_block else self._size
        while offset + layout.HEADER_BYTES <= end:
            head = exactly(self._read, offset, layout.HEADER_BYTES)
            if head.startswith(layout.CLOSING_MAGIC):
                break  # a closing that a crash tore: all segments are before it
            header = layout.decode_header(head)
            if header.recording_tag != self._tag or number not in (None, header.number):
                raise FormatError(f"what stands at byte {offset} is not the segment that belongs there")
            number = header.number + 1
            if offset + header.total_bytes > end:
                break
            if header.span.last_ns >= since_ns:
                yield offset, header
            offset += header.total_bytes
        if self.closing is not None and number not in (None, self.closing.segments):
            raise FormatError(f"{self.closing.segments} segments were written, {number} stand")

    def index(self, known: Index | None = None) -> Index:
        """Return the index: of a closed recording the one that its closing names, else one made of the headers.

        ``known`` is what this gave before, of the same recording: only what was added since is walked then.
        """
        if self.closing is not None and self._closing_block is not None:
            size = self.closing.segments * layout.INDEX_ENTRY.size
            packed = exactly(self._read, self._closing_block.end, size)
            if hashlib.sha256(packed).hexdigest() != self.closing.index_sha256:
                raise FormatError("the index is not the one that the closing names")
            return Index(packed)
        packed = known.packed[: -layout.INDEX_ENTRY.size] if known else b""
        start = known[len(known) - 1].offset if known else None
        entries = [packed]
        for number, (offset, header) in enumerate(self.segments(at=start), len(packed) // layout.INDEX_ENTRY.size):
            if header.number != number:
                raise FormatError(f"segment {header.number} stands in the place of {number}")
            entries.append(header.index_entry(offset))
        return Index(b"".join(entries))

    def segment(self, index: Index, number: int) -> tuple[int, SegmentHeader]:
        """Return (offset, header) of one segment that the index tells of."""
        offset = index[number].offset
        header = layout.decode_header(exactly(self._read, offset, layout.HEADER_BYTES))
        if header.recording_tag != self._tag or header.number != number:
            raise FormatError(f"what stands at byte {offset} is not segment {number}")
        return offset, header

    def chunks(self, content_key: bytes, *, since_ns: int = 0) -> Iterator[Chunk]:
        """Yield the chunks from ``since_ns`` on, decrypting one segment at a time."""
        for offset, header in self.segments(since_ns=since_ns):
            for chunk in self.content(content_key, offset, header):
                if chunk.monotonic_ns >= since_ns:
                    yield chunk

    def content(self, content_key: bytes, offset: int, header: SegmentHeader) -> Iterator[Chunk]:
        """Yield the chunks of one segment that ``segments`` told of."""
        cipher = AESGCM(content_key)
        head = layout.encode_header(header)
        sealed = exactly(self._read, offset + layout.HEADER_BYTES, header.sealed_length)
        yield from decode_chunks(open_segment(header, head, sealed, cipher))

    def _find_closing(self) -> Block | None:
        offset = closing_offset(self._read, self._size)
        if offset is None:
            return None
        if offset >= self._size:
            raise FormatError("the trailer points behind the end")
        return read_block(self._read, offset, layout.CLOSING_MAGIC)

    def _seek(self, since_ns: int) -> int:
        if self._closing_block is None or self.closing is None or since_ns <= 0:
            return self._first_segment
        low, high = 0, self.closing.segments
        while low < high:
            middle = (low + high) // 2
            if self._index_entry(middle)[2] < since_ns:
                low = middle + 1
            else:
                high = middle
        return self._index_entry(low)[0] if low < self.closing.segments else self._closing_block.offset

    def _index_entry(self, number: int) -> tuple[int, ...]:
        if self._closing_block is None:
            raise FormatError("a recording without closing has no index")
        offset = self._closing_block.end + number * layout.INDEX_ENTRY.size
        return layout.INDEX_ENTRY.unpack(exactly(self._read, offset, layout.INDEX_ENTRY.size))
