"""Requests one way, one answer to each the other way: what the filters of such protocols have in common.

A protocol decodes, judges and words its refusals; here is who waits for whose turn, what comes too fast, who speaks for
a silent device, and how an approved request passes once.
"""

import hashlib
from collections.abc import Callable, Hashable
from dataclasses import replace
from enum import Enum, auto
from typing import Generic, NamedTuple, TypeVar

from guards.arming import Armed
from guards.effects import Ask, Direction, Effect, Forward, Observed, Operation, Reply, Verdict
from guards.rate import RateLimit
from guards.turns import Turns
from policies.rules import Rules


class Cause(Enum):
    """Why a request is not forwarded; each protocol has a word of its own for each."""

    FENCE = auto()
    MALFORMED = auto()
    FUNCTION = auto()
    OBJECT = auto()
    VALUE = auto()
    ASK = auto()
    BUSY = auto()
    GONE = auto()
    SILENT = auto()


class Refusal(NamedTuple):
    """Why a request is not forwarded, for the tool (``cause``) and for the record."""

    verdict: Verdict
    cause: Cause
    reason: str


def denied(cause: Cause, reason: str) -> Refusal:
    """Return the refusal of a well-formed request."""
    return Refusal(Verdict.DENIED, cause, reason)


_GONE = denied(Cause.GONE, "the asset's side has ended")
_FULL = denied(Cause.BUSY, "too many requests wait for the device")
_TOO_FAST = denied(Cause.BUSY, "more requests per second than allowed")
_STALE = denied(Cause.BUSY, "the request waited too long for its turn at the device")
_AGAIN = "the same is open already"
_HAUNTED = denied(Cause.BUSY, "an earlier request with the same reference is still unanswered by the device")

_TO_ASSET, _TO_USER = Direction.TO_ASSET, Direction.TO_USER


class Exchange:
    """One request on its way; with ``reply`` set it is an answer of the guard that keeps its place in the order.

    ``raw`` is what is forwarded, ``said`` what makes two requests the same: everything but their reference.
    """

    __slots__ = ("deadline_monotonic", "key", "operation", "raw", "reply", "said")

    def __init__(self, key: Hashable, raw: bytes, said: bytes, operation: Operation) -> None:
        """Wrap a decoded request that has not been forwarded yet."""
        self.key = key
        self.raw = raw
        self.said = said
        self.operation = operation
        self.reply: bytes | None = None
        self.deadline_monotonic = 0.0

    @property
    def kept_bytes(self) -> int:
        """How many bytes are kept while it waits."""
        return len(self.reply or self.raw)

    @property
    def fingerprint(self) -> bytes:
        """What identifies exactly this request, whatever its reference: SHA-256 over protocol, route and content."""
        spoken = f"{self.operation.protocol}\0{self.operation.route}\0".encode()
        return hashlib.sha256(spoken + self.said).digest()


E = TypeVar("E", bound=Exchange)


class Answer(NamedTuple):
    """A refusal in the words of the protocol: the whole message, and the code in it."""

    message: bytes
    code: int


