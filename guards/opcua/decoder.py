"""Reads OPC UA flows that it does not carry (see ``guards.decoding``)."""

from typing import NamedTuple

from guards.decoding import MessageDecoder, Unanswered, judged
from guards.effects import Direction, Operation, Verdict
from guards.malformations import flaw
from guards.opcua import chunks, security
from guards.opcua.answers import Answer, read_answer
from guards.opcua.call import operation_of
from guards.opcua.calls import answered
from guards.opcua.chunks import Assembly, Fault, Message
from guards.opcua.judge import Judge
from guards.opcua.limits import PROTOCOL
from guards.opcua.requests import Request, read_request
from guards.opcua.services import CLOSE_CHANNEL, FAULT, OPEN_CHANNEL, OPENED_CHANNEL, SERVICES, service_of
from guards.reasons import UNSAID, Reason, detail, why
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
        super().__init__(PROTOCOL, chunks.measure_up_to(MAX_CAPTURED_BYTES))
        self._judge = Judge(rules)
        self._limits, self._memory = self._judge.limits, self._judge.memory
        self._assemblies = {direction: Assembly(MAX_CAPTURED_BYTES) for direction in Direction}
        self._unanswered: Unanswered[_Asked] = Unanswered()
        self._signature_bytes = 0
        self._is_sealed: bool | None = False
        self._opens = "open_secure_channel"
        self._is_opened = False
        self._in_middle: set[Direction] = set()

    def anew(self, direction: Direction) -> None:
        """See ``Decoder``."""
        super().anew(direction)
        self._assemblies[direction].clear()

    def lost(self, direction: Direction) -> None:
        """See ``Decoder``. Of a channel that was not seen to open, the first message tells whether it is encrypted."""
        super().lost(direction)
        self._in_middle.add(direction)
        if not self._is_opened:
            self._is_sealed = None

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
        if direction in self._in_middle and self._goes_on(direction, message):
            return None
        if self._is_sealed or (self._is_sealed is None and not self._is_signed_only(direction, message)):
            return self._sealed(direction, kind)
        return self._chunk(direction, message, now_monotonic)

    def _open(self, direction: Direction, message: bytes) -> Operation:
        self._is_opened = True
        self._in_middle.clear()
        policy = chunks.read_policy(message)
        if policy is None:
            return self.unreadable(direction, flaw("opn_head"), "opcua_open")
        if direction is _TO_ASSET and policy.uri != security.NO_POLICY:
            self._signature_bytes = 20 if policy.uri.endswith(_SHORT_SIGNATURES) else security.SIGNATURE_BYTES
            self._is_sealed = None
        code = OPEN_CHANNEL if direction is _TO_ASSET else OPENED_CHANNEL
        if direction is _TO_ASSET:  # whoever opens a channel does not know its number yet (10000-6, 6.7.2)
            self._opens = "renew_secure_channel" if chunks.channel_of(message) else "open_secure_channel"
        operation = _plain(direction, code, self._opens, detail(policy.uri.rpartition("#")[2]))
        return judged(operation, self._limits.judge_setup()) if direction is _TO_ASSET else operation

    def _is_signed_only(self, direction: Direction, message: bytes) -> bool:
        """Decide once, by the first message: what is encrypted begins with no service's number."""
        begins = self._begins(direction, message)
        if begins is None:
            return False
        self._is_sealed = not begins
        return begins

    def _begins(self, direction: Direction, message: bytes) -> bool | None:
        """Tell whether a chunk begins with the number of a service; ``None`` if it has not even a head."""
        part = chunks.read_part(message[3:4], self._content(message))
        if isinstance(part, Fault):
            return None
        read = read_request(part.body) if direction is _TO_ASSET else None
        code = read_answer(part.body, None).code if read is None else read.service.code
        return code in {CLOSE_CHANNEL, FAULT, *SERVICES, *_BY_ANSWER}

    def _goes_on(self, direction: Direction, message: bytes) -> bool:
        """Tell whether a chunk belongs to a message whose beginning is missing: the first that ends one is the last."""
        begins = self._is_sealed or self._begins(direction, message)
        if begins or message[3:4] in {chunks.FINAL, chunks.ABORT}:
            self._in_middle.discard(direction)
        return not begins

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
            return self.unreadable(direction, whole.reason, whole.code)
        if whole is None:
            return None
        if message[:3] == chunks.CLOSE:
            return _plain(direction, CLOSE_CHANNEL, "close_secure_channel")
        return self._request(whole, now) if direction is _TO_ASSET else self._answer(whole, now)

    def _request(self, message: Message, now: float) -> Operation | None:
        if message.abort is not None:
            return None
        request, ruling = self._judge.judge(message.body, now)
        operation = operation_of(request, message.request_id)
        moment = 0
        if ruling.refusal is None and self._memory is not None:
            moment = self._memory.on_its_way(request, now)
        self._unanswered.asked(message.request_id, _Asked(request, operation, moment))
        return judged(operation, ruling.refusal)

    def _answer(self, message: Message, now: float) -> Operation:
        asked = self._unanswered.answered(message.request_id)
        if message.abort is not None:
            answer = Answer(0, message.abort, why("broke_off"))
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
    direction: Direction,
    code: int,
    name: str,
    reason: Reason = UNSAID,
    status: int | None = None,
    tier: Tier = Tier.READ,
) -> Operation:
    return Operation(
        direction, PROTOCOL, code, name, tier, Verdict.ALLOWED, direction is _TO_USER, reason=reason,
        exception_code=status,
    )  # fmt: skip
