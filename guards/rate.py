"""A token bucket on the caller's clock, so that a fragile device never sees more requests than it was promised."""


class RateLimit:
    """Lets through ``per_second`` requests on average, and at most one second's worth at once."""

    __slots__ = ("_at_monotonic", "_capacity", "_per_second", "_tokens")

    def __init__(self, per_second: float) -> None:
        """Start full; ``per_second`` is above 0."""
        self._per_second = per_second
        self._capacity = max(1.0, per_second)
        self._tokens = self._capacity
        self._at_monotonic: float | None = None

    def take(self, now_monotonic: float) -> bool:
        """Take one request's worth; return ``False`` if there is not enough."""
        if self._at_monotonic is not None:
            earned = max(0.0, now_monotonic - self._at_monotonic) * self._per_second
            self._tokens = min(self._capacity, self._tokens + earned)
        self._at_monotonic = now_monotonic
        if self._tokens < 1.0:
            return False
        self._tokens -= 1.0
        return True
