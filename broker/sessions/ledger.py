"""What a live session has said so far: counted as its recording counts it, and the last of it kept for who watches."""

from collections import deque
from datetime import datetime, timedelta
from itertools import islice
from typing import NamedTuple

from guards.effects import Operation, Verdict
from policies.rules import Tier
from tunnel.clock import Clock

KEPT_OPERATIONS = 1000
RATE_SECONDS = 10.0


class SeenOperation(NamedTuple):
    """An operation with its number in the session (from 1 on), when it was seen, and the number of its stream."""

    number: int
    at_monotonic: float
    stream: int
    operation: Operation


class Missed(NamedTuple):
    """What came after a number: how many of it are kept no more, and those that are."""

    dropped: int
    kept: list[SeenOperation]


class Ledger:
    """One session's. Belongs to the event loop's thread; ``take`` stands in the relay's path and does next to nothing.

    Requests are counted, their answers not. ``tiers_used`` are those of the requests that passed.
    """

    def __init__(self, clock: Clock, *, kept: int = KEPT_OPERATIONS) -> None:
        self.number = 0
        self.operations = 0
        self.writes = 0
        self.denials = 0
        self.tiers_used: set[Tier] = set()
        self._kept: deque[SeenOperation] = deque(maxlen=kept)
        self._monotonic = clock.monotonic
        self._began_at, self._began_monotonic = clock.now(), clock.monotonic()

    def take(self, stream: int, operation: Operation) -> None:
        """Count an operation and keep it until a thousand later ones have come."""
        self.number = number = self.number + 1
        self._kept.append(SeenOperation(number, self._monotonic(), stream, operation))
        if operation.is_response:
            return
        self.operations += 1
        if operation.verdict is not Verdict.ALLOWED:
            self.denials += 1
            return
        tier = operation.tier
        self.tiers_used.add(tier)
        if tier is not Tier.READ:
            self.writes += 1

    @property
    def forgotten(self) -> int:
        """The number of the last operation that is kept no more; 0 while all are."""
        return self.number - len(self._kept)

    def after(self, number: int, limit: int) -> Missed:
        """Return what came after ``number``, the oldest first, at most ``limit`` of it."""
        first = self.forgotten + 1
        start = max(number + 1, first)
        return Missed(max(0, first - number - 1), list(islice(self._kept, start - first, start - first + limit)))

    def at(self, seen: SeenOperation) -> datetime:
        """Return when an operation was seen."""
        return self._began_at + timedelta(seconds=seen.at_monotonic - self._began_monotonic)

    @property
    def rate(self) -> float:
        """Requests per second over the last ten seconds, or over what is kept where that is less."""
        now = self._monotonic()
        since = now - RATE_SECONDS
        if len(self._kept) == self._kept.maxlen:
            since = max(since, self._kept[0].at_monotonic)
        recent = sum(seen.at_monotonic >= since and not seen.operation.is_response for seen in self._kept)
        return recent / (now - since) if now > since else 0.0
