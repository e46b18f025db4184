"""What the registers hold, as far as this stream has seen it; kept only where rules bound how values may change."""

from collections.abc import Sequence

from guards.effects import Operation, Value
from guards.known import KnownValues
from guards.modbus.contents import Contents, Span
from guards.modbus.exchange import Exchange
from guards.objects import Before


class Memory:
    """The known values of one stream."""

    __slots__ = ("_known",)

    def __init__(self) -> None:
        """Know nothing."""
        self._known = KnownValues()

    def befores(self, unit: int, contents: Contents, now_monotonic: float) -> list[Before | None]:
        """Return what the registers that a request would write are now."""
        keys = _keys(unit, contents.writes)
        return [self._known.before(key, now_monotonic, place=key[1:]) for key in keys]

    def on_its_way(self, exchange: Exchange, now_monotonic: float) -> None:
        """Note a request that was let through; until a write is confirmed its registers are unknown.

        Under every unit: many devices answer to all of them.
        """
        for key in _keys(exchange.adu[6], exchange.contents.writes):
            self._known.wrote(key, now_monotonic, place=key[1:])
        exchange.moment = self._known.moment

    def answered(self, exchange: Exchange, answer: Operation, now_monotonic: float) -> None:
        """Learn from a sound answer what was read, and that a write arrived; a masked one's result stays unknown."""
        contents = exchange.contents
        if contents.writes is not None and contents.lows == contents.highs:
            self._learn(exchange, contents.writes, contents.lows, now_monotonic)
        if contents.reads is not None:
            self._learn(exchange, contents.reads, answer.values, now_monotonic)

    def _learn(self, exchange: Exchange, span: Span, values: Sequence[Value], now: float) -> None:
        for key, value in zip(_keys(exchange.adu[6], span), values, strict=False):
            self._known.saw(key, float(value), now, asked=exchange.moment)


def _keys(unit: int, span: Span | None) -> list[tuple[int, str, int]]:
    return [] if span is None else [(unit, span.table.value, address) for address in range(span.first, span.last + 1)]
