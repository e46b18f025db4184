"""The Modbus/TCP guard: forwards what the rules allow, answers the rest inside the protocol, and says what it saw.

Every request is decoded, judged and either joins the queue to the device or is answered with an exception. Answers of
the guard keep their place in the order of requests; only "the queue is full" (06) overtakes.
"""

import hashlib
from dataclasses import replace

from guards.arming import Armed
from guards.effects import Ask, Direction, Effect, Forward, Observed, Operation, Reply, Verdict
from guards.exchange import no_answer, read_for_record, read_in_vain
from guards.modbus import umas
from guards.modbus.before import Befores, may_write
from guards.modbus.contents import EMPTY, Contents
from guards.modbus.exchange import Exchange, key_of
from guards.modbus.framing import AduSplitter, ExceptionCode, exception_response
from guards.modbus.functions import PDU_AT, Function, function_of
from guards.modbus.judge import Judge
from guards.modbus.limits import PROTOCOL, Limits, Refusal, denied
from guards.modbus.memory import Memory
from guards.modbus.reservations import Reservations
from guards.modbus.rtu import BROADCAST
from guards.rate import RateLimit
from guards.reasons import UNSAID, Reason, why
from guards.stream_guard import StreamGuard
from guards.turns import Turns
from policies.rules import Rules

ODD_SHAPE = why("odd_response")

# Bound once: looking a member up in its enum costs more than forwarding does.
_TO_ASSET, _TO_USER = Direction.TO_ASSET, Direction.TO_USER
_ALLOWED = Verdict.ALLOWED

_GONE = denied(ExceptionCode.GATEWAY_PATH_UNAVAILABLE, why("asset_gone"))
_FULL = denied(ExceptionCode.SERVER_DEVICE_BUSY, why("too_many_wait"))
_TOO_FAST = denied(ExceptionCode.SERVER_DEVICE_BUSY, why("too_fast"))
_STALE = denied(ExceptionCode.SERVER_DEVICE_BUSY, why("waited_too_long"))
_HAUNTED = denied(ExceptionCode.SERVER_DEVICE_BUSY, why("transaction_open"))
_UNWATCHED = denied(ExceptionCode.SERVER_DEVICE_BUSY, why("unwatched"))


