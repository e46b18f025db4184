"""A token bucket on the caller's clock, so that a fragile device never sees more requests than it was promised."""


class RateLimit:
    """Lets through ``per_second`` requests on average, and no more than were saved up at once."""

    __slots__ = ("_at_monotonic", "_capacity", "_per_second", "_tokens")

    def __init__(self, per_second: float, at_once: float | None = None) -> None:
        """Start full; ``per_second`` is above 0. ``at_once`` may come together, by default a second's worth."""
        self._per_second = per_second
        self._capacity = max(1.0, per_second if at_once is None else at_once)
        self._tokens = self._capacity
        self._at_monotonic: float | None = None

    def take(self, now_monotonic: float) -> bool:
        """Take one request's worth; return ``False`` if there is not enough."""
        self._earn(now_monotonic)
        if self._tokens < 1.0:
            return False
        self._tokens -= 1.0
        return True

    def is_full(self, now_monotonic: float) -> bool:
        """Tell whether nothing was taken of late, so that a new one would let through as much."""
        self._earn(now_monotonic)
        return self._tokens >= self._capacity

    def _earn(self, now_monotonic: float) -> None:
        if self._at_monotonic is not None:
            earned = max(0.0, now_monotonic - self._at_monotonic) * self._per_second
            self._tokens = min(self._capacity, self._tokens + earned)
        self._at_monotonic = now_monotonic
