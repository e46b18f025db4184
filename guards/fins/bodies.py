"""What stands behind a command code: the objects that it touches, and what its answer shows of them.

OMRON, SYSMAC CS/CJ/CP Series Communications Commands Reference Manual (W342), 5-3.
"""

from collections.abc import Callable
from functools import partial
from struct import unpack
from typing import NamedTuple

from guards.fins.areas import POINT_BYTES, WORD_BYTES, Point, point_at, touched
from guards.given import Access, Touched
from guards.malformations import flaw
from guards.reasons import Reason
from guards.registers.contents import ReadAnswer, nothing_read
from policies.rules import Tier

MAX_FILLED = 1024
"""A fill of more words has no value that bounds could be held against."""


class Body(NamedTuple):
    """The meaning of a command's text; ``raises`` where it makes the command more than its code says."""

    reads: tuple[Access, ...] = ()
    writes: tuple[Access, ...] = ()
    read_answer: ReadAnswer = nothing_read
    raises: Tier | None = None


Decode = Callable[[bytes], Body | Reason]
"""Takes what follows the command code; returns the meaning, or what is wrong."""
_PLAIN = Body()


def opaque(_: bytes) -> Body:
    """Take any text: it is not looked into."""
    return _PLAIN


def memory_read(text: bytes) -> Body | Reason:
    """Read MEMORY AREA READ (5-3-2)."""
    place = _place(text, 6)
    if isinstance(place, str):
        return place
    point, count, objects = place
    return Body(tuple(map(Access, objects)), read_answer=partial(_values, point, count, objects))


def memory_write(text: bytes) -> Body | Reason:
    """Read MEMORY AREA WRITE (5-3-3)."""
    place = _place(text)
    if isinstance(place, str):
        return place
    point, count, objects = place
    area, data = point.area, text[6:]
    if area is None or len(data) != count * area.width:
        return flaw("data_for_elements", size=len(data), count=count)
    if area.is_bit and not set(data) <= {0, 1}:
        return flaw("bit_00_01")
    return Body(writes=_valued(point, objects, data))


def memory_fill(text: bytes) -> Body | Reason:
    """Read MEMORY AREA FILL (5-3-4): one word for all."""
    place = _place(text, 8)
    if isinstance(place, str):
        return place
    point, count, objects = place
    if point.area is None or point.area.is_bit or point.area.width != 2:
        return flaw("only_words_filled")
    return Body(writes=_valued(point, objects, text[6:] * count if count <= MAX_FILLED else b""))


def multiple_read(text: bytes) -> Body | Reason:
    """Read MULTIPLE MEMORY AREA READ (5-3-5): one element at each point."""
    if not text or len(text) % POINT_BYTES:
        return flaw("points_size", size=len(text))
    points = [point_at(text, at) for at in range(0, len(text), POINT_BYTES)]
    objects: list[tuple[Touched, ...]] = []
    for point in points:
        each = touched(point, 1)
        if isinstance(each, str):
            return each
        objects.append(each)
    flat = tuple(Access(one) for each in objects for one in each)
    return Body(flat, read_answer=partial(_values_of_each, points, objects))


def transfer(text: bytes) -> Body | Reason:
    """Read MEMORY AREA TRANSFER (5-3-6): words read at one point and written at another."""
    if len(text) != 10:
        return flaw("text_size", size=len(text), must=10)
    source, target, count = point_at(text, 0), point_at(text, 4), text[8] << 8 | text[9]
    if not count:
        return flaw("no_elements")
    read, written = touched(source, count), touched(target, count)
    if isinstance(read, str):
        return read
    if isinstance(written, str):
        return written
    return Body(tuple(map(Access, read)), tuple(map(Access, written)))


def forced_status(text: bytes) -> Body | Reason:
    """Read MULTIPLE FORCED STATUS READ (5-3-35)."""
    place = _place(text, 6)
    return place if isinstance(place, str) else Body(tuple(map(Access, place[2])))


def force(text: bytes) -> Body | Reason:
    """Read FORCED SET/RESET (5-3-33): bits, and what is done with each."""
    count = int.from_bytes(text[:2], "big")
    if len(text) != 2 + 6 * count or not count:
        return flaw("text_for_bits", size=len(text), count=count)
    bits: list[Access] = []
    for at in range(4, len(text), 6):
        objects = touched(point_at(text, at), 1)
        if isinstance(objects, str):
            return objects
        bits += map(Access, objects)
    return Body(writes=tuple(bits))


def message(text: bytes) -> Body | Reason:
    """Read MESSAGE READ, MESSAGE CLEAR and FAL/FALS READ (5-3-21 to 23): the upper bits tell them apart."""
    if len(text) != 2:
        return flaw("text_size", size=len(text), must=2)
    return Body(raises=Tier.OPERATE) if text[0] & 0x40 else _PLAIN


def _place(text: bytes, length: int | None = None) -> tuple[Point, int, tuple[Touched, ...]] | Reason:
    """Return a point, how many elements are meant from there on, and what policies call them."""
    if len(text) < 6 or (length is not None and len(text) != length):
        return flaw("text_size", size=len(text), must=length or 6)
    point, count = point_at(text, 0), text[4] << 8 | text[5]
    if not count:
        return flaw("no_elements")
    objects = touched(point, count)
    return objects if isinstance(objects, str) else (point, count, objects)


def _valued(point: Point, objects: tuple[Touched, ...], data: bytes) -> tuple[Access, ...]:
    """Return objects with what ``data`` gives them, where it is their value."""
    area = point.area
    if area is None or not area.is_value:
        return tuple(map(Access, objects))
    if area.is_bit:
        is_each = len(objects) == len(data) and all(one.name for one in objects)
        return tuple(Access(one, (data[at],) if is_each else ()) for at, one in enumerate(objects))
    values = unpack(f">{len(data) // WORD_BYTES}H", data)
    return tuple([Access(one, values) for one in objects])


def _values(point: Point, count: int, objects: tuple[Touched, ...], data: bytes) -> tuple[Access, ...] | None:
    area = point.area
    if area is None or len(data) != count * area.width:
        return None
    return _valued(point, objects, data)


def _values_of_each(points: list[Point], objects: list[tuple[Touched, ...]], data: bytes) -> tuple[Access, ...] | None:
    """Return what an answer shows point by point: each value has its area's code before it."""
    read: list[Access] = []
    at = 0
    for point, each in zip(points, objects, strict=True):
        width = 0 if point.area is None else point.area.width
        value = data[at + 1 : at + 1 + width]
        if data[at : at + 1] != bytes([point.code]) or len(value) != width:
            return None
        read += _valued(point, each, value)
        at += 1 + width
    return tuple(read) if at == len(data) else None
