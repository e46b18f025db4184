"""What the tool asks: judged, refused or put in its turn, and tied to what the station says to it."""

from collections.abc import Callable
from dataclasses import replace

from guards.arming import Armed
from guards.effects import Ask, Direction, Effect, Observed, Operation, Verdict
from guards.exchange import Exchange, no_answer
from guards.iec104 import refusals
from guards.iec104.answers import keys_answered
from guards.iec104.frames import Asdu
from guards.iec104.judge import Judge, Judged
from guards.iec104.limits import Limits
from guards.iec104.memory import Memory
from guards.iec104.operations import of_asdu
from guards.rate import RateLimit
from guards.reasons import Reason, why
from guards.refusal import Cause, Refusal, denied
from guards.turns import Turns
from policies.rules import Rules

_TO_ASSET, _TO_USER = Direction.TO_ASSET, Direction.TO_USER
_FULL = denied(Cause.BUSY, why("too_many_wait"))
_TOO_FAST = denied(Cause.BUSY, why("too_fast"))
_TOO_OFTEN = denied(Cause.BUSY, why("interrogated_too_often"))
_STALE = denied(Cause.BUSY, why("waited_too_long"))
_STOPPED = denied(Cause.BUSY, why("link_stopped"))
_UNWATCHED = denied(Cause.BUSY, why("unwatched"))
LATE = why("late_silent")


class Request(Exchange):
    """One ASDU of the tool on its way; ``is_answered`` tells whether the station will say something to it."""

    __slots__ = ("asdu", "is_answered")

    def __init__(self, data: bytes, judged: Judged, operation: Operation) -> None:
        """Wrap an ASDU that has not gone to the device yet."""
        self.asdu = judged.asdu
        self.is_answered = judged.key is not None
        super().__init__(judged.key, data, judged.said, operation)
        self.is_interrogation = judged.asdu.is_interrogation


