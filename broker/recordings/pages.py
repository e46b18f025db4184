"""Operations page by page: a segment at a time, passing over segments that hold nothing of what is asked for."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from broker.http.paging import ForeignCursorError, encode_cursor
from recording.chunks import Chunk, Kind
from recording.export import json_object, wall_time
from recording.index import Index
from recording.reader import RecordingReader

_ESCAPED = frozenset('"\\')
_OF_A_UNIT = re.compile(r"u?n?i?t? ?\d*", re.IGNORECASE)
MAX_SCANNED_SEGMENTS = 1000
MAX_SCANNED_BYTES = 32 * 1024 * 1024
MAX_WHOLE_ITEMS = 2000
"""So many operations end an answer of whole segments; the last one is not torn, so it may hold more."""


class Only(StrEnum):
    """Which operations."""

    ALL = "all"
    WRITES = "writes"
    """What was let through and does more than read."""
    DENIALS = "denials"
    """What was asked and not let through."""


@dataclass(frozen=True, slots=True)
class OperationQuery:
    """Which operations: from ``since_ns`` on, later than ``after_ns``, saying ``text`` somewhere."""

    only: Only = Only.ALL
    since_ns: int = 0
    after_ns: int | None = None
    text: str = ""

    @property
    def begins_ns(self) -> int:
        """The first moment that counts."""
        return max(self.since_ns, 0 if self.after_ns is None else self.after_ns + 1)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page begins: in a segment, behind so many of its chunks."""

    segment: int
    skip: int = 0


@dataclass(frozen=True, slots=True)
class OpenedRecording:
    """A recording and what opens it."""

    reader: RecordingReader
    content_key: bytes
    index: Index


@dataclass(frozen=True, slots=True)
class Seen:
    """One operation; ``number`` counts them through the whole recording from 1 on, without answers (which have none).

    ``position`` is its chunk's in the segment, ``record`` what the API shows.
    """

    number: int | None
    position: int
    chunk: Chunk
    record: dict[str, object]


@dataclass(frozen=True, slots=True)
class OperationPage:
    """Operations in order. A short or empty page need not be the last.

    ``next_cursor`` is ``None`` at the end; ``next_segment`` is the first that an answer of whole segments left out.
    """

    items: list[dict[str, object]]
    next_cursor: str | None = None
    next_segment: int | None = None


def operation_page(opened: OpenedRecording, query: OperationQuery, limit: int, place: Place | None) -> OperationPage:
    """Read one page. Blocks; what it reads is bounded."""
    index, items = opened.index, list[dict[str, object]]()
    start = place or Place(index.segment_at(query.begins_ns))
    if start.segment > len(index):
        raise ForeignCursorError
    bound = Bound()
    for number in range(start.segment, len(index)):
        if not _may_hold(index, number, query.only):
            continue
        if bound.is_reached:
            return OperationPage(items, encode_cursor(number, 0))
        skip = start.skip if number == start.segment else 0
        for seen in _wanted(opened, number, query, bound):
            if seen.position >= skip:
                if len(items) == limit:
                    return OperationPage(items, encode_cursor(number, seen.position))
                items.append(seen.record)
    return OperationPage(items)


def whole_segments(opened: OpenedRecording, query: OperationQuery, first: int, count: int) -> OperationPage:
    """Read all operations of ``count`` segments from ``first`` on, or of fewer where they hold many. Blocks."""
    index, items = opened.index, list[dict[str, object]]()
    end = min(first + count, len(index))
    bound = Bound()
    for number in range(first, end):
        if len(items) >= MAX_WHOLE_ITEMS or bound.is_reached:
            return OperationPage(items, next_segment=number)
        if _may_hold(index, number, query.only):
            items += (seen.record for seen in _wanted(opened, number, query, bound))
    return OperationPage(items, next_segment=end if end < len(index) else None)


class Bound:
    """How much one call may read."""

    def __init__(self) -> None:
        self._segments = self._bytes = 0

    def take(self, plain_bytes: int) -> None:
        """Count a segment that is read."""
        self._segments += 1
        self._bytes += plain_bytes

    @property
    def is_reached(self) -> bool:
        """Whether it is enough."""
        return self._segments >= MAX_SCANNED_SEGMENTS or self._bytes >= MAX_SCANNED_BYTES


def _wanted(opened: OpenedRecording, segment: int, query: OperationQuery, bound: Bound) -> Iterator[Seen]:
    plain = _plain(query.text)
    for number, position, chunk in numbered(opened, segment, bound):
        if chunk.monotonic_ns >= query.begins_ns and _is_wanted(chunk, query.only):
            if plain is not None and plain not in chunk.payload.lower():
                continue
            record = operation_record(number, chunk)
            if not query.text or says(record, query.text):
                yield Seen(number, position, chunk, record)


def _plain(text: str) -> bytes | None:
    """Return what stands in an operation's JSON if it says the text; ``None`` where it may be written otherwise."""
    is_plain = text.isascii() and text.isprintable() and not _ESCAPED.intersection(text)
    return text.lower().encode() if text and is_plain and not _OF_A_UNIT.fullmatch(text) else None


def numbered(
    opened: OpenedRecording, segment: int, bound: Bound | None = None
) -> Iterator[tuple[int | None, int, Chunk]]:
    """Yield (number, position, chunk) of a segment's operations, answers included."""
    offset, header = opened.reader.segment(opened.index, segment)
    if bound is not None:
        bound.take(header.plain_length)
    number = opened.index.operations_before(segment)
    for position, chunk in enumerate(opened.reader.content(opened.content_key, offset, header)):
        if chunk.kind is Kind.OPERATION:
            number += not chunk.is_response
            yield None if chunk.is_response else number, position, chunk


def operation_record(number: int | None, chunk: Chunk) -> dict[str, object]:
    """Return an operation as the API shows it; nothing that it holds stands in the place of when and where it was."""
    head = {
        "number": number,
        "at": wall_time(chunk.wall_us).isoformat(timespec="microseconds"),
        "since_start_ns": chunk.monotonic_ns,
        "stream": chunk.stream,
    }
    return {**head, **json_object(chunk), **head}


def says(record: dict[str, object], text: str) -> bool:
    """Tell whether an operation says the text, in any case, in one of its words, objects or values."""
    said = [str(record.get(name, "")) for name in ("function", "tier", "verdict", "reason", "protocol", "route")]
    for many in (record.get("objects"), record.get("values")):
        said += map(str, many) if isinstance(many, list) else ()
    return text.casefold() in "\n".join([*said, f"unit {record.get('unit', '')}"]).casefold()


def _is_wanted(chunk: Chunk, only: Only) -> bool:
    match only:
        case Only.ALL:
            return True
        case Only.WRITES:
            return chunk.is_write and not chunk.is_denied and not chunk.is_response
        case Only.DENIALS:
            return chunk.is_denied and not chunk.is_response


def _may_hold(index: Index, segment: int, only: Only) -> bool:
    # Answers are not counted: a segment that counts no operation may still hold some.
    match only:
        case Only.ALL:
            return True
        case Only.WRITES:
            return index.writes[segment] > 0
        case Only.DENIALS:
            return index.denials[segment] > 0
