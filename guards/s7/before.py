"""What stood in the variables before a write, for the change log: read right before it where the rules want that.

The guard's own read names its variables exactly as the write does, under a reference that nothing open has. Only what
the rules let the session read is read; where that, the rate or the device says no, nothing is known.
"""

from collections.abc import Callable, Hashable
from dataclasses import replace

from guards.effects import Operation
from guards.known import FRESH_SECONDS
from guards.s7 import cotp, pdu
from guards.s7.connection import Connection
from guards.s7.exchange import S7Exchange
from guards.s7.functions import READ_VAR, WRITE_VAR
from guards.s7.judge import Judge, Judged
from guards.s7.pdu import Pdu
from policies.rules import Rules

_REFERENCES = 0x10000
_TRIES = 64


class Befores:
    """The reads ahead of writes on one stream. ``describe`` puts a judged request into words for the record."""

    __slots__ = ("_connection", "_describe", "_judge", "_quiet_until", "_reads_ahead", "_reference")

    def __init__(
        self, rules: Rules, judge: Judge, connection: Connection, describe: Callable[[Pdu, Judged], Operation]
    ) -> None:
        """Begin with nothing read."""
        self._judge = judge
        self._connection = connection
        self._describe = describe
        self._reads_ahead = rules.read_before_write
        self._reference = _REFERENCES - 1
        self._quiet_until = 0.0

    def wants_to_read(self, judged: Judged, now: float) -> bool:
        """Tell whether a read is to go ahead of this request."""
        return (
            self._reads_ahead and judged.code == WRITE_VAR and bool(judged.contents.writes) and now >= self._quiet_until
        )

    def read_ahead(self, write: S7Exchange, is_taken: Callable[[Hashable], bool], now: float) -> S7Exchange | None:
        """Return the read of what ``write`` will change; ``None`` where it may not be read."""
        if write.request.rosctr != pdu.JOB:
            return None
        parameters = bytes([READ_VAR]) + write.request.parameters[1:]
        for _ in range(_TRIES):
            self._reference = (self._reference - 1) % _REFERENCES
            request = Pdu(pdu.JOB, self._reference, parameters, b"")
            if not is_taken(request.key):
                break
        else:
            return None
        message = pdu.job(request)
        said = message[1:2] + message[6:]
        judged = self._judge.judge(request, said, now)
        if judged.refusal is not None:
            return None
        raw = cotp.data(message, self._connection.tpdu_bytes)
        own = S7Exchange(raw, said, request, judged.contents, self._describe(request, judged))
        own.reads_for = write
        return own

    def was_silent(self, now: float) -> None:
        """Leave a device that did not answer a read alone for a minute."""
        self._quiet_until = now + FRESH_SECONDS

    def on_its_way(self, exchange: S7Exchange, now: float) -> None:
        """Know nothing beside what was read."""

    def learn(self, own: S7Exchange, answer: Operation) -> None:
        """Put what was read into the write that it was read for; a read that failed in part tells nothing."""
        write = own.reads_for
        if write is not None and answer.exception_code is None and not answer.reason:
            write.operation = replace(write.operation, before=answer.values, is_before_read=True)
