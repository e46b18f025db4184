"""What a device's answer says: values that were read, or why it was not done (clauses 15.5, 15.7, 20.1.7 to 20.1.9)."""

from typing import NamedTuple

from guards.bacnet.apdu import ABORT, COMPLEX_ACK, ERROR, REJECT, Apdu
from guards.bacnet.services import READ_PROPERTY, READ_PROPERTY_MULTIPLE
from guards.bacnet.tags import ENUMERATED, Kind, Reader, Tag, WrongTagsError, number_in, read, value_of
from guards.effects import Value

MAX_VALUES = 64


class Answered(NamedTuple):
    """Values as the record shows them, the code of a refusal, and its kind in words."""

    values: tuple[Value, ...] = ()
    code: int | None = None
    reason: str = ""


def read_answer(answer: Apdu) -> Answered:
    """Return what an answer says; what cannot be read says nothing. Never raises."""
    if answer.kind in {REJECT, ABORT}:
        return Answered(code=answer.service, reason="reject" if answer.kind == REJECT else "abort")
    try:
        if answer.kind == ERROR:
            return _error(answer)
        if answer.kind == COMPLEX_ACK and not answer.is_segmented and answer.service in _VALUES:
            return Answered(tuple(_VALUES[answer.service](Reader(read(answer.data))))[:MAX_VALUES])
    except WrongTagsError:
        return Answered()
    return Answered()


def _error(answer: Apdu) -> Answered:
    found = [tag for tag in read(answer.data) if tag[:2] == (ENUMERATED, Kind.APPLICATION)]
    if len(found) < 2:
        return Answered(code=0, reason="error")
    return Answered(code=number_in(found[1].data), reason=f"error class {number_in(found[0].data)}")


def _shown(tags: list[Tag]) -> Value:
    return value_of(tags[0]) if len(tags) == 1 else "constructed"


def _property(reader: Reader) -> list[Value]:
    reader.take(0)
    reader.take(1)
    reader.maybe(2)
    return [_shown(reader.block(3).rest())]


def _properties(reader: Reader) -> list[Value]:
    found: list[Value] = []
    while not reader.is_done:
        reader.take(0)
        inside = reader.block(1)
        while not inside.is_done:
            inside.take(2)
            inside.maybe(3)
            if inside.follows(4, Kind.OPENING):
                found.append(_shown(inside.block(4).rest()))
            else:
                inside.block(5)
                found.append("error")
    return found


_VALUES = {READ_PROPERTY: _property, READ_PROPERTY_MULTIPLE: _properties}
