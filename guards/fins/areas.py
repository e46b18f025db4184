"""Memory areas: what an area code and an address name, and how wide it is in a message.

OMRON, SYSMAC CS/CJ/CP Series Communications Commands Reference Manual (W342), 5-2-2 (CS/CJ mode and CV mode). Codes
and names agree with Wireshark's dissector.
"""

from collections.abc import Callable
from typing import NamedTuple

from guards.given import Touched
from guards.malformations import flaw
from guards.reasons import UNSAID, Reason

Place = Callable[[int], "tuple[str, int] | None"]
"""Takes a word's address; returns table and address as policies name them, ``None`` where they have no word."""


class Area(NamedTuple):
    """One area code. ``width`` is in bytes, of one element in data. ``is_bit``: elements are bits of words.

    ``is_value``: an element is the number that the table's word holds, and not a flag or a forced status.
    """

    place: Place
    width: int
    is_bit: bool = False
    is_value: bool = True


class Point(NamedTuple):
    """An area and a place in it, as commands write it in four bytes: code, word, bit."""

    code: int
    word: int
    bit: int

    @property
    def area(self) -> Area | None:
        """What the code means; ``None`` for one that is not listed."""
        return AREAS.get(self.code)

    @property
    def fault(self) -> Reason:
        """What is wrong with it by itself."""
        if self.area is None:
            return flaw("area_unknown", area=f"{self.code:02x}")
        if self.bit > 15 or (self.bit and not self.area.is_bit):
            return flaw("bit_of_word", bit=self.bit, area=f"{self.code:02x}")
        return UNSAID


MAX_NAMED_BITS = 64
POINT_BYTES, WORD_BYTES = 4, 2


def point_at(data: bytes, at: int) -> Point:
    """Read a point; the caller has looked that four bytes are there."""
    return Point(data[at], data[at + 1] << 8 | data[at + 2], data[at + 3])


def touched(point: Point, count: int) -> tuple[Touched, ...] | Reason:
    """Return ``count`` elements from a point on: words as a span, bits each by its name, or what is wrong.

    More than 64 bits count as their words. What policies have no word for is named by its code (``area_9c``).
    """
    if point.area is None or point.fault:
        return point.fault
    if not point.area.is_bit:
        return _words(point, count)
    begin = point.word * 16 + point.bit
    words = _words(point, (point.bit + count + 15) // 16)
    if isinstance(words, str) or count > MAX_NAMED_BITS:
        return words
    table, first = words[0].table, words[0].first
    bits = ((first + (at >> 4) - point.word, at & 15) for at in range(begin, begin + count))
    return tuple(Touched(table, word, word, f"{word}.{bit}") for word, bit in bits)


def _words(point: Point, count: int) -> tuple[Touched, ...] | Reason:
    last = point.word + count - 1
    if point.area is None or last > 0xFFFF:
        return flaw("words_from", count=count, word=point.word)
    begins, ends = point.area.place(point.word), point.area.place(last)
    if begins is None or ends is None or begins[0] != ends[0]:
        return (Touched(f"area_{point.code:02x}", point.word, last),)
    return (Touched(begins[0], begins[1], ends[1]),)


def _in(table: str, start: int = 0, highest: int = 0xFFFF) -> Place:
    def place(word: int) -> tuple[str, int] | None:
        return (table, word - start) if start <= word <= highest else None

    return place


def _either(*places: Place) -> Place:
    def place(word: int) -> tuple[str, int] | None:
        return next(filter(None, (each(word) for each in places)), None)

    return place


def _nameless(_: int) -> None:
    return None


_COUNTERS = 0x8000
_TIMERS = _either(_in("tim", 0, 0x0FFF), _in("cnt", _COUNTERS, _COUNTERS + 0x0FFF))
_CV_TIMERS = _either(_in("tim", 0, 0x07FF), _in("cnt", 0x0800, 0x0FFF))
_CV_CIO = _in("cio", 0, 2555)
"""Beyond it the same code means TR, CPU bus link and auxiliary words, which manuals place differently."""
_REGISTERS = _in("dr", 0x0200, 0x020F)
"""The current bank's number stands at 0F00."""


def _three(low: int, table: str) -> dict[int, Area]:
    """Return bits, bits with forced status, words and words with forced status of one area of the CS/CJ mode."""
    place = _in(table)
    return {
        low: Area(place, 1, is_bit=True),
        low + 0x40: Area(place, 1, is_bit=True, is_value=False),
        low + 0x80: Area(place, 2),
        low + 0xC0: Area(place, 4, is_value=False),
    }


def _banks(bits: int, words: int, first: int, count: int) -> dict[int, Area]:
    areas: dict[int, Area] = {}
    for bank in range(count):
        place = _in(f"em{first + bank}")
        areas |= {bits + bank: Area(place, 1, is_bit=True), words + bank: Area(place, 2)}
    return areas


AREAS: dict[int, Area] = {
    # CS/CJ mode
    **_three(0x30, "cio"),
    **_three(0x31, "wr"),
    **_three(0x32, "hr"),
    0x33: Area(_in("ar"), 1, is_bit=True),
    0xB3: Area(_in("ar"), 2),
    0x09: Area(_TIMERS, 1, is_value=False),
    0x49: Area(_TIMERS, 1, is_value=False),
    0x89: Area(_TIMERS, 2),
    0x02: Area(_in("dm"), 1, is_bit=True),
    0x82: Area(_in("dm"), 2),
    **_banks(0x20, 0xA0, 0, 16),
    **_banks(0xE0, 0x60, 16, 9),
    0x0A: Area(_in("em"), 1, is_bit=True),
    0x98: Area(_in("em"), 2),
    0xBC: Area(_REGISTERS, 2),
    0xDC: Area(_in("ir", 0x0100, 0x010F), 4, is_value=False),
    0x06: Area(_in("tk"), 1, is_value=False),
    0x46: Area(_in("tk"), 1, is_value=False),
    0x07: Area(_nameless, 1, is_bit=True, is_value=False),
    # CV mode
    0x00: Area(_CV_CIO, 1, is_bit=True),
    0x40: Area(_CV_CIO, 1, is_bit=True, is_value=False),
    0x80: Area(_CV_CIO, 2),
    0xC0: Area(_CV_CIO, 4, is_value=False),
    0x01: Area(_CV_TIMERS, 1, is_value=False),
    0x41: Area(_CV_TIMERS, 1, is_value=False),
    0x81: Area(_CV_TIMERS, 2),
    **{0x90 + bank: Area(_in(f"em{bank}"), 2) for bank in range(8)},
    0x9C: Area(_nameless, 2, is_value=False),
    0x03: Area(_nameless, 1, is_value=False),
    0x43: Area(_nameless, 1, is_value=False),
    0x04: Area(_nameless, 1, is_value=False),
    0x44: Area(_nameless, 1, is_value=False),
    0x84: Area(_nameless, 2, is_value=False),
    0x05: Area(_nameless, 1, is_bit=True, is_value=False),
    0x85: Area(_nameless, 2, is_value=False),
    0x1B: Area(_nameless, 1, is_value=False),
    0xDD: Area(_nameless, 2, is_value=False),
}
