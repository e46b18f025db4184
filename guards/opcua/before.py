"""What nodes held before a write, for the change log: read right before it where the rules want that.

The guard's own Read names nodes, attributes and ranges as the Write does (OPC 10000-4 1.05, 5.11.2 and 5.11.4), in the
same session, under a number and a handle that no tool ever sees.
"""

from collections.abc import Callable, Hashable
from dataclasses import replace

from guards.effects import Value
from guards.exchange import READ_FOR_RECORD
from guards.material import GuardMaterial
from guards.opcua.answers import Answer
from guards.opcua.binary import NULL, Reader, array, int32, int64
from guards.opcua.call import Call, operation_of
from guards.opcua.chunks import Message
from guards.opcua.inside import AssetChannel, request_header
from guards.opcua.judge import Judge
from guards.opcua.requests import MAX_SHOWN, Request, read_code
from guards.opcua.services import READ, WRITE
from guards.opcua.variants import data_value
from guards.reading_ahead import ReadingAhead
from policies.rules import Rules

_NO_TIMES = 3
_NO_ENCODING = bytes(2) + NULL


class Befores(ReadingAhead):
    """The reads ahead of writes on one connection."""

    __slots__ = ("_asset", "_judge", "_material")

    def __init__(self, rules: Rules, judge: Judge, asset: AssetChannel, material: GuardMaterial) -> None:
        """Begin with nothing read."""
        super().__init__(rules)
        self._judge = judge
        self._asset = asset
        self._material = material

    def wants_to_read(self, request: Request, now: float) -> bool:
        """Tell whether a read is to go ahead of this request."""
        return self.is_due(now) and request.service.code == WRITE and bool(request.items)

    def read_ahead(self, write: Call, is_taken: Callable[[Hashable], bool], now: float) -> Call | None:  # noqa: ARG002 - the channel's numbers are new each time
        """Return the read of what ``write`` will change; ``None`` where it may not be read."""
        number, written = self._asset.next_id(), write.raw[4:]
        head = request_header(READ, _session(written), number, self._material.wall_time(now))
        body = head + int64(0) + int32(_NO_TIMES) + _named(written, write.request.fields_at)
        request, ruling = self._judge.judge(body, now)
        if not self._asset.fits(body) or ruling.refusal is not None:
            return None
        own = Call(number, Message(number, body), request, operation_of(request, number, READ_FOR_RECORD))
        own.reads_for = write
        return own

    def learn_each(self, write: Call, answer: Answer) -> None:
        """Put what was read into the write, item by item: of what the device did not say nothing is known."""
        items = write.request.items
        if answer.fault or len(answer.read) != len(items):
            return
        found: list[Value | None] = []
        for item, read in zip(items, answer.read, strict=True):
            is_told = not answer.is_bad(read.status) and len(read.values) == len(item.values)
            found += read.values if is_told else [None] * len(item.values)
        before = tuple(found[:MAX_SHOWN])
        if any(value is not None for value in before):
            write.operation = replace(write.operation, before=before, is_before_read=True)


def _session(body: bytes) -> bytes:
    """Return the session's secret name as it stands in a request that was read."""
    reader = Reader(body)
    read_code(reader)
    start = reader.at
    reader.node_id()
    return reader.since(start)


def _named(body: bytes, at: int) -> bytes:
    """Return the array that reads what the items of a Write name."""

    def one(reader: Reader) -> bytes:
        start = reader.at
        reader.node_id()
        reader.uint32()
        reader.string()
        named = reader.since(start)
        data_value(reader)
        return named + _NO_ENCODING

    return array(Reader(body, at).array(one))
