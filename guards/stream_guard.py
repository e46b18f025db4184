"""What guards of one stream have in common around what is said: cutting bytes into messages, ends, time, approvals.

A protocol gives ``take``, and says what it keeps and forgets; one with a ``Dialogue`` is a ``DialogueGuard``.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any

from guards.dialogue import Dialogue
from guards.effects import Cut, Direction, Effect
from guards.splitting import Cutter, FramingFault

_TO_ASSET, _TO_USER = Direction.TO_ASSET, Direction.TO_USER


class StreamGuard(ABC):
    """The shell of every guard; sans I/O, on the caller's clock."""

    __slots__ = ("_from_asset", "_from_user", "_is_cut", "_new_from_asset", "_new_from_user")

    def __init__(self, from_user: Callable[[], Cutter], from_asset: Callable[[], Cutter] | None = None) -> None:
        """Begin with nothing kept; the arguments make what cuts the bytes of each side."""
        self._new_from_user, self._new_from_asset = from_user, from_asset or from_user
        self._from_user, self._from_asset = self._new_from_user(), self._new_from_asset()
        self._is_cut = False

    @abstractmethod
    def take(self, direction: Direction, raw: bytes, now: float, effects: list[Effect]) -> FramingFault | None:
        """Take a whole message; return what ends the stream, if nothing after this can be understood."""

    @abstractmethod
    def forget(self) -> None:
        """Keep nothing any more: the stream was cut."""

    @property
    @abstractmethod
    def kept_bytes(self) -> int:
        """How many bytes of whole messages and of their pieces are kept."""

    @property
    def held_bytes(self) -> int:
        """How many peer bytes are kept."""
        return self._from_user.held_bytes + self._from_asset.held_bytes + self.kept_bytes

    def opened(self, now_monotonic: float) -> list[Effect]:  # noqa: ARG002 - the interface of all guards
        """Say nothing: the tool begins."""
        return []

    def receive(self, direction: Direction, data: bytes, now_monotonic: float) -> list[Effect]:
        """Take the next bytes of one direction; any chunking of the same bytes gives the same effects."""
        if self._is_cut:
            return []
        effects: list[Effect] = []
        messages, fault = (self._from_user if direction is _TO_ASSET else self._from_asset).feed(data)
        for raw in messages:
            wrong = self.take(direction, raw, now_monotonic, effects)
            if wrong is not None:
                fault = wrong
                break
        if fault is not None:
            effects.append(self.cut(direction, fault))
        return effects

    def good_bye(self, now_monotonic: float) -> list[Effect]:  # noqa: ARG002 - the interface of all guards
        """Say nothing: the protocol knows no good-bye but the FIN."""
        return []

    def cut(self, direction: Direction, fault: FramingFault) -> Cut:
        """End the stream: nothing is kept, and nothing more is said."""
        self._is_cut = True
        self.forget()
        self._from_user, self._from_asset = self._new_from_user(), self._new_from_asset()
        side = "user" if direction is _TO_ASSET else "asset"
        return Cut(fault.code, f"from the {side}'s side: {fault.reason}")

    def lose_asset(self) -> None:
        """Drop what the asset's side had begun to say."""
        self._from_asset = self._new_from_asset()


class DialogueGuard(StreamGuard):
    """A filter of requests and answers: its ``Dialogue`` knows the time, the approvals and the silent device."""

    __slots__ = ()

    @property
    @abstractmethod
    def dialogue(self) -> Dialogue[Any]:
        """The open requests."""

    @property
    def kept_bytes(self) -> int:
        """See ``StreamGuard``."""
        return self.dialogue.held_bytes

    def forget(self) -> None:
        """See ``StreamGuard``."""
        self.dialogue.end()

    def on_tick(self, now_monotonic: float) -> list[Effect]:
        """Answer for a silent device, and let the next requests go."""
        return self.dialogue.on_tick(now_monotonic)

    def next_tick_monotonic(self) -> float | None:
        """Return when the device will have been silent for too long, or ``None``."""
        return self.dialogue.next_tick_monotonic()

    def arm(self, fingerprint: bytes, until_monotonic: float) -> None:
        """Let the request with this ``fingerprint`` pass once, if it comes again in time."""
        self.dialogue.arm(fingerprint, until_monotonic)

    def asset_gone(self, now_monotonic: float) -> list[Effect]:  # noqa: ARG002 - the interface of all guards
        """Answer everything open, and from now on every request."""
        if self._is_cut:
            return []
        self.lose_asset()
        return self.dialogue.asset_gone()
