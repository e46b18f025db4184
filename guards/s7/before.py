"""What stood in the variables before a write, for the change log: read right before it where the rules want that.

The guard's own read names its variables exactly as the write does, under a reference that nothing open has. Only what
the rules let the session read is read; where that, the rate or the device says no, nothing is known.
"""

from collections.abc import Callable, Hashable

from guards.effects import Operation
from guards.reading_ahead import ReadingAhead
from guards.s7 import cotp, pdu
from guards.s7.connection import Connection
from guards.s7.exchange import S7Exchange
from guards.s7.functions import READ_VAR, WRITE_VAR
from guards.s7.judge import Judge, Judged
from guards.s7.pdu import Pdu
from policies.rules import Rules

_REFERENCES = 0x10000


class Befores(ReadingAhead):
    """The reads ahead of writes on one stream. ``describe`` puts a judged request into words for the record."""

    __slots__ = ("_connection", "_describe", "_judge")

    def __init__(
        self, rules: Rules, judge: Judge, connection: Connection, describe: Callable[[Pdu, Judged], Operation]
    ) -> None:
        """Begin with nothing read."""
        super().__init__(rules, _REFERENCES)
        self._judge = judge
        self._connection = connection
        self._describe = describe

    def wants_to_read(self, judged: Judged, now: float) -> bool:
        """Tell whether a read is to go ahead of this request."""
        return self.is_due(now) and judged.code == WRITE_VAR and bool(judged.contents.writes)

    def read_ahead(self, write: S7Exchange, is_taken: Callable[[Hashable], bool], now: float) -> S7Exchange | None:
        """Return the read of what ``write`` will change; ``None`` where it may not be read."""
        if write.request.rosctr != pdu.JOB:
            return None
        parameters = bytes([READ_VAR]) + write.request.parameters[1:]
        reference = self.free(lambda one: is_taken(Pdu(pdu.JOB, one, parameters, b"").key))
        if reference is None:
            return None
        request = Pdu(pdu.JOB, reference, parameters, b"")
        message = pdu.job(request)
        said = message[1:2] + message[6:]
        judged = self._judge.judge(request, said, now)
        if judged.refusal is not None:
            return None
        raw = cotp.data(message, self._connection.tpdu_bytes)
        own = S7Exchange(raw, said, request, judged.contents, self._describe(request, judged))
        own.reads_for = write
        return own
