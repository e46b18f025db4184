"""Datagrams of a protocol that nobody reads, in a session that must be watched: what comes unwatched is dropped.

They are not held as bytes of a stream are: a tool says again what nobody answered, and late it would surprise.
"""

from functools import partial

from guards.arming import Armed
from guards.datagrams import measure
from guards.effects import Direction, Effect, Forward, Observed, Operation, Verdict
from guards.reasons import why
from guards.splitting import Splitter
from guards.stream_guard import StreamGuard
from policies.protocols import OPAQUE_DATAGRAMS
from policies.rules import Tier

_TO_ASSET = Direction.TO_ASSET
_DROPPED = Operation(
    _TO_ASSET, OPAQUE_DATAGRAMS, 0, "datagram", Tier.FIRMWARE, Verdict.DENIED, reason=why("unwatched")
)  # fmt: skip
"""What is not understood counts as the worst."""


class WatchedDatagrams(StreamGuard):
    """The inspector of one stream of datagrams; what is dropped is put on record, what passes is nobody's to read."""

    __slots__ = ("_armed",)

    def __init__(self, armed: Armed) -> None:
        """Begin with nothing kept; ``armed`` says whether somebody watches."""
        super().__init__(partial(Splitter, measure))
        self._armed = armed

    @property
    def kept_bytes(self) -> int:
        """See ``StreamGuard``."""
        return 0

    def take(self, direction: Direction, raw: bytes, now: float, effects: list[Effect]) -> None:  # noqa: ARG002
        """See ``StreamGuard``."""
        is_dropped = direction is _TO_ASSET and self._armed.is_unwatched
        effects.append(Observed(_DROPPED) if is_dropped else Forward(direction, raw))

    def forget(self) -> None:
        """See ``StreamGuard``."""

    def on_tick(self, now_monotonic: float) -> list[Effect]:  # noqa: ARG002 - the interface of all guards
        """Wait for nothing."""
        return []

    def next_tick_monotonic(self) -> float | None:
        """Want no time."""
        return None

    def arm(self, fingerprint: bytes, until_monotonic: float) -> None:
        """See ``Guard``; nothing is ever asked."""
        self._armed.arm(fingerprint, until_monotonic)

    def asset_gone(self, now_monotonic: float) -> list[Effect]:  # noqa: ARG002 - the interface of all guards
        """Owe nobody an answer."""
        return []