class ModbusGuard(StreamGuard):
    """The inspector of one Modbus/TCP stream; sans I/O, on the caller's clock."""

    __slots__ = (
        *("_armed", "_befores", "_is_gone", "_is_serial", "_judge", "_memory", "_rate", "_reservations"),
        *("_timeout_seconds", "_turns"),
    )

    def __init__(
        self,
        rules: Rules,
        *,
        device_timeout_seconds: float = 30.0,
        armed: Armed | None = None,
        is_serial: bool = False,
    ) -> None:
        """Compile ``rules``; a device that is silent for ``device_timeout_seconds`` is answered for with 0B.

        ``armed`` are the approvals of the session, which its streams share. ``is_serial``: a serial line lies behind,
        where unit 0 means everybody and nobody answers it.
        """
        super().__init__(AduSplitter)
        limits = Limits(rules, is_serial=is_serial)
        self._is_serial = is_serial
        self._memory = Memory() if limits.needs_values else None
        self._judge = Judge(limits, self._memory)
        self._befores = Befores(rules, self._judge) if may_write(rules) else None
        self._armed = Armed() if armed is None else armed
        self._rate = None if rules.max_rate is None else RateLimit(rules.max_rate)
        self._turns: Turns[Exchange] = Turns(rules.max_in_flight, device_timeout_seconds)
        self._timeout_seconds = device_timeout_seconds
        self._reservations = Reservations()
        self._is_gone = False

    @property
    def kept_bytes(self) -> int:
        """See ``StreamGuard``."""
        return self._turns.held_bytes

    def take(self, direction: Direction, raw: bytes, now: float, effects: list[Effect]) -> None:
        """See ``StreamGuard``."""
        (self._request if direction is _TO_ASSET else self._response)(raw, now, effects)

    def forget(self) -> None:
        """See ``StreamGuard``."""
        self._turns.end()

    def on_tick(self, now_monotonic: float) -> list[Effect]:
        """Answer for a silent device, and let the next requests go."""
        effects: list[Effect] = []
        for exchange in self._turns.overdue(now_monotonic):
            if exchange.reads_for is not None:
                self._read_in_vain(exchange, now_monotonic, effects)
                continue
            self._answer_for_device(
                exchange, ExceptionCode.GATEWAY_TARGET_SILENT, no_answer(self._timeout_seconds), effects
            )
        for exchange in self._turns.stale(now_monotonic):
            self._withhold(exchange, _STALE, effects)
        self._let_go(now_monotonic, effects)
        return effects

    def next_tick_monotonic(self) -> float | None:
        """Return when the device will have been silent for too long, or ``None``."""
        return self._turns.next_deadline_monotonic()

    def arm(self, fingerprint: bytes, until_monotonic: float) -> None:
        """Let the request with this ``fingerprint`` pass once, if it comes again in time."""
        self._armed.arm(fingerprint, until_monotonic)

    def asset_gone(self, now_monotonic: float) -> list[Effect]:  # noqa: ARG002 - the interface of all guards
        """Answer everything open with 0A, and from now on every request."""
        self._is_gone = True
        self._from_asset = AduSplitter()
        effects: list[Effect] = []
        at_device, waiting = self._turns.end()
        for exchange in (each for each in at_device if each.reads_for is None):
            self._answer_for_device(exchange, _GONE.exception_code, why("asset_gone_before"), effects)
        for exchange in waiting:
            reply = exchange.reply or self._withhold(exchange, _GONE, effects)
            effects.append(Reply(_TO_USER, reply))
        return effects

    def good_bye(self, now_monotonic: float) -> list[Effect]:  # noqa: ARG002 - the interface of all guards
        """Give back the UMAS reservations that were given on this stream; Modbus itself ends with the FIN."""
        effects: list[Effect] = []
        for adu in [] if self._is_gone else self._reservations.give_back():
            effects += [Observed(asked_of(adu, function_of(adu), EMPTY)), Reply(_TO_ASSET, adu)]
        return effects

    def _request(self, adu: bytes, now: float, effects: list[Effect]) -> None:
        function, contents, refusal = self._judge.judge(adu, now)
        exchange = Exchange(adu, function, contents, asked_of(adu, function, contents))
        if self._armed.is_unwatched and (refusal is None or refusal.verdict is Verdict.ASKED):
            refusal = _UNWATCHED
        if refusal is None or (refusal.verdict is Verdict.ASKED and self._armed.take(fingerprint(adu), now)):
            refusal = self._admit(now)
        if refusal is not None:
            self._refuse(exchange, refusal, now, effects)
            return
        if self._memory is not None:
            self._memory.on_its_way(exchange, now)
        befores = self._befores
        if befores is not None and befores.wants_to_read(exchange, now):
            exchange.wants_read = True
        elif self._turns.depart_at_once(exchange, now):
            self._send(exchange, now, effects)
            return
        self._turns.join(exchange, now)
        self._let_go(now, effects)

    def _send(self, exchange: Exchange, now: float, effects: list[Effect]) -> None:
        if self._befores is not None:
            self._befores.on_its_way(exchange, now)
        if exchange.function.code == umas.FUNCTION_CODE:
            self._reservations.went(exchange.adu)
        effects.append(Observed(exchange.operation))
        effects.append(Forward(_TO_ASSET, exchange.adu))
        if self._is_serial and exchange.adu[PDU_AT - 1] == BROADCAST:
            self._turns.answered(exchange.key)  # nobody will

    def _read_ahead(self, write: Exchange, now: float, effects: list[Effect]) -> bool:
        """Read what a write will change before it goes, if that may be done now; tell whether it waits for it."""
        write.wants_read = False
        if self._befores is None or (self._rate is not None and not self._rate.take(now)):
            return False
        own = self._befores.read_ahead(write, self._turns.is_taken, now)
        if own is None:
            return False
        # The write itself must not become stale by it.
        self._turns.send_ahead(own, now + self._timeout_seconds / 2)
        effects.append(Observed(own.operation))
        effects.append(Reply(_TO_ASSET, own.adu))
        return True

    def _has_read(self, own: Exchange, adu: bytes, now: float, effects: list[Effect]) -> None:
        """Take the answer to a read of the guard's own; it is nobody else's business."""
        answer, write = answer_of(own, adu), own.reads_for
        if write is not None and answer.exception_code is None and not answer.reason:
            write.operation = replace(write.operation, before=answer.values, is_before_read=True)
        effects.append(read_for_record(answer))
        self._let_go(now, effects)

    def _read_in_vain(self, own: Exchange, now: float, effects: list[Effect]) -> None:
        if self._befores is not None:
            self._befores.was_silent(now)
        silent = read_in_vain(self._timeout_seconds / 2)
        answer = replace(own.operation, direction=_TO_USER, verdict=Verdict.DENIED, is_response=True, reason=silent)
        effects.append(Observed(answer))

    def _admit(self, now: float) -> Refusal | None:
        if self._is_gone:
            return _GONE
        if self._turns.is_full:
            return _FULL
        if self._rate is not None and not self._rate.take(now):
            return _TOO_FAST
        return None

    def _refuse(self, exchange: Exchange, refusal: Refusal, now: float, effects: list[Effect]) -> None:
        reply = self._withhold(exchange, refusal, effects)
        if refusal.verdict is Verdict.ASKED:
            effects.append(Ask(exchange.operation, fingerprint(exchange.adu)))
        if self._turns.is_idle or self._turns.is_full:
            effects.append(Reply(_TO_USER, reply))
        else:
            self._turns.join(exchange, now)

    def _withhold(self, exchange: Exchange, refusal: Refusal, effects: list[Effect]) -> bytes:
        exchange.operation = replace(
            exchange.operation,
            verdict=refusal.verdict,
            reason=refusal.reason,
            exception_code=int(refusal.exception_code),
        )
        exchange.reply = exception_response(exchange.adu, refusal.exception_code)
        effects.append(Observed(exchange.operation))
        return exchange.reply

    def _hold_back(self, exchange: Exchange, now: float) -> Refusal | None:
        if self._armed.is_unwatched:
            return _UNWATCHED
        return _HAUNTED if self._turns.is_haunted(exchange.key, now) else None

    def _let_go(self, now: float, effects: list[Effect]) -> None:
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
                effects.append(Reply(_TO_USER, exchange.reply))

    def _response(self, adu: bytes, now: float, effects: list[Effect]) -> None:
        exchange = self._turns.answered(key_of(adu))
        if exchange is None:
            effects.append(Observed(self._stray(adu)))
            return
        if exchange.reads_for is not None:
            self._has_read(exchange, adu, now, effects)
            return
        operation = answer_of(exchange, adu)
        if exchange.function.code == umas.FUNCTION_CODE:
            self._reservations.answered(exchange.adu, adu)
        if self._befores is not None and operation.exception_code is None and not operation.reason:
            self._befores.learn(exchange, operation, now)
        if self._memory is not None and operation.exception_code is None and not operation.reason:
            self._memory.answered(exchange, operation, now)
        effects.append(Observed(operation))
        effects.append(Forward(_TO_USER, adu))
        self._let_go(now, effects)

    def _stray(self, adu: bytes) -> Operation:
        function = function_of(adu[:PDU_AT] + bytes([adu[PDU_AT] & 0x7F]) + adu[PDU_AT + 1 :])
        late = self._turns.was_given_up(key_of(adu))
        return Operation(
            _TO_USER,
            PROTOCOL,
            function.code,
            function.name,
            function.tier,
            Verdict.DENIED if late else Verdict.MALFORMED,
            True,
            adu[0] << 8 | adu[1],
            adu[6],
            reason=why("late") if late else why("nothing_open"),
            exception_code=exception_code_of(adu),
        )

    def _answer_for_device(
        self, exchange: Exchange, code: ExceptionCode, reason: Reason, effects: list[Effect]
    ) -> None:
        answer = replace(
            exchange.operation,
            direction=_TO_USER,
            verdict=Verdict.DENIED,
            is_response=True,
            values=(),
            reason=reason,
            exception_code=int(code),
        )
        effects.append(Observed(answer))
        effects.append(Reply(_TO_USER, exception_response(exchange.adu, code)))


