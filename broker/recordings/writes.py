"""The writes of one recording, newest first, each with its answer; only segments that count writes are opened."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from broker.recordings.pages import Bound, OpenedRecording, Place, numbered, operation_record
from recording.chunks import Chunk
from recording.export import json_object
from recording.manifest import wall_us

_Key = tuple[int, object, object]
CLOCK_SLACK_NS = 600 * 10**9
"""How far the wall clock may have been set while a session ran."""


class Outcome(StrEnum):
    """What became of a write that was let through."""

    ACCEPTED = "accepted"
    REFUSED = "refused"
    """The device said no."""
    UNANSWERED = "unanswered"
    """No answer of the device stands in the recording where it would have to be."""


@dataclass(slots=True)
class Write:
    """One write that was let through: ``record`` is its operation as the API shows it."""

    record: dict[str, object]
    outcome: Outcome = Outcome.UNANSWERED
    exception_code: int | None = None

    def settle(self, answer: dict[str, object]) -> None:
        """Take the answer to it; one that the guard gave in the device's place is none."""
        code = answer.get("exception_code")
        if answer.get("verdict") == "allowed":
            self.exception_code = code if isinstance(code, int) else None
            self.outcome = Outcome.ACCEPTED if code is None else Outcome.REFUSED


Waiting = dict[_Key, Write]
"""Writes whose answers are still to come."""


@dataclass(frozen=True, slots=True)
class Within:
    """Between which moments; ``until`` is not within."""

    since: datetime | None = None
    until: datetime | None = None

    def holds(self, chunk: Chunk) -> bool:
        """Tell whether it happened within."""
        late = self.until is not None and chunk.wall_us >= wall_us(self.until)
        return not late and (self.since is None or chunk.wall_us >= wall_us(self.since))

    def nanoseconds(self, started_at: datetime) -> tuple[int, int]:
        """Return the earliest and the latest moment of a session that can lie within."""
        first = 0 if self.since is None else _ns(self.since - started_at) - CLOCK_SLACK_NS
        last = 2**64 if self.until is None else _ns(self.until - started_at) + CLOCK_SLACK_NS
        return first, last


EVER = Within()


@dataclass(frozen=True, slots=True)
class WritePage:
    """Writes, the newest first; ``rest`` is where the older ones begin, ``None`` when there are none."""

    items: list[Write]
    rest: Place | None


def newest_writes(opened: OpenedRecording, within: Within, place: Place | None, limit: int, bound: Bound) -> WritePage:
    """Read at most ``limit`` writes from ``place`` back. ``skip`` counts writes of its segment, from the newest."""
    index, items = opened.index, list[Write]()
    first_ns, last_ns = within.nanoseconds(opened.reader.opening.started_at)
    start = place or Place(len(index) - 1)
    for number in range(min(start.segment, len(index) - 1), -1, -1):
        entry = index[number]
        if entry.last_ns < first_ns:
            break
        if not entry.writes or entry.first_ns > last_ns:
            continue
        skip = start.skip if number == start.segment else 0
        if len(items) >= limit or bound.is_reached:
            return WritePage(items, Place(number, skip))
        found = _writes_of(opened, number, within, bound)[::-1][skip:]
        room = limit - len(items)
        items += found[:room]
        if len(found) > room:
            return WritePage(items, Place(number, skip + room))
    return WritePage(items, None)


def _writes_of(opened: OpenedRecording, segment: int, within: Within, bound: Bound) -> list[Write]:
    writes: list[Write] = []
    waiting: Waiting = {}
    for number, _, chunk in numbered(opened, segment, bound):
        if chunk.is_write and not chunk.is_response and not chunk.is_denied:
            write = Write(operation_record(number, chunk))
            if within.holds(chunk):
                writes.append(write)
            waiting[_key(chunk, write.record)] = write
        else:
            _settle(waiting, chunk)
    if waiting and segment + 1 < len(opened.index):
        for _, _, chunk in numbered(opened, segment + 1, bound):
            _settle(waiting, chunk)
    return writes


def _settle(waiting: Waiting, chunk: Chunk) -> None:
    """Take an answer; after a further request under its key no answer is that to an earlier one."""
    if waiting and (chunk.is_response or not chunk.is_denied):
        said = json_object(chunk)
        write = waiting.pop(_key(chunk, said), None)
        if write is not None and chunk.is_response:
            write.settle(said)


def _key(chunk: Chunk, record: Mapping[str, object]) -> _Key:
    """Return what ties an answer to its request.

    Where requests have no numbers of their own (SLMP 3E) guards let the device have one at a time: there the next
    answer to the same function is the one.
    """
    transaction = record.get("transaction")
    return chunk.stream, transaction, record.get("function_code") if transaction is None else None


def _ns(length: timedelta) -> int:
    return length // timedelta(microseconds=1) * 1000
