"""One request on its way to the device, and what its answer has to do with it."""

import hashlib
from collections.abc import Hashable
from dataclasses import replace

from guards.effects import Direction, Observed, Operation, Value
from guards.reasons import UNSAID, Reason, why

_TO_USER = Direction.TO_USER


class Exchange:
    """One request on its way; with ``reply`` set it is an answer of the guard that keeps its place in the order.

    ``raw`` is what is forwarded, ``said`` what makes two requests the same: everything but their reference.
    ``moment`` is that of ``KnownValues`` when it was let through, where a guard keeps values.
    ``is_interrogation``: it asks for all that a device has at once.
    ``wants_read``: what it writes is to be read first. ``reads_for`` is the write that the guard's own read is for.
    """

    __slots__ = (
        *("deadline_monotonic", "key", "moment", "operation", "raw", "reads_for", "repeats", "reply", "said"),
        *("is_interrogation", "wants_read"),
    )

    def __init__(self, key: Hashable, raw: bytes, said: bytes, operation: Operation) -> None:
        """Wrap a decoded request that has not been forwarded yet."""
        self.key = key
        self.raw = raw
        self.said = said
        self.operation = operation
        self.reply: bytes | None = None
        self.deadline_monotonic = 0.0
        self.is_interrogation = False
        self.wants_read = False
        self.reads_for: Exchange | None = None
        self.repeats = 0
        self.moment = 0

    @property
    def kept_bytes(self) -> int:
        """How many bytes are kept while it waits."""
        return len(self.reply or self.raw)

    @property
    def fingerprint(self) -> bytes:
        """What identifies exactly this request, whatever its reference: SHA-256 over protocol, route and content."""
        spoken = f"{self.operation.protocol}\0{self.operation.route}\0".encode()
        return hashlib.sha256(spoken + self.said).digest()


FROM_INVENTORY = why("from_inventory")
"""The reason that the record shows beside such an answer."""
READ_FOR_RECORD = why("read_before_write")
"""The reason that the record shows beside such a read, and beside its answer."""


def answered(
    asked: Operation, values: tuple[Value, ...] = (), reason: Reason = UNSAID, exception_code: int | None = None
) -> Operation:
    """Return the answer to a request as an operation: field by field, which takes a fifth of ``replace``'s time."""
    return Operation(
        _TO_USER,
        asked.protocol,
        asked.function_code,
        asked.function,
        asked.tier,
        asked.verdict,
        True,
        asked.transaction,
        asked.unit,
        asked.objects,
        values,
        reason,
        exception_code,
        asked.route,
        asked.is_upload,
        asked.before,
        asked.is_before_read,
        asked.parts,
    )


def no_answer(seconds: float) -> Reason:
    """Return the reason of what a device left unanswered for so long."""
    return why("no_answer", seconds=f"{seconds:g}")


def read_in_vain(seconds: float) -> Reason:
    """Return the reason of a read of the guard's own that was left unanswered for so long."""
    return why("read_in_vain", seconds=f"{seconds:g}")


def read_for_record(answer: Operation) -> Observed:
    """Return what the record says of the answer to a read of the guard's own; the tool hears nothing of it."""
    return Observed(replace(answer, reason=answer.reason or READ_FOR_RECORD))
