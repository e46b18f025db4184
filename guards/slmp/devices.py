"""Devices: what a device code names, and how its number is written.

Mitsubishi Electric, SLMP Reference Manual (SH(NA)-080956ENG), 5.2: device codes, names, and radix of numbers in ASCII.
"""

from typing import NamedTuple

_DECIMAL, _HEXADECIMAL, _OCTAL = (10,), (16,), (16, 8)
_EITHER = (10, 16)


class Device(NamedTuple):
    """One kind of device. ``radices``: how its number may be meant in ASCII; where manuals differ, both ways."""

    table: str
    radices: tuple[int, ...] = _DECIMAL
    is_bit: bool = False
    is_long: bool = False


def _bits(words: str, codes: str, radices: tuple[int, ...] = _DECIMAL) -> dict[int, Device]:
    each = zip(words.split(), bytes.fromhex(codes), strict=True)
    return {code: Device(word, radices, is_bit=True) for word, code in each}


def _words(words: str, codes: str, radices: tuple[int, ...] = _DECIMAL, *, is_long: bool = False) -> dict[int, Device]:
    each = zip(words.split(), bytes.fromhex(codes), strict=True)
    return {code: Device(word, radices, is_long=is_long) for word, code in each}


BY_CODE: dict[int, Device] = {
    **_bits("sm m l f v s", "91 90 92 93 94 98"),
    **_bits("x y", "9c 9d", _OCTAL),
    **_bits("b sb dx dy", "a0 a1 a2 a3", _HEXADECIMAL),
    **_bits("ts tc sts stc cs cc", "c1 c0 c7 c6 c4 c3"),
    **_bits("lts ltc lsts lstc lcs lcc", "51 50 59 58 55 54"),
    **_words("sd d tn stn cn z r rd", "a9 a8 c2 c8 c5 cc af 2c"),
    **_words("w sw", "b4 b5", _HEXADECIMAL),
    **_words("zr", "b0", _EITHER),
    **_words("ltn lstn lcn lz", "52 5a 56 62", is_long=True),
}
"""By binary code. Of X and Y, FX5 writes numbers in octal; of ZR, manuals of Q say hexadecimal and of iQ-R decimal."""

UNCERTAIN = frozenset(device.table for device in BY_CODE.values() if len(device.radices) > 1)
BY_NAME: dict[str, Device] = {device.table.upper(): device for device in BY_CODE.values()}
_SHORT = {"SS": "STS", "SC": "STC", "SN": "STN"}
"""Where a name has room for two letters, those of retentive timers are shortened."""
BUFFER_CODE = 0xAB
MODULE_ACCESS = 0xF8
MAX_MODULE = 0xFFF


def named(text: str) -> Device | None:
    """Return the device of an ASCII code, filled up with asterisks: ``D*``, ``STN*``."""
    name = text.rstrip("*")
    return BY_NAME.get(_SHORT.get(name, name) if len(text) == 2 else name)
