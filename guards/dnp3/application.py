"""Application fragments: header, function, and the objects that are named (IEEE Std 1815-2012, clause 4.2 and 4.3)."""

from struct import Struct
from typing import NamedTuple

from guards.dnp3.functions import (
    BARE,
    FILE,
    OPEN_FILE,
    PACKED,
    READ,
    RESPONSES,
    SIZES,
    TABLES,
    WRITE,
    WRITES,
    Function,
    function_of,
)
from guards.given import Access, Touched, worst
from policies.rules import Tier

MAX_INDEX = 0xFFFF
"""The highest index that a point can have (4.1.3)."""
_FREE, _ALL = 0x5B, 0x06
_RANGES = {0x00: 1, 0x01: 2, 0x02: 4}
_COUNTS = {0x07: 1, 0x08: 2, 0x09: 4}
_PREFIXES = {0x17: (1, 1), 0x27: (1, 2), 0x28: (2, 2), 0x39: (4, 4)}
_OUTPUTS = {1: Struct("<i"), 2: Struct("<h"), 3: Struct("<f"), 4: Struct("<d")}
_FILE_COMMAND, _FILE_TRANSPORT = 3, 5
_OPEN_TO_READ = 1


class Fragment(NamedTuple):
    """One fragment. ``indications`` are a response's; ``fault`` says why the objects cannot all be read."""

    function: Function
    sequence: int
    tier: Tier
    accesses: tuple[Access, ...] = ()
    indications: int = 0
    is_upload: bool = False
    fault: str = ""

    @property
    def is_bare(self) -> bool:
        """Whether it is a function that names no objects by its nature, of the reading ones."""
        return not self.accesses and self.function.code in BARE


class _Header(NamedTuple):
    group: int
    variation: int
    accesses: tuple[Access, ...]
    end: int
    mode: int = 0


def read(data: bytes) -> Fragment | str:
    """Read a whole fragment; return what is wrong with one that has not even a head."""
    if len(data) < 2:
        return "a fragment is cut short"
    function = function_of(data[1])
    is_response = data[1] in RESPONSES
    at = 4 if is_response else 2
    if len(data) < at:
        return "a response without its indications"
    headers: list[_Header] = []
    fault = ""
    while at < len(data):
        header = _header(data, at, has_data=function.has_data)
        if isinstance(header, str):
            fault = header
            break
        headers.append(header)
        at = header.end
    return Fragment(
        function,
        data[0] & 0x0F,
        Tier.FIRMWARE if fault and not is_response else _tier(function, headers),
        tuple(access for header in headers for access in header.accesses),
        data[2] | data[3] << 8 if is_response else 0,
        function.code == READ and any(header.group == FILE for header in headers),
        fault,
    )


def _tier(function: Function, headers: list[_Header]) -> Tier:
    """Return the tier: of a write by what is written, of opening a file by what for."""
    if function.code == WRITE and headers:
        return worst(WRITES.get(header.group, function.tier) for header in headers)
    if function.code == OPEN_FILE and headers and all(header.mode == _OPEN_TO_READ for header in headers):
        return Tier.READ
    return function.tier


def _header(data: bytes, at: int, *, has_data: bool) -> _Header | str:
    """Read one object header (4.2.2.7) and step over its objects."""
    if at + 3 > len(data):
        return "an object header is cut short"
    group, variation, qualifier = data[at : at + 3]
    table = TABLES.get(group, f"group{group}")
    at += 3
    if qualifier == _ALL:
        return _Header(group, variation, (Access(_whole(table, group, variation)),), at)
    if qualifier in _RANGES:
        return _range(data, at, (group, variation), _RANGES[qualifier], has_data=has_data)
    if qualifier == _FREE:
        return _free(data, at, (group, variation))
    width, counted = _PREFIXES.get(qualifier, (0, _COUNTS.get(qualifier, 0)))
    if not counted:
        return f"qualifier {qualifier:#04x} is not known"
    return _list(data, at, (group, variation), width, counted, has_data=has_data)


