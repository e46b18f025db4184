"""Time as a dependency, so that what depends on it can be tested without waiting."""

import time
from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """Two clocks: the wall's, for people and records, and a monotonic one, for deadlines."""

    def now(self) -> datetime:
        """Return the present as an aware UTC ``datetime``."""
        ...

    def monotonic(self) -> float:
        """Return seconds that never run backwards; the event loop's clock."""
        ...


class SystemClock:
    """The machine's own clocks."""

    def now(self) -> datetime:
        """Return the present as an aware UTC ``datetime``."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Return ``time.monotonic()``."""
        return time.monotonic()
