"""Requests one way and their answers the other, message by message: the guard but for its transport.

Over TCP a protocol may wrap its messages in heads of their own, over UDP a datagram is the message: ``raw`` is what a
message came as, and ``wrap`` makes of the guard's own messages what goes out.
"""

from collections.abc import Callable

from guards.arming import Armed
from guards.decoding import judged as with_ruling
from guards.dialogue import Dialogue
from guards.effects import Direction, Effect, Forward, Observed, Operation, Verdict
from guards.exchange import read_for_record
from guards.reasons import UNSAID, Reason, why
from guards.refusal import Answer, Cause, Refusal, denied
from guards.registers.before import Befores
from guards.registers.contents import Codec, Contents, Head, Heard, values_of
from guards.registers.exchange import RegisterExchange, asked
from guards.registers.judge import Judge, Judged
from policies.rules import Rules, Tier

# Bound once: looking a member up in its enum costs more than forwarding does.
_TO_ASSET, _TO_USER = Direction.TO_ASSET, Direction.TO_USER
_ALLOWED, _DENIED, _MALFORMED = Verdict.ALLOWED, Verdict.DENIED, Verdict.MALFORMED

ODD_SHAPE = why("odd_register_answer")
UNANSWERED = denied(Cause.FUNCTION, why("unanswerable"))
LATE = why("late")
STRAY = why("nothing_open")


class Conversation:
    """What both sides of one stream say; never raises, and keeps what waits only."""

    __slots__ = ("_befores", "_codec", "_is_datagrams", "_judge", "_wrap", "dialogue")

    def __init__(
        self,
        codec: Codec,
        rules: Rules,
        device_timeout_seconds: float,
        armed: Armed | None = None,
        *,
        wrap: Callable[[bytes], bytes] = bytes,
        is_datagrams: bool = False,
    ) -> None:
        """Begin with nothing said. ``is_datagrams``: messages get lost, and tools say them again."""
        self._is_datagrams = is_datagrams
        self._codec = codec
        self._judge = Judge(codec, rules)
        self._wrap = wrap
        self._befores = Befores(codec, rules, self._judge, wrap, is_datagrams=is_datagrams)
        self.dialogue: Dialogue[RegisterExchange] = Dialogue(
            rules, device_timeout_seconds, self._refuse, armed, befores=self._befores
        )

    def end(self) -> None:
        """Forget everything that is open."""
        self.dialogue.end()

    def from_user(self, raw: bytes, message: bytes, now: float, effects: list[Effect]) -> None:
        """Take what the tool says: a request, and nothing else."""
        head = self._codec.head(message)
        if isinstance(head, str):
            effects.append(Observed(lost(self._codec.protocol, _TO_ASSET, _MALFORMED, head)))
            return
        judged = self._judge.judge(head, message, now)
        operation = asked(self._codec.protocol, head, judged)
        if not head.wants_answer:
            effects.append(Observed(with_ruling(operation, unanswered(judged.refusal))))
            return
        exchange = RegisterExchange(raw, message, head, judged.contents, operation)
        if self._is_datagrams and self._is_repeat(exchange, head, judged, now, effects):
            return
        exchange.wants_read = self._befores.wants_to_read(head, message, judged.contents, now)
        goes = self.dialogue.ask(exchange, judged.refusal, now, effects)
        memory = self._judge.memory
        if goes and memory is not None:
            exchange.moment = memory.on_its_way(head.route, judged.contents.writes, now)

    def from_asset(self, raw: bytes, message: bytes, now: float, effects: list[Effect]) -> None:
        """Take what the device says: an answer to an open request, and nothing else."""
        heard = self._codec.heard(message)
        if isinstance(heard, str):
            effects.append(Observed(lost(self._codec.protocol, _TO_USER, _MALFORMED, heard)))
            return
        exchange = self.dialogue.answered(heard.key)
        if exchange is None:
            late = self.dialogue.was_given_up(heard.key)
            verdict, reason = (_DENIED, LATE) if late else (_MALFORMED, STRAY)
            effects.append(Observed(orphan(self._codec, heard, verdict, reason)))
            return
        self.dialogue.expect_repeats(exchange, now)
        operation = answered(exchange.operation, exchange.contents, heard, self._judge, now, exchange.moment)
        if exchange.reads_for is None:
            effects += [Observed(operation), Forward(_TO_USER, raw)]
        else:
            self._befores.learn(exchange, operation)
            effects.append(read_for_record(operation))
        self.dialogue.let_go(now, effects)

    def _is_repeat(
        self, exchange: RegisterExchange, head: Head, judged: Judged, now: float, effects: list[Effect]
    ) -> bool:
        """Deal with what is open already. Without a reference a second answer would pass for the next request's."""
        may_pass = judged.refusal is None and head.has_reference
        return self.dialogue.again(exchange, now, effects, may_pass=may_pass)

    def _refuse(self, exchange: RegisterExchange, cause: Cause) -> Answer:
        message, code = self._codec.refuse(exchange.message, exchange.contents, cause)
        return Answer(self._wrap(message), code)


def unanswered(refusal: Refusal | None) -> Refusal:
    """Return why a request that nobody answers does not pass: asking for it would not help."""
    return UNANSWERED if refusal is None or refusal.verdict is Verdict.ASKED else refusal


def answered(request: Operation, contents: Contents, heard: Heard, judge: Judge, now: float, moment: int) -> Operation:
    """Return an answer as an operation, held against its request of that ``moment``, and learn from it."""
    read = () if heard.code is not None else contents.read_answer(heard.data)
    if judge.memory is not None and contents.is_certain and heard.code is None and read is not None:
        judge.memory.learn(request.route, (*contents.writes, *read), now, moment)
    return Operation(
        _TO_USER,
        request.protocol,
        request.function_code,
        request.function,
        request.tier,
        _ALLOWED,
        True,
        request.transaction,
        None,
        request.objects,
        values_of(read) if read else (),
        ODD_SHAPE if read is None else UNSAID,
        heard.code,
        request.route,
        request.is_upload,
    )


def orphan(codec: Codec, heard: Heard, verdict: Verdict, reason: Reason) -> Operation:
    """Return an answer whose request is not open."""
    name, tier = ("message", Tier.FIRMWARE) if heard.command is None else codec.named(heard.command)
    return Operation(
        _TO_USER,
        codec.protocol,
        heard.command or 0,
        name,
        tier,
        verdict,
        True,
        heard.transaction,
        reason=reason,
        exception_code=heard.code,
        route=heard.route,
    )


def lost(protocol: str, direction: Direction, verdict: Verdict, reason: Reason, name: str = "message") -> Operation:
    """Return what is passed on to nobody and cannot be answered."""
    return Operation(direction, protocol, 0, name, Tier.FIRMWARE, verdict, direction is _TO_USER, reason=reason)
