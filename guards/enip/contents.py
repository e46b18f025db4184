"""What a CIP request says and touches: decoded once, whatever it is wrapped in.

Requests: The CIP Networks Library, Volume 1, 2-4.1; Multiple Service Packet A-4.10; Unconnected Send 3-5.5.2; Forward
Open 3-5.5.3. Tag services: Rockwell Automation publication 1756-PM020, CIP Data Table Read/Write.
"""

from itertools import pairwise
from struct import Struct
from typing import NamedTuple

from guards.enip import paths, pccc
from guards.enip.services import (
    CONNECTION_MANAGER,
    EXECUTE_PCCC,
    FORWARD_CLOSE,
    FORWARD_OPEN,
    LARGE_FORWARD_OPEN,
    MESSAGE_ROUTER,
    MULTIPLE,
    PCCC,
    READ_FRAGMENT,
    READ_TAG,
    SYMBOL,
    UNCONNECTED_SEND,
    WRITE_FRAGMENT,
    WRITE_TAG,
    service_of,
)
from guards.given import Access, Touched, worst
from policies.routes import DIRECT
from policies.rules import Tier

REPLY = 0x80
MAX_DEPTH = 4
MAX_SERVICES = 200
MAX_ELEMENTS = 256
STRUCTURE = 0x02A0
"""The type of a structured tag; two bytes behind it say which structure."""

_TYPES = {
    0xC1: Struct("<?"), 0xC2: Struct("<b"), 0xC3: Struct("<h"), 0xC4: Struct("<i"), 0xC5: Struct("<q"),
    0xC6: Struct("<B"), 0xC7: Struct("<H"), 0xC8: Struct("<I"), 0xC9: Struct("<Q"), 0xCA: Struct("<f"),
    0xCB: Struct("<d"), 0xD1: Struct("<B"), 0xD2: Struct("<H"), 0xD3: Struct("<I"), 0xD4: Struct("<Q"),
}  # fmt: skip
"""Elementary data types (C-6.1) whose values can be held against bounds."""


class Part(NamedTuple):
    """One service for one object: a request is one or more of them."""

    tier: Tier
    accesses: tuple[Access, ...] = ()
    route: str = DIRECT
    is_upload: bool = False


class Request(NamedTuple):
    """A whole request. ``function`` is that of the outermost service that says what is wanted.

    ``opens`` is the path of a connection that it asks for, ``closes`` whether it ends one; ``fault`` why it cannot be
    read.
    """

    code: int
    function: str
    parts: tuple[Part, ...]
    fault: str = ""
    opens: paths.Path | None = None
    closes: bool = False

    @property
    def tier(self) -> Tier:
        """The most dangerous of its parts; what cannot be read is FIRMWARE."""
        if self.fault or not self.parts:
            return Tier.FIRMWARE
        return worst(part.tier for part in self.parts)

    @property
    def objects(self) -> tuple[str, ...]:
        """What it touches, each once."""
        return tuple(dict.fromkeys(str(access.touched) for part in self.parts for access in part.accesses))

    @property
    def values(self) -> tuple[int | float | bool, ...]:
        """What is written, as far as it can be read."""
        return tuple(value for part in self.parts for access in part.accesses for value in access.values)


def read(data: bytes, route: str = DIRECT, depth: int = 0) -> Request:
    """Read a request that is sent along ``route``."""
    if len(data) < 2 or len(data) < 2 + 2 * data[1]:
        return Request(data[0] if data else 0, "unreadable", (), "the request is cut short")
    code, end = data[0], 2 + 2 * data[1]
    path = paths.parse(data[2:end])
    if isinstance(path, str):
        return Request(code, f"service_{code:02x}", (), path)
    if path.route:
        return Request(code, f"service_{code:02x}", (), "a request's own path leads on to another device")
    is_tag = bool(path.symbol) or path.class_id == SYMBOL
    service = service_of(code, path.class_id, is_tag=is_tag)
    body = data[end:]
    if code == MULTIPLE and path.class_id == MESSAGE_ROUTER:
        return _several(body, route, depth)
    if (path.class_id, code) == (CONNECTION_MANAGER, UNCONNECTED_SEND):
        return _sent_on(body, depth)
    if (path.class_id, code) == (PCCC, EXECUTE_PCCC):
        return _pccc(body, route)
    if path.class_id == CONNECTION_MANAGER and code in {FORWARD_OPEN, LARGE_FORWARD_OPEN}:
        return _opening(code, service.name, body)
    closes = (path.class_id, code) == (CONNECTION_MANAGER, FORWARD_CLOSE)
    values, fault = _written(code, body) if is_tag and code in {WRITE_TAG, WRITE_FRAGMENT} else ((), "")
    accesses = _accesses(path, _count(code, body) if is_tag else 1, values)
    part = Part(service.tier, accesses, route, service.is_upload)
    return Request(code, service.name, (part,), fault, closes=closes)


