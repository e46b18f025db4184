"""What tags and data table files hold, as far as this stream has seen it; kept only where rules bound changes.

The same value has several names: a structure holds its members, an array's name alone means its first element, and a
symbol's instance is a tag. Whatever may be the same is forgotten when one of them is written.
"""

import re
from collections.abc import Iterable
from typing import NamedTuple

from guards.enip.services import SYMBOL
from guards.given import Access, Touched
from guards.known import MAX_OBJECTS, KnownValues
from guards.objects import NO_ADDRESS, Before
from policies.names import fold

_STEP = re.compile(r"[^.\[\]]+")
_TAG, _SYMBOL = "tag", f"class{SYMBOL}"


class _Key(NamedTuple):
    route: str
    table: str
    address: int
    name: tuple[str, ...]


class Written:
    """Objects that are being written, and whatever may be the same as one of them, along whichever route."""

    __slots__ = ("_above", "_names", "_places", "_tables")

    def __init__(self) -> None:
        """Begin with none."""
        self._names: set[tuple[str, ...]] = set()
        self._above: set[tuple[str, ...]] = set()
        self._places: set[tuple[str, int]] = set()
        self._tables: set[str] = set()

    def add(self, key: _Key) -> None:
        """Note one more."""
        self._tables.add(key.table)
        if key.table == _TAG:
            self._names.add(key.name)
            self._above.update(key.name[:steps] for steps in range(len(key.name) + 1))
        else:
            self._places.add((key.table, key.address))

    def may_be(self, key: _Key) -> bool:
        """Tell whether this object may be one of them."""
        if key.table == _TAG:
            below = (key.name[:steps] in self._names for steps in range(len(key.name) + 1))
            return _SYMBOL in self._tables or key.name in self._above or any(below)
        return (key.table, key.address) in self._places or (key.table == _SYMBOL and _TAG in self._tables)


class Memory:
    """The known values of one stream."""

    __slots__ = ("_known", "_seen")

    def __init__(self) -> None:
        """Know nothing."""
        self._known = KnownValues()
        self._seen: dict[_Key, None] = {}

    def befores(self, route: str, touched: Touched, already: Written, now: float) -> list[Before | None]:
        """Return what each of these objects is now; of those that the same request writes ``already``, nothing."""
        keys = _keys(route, touched)
        found = [None if already.may_be(key) else self._known.before(key, now) for key in keys]
        for key in keys:
            already.add(key)
        return found

    def on_its_way(self, accesses: Iterable[tuple[str, Access]], now: float) -> int:
        """Note what a request writes along which route: until it is confirmed, nobody knows what is there.

        Returns the moment, for ``saw``.
        """
        written = Written()
        for route, access in accesses:
            for key in _keys(route, access.touched):
                written.add(key)
                self._known.wrote(key, now)
        for seen in [one for one in self._seen if written.may_be(one)]:
            self._known.wrote(seen, now)
            del self._seen[seen]
        return self._known.moment

    def saw(self, route: str, access: Access, now: float, asked: int) -> None:
        """Learn what was read, or was written and confirmed, by a request of the moment ``asked``.

        Nothing where values and objects do not add up.
        """
        keys = _keys(route, access.touched)
        if len(keys) != len(access.values):
            return
        for key, value in zip(keys, access.values, strict=True):
            self._known.saw(key, float(value), now, asked=asked)
            self._seen.pop(key, None)
            self._seen[key] = None
            if len(self._seen) > MAX_OBJECTS:
                del self._seen[next(iter(self._seen))]


def _keys(route: str, touched: Touched) -> list[_Key]:
    name = tuple(step for step in _STEP.findall(fold(touched.name)) if step.strip("0"))
    if touched.first == NO_ADDRESS:
        return [_Key(route, touched.table, NO_ADDRESS, name)]
    return [_Key(route, touched.table, address, name) for address in range(touched.first, touched.last + 1)]
