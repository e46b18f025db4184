"""What set points and outputs are, as far as this stream has seen it; kept only where rules bound how values change.

An address names one object of a station. What the station tells of it and what it confirmed count alike, if both carry
the value in the same way: a set point that is given scaled is not known from a measured value in floating point.
"""

from collections.abc import Sequence

from guards.given import Touched
from guards.iec104.frames import Asdu
from guards.iec104.types import ACTIVATION
from guards.iec104.values import KINDS, NUMBERS
from guards.known import KnownValues
from guards.objects import Before


class Memory:
    """The known values of one stream."""

    __slots__ = ("_known",)

    def __init__(self) -> None:
        """Know nothing."""
        self._known = KnownValues()

    def before(self, asdu: Asdu, touched: Touched, now_monotonic: float) -> Sequence[Before | None]:
        """Return what objects of an ASDU are now. Of one that it names twice, nobody knows what it is in between."""
        number = NUMBERS.get(asdu.type_id.code)
        if number is None or len(asdu.accesses) > len({access.touched.first for access in asdu.accesses}):
            return [None] * touched.size
        known, station = self._known, asdu.common_address
        addresses = range(touched.first, touched.last + 1)
        return [known.before((station, address, number.kind), now_monotonic) for address in addresses]

    def on_its_way(self, asdu: Asdu, now_monotonic: float) -> None:
        """Note a command that was let through; until it is confirmed its objects are unknown, however one asks."""
        if asdu.is_select or asdu.cause != ACTIVATION:
            return
        for touched, _ in asdu.accesses:
            for address in range(touched.first, touched.last + 1):
                for kind in KINDS:
                    self._known.wrote((asdu.common_address, address, kind), now_monotonic)

    def saw(self, asdu: Asdu, now_monotonic: float) -> None:
        """Learn from what the station tells or confirms, unless it does not trust it itself."""
        number = NUMBERS.get(asdu.type_id.code)
        if number is None or asdu.is_negative or asdu.is_select or asdu.is_invalid:
            return
        for touched, said in asdu.accesses:
            for address, value in zip(range(touched.first, touched.last + 1), said, strict=False):
                self._known.saw((asdu.common_address, address, number.kind), value, now_monotonic)
