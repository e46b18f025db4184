"""Arm-then-act: an operation that was refused and then approved passes once, if it is repeated exactly and in time.

And the word above all others: where a session must be watched, nothing of the tool's passes while nobody watches.
"""

MAX_ARMED = 32


class Armed:
    """The approved operations that have not been repeated yet, by their fingerprints.

    The streams of one session share one: whichever repeats an operation first uses its approval up for all.
    ``is_unwatched``: somebody of the plant must watch, and nobody does. Approvals stay good meanwhile.
    """

    __slots__ = ("_until", "is_unwatched")

    def __init__(self, *, is_unwatched: bool = False) -> None:
        """Begin with none."""
        self._until: dict[bytes, float] = {}
        self.is_unwatched = is_unwatched

    def arm(self, fingerprint: bytes, until_monotonic: float) -> None:
        """Let this operation pass once before ``until_monotonic``; of more than 32, the oldest approval lapses."""
        self._until.pop(fingerprint, None)
        self._until[fingerprint] = until_monotonic
        if len(self._until) > MAX_ARMED:
            del self._until[next(iter(self._until))]

    def take(self, fingerprint: bytes, now_monotonic: float) -> bool:
        """Tell whether this operation may pass now, and use its approval up."""
        until = self._until.pop(fingerprint, None)
        return until is not None and now_monotonic < until
