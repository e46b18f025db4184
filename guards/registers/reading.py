"""Read messages of flows that nobody stood in (see ``guards.decoding``): same codec, same judge, no turns."""

from dataclasses import replace
from typing import NamedTuple

from guards.decoding import Unanswered, judged
from guards.effects import Direction, Operation, Verdict
from guards.reasons import UNSAID
from guards.registers.contents import Codec, Contents
from guards.registers.conversation import answered, lost, orphan, unanswered
from guards.registers.exchange import asked
from guards.registers.judge import Judge
from policies.rules import Rules


class _Asked(NamedTuple):
    operation: Operation
    contents: Contents
    moment: int


class Reading:
    """The messages of one flow. Whether one is an answer is told by itself: captures may begin on either side."""

    __slots__ = ("_codec", "_judge", "_unanswered")

    def __init__(self, codec: Codec, rules: Rules) -> None:
        """Judge requests by ``rules``."""
        self._codec = codec
        self._judge = Judge(codec, rules)
        self._unanswered: Unanswered[_Asked] = Unanswered()

    def read(self, direction: Direction, message: bytes, now_monotonic: float) -> Operation:
        """Return what a message says."""
        read = self._answer if self._codec.is_answer(message) else self._request
        operation = read(message, now_monotonic)
        return operation if operation.direction is direction else replace(operation, direction=direction)

    def _request(self, message: bytes, now: float) -> Operation:
        head = self._codec.head(message)
        if isinstance(head, str):
            return lost(self._codec.protocol, Direction.TO_ASSET, Verdict.MALFORMED, head)
        found = self._judge.judge(head, message, now)
        operation = asked(self._codec.protocol, head, found)
        if not head.wants_answer:
            return judged(operation, unanswered(found.refusal))
        moment = 0
        if self._judge.memory is not None and found.refusal is None:
            moment = self._judge.memory.on_its_way(head.route, found.contents.writes, now)
        self._unanswered.asked(head.key, _Asked(operation, found.contents, moment))
        return judged(operation, found.refusal)

    def _answer(self, message: bytes, now: float) -> Operation:
        heard = self._codec.heard(message)
        if isinstance(heard, str):
            return lost(self._codec.protocol, Direction.TO_USER, Verdict.MALFORMED, heard)
        request = self._unanswered.answered(heard.key)
        if request is None:
            return orphan(self._codec, heard, Verdict.ALLOWED, UNSAID)
        return answered(request.operation, request.contents, heard, self._judge, now, request.moment)
