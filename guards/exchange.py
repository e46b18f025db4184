"""One request on its way to the device, and what its answer has to do with it."""

import hashlib
from collections.abc import Hashable

from guards.effects import Operation


class Exchange:
    """One request on its way; with ``reply`` set it is an answer of the guard that keeps its place in the order.

    ``raw`` is what is forwarded, ``said`` what makes two requests the same: everything but their reference.
    ``moment`` is that of ``KnownValues`` when it was let through, where a guard keeps values.
    ``wants_read``: what it writes is to be read first. ``reads_for`` is the write that the guard's own read is for.
    """

    __slots__ = (
        *("deadline_monotonic", "key", "moment", "operation", "raw", "reads_for", "repeats", "reply", "said"),
        "wants_read",
    )

    def __init__(self, key: Hashable, raw: bytes, said: bytes, operation: Operation) -> None:
        """Wrap a decoded request that has not been forwarded yet."""
        self.key = key
        self.raw = raw
        self.said = said
        self.operation = operation
        self.reply: bytes | None = None
        self.deadline_monotonic = 0.0
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


READ_FOR_RECORD = "read by the guard: the value before a write"
"""The reason that the record shows beside such a read, and beside its answer."""
