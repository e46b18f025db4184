"""One write, object by object: which address was given which value, and what stood there. Pure."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

Value = int | float | str | bool
_OBJECT = re.compile(r"(?P<table>[a-z][a-z_]*[0-9]*) (?P<first>[0-9]+)(?:-(?P<last>[0-9]+))?(?: (?P<name>.+))?")
_ALSO_READ = "read "
_MASKED = "mask_write_register"


class Element(NamedTuple):
    """An object and its values; ``None``: not known. ``address`` is what stands behind the table."""

    table: str
    address: str
    before: Value | None
    after: Value | None

    @property
    def object(self) -> str:
        """The object as policies and people write it."""
        return f"{self.table} {self.address}".rstrip()


class Written(NamedTuple):
    """What a write changed. ``before`` is ``None`` where nothing is known; ``after`` empty where it is not known."""

    before: tuple[Value | None, ...] | None
    after: tuple[Value, ...]
    is_before_read: bool
    elements: tuple[Element, ...]


def written(record: Mapping[str, Any]) -> Written:
    """Read it out of an operation as recordings hold it; whatever is odd in that is simply not known."""
    objects = [name for name in _list(record.get("objects")) if isinstance(name, str)]
    objects = [name for name in objects if not name.startswith(_ALSO_READ)]
    after = tuple(value for value in _list(record.get("values")) if isinstance(value, Value))
    before = tuple(value if isinstance(value, Value) else None for value in _list(record.get("before")))
    if record.get("function") == _MASKED and len(after) == 2:
        after = _masked(before, *after)
        count = 1
    else:
        count = len(after)
    if len(before) != count:
        before = ()
    elements = tuple(_elements(objects, before or (None,) * count, after or (None,) * count))
    return Written(before or None, after, bool(before) and record.get("is_before_read") is True, elements)


def _masked(before: Sequence[Value | None], and_mask: Value, or_mask: Value) -> tuple[Value, ...]:
    """Return the result of a mask write (Modbus V1.1b3, 6.16), which depends on what was there."""
    if len(before) != 1 or not all(isinstance(each, int) for each in (before[0], and_mask, or_mask)):
        return ()
    held, kept, given = int(before[0] or 0), int(and_mask), int(or_mask)
    return ((held & kept) | (given & ~kept & 0xFFFF),)


def _elements(
    objects: Sequence[str], before: Sequence[Value | None], after: Sequence[Value | None]
) -> Iterator[Element]:
    """Give each address its values. Where it cannot be told which value is whose, each object has none."""
    places = _places(objects, len(after))
    if places is None:
        for each in objects:
            table, _, address = each.partition(" ")
            yield Element(table, address, None, None)
        return
    for (table, address), was, became in zip(places, before, after, strict=True):
        yield Element(table, address, was, became)


def _places(objects: Sequence[str], count: int) -> list[tuple[str, str]] | None:
    sizes = [_size(each) for each in objects]
    if len(objects) == count:
        return [(table, address) for table, _, address in (each.partition(" ") for each in objects)]
    if len(objects) == 1 and count and sizes[0] and sizes[0] % count == 0:
        return list(_spread(objects[0], sizes[0] // count))
    if objects and sum(sizes) == count and all(sizes):
        return [place for each in objects for place in _spread(each, 1)]
    return None


def _size(name: str) -> int:
    found = _OBJECT.fullmatch(name)
    if found is None or found["name"]:
        return 0
    return int(found["last"] or found["first"]) - int(found["first"]) + 1


def _spread(name: str, step: int) -> Iterator[tuple[str, str]]:
    found = _OBJECT.fullmatch(name)
    if found is None:
        return
    first, last = int(found["first"]), int(found["last"] or found["first"])
    for address in range(first, last + 1, step):
        yield found["table"], str(address) if step == 1 else f"{address}-{address + step - 1}"


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []
