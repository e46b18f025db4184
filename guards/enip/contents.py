"""What a CIP request says and touches: decoded once, whatever it is wrapped in.

Requests: The CIP Networks Library, Volume 1, 2-4.1; Multiple Service Packet A-4.10; Unconnected Send, Forward Open and
Forward Close 3-5.5.
"""

from itertools import pairwise
from typing import NamedTuple

from guards.effects import Part as Told
from guards.effects import Value
from guards.enip import paths, pccc, tags
from guards.enip.paths import Path
from guards.enip.services import (
    BY_ATTRIBUTE,
    CONNECTION_MANAGER,
    EXECUTE_PCCC,
    FORWARD_CLOSE,
    FORWARD_OPEN,
    GET_ATTRIBUTE_LIST,
    LARGE_FORWARD_OPEN,
    MESSAGE_ROUTER,
    MULTIPLE,
    PCCC,
    SET_ATTRIBUTE,
    SYMBOL,
    UNCONNECTED_SEND,
    service_of,
)
from guards.given import Access, Touched, worst
from guards.malformations import flaw
from guards.reasons import UNSAID, Reason
from policies.routes import DIRECT
from policies.rules import Tier

REPLY = 0x80
MAX_DEPTH = 4
MAX_SHOWN_BYTES = 64
"""How long an attribute may be whose bytes the record shows: nothing in a request says of what type it is."""
MAX_SERVICES = 200
MAX_ACCESSES = 512
"""How many objects the services of a packet may touch together: a few bytes can name hundreds of elements."""
_CLASS_3 = 3
_POINT_TO_POINT = 2
"""What the highest three bits of a connection's parameters say: no redundant owner, and its type (3-5.5.1.1)."""


class Part(NamedTuple):
    """One service for one object: a request is one or more of them.

    ``is_link``: it only opens or closes a connection for requests, each of which is judged by itself.
    """

    tier: Tier
    accesses: tuple[Access, ...] = ()
    route: str = DIRECT
    is_upload: bool = False
    is_link: bool = False


class Link(NamedTuple):
    """A connection that is asked for or given back: its serial numbers, route and path.

    ``is_explicit``: it carries requests to the message router, and nothing else.
    """

    serials: bytes
    route: str
    path: bytes
    is_explicit: bool = False


class Request(NamedTuple):
    """A whole request. ``function`` is that of the outermost service that says what is wanted.

    ``fault`` is why it cannot be read, ``opens`` and ``closes`` a connection, ``inner`` the services of a packet.
    ``said`` is what makes two requests the same, where that is not all of their bytes; ``carriers`` are around it.
    ``shown`` is what is written in the words of the record, where it has no numbers.
    """

    code: int
    function: str
    parts: tuple[Part, ...]
    fault: Reason = UNSAID
    opens: Link | None = None
    closes: Link | None = None
    inner: tuple["Request", ...] = ()
    said: bytes = b""
    carriers: tuple[Told, ...] = ()
    shown: tuple[str, ...] = ()

    def told(self) -> tuple[Told, ...]:
        """Return all services in it as they follow each other, those around it first; none where it is only one."""
        found = _services(self)
        return found if len(found) > 1 else ()

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
    def values(self) -> tuple[Value, ...]:
        """What is written, as far as it can be read."""
        return self.shown or tuple(value for part in self.parts for access in part.accesses for value in access.values)


def _services(request: Request) -> tuple[Told, ...]:
    own = Told(request.code, request.function, request.tier, request.objects)
    return (*request.carriers, own, *(each for one in request.inner for each in _services(one)))


