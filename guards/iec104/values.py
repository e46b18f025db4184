"""What stands in an object's elements: the value, and whether the station calls it invalid.

IEC 60870-5-101:2003, 7.2.6. The value comes first in every element; the quality, where there is one, behind it.
"""

from collections.abc import Callable
from math import isnan, nan
from struct import Struct
from typing import NamedTuple

_INT16, _INT32, _UINT32, _FLOAT32 = Struct("<h"), Struct("<i"), Struct("<I"), Struct("<f")
_INVALID = 0x80


class Number(NamedTuple):
    """How one type carries its value. ``kind`` is the same for what commands and what tells the same thing.

    ``quality`` is where the byte is whose highest bit says that the value is invalid, ``qualifier`` where the one is
    whose highest bit says that a command only selects; ``None`` where there is none.
    """

    kind: str
    read: Callable[[bytes], int | float]
    quality: int | None = None
    qualifier: int | None = None


def _step(element: bytes) -> int:
    """Read a transformer's position: seven bits with a sign, the eighth says that it is moving (7.2.6.5)."""
    return (element[0] & 0x7F ^ 0x40) - 0x40


def _int16(element: bytes) -> int:
    return int(_INT16.unpack_from(element)[0])


def _int32(element: bytes) -> int:
    return int(_INT32.unpack_from(element)[0])


def _uint32(element: bytes) -> int:
    return int(_UINT32.unpack_from(element)[0])


def _float32(element: bytes) -> float:
    value = float(_FLOAT32.unpack_from(element)[0])
    return nan if isnan(value) else value  # one object for all of them, so that equal bytes are equal operations


def _low(mask: int) -> Callable[[bytes], int]:
    return lambda element: element[0] & mask


NUMBERS = {
    **dict.fromkeys((1, 2, 30), Number("single", _low(1), quality=0)),
    **dict.fromkeys((3, 4, 31), Number("double", _low(3), quality=0)),
    **dict.fromkeys((5, 6, 32), Number("position", _step, quality=1)),
    **dict.fromkeys((7, 8, 33), Number("bitstring", _uint32, quality=4)),
    **dict.fromkeys((9, 10, 34), Number("normalized", _int16, quality=2)),
    **dict.fromkeys((11, 12, 35), Number("scaled", _int16, quality=2)),
    **dict.fromkeys((13, 14, 36), Number("float", _float32, quality=4)),
    **dict.fromkeys((15, 16, 37), Number("total", _int32, quality=4)),
    21: Number("normalized", _int16),
    **dict.fromkeys((45, 58), Number("single", _low(1), qualifier=0)),
    **dict.fromkeys((46, 59), Number("double", _low(3), qualifier=0)),
    **dict.fromkeys((47, 60), Number("step", _low(3), qualifier=0)),
    **dict.fromkeys((48, 61), Number("normalized", _int16, qualifier=2)),
    **dict.fromkeys((49, 62), Number("scaled", _int16, qualifier=2)),
    **dict.fromkeys((50, 63), Number("float", _float32, qualifier=4)),
    **dict.fromkeys((51, 64), Number("bitstring", _uint32)),
    110: Number("normalized", _int16),
    111: Number("scaled", _int16),
    112: Number("float", _float32),
}
KINDS = frozenset(number.kind for number in NUMBERS.values())


def value(code: int, element: bytes) -> tuple[int | float, ...]:
    """Return what an element says or asks for, raw; nothing where a type carries no number."""
    number = NUMBERS.get(code)
    return () if number is None else (number.read(element),)


def is_invalid(code: int, element: bytes) -> bool:
    """Tell whether the station itself does not trust the value."""
    number = NUMBERS.get(code)
    return number is None or (number.quality is not None and bool(element[number.quality] & _INVALID))


def selects(code: int, element: bytes) -> bool:
    """Tell whether a command only selects its object, to be carried out by a second one (7.2.6.26, 7.2.6.39)."""
    number = NUMBERS.get(code)
    return number is not None and number.qualifier is not None and bool(element[number.qualifier] & 0x80)
