"""The BACnet/IP guard: forwards what the rules allow, answers the rest as the device would, and says what it saw.

A datagram that cannot be read is dropped and recorded: nothing after it is harder to understand for that. Only a stream
that holds no datagrams any more is cut.
"""

from guards.arming import Armed
from guards.bacnet.from_asset import FromAsset
from guards.bacnet.from_user import FromUser
from guards.bacnet.limits import Limits
from guards.bacnet.state import State
from guards.datagrams import HEAD_BYTES, measure
from guards.effects import Cut, Direction, Effect
from guards.splitting import Splitter
from policies.rules import Rules

_TO_ASSET = Direction.TO_ASSET


class BacnetGuard:
    """The inspector of one stream of datagrams; sans I/O, on the caller's clock."""

    __slots__ = ("_asset", "_from_asset", "_from_user", "_is_cut", "_state", "_user")

    def __init__(self, rules: Rules, *, device_timeout_seconds: float = 30.0, armed: Armed | None = None) -> None:
        """Compile ``rules``; a device that is silent for ``device_timeout_seconds`` is answered for."""
        limits = Limits(rules)
        self._state = State(rules, device_timeout_seconds, armed, needs_values=limits.needs_values)
        self._user = FromUser(self._state, limits)
        self._asset = FromAsset(self._state)
        self._from_user, self._from_asset = Splitter(measure), Splitter(measure)
        self._is_cut = False

    @property
    def held_bytes(self) -> int:
        """How many peer bytes are kept, beside what at most 64 subscriptions are called."""
        return self._from_user.held_bytes + self._from_asset.held_bytes + self._state.dialogue.held_bytes

    def opened(self, now_monotonic: float) -> list[Effect]:  # noqa: ARG002 - the interface of all guards
        """Say nothing: the tool asks first."""
        return []

    def receive(self, direction: Direction, data: bytes, now_monotonic: float) -> list[Effect]:
        """Take the next bytes of one direction; any chunking of the same bytes gives the same effects."""
        if self._is_cut:
            return []
        effects: list[Effect] = []
        is_user = direction is _TO_ASSET
        frames, fault = (self._from_user if is_user else self._from_asset).feed(data)
        take = self._user.take if is_user else self._asset.take
        for frame in frames:
            take(frame, frame[HEAD_BYTES:], now_monotonic, effects)
        if fault is not None:
            self._is_cut = True
            self._state.end()
            self._from_user, self._from_asset = Splitter(measure), Splitter(measure)
            effects.append(Cut(fault.code, f"from the {'user' if is_user else 'asset'}'s side: {fault.reason}"))
        return effects

    def on_tick(self, now_monotonic: float) -> list[Effect]:
        """Answer for a silent device, and let the next requests go."""
        return self._state.dialogue.on_tick(now_monotonic)

    def next_tick_monotonic(self) -> float | None:
        """Return when the device will have been silent for too long, or ``None``."""
        return self._state.dialogue.next_tick_monotonic()

    def arm(self, fingerprint: bytes, until_monotonic: float) -> None:
        """Let the message with this ``fingerprint`` pass once, if it comes again in time."""
        self._state.dialogue.arm(fingerprint, until_monotonic)

    def asset_gone(self, now_monotonic: float) -> list[Effect]:  # noqa: ARG002 - the interface of all guards
        """Answer everything open, and from now on every request."""
        if self._is_cut:
            return []
        self._from_asset = Splitter(measure)
        return self._state.dialogue.asset_gone()

    def good_bye(self, now_monotonic: float) -> list[Effect]:  # noqa: ARG002 - the interface of all guards
        """Take back what the tool subscribed to."""
        return self._state.good_bye()
