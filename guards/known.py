"""What a guard knows of the asset's values: seen in answers on the same stream, and not for long.

Rules about change (``step``, ``rate``) and the change log ask it for the value before a write. It never guesses: an
object that was written, and whose write the asset has not confirmed, has no known value.
"""

from collections import deque
from collections.abc import Hashable, Sequence
from operator import attrgetter
from typing import NamedTuple

from guards.effects import Value
from guards.objects import Before

MAX_OBJECTS = 4096
FRESH_SECONDS = 60.0


class KnownValues:
    """The newest values of at most 4,096 objects, by whatever key the guard tells them apart with.

    ``moment`` counts the writes. An answer shows what was so when its request went, so what it shows of an object that
    was written since is no news: whoever learns from answers says at which moment they were ``asked`` for. ``place``
    is what several keys have in common that may mean the same object (a register under two unit numbers): written
    under one of them, it is unknown under all.
    """

    __slots__ = ("_forgotten_write", "_fresh_seconds", "_max_objects", "_values", "_written", "moment")

    def __init__(self, max_objects: int = MAX_OBJECTS, fresh_seconds: float = FRESH_SECONDS) -> None:
        """Know nothing; a value counts for ``fresh_seconds``."""
        self._max_objects = max_objects
        self._fresh_seconds = fresh_seconds
        self._values: dict[Hashable, tuple[float, float, int]] = {}
        self._written: dict[Hashable, tuple[float, int]] = {}
        self._forgotten_write: tuple[float, int] | None = None
        self.moment = 0

    def saw(self, key: Hashable, value: float, now_monotonic: float, *, asked: int | None = None) -> None:
        """Remember what the asset said that an object holds; not ``asked``: it holds it now."""
        self._values.pop(key, None)
        self._values[key] = (value, now_monotonic, self.moment if asked is None else asked)
        if len(self._values) > self._max_objects:
            del self._values[next(iter(self._values))]

    def wrote(self, key: Hashable, now_monotonic: float, *, place: Hashable | None = None) -> None:
        """Note that a write is on its way: until the asset's answer, nobody knows what the object holds."""
        place = key if place is None else place
        self._values.pop(key, None)
        self._written.pop(place, None)
        self.moment += 1
        self._written[place] = now_monotonic, self.moment
        if len(self._written) > self._max_objects:
            # Whoever writes to many objects must not win back the room of the first by it.
            self._forgotten_write = self._written.pop(next(iter(self._written)))

    def before(self, key: Hashable, now_monotonic: float, *, place: Hashable | None = None) -> Before | None:
        """Return the object's value and the age of its last write, or ``None`` where it is not known (any more)."""
        known = self._values.get(key)
        if known is None or now_monotonic - known[1] > self._fresh_seconds:
            return None
        written = self._written.get(key if place is None else place, self._forgotten_write)
        if written is None:
            return Before(known[0])
        return Before(known[0], now_monotonic - written[0]) if written[1] <= known[2] else None

    def forget_values(self) -> None:
        """Know no value any more, but when was written."""
        self._values.clear()


MAX_SIGHTINGS = 128


class _Sighting(NamedTuple):
    """Consecutive objects, and what they held at a moment; no values: what they hold is not known any more."""

    asked: int
    key: Hashable
    first: int
    last: int
    values: Sequence[Value] | None
    at_monotonic: float


class Sightings:
    """What the last answers on a stream said of runs of objects: cheap to note, looked at when something is written.

    For the change log. It never guesses either: a write that the asset has not confirmed makes its objects unknown.
    What counts is the order in which requests went, and not that in which answers came: a read that went before a
    write tells nothing of what the write left, however late its answer is.
    """

    __slots__ = ("_asked", "_forgotten", "_seen")

    def __init__(self) -> None:
        """Know nothing."""
        self._seen: deque[_Sighting] = deque()
        self._asked = 0
        self._forgotten = 0

    def went(self) -> int:
        """Count a request that departs; return its number, for ``saw`` and ``wrote``."""
        self._asked += 1
        return self._asked

    def saw(self, key: Hashable, first: int, values: Sequence[Value], now_monotonic: float, *, asked: int) -> None:
        """Note what consecutive objects from ``first`` on hold, by the answer to the request of that number."""
        if values:
            self._note(_Sighting(asked, key, first, first + len(values) - 1, values, now_monotonic))

    def wrote(self, key: Hashable, first: int, last: int, now_monotonic: float, *, asked: int) -> None:
        """Note a write that is on its way."""
        self._note(_Sighting(asked, key, first, last, None, now_monotonic))

    def before(self, key: Hashable, first: int, last: int, now_monotonic: float) -> tuple[Value | None, ...]:
        """Return what each object holds, as far as it was seen within a minute; empty where nothing is known."""
        found: dict[int, Value | None] = {}
        in_order = sorted(self._seen, key=attrgetter("asked"))
        # Sorting is stable: of one request, what was noted last (its confirmation) still counts most.
        for seen in in_order[::-1]:
            if len(found) > last - first or seen.asked < self._forgotten:
                break
            if seen.key == key and now_monotonic - seen.at_monotonic <= FRESH_SECONDS:
                for address in range(max(first, seen.first), min(last, seen.last) + 1):
                    found.setdefault(address, None if seen.values is None else seen.values[address - seen.first])
        held = tuple(found.get(address) for address in range(first, last + 1))
        return () if all(value is None for value in held) else held

    def _note(self, sighting: _Sighting) -> None:
        self._seen.append(sighting)
        if len(self._seen) > MAX_SIGHTINGS:
            # It may have been a write: what was asked before it counts no more, even if it is answered only now.
            self._forgotten = max(self._forgotten, self._seen.popleft().asked)
