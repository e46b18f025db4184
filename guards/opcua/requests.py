"""Requests: the header that all share, and what each asks for (OPC 10000-4 1.05, 7.33)."""

from collections.abc import Callable
from itertools import islice
from struct import Struct
from typing import NamedTuple

from guards.effects import Value
from guards.given import worst
from guards.malformations import flaw
from guards.opcua.binary import LayoutError, Reader
from guards.opcua.items import Item
from guards.opcua.nodes import NodeId
from guards.opcua.services import Service, service_of
from guards.reasons import UNSAID, Reason
from policies.rules import Tier

MAX_SHOWN = 200
MAX_ELEMENTS = 0x10000
"""How many elements the arrays of a request may have together, but for numbers: devices take far fewer at once."""


class Head(NamedTuple):
    """What stands before every request's own fields; ``session`` is the session's secret name, ``None`` without one."""

    session: NodeId | None = None
    handle: int = 0


class Contents(NamedTuple):
    """What a request asks for, whoever says it and when.

    ``tier`` is the worst of its items, or that of its service. ``objects`` are what it touches, in the words of
    policies, ``values`` what it writes; of more than 200 of them the first.
    """

    tier: Tier
    items: tuple[Item, ...] = ()
    objects: tuple[str, ...] = ()
    values: tuple[Value, ...] = ()


class Request(NamedTuple):
    """One request. ``said`` is all of it but session, time and reference; ``fault`` says why it cannot be read."""

    service: Service
    head: Head
    contents: Contents
    said: bytes = b""
    fields_at: int = 0
    fault: Reason = UNSAID

    @property
    def items(self) -> tuple[Item, ...]:
        """What it asks for, one by one."""
        return self.contents.items


UNREADABLE = Service(0, "unreadable", Tier.FIRMWARE)
_HEAD_END = Struct("<8xI4xi4x3s")
"""Time, reference, wanted diagnostics, length of the audit entry, time-out, and what more there is: mostly nothing."""
_NOTHING_MORE = bytes(3)
_TYPE = Struct("<HH")
_STANDARD_NUMBER = 0x0001
"""How a node id begins that is a number of the standard's below 65,536: the form 1, and the namespace 0."""


def _unknown(_: bytes) -> None:
    return None


def read_code(reader: Reader) -> int:
    """Return the number of the type that a message body begins with."""
    plain = reader.peek(_TYPE)
    if plain is not None and plain[0] == _STANDARD_NUMBER:
        reader.at += _TYPE.size
        return int(plain[1])
    code = reader.node_id().standard
    if code is None:
        raise LayoutError(flaw("type_unnumbered"))
    return code


def read_request(body: bytes, known: Callable[[bytes], Contents | None] = _unknown) -> Request:
    """Return what a whole message asks for; what cannot be read has a ``fault``.

    ``known`` may tell what was read before under the same ``said``.
    """
    reader, service, head = Reader(body, most_elements=MAX_ELEMENTS), UNREADABLE, Head()
    try:
        service = service_of(read_code(reader))
        head = read_head(reader)
        fields_at = reader.at
        said = service.code.to_bytes(4) + body[fields_at:]
        contents = known(said) or _contents(service, reader)
    except LayoutError as wrong:
        return Request(service, head, Contents(service.tier), fault=wrong.reason)
    return Request(service, head, contents, said, fields_at)


def _contents(service: Service, reader: Reader) -> Contents:
    if service.decode is None:
        return Contents(service.tier)
    items = service.decode(reader)
    reader.end()
    objects = (str(access.touched) for item in items for access in item.accesses)
    values = (value for item in items for value in item.values)
    return Contents(
        worst([item.tier for item in items] or [service.tier]),
        tuple(items),
        tuple(islice(objects, MAX_SHOWN)),
        tuple(islice(values, MAX_SHOWN)),
    )


def read_head(reader: Reader) -> Head:
    """Read the header of a request."""
    session = reader.node_id()
    end = reader.peek(_HEAD_END)
    if end is not None and -1 <= end[1] <= 0 and end[2] == _NOTHING_MORE:
        reader.at += _HEAD_END.size
        return Head(None if session.standard == 0 else session, end[0])
    reader.int64()
    handle = reader.uint32()
    reader.uint32()
    reader.string()
    reader.uint32()
    reader.extension()
    return Head(None if session.standard == 0 else session, handle)
