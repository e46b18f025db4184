"""Fakes of our own interfaces that the broker's tests share."""

from datetime import UTC, datetime, timedelta

START = datetime(2026, 3, 2, 8, 0, 0, tzinfo=UTC)


class FakeClock:
    """A clock that stands still until it is told to go on; both its faces move together."""

    def __init__(self, now: datetime = START) -> None:
        self._now = now
        self._monotonic = 1000.0

    def now(self) -> datetime:
        """Return the present as set."""
        return self._now

    def monotonic(self) -> float:
        """Return seconds that went on with ``now``."""
        return self._monotonic

    def advance(self, step: timedelta | float) -> None:
        """Let time pass: a ``timedelta`` or seconds."""
        seconds = step.total_seconds() if isinstance(step, timedelta) else step
        self._now += timedelta(seconds=seconds)
        self._monotonic += seconds
