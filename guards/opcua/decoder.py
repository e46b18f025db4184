"""Reads OPC UA flows that it does not carry (see ``guards.decoding``)."""

from functools import partial
from typing import NamedTuple

from guards.decoding import MessageDecoder, Unanswered, judged
from guards.effects import Direction, Operation, Verdict
from guards.opcua import chunks, security
from guards.opcua.answers import Answer, read_answer
from guards.opcua.calls import answered, operation_of
from guards.opcua.chunks import Assembly, Fault, Message
from guards.opcua.limits import PROTOCOL, Limits
from guards.opcua.memory import Memory
from guards.opcua.requests import Request, read_request
from guards.opcua.services import CLOSE_CHANNEL, FAULT, OPEN_CHANNEL, OPENED_CHANNEL, SERVICES, service_of
from guards.splitting import Splitter
from policies.rules import Rules, Tier

MAX_CAPTURED_BYTES = 0x1000000
_TO_ASSET, _TO_USER = Direction.TO_ASSET, Direction.TO_USER
_BODY_AT = chunks.CHANNEL_HEAD_BYTES + 4
_SHORT_SIGNATURES = ("#Basic128Rsa15", "#Basic256")
_BY_ANSWER = {service.answer: service for service in SERVICES.values()}
_LINK = {chunks.HELLO: "hello", chunks.ACKNOWLEDGE: "acknowledge"}


class _Asked(NamedTuple):
    request: Request
    operation: Operation
    moment: int


class OpcUaDecoder(MessageDecoder):
    """The reader of one flow. Of channels with security, what is only signed is read; the rest is ``sealed``."""

    def __init__(self, rules: Rules) -> None:
        """Judge requests by ``rules``."""
        super().__init__(PROTOCOL, partial(Splitter, chunks.measure_up_to(MAX_CAPTURED_BYTES)))
        self._limits = Limits(rules)
        self._memory = Memory() if self._limits.needs_values else None
        self._assemblies = {direction: Assembly(MAX_CAPTURED_BYTES) for direction in Direction}
        self._unanswered: Unanswered[_Asked] = Unanswered()
        self._signature_bytes = 0
        self._is_sealed: bool | None = False

    def lost(self, direction: Direction) -> None:
        """See ``Decoder``."""
        super().lost(direction)
        self._assemblies[direction].clear()

    def read(self, direction: Direction, message: bytes, now_monotonic: float) -> Operation | None:
        """See ``MessageDecoder``."""
        kind = message[:3]
        if kind in _LINK:
            operation = _plain(direction, 0, _LINK[kind])
            return judged(operation, self._limits.judge_setup()) if direction is _TO_ASSET else operation
        if kind == chunks.ERROR:
            status, reason = chunks.read_error(message)
            return _plain(direction, 0, "error", reason, status)
        if kind == chunks.OPEN:
            return self._open(direction, message)
        if self._is_sealed or (self._is_sealed is None and not self._is_signed_only(direction, message)):
            return self._sealed(direction, kind)
        return self._chunk(direction, message, now_monotonic)

    def _open(self, direction: Direction, message: bytes) -> Operation:
        policy = chunks.read_policy(message)
        if policy is None:
            return self.unreadable(direction, "the head of an OPN is not what it must be")
        if direction is _TO_ASSET and policy.uri != security.NO_POLICY:
            self._signature_bytes = 20 if policy.uri.endswith(_SHORT_SIGNATURES) else security.SIGNATURE_BYTES
            self._is_sealed = None
        code = OPEN_CHANNEL if direction is _TO_ASSET else OPENED_CHANNEL
        operation = _plain(direction, code, "open_secure_channel", policy.uri.rpartition("#")[2])
        return judged(operation, self._limits.judge_setup()) if direction is _TO_ASSET else operation

    def _is_signed_only(self, direction: Direction, message: bytes) -> bool:
        """Decide once, by the first message: what is encrypted begins with no service's number."""
        part = chunks.read_part(message[3:4], self._content(message))
        if isinstance(part, Fault):
            return False
        read = read_request(part.body) if direction is _TO_ASSET else None
        code = read_answer(part.body, None).code if read is None else read.service.code
        self._is_sealed = code not in {CLOSE_CHANNEL, FAULT, *SERVICES, *_BY_ANSWER}
        return not self._is_sealed

    def _sealed(self, direction: Direction, kind: bytes) -> Operation:
        name = "sealed" if kind == chunks.MESSAGE else "close_secure_channel"
        if kind == chunks.CLOSE:
            return _plain(direction, 0, name)
        if direction is _TO_USER:
            return _plain(direction, 0, name, tier=Tier.FIRMWARE)
        return judged(_plain(direction, 0, name, tier=Tier.FIRMWARE), self._limits.judge_sealed())

    def _content(self, message: bytes) -> bytes:
        return message[_BODY_AT : len(message) - self._signature_bytes]

    def _chunk(self, direction: Direction, message: bytes, now: float) -> Operation | None:
        part = chunks.read_part(message[3:4], self._content(message))
        whole = part if isinstance(part, Fault) else self._assemblies[direction].take(part)
        if isinstance(whole, Fault):
            self._assemblies[direction].clear()
            return self.unreadable(direction, whole.reason)
        if whole is None:
            return None
        if message[:3] == chunks.CLOSE:
            return _plain(direction, CLOSE_CHANNEL, "close_secure_channel")
        return self._request(whole, now) if direction is _TO_ASSET else self._answer(whole, now)

    def _request(self, message: Message, now: float) -> Operation | None:
        if message.abort is not None:
            return None
        request = read_request(message.body)
        operation = operation_of(request, message.request_id)
        ruling = self._limits.judge(request, self._memory, now)
        moment = 0
        if ruling.refusal is None and self._memory is not None:
            moment = self._memory.on_its_way(request, now)
        self._unanswered.asked(message.request_id, _Asked(request, operation, moment))
        return judged(operation, ruling.refusal)

    def _answer(self, message: Message, now: float) -> Operation:
        asked = self._unanswered.answered(message.request_id)
        if message.abort is not None:
            answer = Answer(0, message.abort, "the device broke its answer off")
        else:
            answer = read_answer(message.body, None if asked is None else asked.request.service)
        if asked is None:
            service = _BY_ANSWER.get(answer.code) or service_of(answer.code)
            name = "fault" if answer.code == FAULT else service.name
            orphan = Operation(
                _TO_USER, PROTOCOL, service.code, name, Tier.READ, Verdict.ALLOWED, transaction=message.request_id
            )
            return answered(orphan, answer)
        if self._memory is not None:
            self._memory.learn(asked.request, answer, now, asked.moment)
        return answered(asked.operation, answer)


def _plain(
    direction: Direction, code: int, name: str, reason: str = "", status: int | None = None, tier: Tier = Tier.READ
) -> Operation:
    return Operation(
        direction, PROTOCOL, code, name, tier, Verdict.ALLOWED, direction is _TO_USER, reason=reason,
        exception_code=status,
    )  # fmt: skip
