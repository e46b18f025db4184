"""Requests: the header that all share, and what each asks for (OPC 10000-4 1.05, 7.33)."""

from typing import NamedTuple

from guards.effects import Value
from guards.given import worst
from guards.opcua.binary import LayoutError, Reader
from guards.opcua.items import Item
from guards.opcua.nodes import NodeId
from guards.opcua.services import Service, service_of
from policies.rules import Tier

MAX_SHOWN = 200
MAX_ELEMENTS = 0x10000
"""How many elements the arrays of a request may have together, but for numbers: devices take far fewer at once."""


class Head(NamedTuple):
    """What stands before every request's own fields; ``session`` is the session's secret name, ``None`` without one."""

    session: NodeId | None = None
    handle: int = 0


class Request(NamedTuple):
    """One request. ``said`` is all of it but session, time and reference; ``fault`` says why it cannot be read."""

    service: Service
    head: Head
    items: tuple[Item, ...] = ()
    said: bytes = b""
    fields_at: int = 0
    fault: str = ""

    @property
    def tier(self) -> Tier:
        """The worst tier of what it asks for; of an empty one that of its service."""
        return worst([item.tier for item in self.items] or [self.service.tier])

    @property
    def objects(self) -> tuple[str, ...]:
        """What it touches, in the words of policies; of more than 200 objects the first."""
        touched = (str(access.touched) for item in self.items for access in item.accesses)
        return tuple(name for name, _ in zip(touched, range(MAX_SHOWN), strict=False))

    @property
    def values(self) -> tuple[Value, ...]:
        """What it writes; of more than 200 values the first."""
        return tuple(value for item in self.items for value in item.values)[:MAX_SHOWN]


UNREADABLE = Service(0, "unreadable", Tier.FIRMWARE)


def read_code(reader: Reader) -> int:
    """Return the number of the type that a message body begins with."""
    code = reader.node_id().standard
    if code is None:
        raise LayoutError("the message is of a type that the standard does not number")
    return code


def read_request(body: bytes) -> Request:
    """Return what a whole message asks for; what cannot be read has a ``fault``."""
    reader, service, head = Reader(body, most_elements=MAX_ELEMENTS), UNREADABLE, Head()
    try:
        service = service_of(read_code(reader))
        head = read_head(reader)
        fields_at = reader.at
        items = [] if service.decode is None else service.decode(reader)
        if service.decode is not None:
            reader.end()
    except LayoutError as wrong:
        return Request(service, head, fault=str(wrong))
    said = service.code.to_bytes(4) + body[fields_at:]
    return Request(service, head, tuple(items), said, fields_at)


def read_head(reader: Reader) -> Head:
    """Read the header of a request."""
    session = reader.node_id()
    reader.int64()
    handle = reader.uint32()
    reader.uint32()
    reader.string()
    reader.uint32()
    reader.extension()
    return Head(None if session.standard == 0 else session, handle)
