"""Reads Modbus/TCP flows that it does not carry (see ``guards.decoding``)."""

from guards.decoding import MessageDecoder, Unanswered, judged
from guards.effects import Direction, Operation, Verdict
from guards.modbus.exchange import Exchange, key_of
from guards.modbus.framing import AduSplitter
from guards.modbus.functions import PDU_AT, function_of
from guards.modbus.guard import answer_of, asked_of, exception_code_of
from guards.modbus.judge import Judge
from guards.modbus.limits import PROTOCOL, Limits
from guards.modbus.memory import Memory
from policies.rules import Rules


class ModbusDecoder(MessageDecoder):
    """The reader of one Modbus/TCP flow."""

    def __init__(self, rules: Rules) -> None:
        """Judge requests by ``rules``."""
        super().__init__(PROTOCOL, AduSplitter)
        limits = Limits(rules)
        self._memory = Memory() if limits.needs_values else None
        self._judge = Judge(limits, self._memory)
        self._unanswered: Unanswered[Exchange] = Unanswered()

    def read(self, direction: Direction, message: bytes, now_monotonic: float) -> Operation:
        """See ``MessageDecoder``."""
        read = self._request if direction is Direction.TO_ASSET else self._response
        return read(message, now_monotonic)

    def _request(self, adu: bytes, now: float) -> Operation:
        function, contents, refusal = self._judge.judge(adu, now)
        exchange = Exchange(adu, function, contents, asked_of(adu, function, contents))
        self._unanswered.asked(exchange.key, exchange)
        if refusal is None and self._memory is not None:
            self._memory.on_its_way(exchange, now)
        return judged(exchange.operation, refusal)

    def _response(self, adu: bytes, now: float) -> Operation:
        exchange = self._unanswered.answered(key_of(adu))
        if exchange is None:
            return _orphan(adu)
        operation = answer_of(exchange, adu)
        if self._memory is not None and operation.exception_code is None and not operation.reason:
            self._memory.answered(exchange, operation, now)
        return operation


def _orphan(adu: bytes) -> Operation:
    """Read an answer whose request was not seen: by its function alone, which of 8 and 43 names no sub-function."""
    asked = adu[:PDU_AT] + bytes([adu[PDU_AT] & 0x7F]) + adu[PDU_AT + 1 :]
    function = function_of(asked)
    return Operation(
        Direction.TO_USER,
        PROTOCOL,
        function.code,
        function.name,
        function.tier,
        Verdict.ALLOWED,
        True,
        adu[0] << 8 | adu[1],
        adu[6],
        exception_code=exception_code_of(adu),
    )
