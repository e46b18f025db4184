"""What an EtherNet/IP device tells of itself: its identity.

The CIP Networks Library, Volume 2, 2-4.3 (ListIdentity); Volume 1, 5-2 (Identity object: attributes, status bits).
"""

from collections.abc import Callable, Generator
from functools import partial
from struct import unpack_from
from typing import NamedTuple

from guards.enip import encapsulation
from guards.enip.encapsulation import LIST_IDENTITY, REGISTER_SESSION, SEND_RR_DATA, Items, Message
from guards.look import Facts, LookKind, LookStoppedError, Script, text
from guards.shortfalls import short
from guards.splitting import Splitter
from policies.routes import DIRECT
from policies.rules import Rules

_IDENTITY_ITEM = 0x0C
_IDENTITY_PATH = b"\x02\x20\x01\x24\x01"
_ALL = b"\x01" + _IDENTITY_PATH
_MANAGER_PATH = b"\x02\x20\x06\x24\x01"
_TICK, _TICKS = 0x07, 0x9B
"""How long hops may take: 155 times 128 ms, just under 20 s (Volume 1, 3-5.5.1.3)."""
_STATES = {
    0: "not told",
    1: "firmware update",
    2: "I/O connection faulted",
    3: "no I/O connection",
    4: "bad configuration",
    5: "major fault",
    6: "I/O in run",
    7: "I/O idle",
}
_RESOURCE_UNAVAILABLE = 2
_ROCKWELL = 1
_KEYS = {1: "run", 2: "program", 3: "remote"}
_FAULTS = ((0x0100, "minor recoverable"), (0x0200, "minor"), (0x0400, "major recoverable"), (0x0800, "major"))
_MAX_ROUTES = 8


class _Identity(NamedTuple):
    vendor: int
    kind: int
    product: int
    major: int
    minor: int
    status: int
    serial: int
    name: bytes


def script(rules: Rules, facts: Facts) -> Script:
    """Ask who the device at the address is; then, in a session, the identity object of each route that is fenced."""
    listed = yield from _command(LIST_IDENTITY, 0)
    if (found := _listed(listed)) is not None:
        _tell("", found, facts)
    registered = yield from _command(REGISTER_SESSION, 0, b"\x01\x00\x00\x00")
    if registered.status or not registered.session:
        return short("no_session")
    routes = sorted(rules.routes) if rules.routes is not None else [DIRECT]
    for route in routes[:_MAX_ROUTES]:
        request = _ALL if route == DIRECT else _through(route)
        if request is None:
            continue
        answer = yield from _ask(registered.session, request)
        if (identity := _answered(answer)) is not None:
            _tell("" if route == DIRECT else f"{route}.", identity, facts)
    return short("some_routes", count=_MAX_ROUTES, all=len(routes)) if len(routes) > _MAX_ROUTES else ""


def _tell(prefix: str, identity: _Identity, facts: Facts) -> None:
    """Note what stays the same while nobody changes anything; who owns the device is left out."""
    status = identity.status
    state = status >> 4 & 0x0F
    faults = [name for bit, name in _FAULTS if status & bit]
    told = {
        "vendor": str(identity.vendor),
        "device_type": str(identity.kind),
        "product_code": str(identity.product),
        "revision": f"{identity.major}.{identity.minor}",
        "serial_number": f"{identity.serial:08x}",
        "product_name": text(identity.name),
        "configured": "yes" if status & 4 else "no",
        "state": _STATES.get(state, str(state)),
        "faults": ", ".join(faults) or "none",
    }
    if identity.vendor == _ROCKWELL and status >> 12 & 3:
        told["key"] = _KEYS[status >> 12 & 3]  # bits that the specification leaves to the maker
    facts.update({prefix + name: value for name, value in told.items()})


def _listed(message: Message) -> _Identity | None:
    """Read the first item of the answer to ListIdentity: version, socket address (16 bytes), then the identity."""
    data = message.data
    if message.status or len(data) < 24 or unpack_from("<H", data, 2)[0] != _IDENTITY_ITEM:
        return None
    return _identity(data[24:])


def _answered(cip: bytes) -> _Identity | None:
    if len(cip) < 4 or cip[0] != 0x81 or cip[2]:
        if len(cip) > 2 and cip[2] == _RESOURCE_UNAVAILABLE:
            raise LookStoppedError(short("busy"))
        return None
    return _identity(cip[4 + 2 * cip[3] :])


def _identity(data: bytes) -> _Identity | None:
    """Read attributes 1 to 7, which stand in the same order in both answers."""
    if len(data) < 15 or len(data) < 15 + data[14]:
        return None
    vendor, kind, product, major, minor, status, serial = unpack_from("<HHHBBHI", data)
    return _Identity(vendor, kind, product, major, minor, status, serial, data[15 : 15 + data[14]])


def _through(route: str) -> bytes | None:
    """Return the request wrapped in an Unconnected Send; ``None`` for a route that is spelled in letters."""
    hops = route.split("/")
    if len(hops) % 2 or not all(hop.isdecimal() and int(hop) <= 0xFF for hop in hops):
        return None
    path = bytes(int(hop) for hop in hops)
    if any(not 0 < port < 0x0F for port in path[::2]):
        return None
    inner = _ALL + (b"\0" if len(_ALL) % 2 else b"")
    wrapped = bytes([_TICK, _TICKS]) + len(_ALL).to_bytes(2, "little") + inner
    return b"\x52" + _MANAGER_PATH + wrapped + bytes([len(path) // 2, 0]) + path


def _ask(session: int, cip: bytes) -> Generator[bytes, bytes, bytes]:
    raw = encapsulation.unconnected(session, bytes(8), cip)
    answer = yield from _heard(raw, lambda heard: heard.command == SEND_RR_DATA)
    items = encapsulation.items_of(answer.command, answer.data) if not answer.status else ""
    return items.cip if isinstance(items, Items) else b""


def _command(command: int, session: int, data: bytes = b"") -> Generator[bytes, bytes, Message]:
    raw = encapsulation.message(command, session, data=data)
    return (yield from _heard(raw, lambda heard: heard.command == command))


def _heard(raw: bytes, is_answer: Callable[[Message], bool]) -> Generator[bytes, bytes, Message]:
    message = encapsulation.parse((yield raw))
    while not is_answer(message):
        message = encapsulation.parse((yield b""))
    return message


LOOK = LookKind(script, partial(Splitter, encapsulation.measure))
