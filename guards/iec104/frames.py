"""Frames and application service data units.

IEC 60870-5-104:2006, 5.1 (APCI), with the fixed field sizes of clause 7: cause two bytes, common address two, object
address three. Numbers are little-endian.
"""

from struct import Struct
from typing import NamedTuple

from guards.given import Access, Touched
from guards.iec104.types import COUNTER_INTERROGATION, TypeId, type_of
from guards.splitting import INCOMPLETE, FramingFault
from policies.rules import Tier

MAX_APDU_BYTES = 253
_START = 0x68
_HEAD = Struct("<BBBBH")
UNNUMBERED = {
    0x07: "startdt_act", 0x0B: "startdt_con", 0x13: "stopdt_act", 0x23: "stopdt_con", 0x43: "testfr_act",
    0x83: "testfr_con",
}  # fmt: skip
_SCALED = frozenset({48, 49, 61, 62})
_FLOAT = frozenset({50, 63})
_INT16, _FLOAT32 = Struct("<h"), Struct("<f")
_BITS = {45: 1, 58: 1, 46: 3, 59: 3, 47: 3, 60: 3}


class Frame(NamedTuple):
    """One frame: of ``i``, ``s`` or ``u`` format, the control function of the last, the ASDU of the first."""

    form: str
    control: int
    asdu: bytes


class Asdu(NamedTuple):
    """One application service data unit. ``is_negative``: what it confirms was refused; ``fault`` is what is wrong."""

    type_id: TypeId
    tier: Tier
    cause: int
    is_negative: bool
    common_address: int
    accesses: tuple[Access, ...] = ()
    fault: str = ""


def measure(stream: bytes, at: int) -> int | FramingFault:
    """Tell where the APDU that begins at ``at`` ends."""
    if stream[at] != _START:
        return FramingFault("iec104_start", f"a frame begins with {stream[at]:#04x}, must be 0x68")
    if len(stream) - at < 2:
        return INCOMPLETE
    if not 4 <= stream[at + 1] <= MAX_APDU_BYTES:
        return FramingFault("iec104_length", f"length {stream[at + 1]} of an APDU, must be 4 to {MAX_APDU_BYTES}")
    return at + 2 + stream[at + 1]


def parse(apdu: bytes) -> Frame | str:
    """Read a whole APDU; return what is wrong with one whose format and length do not fit."""
    control = apdu[2]
    if not control & 1:
        return Frame("i", 0, apdu[6:]) if len(apdu) > 6 else "a numbered frame without an ASDU"
    if len(apdu) != 6:
        return "a frame that carries nothing is longer than its head"
    if control & 3 == 1:
        return Frame("s", 0, b"")
    return Frame("u", control, b"") if control in UNNUMBERED else f"control function {control:#04x} is not known"


def read(data: bytes, *, to_station: bool) -> Asdu | str:
    """Read an ASDU; return what is wrong with one that has not even a head."""
    if len(data) < _HEAD.size:
        return "an ASDU is cut short"
    code, qualifier, cause, _, address = _HEAD.unpack_from(data)
    type_id = type_of(code, to_station=to_station)
    count, is_sequence = qualifier & 0x7F, bool(qualifier & 0x80)
    head = type_id, type_id.tier, cause & 0x3F, bool(cause & 0x40), address
    body = data[_HEAD.size :]
    elements = _elements(type_id, body, count, is_sequence=is_sequence)
    if isinstance(elements, str):
        return Asdu(*head, fault=elements)
    tier = type_id.tier
    if code == COUNTER_INTERROGATION and to_station and any(element[0] & 0xC0 for _, element in elements):
        tier = Tier.OPERATE  # it freezes or resets the counters before it reads them
    return Asdu(type_id, tier, *head[2:], _accesses(type_id, elements, is_sequence=is_sequence))


def _elements(type_id: TypeId, body: bytes, count: int, *, is_sequence: bool) -> list[tuple[int, bytes]] | str:
    """Return the objects' addresses and elements; in a sequence only the first has an address (7.2.2.1)."""
    size = type_id.size
    if size is None:
        return [(int.from_bytes(body[:3], "little"), body[3:])] if len(body) >= 3 else "an object is cut short"
    step = size if is_sequence else 3 + size
    if len(body) != (3 if is_sequence else 0) + count * step or not count:
        return "the number of objects does not fit the length"
    if is_sequence:
        first = int.from_bytes(body[:3], "little")
        return [(first + n, body[3 + n * size : 3 + (n + 1) * size]) for n in range(count)]
    parts = [body[n * step : (n + 1) * step] for n in range(count)]
    return [(int.from_bytes(part[:3], "little"), part[3:]) for part in parts]


def _accesses(type_id: TypeId, elements: list[tuple[int, bytes]], *, is_sequence: bool) -> tuple[Access, ...]:
    table = type_id.table
    if not table:
        return ()
    if table.endswith("interrogation"):
        groups = [element[0] & (0x3F if _asks_for_counters(type_id) else 0xFF) for _, element in elements]
        return tuple(Access(Touched(table, group, group)) for group in groups)
    if is_sequence:
        values = tuple(value for _, element in elements for value in _value(type_id.code, element))
        return (Access(Touched(table, elements[0][0], elements[-1][0]), values),)
    return tuple(Access(Touched(table, at, at), _value(type_id.code, element)) for at, element in elements)


def _asks_for_counters(type_id: TypeId) -> bool:
    """Tell whether the qualifier also says what becomes of the counters, in its upper two bits."""
    return type_id.code == COUNTER_INTERROGATION


def _value(code: int, element: bytes) -> tuple[int | float, ...]:
    """Return what a command asks for: a state, or a set point as it stands on the wire."""
    if code in _BITS:
        return (element[0] & _BITS[code],)
    if code in _SCALED:
        return _INT16.unpack_from(element)
    if code in _FLOAT:
        return _FLOAT32.unpack_from(element)
    return ()
