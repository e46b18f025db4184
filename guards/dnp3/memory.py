"""What the outputs of outstations are, as far as this stream has seen it; kept only where rules bound changes."""

from collections.abc import Iterable, Iterator

from guards.given import MAX_SPAN, Access, Touched
from guards.known import KnownValues
from guards.objects import NO_ADDRESS, Before

Key = tuple[int, str, int]


class Memory:
    """The known values of one stream, by outstation, table and index."""

    __slots__ = ("_known",)

    def __init__(self) -> None:
        """Know nothing."""
        self._known = KnownValues()

    def befores(
        self, outstation: int, already: set[Key], touched: Touched, now_monotonic: float
    ) -> list[Before | None]:
        """Return what each of these points is now; of those that the same fragment commands ``already``, nothing."""
        if touched.first == NO_ADDRESS or touched.size > MAX_SPAN:
            return [None]
        keys = [(outstation, touched.table, point) for point in range(touched.first, touched.last + 1)]
        found = [None if key in already else self._known.before(key, now_monotonic) for key in keys]
        already.update(keys)
        return found

    def on_its_way(self, outstation: int, accesses: Iterable[Access], now_monotonic: float) -> int:
        """Note that outputs are commanded; until that is confirmed, nobody knows what they are.

        Returns the moment, for ``saw``.
        """
        for access in accesses:
            for key, _ in _each(outstation, access):
                self._known.wrote(key, now_monotonic)
        return self._known.moment

    def saw(self, outstation: int, accesses: Iterable[Access], now_monotonic: float, asked: int) -> None:
        """Learn what an outstation told, or what it was commanded and has confirmed, by a request of ``asked``.

        What it tells unasked may be older than any command (moment 0): it counts for outputs that were not commanded.
        """
        for access in accesses:
            for key, value in _each(outstation, access):
                self._known.saw(key, value, now_monotonic, asked=asked)


def _each(outstation: int, access: Access) -> Iterator[tuple[Key, float]]:
    """Yield each point with its value; nothing where there is not one for each."""
    touched, values = access.touched, access.values
    if touched.first != NO_ADDRESS and len(values) == touched.size:
        for at, value in enumerate(values):
            yield (outstation, touched.table, touched.first + at), value
