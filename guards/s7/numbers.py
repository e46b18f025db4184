"""Read the bytes of variables as numbers: for the record as the message types them, for bounds as the rules mean them.

S7comm carries bytes and a claim about their type, and tools often write numbers as arrays of bytes. A rule with bounds
on 2, 4 or 8 bytes of its own means one number there: only a write of all of them has a value.
"""

from collections.abc import Iterable, Sequence
from math import isfinite, nan
from struct import Struct
from typing import NamedTuple

from guards.effects import Value
from guards.s7.variables import Kind, Variable
from policies.rules import ObjectLists

_WIDE = frozenset({2, 4, 8})
_REAL = Struct(">f")

Span = tuple[int, int]
Spans = dict[str, tuple[Span, ...]]


class Number(NamedTuple):
    """One number of a write, and the addresses that it fills; NaN if the bytes are none, or only a part of one."""

    first: int
    last: int
    kind: Kind
    value: float


def spans_of_numbers(lists: ObjectLists | None) -> Spans:
    """Return by table the ranges that are one number: those of bounded rules that have 2, 4 or 8 bytes."""
    found: dict[str, set[Span]] = {}
    for rule in (rule for rules in lists or () for rule in rules):
        if (rule.minimum, rule.maximum, rule.step, rule.rate) != (None, None, None, None):
            wide = {(r.first, r.last) for r in rule.addresses or () if r.last - r.first + 1 in _WIDE}
            found.setdefault(rule.table, set()).update(wide)
    return {table: tuple(sorted(spans)) for table, spans in found.items() if spans}


def values(variable: Variable, data: bytes) -> tuple[Value, ...]:
    """Return the elements of a variable as its type says; what is no number as hexadecimal text."""
    kind, width = variable.kind, variable.width
    if kind is Kind.BIT:
        return (data[0] & 1,) if variable.size == 1 and data else (data.hex(),)
    if kind is Kind.BYTES:
        return tuple(data)
    if kind is Kind.OPAQUE or not data or len(data) % width:
        return (data.hex(),)
    numbers = (_read(kind, data[at : at + width]) for at in range(0, len(data), width))
    return tuple(number if isfinite(number) else str(number) for number in numbers)


def numbers(variable: Variable, data: bytes, spans: Spans) -> list[Number]:
    """Return what a write of ``data`` gives each address, every address in exactly one number."""
    first, last, kind = variable.first, variable.last, variable.kind
    if variable.is_numbered:
        return list(_elements(variable, data, first, 2))
    own = [span for span in spans.get(variable.table, ()) if span[0] <= last and first <= span[1]]
    if kind is Kind.BIT and variable.name and data:
        return [Number(first, first, kind, data[0] & 1)]
    if kind is Kind.BIT or last - first + 1 != len(data):
        return [Number(first, last, Kind.OPAQUE, nan)]
    if own:
        return list(_by_spans(variable, data, own))
    if kind is Kind.BYTES:
        return [Number(first, last, *_unsigned(data))]
    return list(_elements(variable, data, first, variable.width))


def read(number: Number, data: bytes) -> float:
    """Return these bytes as the kind of number that ``number`` is."""
    return _read(number.kind, data)


def _by_spans(variable: Variable, data: bytes, spans: Sequence[Span]) -> Iterable[Number]:
    at = variable.first
    for first, last in spans:
        if first < at or last > variable.last:
            continue
        if at < first:
            yield Number(at, first - 1, Kind.OPAQUE, nan)
        chosen = data[first - variable.first : last + 1 - variable.first]
        is_typed = variable.width == len(chosen) and (first - variable.first) % variable.width == 0
        yield Number(first, last, *((variable.kind, _read(variable.kind, chosen)) if is_typed else _unsigned(chosen)))
        at = last + 1
    if at <= variable.last:
        yield Number(at, variable.last, Kind.OPAQUE, nan)


def _elements(variable: Variable, data: bytes, first: int, width: int) -> Iterable[Number]:
    step = 1 if variable.is_numbered else width
    if not width or len(data) != width * ((variable.last - first + 1) // step):
        yield Number(first, variable.last, Kind.OPAQUE, nan)
        return
    for number, at in enumerate(range(0, len(data), width)):
        low = first + number * step
        yield Number(low, low + step - 1, variable.kind, _read(variable.kind, data[at : at + width]))


def _unsigned(data: bytes) -> tuple[Kind, float]:
    if len(data) in {1, *_WIDE}:
        return Kind.UNSIGNED, int.from_bytes(data, "big")
    return Kind.OPAQUE, nan


def _read(kind: Kind, data: bytes) -> float:
    if kind in {Kind.UNSIGNED, Kind.BYTES, Kind.BIT}:
        return int.from_bytes(data, "big")
    if kind is Kind.SIGNED:
        return int.from_bytes(data, "big", signed=True)
    if kind is Kind.REAL and len(data) == _REAL.size:
        return float(_REAL.unpack(data)[0])
    return nan
