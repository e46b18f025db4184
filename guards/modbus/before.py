"""What stood in the registers before a write, for the change log: read right before it where the rules want that.

The guard's own read is an ordinary request (V1.1b3, 6.1 and 6.3) with a transaction that nothing open has. Only what
the rules let the session read is read, and only if the rate leaves room; else, and when the device does not answer, the
value is what the stream has seen, or nobody knows it.
"""

from collections.abc import Callable
from dataclasses import replace

from guards.effects import Operation, Value
from guards.known import FRESH_SECONDS, Sightings
from guards.modbus.contents import Span
from guards.modbus.exchange import Exchange, key_of
from guards.modbus.judge import Judge
from guards.modbus.tables import Table
from policies.rules import Rules, Tier

_READS = {Table.COILS: 1, Table.HOLDING: 3}
_LAST_TRANSACTION = 0xFFFF
_TRIES = 64


class Befores:
    """The values before writes on one stream."""

    __slots__ = ("_judge", "_quiet_until", "_reads_ahead", "_seen", "_transaction")

    def __init__(self, rules: Rules, judge: Judge) -> None:
        """Begin with nothing known."""
        self._judge = judge
        self._reads_ahead = rules.read_before_write
        self._seen = Sightings()
        self._transaction = _LAST_TRANSACTION
        self._quiet_until = 0.0

    def wants_to_read(self, exchange: Exchange, now: float) -> bool:
        """Tell whether a read is to go ahead of this request."""
        return self._reads_ahead and exchange.contents.writes is not None and now >= self._quiet_until

    def read_ahead(self, write: Exchange, is_taken: Callable[[int], bool], now: float) -> Exchange | None:
        """Return the read of what ``write`` will change; ``None`` where it may not be read."""
        span = write.contents.writes
        if span is None or span.table not in _READS:
            return None
        pdu = (
            bytes([_READS[span.table]])
            + span.first.to_bytes(2, "big")
            + (span.last - span.first + 1).to_bytes(2, "big")
        )
        for _ in range(_TRIES):
            self._transaction = (self._transaction - 1) % (_LAST_TRANSACTION + 1)
            adu = self._transaction.to_bytes(2, "big") + b"\0\0\0\x06" + write.adu[6:7] + pdu
            if not is_taken(key_of(adu)):
                function, contents, refusal = self._judge.judge(adu, now)
                return None if refusal is not None else Exchange.reading_for(write, adu, function, contents)
        return None

    def learn(self, exchange: Exchange, answer: Operation, now: float) -> None:
        """Learn from a sound answer what was read, and that a write arrived; a masked one's result stays unknown."""
        contents = exchange.contents
        if contents.writes is not None and contents.lows == contents.highs:
            self._saw(exchange, contents.writes, contents.values, now)
        if contents.reads is not None:
            self._saw(exchange, contents.reads, answer.values, now)

    def was_silent(self, now: float) -> None:
        """Leave a device that did not answer a read alone for a minute."""
        self._quiet_until = now + FRESH_SECONDS

    def on_its_way(self, exchange: Exchange, now: float) -> None:
        """Put what is known into a write that departs now; until it is confirmed its registers are unknown."""
        exchange.asked = self._seen.went()
        span = exchange.contents.writes
        if span is None:
            return
        key = exchange.adu[6], span.table
        if not exchange.operation.before:
            before = self._seen.before(key, span.first, span.last, now)
            if before:
                exchange.operation = replace(exchange.operation, before=before)
        self._seen.wrote(key, span.first, span.last, now, asked=exchange.asked)

    def _saw(self, exchange: Exchange, span: Span, values: tuple[Value, ...], now: float) -> None:
        if len(values) == span.last - span.first + 1:
            self._seen.saw((exchange.adu[6], span.table), span.first, values, now, asked=exchange.asked)


def may_write(rules: Rules) -> bool:
    """Tell whether anything may be written at all."""
    return bool((rules.tiers | rules.ask) - {Tier.READ})
