"""What words and bits hold, as far as this stream has seen it; kept only where rules bound how values may change."""

from collections.abc import Iterable, Iterator

from guards.given import Access, Touched
from guards.known import KnownValues
from guards.objects import Before

Key = tuple[str, str, int]


class Memory:
    """The known values of one stream, by route, table and address."""

    __slots__ = ("_known",)

    def __init__(self) -> None:
        """Know nothing."""
        self._known = KnownValues()

    def befores(self, route: str, touched: Touched, now_monotonic: float) -> tuple[Before | None, ...]:
        """Return what each of these addresses holds."""
        return tuple(self._known.before(key, now_monotonic, place=key[1:]) for key in _keys(route, touched))

    def on_its_way(self, route: str, writes: Iterable[Access], now_monotonic: float) -> int:
        """Note what a request writes that was let through; return the moment, for ``learn``.

        Until it is confirmed its addresses are unknown, along every route: a station has several.
        """
        for access in writes:
            for key in _keys(route, access.touched):
                self._known.wrote(key, now_monotonic, place=key[1:])
        return self._known.moment

    def learn(self, route: str, accesses: Iterable[Access], now_monotonic: float, asked: int) -> None:
        """Learn what was read, or written and confirmed, by a request of that moment.

        A bit says nothing about the rest of its word.
        """
        for touched, values in accesses:
            if not touched.name and len(values) == touched.size:
                for key, value in zip(_keys(route, touched), values, strict=False):
                    self._known.saw(key, value, now_monotonic, asked=asked)


def _keys(route: str, touched: Touched) -> Iterator[Key]:
    if touched.first >= 0:
        for address in range(touched.first, touched.last + 1):
            yield route, touched.table, address
