"""What a device's answer says: values that were read, or why it was not done (clauses 15.5, 15.7, 20.1.7 to 20.1.9)."""

from typing import NamedTuple

from guards.bacnet.apdu import ABORT, COMPLEX_ACK, ERROR, REJECT, Apdu
from guards.bacnet.names import touched
from guards.bacnet.services import READ_PROPERTY, READ_PROPERTY_MULTIPLE
from guards.bacnet.tags import (
    CONSTRUCTED,
    ENUMERATED,
    Kind,
    Reader,
    WrongTagsError,
    number_in,
    object_in,
    read,
    value_of,
)
from guards.effects import Value
from guards.given import Touched
from guards.reasons import UNSAID, Reason, why

MAX_VALUES = 64
ERROR_OF_ONE = "error"
"""How the record shows that one property among others could not be read."""
UNREAD = frozenset({CONSTRUCTED, ERROR_OF_ONE})


class Learned(NamedTuple):
    """A property, and the number that it holds."""

    touched: Touched
    value: float


class Answered(NamedTuple):
    """Values as the record shows them, what is known by them, the code of a refusal, and its kind in words."""

    values: tuple[Value, ...] = ()
    learned: tuple[Learned, ...] = ()
    code: int | None = None
    reason: Reason = UNSAID


class _Told(NamedTuple):
    """A value; ``touched`` is ``None`` where it is an element of a property, or an error."""

    touched: Touched | None
    value: Value


def read_answer(answer: Apdu) -> Answered:
    """Return what an answer says; what cannot be read says nothing. Never raises."""
    if answer.kind in {REJECT, ABORT}:
        return Answered(code=answer.service, reason=why("reject") if answer.kind == REJECT else why("abort"))
    try:
        if answer.kind == ERROR:
            return _error(answer)
        if answer.kind == COMPLEX_ACK and not answer.is_segmented and answer.service in _VALUES:
            return _told(_VALUES[answer.service](Reader(read(answer.data))))
    except WrongTagsError:
        pass
    return Answered(code=0, reason=why("error")) if answer.kind == ERROR else Answered()


def _error(answer: Apdu) -> Answered:
    found = [tag for tag in read(answer.data) if tag[:2] == (ENUMERATED, Kind.APPLICATION)]
    if len(found) < 2:
        return Answered(code=0, reason=why("error"))
    return Answered(code=number_in(found[1].data), reason=why("error_class", number=number_in(found[0].data)))


def _told(found: list[_Told]) -> Answered:
    learned = [
        Learned(touched, float(value)) for touched, value in found if touched is not None and not isinstance(value, str)
    ]
    return Answered(tuple([one.value for one in found[:MAX_VALUES]]), tuple(learned))


def _one(reader: Reader, identifier: int, first: int, value: int) -> _Told:
    prop = number_in(reader.take(first))
    is_element = reader.maybe(first + 1) is not None
    if reader.follows(value + 1, Kind.OPENING):
        reader.block(value + 1)
        return _Told(None, ERROR_OF_ONE)
    tags = reader.block(value).rest()
    shown = value_of(tags[0]) if len(tags) == 1 else CONSTRUCTED
    return _Told(None if is_element else touched(identifier, prop), shown)


def _property(reader: Reader) -> list[_Told]:
    return [_one(reader, object_in(reader.take(0)), 1, 3)]


def _properties(reader: Reader) -> list[_Told]:
    found: list[_Told] = []
    while not reader.is_done:
        identifier = object_in(reader.take(0))
        inside = reader.block(1)
        while not inside.is_done:
            found.append(_one(inside, identifier, 2, 4))
    return found


_VALUES = {READ_PROPERTY: _property, READ_PROPERTY_MULTIPLE: _properties}
