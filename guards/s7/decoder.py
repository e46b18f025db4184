"""Reads S7comm and S7comm-plus flows that it does not carry (see ``guards.decoding``)."""

from dataclasses import replace
from typing import NamedTuple

from guards.decoding import MessageDecoder, Unanswered, judged
from guards.effects import Direction, Operation, Verdict
from guards.malformations import flaw
from guards.reasons import Reason
from guards.s7 import cotp, pdu, plus, userdata
from guards.s7.answers import Answered, of_job, of_userdata
from guards.s7.connection import Connection
from guards.s7.contents import EMPTY, Contents, Malformed
from guards.s7.functions import code_of, decode, function_of, pushed
from guards.s7.judge import Judge, Judged, refuse_said
from guards.s7.limits import PROTOCOL, Limits, tier_of
from guards.s7.memory import Memory
from guards.s7.pdu import Pdu
from guards.s7.plus_conversation import Conversation
from guards.splitting import FramingFault
from policies.rules import Rules, Tier

_TO_ASSET = Direction.TO_ASSET
_BEGINNINGS = frozenset({bytes([pdu.PROTOCOL_ID]), bytes([plus.PROTOCOL_ID])})


class _Asked(NamedTuple):
    operation: Operation
    contents: Contents
    moment: int


class S7Decoder(MessageDecoder):
    """The reader of one flow to port 102. A message in several pieces is one operation."""

    def __init__(self, rules: Rules) -> None:
        """Judge requests by ``rules``."""
        super().__init__(PROTOCOL, cotp.measure)
        self._limits = Limits(rules)
        self._memory = Memory() if self._limits.needs_values else None
        self._judge = Judge(self._limits, self._memory)
        self._connection = Connection(rules.routes)
        self._plus = Conversation(self._limits)
        self._pieces = {direction: cotp.Pieces() for direction in Direction}
        self._unanswered: Unanswered[_Asked] = Unanswered()
        self._in_middle: set[Direction] = set()

    def anew(self, direction: Direction) -> None:
        """See ``Decoder``."""
        super().anew(direction)
        self._pieces[direction] = cotp.Pieces()

    def lost(self, direction: Direction) -> None:
        """See ``Decoder``."""
        super().lost(direction)
        self._in_middle.add(direction)

    def is_likely(self, direction: Direction, message: bytes) -> bool:  # noqa: ARG002
        """See ``MessageDecoder``."""
        return message[1:2] in {b"", b"\0"} and (
            len(message) < 7 or not isinstance(cotp.code_of(message), FramingFault)
        )

    def read(self, direction: Direction, message: bytes, now_monotonic: float) -> Operation | None:
        """See ``MessageDecoder``."""
        read = self._tpkt(direction, message, now_monotonic)
        if not isinstance(read, FramingFault):
            return read
        self._pieces[direction] = cotp.Pieces()
        return self.unreadable(direction, read.reason, read.code)

    def unreadable(self, direction: Direction, reason: Reason, code: str = "") -> Operation:
        """See ``MessageDecoder``."""
        return replace(super().unreadable(direction, reason, code), route=self._connection.route)

    # --- the transport connection

    def _tpkt(self, direction: Direction, tpkt: bytes, now: float) -> Operation | FramingFault | None:
        code = cotp.code_of(tpkt)
        if isinstance(code, FramingFault):
            return code
        if code == cotp.DATA:
            if direction in self._in_middle and self._goes_on(direction, tpkt):
                return None
            whole = self._pieces[direction].take(tpkt)
            if whole is None or isinstance(whole, FramingFault):
                return whole
            return self._message(direction, whole[1], now)
        self._pieces = {each: cotp.Pieces() for each in Direction}
        self._in_middle.clear()
        if code == cotp.CONNECTION_REQUEST:
            return self._connect(direction, tpkt)
        if code == cotp.CONNECTION_CONFIRM:
            confirm = cotp.connect(tpkt)
            if isinstance(confirm, str):
                return self.unreadable(direction, confirm, "cotp_connect")
            return self._plain(direction, "connect", code)
        return self._plain(direction, cotp.ENDS[code], code)

    def _goes_on(self, direction: Direction, tpkt: bytes) -> bool:
        """Tell whether a piece belongs to a message whose beginning is missing: the first that ends one is the last."""
        begins = tpkt[7:8] in _BEGINNINGS
        if begins or (cotp.is_last(tpkt) and tpkt[7:]):
            self._in_middle.discard(direction)
        return not begins

    def _connect(self, direction: Direction, tpkt: bytes) -> Operation:
        request = cotp.connect(tpkt)
        if isinstance(request, str):
            return self.unreadable(direction, request, "cotp_connect")
        fence = self._connection.ask(request)
        if self._memory is not None:
            self._memory.moved()
        self._plus = Conversation(self._limits, self._connection.purpose)
        tier, refusal = self._plus.admit()
        operation = self._plain(direction, "connect", cotp.CONNECTION_REQUEST, tier)
        return judged(operation, fence or refusal)

    def _plain(self, direction: Direction, name: str, code: int, tier: Tier = Tier.READ) -> Operation:
        return Operation(
            direction, PROTOCOL, code, name, tier, Verdict.ALLOWED, direction is not _TO_ASSET,
            route=self._connection.route,
        )  # fmt: skip

    # --- messages

    def _message(self, direction: Direction, message: bytes, now: float) -> Operation:
        first = message[0] if message else None
        if self._plus.is_secret or (self._plus.is_open and first not in {pdu.PROTOCOL_ID, plus.PROTOCOL_ID}):
            return self._plain(direction, "tls", cotp.DATA, Tier.PROGRAM)
        if first == pdu.PROTOCOL_ID:
            parsed = pdu.parse(message)
            if isinstance(parsed, str):
                return self.unreadable(direction, parsed)
            return self._s7(direction, message, parsed, now)
        if first == plus.PROTOCOL_ID:
            return self._plus_message(direction, message)
        if first is None:
            return self._plain(direction, "empty", cotp.DATA)
        wrong = flaw("s7_protocol", protocol=f"{first:#04x}")
        return self.unreadable(direction, wrong, "s7_protocol_id")

    def _plus_message(self, direction: Direction, message: bytes) -> Operation:
        said = plus.read(message)
        if said is None:
            return self.unreadable(direction, flaw("s7_plus_lengths"), "s7_plus_length")
        refusal = None
        if direction is _TO_ASSET:
            tier, refusal = self._plus.judge(said)
            refusal = self._connection.judge_route() or refusal
        else:
            tier = self._plus.heard(said, message)
        operation = replace(self._plain(direction, said.name, said.function, tier), transaction=said.sequence)
        return judged(operation, refusal)

    def _s7(self, direction: Direction, message: bytes, said: Pdu, now: float) -> Operation:
        if said.rosctr == pdu.JOB:
            return self._request(direction, message, said, now)
        if said.rosctr != pdu.USERDATA:
            return self._answer(direction, said, now)
        kind = userdata.type_of(said.parameters) if userdata.is_sound(said.parameters) else userdata.REQUEST
        if kind == userdata.RESPONSE and direction is not _TO_ASSET:  # no device asks for user data
            return self._answer(direction, said, now)
        if kind == userdata.PUSH and direction is not _TO_ASSET:
            return self._row(direction, said, pushed(said.parameters), Tier.READ, is_response=True)
        return self._request(direction, message, said, now)

    def _request(self, direction: Direction, message: bytes, request: Pdu, now: float) -> Operation:
        content = message[1:2] + message[6:]
        found = self._judge.known(content) or self._judge.judge(request, content, now)
        operation = self._asked(direction, request, found)
        refusal = self._connection.judge_route() or found.refusal
        if userdata.is_said(request):
            refusal = refuse_said(request, refusal)
        moment = 0
        if direction is _TO_ASSET and refusal is None and self._memory is not None:
            moment = self._memory.on_its_way(found.contents.writes, now)
        self._unanswered.asked((direction, request.key), _Asked(operation, found.contents, moment))
        if direction is not _TO_ASSET:  # the device's question for the next piece of a block that it is sent
            return operation
        return judged(operation, refusal)

    def _asked(self, direction: Direction, request: Pdu, found: Judged) -> Operation:
        contents = found.contents
        operation = self._row(direction, request, found.function.name, found.tier)
        return replace(
            operation,
            function_code=found.code,
            objects=contents.objects,
            values=contents.values,
            is_upload=found.function.is_upload,
        )

    def _answer(self, direction: Direction, answer: Pdu, now: float) -> Operation:
        other = Direction.TO_USER if direction is _TO_ASSET else _TO_ASSET
        asked = self._unanswered.answered((other, answer.key))
        if asked is None:
            return self._orphan(direction, answer)
        request = asked.operation
        if answer.rosctr == pdu.USERDATA:
            found, code = of_userdata(asked.contents, answer), code_of(answer)
        else:
            found, code = of_job(request.function_code, asked.contents, answer), request.function_code
        if self._memory is not None:
            for variable, data in found.learned:
                self._memory.saw(variable, data, now, asked.moment)
        return _completed(replace(request, direction=direction, is_response=True, function_code=code), found)

    def _orphan(self, direction: Direction, answer: Pdu) -> Operation:
        """Read an answer whose request was not seen: what it says of its function is all there is."""
        as_request = answer if answer.rosctr == pdu.USERDATA else Pdu(pdu.JOB, *answer[1:])
        function = function_of(as_request)
        decoded = decode(function, as_request) if answer.rosctr != pdu.USERDATA else EMPTY
        tier = function.tier if isinstance(decoded, Malformed) else tier_of(function, decoded)
        if answer.rosctr != pdu.USERDATA and not answer.parameters:
            return replace(
                self._row(direction, answer, "acknowledge", Tier.READ, is_response=True),
                exception_code=answer.error or None,
            )
        operation = self._row(direction, answer, function.name, tier, is_response=True)
        return replace(operation, function_code=code_of(as_request), exception_code=answer.error or None)

    def _row(self, direction: Direction, said: Pdu, name: str, tier: Tier, *, is_response: bool = False) -> Operation:
        return Operation(
            direction, PROTOCOL, code_of(said), name, tier, Verdict.ALLOWED, is_response, said.reference,
            route=self._connection.route,
        )  # fmt: skip


def _completed(answer: Operation, found: Answered) -> Operation:
    return replace(answer, objects=found.objects, values=found.values, reason=found.reason, exception_code=found.code)
