"""Requests one way, one answer to each the other way: what the filters of such protocols have in common.

A protocol decodes, judges and words its refusals; here is who waits for whose turn, what comes too fast, who speaks for
a silent device, and how an approved request passes once.
"""

from collections.abc import Callable, Hashable
from dataclasses import replace
from typing import Any, Generic, Protocol, TypeVar

from guards.arming import Armed
from guards.effects import Ask, Direction, Effect, Forward, Observed, Reply, Verdict
from guards.exchange import FROM_INVENTORY, Exchange, no_answer, read_in_vain
from guards.rate import RateLimit
from guards.reasons import Reason, why
from guards.refusal import Answer, Cause, Refusal, denied
from guards.turns import Turns
from policies.rules import Rules

_GONE = denied(Cause.GONE, why("asset_gone"))
_FULL = denied(Cause.BUSY, why("too_many_wait"))
_TOO_FAST = denied(Cause.BUSY, why("too_fast"))
_TOO_OFTEN = denied(Cause.BUSY, why("interrogated_too_often"))
_STALE = denied(Cause.BUSY, why("waited_too_long"))
_AGAIN = why("open_already")
_HAUNTED = denied(Cause.BUSY, why("reference_open"))
UNWATCHED = denied(Cause.BUSY, why("unwatched"))
"""What must be watched is refused while nobody watches: not now, and perhaps in a moment."""

_TO_ASSET, _TO_USER = Direction.TO_ASSET, Direction.TO_USER


E = TypeVar("E", bound=Exchange)
E_contra = TypeVar("E_contra", bound=Exchange, contravariant=True)


class Befores(Protocol[E_contra]):
    """What a protocol does about the values before writes, for the change log.

    A read of the guard's own takes a turn of its own ahead of the write; its answer comes back through
    ``Dialogue.answered`` with ``reads_for`` set, and is for the protocol to learn from and to keep from the tool.
    """

    def read_ahead(self, write: E_contra, is_taken: Callable[[Hashable], bool], now: float) -> Any:
        """Return the read of what ``write`` will change, with a key that is not taken; ``None`` where it cannot be."""
        ...

    def was_silent(self, now: float) -> None:
        """Hear that the device did not answer such a read."""
        ...

    def on_its_way(self, exchange: E_contra, now: float) -> None:
        """Put what is known into the operation of a request that departs now."""
        ...