def read(data: bytes, route: str = DIRECT, depth: int = 0) -> Request:
    """Read a request that is sent along ``route``."""
    if len(data) < 2 or len(data) < 2 + 2 * data[1]:
        return _fault(data[0] if data else 0, "unreadable", flaw("request_cut_short"))
    code, end = data[0], 2 + 2 * data[1]
    path, body = paths.parse(data[2:end]), data[end:]
    if isinstance(path, str):
        return _fault(code, f"service_{code:02x}", path)
    if path.route:
        return _fault(code, f"service_{code:02x}", flaw("path_leads_on"))
    if not path.is_plain:
        return _fault(code, f"service_{code:02x}", flaw("path_not_one_object"))
    what = None if path.symbol else (path.class_id, code)
    if what == (MESSAGE_ROUTER, MULTIPLE):
        return _several(body, route, depth)
    if what == (CONNECTION_MANAGER, UNCONNECTED_SEND):
        return _sent_on(body, route, depth)
    if what == (PCCC, EXECUTE_PCCC):
        return _pccc(data, body, route)
    if what in {(CONNECTION_MANAGER, FORWARD_OPEN), (CONNECTION_MANAGER, LARGE_FORWARD_OPEN)}:
        return _opening(code, body, route)
    if what == (CONNECTION_MANAGER, FORWARD_CLOSE):
        return _closing(path, body, route)
    return _service(code, path, body, route)


def _fault(code: int, function: str, reason: Reason) -> Request:
    return Request(code, function, (), reason)


def _service(code: int, path: Path, body: bytes, route: str) -> Request:
    is_tag = bool(path.symbol) or path.class_id == SYMBOL
    service = service_of(code, path.class_id, is_tag=is_tag)
    if is_tag:
        accesses, fault = tags.accesses(code, path, body)
    else:
        accesses, fault = _attributes(code, path, body), UNSAID
    shown = attribute_shown(body) if code == SET_ATTRIBUTE else ()
    part = Part(service.tier, accesses, route, service.is_upload)
    return Request(code, service.name, (part,), fault, shown=shown)


def attribute_shown(data: bytes) -> tuple[str, ...]:
    """Return the bytes of an attribute as the record shows them; none where they are many."""
    return (data.hex(),) if 0 < len(data) <= MAX_SHOWN_BYTES else ()


def _object(path: Path) -> tuple[Access, ...]:
    if path.class_id is None:
        return ()
    instance = path.instance or 0
    attribute = "" if path.attribute is None else str(path.attribute)
    return (Access(Touched(f"class{path.class_id}", instance, instance, attribute)),)


def _attributes(code: int, path: Path, body: bytes) -> tuple[Access, ...]:
    """Return what a service on an object touches: the attribute of its path, if that is what the service goes by.

    The attributes of a Get Attribute List (A-4.3) come one by one. All other services, and lists that do not add up or
    are too long, touch the whole object, whatever attribute their path names.
    """
    if code in BY_ATTRIBUTE:
        return _object(path)
    path = path._replace(attribute=None)
    count = int.from_bytes(body[:2], "little")
    if code != GET_ATTRIBUTE_LIST or not 0 < count == (len(body) - 2) / 2 or count > MAX_ACCESSES:
        return _object(path)
    numbers = [int.from_bytes(body[at : at + 2], "little") for at in range(2, len(body), 2)]
    return tuple(access for number in numbers for access in _object(path._replace(attribute=number)))


def _several(body: bytes, route: str, depth: int) -> Request:
    """Read a Multiple Service Packet: a count, so many offsets from it on, and the requests."""
    name = "multiple_service_packet"
    count = int.from_bytes(body[:2], "little")
    is_whole = count <= MAX_SERVICES and len(body) >= 2 + 2 * count
    offsets = [int.from_bytes(body[2 + 2 * n : 4 + 2 * n], "little") for n in range(count)] if is_whole else []
    starts = [*offsets, len(body)]
    if not offsets or depth >= MAX_DEPTH or starts != sorted(starts) or offsets[0] < 2 + 2 * count:
        return _fault(MULTIPLE, name, flaw("packet_offsets"))
    requests: list[Request] = []
    said, touched = b"", 0
    for start, stop in pairwise(starts):
        request = read(body[start:stop], route, depth + 1)
        touched += sum(len(part.accesses) for part in request.parts)
        fault = request.fault or _linking(request) or (flaw("too_many_objects") if touched > MAX_ACCESSES else UNSAID)
        if fault:
            return _fault(MULTIPLE, name, fault)
        requests.append(request)
        said += _counted(request.parts[0].route if request.parts else route) + _counted(
            request.said or body[start:stop]
        )
    parts = tuple(part for request in requests for part in request.parts)
    return Request(MULTIPLE, name, parts, inner=tuple(requests), said=said)