def _accesses(path: paths.Path, count: int, values: tuple[int | float | bool, ...] = ()) -> tuple[Access, ...]:
    """Return what is touched. ``count`` elements from one on are each named; too many are the whole array."""
    if path.symbol:
        names = _elements(path.symbol, count)
        each = [(value,) for value in values] if len(values) == len(names) > 1 else [values] * len(names)
        return tuple(Access(Touched("tag", name=name), one) for name, one in zip(names, each, strict=True))
    if path.class_id is None:
        return ()
    instance = 0 if path.instance is None else path.instance
    attribute = "" if path.attribute is None else str(path.attribute)
    return (Access(Touched(f"class{path.class_id}", instance, instance, attribute), values),)


def _elements(symbol: str, count: int) -> list[str]:
    base, _, index = symbol.removesuffix("]").rpartition("[")
    if count <= 1 or not symbol.endswith("]"):
        return [symbol]
    if count > MAX_ELEMENTS or base.endswith("]"):
        return [base.partition("[")[0]]
    return [f"{base}[{number}]" for number in range(int(index), int(index) + count)]


def _count(code: int, body: bytes) -> int:
    """Return how many elements a tag service asks for (1756-PM020): behind the type, where one is given."""
    if code in {READ_TAG, READ_FRAGMENT}:
        return int.from_bytes(body[:2], "little")
    if code in {WRITE_TAG, WRITE_FRAGMENT}:
        at = 4 if int.from_bytes(body[:2], "little") == STRUCTURE else 2
        return int.from_bytes(body[at : at + 2], "little")
    return 1


def _several(body: bytes, route: str, depth: int) -> Request:
    """Read a Multiple Service Packet: a count, so many offsets from it on, and the requests."""
    name = "multiple_service_packet"
    count = int.from_bytes(body[:2], "little")
    offsets = (
        [int.from_bytes(body[2 + 2 * n : 4 + 2 * n], "little") for n in range(count)] if count <= MAX_SERVICES else []
    )
    starts = [*offsets, len(body)]
    if not offsets or depth >= MAX_DEPTH or starts != sorted(starts) or offsets[0] < 2 + 2 * count:
        return Request(MULTIPLE, name, (), "the offsets of a Multiple Service Packet do not add up")
    requests = [read(body[start:stop], route, depth + 1) for start, stop in pairwise(starts)]
    fault = next((one.fault for one in requests if one.fault), "")
    if any(one.opens is not None or one.closes for one in requests):
        fault = fault or "connections are not opened or closed inside a Multiple Service Packet"
    return Request(MULTIPLE, name, tuple(part for one in requests for part in one.parts), fault)


def _sent_on(body: bytes, depth: int) -> Request:
    """Read an Unconnected Send: the request inside, and the route that it takes."""
    size = int.from_bytes(body[2:4], "little")
    start = 4 + size + size % 2
    is_whole = size and len(body) >= start + 2 and len(body) == start + 2 + 2 * body[start]
    path = paths.parse(body[start + 2 :]) if is_whole and depth < MAX_DEPTH else "it does not add up"
    if isinstance(path, str):
        return Request(UNCONNECTED_SEND, "unconnected_send", (), f"an Unconnected Send cannot be read: {path}")
    return read(body[4 : 4 + size], "/".join(path.route) or DIRECT, depth + 1)


def _opening(code: int, name: str, body: bytes) -> Request:
    """Read a (Large) Forward Open: how the connection is triggered, and where it leads."""
    at = 34 if code == FORWARD_OPEN else 38
    path = paths.parse(body[at + 2 :]) if len(body) > at + 1 and len(body) == at + 2 + 2 * body[at + 1] else "cut short"
    if isinstance(path, str):
        return Request(code, name, (), f"a Forward Open cannot be read: {path}")
    is_explicit = body[at] & 0x0F == 3 and path.class_id == MESSAGE_ROUTER
    tier = Tier.READ if is_explicit else Tier.FIRMWARE
    route = "/".join(path.route) or DIRECT
    return Request(code, name, (Part(tier, _accesses(path, 1), route),), opens=path)


def _pccc(body: bytes, route: str) -> Request:
    """Read an Execute PCCC: who asks (a length, vendor, serial number), and the message."""
    said = pccc.parse(body[body[0] :]) if body and body[0] <= len(body) else None
    if said is None or said.is_reply:
        return Request(EXECUTE_PCCC, "execute_pccc", (), "a PCCC message cannot be read")
    command = said.command
    part = Part(command.tier, said.accesses, route, command.is_upload)
    return Request(EXECUTE_PCCC, f"pccc_{command.name}", (part,))


def _written(code: int, body: bytes) -> tuple[tuple[int | float | bool, ...], str]:
    """Return the values of a Write Tag: type, count, in a fragment an offset, data; none of a structure's."""
    kind = int.from_bytes(body[:2], "little")
    at = 4 if kind == STRUCTURE else 2
    count = int.from_bytes(body[at : at + 2], "little")
    data = body[at + (6 if code == WRITE_FRAGMENT else 2) :]
    number = _TYPES.get(kind)
    if len(body) < at + 2:
        return (), "a write is cut short"
    if number is None or len(data) % number.size or len(data) // number.size > max(count, 1):
        return (), ""
    return tuple(value for (value,) in number.iter_unpack(data)), ""
