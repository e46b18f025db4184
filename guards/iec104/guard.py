"""The IEC 60870-5-104 guard: a link of its own to the tool and one to the device, and only allowed ASDUs between them.

Both sides count frames, so nothing can be answered in a stranger's name: each side talks to the guard. ASDUs that pass
are carried byte-identical in frames of the guard's own. What is acknowledged to the device has left for the tool.
"""

from collections import deque
from functools import partial
from math import inf

from guards.arming import Armed
from guards.effects import Cut, Direction, Effect, Observed, Reply
from guards.iec104 import frames
from guards.iec104.frames import STOPDT_ACT, Frame
from guards.iec104.requests import Requests
from guards.iec104.session import Session
from guards.malformations import flaw
from guards.rate import RateLimit
from guards.reasons import UNSAID, why
from guards.refusal import Cause, denied
from guards.splitting import FramingFault, Splitter
from guards.stream_guard import StreamGuard
from policies.rules import Rules

MAX_TO_USER = 128
"""How many ASDUs may wait for the tool to acknowledge earlier ones, before the stream is cut."""
MAX_UNSENT = 12
"""How many ASDUs of the tool are acknowledged to it though they, or answers to it, have not left yet."""

_TO_ASSET, _TO_USER = Direction.TO_ASSET, Direction.TO_USER
_GONE = denied(Cause.GONE, why("asset_gone"))


