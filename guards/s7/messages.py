"""S7comm inside an open connection: jobs and user data one way, answers the other, downloads with parts changed."""

from dataclasses import replace

from guards.arming import Armed
from guards.dialogue import Dialogue
from guards.effects import Direction, Effect, Forward, Observed, Operation, Verdict
from guards.exchange import READ_FOR_RECORD, read_for_record
from guards.reasons import UNSAID, Reason, why
from guards.refusal import SILENCE, Answer, Cause
from guards.s7 import cotp, pdu, userdata
from guards.s7.answers import Answered, of_job, of_userdata
from guards.s7.before import Befores
from guards.s7.connection import Connection
from guards.s7.contents import Contents
from guards.s7.downloads import Downloads
from guards.s7.exchange import S7Exchange
from guards.s7.functions import (
    READ_VAR,
    REQUEST_DOWNLOAD,
    SETUP,
    WRITE_VAR,
    Function,
    code_of,
    function_of,
    pushed,
)
from guards.s7.judge import Judge, Judged, refuse_said
from guards.s7.limits import PROTOCOL, Limits
from guards.s7.memory import Memory
from guards.s7.pdu import Pdu
from policies.rules import Rules, Tier

# Bound once: looking a member up in its enum costs more than forwarding does.
_TO_ASSET, _TO_USER = Direction.TO_ASSET, Direction.TO_USER
_ALLOWED, _DENIED, _MALFORMED = Verdict.ALLOWED, Verdict.DENIED, Verdict.MALFORMED

_ERRORS = {
    Cause.MALFORMED: pdu.WRONG_FRAME,
    Cause.BUSY: pdu.TOO_FEW_RESOURCES,
    Cause.GONE: pdu.UNAVAILABLE,
    Cause.SILENT: pdu.TIME_EXCEEDED,
}
"""How S7comm says it; everything else is not permitted, item by item where there are items."""
_WITH_ITEMS = frozenset({READ_VAR, WRITE_VAR})


