"""Object headers and the objects behind them (IEEE Std 1815-2012, clause 4.2.2.7 and annex A)."""

from typing import NamedTuple

from guards.dnp3.functions import AUTHENTICATION, FILE, PACKED, SIZES, STRINGS, TABLES
from guards.dnp3.values import ONLINE, bits_of, value_of
from guards.given import Access, Touched
from guards.malformations import flaw
from guards.reasons import Reason

MAX_INDEX = 0xFFFF
"""The highest index that a point can have (4.1.3)."""
_ALL, _FREE = 0x06, 0x5B
_RANGES = {0x00: 1, 0x01: 2, 0x02: 4}
_COUNTS = {7: 1, 8: 2, 9: 4}
_PREFIXES = {0: 0, 1: 1, 2: 2, 3: 4}
_CONTROLS = frozenset({(12, 1), (12, 2), (41, 1), (41, 2), (41, 3), (41, 4)})
"""Objects whose last byte says what became of them: 0 in requests, a status in answers (A.8, A.24)."""
_OUTPUT_STATES = frozenset({40, 42})
_FILE_COMMAND, _FILE_DESCRIPTOR = 3, 7
_FILE_STATUS, _STATUS_AT = 4, 12
_BY_HANDLE = frozenset({(FILE, _FILE_STATUS), (FILE, 5), (FILE, 6)})
_COMMAND_BYTES, _DESCRIPTOR_BYTES = 26, 20

Kind = tuple[int, int]


class Header(NamedTuple):
    """One object header with its objects. ``end`` is where the next one begins.

    ``statuses`` are the places of the status bytes of control objects, ``states`` the outputs whose value is told and
    sound, ``modes`` those of opening files, ``handles`` what files are called when they are open (0: not opened).
    """

    kind: Kind
    accesses: tuple[Access, ...]
    end: int
    modes: tuple[int, ...] = ()
    statuses: tuple[int, ...] = ()
    states: tuple[Access, ...] = ()
    handles: tuple[int, ...] = ()

    @property
    def is_control(self) -> bool:
        """Whether each of its objects has a status, and there is one."""
        return bool(self.statuses)


def header(data: bytes, at: int, *, has_data: bool) -> Header | Reason:
    """Read one object header at ``at`` and step over its objects; return what is wrong with it otherwise.

    ``has_data``: the function is one whose ranges and lists are followed by values.
    """
    if at + 3 > len(data):
        return flaw("object_header_cut_short")
    group, variation, qualifier = data[at : at + 3]
    kind, at = (group, variation), at + 3
    has_data = has_data or group == AUTHENTICATION
    if qualifier == _ALL:
        return Header(kind, _accesses(_whole(kind)), at)
    if qualifier in _RANGES:
        return _range(data, at, kind, _RANGES[qualifier], has_data=has_data)
    if qualifier == _FREE:
        return _free(data, at, kind)
    width, counted = _PREFIXES.get(qualifier >> 4), _COUNTS.get(qualifier & 0x0F)
    if width is None or counted is None:
        return flaw("qualifier_unknown", qualifier=f"{qualifier:#04x}")
    return _list(data, at, kind, width, counted, has_data=has_data)


def _table(kind: Kind) -> str:
    return TABLES.get(kind[0], f"group{kind[0]}")


def _accesses(touched: Touched) -> tuple[Access, ...]:
    """Return what is touched, but for proofs of who is asking, which touch no point."""
    return () if touched.table == TABLES[AUTHENTICATION] else (Access(touched),)


def _whole(kind: Kind) -> Touched:
    table = _table(kind)
    return Touched(table, kind[1] - 1, kind[1] - 1) if kind[0] == 60 and kind[1] else Touched(table)


def _size(kind: Kind) -> int | None:
    """Return the bytes of one object that shares none of them, ``None`` where that is not known."""
    return kind[1] if kind[0] in STRINGS else SIZES.get(kind[0], {}).get(kind[1])


def _cannot_tell(kind: Kind) -> Reason:
    return flaw("objects_unclear", group=kind[0], variation=kind[1])


