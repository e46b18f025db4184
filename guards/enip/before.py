"""What a tag or an attribute held before a write, for the change log: read right before it where the rules want that.

A Write Tag is preceded by a Read Tag of the same path and number of elements, a fragment by one from the same byte on
(1756-PM020), a Set Attribute Single by a Get Attribute Single (The CIP Networks Library, Volume 1, A-4), a write of a
data table by its read (see ``guards.enip.pccc``). It goes outside of connections, along the route of the write: on a
connection a device gives its last answer again to a count that it just had, so that by its own counts a tool could
choose what the record says.
"""

from collections.abc import Callable, Hashable
from dataclasses import replace

from guards.effects import Operation
from guards.enip import encapsulation, pccc
from guards.enip.answers import PARTIAL
from guards.enip.connections import Connection
from guards.enip.contents import Request
from guards.enip.encapsulation import SEND_RR_DATA
from guards.enip.exchange import EnipExchange, key_of
from guards.enip.judge import Judge
from guards.enip.services import (
    CONNECTION_MANAGER,
    EXECUTE_PCCC,
    GET_ATTRIBUTE,
    READ_FRAGMENT,
    READ_TAG,
    SET_ATTRIBUTE,
    TICKS,
    UNCONNECTED_SEND,
    WRITE_FRAGMENT,
)
from guards.enip.tags import count_at
from guards.exchange import READ_FOR_RECORD, Exchange
from guards.reading_ahead import ReadingAhead
from policies.rules import Rules

_REFERENCES = 0x10000
_CONTEXT = b"before"
_TO_MANAGER = bytes([UNCONNECTED_SEND, 2, 0x20, CONNECTION_MANAGER, 0x24, 1])
_ROUTER = b"\x20\x02\x24\x01"
_PLAIN = frozenset({"write_tag", "set_attribute_single"})
_VALUED = frozenset({"write_tag_fragmented", *(f"pccc_{name}" for name in pccc.READ_BY)})
"""Writes of which nothing is in the record where their values cannot be told: they are not read for then."""


class Befores(ReadingAhead):
    """The reads ahead of writes on one stream."""

    __slots__ = ("_judge",)

    def __init__(self, rules: Rules, judge: Judge) -> None:
        """Begin with nothing read."""
        super().__init__(rules, _REFERENCES)
        self._judge = judge

    def wants_to_read(self, request: Request, cip: bytes, connection: Connection | None, now: float) -> bool:
        """Tell whether a read is to go ahead of this request."""
        return self.is_due(now) and reading(request, cip, connection) is not None

    def read_ahead(self, write: EnipExchange, is_taken: Callable[[Hashable], bool], now: float) -> EnipExchange | None:
        """Return the read of what ``write`` will change; ``None`` where it may not be read."""
        request = write.request
        items = encapsulation.items_of(write.message.command, write.message.data)
        if request is None or isinstance(items, str):
            return None
        reference = self.free(lambda one: is_taken((SEND_RR_DATA, _context(one))))
        cip = None if reference is None else reading(request, items.cip, write.connection, reference)
        if cip is None or reference is None:
            return None
        judged = self._judge.judge(cip, None, now)
        if judged.refusal is not None or _routes(judged.request) != _routes(request):
            return None
        raw = encapsulation.unconnected(write.message.session, _context(reference), cip)
        message = encapsulation.parse(raw)
        operation = replace(judged.operation, transaction=message.reference, reason=READ_FOR_RECORD)
        own = EnipExchange(key_of(message), raw, judged.request.said or cip, operation, message)
        own.request = judged.request
        own.reads_for = write
        return own

    def learn(self, own: Exchange, answer: Operation) -> None:
        """See ``ReadingAhead``; of a fragment as much is known as is written, though more may follow."""
        write = own.reads_for
        if write is not None and answer.function == "read_tag_fragmented":
            code = None if answer.exception_code == PARTIAL else answer.exception_code
            held = answer.values[: len(write.operation.values)]
            if len(held) < len(write.operation.values):
                return
            answer = replace(answer, values=held, exception_code=code)
        super().learn(own, answer)


def reading(request: Request, cip: bytes, connection: Connection | None, reference: int = 0) -> bytes | None:
    """Return the read of what a request writes, as it goes outside connections; ``None`` where there is none."""
    is_readable = request.function in _PLAIN or (request.function in _VALUED and bool(request.values))
    if request.fault or not is_readable:
        return None
    read = _reading(cip, len(request.carriers), reference)
    if connection is None:
        return read
    path = connection.link.path
    if not path.endswith(_ROUTER):
        return None
    return _sent_on(read, path[: -len(_ROUTER)]) if len(path) > len(_ROUTER) else read


def _sent_on(cip: bytes, route: bytes) -> bytes:
    inner = TICKS + len(cip).to_bytes(2, "little") + cip + bytes(len(cip) % 2)
    return _TO_MANAGER + inner + bytes([len(route) // 2, 0]) + route


def _reading(cip: bytes, carriers: int, reference: int) -> bytes:
    """Return the read in place of a write, inside as many Unconnected Sends."""
    end = 2 + 2 * cip[1]
    to, body = cip[1:end], cip[end:]
    if carriers:
        size = int.from_bytes(body[2:4], "little")
        inner = _reading(body[4 : 4 + size], carriers - 1, reference)
        padded = inner + bytes(len(inner) % 2)
        return cip[:end] + body[:2] + len(inner).to_bytes(2, "little") + padded + body[4 + size + size % 2 :]
    if cip[0] == SET_ATTRIBUTE:
        return bytes([GET_ATTRIBUTE]) + to
    if cip[0] == EXECUTE_PCCC:
        return cip[:end] + body[: body[0]] + pccc.reading(body[body[0] :], reference)
    at = count_at(body)
    if cip[0] == WRITE_FRAGMENT:
        return bytes([READ_FRAGMENT]) + to + body[at : at + 6]
    return bytes([READ_TAG]) + to + body[at : at + 2]


def _routes(request: Request) -> list[str]:
    return [part.route for part in request.parts]


def _context(reference: int) -> bytes:
    return _CONTEXT + reference.to_bytes(2, "big")
