"""When a policy holds: its weekly window and its freezes, and when that next changes."""

from collections.abc import Iterator
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from policies.durations import END_OF_DAY, parse_time
from policies.schema import Freeze, PolicySet
from policies.terms import Day, When
from policies.windows import WeeklyWindow

LOOK_AHEAD = timedelta(days=8)
"""Longer than any session may last (``access.max_duration`` is at most a week)."""

_DAYS = tuple(Day)


def window_of(when: When) -> WeeklyWindow | None:
    """Return the weekly window, or ``None`` where the policy names no days and times."""
    if when.timezone is None:
        return None
    days = frozenset(_DAYS.index(day) for day in when.days or _DAYS)
    zone = ZoneInfo(when.timezone)
    if when.opens is None or when.closes is None or (when.opens, when.closes) == ("00:00", END_OF_DAY):
        return WeeklyWindow(zone, days)
    closes = time() if when.closes == END_OF_DAY else parse_time(when.closes)
    return WeeklyWindow(zone, days, parse_time(when.opens), closes)


def freezes_of(when: When, policy_set: PolicySet) -> tuple[tuple[str, Freeze | None], ...]:
    """Return the named freezes in order of name; ``None`` stands for one that nobody defined."""
    return tuple((name, policy_set.freeze(name)) for name in sorted(when.freezes or ()))


def in_force(freeze: Freeze | None, at: datetime) -> bool:
    """Tell whether the freeze holds; one that nobody defined always does."""
    return freeze is None or freeze.spec.starts_at <= at < freeze.spec.ends_at


def denial_holds(when: When, policy_set: PolicySet, at: datetime) -> bool:
    """Tell whether a deny policy holds: in its window (if it has one) and in one of its freezes (if it names any)."""
    window, freezes = window_of(when), freezes_of(when, policy_set)
    in_window = window is None or window.end_of_open(at) is not None
    return in_window and (not freezes or any(in_force(freeze, at) for _, freeze in freezes))


def next_denial(when: When, policy_set: PolicySet, after: datetime) -> datetime | None:
    """Return the first moment later than ``after``, within eight days, at which a deny policy begins to hold."""
    moments = [freeze.spec.starts_at for _, freeze in freezes_of(when, policy_set) if freeze is not None]
    if window := window_of(when):
        moments.extend(_openings(window, after))
    later = sorted(moment for moment in moments if moment > after)
    return next((moment for moment in later if denial_holds(when, policy_set, moment)), None)


def _openings(window: WeeklyWindow, after: datetime) -> Iterator[datetime]:
    at = window.next_opening(after)
    while at is not None and at <= after + LOOK_AHEAD:
        yield at
        at = window.next_opening(at)
