"""Whole fragments: requests one way; answers, and what outstations tell by themselves, the other."""

from dataclasses import replace

from guards.arming import Armed
from guards.dialogue import Dialogue
from guards.dnp3 import link
from guards.dnp3.application import SEQUENCES, Fragment, read
from guards.dnp3.assembly import Whole
from guards.dnp3.before import Befores
from guards.dnp3.exchange import Dnp3Exchange
from guards.dnp3.files import Files
from guards.dnp3.functions import (
    CONFIRM,
    DIRECT_OPERATE,
    INDICATIONS,
    OPERATE,
    RESPONSES,
    SELECT,
    TABLES,
    UNSOLICITED,
    WRITE,
)
from guards.dnp3.judge import Judge
from guards.dnp3.limits import Limits
from guards.dnp3.link import Frame
from guards.dnp3.memory import Memory
from guards.dnp3.selections import Selections
from guards.dnp3.words import operation_of, refuse, unreadable
from guards.effects import Direction, Effect, Forward, Observed, Verdict
from guards.exchange import read_for_record
from guards.rate import RateLimit
from guards.reasons import why
from guards.refusal import SILENCE, Answer, Cause, Refusal, denied, malformed
from policies.rules import Rules, Tier

# Bound once: looking a member up in its enum costs more than forwarding does.
_TO_ASSET, _TO_USER = Direction.TO_ASSET, Direction.TO_USER
_ASKED = Verdict.ASKED

ANYBODY = 0xFFFC
"""The destination that a single outstation takes for its own, and answers from its real address (9.2.5.3)."""
MAX_UNCONFIRMED = 16
"""So many confirmations may be owed; what is confirmed beyond that counts like a request."""
_EXECUTED = frozenset({OPERATE, DIRECT_OPERATE})
_ONE_AT_A_TIME = denied(Cause.BUSY, why("one_at_a_time"))
_NOT_SELECTED = denied(Cause.FUNCTION, why("select_refused"))