def _whole(table: str, group: int, variation: int) -> Touched:
    return Touched(table, variation - 1, variation - 1) if group == 60 and variation else Touched(table)


def _range(data: bytes, at: int, kind: tuple[int, int], width: int, *, has_data: bool) -> _Header | str:
    first = int.from_bytes(data[at : at + width], "little")
    last = int.from_bytes(data[at + width : at + 2 * width], "little")
    at += 2 * width
    if at > len(data) or not first <= last <= MAX_INDEX:
        return f"a range is cut short, runs backwards, or goes beyond {MAX_INDEX}"
    count = last - first + 1
    size = _size(kind, count) if has_data else 0
    if size is None or at + size > len(data):
        return f"objects of group {kind[0]} variation {kind[1]} cannot be told apart, or are cut short"
    touched = Touched(TABLES.get(kind[0], f"group{kind[0]}"), first, last)
    return _Header(*kind, (Access(touched),), at + size)


def _size(kind: tuple[int, int], count: int) -> int | None:
    """Return the bytes of so many objects one after the other."""
    if kind in PACKED:
        return -(-count * PACKED[kind] // 8)
    if kind[0] in {110, 111}:
        return count * kind[1]
    size = SIZES.get(kind[0], {}).get(kind[1])
    return None if size is None else count * size


def _list(data: bytes, at: int, kind: tuple[int, int], width: int, counted: int, *, has_data: bool) -> _Header | str:
    """Read objects by their count, each behind its index if it has one."""
    count = int.from_bytes(data[at : at + counted], "little")
    at += counted
    size = _size(kind, 1) if has_data and kind not in PACKED else 0
    if has_data and kind in PACKED:
        size = 0 if width else None
    if size is None or at + count * (width + size) > len(data):
        return f"objects of group {kind[0]} variation {kind[1]} cannot be told apart, or are cut short"
    table = TABLES.get(kind[0], f"group{kind[0]}")
    end = at + count * (width + size)
    if not width:
        return _Header(*kind, (Access(Touched(table)),), end)
    accesses: list[Access] = []
    for start in range(at, end, width + size):
        index = int.from_bytes(data[start : start + width], "little")
        if index > MAX_INDEX:
            return f"an index goes beyond {MAX_INDEX}"
        value = _value(kind, data[start + width : start + width + size])
        accesses.append(Access(Touched(table, index, index), value))
    return _Header(*kind, tuple(accesses), end)


def _value(kind: tuple[int, int], data: bytes) -> tuple[int | float, ...]:
    """Return what a control relay output block (its control code) or an analog output asks for."""
    if kind == (12, 1) and data:
        return (data[0],)
    number = _OUTPUTS.get(kind[1]) if kind[0] == 41 else None
    return () if number is None or len(data) < number.size else number.unpack_from(data)


def _free(data: bytes, at: int, kind: tuple[int, int]) -> _Header | str:
    """Read objects that bring their own length (files, authentication)."""
    count = data[at] if at < len(data) else 0
    at += 1
    accesses: list[Access] = []
    mode = 0
    for _ in range(count):
        size = int.from_bytes(data[at : at + 2], "little")
        at += 2
        if at + size > len(data):
            return "a free-format object is cut short"
        body = data[at : at + size]
        at += size
        table = TABLES.get(kind[0], f"group{kind[0]}")
        if kind == (FILE, _FILE_COMMAND) and size >= 26:
            offset, length = int.from_bytes(body[:2], "little"), int.from_bytes(body[2:4], "little")
            accesses.append(Access(Touched(table, name=body[offset : offset + length].decode("latin-1"))))
            mode = int.from_bytes(body[20:22], "little")
        else:
            accesses.append(Access(Touched(table)))
    return _Header(*kind, tuple(accesses), at, mode)
