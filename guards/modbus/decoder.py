"""Reads Modbus/TCP flows that it does not carry (see ``guards.decoding``)."""

from guards.decoding import MessageDecoder, Unanswered, judged
from guards.effects import Direction, Operation, Verdict
from guards.modbus import requests
from guards.modbus.contents import Malformed
from guards.modbus.exchange import Exchange, key_of
from guards.modbus.framing import LENGTH_ENDS_AT, AduSplitter, measure
from guards.modbus.functions import FUNCTIONS, PDU_AT, function_of
from guards.modbus.guard import answer_of, asked_of, exception_code_of
from guards.modbus.judge import Judge
from guards.modbus.limits import PROTOCOL, Limits
from guards.modbus.memory import Memory
from policies.rules import Rules

_LAID_OUT = {function.code for function in FUNCTIONS if function.request is not requests.opaque}
"""Functions of whose requests something is known."""
_COUNTED = frozenset({1, 2, 3, 4, 12, 17, 20, 23})
"""Functions whose answers begin with the number of bytes that follow."""


class ModbusDecoder(MessageDecoder):
    """The reader of one Modbus/TCP flow."""

    def __init__(self, rules: Rules) -> None:
        """Judge requests by ``rules``."""
        super().__init__(PROTOCOL, measure, AduSplitter)
        limits = Limits(rules)
        self._memory = Memory() if limits.needs_values else None
        self._judge = Judge(limits, self._memory)
        self._unanswered: Unanswered[Exchange] = Unanswered()

    is_marked = False

    def is_likely(self, direction: Direction, message: bytes) -> bool:
        """See ``MessageDecoder``: a function that is known, laid out as requests or answers of it are."""
        code = message[PDU_AT]
        is_whole = len(message) == LENGTH_ENDS_AT + (message[4] << 8 | message[5])
        if code & 0x7F not in _LAID_OUT or (code & 0x80 and direction is Direction.TO_ASSET):
            return False
        if not is_whole:
            return True
        if code & 0x80:
            return len(message) == PDU_AT + 2
        if direction is Direction.TO_ASSET:
            return not isinstance(function_of(message).request(message[PDU_AT:]), Malformed)
        return code not in _COUNTED or message[PDU_AT + 1 : PDU_AT + 2] == bytes([(len(message) - PDU_AT - 2) & 0xFF])

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
