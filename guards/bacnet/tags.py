"""Tagged data of the application layer: a list of tags, and a reader that takes them one by one (clause 20.2)."""

from enum import IntEnum
from struct import Struct
from typing import NamedTuple

from guards.effects import Value
from guards.malformations import flaw
from guards.reasons import Reason

MAX_DEPTH = 16
MAX_TEXT_CHARACTERS = 80
CONSTRUCTED = "constructed"
"""How the record shows what is no single value."""
NULL, BOOLEAN, UNSIGNED, SIGNED, REAL, DOUBLE, OCTETS, TEXT, BITS, ENUMERATED, DATE, TIME, OBJECT = range(13)


class Kind(IntEnum):
    """What a tag is: a value with its type, a value that its place gives a type, or a bracket around others."""

    APPLICATION = 0
    CONTEXT = 1
    OPENING = 2
    CLOSING = 3


# Bound once: looking a member up in its enum costs more than reading a tag does.
_APPLICATION, _CONTEXT, _OPENING, _CLOSING = Kind
_LONG_NUMBER, _LONG_SIZE = 0xF0, 5
"""Where the number, and the length, of a tag stand in bytes of their own (20.2.1)."""
_CUT_OFF = flaw("value_cut_off")
_INTEGERS = frozenset({UNSIGNED, SIGNED, ENUMERATED})
_FLOATS = {(REAL, 4): Struct(">f"), (DOUBLE, 8): Struct(">d")}


class Tag(NamedTuple):
    """One tag. The data of a boolean is one byte."""

    number: int
    kind: Kind
    data: bytes = b""


class WrongTagsError(Exception):
    """The data is not laid out as its service asks for; never leaves ``guards.bacnet``."""

    def __init__(self, reason: Reason) -> None:
        """Keep the text."""
        super().__init__(reason)
        self.reason = reason


def read(data: bytes) -> list[Tag]:
    """Return all tags; raise ``WrongTagsError`` for what is cut off, unbalanced or nested too deeply."""
    tags: list[Tag] = []
    open_now: list[int] = []
    at, end = 0, len(data)
    while at < end:
        first = data[at]
        size = first & 0x07
        if size < _LONG_SIZE and first & 0x08 and first < _LONG_NUMBER:
            # Nearly all tags are such short ones.
            start, at = at + 1, at + 1 + size
            if at > end:
                raise WrongTagsError(_CUT_OFF)
            tags.append(Tag(first >> 4, _CONTEXT, data[start:at]))
            continue
        tag, at = _tag(data, at)
        tags.append(tag)
        if tag.kind is _OPENING:
            open_now.append(tag.number)
            if len(open_now) > MAX_DEPTH:
                raise WrongTagsError(flaw("nested_too_deeply"))
        elif tag.kind is _CLOSING and (not open_now or open_now.pop() != tag.number):
            raise WrongTagsError(flaw("brackets_do_not_match"))
    if open_now:
        raise WrongTagsError(flaw("bracket_open"))
    return tags


def _tag(data: bytes, at: int) -> tuple[Tag, int]:
    first, at = data[at], at + 1
    number, is_context, size = first >> 4, bool(first & 0x08), first & 0x07
    if number == 0x0F:
        number, at = _byte(data, at), at + 1
    if size >= 6:
        if not is_context:
            raise WrongTagsError(flaw("bracket_without_place"))
        return Tag(number, _OPENING if size == 6 else _CLOSING), at
    if number == BOOLEAN and not is_context:
        return Tag(number, _APPLICATION, bytes((size,))), at
    if size == _LONG_SIZE:
        size, at = _long(data, at)
    if at + size > len(data):
        raise WrongTagsError(_CUT_OFF)
    return Tag(number, _CONTEXT if is_context else _APPLICATION, data[at : at + size]), at + size


def _byte(data: bytes, at: int) -> int:
    if at >= len(data):
        raise WrongTagsError(flaw("tag_cut_off"))
    return data[at]


def _long(data: bytes, at: int) -> tuple[int, int]:
    size = _byte(data, at)
    more = {254: 2, 255: 4}.get(size, 0)
    _byte(data, at + more)
    return (int.from_bytes(data[at + 1 : at + 1 + more], "big") if more else size), at + 1 + more


class Reader:
    """Takes tags in their order."""

    __slots__ = ("_at", "_tags")

    def __init__(self, tags: list[Tag]) -> None:
        """Begin with the first."""
        self._tags = tags
        self._at = 0

    @property
    def is_done(self) -> bool:
        """Whether nothing is left."""
        return self._at >= len(self._tags)

    def follows(self, number: int, kind: Kind = _CONTEXT) -> bool:
        """Tell whether this comes next."""
        if self._at >= len(self._tags):
            return False
        tag = self._tags[self._at]
        return tag.number == number and tag.kind is kind

    def take(self, number: int, kind: Kind = _CONTEXT) -> bytes:
        """Return the data of what must come next."""
        if not self.follows(number, kind):
            raise WrongTagsError(flaw("field_missing", number=number))
        self._at += 1
        return self._tags[self._at - 1].data

    def maybe(self, number: int) -> bytes | None:
        """Return the data of an optional field."""
        return self.take(number) if self.follows(number) else None

    def block(self, number: int) -> "Reader":
        """Return a reader of what stands in the brackets that must come next."""
        self.take(number, _OPENING)
        start, depth = self._at, 1
        while depth:  # brackets match: ``read`` has seen to it
            kind = self._tags[self._at].kind
            depth += (kind is _OPENING) - (kind is _CLOSING)
            self._at += 1
        return Reader(self._tags[start : self._at - 1])

    def rest(self) -> list[Tag]:
        """Take all that is left."""
        found, self._at = self._tags[self._at :], len(self._tags)
        return found

    def end(self) -> None:
        """Raise ``WrongTagsError`` if anything is left: a service has no room for more than it asks for."""
        if not self.is_done:
            raise WrongTagsError(flaw("more_than_service"))


def number_in(data: bytes) -> int:
    """Return an unsigned or enumerated number of at most four bytes."""
    if not 1 <= len(data) <= 4:
        raise WrongTagsError(flaw("number_size"))
    return int.from_bytes(data, "big")


def object_in(data: bytes) -> int:
    """Return an object identifier (20.2.14)."""
    if len(data) != 4:
        raise WrongTagsError(flaw("object_identifier_size"))
    return int.from_bytes(data, "big")


def value_of(tag: Tag) -> Value:
    """Return a value with its type; text where it is no number."""
    size = len(tag.data)
    if tag.kind is not _APPLICATION:
        return f"[{tag.number}] {tag.data[:MAX_TEXT_CHARACTERS].hex()}"
    if tag.number == NULL:
        return "null"
    if tag.number == BOOLEAN:
        return tag.data != b"\0"
    if tag.number in _INTEGERS and 1 <= size <= 8:
        return int.from_bytes(tag.data, "big", signed=tag.number == SIGNED)
    form = _FLOATS.get((tag.number, size))
    if form is not None:
        found: float = form.unpack(tag.data)[0]
        return found
    if tag.number == TEXT and tag.data[:1] == b"\0":
        return tag.data[1:].decode("utf-8", "replace")[:MAX_TEXT_CHARACTERS]
    return tag.data[:MAX_TEXT_CHARACTERS].hex()