def fingerprint(adu: bytes) -> bytes:
    """Return what identifies exactly this request, whatever its transaction: SHA-256 over protocol, unit and PDU."""
    return hashlib.sha256(PROTOCOL.encode() + b"\0" + adu[PDU_AT - 1 :]).digest()


def asked_of(adu: bytes, function: Function, contents: Contents) -> Operation:
    """Return a decoded request as an operation that passes."""
    return Operation(
        _TO_ASSET,
        PROTOCOL,
        function.code,
        function.name,
        function.tier,
        _ALLOWED,
        False,
        adu[0] << 8 | adu[1],
        adu[6],
        contents.objects,
        contents.values,
        is_upload=function.is_upload,
    )


def answer_of(exchange: Exchange, adu: bytes) -> Operation:
    """Return a response as an operation, held against its request."""
    request, exception_code = exchange.operation, exception_code_of(adu)
    values: tuple[int, ...] | None = ()
    if exception_code is None:
        values = exchange.function.response(exchange.contents, exchange.adu[PDU_AT:], adu[PDU_AT:])
    elif adu[PDU_AT] & 0x80 and len(adu) != PDU_AT + 2:
        values = None
    return Operation(
        _TO_USER,
        PROTOCOL,
        request.function_code,
        request.function,
        request.tier,
        _ALLOWED,
        True,
        request.transaction,
        request.unit,
        _objects_answered(exchange.contents, request),
        () if values is None else values,
        ODD_SHAPE if values is None else UNSAID,
        exception_code,
        is_upload=request.is_upload,
    )


def _objects_answered(contents: Contents, request: Operation) -> tuple[str, ...]:
    if contents.reads is not None and contents.writes is not None:
        return (str(contents.reads),)
    return request.objects


def exception_code_of(adu: bytes) -> int | None:
    """Return the exception code of a response ADU, ``None`` for a normal response (V1.1b3, 7); FD for a no of UMAS."""
    if not adu[PDU_AT] & 0x80:
        return umas.REFUSED if umas.is_refused(adu[PDU_AT:]) else None
    return adu[PDU_AT + 1] if len(adu) > PDU_AT + 1 else 0
