"""The services' requests, decoded (ASHRAE 135-2020, clauses 13 to 16, productions of clause 21).

Each takes all of a service's data, or raises ``WrongTagsError``.
"""

from typing import NamedTuple

from guards.bacnet.contents import NOTHING, Contents
from guards.bacnet.names import table_of, touched
from guards.bacnet.properties import ALL, OPERATED, OPTIONAL, REQUIRED
from guards.bacnet.tags import (
    CONSTRUCTED,
    OBJECT,
    Kind,
    Reader,
    Tag,
    WrongTagsError,
    number_in,
    object_in,
    read,
    value_of,
)
from guards.effects import Value
from guards.given import Access, Touched
from guards.malformations import flaw
from policies.rules import Tier

_WHATEVER_IT_HAS = frozenset({ALL, OPTIONAL, REQUIRED})


def _property(reader: Reader, first: int) -> int:
    """Take a property's number and, where there is one, its array index."""
    prop = number_in(reader.take(first))
    index = reader.maybe(first + 1)
    if index is not None:
        number_in(index)
    return prop


def _given(tags: list[Tag]) -> tuple[tuple[int | float | bool, ...], Value]:
    """Return the numbers that a written value is judged by, if it is one, and how the record shows it."""
    if len(tags) != 1 or tags[0].kind is not Kind.APPLICATION:
        return (), CONSTRUCTED
    value = value_of(tags[0])
    return (() if isinstance(value, str) else (value,)), value


class _Written(NamedTuple):
    access: Access
    value: Value
    tier: Tier
    where: tuple[int, int]


def _written(reader: Reader, identifier: int, prop: int, value: int) -> _Written:
    numbers, shown = _given(reader.block(value).rest())
    priority = reader.maybe(value + 1)
    if priority is not None and not 1 <= number_in(priority) <= 16:
        raise WrongTagsError(flaw("priorities"))
    tier = Tier.OPERATE if prop in OPERATED else Tier.PROGRAM
    return _Written(Access(touched(identifier, prop), numbers), shown, tier, (identifier, prop))


def _all_written(found: list[_Written]) -> Contents:
    if not found:
        raise WrongTagsError(flaw("nothing_written"))
    tier = Tier.PROGRAM if any(one.tier is Tier.PROGRAM for one in found) else Tier.OPERATE
    accesses, values = tuple(one.access for one in found), tuple(one.value for one in found)
    return Contents(accesses, values, tier, first=found[0].where)


def _reading(*accesses: Touched) -> Contents:
    return Contents(tuple(Access(one) for one in accesses))


# --- services


def plain(reader: Reader) -> Contents:
    """Take whatever there is: the service names no object that rules know."""
    reader.rest()
    return NOTHING


def read_property(reader: Reader) -> Contents:
    """ReadProperty (15.5)."""
    identifier = object_in(reader.take(0))
    return _reading(touched(identifier, _property(reader, 1)))


def read_property_multiple(reader: Reader) -> Contents:
    """ReadPropertyMultiple (15.7)."""
    found = []
    is_interrogation = False
    while not reader.is_done:
        identifier = object_in(reader.take(0))
        inside = reader.block(1)
        while not inside.is_done:
            prop = _property(inside, 0)
            is_interrogation = is_interrogation or prop in _WHATEVER_IT_HAS
            found.append(touched(identifier, prop))
    if not found:
        raise WrongTagsError(flaw("nothing_read"))
    return _reading(*found)._replace(is_interrogation=is_interrogation)


def read_range(reader: Reader) -> Contents:
    """ReadRange (15.8)."""
    found = read_property(reader)
    reader.rest()
    return found


def write_property(reader: Reader) -> Contents:
    """WriteProperty (15.9)."""
    identifier = object_in(reader.take(0))
    return _all_written([_written(reader, identifier, _property(reader, 1), 3)])


def reading(data: bytes) -> bytes:
    """Return the ReadProperty of what a WriteProperty writes: both name object, property and index alike."""
    reader = Reader(read(data))
    identifier, prop, index = reader.take(0), reader.take(1), reader.maybe(2)
    return _field(0, identifier) + _field(1, prop) + (b"" if index is None else _field(2, index))


