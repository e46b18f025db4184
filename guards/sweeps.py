"""Sweeps: a session that touches very many different things in a short time looks for something, and does not work.

Counted are the objects that requests name (a range counts once), the sub-addresses and the functions, each by itself;
what was refused counts as well, for a sweep is seen by what it tries. Memory is bounded by the limits of the rules.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import NamedTuple

from guards.effects import Operation
from policies.rules import Scan, ScanAction

QUIET_SECONDS = 60.0
MAX_PAUSE_SECONDS = 5.0


class Kind(StrEnum):
    """What is swept over."""

    OBJECTS = "objects"
    SUB_ADDRESSES = "sub-addresses"
    FUNCTIONS = "functions"


class Sweep(NamedTuple):
    """More different things than ``scan`` takes. ``is_news``: nobody was told of it within its time, or a minute."""

    scan: Scan
    of: Kind
    things: int
    is_news: bool

    @property
    def pause_seconds(self) -> float:
        """How long to wait for the next new thing, so that no more come than the rule takes; at most 5 s."""
        return min(MAX_PAUSE_SECONDS, self.scan.seconds / self.scan.limit)

    @property
    def words(self) -> Mapping[str, object]:
        """What a sentence about it takes."""
        scan = self.scan
        return {"things": self.things, "kind": self.of, "seconds": scan.seconds, "limit": scan.limit}

    def __str__(self) -> str:
        """Return it in words."""
        return "{things} different {kind} within {seconds} s; the policy takes {limit}".format_map(self.words)


class Sweeps:
    """Watches one session, all its streams together."""

    __slots__ = ("_counters",)

    def __init__(self, scans: tuple[Scan, ...]) -> None:
        """Begin with nothing touched; without rules nothing is ever a sweep."""
        cuts_first = sorted(dict.fromkeys(scans), key=lambda scan: scan.action is not ScanAction.CUT)
        self._counters = tuple((kind, _Counter(scan)) for scan in cuts_first for kind in Kind)

    @property
    def is_watching(self) -> bool:
        """Whether there is any rule."""
        return bool(self._counters)

    def saw(self, operation: Operation, now_monotonic: float) -> Sweep | None:
        """Take an operation; return the gravest sweep that it continues by touching something new."""
        if operation.is_response:
            return None
        found: Sweep | None = None
        touched = _touched(operation)
        for kind, counter in self._counters:
            sweep = counter.touch(kind, touched[kind], now_monotonic)
            found = found or sweep
        return found


class _Counter:
    """What was touched lately, the longest ago first; no more is kept than one thing above the limit."""

    __slots__ = ("_scan", "_times", "_told_monotonic")

    def __init__(self, scan: Scan) -> None:
        self._scan = scan
        self._times: dict[int, float] = {}
        self._told_monotonic: float | None = None

    def touch(self, kind: Kind, things: tuple[object, ...], now: float) -> Sweep | None:
        times, scan = self._times, self._scan
        self._forget(now - scan.seconds)
        found = False
        for thing in things:
            key = hash(thing)  # of names, which may be long, only this is kept
            found |= times.pop(key, None) is None and len(times) >= scan.limit
            times[key] = now
            if len(times) > scan.limit + 1:
                del times[next(iter(times))]
        return Sweep(scan, kind, len(times), self._is_news(now)) if found else None

    def _forget(self, until: float) -> None:
        times = self._times
        while times and times[oldest := next(iter(times))] <= until:
            del times[oldest]

    def _is_news(self, now: float) -> bool:
        told = self._told_monotonic
        if told is not None and now - told < max(QUIET_SECONDS, self._scan.seconds):
            return False
        self._told_monotonic = now
        return True


def _touched(operation: Operation) -> dict[Kind, tuple[object, ...]]:
    has_place = operation.unit is not None or bool(operation.route)
    return {
        Kind.OBJECTS: operation.objects,
        Kind.SUB_ADDRESSES: ((operation.unit, operation.route),) if has_place else (),
        Kind.FUNCTIONS: ((operation.function_code, operation.function),),
    }
