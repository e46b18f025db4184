"""The guard of a protocol whose every datagram is one message.

A datagram that cannot be read is dropped and recorded: nothing after it is harder to understand for that. Only a stream
that holds no datagrams any more is cut.
"""

from typing import Any, Protocol

from guards.datagrams import HEAD_BYTES, measure
from guards.dialogue import Dialogue
from guards.effects import Cut, Direction, Effect
from guards.splitting import Splitter

_TO_ASSET = Direction.TO_ASSET


class Talk(Protocol):
    """What both sides of one stream say, message by message; ``raw`` is a message as it stands in the stream."""

    @property
    def dialogue(self) -> Dialogue[Any]:
        """The open requests."""
        ...

    def from_user(self, raw: bytes, message: bytes, now: float, effects: list[Effect], /) -> None:
        """Take what the tool says."""
        ...

    def from_asset(self, raw: bytes, message: bytes, now: float, effects: list[Effect], /) -> None:
        """Take what the device says."""
        ...

    def end(self) -> None:
        """Forget everything that is open."""
        ...


class DatagramGuard:
    """The inspector of one stream of datagrams; sans I/O, on the caller's clock."""

    __slots__ = ("_from_asset", "_from_user", "_is_cut", "_talk")

    def __init__(self, talk: Talk) -> None:
        """Begin with nothing said."""
        self._talk = talk
        self._from_user, self._from_asset = Splitter(measure), Splitter(measure)
        self._is_cut = False

    @property
    def held_bytes(self) -> int:
        """How many peer bytes are kept."""
        return self._from_user.held_bytes + self._from_asset.held_bytes + self._talk.dialogue.held_bytes

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
        take = self._talk.from_user if is_user else self._talk.from_asset
        for frame in frames:
            take(frame, frame[HEAD_BYTES:], now_monotonic, effects)
        if fault is not None:
            self._is_cut = True
            self._talk.end()
            self._from_user, self._from_asset = Splitter(measure), Splitter(measure)
            effects.append(Cut(fault.code, f"from the {'user' if is_user else 'asset'}'s side: {fault.reason}"))
        return effects

    def on_tick(self, now_monotonic: float) -> list[Effect]:
        """Answer for a silent device, and let the next requests go."""
        return self._talk.dialogue.on_tick(now_monotonic)

    def next_tick_monotonic(self) -> float | None:
        """Return when the device will have been silent for too long, or ``None``."""
        return self._talk.dialogue.next_tick_monotonic()

    def arm(self, fingerprint: bytes, until_monotonic: float) -> None:
        """Let the request with this ``fingerprint`` pass once, if it comes again in time."""
        self._talk.dialogue.arm(fingerprint, until_monotonic)

    def asset_gone(self, now_monotonic: float) -> list[Effect]:  # noqa: ARG002 - the interface of all guards
        """Answer everything open, and from now on every request."""
        if self._is_cut:
            return []
        self._from_asset = Splitter(measure)
        return self._talk.dialogue.asset_gone()

    def good_bye(self, now_monotonic: float) -> list[Effect]:  # noqa: ARG002 - the interface of all guards
        """Say nothing."""
        return []
