"""The relay: joins the user's side and the asset's side of one stream, and is the place where it ends.

Callbacks of the transports move the bytes; there is no task per stream and no await on the way.
"""

import asyncio
import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import Enum, StrEnum, auto
from typing import Protocol

from guards.effects import Cut, Direction, Effect, Forward, Reply
from tunnel.ends import End
from tunnel.frames import HEADER_BYTES, CutFrame, Fault, Notice


class EndedBy(StrEnum):
    """Whose doing the end was: the user's side, the asset's side, or this program (cut, deadline, idle, fault)."""

    USER = "user"
    ASSET = "asset"
    HERE = "here"


@dataclass(frozen=True, slots=True)
class RelayEnd:
    """How a stream ended. Byte counts are what this relay sent on towards each side.

    ``code`` is ``closed`` (regular), ``lost`` (a side vanished), ``idle``, ``deadline``, ``frame_*`` (a peer broke the
    framing), ``inspector_fault`` (an error of ours: failed closed; then ``error`` says which), what ``cut`` was given,
    or what a peer's CUT said.
    """

    code: str
    detail: str
    bytes_to_asset: int
    bytes_to_user: int
    ended_by: EndedBy
    error: Exception | None = None


class Inspector(Protocol):
    """What stands between the two sides: synchronous, and asked before anything is forwarded.

    Of the effects the relay carries out ``Forward``, ``Reply`` (``direction`` is the way the reply travels) and
    ``Cut``; ``Observed`` and ``Ask`` concern the inspector's owner and are skipped. Any exception cuts the stream.
    """

    def opened(self, now_monotonic: float) -> Iterable[Effect]:
        """Speak first; called once, before any ``inspect``."""
        ...

    def inspect(self, direction: Direction, data: bytes, now_monotonic: float) -> Iterable[Effect]:
        """Judge the next bytes of one direction. To forward ``data`` itself, not a copy, is the fast way."""
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

    def good_bye(self, now_monotonic: float) -> Iterable[Effect]:
        """Take leave of the asset before its FIN; called at most once. Only a ``Reply`` to the asset is carried out."""
        ...


MAX_GOOD_BYE_BYTES = 4096
DRAIN_SECONDS = 300.0
MAX_KEPT_BYTES = 64 * 1024
"""Above this, and one chunk (256 KiB) more at most, input that is held waits with the user's side."""


class _Phase(Enum):
    NEW = auto()
    RELAYING = auto()
    DRAINING = auto()
    ENDED = auto()


