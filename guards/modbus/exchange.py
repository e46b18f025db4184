"""One Modbus request on its way, and what tells it apart: transaction, unit and function only.

Two open requests that agree in all three are never at the device together.
"""

from guards.effects import Operation
from guards.modbus.contents import Contents
from guards.modbus.functions import PDU_AT, Function


def key_of(adu: bytes) -> int:
    """Return what a response shares with its request: transaction, unit, function without the exception bit."""
    return adu[0] << 24 | adu[1] << 16 | adu[6] << 8 | adu[PDU_AT] & 0x7F


class Exchange:
    """One request on its way; with ``reply`` set it is an answer of the guard that keeps its place in the order."""

    __slots__ = ("adu", "contents", "deadline_monotonic", "function", "key", "operation", "reply")

    def __init__(self, adu: bytes, function: Function, contents: Contents, operation: Operation) -> None:
        """Wrap a decoded request that has not been forwarded yet."""
        self.adu = adu
        self.key = key_of(adu)
        self.function = function
        self.contents = contents
        self.operation = operation
        self.reply: bytes | None = None
        self.deadline_monotonic = 0.0

    @property
    def kept_bytes(self) -> int:
        """How many bytes are kept while it waits."""
        return len(self.reply or self.adu)