def reading_multiple(data: bytes) -> bytes:
    """Return the ReadPropertyMultiple of what a WritePropertyMultiple writes, in its order."""
    reader, asked = Reader(read(data)), b""
    while not reader.is_done:
        asked += _field(0, reader.take(0)) + b"\x1e"
        inside = reader.block(1)
        while not inside.is_done:
            prop, index = inside.take(0), inside.maybe(1)
            asked += _field(0, prop) + (b"" if index is None else _field(1, index))
            inside.block(2)
            inside.maybe(3)
        asked += b"\x1f"
    return asked


def write_property_multiple(reader: Reader) -> Contents:
    """WritePropertyMultiple (15.10)."""
    found = []
    while not reader.is_done:
        identifier = object_in(reader.take(0))
        inside = reader.block(1)
        while not inside.is_done:
            found.append(_written(inside, identifier, _property(inside, 0), 2))
    return _all_written(found)


def change_list(reader: Reader) -> Contents:
    """AddListElement and RemoveListElement (15.1, 15.2)."""
    identifier = object_in(reader.take(0))
    prop = _property(reader, 1)
    reader.block(3)
    return Contents((Access(touched(identifier, prop)),), first=(identifier, prop))


def create_object(reader: Reader) -> Contents:
    """CreateObject (15.3): by type alone, or with its instance."""
    which = reader.block(0)
    kind = number_in(which.take(0)) if which.follows(0) else None
    found = touched(object_in(which.take(1))) if kind is None else Touched(table_of(kind))
    which.end()
    if not reader.is_done:
        reader.block(1)
    return Contents((Access(found),))


def delete_object(reader: Reader) -> Contents:
    """DeleteObject (15.4)."""
    return _reading(touched(object_in(reader.take(OBJECT, Kind.APPLICATION))))


def access_file(reader: Reader) -> Contents:
    """AtomicReadFile and AtomicWriteFile (14.1, 14.2)."""
    found = _reading(touched(object_in(reader.take(OBJECT, Kind.APPLICATION))))
    reader.rest()
    return found


def subscribe(reader: Reader) -> Contents:
    """SubscribeCOV (13.14), which takes itself back where neither confirmation nor lifetime is given."""
    process, identifier = reader.take(0), reader.take(1)
    is_taken_back = [reader.maybe(2), reader.maybe(3)] == [None, None]
    back = _field(0, process) + _field(1, identifier)
    return Contents((Access(touched(object_in(identifier))),), subscription=back, is_taken_back=is_taken_back)


def subscribe_property(reader: Reader) -> Contents:
    """SubscribeCOVProperty (13.15)."""
    process, identifier = reader.take(0), reader.take(1)
    is_taken_back = [reader.maybe(2), reader.maybe(3)] == [None, None]
    reference = reader.block(4)
    number, index = reference.take(0), reference.maybe(1)
    reference.end()
    reader.maybe(5)
    inside = _field(0, number) + (b"" if index is None else _field(1, index))
    back = _field(0, process) + _field(1, identifier) + b"\x4e" + inside + b"\x4f"
    found = touched(object_in(identifier), number_in(number))
    return Contents((Access(found),), subscription=back, is_taken_back=is_taken_back)


def acknowledge_alarm(reader: Reader) -> Contents:
    """AcknowledgeAlarm (13.5): the object whose alarm it is."""
    reader.take(0)
    found = touched(object_in(reader.take(1)))
    reader.rest()
    return _reading(found)


def communication(reader: Reader) -> Contents:
    """DeviceCommunicationControl (16.1): the state asked for, and never the password."""
    reader.maybe(0)
    found = number_in(reader.take(1))
    reader.maybe(2)
    return Contents(values=(found,))


def reinitialization(reader: Reader) -> Contents:
    """ReinitializeDevice (16.4): the state asked for, and never the password."""
    found = number_in(reader.take(0))
    reader.maybe(1)
    return Contents(values=(found,))


def _field(number: int, data: bytes) -> bytes:
    """Return a field of at most four bytes."""
    if not 1 <= len(data) <= 4:
        raise WrongTagsError(flaw("number_size"))
    return bytes((number << 4 | 0x08 | len(data),)) + data
