"""Which read names the devices of a write: the command that it is, and its body.

Mitsubishi Electric, SLMP Reference Manual (SH(NA)-080956ENG), 5.2 and 5.3: 0401, 0403 and 0406 name devices as 1401,
1402 and 1406 do, without the values. No command reads several single bits.
"""

from collections.abc import Callable

from guards.slmp.bodies import BIT, form_of, points_of, row
from guards.slmp.commands import READ, READ_BLOCKS, READ_RANDOM, WRITE, WRITE_BLOCKS, WRITE_RANDOM
from guards.slmp.cursor import Cursor
from guards.slmp.frames import field_of

Reading = tuple[int, bytes]
_Take = Callable[[Cursor, bytes, int], Reading | None]


def reading(code: int, subcommand: int, cursor: Cursor, data: bytes, *, is_ascii: bool) -> Reading | None:
    """Return the read of what the write ``code`` changes, whose body ``data`` was read; ``None`` if there is none."""
    if code == WRITE_RANDOM and subcommand & BIT:
        return _bit(cursor, data, subcommand, is_ascii=is_ascii)
    take = _READINGS.get(code)
    return None if take is None else take(cursor, data, subcommand)


def _row(cursor: Cursor, data: bytes, subcommand: int) -> Reading:
    row(cursor, subcommand)
    return READ, data[: cursor.taken]


def _bit(cursor: Cursor, data: bytes, subcommand: int, *, is_ascii: bool) -> Reading | None:
    """Return one bit as a row of one."""
    if cursor.number(1) != 1:
        return None
    at = cursor.taken
    cursor.head(form_of(subcommand))
    return READ, data[at : cursor.taken] + field_of(1, 2, is_ascii=is_ascii)


def _singles(cursor: Cursor, data: bytes, subcommand: int) -> Reading:
    form = form_of(subcommand)
    words, doubles = cursor.number(1), cursor.number(1)
    said = data[: cursor.taken]
    for at in range(words + doubles):
        begin = cursor.taken
        cursor.head(form)
        said += data[begin : cursor.taken]
        cursor.number(2 if at < words else 4)
    return READ_RANDOM, said


def _blocks(cursor: Cursor, data: bytes, subcommand: int) -> Reading:
    form = form_of(subcommand)
    count = cursor.number(1) + cursor.number(1)
    said = data[: cursor.taken]
    for _ in range(count):
        begin = cursor.taken
        points = points_of(cursor.head(form), cursor.number(2), 2)
        said += data[begin : cursor.taken]
        points.of(cursor)
    return READ_BLOCKS, said


_READINGS: dict[int, _Take] = {WRITE: _row, WRITE_RANDOM: _singles, WRITE_BLOCKS: _blocks}
