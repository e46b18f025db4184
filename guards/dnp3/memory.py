"""What the outputs of outstations are, as far as this stream has seen it; kept only where rules bound changes."""

from collections.abc import Iterable, Iterator, Sequence

from guards.given import Access
from guards.known import KnownValues
from guards.objects import NO_ADDRESS, Before

Key = tuple[int, str, int]


class Memory:
    """The known values of one stream, by outstation, table and index."""

    __slots__ = ("_known",)

    def __init__(self) -> None:
        """Know nothing."""
        self._known = KnownValues()

    def befores(self, outstation: int, accesses: Sequence[Access], now_monotonic: float) -> tuple[Access, ...]:
        """Return what is accessed together with what it is now."""
        return tuple(self._with_before(outstation, access, now_monotonic) for access in accesses)

    def _with_before(self, outstation: int, access: Access, now: float) -> Access:
        if not access.values or len(access.values) != access.touched.size:
            return access
        befores: list[Before | None] = [self._known.before(key, now) for key, _ in _each(outstation, access)]
        return access._replace(befores=tuple(befores))

    def on_its_way(self, outstation: int, accesses: Iterable[Access], now_monotonic: float) -> None:
        """Note that outputs are commanded; until that is confirmed, nobody knows what they are."""
        for access in accesses:
            for key, _ in _each(outstation, access):
                self._known.wrote(key, now_monotonic)

    def saw(self, outstation: int, accesses: Iterable[Access], now_monotonic: float) -> None:
        """Learn what an outstation told, or what it was commanded and has confirmed."""
        for access in accesses:
            for key, value in _each(outstation, access):
                self._known.saw(key, value, now_monotonic)


def _each(outstation: int, access: Access) -> Iterator[tuple[Key, float]]:
    """Yield each point with its value; nothing where there is not one for each."""
    touched, values = access.touched, access.values
    if touched.first != NO_ADDRESS and len(values) == touched.size:
        for at, value in enumerate(values):
            yield (outstation, touched.table, touched.first + at), value