class Dialogue(Generic[E]):
    """The open requests of one stream. ``refuse`` words the answer to a request that is not forwarded, or silent."""

    __slots__ = ("_armed", "_befores", "_interrogations", "_is_gone", "_rate", "_refuse", "_timeout_seconds", "_turns")

    def __init__(
        self,
        rules: Rules,
        device_timeout_seconds: float,
        refuse: Callable[[E, Cause], Answer],
        armed: Armed | None = None,
        befores: "Befores[E] | None" = None,
        interrogations: RateLimit | None = None,
    ) -> None:
        """Begin with nothing open; a device that is silent for ``device_timeout_seconds`` is answered for.

        ``armed`` are the approvals of the session, which its streams share; ``interrogations`` is the device's.
        """
        self._interrogations = interrogations
        self._befores = befores
        self._armed = Armed() if armed is None else armed
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
        refusal = self.unless_watched(refusal)
        if refusal is None or (refusal.verdict is Verdict.ASKED and self.take(exchange.fingerprint, now)):
            refusal = self._admit(exchange, now)
        if refusal is not None:
            self._turn_down(exchange, refusal, now, effects)
            return False
        if not exchange.wants_read and self._turns.depart_at_once(exchange, now):
            self._send(exchange, now, effects)
        else:
            self._turns.join(exchange, now)
            self.let_go(now, effects)
        return True

    def answer(self, exchange: E, refusal: Refusal | None, message: bytes, now: float, effects: list[Effect]) -> None:
        """Answer a request with ``message`` in the device's place and in its turn, unless rules or state refuse it."""
        refusal = self.unless_watched(refusal)
        if refusal is None or (refusal.verdict is Verdict.ASKED and self.take(exchange.fingerprint, now)):
            refusal = self._admit(exchange, now)
        if refusal is not None:
            self._turn_down(exchange, refusal, now, effects)
            return
        answered = replace(exchange.operation, direction=_TO_USER, is_response=True, reason=FROM_INVENTORY)
        effects += [Observed(exchange.operation), Observed(answered)]
        exchange.reply = message
        if self._turns.is_idle:
            _say(message, effects)
        else:
            self._turns.join(exchange, now)

    def tell(
        self, exchange: E, refusal: Refusal | None, now: float, effects: list[Effect],
        *, is_counted: bool = True, keeps_alive: bool = False,
    ) -> bool:  # fmt: skip
        """Send on at once what no answer will come to, unless rules or state refuse it; tell whether it goes.

        It waits for nobody, and what is refused is refused in silence. ``is_counted``: it takes part in the rate.
        ``keeps_alive``: it asks the device for nothing, and passes though nobody watches.
        """
        if not keeps_alive:
            refusal = self.unless_watched(refusal)
        if refusal is None or (refusal.verdict is Verdict.ASKED and self.take(exchange.fingerprint, now)):
            refusal = self.refuse_unasked(now) if is_counted else (_GONE if self._is_gone else None)
        if refusal is None:
            effects += [Observed(exchange.operation), Forward(_TO_ASSET, exchange.raw)]
            return True
        self._withhold(exchange, refusal, effects)
        if refusal.verdict is Verdict.ASKED:
            effects.append(Ask(exchange.operation, exchange.fingerprint))
        return False

    @property
    def is_idle(self) -> bool:
        """Whether no request is at the device and none waits."""
        return self._turns.is_idle

    def again(self, exchange: E, now: float, effects: list[Effect], *, may_pass: bool) -> bool:
        """Deal with a request that is open already, to the byte; tell whether it is.

        Datagrams get lost, and tools then say the same again under the same key. What the device has may be repeated
        to it, at the rate that holds for all. What still waits, or may not pass a second time, is dropped: its answer
        is on the way already.
        """
        first = self._turns.at_device(exchange.key)
        # What the guard read for itself, the tool is not answered by.
        if first is not None and first.reads_for is None and first.raw == exchange.raw and first.reply is None:
            may_pass = may_pass and not self._armed.is_unwatched
            if may_pass and self._turns.may_repeat(now) and self._refuse_pace(exchange, now) is None:
                first.repeats += 1
                effects += [Observed(exchange.operation), Forward(_TO_ASSET, exchange.raw)]
                return True
        elif not any(one.raw == exchange.raw for one in self._turns.waiting_under(exchange.key)):
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

    def unless_watched(self, refusal: Refusal | None) -> Refusal | None:
        """Return the refusal that holds: what rules let pass, or would ask about, is refused while nobody watches."""
        if not self._armed.is_unwatched or (refusal is not None and refusal.verdict is not Verdict.ASKED):
            return refusal
        return UNWATCHED

    def refuse_unasked(self, now: float) -> Refusal | None:
        """Return the refusal of what no answer is awaited for, and no turn: nobody watches, or it comes too fast."""
        if self._armed.is_unwatched:
            return UNWATCHED
        if self._is_gone:
            return _GONE
        return None if self._rate is None or self._rate.take(now) else _TOO_FAST

    def answered(self, key: Hashable) -> E | None:
        """Close and return the request that an answer belongs to; ``let_go`` is due when the answer is on its way."""
        return self._turns.answered(key)

    def expect_repeats(self, exchange: E, now: float) -> None:
        """Take each further answer to an answered request that was said again for a late one, and for nothing else.

        Until they have come, or the device has had its time, a request that they could be mistaken for is refused.
        """
        self._turns.expect_repeats(exchange, now)

    def goes_on(self, exchange: E, now: float) -> None:
        """Leave a request open whose answer was not the last one; its ``key`` is that of the next."""
        self._turns.stay(exchange, now)

    def was_given_up(self, key: Hashable) -> bool:
        """Tell whether this answer is a late one, and forget that it was awaited."""
        return self._turns.was_given_up(key)

    def let_go(self, now: float, effects: list[Effect]) -> None:
        """Send what waited and whose turn has come."""
        while (exchange := self._turns.next_ready()) is not None:
            if exchange.reply is None and (refusal := self._hold_back(exchange, now)) is not None:
                self._withhold(exchange, refusal, effects)
                continue
            if exchange.wants_read and exchange.reply is None and self._read_ahead(exchange, now, effects):
                return
            self._turns.depart(exchange, now)
            if exchange.reply is None:
                self._send(exchange, now, effects)
            else:
                _say(exchange.reply, effects)

    def on_tick(self, now: float) -> list[Effect]:
        """Answer for a silent device, and let the next requests go."""
        effects: list[Effect] = []
        for exchange in self._turns.overdue(now):
            if exchange.reads_for is not None:
                self._read_in_vain(exchange, now, effects)
                continue
            self._speak_for_device(exchange, Cause.SILENT, no_answer(self._timeout_seconds), effects)
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
        for exchange in (each for each in at_device if each.reads_for is None):
            self._speak_for_device(exchange, Cause.GONE, why("asset_gone_before"), effects)
        for exchange in waiting:
            _say(self._withhold(exchange, _GONE, effects) if exchange.reply is None else exchange.reply, effects)
        return effects

    def end(self) -> tuple[list[E], list[E]]:
        """Forget everything that is open; return what was at the device, and what still waited for its turn."""
        at_device, waiting = self._turns.end()
        return at_device, [exchange for exchange in waiting if exchange.reply is None]

    def _send(self, exchange: E, now: float, effects: list[Effect]) -> None:
        if self._befores is not None:
            self._befores.on_its_way(exchange, now)
        effects.append(Observed(exchange.operation))
        effects.append(Forward(_TO_ASSET, exchange.raw))

    def _read_ahead(self, write: E, now: float, effects: list[Effect]) -> bool:
        """Read what a write will change before it goes, if that may be done now; tell whether it waits for it."""
        write.wants_read = False
        if self._befores is None or (self._rate is not None and not self._rate.take(now)):
            return False
        own: E | None = self._befores.read_ahead(write, self._turns.is_taken, now)
        if own is None:
            return False
        # The write itself must not become stale by it.
        self._turns.send_ahead(own, now + self._timeout_seconds / 2)
        effects.append(Observed(own.operation))
        effects.append(Reply(_TO_ASSET, own.raw))
        return True

    def _read_in_vain(self, own: E, now: float, effects: list[Effect]) -> None:
        if self._befores is not None:
            self._befores.was_silent(now)
        silent = read_in_vain(self._timeout_seconds / 2)
        effects.append(
            Observed(
                replace(own.operation, direction=_TO_USER, verdict=Verdict.DENIED, is_response=True, reason=silent)
            )
        )

    def _hold_back(self, exchange: E, now: float) -> Refusal | None:
        """Return why a request whose turn has come may not go any more."""
        if self._armed.is_unwatched:
            return UNWATCHED
        return _HAUNTED if self._turns.is_haunted(exchange.key, now) else None

    def _admit(self, exchange: E, now: float) -> Refusal | None:
        if self._is_gone:
            return _GONE
        if self._turns.is_full:
            return _FULL
        return self._refuse_pace(exchange, now)

    def _refuse_pace(self, exchange: E, now: float) -> Refusal | None:
        if self._rate is not None and not self._rate.take(now):
            return _TOO_FAST
        if exchange.is_interrogation and self._interrogations is not None and not self._interrogations.take(now):
            return _TOO_OFTEN
        return None

    def _turn_down(self, exchange: E, refusal: Refusal, now: float, effects: list[Effect]) -> None:
        reply = self._withhold(exchange, refusal, effects)
        if refusal.verdict is Verdict.ASKED:
            effects.append(Ask(exchange.operation, exchange.fingerprint))
        if self._turns.is_idle or self._turns.is_full:
            _say(reply, effects)
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

    def _speak_for_device(self, exchange: E, cause: Cause, reason: Reason, effects: list[Effect]) -> None:
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
        _say(answer.message, effects)


def _say(message: bytes, effects: list[Effect]) -> None:
    if message:
        effects.append(Reply(_TO_USER, message))
