"""The variables that S7comm messages name: areas, types, and the ways of addressing them.

Layouts as in Wireshark's dissector (s7comm_decode_param_item and what it calls, s7comm_decode_ud_tis_item_address).
"""

from enum import Enum
from typing import NamedTuple

from guards.malformations import flaw
from guards.reasons import Reason

S7ANY, DB_READ, DRIVE, SYMBOL, NCK = 0x10, 0xB0, 0xA2, 0xB2, frozenset({0x82, 0x83, 0x84})
DATA_RECORD = "data_record"
NC_MACHINE_DATA = 0x1A
MAX_BIT_ADDRESS = 0xFFFFFF

_BLOCKS = {0x84: "db", 0x85: "di"}
_BY_BYTE = {
    0x01: DATA_RECORD,
    0x03: "system_info",
    0x05: "system_flags",
    0x06: "analog_inputs",
    0x07: "analog_outputs",
    0x80: "peripheral",
    0x81: "inputs",
    0x82: "outputs",
    0x83: "flags",
    0x86: "local",
    0x87: "previous_local",
}
_NUMBERED = {0x1C: "counters", 0x1D: "timers", 0x1E: "iec_counters", 0x1F: "iec_timers"}


class Kind(Enum):
    """How the bytes of an element are read."""

    BIT = "bit"
    BYTES = "bytes"
    UNSIGNED = "unsigned"
    SIGNED = "signed"
    REAL = "real"
    OPAQUE = "opaque"


class Variable(NamedTuple):
    """Consecutive objects of one table, and how a message reads or writes them.

    ``table`` is a word of ``policies.protocols`` or, for what has no word there, one that no rule can name. ``first``
    and ``last`` are bytes, or numbers of timers and counters; -1 where there is none. ``name`` is the bit where one is
    addressed. ``width`` is the size of an element in bytes, ``size`` that of the data (0: not known beforehand).
    """

    table: str
    first: int
    last: int
    name: str = ""
    kind: Kind = Kind.OPAQUE
    width: int = 1
    size: int = 0
    is_numbered: bool = False

    def __str__(self) -> str:
        """Return it as policies and people write it: ``db10 4-7``, ``flags 4 4.3``."""
        if self.first < 0:
            return f"{self.table} {self.name}".rstrip()
        span = str(self.first) if self.first == self.last else f"{self.first}-{self.last}"
        return f"{self.table} {span} {self.name}".rstrip()


_TYPES: dict[int, tuple[Kind, int]] = {
    1: (Kind.BIT, 1),
    2: (Kind.BYTES, 1),
    3: (Kind.BYTES, 1),
    4: (Kind.UNSIGNED, 2),
    5: (Kind.SIGNED, 2),
    6: (Kind.UNSIGNED, 4),
    7: (Kind.SIGNED, 4),
    8: (Kind.REAL, 4),
    9: (Kind.UNSIGNED, 2),
    10: (Kind.UNSIGNED, 4),
    11: (Kind.SIGNED, 4),
    12: (Kind.UNSIGNED, 2),
    15: (Kind.OPAQUE, 8),
    28: (Kind.UNSIGNED, 2),
    29: (Kind.UNSIGNED, 2),
    30: (Kind.OPAQUE, 0),
    31: (Kind.OPAQUE, 0),
}
"""Transport sizes of an address: bit, byte, char, word, int, dword, dint, real, date, time of day, time, S5 time,
date and time, counter, timer, IEC counter and IEC timer of the 200 family."""

Found = list[Variable] | Reason


def specification(spec: bytes) -> Found:
    """Decode one variable specification, without its two leading bytes; return why it cannot be decoded as text."""
    syntax = spec[0] if spec else -1
    if syntax == S7ANY and len(spec) == 10:
        return _any(spec)
    if syntax == DB_READ and len(spec) >= 2 and len(spec) == 2 + 5 * spec[1]:
        return [_bytes_of_db(spec, at) for at in range(2, len(spec), 5)]
    if syntax in NCK and len(spec) == 8:
        return [Variable("nck", -1, -1, f"{spec[1] >> 5}.{spec[1] & 31} {spec[6]}.{_word(spec, 2)}.{_word(spec, 4)}")]
    if syntax == SYMBOL and len(spec) >= 14:
        return [Variable("symbol", -1, -1, spec[2:].hex())]
    if syntax == DRIVE and len(spec) == 10:
        return [Variable("drive", -1, -1, f"{_word(spec, 6)}[{_word(spec, 8)}]")]
    return flaw("syntax_unknown", syntax=syntax)


def machine_data(spec: bytes) -> bool:
    """Tell whether this is machine data of a numerical control, its configuration."""
    return len(spec) == 8 and spec[0] in NCK and spec[6] == NC_MACHINE_DATA


def _any(spec: bytes) -> Found:
    transport, count, area = spec[1], _word(spec, 2), spec[6]
    address = int.from_bytes(spec[7:10], "big")
    kind, width = _TYPES.get(transport, (None, 0))
    if kind is None or not count:
        return flaw("transport_size_count", size=transport, count=count)
    if (area in _NUMBERED) != (transport in _NUMBERED):
        return flaw("transport_size_area", size=transport, area=f"{area:#04x}")
    if area in _NUMBERED:
        if address + count - 1 > 0xFFFF:
            return flaw("number_beyond_65535")
        return [Variable(_NUMBERED[area], address, address + count - 1, "", kind, width, width * count, True)]
    table = f"{_BLOCKS[area]}{_word(spec, 4)}" if area in _BLOCKS else _BY_BYTE.get(area, f"area{area}")
    bits = count if kind is Kind.BIT else 8 * width * count
    if address + bits - 1 > MAX_BIT_ADDRESS:
        return flaw("beyond_area")
    name = f"{address >> 3}.{address & 7}" if kind is Kind.BIT and count == 1 else ""
    size = (bits + 7) // 8
    return [Variable(table, address >> 3, (address + bits - 1) >> 3, name, kind, width, size)]


def _bytes_of_db(spec: bytes, at: int) -> Variable:
    first, length = _word(spec, at + 3), spec[at]
    return Variable(f"db{_word(spec, at + 1)}", first, first + max(length, 1) - 1, "", Kind.BYTES, 1, length)


_WATCHED_AREAS = {0: "flags", 1: "inputs", 2: "outputs", 3: "peripheral", 7: "db", 5: "timers", 6: "counters"}
_WATCHED_TYPES = {
    0: (Kind.BIT, 1),
    1: (Kind.BYTES, 1),
    2: (Kind.UNSIGNED, 2),
    3: (Kind.UNSIGNED, 4),
    4: (Kind.UNSIGNED, 2),
}


def watched(address: bytes) -> Variable:
    """Decode the six bytes that name a variable in a variable table: area and type, count or bit, block, byte."""
    area, form, first = address[0] >> 4, address[0] & 15, _word(address, 4)
    known, shape = _WATCHED_AREAS.get(area), _WATCHED_TYPES.get(form)
    is_numbered = area in {5, 6}
    if known is None or shape is None or is_numbered != (form == 4) or (form == 0 and address[1] > 7):
        return Variable("watched", -1, -1, address.hex())
    table = f"db{_word(address, 2)}" if known == "db" else known
    kind, width = shape
    if kind is Kind.BIT:
        return Variable(table, first, first, f"{first}.{address[1]}", kind, 1, 1)
    count = max(address[1], 1)
    last = first + (count if is_numbered else count * width) - 1
    return Variable(table, first, last, "", kind, width, count * width, is_numbered)


def _word(data: bytes, at: int) -> int:
    return data[at] << 8 | data[at + 1]
