"""What guards are given from outside, since they are pure."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from guards.arming import Armed
from guards.rate import RateLimit
from policies.identity import DeviceIdentity


@dataclass(frozen=True, slots=True)
class GuardMaterial:
    """What a guard needs from outside.

    ``armed`` are the approvals that the streams of the session share. ``interrogations`` is how often the device may
    be asked for all that it has at once, whoever asks; ``None``: as often as tools like.
    The rest is for guards that terminate their protocol: ``random`` returns so many unpredictable bytes (nonces, ids).
    ``started_at`` and ``started_monotonic`` are one moment on both clocks. ``identity`` is who the device is, where the
    inventory says so. ``certificate`` and ``private_key`` (DER; PKCS #8) are ours towards users' tools, if any.
    """

    random: Callable[[int], bytes]
    started_at: datetime
    started_monotonic: float
    certificate: bytes = b""
    private_key: bytes = b""
    armed: Armed = field(default_factory=Armed)
    identity: DeviceIdentity | None = None
    interrogations: RateLimit | None = None

    def wall_time(self, now_monotonic: float) -> datetime:
        """Return the wall time of a moment of the monotonic clock."""
        return self.started_at + timedelta(seconds=now_monotonic - self.started_monotonic)
