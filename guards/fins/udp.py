"""The guard of FINS/UDP: each datagram is a frame, and the node addresses are not exchanged but known.

OMRON, CS and CJ Series Ethernet Units, Operation Manual: Construction of Applications (W421), section 7-3.
"""

from guards.arming import Armed
from guards.datagram_guard import DatagramGuard
from guards.datagrams import HEAD_BYTES, framed
from guards.effects import Direction, Effect
from guards.fins.access_right import AccessRight
from guards.fins.frames import FinsCodec
from guards.registers.conversation import Conversation
from policies.rules import Rules


class FinsUdpGuard(DatagramGuard):
    """The inspector of one stream of FINS/UDP; sans I/O, on the caller's clock."""

    __slots__ = ("_right",)

    def __init__(self, rules: Rules, *, device_timeout_seconds: float = 30.0, armed: Armed | None = None) -> None:
        """Compile ``rules``; a device that is silent for ``device_timeout_seconds`` is answered for with 0205."""
        super().__init__(
            Conversation(FinsCodec(), rules, device_timeout_seconds, armed, wrap=framed, is_datagrams=True)
        )
        self._right = AccessRight(HEAD_BYTES)

    def receive(self, direction: Direction, data: bytes, now_monotonic: float) -> list[Effect]:
        """See ``DatagramGuard``."""
        effects = super().receive(direction, data, now_monotonic)
        self._right.note(effects)
        return effects

    def on_tick(self, now_monotonic: float) -> list[Effect]:
        """See ``DatagramGuard``."""
        effects = super().on_tick(now_monotonic)
        self._right.note(effects)
        return effects

    def good_bye(self, now_monotonic: float) -> list[Effect]:  # noqa: ARG002 - the interface of all guards
        """Give the access right back."""
        return self._right.good_bye(framed)
