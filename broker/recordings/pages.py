"""Operations page by page: a segment at a time, passing over segments that hold nothing of what is asked for."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from broker.http.paging import encode_cursor
from recording.chunks import Chunk, Kind
from recording.export import operation_record
from recording.layout import Counts
from recording.reader import RecordingReader

MAX_SCANNED_SEGMENTS = 2000


class Only(StrEnum):
    """Which operations."""

    ALL = "all"
    WRITES = "writes"
    """What was let through and does more than read."""
    DENIALS = "denials"
    """What was asked and not let through."""


@dataclass(frozen=True, slots=True)
class OperationQuery:
    """``at`` and ``skip`` are a cursor's: the offset of a segment, and how many of its chunks were shown."""

    limit: int
    only: Only = Only.ALL
    since_ns: int = 0
    at: int | None = None
    skip: int = 0


@dataclass(frozen=True, slots=True)
class OperationPage:
    """Operations in order; ``next_cursor`` is ``None`` at the end. A short or empty page need not be the last."""

    items: list[dict[str, object]]
    next_cursor: str | None


def operation_page(reader: RecordingReader, content_key: bytes, query: OperationQuery) -> OperationPage:
    """Read one page. Blocks; reads at most ``MAX_SCANNED_SEGMENTS`` segments."""
    items: list[dict[str, object]] = []
    skip = query.skip
    for scanned, (offset, header) in enumerate(reader.segments(since_ns=query.since_ns, at=query.at)):
        if scanned >= MAX_SCANNED_SEGMENTS:
            return OperationPage(items, encode_cursor(offset, 0))
        if _may_hold(header.counts, query.only):
            for number, chunk in _wanted(reader.content(content_key, offset, header), query, skip):
                if len(items) == query.limit:
                    return OperationPage(items, encode_cursor(offset, number))
                items.append(operation_record(chunk))
        skip = 0
    return OperationPage(items, None)


def _wanted(chunks: Iterator[Chunk], query: OperationQuery, skip: int) -> Iterator[tuple[int, Chunk]]:
    for number, chunk in enumerate(chunks):
        is_later = number >= skip and chunk.monotonic_ns >= query.since_ns
        if is_later and chunk.kind is Kind.OPERATION and _is_wanted(chunk, query.only):
            yield number, chunk


def _is_wanted(chunk: Chunk, only: Only) -> bool:
    match only:
        case Only.ALL:
            return True
        case Only.WRITES:
            return chunk.is_write and not chunk.is_denied and not chunk.is_response
        case Only.DENIALS:
            return chunk.is_denied and not chunk.is_response


def _may_hold(counts: Counts, only: Only) -> bool:
    # Answers are not counted in headers: a segment that counts no operation may still hold some.
    return {Only.ALL: True, Only.WRITES: counts.writes > 0, Only.DENIALS: counts.denials > 0}[only]
