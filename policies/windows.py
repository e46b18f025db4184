"""Weekly windows in a plant's own time, through daylight-saving changes.

A wall time that is missing or ambiguous is read in the way that makes the window shorter: it opens at the later and
closes at the earlier of its two meanings. Whole days join without a hole. Windows are half-open: [opens, closes).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

_ONE_DAY = timedelta(days=1)
_LOOK_AHEAD_DAYS = 9


@dataclass(frozen=True, slots=True)
class WeeklyWindow:
    """The days (Monday is 0) and wall times at which something holds; no times mean whole days.

    Where ``closes`` is not after ``opens`` the window crosses midnight and belongs to the day on which it opens.
    """

    zone: ZoneInfo
    days: frozenset[int]
    opens: time | None = None
    closes: time | None = None

    def end_of_open(self, at: datetime) -> datetime | None:
        """Return when the window that is open at ``at`` closes (UTC), or ``None`` if none is open then.

        Adjoining whole days count as one; where all seven are open, the answer lies more than a week ahead.
        """
        end = None
        for opens, closes in self._around(at, _LOOK_AHEAD_DAYS if self.opens is None else 1):
            if opens <= (end or at) < closes:
                end = closes
        return end

    def next_opening(self, after: datetime) -> datetime | None:
        """Return the next moment later than ``after`` at which a window opens (UTC), within nine days."""
        return next((opens for opens, _ in self._around(after, _LOOK_AHEAD_DAYS) if opens > after), None)

    def _around(self, at: datetime, days_ahead: int) -> Iterator[tuple[datetime, datetime]]:
        first = at.astimezone(self.zone).date() - 2 * _ONE_DAY
        for number in range(days_ahead + 3):
            day = first + number * _ONE_DAY
            if day.weekday() in self.days:
                opens, closes = self._bounds(day)
                if opens < closes:
                    yield opens, closes

    def _bounds(self, day: date) -> tuple[datetime, datetime]:
        opens = _meanings(day, self.opens or time(), self.zone)
        if self.opens is None and self.closes is None:
            return opens[0], _meanings(day + _ONE_DAY, time(), self.zone)[0]
        crosses = self.closes is None or self.closes <= (self.opens or time())
        closes = _meanings(day + _ONE_DAY if crosses else day, self.closes or time(), self.zone)
        return max(opens), min(closes)


def _meanings(day: date, wall: time, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """Return both readings of a wall time; they differ only where the clocks change."""
    first = datetime.combine(day, wall, zone)
    return first.astimezone(UTC), first.replace(fold=1).astimezone(UTC)
