"""What a MELSEC station tells of itself: the type of its CPU, and its operating state.

Mitsubishi Electric, SLMP Reference Manual (SH(NA)-080956ENG), 5.6 (0101) and 5.2 (0401); for SD203 the User's Manuals
of the CPU modules (QCPU, LCPU, MELSEC iQ-R, iQ-F), appendix on special registers. Frames are binary 3E: a station that
is set to ASCII takes them for nothing and stays silent.
"""

from collections.abc import Callable, Generator
from functools import partial
from struct import pack, unpack_from

from guards.datagrams import HEAD_BYTES, framed, measure
from guards.look import Facts, LookKind, LookStoppedError, Script, text
from guards.shortfalls import short
from guards.slmp.frames import layout_of
from guards.slmp.frames import measure as measure_frame
from guards.splitting import Splitter
from policies.rules import Rules

_READ_TYPE_NAME, _READ_DEVICES = 0x0101, 0x0401
_OPERATING_STATE = b"\xcb\x00\x00\xa9\x01\x00"
"""SD203, one word: its low four bits are the state, those above why it is so."""
_STATES = {0: "run", 1: "step-run", 2: "stop", 3: "pause"}
_HAVE_STATE = ("Q", "L", "R", "FX5")
_TIMER = 8
"""How long the station may wait for another one, in units of 250 ms (4.2): less than the look waits."""
_NOT_DONE = frozenset({0xC059, 0xC05B, 0xC05C, 0xC056, 0xC061, 0x4031, 0x4030})
"""No such command, device, range or form of it: the station will say so every time."""
_MAX_ROUTES = 4
_Told = Generator[bytes, bytes, bytes]
_Station = tuple[int, int, int, int]
_Convert = Callable[[bytes], bytes]


def script(rules: Rules, facts: Facts) -> Script:
    """Ask each station of the fence; without a fence the one that is connected."""
    return (yield from _stations(rules, facts, bytes, bytes))


def datagram_script(rules: Rules, facts: Facts) -> Script:
    """Do the same in datagrams."""
    return (yield from _stations(rules, facts, framed, lambda raw: raw[HEAD_BYTES:]))


def _stations(rules: Rules, facts: Facts, wrap: _Convert, unwrap: _Convert) -> Script:
    routes = ["0/255"] if rules.routes is None else sorted(rules.routes)
    for route in routes[:_MAX_ROUTES]:
        station = _station(route)
        if station is None:
            return short("no_station", route=route)
        prefix = "" if len(routes) == 1 else f"{route}."
        named = _answer(unwrap((yield wrap(_request(station, _READ_TYPE_NAME)))))
        if len(named) < 16:
            continue
        facts[f"{prefix}model"] = name = text(named[:16])
        if len(named) >= 18:
            facts[f"{prefix}model_code"] = f"{unpack_from('<H', named, 16)[0]:04x}"
        if name.startswith(_HAVE_STATE):
            told = _answer(unwrap((yield wrap(_request(station, _READ_DEVICES, _OPERATING_STATE)))))
            if len(told) == 2:
                facts[f"{prefix}mode"] = _STATES.get(told[0] & 0x0F, f"state {told[0] & 0x0F}")
    return short("some_stations", count=_MAX_ROUTES, all=len(routes)) if len(routes) > _MAX_ROUTES else ""


def _request(station: _Station, command: int, body: bytes = b"") -> bytes:
    data = pack("<HHH", _TIMER, command, 0) + body
    return b"\x50\x00" + pack("<BBHBH", *station, len(data)) + data


def _answer(frame: bytes) -> bytes:
    """Return what the station tells; empty if it does not do this.

    Raises ``LookStoppedError`` for every other refusal: whether the station would do it another time is not known.
    """
    layout = layout_of(frame)
    if layout is None or not layout.is_answer or layout.is_ascii or layout.has_serial:
        raise LookStoppedError(short("no_3e"))
    at = layout.head_bytes
    if len(frame) < at + 2:
        raise LookStoppedError(short("cut_short"))
    code = unpack_from("<H", frame, at)[0]
    if code and code not in _NOT_DONE:
        raise LookStoppedError(short("station_out_of_reach", code=f"{code:04x}"))
    return b"" if code else frame[at + 2 :]


def _station(route: str) -> _Station | None:
    """Read a route as ``guards.slmp.frames.route_of`` writes it."""
    parts = route.split("/")
    if len(parts) == 2:
        parts += ["3ff", "0"]
    if len(parts) != 4:
        return None
    try:
        network, station, module, multidrop = (int(part, 16 if at == 2 else 10) for at, part in enumerate(parts))
    except ValueError:
        return None
    fits = all(0 <= number <= 0xFF for number in (network, station, multidrop)) and 0 <= module <= 0xFFFF
    return (network, station, module, multidrop) if fits else None


LOOK = LookKind(script, partial(Splitter, measure_frame))
DATAGRAM_LOOK = LookKind(datagram_script, partial(Splitter, measure))
