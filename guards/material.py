"""What guards that terminate their protocol are given from outside."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class GuardMaterial:
    """What a guard that terminates its protocol needs from outside, since guards are pure.

    ``random`` returns so many unpredictable bytes (nonces, ids). ``started_at`` and ``started_monotonic`` are one
    moment on both clocks. ``certificate`` and ``private_key`` (DER; PKCS #8) are ours towards users' tools, if any.
    """

    random: Callable[[int], bytes]
    started_at: datetime
    started_monotonic: float
    certificate: bytes = b""
    private_key: bytes = b""

    def wall_time(self, now_monotonic: float) -> datetime:
        """Return the wall time of a moment of the monotonic clock."""
        return self.started_at + timedelta(seconds=now_monotonic - self.started_monotonic)