class Relay:
    """Splice ``left`` (the user's side) and ``right`` (the asset's side) until one of them, or somebody, ends it.

    Must be made and used on the event loop's thread. ``on_end`` is called exactly once. ``idle_seconds`` counts payload
    in either direction. Times are of the loop's clock, which is ``time.monotonic()``. While paused, at most one chunk
    (256 KiB) that was already read is still inspected.
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
    ) -> None:
        self._left, self._right = left, right
        self._inspector = inspector
        self._idle_seconds = idle_seconds
        self._not_after = _or_never(not_after_monotonic)
        self._on_end, self._on_notice = on_end, on_notice
        self._loop = asyncio.get_running_loop()
        self._time = self._loop.time
        self._phase = _Phase.NEW
        self._last_payload = self._time()
        self._wake: asyncio.TimerHandle | None = None
        self._wake_at = math.inf
        self._pauses: set[object] = set()
        self._holds_input = False
        self._kept: list[bytes] = []
        self._kept_bytes = 0
        self._keeps_eof = False
        self._eof_from: list[End] = []
        self._closed_by: set[End] = set()
        self._replied_to: set[End] = set()
        self._has_said_good_bye = False
        self._bytes_to_asset = 0
        self._bytes_to_user = 0

    @property
    def bytes_to_asset(self) -> int:
        """Payload bytes sent on towards the asset so far."""
        return self._bytes_to_asset

    @property
    def bytes_to_user(self) -> int:
        """Payload bytes sent on towards the user so far."""
        return self._bytes_to_user

    def start(self) -> None:
        """Let bytes flow. If a side is already gone, or the deadline has passed, the relay ends at once.

        A relay that was cut before it started stays ended.
        """
        if self._phase is _Phase.ENDED:
            return
        self._phase = _Phase.RELAYING
        self._last_payload = self._time()
        ends = (self._left, self._right)
        for end in ends:
            end.bind(self)
        self._check_time()
        for end in ends:
            if end.lost:
                self.on_lost(end, None)
        if self._phase is _Phase.RELAYING:
            self._run(lambda inspector: inspector.opened(self._time()))
        for end in ends:
            end.release(self)
        self.on_pressure()

    def cut(self, code: str, reason: str = "") -> None:
        """End the stream now: not one more byte is taken from either side; framed ends learn code and reason."""
        self._end(code, reason, EndedBy.HERE)

    def extend(self, not_after_monotonic: float | None) -> None:
        """Move the deadline."""
        self._not_after = _or_never(not_after_monotonic)
        if self._phase in (_Phase.RELAYING, _Phase.DRAINING):
            self._check_time()

    def notify(self, notice: Notice) -> None:
        """Tell the user's side something (a NOTICE frame), if it speaks frames."""
        if self._phase is _Phase.RELAYING:
            self._left.notify(notice)

    def pause(self, token: object) -> None:
        """Take no more bytes from either side until every token that paused has resumed."""
        self._pauses.add(token)
        self.on_pressure()

    def resume(self, token: object) -> None:
        """Withdraw one ``pause``."""
        self._pauses.discard(token)
        self.on_pressure()

    def hold_input(self) -> None:
        """Send the asset nothing of what the user's side says from now on; what the asset says flows on.

        It is kept, and neither judged nor recorded, up to a bound; then it waits in the network. A user's side that
        ends takes it along, so that nothing is delivered for somebody who is gone.
        """
        self._holds_input = True

    def release_input(self) -> None:
        """Let what was kept go, in its order, and everything after it."""
        self._holds_input = False
        kept, self._kept, self._kept_bytes = self._kept, [], 0
        for data in kept:
            view = memoryview(bytearray(HEADER_BYTES) + data)
            self.on_data(self._left, view, HEADER_BYTES, len(view))
        if self._keeps_eof:
            self._keeps_eof = False
            self.on_eof(self._left)
        self.on_pressure()

    async def wait_closed(self) -> None:
        """Return when the relay has ended and both connections are gone."""
        await self._left.wait_lost()
        await self._right.wait_lost()

    # From the ends.

    def on_data(self, end: End, view: memoryview, start: int, stop: int) -> None:
        """Forward payload, or ask the inspector; a deadline that has passed is noticed here too, timer or not."""
        if self._phase is not _Phase.RELAYING:
            return
        now = self._last_payload = self._time()
        if now >= self._not_after:
            self._check_time()
        elif self._holds_input and end is self._left:
            self._keep(bytes(view[start:stop]))
        elif self._inspector is not None:
            self._inspect(end, view, start, stop, now)
        elif end is self._left:
            self._bytes_to_asset += stop - start
            self._right.send(view, start, stop)
        else:
            self._bytes_to_user += stop - start
            self._left.send(view, start, stop)

    def on_eof(self, end: End) -> None:
        """Pass a half-close on; after the second the stream ends regularly."""
        if self._phase is not _Phase.RELAYING:
            return
        if self._holds_input and end is self._left:
            self._keeps_eof = True
            return
        if end is self._right and not self._say_asset_gone():
            return
        if end is self._left and (last_words := self._good_bye()):
            self._count(Direction.TO_ASSET, len(last_words))
            self._right.send_bytes(last_words)
        self._eof_from.append(end)
        self._other(end).finish()
        if len(self._eof_from) == 2:
            self._drain()

    def on_notice(self, notice: Notice) -> None:
        """Hand a peer's notice to whoever wants it."""
        if self._on_notice is not None and self._phase is _Phase.RELAYING:
            self._on_notice(notice)

    def on_cut(self, end: End, cut: CutFrame) -> None:
        """The peer has had everything (``closed`` after both half-closes), or ended the stream."""
        if self._phase is _Phase.DRAINING and cut.code == "closed":
            self._closed_by.add(end)
            end.close()
        else:
            self._end(cut.code, cut.reason, self._side(end))

    def on_fault(self, end: End, fault: Fault) -> None:
        """The peer cannot be understood any more: fail closed."""
        self._end(fault.code, fault.detail, self._side(end))

    def on_unsendable(self, end: End, fault: Fault) -> None:
        """What came for ``end`` has no form that it could be sent in: fail closed."""
        self._end(fault.code, fault.detail, self._side(self._other(end)))

    def on_lost(self, end: End, error: BaseException | None) -> None:
        """End the stream, regularly if everything had been said."""
        regular = end in self._closed_by or (error is None and not end.says_goodbye)
        if self._phase is _Phase.DRAINING and regular:
            if self._other(end).lost:
                self._end("closed", "", self._side(self._eof_from[0]))
            return
        if end is self._right and self._phase is _Phase.RELAYING:
            self._say_asset_gone()
        self._end("lost", str(error or "connection closed without a word"), self._side(end))

    def on_pressure(self) -> None:
        """Read from a side only while its opposite takes what it sends, and nobody has paused the relay.

        A side that the inspector replied to must also take its replies: who does not read refusals must not be able to
        heap them up. It holds for such a side only: two sides that both write before they read would wait for ever.
        """
        if self._phase is not _Phase.RELAYING:
            return
        left, right, replied_to = self._left, self._right, self._replied_to
        is_full = self._kept_bytes >= MAX_KEPT_BYTES
        left.set_reading(not (self._pauses or is_full or right.blocked or (left.blocked and left in replied_to)))
        right.set_reading(not (self._pauses or left.blocked or (right.blocked and right in replied_to)))

    def _keep(self, data: bytes) -> None:
        self._kept.append(data)
        self._kept_bytes += len(data)
        self.on_pressure()

    def _drain(self) -> None:
        """Everything has been said: wait until both peers have it. What still comes is only their CUT."""
        self._phase = _Phase.DRAINING
        self._last_payload = self._time()
        self._idle_seconds = self._idle_seconds or DRAIN_SECONDS
        self._rearm()
        for end in (self._left, self._right):
            end.set_reading(True)
            end.conclude()

    # The inspector.

    def _inspect(self, end: End, view: memoryview, start: int, stop: int, now: float) -> None:
        inspector = self._inspector
        if inspector is None:
            return
        data = bytes(view[start:stop])
        direction = Direction.TO_ASSET if end is self._left else Direction.TO_USER
        try:
            for effect in inspector.inspect(direction, data, now):
                if type(effect) is Forward and effect.data is data and effect.direction is direction:
                    self._count(direction, len(data))
                    self._other(end).send(view, start, stop)
                else:
                    self._carry_out(effect)
            self._arm(inspector.next_tick_monotonic())
        except Exception as error:  # noqa: BLE001 - whatever went wrong between the sides, nothing may pass any more
            self._fail(error)

    def _run(self, ask: Callable[[Inspector], Iterable[Effect]]) -> None:
        if self._inspector is None:
            return
        try:
            for effect in ask(self._inspector):
                self._carry_out(effect)
            self._arm(self._inspector.next_tick_monotonic())
        except Exception as error:  # noqa: BLE001 - see _inspect
            self._fail(error)

    def _carry_out(self, effect: Effect) -> None:
        if self._phase is not _Phase.RELAYING:
            return
        match effect:
            case Forward(direction, data) | Reply(direction, data):
                self._count(direction, len(data))
                end = self._right if direction is Direction.TO_ASSET else self._left
                end.send_bytes(data)
                if isinstance(effect, Reply) and end not in self._replied_to:
                    self._replied_to.add(end)
                    self.on_pressure()
            case Cut(code, reason):
                self._end(code, reason, EndedBy.HERE)
            case _:
                pass

    def _count(self, direction: Direction, size: int) -> None:
        if direction is Direction.TO_ASSET:
            self._bytes_to_asset += size
        else:
            self._bytes_to_user += size

    def _say_asset_gone(self) -> bool:
        """Let the inspector answer what is open; return whether the stream still goes on."""
        self._run(lambda inspector: inspector.asset_gone(self._time()))
        return self._phase is _Phase.RELAYING

    def _good_bye(self) -> bytes:
        """Return the inspector's last words to the asset; empty if it has none, or said them already."""
        if self._inspector is None or self._has_said_good_bye:
            return b""
        self._has_said_good_bye = True
        try:
            effects = list(self._inspector.good_bye(self._time()))
        except Exception:  # noqa: BLE001 - the stream ends anyway, and what could not be judged or recorded is not said
            return b""
        words = b"".join(e.data for e in effects if isinstance(e, Reply) and e.direction is Direction.TO_ASSET)
        return words if len(words) <= MAX_GOOD_BYE_BYTES else b""

    def _fail(self, error: Exception) -> None:
        self._end("inspector_fault", "internal fault", EndedBy.HERE, error)

    # Time.

    def _check_time(self) -> None:
        """End what is due, tick the inspector, and set the timer for whatever comes next."""
        now = self._time()
        if now >= self._not_after:
            self._end("deadline", "the time granted is over", EndedBy.HERE)
        elif self._idle_seconds is not None and now >= self._last_payload + self._idle_seconds:
            self._end("idle", f"nothing was said for {self._idle_seconds:g} seconds", EndedBy.HERE)
        else:
            self._rearm()
            if self._phase is _Phase.RELAYING:
                self._run(lambda inspector: _tick(inspector, now))

    def _rearm(self) -> None:
        if self._wake is not None:
            self._wake.cancel()
            self._wake = None
        self._wake_at = math.inf
        self._arm(self._not_after)
        self._arm(None if self._idle_seconds is None else self._last_payload + self._idle_seconds)

    def _arm(self, when: float | None) -> None:
        """Make sure that ``_check_time`` runs at ``when`` at the latest."""
        if when is None or self._wake_at <= when or self._phase is _Phase.ENDED:
            return
        if self._wake is not None:
            self._wake.cancel()
        # uvloop's handle of a timer that is due at once does not know its time: we remember it.
        self._wake, self._wake_at = self._loop.call_at(when, self._check_time), when

    # The end.

    def _end(self, code: str, detail: str, by: EndedBy, error: Exception | None = None) -> None:
        """Stop both directions at once, then report. What waits for the asset is dropped, not delivered.

        Only the inspector's good-bye may still follow, where nothing waits before it: it is no word of the user's.
        """
        if self._phase is _Phase.ENDED:
            return
        takes_leave = self._phase is not _Phase.NEW and error is None and by is not EndedBy.ASSET
        self._phase = _Phase.ENDED
        self._kept.clear()
        if self._wake is not None:
            self._wake.cancel()
        last_words = self._good_bye() if takes_leave and not self._right.lost else b""
        self._right.cut(code, detail, strict=True, last_words=last_words)
        self._left.cut(code, detail, strict=False)
        self._on_end(RelayEnd(code, detail, self._bytes_to_asset, self._bytes_to_user, by, error))

    def _other(self, end: End) -> End:
        return self._right if end is self._left else self._left

    def _side(self, end: End) -> EndedBy:
        return EndedBy.USER if end is self._left else EndedBy.ASSET


def _or_never(monotonic: float | None) -> float:
    return math.inf if monotonic is None else monotonic


def _tick(inspector: Inspector, now: float) -> Iterable[Effect]:
    due = inspector.next_tick_monotonic()
    return inspector.on_tick(now) if due is not None and now >= due else ()
