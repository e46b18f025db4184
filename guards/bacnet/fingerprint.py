"""What a BACnet device tells of itself: its device object, as far as that stays the same while nobody changes anything.

ASHRAE 135-2020: 12.11 (Device object), 15.5 (ReadProperty; 15.5.2: instance 4194303 means whoever is asked), 20.1, 21.
One property at a time: small devices do not take ReadPropertyMultiple, nor answers in segments.
"""

from collections.abc import Generator
from functools import partial

from guards.bacnet import apdu, bvlc, npdu, tags
from guards.bacnet.npdu import HERE, Npdu, Station
from guards.datagrams import HEAD_BYTES, framed, measure
from guards.look import MAX_FACT_LENGTH, Facts, LookKind, LookStoppedError, Script, text
from guards.shortfalls import short
from guards.splitting import Splitter
from policies.routes import DIRECT
from policies.rules import Rules

_READ_PROPERTY = 12
_WHO_IS, _I_AM = 8, 0
_IDENTIFIER = 75
_WHOEVER = (8 << 22 | 4194303).to_bytes(4, "big")
_NO_SEGMENTS_480_BYTES = 0x03
_COUNT = 0
_PROPERTIES = (
    (_IDENTIFIER, None, "instance"),
    (77, None, "name"),
    (120, None, "vendor"),
    (70, None, "model"),
    (44, None, "firmware"),
    (12, None, "application_software"),
    (139, None, "protocol_revision"),
    (112, None, "status"),
    (155, None, "database_revision"),
    (76, _COUNT, "objects"),
    (196, None, "last_restart_reason"),
    (203, None, "last_restart"),
)
"""Property, array index, fact. Local time, active subscriptions and the like change by themselves."""
_STATUSES = (
    "operational", "operational read-only", "download required", "download in progress", "non-operational",
    "backup in progress",
)  # fmt: skip
_RESTARTS = (
    "unknown", "cold start", "warm start", "power lost", "power off", "hardware watchdog", "software watchdog",
    "suspended", "activated",
)  # fmt: skip
_WORDS = {"status": _STATUSES, "last_restart_reason": _RESTARTS}
_NOT_TOLD = frozenset({(1, 31), (2, 27), (2, 32), (2, 42), (2, 50)})
"""Errors that a device gives every time: unknown object; property not to be read, unknown, no such index, no array."""
_UNRECOGNIZED_SERVICE = 9
_MAX_ROUTES = 4
_MAX_STRAYS = 8
_Heard = Generator[bytes, bytes, bytes | None]


def script(rules: Rules, facts: Facts) -> Script:
    """Ask the device at the address, or each device of the fence behind it."""
    routes = [DIRECT] if rules.routes is None else sorted(rules.routes)
    invoke = 0
    for route in routes[:_MAX_ROUTES]:
        station = _station(route)
        if station is None:
            return short("no_device", route=route)
        prefix = "" if route == DIRECT else f"{route}."
        device = _WHOEVER
        for prop, index, fact in _PROPERTIES:
            invoke += 1
            data = yield from _ask(station, invoke, device, prop, index)
            if data is None and prop == _IDENTIFIER:
                device, data = yield from _who(station)
            if data is not None and (told := _value(fact, data)):
                facts[prefix + fact] = told
    return short("some_devices", count=_MAX_ROUTES, all=len(routes)) if len(routes) > _MAX_ROUTES else ""


def _who(station: Station) -> Generator[bytes, bytes, tuple[bytes, bytes | None]]:
    """Find the instance of a device that does not know itself by the one that means whoever is asked (16.10)."""
    asked = npdu.ask(station, bytes([apdu.UNCONFIRMED << 4, _WHO_IS]))
    asked = bytes([asked[0], asked[1] & ~npdu.EXPECTS_REPLY]) + asked[2:]
    raw = yield framed(bvlc.wrap(bvlc.UNICAST, asked))
    for _ in range(_MAX_STRAYS):
        answer = _answer(raw[HEAD_BYTES:], station)
        if answer is not None and (answer.kind, answer.service) == (apdu.UNCONFIRMED, _I_AM):
            device = answer.data[1:5]
            if answer.data[:1] != b"\xc4" or len(device) < 4:
                break
            return device, b"\x0c" + device + bytes([0x19, _IDENTIFIER]) + b"\x3e\xc4" + device + b"\x3f"
        raw = yield b""
    raise LookStoppedError(short("no_instance"))


def _ask(station: Station, invoke: int, device: bytes, prop: int, index: int | None) -> _Heard:
    """Return the data of the acknowledgement; ``None`` if the device does not have or show the property."""
    wanted = b"\x0c" + device + bytes([0x19, prop]) + (b"" if index is None else bytes([0x29, index]))
    request = bytes([apdu.CONFIRMED << 4, _NO_SEGMENTS_480_BYTES, invoke, _READ_PROPERTY]) + wanted
    raw = yield framed(bvlc.wrap(bvlc.UNICAST, npdu.ask(station, request)))
    for _ in range(_MAX_STRAYS):
        answer = _answer(raw[HEAD_BYTES:], station)
        if answer is not None and answer.invoke == invoke and answer.kind != apdu.CONFIRMED:
            return _judged(answer)
        raw = yield b""
    raise LookStoppedError(short("other_messages"))


def _answer(datagram: bytes, station: Station) -> apdu.Apdu | None:
    link = bvlc.parse(datagram)
    if isinstance(link, str) or link.code not in bvlc.CARRIERS:
        return None
    message = npdu.parse(link.body)
    if not isinstance(message, Npdu) or message.message is not None or message.source != station:
        return None
    found = apdu.parse(message.payload)
    return None if isinstance(found, str) else found


def _judged(answer: apdu.Apdu) -> bytes | None:
    if answer.kind == apdu.COMPLEX_ACK and answer.service == _READ_PROPERTY and not answer.is_segmented:
        return answer.data
    if answer.kind == apdu.ERROR and len(answer.data) >= 4 and (answer.data[1], answer.data[3]) in _NOT_TOLD:
        return None
    if answer.kind == apdu.REJECT and answer.service == _UNRECOGNIZED_SERVICE:
        raise LookStoppedError(short("no_properties"))
    why = answer.data[:4].hex() if answer.kind == apdu.ERROR else answer.service
    raise LookStoppedError(short("busy_or_refuses", kind=apdu.KINDS[answer.kind], code=why))


def _value(fact: str, data: bytes) -> str:
    """Return a property's value as a fact; empty for what is not laid out as it must be (21, ReadProperty-ACK)."""
    try:
        reader = tags.Reader(tags.read(data))
        reader.take(0)
        reader.take(1)
        reader.maybe(2)
        found = reader.block(3).rest()
        if len(found) != 1 or found[0].kind is not tags.Kind.APPLICATION:
            return "|".join(one.data.hex() for one in found)[:MAX_FACT_LENGTH]
        if found[0].number == tags.OBJECT:
            return str(tags.object_in(found[0].data) & 0x3FFFFF)
    except tags.WrongTagsError:
        return ""
    value = tags.value_of(found[0])
    if isinstance(value, int) and value in range(len(words := _WORDS.get(fact, ()))):
        return words[value]
    return text(str(value).encode("latin-1", "replace"))


def _station(route: str) -> Station | None:
    """Read a route as ``Station.route`` writes it."""
    if route == DIRECT:
        return HERE
    network, _, mac = route.partition("/")
    try:
        found = Station(int(network), bytes.fromhex(mac))
    except ValueError:
        return None
    return found if found.mac and 0 < found.network < npdu.BROADCAST_NETWORK else None


LOOK = LookKind(script, partial(Splitter, measure))
