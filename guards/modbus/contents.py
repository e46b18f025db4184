"""What a Modbus request touches, in values that limits can be held against."""

from struct import Struct
from typing import NamedTuple

from guards.malformations import flaw
from guards.modbus.framing import MAX_ADU_BYTES, ExceptionCode
from guards.modbus.tables import Table
from guards.reasons import Reason

ADDRESSES = 65536
_WORDS = tuple(Struct(f">{count}H") for count in range(MAX_ADU_BYTES // 2 + 1))


class Span(NamedTuple):
    """Consecutive addresses of one table, ``last`` included; zero-based."""

    table: Table
    first: int
    last: int

    def __str__(self) -> str:
        """Return it as policies and people write it: ``holding 100-119``."""
        if self.first == self.last:
            return f"{self.table.value} {self.first}"
        return f"{self.table.value} {self.first}-{self.last}"


class Contents(NamedTuple):
    """The meaning of a request's PDU.

    ``values`` is what is written, raw; ``lows`` and ``highs`` the least and greatest result that each written object
    can have: they differ from ``values`` only where the result depends on what the device holds (mask write).
    ``outside_tables`` marks memory that no address range can name (file records, UMAS).
    """

    reads: Span | None = None
    writes: Span | None = None
    values: tuple[int, ...] = ()
    lows: tuple[int, ...] = ()
    highs: tuple[int, ...] = ()
    objects: tuple[str, ...] = ()
    outside_tables: bool = False


class Malformed(NamedTuple):
    """A PDU that the specification does not allow for its function, and the exception that it earns."""

    reason: Reason
    exception_code: ExceptionCode = ExceptionCode.ILLEGAL_DATA_VALUE


EMPTY = Contents()
TOO_FAR = Malformed(flaw("beyond_65535"), ExceptionCode.ILLEGAL_DATA_ADDRESS)


def bits(packed: bytes, count: int) -> tuple[int, ...]:
    """Return ``count`` bits of ``packed``, least significant first (V1.1b3, 6.1)."""
    number = int.from_bytes(packed, "little")
    return tuple([number >> at & 1 for at in range(count)])


def words(packed: bytes) -> tuple[int, ...]:
    """Return the big-endian 16-bit words of ``packed`` (at most one ADU's); an odd last byte is left out."""
    return _WORDS[len(packed) // 2].unpack_from(packed)
