"""Reads DNP3 flows that it does not carry (see ``guards.decoding``)."""

from guards.decoding import EVERYTHING, MessageDecoder, Unanswered, judged
from guards.dnp3 import application, link
from guards.dnp3.assembly import Assembly
from guards.dnp3.files import Files
from guards.dnp3.functions import RESPONSES, UNSOLICITED
from guards.dnp3.limits import PROTOCOL, Limits
from guards.dnp3.words import operation_of, unreadable
from guards.effects import Direction, Operation
from guards.reasons import Reason
from policies.rules import Rules

_DATA = frozenset({link.CONFIRMED_DATA, link.UNCONFIRMED_DATA})


class Dnp3Decoder(MessageDecoder):
    """The reader of one flow to port 20000.

    Who is the master is said by each frame, and not by who opened the connection. Frames that keep the link alone make
    no operations; a fragment in several frames makes one. Their pieces are numbered, so that one goes on after a gap if
    none of its own is missing.
    """

    def __init__(self, rules: Rules) -> None:
        """Judge requests by ``rules``."""
        super().__init__(PROTOCOL, link.measure)
        self._limits = Limits(rules, takes_broadcasts=rules is EVERYTHING)
        self._files = Files()
        self._unanswered: Unanswered[application.Fragment] = Unanswered()
        self._in_middle: set[Direction] = set()
        self._assemblies = {direction: Assembly() for direction in Direction}

    def lost(self, direction: Direction) -> None:
        """See ``Decoder``."""
        super().lost(direction)
        self._in_middle.add(direction)

    def read(self, direction: Direction, message: bytes, now_monotonic: float) -> Operation | None:  # noqa: ARG002
        """See ``MessageDecoder``."""
        frame = link.parse(message)
        assembly = self._assemblies[direction]
        if isinstance(frame, str):
            assembly.give_up()
            return self.unreadable(direction, frame, "dnp3_block")
        if not frame.is_primary or frame.function not in _DATA or not frame.data:
            return None
        if frame.begins:
            assembly.give_up()
            self._in_middle.discard(direction)
        whole = assembly.take(frame, message)
        if whole is None:
            return None
        if isinstance(whole, str) and direction in self._in_middle:
            assembly.give_up()
            return None  # the rest of a fragment whose beginning is missing
        if isinstance(whole, str):
            assembly.give_up()
            said: application.Fragment | Reason = whole
        else:
            said = application.read(whole.data, from_master=frame.from_master)
        if isinstance(said, str):
            return unreadable(Direction.TO_ASSET if frame.from_master else Direction.TO_USER, said)
        return self._request(frame, said) if frame.from_master else self._response(frame, said)

    def _request(self, frame: link.Frame, said: application.Fragment) -> Operation:
        if not said.is_silent:
            self._unanswered.asked((frame.destination, frame.source, said.sequence), said)
        operation = operation_of(frame, self._files.named(frame.destination, said))
        return judged(operation, self._limits.judge(frame.destination, said))

    def _response(self, frame: link.Frame, said: application.Fragment) -> Operation:
        asked = None
        if said.function.code in RESPONSES and said.function.code != UNSOLICITED:
            ends = frame.source, frame.destination
            asked = self._unanswered.answered((*ends, said.sequence))
            if asked is not None:  # it may have been asked twice, and the next part of an answer has the next number
                self._unanswered.asked((*ends, (said.sequence + (not said.is_last)) % application.SEQUENCES), asked)
        return operation_of(frame, self._files.answered(frame.source, asked, said), asked)
