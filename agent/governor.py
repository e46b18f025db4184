"""Protects fragile devices: how many connections one device address may have, and how often it may be connected to.

How often it may be asked for everything is counted here too, for guards to ask.
"""

from collections import defaultdict, deque
from dataclasses import dataclass, field

from agent.addresses import IPAddress
from agent.refusals import Refusal, RefusalCode
from guards.rate import RateLimit

WINDOW_SECONDS = 60.0
NAMED_HOLDERS = 3
Place = IPAddress | str
"""A device's address, or a serial line's device."""


@dataclass(slots=True)
class _Device:
    open: list[str] = field(default_factory=list)
    connects: deque[float] = field(default_factory=deque)
    interrogations: dict[int, RateLimit] = field(default_factory=dict)

    def is_idle(self, now_monotonic: float) -> bool:
        """Whether nothing is held against it any more."""
        limits = self.interrogations.values()
        return not self.open and not self.connects and all(limit.is_full(now_monotonic) for limit in limits)


class Governor:
    """Counts per device address, whatever the port or session; an attempt counts even when the device refuses it."""

    def __init__(self) -> None:
        """Start with no connection open."""
        self._devices: defaultdict[Place, _Device] = defaultdict(_Device)

    def admit(
        self, address: Place, *, max_open: int, max_per_minute: int, now_monotonic: float, holder: str = ""
    ) -> Refusal | None:
        """Take a place for one connection, to be given back with ``release``; or refuse and take nothing.

        ``holder`` is for whom: who is refused reads it.
        """
        device = self._devices[address]
        _slide(device, now_monotonic)
        if len(device.open) >= max_open:
            return Refusal(
                RefusalCode.TOO_MANY_CONNECTIONS,
                f"{address} already has {len(device.open)} connection(s) from here{_held_by(device.open)}, "
                f"the site allows {max_open}; close one, or raise max_connections in the ceiling file "
                "if the device bears it.",
            )
        if len(device.connects) >= max_per_minute:
            wait = device.connects[0] + WINDOW_SECONDS - now_monotonic
            return Refusal(
                RefusalCode.RATE_LIMITED,
                f"{address} was connected to {len(device.connects)} times within a minute, the site allows "
                f"{max_per_minute}; try again in {wait:.0f} s.",
            )
        device.open.append(holder)
        device.connects.append(now_monotonic)
        return None

    def release(self, address: Place, now_monotonic: float, holder: str = "") -> None:
        """Give one place back."""
        device = self._devices[address]
        if holder in device.open:
            device.open.remove(holder)
        self._drop_idle(now_monotonic)

    def interrogations(self, address: Place, max_per_minute: int) -> RateLimit:
        """Return what the device's guards ask before everything it has is read at once: one for all streams.

        It outlives them: who connects again has not waited.
        """
        limits = self._devices[address].interrogations
        return limits.setdefault(max_per_minute, RateLimit(max_per_minute / WINDOW_SECONDS, at_once=max_per_minute))

    def open_connections(self, address: Place) -> int:
        """Return how many places are taken."""
        return len(self._devices[address].open) if address in self._devices else 0

    def _drop_idle(self, now_monotonic: float) -> None:
        for device in self._devices.values():
            _slide(device, now_monotonic)
        idle = [address for address, device in self._devices.items() if device.is_idle(now_monotonic)]
        for address in idle:
            del self._devices[address]


def _held_by(holders: list[str]) -> str:
    named = [holder for holder in holders if holder]
    more = len(named) - NAMED_HOLDERS
    return f" (held by {'; '.join(named[:NAMED_HOLDERS])}{f'; {more} more' if more > 0 else ''})" if named else ""


def _slide(device: _Device, now_monotonic: float) -> None:
    while device.connects and device.connects[0] <= now_monotonic - WINDOW_SECONDS:
        device.connects.popleft()