class Messages:
    """The S7comm conversation of one stream. ``raw`` is always what a message came as, in one piece or several."""

    __slots__ = ("_befores", "_connection", "_downloads", "_judge", "_limits", "_max_in_flight", "_memory", "dialogue")

    def __init__(
        self,
        rules: Rules,
        limits: Limits,
        connection: Connection,
        device_timeout_seconds: float,
        armed: Armed | None = None,
    ) -> None:
        """Begin with nothing said."""
        self._limits = limits
        self._connection = connection
        self._memory = Memory() if limits.needs_values else None
        self._judge = Judge(limits, self._memory)
        self._befores = Befores(rules, self._judge, connection, self._own_read)
        self._max_in_flight = rules.max_in_flight
        self._downloads = Downloads()
        self.dialogue: Dialogue[S7Exchange] = Dialogue(
            rules, device_timeout_seconds, self._refuse, armed, self._befores
        )

    def from_user(self, raw: bytes, message: bytes, now: float, effects: list[Effect]) -> None:
        """Take what the tool says: a request, or its part of a download."""
        parsed = pdu.parse(message)
        if isinstance(parsed, str):
            self._drop(_TO_ASSET, message, parsed, effects)
        elif parsed.rosctr == pdu.JOB:
            self._request(raw, message, parsed, now, effects)
        elif parsed.rosctr == pdu.USERDATA:
            (self._say if userdata.is_said(parsed) else self._request)(raw, message, parsed, now, effects)
        else:
            self._contribute(raw, message, parsed, effects)

    def from_asset(self, raw: bytes, message: bytes, now: float, effects: list[Effect]) -> None:
        """Take what the device says: an answer, what it tells by itself, or its question for a piece of a block."""
        parsed = pdu.parse(message)
        if isinstance(parsed, str):
            self._drop(_TO_USER, message, parsed, effects)
        elif parsed.rosctr == pdu.JOB:
            self._asked_back(raw, message, parsed, effects)
        elif parsed.rosctr == pdu.USERDATA and userdata.is_sound(parsed.parameters):
            self._told(raw, parsed, now, effects)
        else:
            self._answered(raw, parsed, now, effects)

    def moved(self) -> None:
        """Note that a new connection is asked for, to whichever CPU."""
        if self._memory is not None:
            self._memory.moved()

    # --- the tool

    def _request(self, raw: bytes, message: bytes, request: Pdu, now: float, effects: list[Effect]) -> None:
        said = message[1:2] + message[6:]
        judged = self._judge.known(said) or self._judge.judge(request, said, now)
        exchange = S7Exchange(raw, said, request, judged.contents, self._operation(request, judged))
        exchange.wants_read = self._befores.wants_to_read(judged, now)
        goes = self.dialogue.ask(exchange, self._connection.judge_route() or judged.refusal, now, effects)
        if goes and self._memory is not None:
            exchange.moment = self._memory.on_its_way(judged.contents.writes, now)

    def _say(self, raw: bytes, message: bytes, said: Pdu, now: float, effects: list[Effect]) -> None:
        """Take user data that asks for nothing: how numerical controls are sent files. It cannot be answered."""
        judged = self._judge.judge(said, message[1:2] + message[6:], now)
        refusal = refuse_said(said, self._connection.judge_route() or judged.refusal)
        content = message[1:2] + message[6:]
        exchange = S7Exchange(raw, content, said, judged.contents, self._operation(said, judged))
        self.dialogue.tell(exchange, refusal, now, effects)

    def _contribute(self, raw: bytes, message: bytes, answer: Pdu, effects: list[Effect]) -> None:
        job = self._downloads.answers(answer)
        if job is None:
            self._drop(_TO_ASSET, message, why("asked_nothing"), effects)
            return
        said = self._back(_TO_ASSET, job, function_of(job), answer)
        refusal = self.dialogue.unless_watched(None)
        if refusal is not None:
            effects.append(Observed(replace(said, verdict=refusal.verdict, reason=refusal.reason)))
            return
        effects += [Observed(said), Forward(_TO_ASSET, raw)]

    # --- the device

    def _answered(self, raw: bytes, answer: Pdu, now: float, effects: list[Effect]) -> None:
        exchange = self.dialogue.answered(answer.key)
        if exchange is None:
            self._stray(answer, effects)
            return
        request = exchange.operation
        if answer.rosctr == pdu.USERDATA:
            found = of_userdata(exchange.contents, answer)
        else:
            found = of_job(request.function_code, exchange.contents, answer)
            self._agree(exchange, answer, found)
        code = code_of(answer) if answer.rosctr == pdu.USERDATA else request.function_code
        operation = self._answer(request, code, found)
        if exchange.reads_for is not None:
            self._befores.learn(exchange, operation)
            effects.append(read_for_record(operation))
            self.dialogue.let_go(now, effects)
            return
        if self._memory is not None:
            for variable, data in found.learned:
                self._memory.saw(variable, data, now, exchange.moment)
        effects += [Observed(operation), Forward(_TO_USER, raw)]
        self.dialogue.let_go(now, effects)

    def _agree(self, exchange: S7Exchange, answer: Pdu, found: Answered) -> None:
        """Note what was agreed on: parallel jobs (both sides' word counts), and that a download begins."""
        code = exchange.operation.function_code
        if code == SETUP and found.code is None and len(answer.parameters) == 8:
            calling, called = answer.parameters[2:4], answer.parameters[4:6]
            parallel = min(int.from_bytes(calling, "big"), int.from_bytes(called, "big"), self._max_in_flight)
            self.dialogue.narrow(max(1, parallel))
        elif code == REQUEST_DOWNLOAD and found.code is None:
            self._downloads.began(exchange.request)

    def _told(self, raw: bytes, message: Pdu, now: float, effects: list[Effect]) -> None:
        kind = userdata.type_of(message.parameters)
        if kind == userdata.RESPONSE:
            self._answered(raw, message, now, effects)
        elif kind == userdata.PUSH:
            operation = Operation(
                _TO_USER,
                PROTOCOL,
                message.parameters[5],
                pushed(message.parameters),
                Tier.READ,
                _ALLOWED,
                True,
                message.reference,
                route=self._connection.route,
            )
            effects += [Observed(operation), Forward(_TO_USER, raw)]
        else:
            self._stray(message, effects)

    def _asked_back(self, raw: bytes, message: bytes, job: Pdu, effects: list[Effect]) -> None:
        if not self._downloads.asks(job):
            self._drop(_TO_USER, message, why("asks_unexplained"), effects)
            return
        effects += [Observed(self._back(_TO_USER, job, function_of(job), None)), Forward(_TO_USER, raw)]

    # --- words

    def _refuse(self, exchange: S7Exchange, cause: Cause) -> Answer:
        request = exchange.request
        if userdata.is_said(request):
            return SILENCE
        error = _ERRORS.get(cause, pdu.NOT_PERMITTED)
        if request.rosctr == pdu.USERDATA and userdata.is_sound(request.parameters):
            answer = pdu.refuse_userdata(request.reference, request.parameters, error)
        elif error == pdu.NOT_PERMITTED and exchange.operation.function_code in _WITH_ITEMS:
            error, function = pdu.ITEM_DENIED, exchange.operation.function_code
            codes = [error] * (request.parameters[1] if len(request.parameters) > 1 else 0)
            answer = pdu.answer_items(request.reference, function, codes, is_read=function == READ_VAR)
        else:
            answer = pdu.acknowledge_error(request.reference, error)
        return Answer(cotp.data(answer, self._connection.tpdu_bytes), error)

    def _operation(self, request: Pdu, judged: Judged) -> Operation:
        contents = judged.contents
        return Operation(
            _TO_ASSET,
            PROTOCOL,
            judged.code,
            judged.function.name,
            judged.tier,
            _ALLOWED,
            False,
            request.reference,
            None,
            contents.objects,
            contents.values,
            UNSAID,
            None,
            self._connection.route,
            judged.function.is_upload,
        )

    def _own_read(self, request: Pdu, judged: Judged) -> Operation:
        return replace(self._operation(request, judged), reason=READ_FOR_RECORD)

    def _answer(self, request: Operation, code: int, found: Answered) -> Operation:
        return Operation(
            _TO_USER,
            PROTOCOL,
            code,
            request.function,
            request.tier,
            _ALLOWED,
            True,
            request.transaction,
            None,
            found.objects,
            found.values,
            found.reason,
            found.code,
            request.route,
            request.is_upload,
        )

    def _back(self, direction: Direction, job: Pdu, function: Function, answer: Pdu | None) -> Operation:
        decoded = function.decode(job)
        return Operation(
            direction,
            PROTOCOL,
            job.parameters[0],
            function.name,
            function.tier,
            _ALLOWED,
            answer is not None,
            job.reference,
            objects=decoded.objects if isinstance(decoded, Contents) else (),
            exception_code=answer.error or None if answer is not None else None,
            route=self._connection.route,
        )

    def _stray(self, answer: Pdu, effects: list[Effect]) -> None:
        late = self.dialogue.was_given_up(answer.key)
        reason = why("late") if late else why("nothing_open")
        self._lose(_TO_USER, answer.reference, _DENIED if late else _MALFORMED, reason, effects)

    def _drop(self, direction: Direction, message: bytes, reason: Reason, effects: list[Effect]) -> None:
        reference = message[4] << 8 | message[5] if len(message) >= 6 else None
        self._lose(direction, reference, _MALFORMED, reason, effects)

    def _lose(
        self, direction: Direction, reference: int | None, verdict: Verdict, reason: Reason, effects: list[Effect]
    ) -> None:
        """Record what is passed on to nobody and cannot be answered."""
        operation = Operation(
            direction,
            PROTOCOL,
            0,
            "message",
            Tier.FIRMWARE,
            verdict,
            direction is _TO_USER,
            reference,
            reason=reason,
            route=self._connection.route,
        )
        effects.append(Observed(operation))
