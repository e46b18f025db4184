"""What the variables hold, as far as this stream has seen it, byte by byte; kept only where rules bound changes."""

from collections.abc import Iterable

from guards.known import KnownValues
from guards.objects import Before
from guards.s7.contents import Written
from guards.s7.numbers import Number, read
from guards.s7.variables import Kind, Variable

Key = tuple[str, int, int]


class Memory:
    """The known bytes of one stream."""

    __slots__ = ("_known",)

    def __init__(self) -> None:
        """Know nothing."""
        self._known = KnownValues()

    def before(self, variable: Variable, number: Number, now_monotonic: float) -> Before | None:
        """Return what the bytes of a number are now, read as it will be."""
        if number.first < 0:
            return None
        width = variable.width if variable.is_numbered else 1
        keys = [
            (variable.table, address, byte) for address in range(number.first, number.last + 1) for byte in range(width)
        ]
        known = [self._known.before(key, now_monotonic) for key in keys]
        if not known or any(one is None for one in known):
            return None
        befores = [one for one in known if one is not None]
        data = bytes(int(one.value) for one in befores)
        if number.kind is Kind.BIT:
            data = bytes([data[0] >> int(variable.name.rpartition(".")[2]) & 1])
        written = [one.since_seconds for one in befores if one.since_seconds is not None]
        return Before(read(number, data), min(written, default=None))

    def on_its_way(self, writes: Iterable[Written], now_monotonic: float) -> int:
        """Note what a request writes that was let through; return the moment, for ``saw``.

        Until it is confirmed its bytes are unknown.
        """
        for variable, _ in writes:
            for key in _keys(variable):
                self._known.wrote(key, now_monotonic)
        return self._known.moment

    def moved(self) -> None:
        """Note that another CPU may answer from now on."""
        self._known.forget_values()

    def saw(self, variable: Variable, data: bytes, now_monotonic: float, asked: int) -> None:
        """Learn what was read, or was written and confirmed, by a request of that moment.

        A single bit says nothing about its byte.
        """
        if variable.kind is Kind.BIT:
            return
        keys = list(_keys(variable))
        if len(keys) == len(data):
            for key, byte in zip(keys, data, strict=True):
                self._known.saw(key, byte, now_monotonic, asked=asked)


def _keys(variable: Variable) -> Iterable[Key]:
    if variable.first < 0:
        return
    for address in range(variable.first, variable.last + 1):
        for byte in range(variable.width if variable.is_numbered else 1):
            yield variable.table, address, byte
