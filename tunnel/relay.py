"""The relay: joins the user's side and the asset's side of one stream, and is the place where it ends.

Callbacks of the transports move the bytes; there is no task per stream and no await on the way.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from guards.effects import Direction, Effect
from tunnel.ends import End
from tunnel.frames import Notice


class EndedBy(StrEnum):
    """Whose doing the end was: the user's side, the asset's side, or this program (cut, deadline, idle, fault)."""

    USER = "user"
    ASSET = "asset"
    HERE = "here"


@dataclass(frozen=True, slots=True)
class RelayEnd:
    """How a stream ended. Byte counts are what this relay sent on towards each side.

    ``code`` is ``closed`` (regular), ``lost`` (a side vanished), ``idle``, ``deadline``, ``frame_*`` (the peer broke the
    framing), ``inspector_fault`` (an error of ours: failed closed), what ``cut`` was given, or what a peer's CUT said.
    """

    code: str
    detail: str
    bytes_to_asset: int
    bytes_to_user: int
    ended_by: EndedBy


class Inspector(Protocol):
    """What stands between the two sides: synchronous, and asked before anything is forwarded.

    Of the effects the relay carries out ``Forward``, ``Reply`` (``direction`` is the way the reply travels) and ``Cut``;
    ``Observed`` and ``Ask`` concern the inspector's owner and are skipped. Any exception cuts the stream.
    """

    def inspect(self, direction: Direction, data: bytes, now_monotonic: float) -> Iterable[Effect]:
        """Judge the next bytes of one direction."""
        ...

    def on_tick(self, now_monotonic: float) -> Iterable[Effect]:
        """Act on the time that passed."""
        ...

    def next_tick_monotonic(self) -> float | None:
        """When ``on_tick`` is wanted at the latest, or ``None``."""
        ...

    def asset_gone(self, now_monotonic: float) -> Iterable[Effect]:
        """Answer what is still open because the asset's side ended."""
        ...


class Relay:
    """Splice ``left`` (the user's side) and ``right`` (the asset's side) until one of them, or somebody, ends it.

    Must be made and used on the event loop's thread. ``on_end`` is called exactly once. ``idle_seconds`` counts payload
    in either direction. Times are of the loop's clock, which is ``time.monotonic()``.
    """

    def __init__(
        self,
        left: End,
        right: End,
        inspector: Inspector | None = None,
        *,
        idle_seconds: float | None,
        on_end: Callable[[RelayEnd], None],
        not_after_monotonic: float | None = None,
        on_notice: Callable[[Notice], None] | None = None,
    ) -> None: ...

    def start(self) -> None:
        """Let bytes flow. If a side is already gone, or the deadline has passed, the relay ends at once."""
        raise NotImplementedError

    def cut(self, code: str, reason: str = "") -> None:
        """End the stream now: not one more byte is taken from either side; framed ends learn code and reason."""
        raise NotImplementedError

    def extend(self, not_after_monotonic: float | None) -> None:
        """Move the deadline."""
        raise NotImplementedError

    def notify(self, notice: Notice) -> None:
        """Tell the user's side something (a NOTICE frame), if it speaks frames."""
        raise NotImplementedError

    def pause(self, token: object) -> None:
        """Take no more bytes from either side until every token that paused has resumed."""
        raise NotImplementedError

    def resume(self, token: object) -> None:
        """Withdraw one ``pause``."""
        raise NotImplementedError

    @property
    def bytes_to_asset(self) -> int:
        """Payload bytes sent on towards the asset so far."""
        raise NotImplementedError

    @property
    def bytes_to_user(self) -> int:
        """Payload bytes sent on towards the user so far."""
        raise NotImplementedError

    async def wait_closed(self) -> None:
        """Return when the relay has ended and both connections are gone."""
        raise NotImplementedError