def _range(data: bytes, at: int, kind: Kind, width: int, *, has_data: bool) -> Header | Reason:
    first = int.from_bytes(data[at : at + width], "little")
    last = int.from_bytes(data[at + width : at + 2 * width], "little")
    at += 2 * width
    if at > len(data) or not first <= last <= MAX_INDEX:
        return flaw("range_wrong", most=MAX_INDEX)
    count, touched = last - first + 1, Touched(_table(kind), first, last)
    if not has_data:
        return Header(kind, (Access(touched),), at)
    if kind in PACKED:
        end = at + -(-count * PACKED[kind] // 8)
        return (
            _cannot_tell(kind)
            if end > len(data)
            else Header(kind, (Access(touched, tuple(bits_of(kind, data, at, count))),), end)
        )
    size = _size(kind)
    if size is None or at + count * size > len(data):
        return _cannot_tell(kind)
    starts = range(at, at + count * size, size) if size else ()
    values = tuple([value for start in starts for value in value_of(kind, data, start)])
    tells = starts if kind[0] in _OUTPUT_STATES else ()
    states = [_state(kind, first + n, data, start) for n, start in enumerate(tells)]
    return Header(
        kind,
        (Access(touched, values),),
        at + count * size,
        statuses=_statuses(kind, starts, size),
        states=tuple([state for state in states if state is not None]),
    )


def _list(data: bytes, at: int, kind: Kind, width: int, counted: int, *, has_data: bool) -> Header | Reason:
    """Read objects by their count, each behind its index if it has one."""
    count = int.from_bytes(data[at : at + counted], "little")
    if at + counted > len(data):
        return flaw("object_header_cut_short")
    at += counted
    size = 0 if not has_data else None if kind in PACKED else _size(kind)
    if size is None or at + count * (width + size) > len(data):
        return _cannot_tell(kind)
    end = at + count * (width + size)
    if not width:
        starts = range(at, end, size) if size else range(0)
        return Header(kind, _accesses(Touched(_table(kind))), end, statuses=_statuses(kind, starts, size))
    starts = range(at + width, end + width, width + size)
    accesses: list[Access] = []
    states: list[Access] = []
    for start in starts:
        index = int.from_bytes(data[start - width : start], "little")
        if index > MAX_INDEX:
            return flaw("index_beyond", most=MAX_INDEX)
        accesses.append(Access(Touched(_table(kind), index, index), value_of(kind, data, start) if size else ()))
        state = _state(kind, index, data, start) if size else None
        if state is not None:
            states.append(state)
    return Header(kind, tuple(accesses), end, statuses=_statuses(kind, starts, size), states=tuple(states))


def _statuses(kind: Kind, starts: range | tuple[()], size: int) -> tuple[int, ...]:
    return tuple([start + size - 1 for start in starts]) if size and kind in _CONTROLS else ()


def _state(kind: Kind, index: int, data: bytes, start: int) -> Access | None:
    """Return what an analog output is now, if this object says so and its flags say that it is online."""
    if kind[0] not in _OUTPUT_STATES or not data[start] & ONLINE:
        return None
    return Access(Touched(_table(kind), index, index), value_of(kind, data, start))


def _free(data: bytes, at: int, kind: Kind) -> Header | Reason:
    """Read objects that bring their own length (files, authentication)."""
    if at >= len(data):
        return flaw("object_header_cut_short")
    count, at = data[at], at + 1
    accesses: list[Access] = []
    modes: list[int] = []
    handles: list[int] = []
    for _ in range(count):
        size, at = int.from_bytes(data[at : at + 2], "little"), at + 2
        if at + size > len(data):
            return flaw("free_format_cut_short")
        body, at = data[at : at + size], at + size
        name = _name(kind, body)
        if name is None:
            return flaw("file_name_outside")
        accesses += _accesses(Touched(_table(kind), name=name))
        if kind == (FILE, _FILE_COMMAND):
            modes.append(int.from_bytes(body[20:22], "little"))
        if kind in _BY_HANDLE:
            handles.append(_handle(kind, body))
    return Header(kind, tuple(accesses), at, tuple(modes), handles=tuple(handles))


def _handle(kind: Kind, body: bytes) -> int:
    """Return the handle of an open file (A.33); 0, which is none, where opening it failed."""
    has_failed = kind == (FILE, _FILE_STATUS) and any(body[_STATUS_AT : _STATUS_AT + 1])
    return 0 if has_failed else int.from_bytes(body[:4], "little")


def _name(kind: Kind, body: bytes) -> str | None:
    """Return the file that an object names, nothing where it names none, ``None`` where it cannot be found (A.33)."""
    heads = {(FILE, _FILE_COMMAND): _COMMAND_BYTES, (FILE, _FILE_DESCRIPTOR): _DESCRIPTOR_BYTES}
    head = heads.get(kind)
    if head is None:
        return ""
    offset, length = int.from_bytes(body[:2], "little"), int.from_bytes(body[2:4], "little")
    # There are devices that look behind the head, wherever the name is said to be.
    if len(body) < head or offset != head or offset + length > len(body):
        return None
    return body[offset : offset + length].decode("latin-1")
