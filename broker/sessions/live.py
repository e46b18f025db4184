"""A live session in this node's memory: its streams, its clocks, and who watches it."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Literal

from broker.audit.log import SYSTEM, Actor
from broker.sessions.fingerprint import Fingerprint
from broker.sessions.ledger import Ledger
from broker.sessions.states import END_TEXT, EndCode, SessionState
from broker.sessions.streams import LiveRelay, LiveStream
from broker.sessions.terms import HOLD_LIMIT, SessionFacts, SessionTerms
from broker.sessions.wanted import Wanted
from broker.sessions.watchers import SessionEvent, Watcher
from guards.arming import Armed
from guards.sweeps import Sweeps
from policies.decision import Cut, Grace, Hold
from tunnel.frames import Notice
from tunnel.ids import StreamId

CHANGE_SECONDS = 0.5
IDLE_CHECKS_PER_PERIOD = 4


LAST_LOOK_SECONDS = 15.0
"""So long before the last byte may pass, a session with a fingerprint is closed to its user."""
CLOSING = "closing"
CLOSING_TEXT = "The session is ending: the device is looked at a last time."

WATCHED_TEXT = "Somebody of the plant is watching: input goes on."
UNWATCHED_TEXT = "Input waits until somebody of the plant watches."

JUDGEMENT_SECONDS = 1.0
"""As long as a revocation may take to reach a live session (promise 2), a judgement of it stays good."""


class LiveSession:
    """Holds one session's streams and deadlines. All methods are of the event loop's thread and never wait.

    ``armed`` is what the plant approved and all streams share; ``questions``, by fingerprint, is what it is asked now.
    ``on_end(session, code, detail)`` is called exactly once; ``on_hold(session)`` when a deadline does not cut at once;
    ``on_finish(session, code)`` where a session is to end by itself while it may still be used; ``on_change(session)``
    after streams or people came or went, at most twice a second; ``on_watched(session, by)`` when somebody of the plant
    begins to watch a session that must be watched, or nobody does any more (then ``by`` is who watched last).
    """

    def __init__(
        self,
        facts: SessionFacts,
        terms: SessionTerms,
        ledger: Ledger,
        *,
        loop: asyncio.AbstractEventLoop,
        linger_seconds: float,
        on_end: Callable[["LiveSession", EndCode, str], None],
        on_hold: Callable[["LiveSession"], None],
        on_change: Callable[["LiveSession"], None],
        on_finish: Callable[["LiveSession", EndCode], None] | None = None,
        on_watched: Callable[["LiveSession", Actor], None] | None = None,
    ) -> None:
        self.facts = facts
        self.terms = terms
        self.ledger = ledger
        self.state = SessionState.OPEN
        self.end_code: EndCode | None = None
        self.end_detail = ""
        self.streams: dict[StreamId, LiveStream] = {}
        self.armed = Armed(is_unwatched=terms.obligations.supervised)
        self.sweeps = Sweeps(terms.rules.scan)
        self.questions: dict[bytes, Wanted] = {}
        self.fingerprint = Fingerprint() if terms.obligations.fingerprint else None
        self.is_closing = False
        self.opened_streams = 0
        self.bytes_to_asset = 0
        self.bytes_to_user = 0
        self._loop = loop
        self._linger_seconds = linger_seconds
        self._on_end = on_end
        self._on_hold = on_hold
        self._on_change = on_change
        self._on_finish = on_finish or LiveSession.end
        self._on_watched = on_watched
        self._change: asyncio.TimerHandle | None = None
        self._watchers: set[Watcher] = set()
        self._timers: list[asyncio.TimerHandle] = []
        self._linger: asyncio.TimerHandle | None = None
        self._idle_mark = (0, 0.0)
        self._paused = False
        self._braking: asyncio.TimerHandle | None = None
        self._judged = loop.time()
        self._arm()
        self._await_somebody()

    def found_right(self) -> None:
        """Note that it was judged anew, and may go on."""
        self._judged = self._loop.time()

    @property
    def was_just_judged(self) -> bool:
        """Whether it was found right within the last second: what has changed since then cuts it by itself."""
        return self._loop.time() - self._judged < JUDGEMENT_SECONDS

    # --- streams

    def add_stream(self, stream: StreamId, agent_id: str, *, is_ours: bool = False) -> LiveStream:
        """Count a stream in before it is dialled; the limit was checked by the gate."""
        self.opened_streams += 1
        live = LiveStream(stream, self.opened_streams, agent_id, is_ours=is_ours)
        self.streams[stream] = live
        self._somebody_is_here()
        self._changed()
        return live

    def attach(self, stream: LiveStream, relay: LiveRelay) -> None:
        """Put the relay of a stream under this session's deadline."""
        stream.relay = relay
        relay.extend(self.terms.not_after_monotonic + self.terms.hard_end_seconds)
        if self._paused:
            relay.pause(self)
        if self._braking is not None:
            relay.pause(self.sweeps)
        if self.is_unwatched and stream.is_held:
            relay.hold_input()
        if self.state is SessionState.ENDED:
            relay.cut(str(self.end_code), self.end_detail)
        elif self.is_closing and not stream.is_ours:
            relay.cut(CLOSING, CLOSING_TEXT)

    def remove_stream(self, stream: StreamId) -> None:
        """Count a stream out."""
        live = self.streams.pop(stream, None)
        if live is not None and live.relay is not None:
            self.bytes_to_asset += live.relay.bytes_to_asset
            self.bytes_to_user += live.relay.bytes_to_user
        self._await_somebody()
        self._changed()

    def pause(self) -> None:
        """Stop reading on all streams: the recorder has no room."""
        self._paused = True
        for relay in self._relays():
            relay.pause(self)

    def resume(self) -> None:
        """Read on."""
        self._paused = False
        for relay in self._relays():
            relay.resume(self)

    def brake(self, seconds: float) -> None:
        """Read nothing on any stream for so long from now on."""
        if self.state is SessionState.ENDED:
            return
        if self._braking is not None:
            self._braking.cancel()
        self._braking = self._loop.call_later(seconds, self._release)
        for relay in self._relays():
            relay.pause(self.sweeps)

    def _release(self) -> None:
        self._braking = None
        for relay in self._relays():
            relay.resume(self.sweeps)

    # --- watchers

    def watch(self, *, is_presence: bool) -> Watcher:
        """Start telling somebody what happens, beginning with how the session stands.

        ``is_presence``: the session's user is there for as long as this.
        """
        watcher = Watcher(is_presence=is_presence)
        watcher.offer(self._standing())
        self._watchers.add(watcher)
        if is_presence:
            self._somebody_is_here()
            self._changed()
        return watcher

    def unwatch(self, watcher: Watcher) -> None:
        """Stop telling."""
        self._watchers.discard(watcher)
        self._await_somebody()
        if watcher.supervisor is not None:
            self._judge_watching(watcher.supervisor)
        if watcher.is_presence:
            self._changed()

    def supervise(self, watcher: Watcher, by: Actor) -> None:
        """Take this watcher, for as long as it is there, for somebody of the plant who watches."""
        watcher.supervisor = by
        self._judge_watching(by)

    def lose_supervisor(self, watcher: Watcher) -> None:
        """Go on telling somebody whose watching does not count any more."""
        by, watcher.supervisor = watcher.supervisor, None
        if by is not None:
            self._judge_watching(by)

    def must_be_watched(self) -> None:
        """From now on somebody of the plant must watch: the policy says so now."""
        self.terms = replace(self.terms, obligations=replace(self.terms.obligations, supervised=True))
        self._judge_watching(SYSTEM)

    @property
    def is_unwatched(self) -> bool:
        """Whether somebody of the plant must watch, and nobody does: nothing of the user's reaches the asset then."""
        return self.armed.is_unwatched

    @property
    def supervision(self) -> Literal["waiting", "watched"] | None:
        """How it stands with watching, while it lives and somebody must."""
        if self.state is SessionState.ENDED or not self.terms.obligations.supervised:
            return None
        return "waiting" if self.is_unwatched else "watched"

    def _judge_watching(self, by: Actor) -> None:
        """Stop or release input where that changed; whoever watches must be there before anything passes."""
        is_watched = any(watcher.supervisor is not None for watcher in self._watchers)
        is_unwatched = self.terms.obligations.supervised and not is_watched
        if is_unwatched is self.is_unwatched or self.state is SessionState.ENDED:
            return
        self.armed.is_unwatched = is_unwatched
        for stream in [each for each in self.streams.values() if each.is_held]:
            if stream.relay is not None:
                (stream.relay.hold_input if is_unwatched else stream.relay.release_input)()
        if is_unwatched:
            self.tell("unwatched", text=UNWATCHED_TEXT)
            self.notify(Notice("unwatched", UNWATCHED_TEXT))
        else:
            self.tell("watched", text=WATCHED_TEXT)
            self.notify(Notice("watched", WATCHED_TEXT))
        if self._on_watched is not None:
            self._on_watched(self, by)
        self._changed()

    def tell(self, kind: str, **details: object) -> None:
        """Tell all watchers."""
        event = SessionEvent(kind, details)
        for watcher in self._watchers:
            watcher.offer(event)

    def warn(self, text: str) -> None:
        """Pass on what somebody of the plant says to the user, on every way that leads to them."""
        self.tell("warned", text=text)
        self.notify(Notice("warned", text))

    # --- the end

    def close_to_user(self) -> None:
        """Cut the user's streams and let no more be opened: the device is looked at a last time, then it ends."""
        self.is_closing = True
        for stream in list(self.streams.values()):
            if stream.relay is not None and not stream.is_ours:
                stream.relay.cut(CLOSING, CLOSING_TEXT)
        self.tell("closing", text=CLOSING_TEXT)

    def end(self, code: EndCode, detail: str = "") -> None:
        """End the session: every stream is cut before this returns."""
        if self.state is SessionState.ENDED:
            return
        self.state, self.end_code = SessionState.ENDED, code
        self.end_detail = detail or END_TEXT[code]
        self._disarm()
        for timer in (self._linger, self._change, self._braking):
            if timer is not None:
                timer.cancel()
        for relay in self._relays():
            relay.cut(str(code), self.end_detail)
        for wanted in self.questions.values():
            wanted.settled.set()
        self.tell("ended", code=str(code), reason=self.end_detail)
        self._on_end(self, code, detail)

    def renew(self, terms: SessionTerms) -> None:
        """Put a later (or earlier) deadline in force."""
        self.terms = terms
        if self.state is SessionState.HELD:
            self.state = SessionState.OPEN
        self._judge_watching(SYSTEM)
        self._arm()
        for relay in self._relays():
            relay.extend(terms.not_after_monotonic + terms.hard_end_seconds)
        self.tell("extended", until=terms.not_after.isoformat())
        self.notify(Notice("extended", "The session was extended.", terms.not_after))

    @property
    def seconds_left(self) -> float:
        """Until the deadline, by the monotonic clock; negative in overtime."""
        return self.terms.not_after_monotonic - self._loop.time()

    # --- clocks

    def _arm(self) -> None:
        self._disarm()
        deadline = self.terms.not_after_monotonic
        now = self._loop.time()
        for warning in self.terms.obligations.warn:
            at = deadline - warning.total_seconds()
            if at > now:
                self._timers.append(self._loop.call_at(at, self._warn, warning))
        self._timers.append(self._loop.call_at(deadline, self._deadline))
        last_look = deadline + self.terms.hard_end_seconds - LAST_LOOK_SECONDS
        if self.fingerprint is not None and last_look > now:
            self._timers.append(self._loop.call_at(last_look, self._look_in_time))
        if self.terms.hard_end_seconds:
            self._timers.append(self._loop.call_at(deadline + self.terms.hard_end_seconds, self.end, EndCode.DEADLINE))
        if self.terms.obligations.idle is not None:
            self._idle_mark = (sum(self.carried), now)
            self._check_idle_later()

    def _disarm(self) -> None:
        for timer in self._timers:
            timer.cancel()
        self._timers.clear()

    def _warn(self, warning: timedelta) -> None:
        minutes, seconds = divmod(int(warning.total_seconds()), 60)
        left = f"{minutes} min" if not seconds else f"{minutes} min {seconds} s" if minutes else f"{seconds} s"
        text = f"The session ends in {left}."
        until = self.terms.not_after
        self.tell("warning", seconds_left=int(warning.total_seconds()), until=until.isoformat(), text=text)
        self.notify(Notice("ending", text, until))

    def _deadline(self) -> None:
        match self.terms.obligations.at_expiry:
            case Cut():
                self.end(EndCode.DEADLINE)
            case Grace(duration=duration):
                text = f"The approved time is over; what is open ends in {int(duration.total_seconds())} s."
                self.state = SessionState.HELD
                self.tell("grace", seconds_left=int(duration.total_seconds()), text=text)
                self.notify(Notice("grace", text, None))
            case Hold():
                self.state = SessionState.HELD
                text = "The approved time is over; the plant was asked whether the session may go on."
                self.tell("held", seconds_left=int(HOLD_LIMIT.total_seconds()), text=text)
                self.notify(Notice("held", text, None))
        if self.state is SessionState.HELD:
            self._on_hold(self)

    def _look_in_time(self) -> None:
        """End early enough that the device can still be looked at within the grant; without a first look, not."""
        if self.fingerprint is not None and self.fingerprint.look_again is not None:
            self._on_finish(self, EndCode.DEADLINE)

    def _check_idle_later(self) -> None:
        idle = self.terms.obligations.idle
        assert idle is not None
        pause = idle.total_seconds() / IDLE_CHECKS_PER_PERIOD
        self._timers.append(self._loop.call_later(pause, self._check_idle))

    def _check_idle(self) -> None:
        idle = self.terms.obligations.idle
        assert idle is not None
        total, now = sum(self.carried), self._loop.time()
        if total != self._idle_mark[0]:
            self._idle_mark = (total, now)
        elif now - self._idle_mark[1] >= idle.total_seconds():
            self._on_finish(self, EndCode.IDLE)
            return
        self._check_idle_later()

    # --- presence of the user

    def _somebody_is_here(self) -> None:
        if self._linger is not None:
            self._linger.cancel()
            self._linger = None

    def _await_somebody(self) -> None:
        if self.state is SessionState.ENDED or self.is_closing or self.is_connected or self._linger is not None:
            return
        self._linger = self._loop.call_later(self._linger_seconds, self._on_finish, self, EndCode.ABANDONED)

    @property
    def is_connected(self) -> bool:
        """Whether the user is there: by a stream, or by their client that watches. Who looks on does not count."""
        is_there = bool(self.streams) or any(watcher.is_presence for watcher in self._watchers)
        return is_there and self.state is not SessionState.ENDED

    def _changed(self) -> None:
        """Say soon that the session looks different; a tool that opens a hundred streams is told of twice a second."""
        if self._change is None and self.state is not SessionState.ENDED:
            self._change = self._loop.call_later(CHANGE_SECONDS, self._tell_change)

    def _tell_change(self) -> None:
        self._change = None
        self._on_change(self)

    # --- small things

    def _relays(self) -> list[LiveRelay]:
        return [stream.relay for stream in self.streams.values() if stream.relay is not None]

    def _standing(self) -> SessionEvent:
        details: dict[str, object] = {
            "session": self.facts.id,
            "state": self.state.value,
            "until": self.terms.not_after.isoformat(),
            "seconds_left": round(self.seconds_left, 1),
            "at_expiry": type(self.terms.obligations.at_expiry).__name__.lower(),
            "unwatched": self.is_unwatched,
        }
        return SessionEvent("opened", details)

    def notify(self, notice: Notice) -> None:
        """Tell the user's side of every stream."""
        for relay in self._relays():
            relay.notify(notice)

    @property
    def carried(self) -> tuple[int, int]:
        """Payload carried so far, to the asset and to the user."""
        relays = self._relays()
        to_asset = self.bytes_to_asset + sum(relay.bytes_to_asset for relay in relays)
        return to_asset, self.bytes_to_user + sum(relay.bytes_to_user for relay in relays)