class Iec104Guard(StreamGuard):
    """The inspector of one IEC 60870-5-104 stream; sans I/O, on the caller's clock."""

    __slots__ = ("_requests", "_session", "_to_user")

    def __init__(
        self, rules: Rules, *, device_timeout_seconds: float = 30.0, armed: Armed | None = None,
        interrogations: RateLimit | None = None,
    ) -> None:  # fmt: skip
        """Compile ``rules``; a request unanswered for ``device_timeout_seconds`` is answered negatively.

        ``interrogations`` is how often the station may be asked for everything.
        """
        super().__init__(partial(Splitter, frames.measure))
        self._to_user: deque[bytes] = deque()
        self._requests = Requests(rules, device_timeout_seconds, self._to_user.append, armed, interrogations)
        self._session = Session(self._requests.judge_link)

    @property
    def kept_bytes(self) -> int:
        """See ``StreamGuard``."""
        return self._requests.held_bytes + sum(map(len, self._to_user))

    def opened(self, now_monotonic: float) -> list[Effect]:
        """Say nothing yet; from now on, a side that is silent is tested."""
        self._session.tool.heard(now_monotonic)
        self._session.device.heard(now_monotonic)
        return []

    def take(self, direction: Direction, raw: bytes, now: float, effects: list[Effect]) -> FramingFault | None:
        """See ``StreamGuard``."""
        return self._apdu(direction, raw, now, effects)

    def cut(self, direction: Direction, fault: FramingFault) -> Cut:
        """See ``StreamGuard``; what has not left for the tool, and what the stream ends with, stays unacknowledged."""
        self._session.device.backlog = len(self._to_user) + (direction is _TO_USER)
        return super().cut(direction, fault)

    def forget(self) -> None:
        """See ``StreamGuard``."""
        self._requests.end()
        self._to_user.clear()

    def on_tick(self, now_monotonic: float) -> list[Effect]:
        """Acknowledge, test, answer for a silent device, and cut where a side is not there any more."""
        effects: list[Effect] = []
        if self._is_cut:
            return effects
        session = self._session
        silent = UNSAID if session.is_gone else session.device.is_silent(now_monotonic)
        if silent:
            self._requests.asset_gone(denied(Cause.SILENT, silent), effects)
            self._pump(now_monotonic, effects)
            return [*effects, self.cut(_TO_USER, FramingFault("iec104_silent", silent))]
        silent = session.tool.is_silent(now_monotonic)
        if silent:
            return [self.cut(_TO_ASSET, FramingFault("iec104_silent", silent))]
        self._requests.on_tick(now_monotonic, effects)
        session.say(_TO_USER, session.tool.test(now_monotonic), effects)
        session.say(_TO_ASSET, session.device.test(now_monotonic), effects)
        self._pump(now_monotonic, effects)
        return effects

    def next_tick_monotonic(self) -> float | None:
        """Return when a frame must be acknowledged, a side tested or given up, or a request answered for."""
        if self._is_cut:
            return None
        session, silent = self._session, self._requests.next_tick_monotonic()
        device = inf if session.is_gone else session.device.next_tick_monotonic()
        first = min(session.tool.next_tick_monotonic(), device, inf if silent is None else silent)
        return None if first == inf else first

    def arm(self, fingerprint: bytes, until_monotonic: float) -> None:
        """Let the ASDU (or the start of the link) with this ``fingerprint`` pass once, if it comes again in time."""
        self._requests.arm(fingerprint, until_monotonic)

    def asset_gone(self, now_monotonic: float) -> list[Effect]:
        """Answer everything open negatively, and from now on every request."""
        effects: list[Effect] = []
        if not self._is_cut:
            self.lose_asset()
            self._session.asset_gone(_GONE)
            self._requests.asset_gone(_GONE, effects)
            self._pump(now_monotonic, effects)
        return effects

    def good_bye(self, now_monotonic: float) -> list[Effect]:
        """Stop the link to the device, if it is started and the tool has not asked to stop it already."""
        return [] if self._session.is_gone else self._session.good_bye(now_monotonic)

    def _apdu(self, direction: Direction, apdu: bytes, now: float, effects: list[Effect]) -> FramingFault | None:
        frame = frames.parse(apdu)
        if isinstance(frame, str):
            return FramingFault("iec104_frame", frame)
        session = self._session
        link = session.link(direction)
        link.heard(now)
        if frame.form == "u":
            fault = session.control(direction, frame.control, now, effects)
            if direction is _TO_ASSET and frame.control == STOPDT_ACT:
                self._requests.stopped(effects)
        else:
            fault = link.take(frame, now)
            if fault is None and frame.form == "i":
                fault = self._asdu(direction, frame, now, effects)
        if fault is None:
            self._pump(now, effects)
        return fault

    def _asdu(self, direction: Direction, frame: Frame, now: float, effects: list[Effect]) -> FramingFault | None:
        if not self._session.may_say(direction):
            return FramingFault("iec104_not_started", flaw("not_started"))
        if len(self._to_user) >= MAX_TO_USER:
            return FramingFault("iec104_window", flaw("window"))
        if direction is _TO_ASSET:
            wrong = self._requests.take(frame.asdu, frame.sent, self._session.bar, now, effects)
            return None if wrong is None else FramingFault("iec104_asdu", wrong)
        asdu = frames.read(frame.asdu, to_station=False)
        if isinstance(asdu, str):
            return FramingFault("iec104_asdu", asdu)
        effects.append(Observed(self._requests.heard(frame.asdu, asdu, now)))
        self._to_user.append(frame.asdu)
        return None

    def _pump(self, now: float, effects: list[Effect]) -> None:
        """Let go what may leave for either side, then acknowledge what has left."""
        session, to_user = self._session, self._to_user
        if to_user:
            self._deliver(now, effects)
        while self._requests.waiting:
            request = self._requests.next(now, effects, has_room=session.device_has_room)
            if request is None:
                break
            effects.append(Observed(request.operation))
            effects.append(Reply(_TO_ASSET, session.device.carry(request.raw, now)))
        if to_user:
            self._deliver(now, effects)
        unsent = self._requests.waiting + len(to_user)
        session.tool.backlog = unsent - MAX_UNSENT if unsent > MAX_UNSENT else 0
        if session.tool.owes:
            session.say(_TO_USER, session.tool.acknowledgement(now), effects)
        if session.device.owes:
            session.say(_TO_ASSET, session.device.acknowledgement(now), effects)
        if session.is_stopping and not to_user:
            session.finish_stop(effects)

    def _deliver(self, now: float, effects: list[Effect]) -> None:
        session, to_user = self._session, self._to_user
        while to_user and session.tool_has_room:
            effects.append(Reply(_TO_USER, session.tool.carry(to_user.popleft(), now)))
        session.device.backlog = len(to_user)