def _counted(said: bytes | str) -> bytes:
    """Return words behind their length: what one service of a packet says must not pass for what another does."""
    raw = said.encode() if isinstance(said, str) else said
    return len(raw).to_bytes(4) + raw


def _linking(request: Request) -> Reason:
    if request.opens is not None or request.closes is not None:
        return flaw("opened_inside")
    return UNSAID


def _sent_on(body: bytes, route: str, depth: int) -> Request:
    """Read an Unconnected Send: the request inside, and the route that it takes from here on."""
    size = int.from_bytes(body[2:4], "little")
    start = 4 + size + size % 2
    is_whole = size and len(body) >= start + 2 and len(body) == start + 2 + 2 * body[start]
    path = paths.parse(body[start + 2 :]) if is_whole and depth < MAX_DEPTH else flaw("does_not_add_up")
    if isinstance(path, Path) and path != Path(route=path.route):
        path = flaw("route_names_object")
    if isinstance(path, str):
        return _fault(UNCONNECTED_SEND, "unconnected_send", flaw("unconnected_send", reason=path))
    request = read(body[4 : 4 + size], path.onward(route), depth + 1)
    carrier = Told(UNCONNECTED_SEND, "unconnected_send", request.tier)
    wrong = request.fault or _linking(request)
    return request._replace(fault=wrong, carriers=(carrier, *request.carriers))


def _opening(code: int, body: bytes, route: str) -> Request:
    """Read a (Large) Forward Open: how the connection is triggered, and where it leads."""
    name = service_of(code, CONNECTION_MANAGER, is_tag=False).name
    at = 34 if code == FORWARD_OPEN else 38
    path = (
        paths.parse(body[at + 2 :])
        if len(body) > at + 1 and len(body) == at + 2 + 2 * body[at + 1]
        else flaw("cut_short")
    )
    if isinstance(path, str):
        return _fault(code, name, flaw("forward_open", reason=path))
    is_router = path.is_plain and path.class_id == MESSAGE_ROUTER and not path.symbol
    size = 2 if code == FORWARD_OPEN else 4
    # One of type null opens nothing: it asks about the connection that has these serial numbers, whosever it is.
    ends = body[at - 1], body[at - 1 - 4 - size]
    is_point_to_point = all(end >> 5 == _POINT_TO_POINT for end in ends)
    is_explicit = is_router and is_point_to_point and body[at] & 0x0F == _CLASS_3
    link = Link(body[10:18], path.onward(route), body[at + 2 :], is_explicit)
    part = Part(Tier.READ if is_explicit else Tier.FIRMWARE, _object(path), link.route, is_link=is_explicit)
    return Request(code, name, (part,), opens=link)


def _closing(to: Path, body: bytes, route: str) -> Request:
    """Read a Forward Close. Of a connection that nobody is known to have opened here, it is FIRMWARE."""
    path = paths.parse(body[12:]) if len(body) >= 12 and len(body) == 12 + 2 * body[10] else flaw("cut_short")
    if isinstance(path, str):
        return _fault(FORWARD_CLOSE, "forward_close", flaw("forward_close", reason=path))
    link = Link(body[2:10], path.onward(route), body[12:])
    return Request(FORWARD_CLOSE, "forward_close", (Part(Tier.FIRMWARE, _object(to), link.route),), closes=link)


def _pccc(data: bytes, body: bytes, route: str) -> Request:
    """Read an Execute PCCC: who asks (a length, vendor, serial number), and the message; its transaction counts."""
    message = body[body[0] :] if body and 0 < body[0] <= len(body) else b""
    said = pccc.parse(message)
    if said is None or said.is_reply:
        return _fault(EXECUTE_PCCC, "execute_pccc", flaw("pccc"))
    command = said.command
    part = Part(command.tier, said.accesses, route, command.is_upload)
    same = data[: -len(message)] + message[:2] + message[4:]
    return Request(EXECUTE_PCCC, f"pccc_{command.name}", (part,), said=same)
