"""One Modbus request on its way, and what tells it apart: transaction, unit and function only.

Two open requests that agree in all three are never at the device together.
"""

from guards.effects import Direction, Operation, Verdict
from guards.exchange import READ_FOR_RECORD
from guards.modbus.contents import Contents
from guards.modbus.functions import PDU_AT, Function


def key_of(adu: bytes) -> int:
    """Return what a response shares with its request: transaction, unit, function without the exception bit."""
    return adu[0] << 24 | adu[1] << 16 | adu[6] << 8 | adu[PDU_AT] & 0x7F


class Exchange:
    """One request on its way; with ``reply`` set it is an answer of the guard that keeps its place in the order.

    ``asked`` is its number among those that departed, for ``Sightings``.
    ``wants_read``: what it writes is to be read first. ``reads_for`` is the write that the guard's own read is for.
    """

    __slots__ = (
        "adu",
        "asked",
        "contents",
        "deadline_monotonic",
        "function",
        "key",
        "moment",
        "operation",
        "reads_for",
        "reply",
        "wants_read",
    )
    repeats = 0

    def __init__(self, adu: bytes, function: Function, contents: Contents, operation: Operation) -> None:
        """Wrap a decoded request that has not been forwarded yet."""
        self.adu = adu
        self.key = key_of(adu)
        self.function = function
        self.contents = contents
        self.operation = operation
        self.reply: bytes | None = None
        self.wants_read = False
        self.reads_for: Exchange | None = None
        self.deadline_monotonic = 0.0
        self.moment = 0
        self.asked = 0

    @classmethod
    def reading_for(cls, write: "Exchange", adu: bytes, function: Function, contents: Contents) -> "Exchange":
        """Return the guard's own read of what ``write`` will change."""
        operation = Operation(
            Direction.TO_ASSET,
            write.operation.protocol,
            function.code,
            function.name,
            function.tier,
            Verdict.ALLOWED,
            transaction=adu[0] << 8 | adu[1],
            unit=adu[6],
            objects=contents.objects,
            reason=READ_FOR_RECORD,
        )
        exchange = cls(adu, function, contents, operation)
        exchange.reads_for = write
        return exchange

    @property
    def kept_bytes(self) -> int:
        """How many bytes are kept while it waits."""
        return len(self.reply or self.adu)
