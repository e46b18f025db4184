"""Read a body from its beginning to its end, in binary (low byte first) or ASCII (hexadecimal digits, high first).

Mitsubishi Electric, SLMP Reference Manual (SH(NA)-080956ENG), 5.2: devices, and how values and bits are laid out. Of
extended specifications (subcommands 0080 and 0082) only the buffer memory of a module (U, G) is known.
"""

import re
from struct import unpack
from typing import NamedTuple

from guards.malformations import flaw
from guards.reasons import Reason
from guards.slmp.devices import BUFFER_CODE, BY_CODE, MAX_MODULE, MODULE_ACCESS, Device, named

_DIGITS = re.compile(rb"[0-9A-F]+")


class Unreadable(ValueError):  # noqa: N818 - a word about the message, caught where its body is read
    """The body is not laid out as its command asks for; says why."""

    def __init__(self, reason: Reason) -> None:
        """Keep the text."""
        super().__init__(reason)
        self.reason = reason


class Form(NamedTuple):
    """How a device is given: with long numbers (iQ-R), and with the specification of a module before and after it."""

    is_long: bool = False
    is_extended: bool = False


class Head(NamedTuple):
    """A device and the numbers that it may be meant with; more than one where that is not certain."""

    device: Device
    numbers: tuple[int, ...]


class Binary:
    """Reads a binary body."""

    __slots__ = ("_at", "_data")

    def __init__(self, data: bytes) -> None:
        """Begin at the first byte."""
        self._data = data
        self._at = 0

    @property
    def taken(self) -> int:
        """How much was read."""
        return self._at

    def number(self, size: int) -> int:
        """Read a number of so many bytes."""
        return int.from_bytes(self._take(size), "little")

    def words(self, count: int) -> tuple[int, ...]:
        """Read so many words."""
        return unpack(f"<{count}H", self._take(2 * count))

    def bits(self, count: int) -> tuple[int, ...]:
        """Read bits that have half a byte each, the upper half first."""
        data = self._take((count + 1) // 2)
        nibbles = [half for byte in data for half in (byte >> 4, byte & 15)]
        return _checked(nibbles[:count])

    def head(self, form: Form) -> Head:
        """Read a device: number and code."""
        if form.is_extended:
            return self._module(form)
        number, code = (self.number(4), self.number(2)) if form.is_long else (self.number(3), self.number(1))
        device = BY_CODE.get(code)
        if device is None:
            raise Unreadable(flaw("device_code", code=f"{code:02x}"))
        return Head(device, (number,))

    def end(self) -> None:
        """Make sure that nothing is left."""
        _nothing_left(len(self._data) - self._at)

    def _module(self, form: Form) -> Head:
        before = self.number(2)
        number, code = (self.number(4), self.number(2)) if form.is_long else (self.number(3), self.number(1))
        after, module, access = self.number(2), self.number(2), self.number(1)
        if before or after or (code, access) != (BUFFER_CODE, MODULE_ACCESS) or module > MAX_MODULE:
            raise Unreadable(flaw("extended_specification"))
        return Head(Device(f"u{module}"), (number,))

    def _take(self, size: int) -> bytes:
        data = self._data[self._at : self._at + size]
        if len(data) != size:
            raise Unreadable(flaw("body_cut_short"))
        self._at += size
        return data


class Ascii:
    """Reads an ASCII body."""

    __slots__ = ("_at", "_data")

    def __init__(self, data: bytes) -> None:
        """Begin at the first character."""
        self._data = data
        self._at = 0

    @property
    def taken(self) -> int:
        """How much was read."""
        return self._at

    def number(self, size: int) -> int:
        """Read a number of so many bytes, two digits each."""
        return _hexadecimal(self._take(2 * size))

    def words(self, count: int) -> tuple[int, ...]:
        """Read so many words."""
        digits = self._take(4 * count)
        return tuple([_hexadecimal(digits[at : at + 4]) for at in range(0, len(digits), 4)])

    def bits(self, count: int) -> tuple[int, ...]:
        """Read bits that have a character each."""
        return _checked([character - ord("0") for character in self._take(count)])

    def head(self, form: Form) -> Head:
        """Read a device: code and number."""
        if form.is_extended:
            raise Unreadable(flaw("extended_ascii"))
        code = self._take(4 if form.is_long else 2).decode("ascii", "replace")
        digits = self._take(8 if form.is_long else 6)
        device = named(code)
        if device is None:
            raise Unreadable(flaw("device_code_ascii"))
        return Head(device, _meant(device, digits))

    def end(self) -> None:
        """Make sure that nothing is left."""
        _nothing_left(len(self._data) - self._at)

    def _take(self, size: int) -> bytes:
        data = self._data[self._at : self._at + size]
        if len(data) != size:
            raise Unreadable(flaw("body_cut_short"))
        self._at += size
        return data


Cursor = Binary | Ascii


def _meant(device: Device, digits: bytes) -> tuple[int, ...]:
    """Return the numbers that these digits may mean."""
    _hexadecimal(digits)
    numbers: list[int] = []
    for radix in device.radices:
        try:
            numbers.append(int(digits, radix))
        except ValueError:
            continue
    if not numbers:
        raise Unreadable(flaw("device_digits"))
    return tuple(dict.fromkeys(numbers))


def _hexadecimal(digits: bytes) -> int:
    if not _DIGITS.fullmatch(digits):
        raise Unreadable(flaw("not_hexadecimal"))
    return int(digits, 16)


def _checked(bits: list[int]) -> tuple[int, ...]:
    if not set(bits) <= {0, 1}:
        raise Unreadable(flaw("bit_0_1"))
    return tuple(bits)


def _nothing_left(left: int) -> None:
    if left:
        raise Unreadable(flaw("more_than_command", size=left))