class Dialogue(Generic[E]):
    """The open requests of one stream. ``refuse`` words the answer to a request that is not forwarded, or silent."""

    __slots__ = ("_armed", "_is_gone", "_rate", "_refuse", "_timeout_seconds", "_turns")

    def __init__(self, rules: Rules, device_timeout_seconds: float, refuse: Callable[[E, Cause], Answer]) -> None:
        """Begin with nothing open; a device that is silent for ``device_timeout_seconds`` is answered for."""
        self._armed = Armed()
        self._rate = None if rules.max_rate is None else RateLimit(rules.max_rate)
        self._turns: Turns[E] = Turns(rules.max_in_flight, device_timeout_seconds)
        self._timeout_seconds = device_timeout_seconds
        self._refuse = refuse
        self._is_gone = False

    @property
    def held_bytes(self) -> int:
        """How many bytes of waiting requests and answers are kept."""
        return self._turns.held_bytes

    def narrow(self, max_in_flight: int) -> None:
        """Let at most so many requests be at the device: what it negotiated."""
        self._turns.narrow(max_in_flight)

    def arm(self, fingerprint: bytes, until_monotonic: float) -> None:
        """Let the request with this ``fingerprint`` pass once, if it comes again in time."""
        self._armed.arm(fingerprint, until_monotonic)

    def take(self, fingerprint: bytes, now: float) -> bool:
        """Tell whether exactly this was approved, and use the approval up."""
        return self._armed.take(fingerprint, now)

    def ask(self, exchange: E, refusal: Refusal | None, now: float, effects: list[Effect]) -> bool:
        """Send a request on its way, now or in its turn, unless rules or state refuse it; tell whether it goes."""
        if refusal is None or (refusal.verdict is Verdict.ASKED and self.take(exchange.fingerprint, now)):
            refusal = self._admit(now)
        if refusal is not None:
            self._turn_down(exchange, refusal, now, effects)
            return False
        if self._turns.depart_at_once(exchange, now):
            effects.append(Observed(exchange.operation))
            effects.append(Forward(_TO_ASSET, exchange.raw))
        else:
            self._turns.join(exchange, now)
            self.let_go(now, effects)
        return True

    def again(self, exchange: E, now: float, effects: list[Effect], *, may_pass: bool) -> bool:
        """Deal with a request that is open already, to the byte; tell whether it is.

        Datagrams get lost, and tools then say the same again under the same key. What the device has may be repeated
        to it, at the rate that holds for all. What still waits, or may not pass a second time, is dropped: its answer
        is on the way already.
        """
        first = self._turns.at_device(exchange.key)
        if first is not None and first.raw == exchange.raw and first.reply is None:
            if may_pass and (self._rate is None or self._rate.take(now)):
                effects += [Observed(exchange.operation), Forward(_TO_ASSET, exchange.raw)]
                return True
        elif not any(one.raw == exchange.raw for one in self._turns.waiting(exchange.key)):
            return False
        said = replace(exchange.operation, verdict=Verdict.DENIED, reason=_AGAIN)
        effects.append(Observed(said))
        return True

    def part_of_answer(self, key: Hashable, now: float) -> E | None:
        """Return the request at the device that a part of an answer belongs to; the device's time begins anew."""
        exchange = self._turns.at_device(key)
        if exchange is not None:
            exchange.deadline_monotonic = now + self._timeout_seconds
        return exchange

    def at_device(self, key: Hashable) -> E | None:
        """Return the request that the device has under this key."""
        return self._turns.at_device(key)

    def refuse_unasked(self, now: float) -> Refusal | None:
        """Return the refusal of what no answer is awaited for, and no turn: the asset is gone, or it comes too fast."""
        if self._is_gone:
            return _GONE
        return None if self._rate is None or self._rate.take(now) else _TOO_FAST

    def answered(self, key: Hashable) -> E | None:
        """Close and return the request that an answer belongs to; ``let_go`` is due when the answer is on its way."""
        return self._turns.answered(key)

    def was_given_up(self, key: Hashable) -> bool:
        """Tell whether this answer is a late one, and forget that it was awaited."""
        return self._turns.was_given_up(key)

    def let_go(self, now: float, effects: list[Effect]) -> None:
        """Send what waited and whose turn has come."""
        while (exchange := self._turns.next_ready()) is not None:
            if exchange.reply is None and self._turns.is_haunted(exchange.key, now):
                self._withhold(exchange, _HAUNTED, effects)
                continue
            self._turns.depart(exchange, now)
            if exchange.reply is None:
                effects.append(Observed(exchange.operation))
                effects.append(Forward(_TO_ASSET, exchange.raw))
            else:
                effects.append(Reply(_TO_USER, exchange.reply))

    def on_tick(self, now: float) -> list[Effect]:
        """Answer for a silent device, and let the next requests go."""
        effects: list[Effect] = []
        for exchange in self._turns.overdue(now):
            self._speak_for_device(exchange, Cause.SILENT, f"no answer within {self._timeout_seconds:g} s", effects)
        for exchange in self._turns.stale(now):
            self._withhold(exchange, _STALE, effects)
        self.let_go(now, effects)
        return effects

    def next_tick_monotonic(self) -> float | None:
        """Return when the device will have been silent for too long, or ``None``."""
        return self._turns.next_deadline_monotonic()

    def asset_gone(self) -> list[Effect]:
        """Answer everything open, and from now on every request."""
        self._is_gone = True
        effects: list[Effect] = []
        at_device, waiting = self._turns.end()
        for exchange in at_device:
            self._speak_for_device(exchange, Cause.GONE, f"{_GONE.reason} before it answered", effects)
        for exchange in waiting:
            reply = exchange.reply or self._withhold(exchange, _GONE, effects)
            effects.append(Reply(_TO_USER, reply))
        return effects

    def end(self) -> None:
        """Forget everything that is open."""
        self._turns.end()

    def _admit(self, now: float) -> Refusal | None:
        if self._is_gone:
            return _GONE
        if self._turns.is_full:
            return _FULL
        if self._rate is not None and not self._rate.take(now):
            return _TOO_FAST
        return None

    def _turn_down(self, exchange: E, refusal: Refusal, now: float, effects: list[Effect]) -> None:
        reply = self._withhold(exchange, refusal, effects)
        if refusal.verdict is Verdict.ASKED:
            effects.append(Ask(exchange.operation, exchange.fingerprint))
        if self._turns.is_idle or self._turns.is_full:
            effects.append(Reply(_TO_USER, reply))
        else:
            self._turns.join(exchange, now)

    def _withhold(self, exchange: E, refusal: Refusal, effects: list[Effect]) -> bytes:
        answer = self._refuse(exchange, refusal.cause)
        exchange.reply = answer.message
        exchange.operation = replace(
            exchange.operation, verdict=refusal.verdict, reason=refusal.reason, exception_code=answer.code
        )
        effects.append(Observed(exchange.operation))
        return answer.message

    def _speak_for_device(self, exchange: E, cause: Cause, reason: str, effects: list[Effect]) -> None:
        answer = self._refuse(exchange, cause)
        operation = replace(
            exchange.operation,
            direction=_TO_USER,
            verdict=Verdict.DENIED,
            is_response=True,
            values=(),
            reason=reason,
            exception_code=answer.code,
        )
        effects.append(Observed(operation))
        effects.append(Reply(_TO_USER, answer.message))