class Requests:
    """The open requests of one stream. ``answer`` is given what the tool is to get instead of the device's word."""

    __slots__ = (
        *("_answer", "_armed", "_interrogations", "_judge", "_limits", "_memory", "_rate"),
        *("_timeout_seconds", "_turns"),
    )

    def __init__(
        self,
        rules: Rules,
        device_timeout_seconds: float,
        answer: Callable[[bytes], None],
        armed: Armed | None = None,
        interrogations: RateLimit | None = None,
    ) -> None:
        """Begin with nothing open."""
        self._interrogations = interrogations
        self._limits = Limits(rules)
        self._memory = Memory() if self._limits.needs_values else None
        self._judge = Judge(self._limits, self._memory)
        self._armed = Armed() if armed is None else armed
        self._rate = None if rules.max_rate is None else RateLimit(rules.max_rate)
        self._turns: Turns[Request] = Turns(rules.max_in_flight, device_timeout_seconds)
        self._timeout_seconds = device_timeout_seconds
        self._answer = answer

    @property
    def waiting(self) -> int:
        """How many wait for their turn."""
        return self._turns.waiting

    @property
    def held_bytes(self) -> int:
        """How many bytes of waiting requests are kept."""
        return self._turns.held_bytes

    def arm(self, fingerprint: bytes, until_monotonic: float) -> None:
        """Let what has this ``fingerprint`` pass once, if it comes again in time."""
        self._armed.arm(fingerprint, until_monotonic)

    def judge_link(self, fingerprint: bytes, now: float) -> Refusal | None:
        """Return the refusal of starting the link, unless exactly that was asked for and approved."""
        return self._unless_armed(self._limits.judge_link(), fingerprint, now)

    def take(
        self, data: bytes, transaction: int, bar: Refusal | None, now: float, effects: list[Effect]
    ) -> Reason | None:
        """Put an ASDU in its turn, or answer it; ``bar`` is what keeps everything from the device.

        Returns what is wrong with one that cannot even be answered.
        """
        judged = self._judge.judge(data, now)
        if isinstance(judged, str):
            return judged
        request = Request(data, judged, of_asdu(_TO_ASSET, judged.asdu, transaction))
        refusal = judged.refusal
        if self._armed.is_unwatched and (refusal is None or refusal.verdict is Verdict.ASKED):
            refusal = _UNWATCHED
        elif refusal is not None:
            refusal = self._unless_armed(refusal, request.fingerprint, now)
        refusal = refusal or bar or self._admit(request, now)
        if refusal is None:
            if self._memory is not None:
                self._memory.on_its_way(judged.asdu, now)
            self._turns.join(request, now)
            return None
        self._answer(self._withhold(request, refusal, effects))
        if refusal.verdict is Verdict.ASKED:
            effects.append(Ask(request.operation, request.fingerprint))
        return None

    def next(self, now: float, effects: list[Effect], *, has_room: bool) -> Request | None:
        """Return the request whose turn it is at the device, if that can take one and it may still go."""
        while (request := self._turns.next_ready()) is not None:
            if request.reply is not None:
                self._turns.depart(request, now)
                self._answer(request.reply)
                continue
            if self._armed.is_unwatched:
                self._withhold(request, _UNWATCHED, effects)
                continue
            if not has_room:
                return None
            self._turns.depart(request, now)
            if not request.is_answered:
                self._turns.answered(request.key)
            return request
        return None

    def heard(self, data: bytes, asdu: Asdu, now: float) -> Operation:
        """Return what the station says as an operation, tied to the request that it answers, if to one."""
        request, is_late = None, False
        for key in keys_answered(data, asdu):
            request = self._turns.answered(key)
            is_late = request is None and self._turns.was_given_up(key)
            if request is not None or is_late:
                break
        if self._memory is not None:
            self._memory.saw(asdu, now)
        operation = of_asdu(_TO_USER, asdu, None if request is None else request.operation.transaction)
        return replace(operation, reason=LATE) if is_late and not operation.reason else operation

    def on_tick(self, now: float, effects: list[Effect]) -> None:
        """Answer for a silent device, and refuse what has waited too long."""
        for request in self._turns.overdue(now):
            self._speak_for_device(request, Cause.SILENT, no_answer(self._timeout_seconds), effects)
        for request in self._turns.stale(now):
            self._withhold(request, _STALE, effects)

    def next_tick_monotonic(self) -> float | None:
        """Return when the device will have been silent for too long, or ``None``."""
        return self._turns.next_deadline_monotonic()

    def stopped(self, effects: list[Effect]) -> None:
        """Answer what still waits; the tool has stopped the link."""
        self._answer_waiting(self._turns.end_waiting(), _STOPPED, effects)

    def asset_gone(self, why: Refusal, effects: list[Effect]) -> None:
        """Answer everything that is open: what is at the device in its stead."""
        at_device, waiting = self._turns.end()
        for request in at_device:
            self._speak_for_device(request, why.cause, why.reason, effects)
        self._answer_waiting(waiting, why, effects)

    def end(self) -> None:
        """Forget everything that is open."""
        self._turns.end()

    def _unless_armed(self, refusal: Refusal | None, fingerprint: bytes, now: float) -> Refusal | None:
        is_asked = refusal is not None and refusal.verdict is Verdict.ASKED
        return None if is_asked and self._armed.take(fingerprint, now) else refusal

    def _admit(self, request: Request, now: float) -> Refusal | None:
        if self._turns.is_full:
            return _FULL
        if self._rate is not None and not self._rate.take(now):
            return _TOO_FAST
        if request.is_interrogation and self._interrogations is not None and not self._interrogations.take(now):
            return _TOO_OFTEN
        return None

    def _answer_waiting(self, waiting: list[Request], why: Refusal, effects: list[Effect]) -> None:
        for request in waiting:
            self._answer(request.reply or self._withhold(request, why, effects))

    def _withhold(self, request: Request, refusal: Refusal, effects: list[Effect]) -> bytes:
        request.reply = refusals.refuse(request.raw, request.asdu, refusal.cause)
        request.operation = replace(
            request.operation, verdict=refusal.verdict, reason=refusal.reason, exception_code=request.reply[2] & 0x3F
        )
        effects.append(Observed(request.operation))
        return request.reply

    def _speak_for_device(self, request: Request, cause: Cause, reason: Reason, effects: list[Effect]) -> None:
        reply = refusals.refuse(request.raw, request.asdu, cause)
        operation = replace(
            request.operation,
            direction=_TO_USER,
            verdict=Verdict.DENIED,
            is_response=True,
            values=(),
            reason=reason,
            exception_code=reply[2] & 0x3F,
        )
        effects.append(Observed(operation))
        self._answer(reply)
