"""What an Omron PLC tells of itself: model, version, memory layout, mode, fatal errors.

OMRON, SYSMAC CS/CJ/CP Series Communications Commands Reference Manual (W342), 5-3-15 (0501) and 5-3-17 (0601).
Cycle times (0620), the clock, error logs, non-fatal errors and messages change by themselves and are left out.
"""

from collections.abc import Callable, Generator
from functools import partial
from struct import pack, unpack_from

from guards.datagrams import HEAD_BYTES, framed, measure
from guards.fins import framing
from guards.look import Facts, LookKind, LookStoppedError, Script, text
from guards.shortfalls import short
from guards.splitting import Splitter
from policies.rules import Rules

_CONTROLLER_DATA, _CONTROLLER_STATUS = 0x0501, 0x0601
_STATES = {0x00: "stop", 0x01: "run", 0x80: "standby"}
_MODES = {0: "program", 1: "debug", 2: "monitor", 4: "run"}
_NAME_BYTES, _AREAS_AT = 20, 80
_AREAS_BYTES = 11
"""Sizes of program, memory and data areas; the byte after them is the size of a memory card, which can be pulled."""
_FLAGS = 0x8000 | 0x00C0
_NOT_NOW = frozenset(range(0x01, 0x06))
"""Main codes of end codes: the local node, the destination, a communications controller, the way, the routing."""
_MAX_ROUTES = 4
_Told = Generator[bytes, bytes, bytes]


def script(rules: Rules, facts: Facts) -> Script:
    """Exchange node addresses as every client of FINS/TCP does, then ask each unit of the fence."""
    message = framing.parse((yield pack(">4sIIII", framing.MAGIC, 12, framing.NODE_ASKED, 0, 0)))
    if message.command != framing.NODE_TOLD or message.error or len(message.data) != 8:
        return short("no_node_address")
    client, server = (number & 0xFF for number in unpack_from(">II", message.data))
    return (yield from _units(rules, facts, client, server, _over_tcp))


def datagram_script(rules: Rules, facts: Facts) -> Script:
    """Ask each unit of the fence as node 0, since nobody here knows a node number that the plant gave out."""
    return (yield from _units(rules, facts, 0, 0, _over_udp))


_Carry = Callable[[bytes], _Told]


def _over_tcp(frame: bytes) -> _Told:
    raw = yield framing.wrap(frame)
    while (message := framing.parse(raw)).command == framing.CONFIRMATION:
        raw = yield b""
    if message.command != framing.FRAME or message.error:
        raise LookStoppedError(short("frame_refused", code=f"{message.error:#04x}"))
    return message.data


def _over_udp(frame: bytes) -> _Told:
    raw = yield framed(frame)
    return raw[HEAD_BYTES:]


def _units(rules: Rules, facts: Facts, client: int, server: int, carry: _Carry) -> Script:
    routes = [f"0.{server}.0"] if rules.routes is None else sorted(rules.routes)
    asked = 0
    for route in routes[:_MAX_ROUTES]:
        address = _address(route)
        if address is None:
            return short("no_unit", route=route)
        prefix = "" if len(routes) == 1 else f"{route}."
        ask = _Asking(bytes([*address, 0, client, 0]), asked, carry)
        _note_data(prefix, (yield from ask.of(_CONTROLLER_DATA, b"\0")), facts)
        _note_status(prefix, (yield from ask.of(_CONTROLLER_STATUS)), facts)
        asked += 2
    return short("some_units", count=_MAX_ROUTES, all=len(routes)) if len(routes) > _MAX_ROUTES else ""


class _Asking:
    """Numbers the requests to one unit; ``ends`` is where they go and where they come from."""

    def __init__(self, ends: bytes, service: int, carry: _Carry) -> None:
        self._ends = ends
        self._service = service
        self._carry = carry

    def of(self, command: int, body: bytes = b"") -> _Told:
        """Return what the unit tells; empty if it does not do this."""
        self._service += 1
        behind = bytes([self._service]) + command.to_bytes(2, "big")
        answer = yield from self._carry(b"\x80\0\x02" + self._ends + behind + body)
        if len(answer) < 14 or answer[9:12] != behind or not answer[0] & 0x40:
            raise LookStoppedError(short("no_such_answer"))
        code = (answer[12] << 8 | answer[13]) & ~_FLAGS
        if code >> 8 in _NOT_NOW:
            raise LookStoppedError(short("unit_out_of_reach", code=f"{code:04x}"))
        return b"" if code else answer[14:]


def _note_data(prefix: str, told: bytes, facts: Facts) -> None:
    if len(told) < 2 * _NAME_BYTES:
        return
    facts[f"{prefix}model"] = text(told[:_NAME_BYTES])
    facts[f"{prefix}firmware"] = text(told[_NAME_BYTES : 2 * _NAME_BYTES])
    if len(told) >= _AREAS_AT + _AREAS_BYTES:
        facts[f"{prefix}memory_layout"] = told[_AREAS_AT : _AREAS_AT + _AREAS_BYTES].hex()


def _note_status(prefix: str, told: bytes, facts: Facts) -> None:
    if len(told) < 4:
        return
    facts[f"{prefix}state"] = _STATES.get(told[0], f"state {told[0]}")
    facts[f"{prefix}mode"] = _MODES.get(told[1], f"mode {told[1]}")
    facts[f"{prefix}fatal_errors"] = told[2:4].hex()


def _address(route: str) -> tuple[int, int, int] | None:
    parts = route.split(".")
    if len(parts) != 3 or not all(part.isdecimal() and int(part) <= 0xFF for part in parts):
        return None
    network, node, unit = map(int, parts)
    return None if node == 0xFF else (network, node, unit)


LOOK = LookKind(script, partial(Splitter, framing.measure))
DATAGRAM_LOOK = LookKind(datagram_script, partial(Splitter, measure))
