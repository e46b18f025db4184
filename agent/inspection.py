"""Puts the site's own guard into the relay, and tells the log what the plant's ceiling kept from a device."""

from collections.abc import Callable, Iterable

from guards.effects import Direction, Effect, Guard, Observed, Operation, Verdict

MAX_REPORTS = 20


class SiteInspector:
    """The relay's inspector on site: the guard decides, denials are reported (the first twenty of a stream)."""

    def __init__(self, guard: Guard, on_denied: Callable[[Operation], None]) -> None:
        """Wrap a fresh guard."""
        self._guard = guard
        self._on_denied = on_denied
        self.denied = 0
        self.next_tick_monotonic = guard.next_tick_monotonic

    def opened(self, now_monotonic: float) -> Iterable[Effect]:
        """Let the guard speak first."""
        return self._told(self._guard.opened(now_monotonic))

    def inspect(self, direction: Direction, data: bytes, now_monotonic: float) -> Iterable[Effect]:
        """Judge the next bytes of one direction."""
        return self._told(self._guard.receive(direction, data, now_monotonic))

    def on_tick(self, now_monotonic: float) -> Iterable[Effect]:
        """Act on the time that passed."""
        return self._told(self._guard.on_tick(now_monotonic))

    def asset_gone(self, now_monotonic: float) -> Iterable[Effect]:
        """Answer what is still open because the asset's side ended."""
        return self._told(self._guard.asset_gone(now_monotonic))

    def good_bye(self, now_monotonic: float) -> Iterable[Effect]:
        """Take leave of the device."""
        return self._told(self._guard.good_bye(now_monotonic))

    def _told(self, effects: list[Effect]) -> list[Effect]:
        for effect in effects:
            if isinstance(effect, Observed) and effect.operation.verdict is Verdict.DENIED:
                self.denied += 1
                if self.denied <= MAX_REPORTS:
                    self._on_denied(effect.operation)
        return effects
