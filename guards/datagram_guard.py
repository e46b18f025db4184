"""The guard of a protocol whose every datagram is one message.

A datagram that cannot be read is dropped and recorded: nothing after it is harder to understand for that. Only a stream
that holds no datagrams any more is cut.
"""

from functools import partial
from typing import Any, Protocol

from guards.datagrams import HEAD_BYTES, measure
from guards.dialogue import Dialogue
from guards.effects import Direction, Effect
from guards.splitting import Splitter
from guards.stream_guard import DialogueGuard

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


class DatagramGuard(DialogueGuard):
    """The inspector of one stream of datagrams."""

    __slots__ = ("_talk",)

    def __init__(self, talk: Talk) -> None:
        """Begin with nothing said."""
        super().__init__(partial(Splitter, measure))
        self._talk = talk

    @property
    def dialogue(self) -> Dialogue[Any]:
        """See ``DialogueGuard``."""
        return self._talk.dialogue

    def take(self, direction: Direction, raw: bytes, now: float, effects: list[Effect]) -> None:
        """See ``StreamGuard``."""
        heard = self._talk.from_user if direction is _TO_ASSET else self._talk.from_asset
        heard(raw, raw[HEAD_BYTES:], now, effects)

    def forget(self) -> None:
        """See ``StreamGuard``."""
        self._talk.end()