class Conversation:
    """What is said on one stream in fragments."""

    __slots__ = (
        *("_befores", "_files", "_judge", "_limits", "_memory", "_selections", "_sequence", "_unconfirmed"),
        "dialogue",
    )

    def __init__(
        self, rules: Rules, limits: Limits, device_timeout_seconds: float, armed: Armed | None = None,
        interrogations: RateLimit | None = None,
    ) -> None:  # fmt: skip
        """Begin with nothing said."""
        self._limits = limits
        self._memory = Memory() if limits.needs_values else None
        self._files = Files()
        self._judge = Judge(limits, self._memory, self._files)
        self._selections = Selections()
        self._sequence = 0
        self._unconfirmed = 0
        self._befores = Befores(rules, self._judge)
        self.dialogue: Dialogue[Dnp3Exchange] = Dialogue(
            rules, device_timeout_seconds, self._refuse, armed, self._befores, interrogations
        )

    def request(self, frame: Frame, whole: Whole, now: float, effects: list[Effect]) -> bool:
        """Take what the master says; tell whether it goes on its way."""
        judged = self._judge.judge(frame, whole.data, now)
        if isinstance(judged, str):
            effects.append(Observed(unreadable(_TO_ASSET, judged)))
            return False
        said, operation, refusal = judged
        exchange = Dnp3Exchange(frame, whole.raw, operation, said)
        if said.function.code == OPERATE:
            refusal = self._judge_operate(exchange, said, refusal, now)
        if exchange.is_answered:
            exchange.wants_read = self._befores.wants_to_read(exchange, now)
            goes = self.dialogue.ask(exchange, refusal, now, effects)
        else:
            goes = self._tell(exchange, refusal, now, effects)
        if goes:
            self._went(exchange, said, refusal, now)
        return goes

    def response(self, frame: Frame, whole: Whole, now: float, effects: list[Effect]) -> bool:
        """Take what an outstation says; tell whether it goes on its way."""
        said = read(whole.data, from_master=False)
        if isinstance(said, str):
            effects.append(Observed(unreadable(_TO_USER, said)))
            return False
        exchange = None
        if said.function.code == UNSOLICITED:
            refusal = self._limits.judge_unsolicited(frame.source, said)
        elif said.function.code in RESPONSES:
            exchange = self._asked(frame, said)
            refusal = None if exchange is not None else self._stray(frame, said)
        else:
            refusal = malformed(said.fault)
        asked = None if exchange is None else exchange.fragment
        operation = operation_of(frame, self._files.answered(frame.source, asked, said), asked)
        if refusal is not None:
            effects.append(Observed(replace(operation, verdict=refusal.verdict, reason=refusal.reason)))
            return False
        self._learn(frame, said, exchange, now)
        if exchange is not None and exchange.reads_for is not None:
            self._befores.learn_of(exchange, said, now)
            effects.append(read_for_record(operation))
            self.dialogue.let_go(now, effects)
            return False
        self._befores.heard(said)
        self._unconfirmed = min(MAX_UNCONFIRMED, self._unconfirmed + said.wants_confirmation)
        effects += [Observed(operation), Forward(_TO_USER, whole.raw)]
        if exchange is not None:
            self._answered(exchange, said, now, effects)
        return True

    # --- the master

    def _judge_operate(
        self, exchange: Dnp3Exchange, said: Fragment, refusal: Refusal | None, now: float
    ) -> Refusal | None:
        if refusal is not None and refusal.verdict is not _ASKED:
            return refusal
        pair = exchange.outstation, exchange.master
        if self._selections.is_refused(pair):
            return _NOT_SELECTED
        return None if self._selections.take(pair, said.objects, now) else refusal

    def _tell(self, exchange: Dnp3Exchange, refusal: Refusal | None, now: float, effects: list[Effect]) -> bool:
        is_reading = exchange.operation.tier is Tier.READ
        is_passing = refusal is None or refusal.verdict is _ASKED
        if is_passing and not is_reading and not self.dialogue.is_idle:
            refusal = _ONE_AT_A_TIME
        is_owed = exchange.operation.function_code == CONFIRM and self._unconfirmed > 0
        self._unconfirmed -= is_owed
        goes = self.dialogue.tell(exchange, refusal, now, effects, is_counted=not is_owed, keeps_alive=is_owed)
        if goes:
            self._befores.on_its_way(exchange, now)
        return goes

    def _went(self, exchange: Dnp3Exchange, said: Fragment, refusal: Refusal | None, now: float) -> None:
        if said.function.code == SELECT:
            pair = exchange.outstation, exchange.master
            self._selections.passed(pair, said.objects, now, is_approved=refusal is not None)
        elif self._memory is not None:
            written = () if said.tier is Tier.READ else said.accesses
            exchange.moment = self._memory.on_its_way(exchange.outstation, written, now)

    def _refuse(self, exchange: Dnp3Exchange, cause: Cause) -> Answer:
        """Word a refusal. What the outstation itself does not answer is not answered for it either.

        A master learns from its silence that an outstation is gone; an answer of ours would hide that.
        """
        said = exchange.fragment
        if said is not None and said.function.code == SELECT:
            self._selections.refused((exchange.outstation, exchange.master))
        if said is None or not exchange.is_answered or cause in {Cause.SILENT, Cause.GONE} or _clears(said):
            return SILENCE
        fragment, code = refuse(said, cause)
        frames = link.carry(fragment, exchange.master, exchange.outstation, self._sequence)
        self._sequence = (self._sequence + link.pieces_of(fragment)) % link.PIECE_NUMBERS
        return Answer(frames, code)

    # --- the outstation

    def _asked(self, frame: Frame, said: Fragment) -> Dnp3Exchange | None:
        key = frame.source, frame.destination, said.sequence
        return self.dialogue.answered(key) or self.dialogue.answered((ANYBODY, *key[1:]))

    def _stray(self, frame: Frame, said: Fragment) -> Refusal:
        if self.dialogue.was_given_up((frame.source, frame.destination, said.sequence)):
            return denied(Cause.SILENT, why("late"))
        return Refusal(Verdict.MALFORMED, Cause.MALFORMED, why("nothing_open"))

    def _answered(self, exchange: Dnp3Exchange, said: Fragment, now: float, effects: list[Effect]) -> None:
        if not said.is_last:
            exchange.key = (exchange.outstation, exchange.master, (said.sequence + 1) % SEQUENCES)
            self.dialogue.goes_on(exchange, now)
        self.dialogue.let_go(now, effects)

    def _learn(self, frame: Frame, said: Fragment, exchange: Dnp3Exchange | None, now: float) -> None:
        if self._memory is None or said.fault:
            return
        moment = 0 if exchange is None else exchange.moment
        self._memory.saw(frame.source, said.states, now, moment)
        asked = None if exchange is None else exchange.fragment
        if asked is None or asked.function.code not in _EXECUTED or said.refusal[0] is not None:
            return
        if said.is_control and len(said.statuses) == len(asked.statuses):
            self._memory.saw(frame.source, asked.accesses, now, moment)


def _clears(said: Fragment) -> bool:
    """Tell whether a request only clears indications, as masters do when an outstation says that it has restarted.

    Refused with an answer, the master of opendnp3 begins anew at once and without end: with an integrity poll where the
    answer does not repeat that indication, with clearing it where it does. Unanswered, it tries again now and then.
    """
    return said.function.code == WRITE and {access.touched.table for access in said.accesses} == {TABLES[INDICATIONS]}
