"""What a guard knows of the asset's values: seen in answers on the same stream, and not for long.

Rules about change (``step``, ``rate``) and the change log ask it for the value before a write. It never guesses: an
object that was written, and whose write the asset has not confirmed, has no known value.
"""

from collections.abc import Hashable

from guards.objects import Before

MAX_OBJECTS = 4096
FRESH_SECONDS = 60.0


class KnownValues:
    """The newest values of at most 4,096 objects, by whatever key the guard tells them apart with."""

    __slots__ = ("_forgotten_write", "_fresh_seconds", "_max_objects", "_values", "_written")

    def __init__(self, max_objects: int = MAX_OBJECTS, fresh_seconds: float = FRESH_SECONDS) -> None:
        """Know nothing; a value counts for ``fresh_seconds``."""
        self._max_objects = max_objects
        self._fresh_seconds = fresh_seconds
        self._values: dict[Hashable, tuple[float, float]] = {}
        self._written: dict[Hashable, float] = {}
        self._forgotten_write: float | None = None

    def saw(self, key: Hashable, value: float, now_monotonic: float) -> None:
        """Remember what the asset said that an object holds."""
        self._values.pop(key, None)
        self._values[key] = (value, now_monotonic)
        if len(self._values) > self._max_objects:
            del self._values[next(iter(self._values))]

    def wrote(self, key: Hashable, now_monotonic: float) -> None:
        """Note that a write is on its way: until the asset's answer, nobody knows what the object holds."""
        self._values.pop(key, None)
        self._written.pop(key, None)
        self._written[key] = now_monotonic
        if len(self._written) > self._max_objects:
            # Whoever writes to many objects must not win back the room of the first by it.
            self._forgotten_write = self._written.pop(next(iter(self._written)))

    def before(self, key: Hashable, now_monotonic: float) -> Before | None:
        """Return the object's value and the age of its last write, or ``None`` where it is not known (any more)."""
        known = self._values.get(key)
        if known is None or now_monotonic - known[1] > self._fresh_seconds:
            return None
        written = self._written.get(key, self._forgotten_write)
        return Before(known[0], None if written is None else now_monotonic - written)
