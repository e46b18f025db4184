"""The values that objects carry (IEEE Std 1815-2012, annex A), raw: numbers as they are coded, states without flags."""

from collections.abc import Iterator
from struct import Struct

from guards.dnp3.functions import PACKED, SIZES

MAX_BITS = 2000
"""More bits than this in one object header are not taken apart."""
ONLINE = 0x01
_STATES = (1, 2, 3, 4, 10, 11)
_DOUBLE = frozenset({3, 4})


def _numbers(group: int, layouts: dict[int, str]) -> dict[tuple[int, int], Struct]:
    return {(group, variation): Struct("<" + layout) for variation, layout in layouts.items()}


_COUNTER_EVENT = {1: "xI", 2: "xH", 5: "xI", 6: "xH"}
_ANALOG_EVENT = {1: "xi", 2: "xh", 3: "xi", 4: "xh", 5: "xf", 6: "xd", 7: "xf", 8: "xd"}
_NUMBERS: dict[tuple[int, int], Struct] = {
    **_numbers(12, {1: "B"}),
    **_numbers(20, {1: "xI", 2: "xH", 5: "I", 6: "H"}),
    **_numbers(21, {1: "xI", 2: "xH", 5: "xI", 6: "xH", 9: "I", 10: "H"}),
    **_numbers(22, _COUNTER_EVENT),
    **_numbers(23, _COUNTER_EVENT),
    **_numbers(30, {1: "xi", 2: "xh", 3: "i", 4: "h", 5: "xf", 6: "xd"}),
    **_numbers(31, {1: "xi", 2: "xh", 3: "xi", 4: "xh", 5: "i", 6: "h", 7: "xf", 8: "xd"}),
    **_numbers(32, _ANALOG_EVENT),
    **_numbers(33, _ANALOG_EVENT),
    **_numbers(34, {1: "H", 2: "I", 3: "f"}),
    **_numbers(40, {1: "xi", 2: "xh", 3: "xf", 4: "xd"}),
    **_numbers(41, {1: "i", 2: "h", 3: "f", 4: "d"}),
    **_numbers(42, _ANALOG_EVENT),
    **_numbers(43, _ANALOG_EVENT),
}
_FLAGGED = {
    (group, variation): 6 if group in _DOUBLE else 7
    for group in _STATES
    for variation in SIZES[group]
    if (group, variation) not in PACKED
}
"""Objects whose state stands in the highest bits of their flags, by how far those are shifted."""


def value_of(kind: tuple[int, int], data: bytes, at: int) -> tuple[int | float, ...]:
    """Return the value of the object at ``at``, or nothing where it has none.

    A control relay output block gives its control code (A.8.1), and behind it its count unless that is 1: a bound on
    the code alone cannot hold what is repeated.
    """
    number = _NUMBERS.get(kind)
    if number is not None:
        value: tuple[int | float, ...] = number.unpack_from(data, at)
        return (*value, data[at + 1]) if kind == (12, 1) and data[at + 1] != 1 else value
    shift = _FLAGGED.get(kind)
    return () if shift is None else (data[at] >> shift,)


def bits_of(kind: tuple[int, int], data: bytes, at: int, count: int) -> Iterator[int]:
    """Return the values of objects that share bytes, from the lowest bits on."""
    width = PACKED[kind]
    for bit in range(0, count * width if count <= MAX_BITS else 0, width):
        yield data[at + bit // 8] >> bit % 8 & (1 << width) - 1
