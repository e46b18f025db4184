"""What stands behind command and subcommand: the devices that are touched, and what the answer shows of them.

Mitsubishi Electric, SLMP Reference Manual (SH(NA)-080956ENG), 5.3 and 5.4 (device). A subcommand says whether points
are words or bits (bit 0), whether devices are given in the long form of iQ-R (bit 1), and whether extended (0080).
"""

from collections.abc import Callable, Iterable
from functools import partial
from typing import NamedTuple, TypeVar

from guards.given import MAX_SPAN, Access, Touched
from guards.malformations import flaw
from guards.registers.contents import ReadAnswer, nothing_read
from guards.slmp.cursor import Ascii, Binary, Cursor, Form, Head, Unreadable

BIT, _LONG, _EXTENDED = 0x0001, 0x0002, 0x0080
_WORD_BITS, _WORD_BYTES = 16, 2


class Body(NamedTuple):
    """The meaning of a command's body."""

    reads: tuple[Access, ...] = ()
    writes: tuple[Access, ...] = ()
    read_answer: ReadAnswer = nothing_read


class Points(NamedTuple):
    """Points from one device on. ``size`` is the bytes of one, 0 where each is a bit."""

    head: Head
    points: int
    size: int

    @property
    def _each(self) -> int:
        """How many devices one point is."""
        if not self.size or self.head.device.is_long:
            return 1
        return 8 * self.size if self.head.device.is_bit else self.size // 2

    @property
    def touched(self) -> tuple[Touched, ...]:
        """The devices, once for each way in which their number may be meant."""
        table, reach = self.head.device.table, self.points * self._each
        return tuple(Touched(table, number, number + reach - 1) for number in self.head.numbers)

    def of(self, cursor: Cursor) -> tuple[Access, ...]:
        """Read what stands for these points in data."""
        device = self.head.device
        if not self.size:
            return self._with(cursor.bits(self.points))
        if self.size == _WORD_BYTES and not (device.is_bit or device.is_long):
            return self._with(cursor.words(self.points))
        values = [cursor.number(self.size) for _ in range(self.points)]
        if device.is_long:
            return self._with(tuple(values) if self.size == 4 else ())
        step = 1 if device.is_bit else _WORD_BITS
        width, mask = 8 * self.size, (1 << step) - 1
        return self._with(tuple(value >> at & mask for value in values for at in range(0, width, step)))

    def _with(self, values: tuple[int, ...]) -> tuple[Access, ...]:
        return tuple(Access(one, values) for one in self.touched)


T = TypeVar("T")

Decode = Callable[[Cursor, int], Body]
"""Takes a body and the subcommand; raises ``Unreadable``."""


def opaque(_: Cursor, __: int) -> Body:
    """Take any body: it is not looked into."""
    return Body()


def read(cursor: Cursor, subcommand: int) -> Body:
    """Read the body of 0401: devices in a row."""
    points = row(cursor, subcommand)
    cursor.end()
    return _reading(cursor, [points])


def write(cursor: Cursor, subcommand: int) -> Body:
    """Read the body of 1401: devices in a row, and their values."""
    writes = row(cursor, subcommand).of(cursor)
    cursor.end()
    return Body(writes=writes)


def read_random(cursor: Cursor, subcommand: int) -> Body:
    """Read the body of 0403 and 0801: single devices, words first, then double words."""
    form = form_of(subcommand, may_be_bits=False)
    words, doubles = cursor.number(1), cursor.number(1)
    points = [points_of(cursor.head(form), 1, 2 if at < words else 4) for at in range(words + doubles)]
    cursor.end()
    return _reading(cursor, _some(points))


def register(cursor: Cursor, subcommand: int) -> Body:
    """Read the body of 0801: what 0802 will read. The answer shows nothing of it."""
    return read_random(cursor, subcommand)._replace(read_answer=nothing_read)


def write_random(cursor: Cursor, subcommand: int) -> Body:
    """Read the body of 1402: single devices, each with its value."""
    form = form_of(subcommand)
    writes: list[Access] = []
    if subcommand & BIT:
        for _ in range(cursor.number(1)):
            points = points_of(cursor.head(form), 1, 0)
            value = cursor.number(2 if form.is_long else 1)
            if value > 1:
                raise Unreadable(flaw("bit_0_1"))
            writes += (Access(one, (value,)) for one in points.touched)
    else:
        words, doubles = cursor.number(1), cursor.number(1)
        for at in range(words + doubles):
            writes += points_of(cursor.head(form), 1, 2 if at < words else 4).of(cursor)
    cursor.end()
    return Body(writes=tuple(_some(writes)))


def read_blocks(cursor: Cursor, subcommand: int) -> Body:
    """Read the body of 0406: blocks of words, then blocks of bits by sixteen."""
    form = form_of(subcommand, may_be_bits=False)
    count = cursor.number(1) + cursor.number(1)
    points = [points_of(cursor.head(form), cursor.number(2), 2) for _ in range(count)]
    cursor.end()
    return _reading(cursor, _some(points))


def write_blocks(cursor: Cursor, subcommand: int) -> Body:
    """Read the body of 1406: each block with its values."""
    form = form_of(subcommand, may_be_bits=False)
    count = cursor.number(1) + cursor.number(1)
    writes = [access for _ in range(count) for access in points_of(cursor.head(form), cursor.number(2), 2).of(cursor)]
    cursor.end()
    return Body(writes=tuple(_some(writes)))


def form_of(subcommand: int, *, may_be_bits: bool = True) -> Form:
    """Return how a subcommand gives devices; raise ``Unreadable`` for one that is not known."""
    known = _LONG | _EXTENDED | (BIT if may_be_bits else 0)
    if subcommand & ~known:
        raise Unreadable(flaw("subcommand_unknown", code=f"{subcommand:04x}"))
    return Form(bool(subcommand & _LONG), bool(subcommand & _EXTENDED))


def row(cursor: Cursor, subcommand: int) -> Points:
    """Read which devices 0401 and 1401 mean: the first, and how many."""
    form = form_of(subcommand)
    return points_of(cursor.head(form), cursor.number(2), 0 if subcommand & BIT else 2)


def points_of(head: Head, count: int, size: int) -> Points:
    """Return ``count`` points from a device on; raise ``Unreadable`` where there cannot be so many, or such ones."""
    if not count:
        raise Unreadable(flaw("no_points"))
    if not size and not head.device.is_bit:
        raise Unreadable(flaw("bits_of_words", table=head.device.table))
    points = Points(head, count, size)
    if any(one.size > MAX_SPAN or one.last > 0xFFFFFFFF for one in points.touched):
        raise Unreadable(flaw("too_many_points"))
    return points


def _some(each: list[T]) -> list[T]:
    if not each:
        raise Unreadable(flaw("no_points"))
    return each


def _reading(cursor: Cursor, points: list[Points]) -> Body:
    touched = tuple(Access(one) for each in points for one in each.touched)
    return Body(touched, read_answer=partial(_values, type(cursor), points))


def _values(cursor_of: type[Binary] | type[Ascii], points: Iterable[Points], data: bytes) -> tuple[Access, ...] | None:
    cursor = cursor_of(data)
    try:
        read = tuple(access for each in points for access in each.of(cursor))
        cursor.end()
    except Unreadable:
        return None
    return read
