"""What is known of the values of properties, station by station (see ``guards.known``)."""

from collections.abc import Iterable, Sequence

from guards.bacnet.answers import Learned
from guards.bacnet.npdu import Station
from guards.given import Access, Touched
from guards.known import KnownValues
from guards.objects import Before


class Values:
    """The newest values that answers on this stream showed.

    A write that a device took makes a value unknown, not known: a command of a higher priority may stand above it
    (clause 19.2).
    """

    __slots__ = ("_is_wanted", "_known")

    def __init__(self, *, is_wanted: bool) -> None:
        """Know nothing, and learn nothing unless rules want to know."""
        self._is_wanted = is_wanted
        self._known = KnownValues()

    def befores(self, station: Station, touched: Touched, now: float) -> list[Before | None]:
        """Return what each of these objects holds."""
        table, first, last, name = touched
        each = [Touched(table, at, at, name) for at in range(first, last + 1)]
        return [self._known.before((station, one), now) for one in each]

    def on_its_way(self, station: Station, accesses: Sequence[Access], now: float) -> int:
        """Note that objects are being written; return the moment, for ``saw``."""
        for access in accesses if self._is_wanted else ():
            self._known.wrote((station, access.touched), now)
        return self._known.moment

    def saw(self, station: Station, learned: Iterable[Learned], now: float, asked: int) -> None:
        """Note what an answer says that was asked for at the moment ``asked``."""
        for touched, value in learned if self._is_wanted else ():
            self._known.saw((station, touched), value, now, asked=asked)
