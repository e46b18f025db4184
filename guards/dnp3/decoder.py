"""Reads DNP3 flows that it does not carry (see ``guards.decoding``)."""

from functools import partial

from guards.decoding import MessageDecoder, judged
from guards.dnp3 import application, link
from guards.dnp3.application import Fragment
from guards.dnp3.limits import PROTOCOL, Limits
from guards.effects import Direction, Operation, Verdict
from guards.splitting import Splitter
from policies.rules import Rules


class Dnp3Decoder(MessageDecoder):
    """The reader of one flow to port 20000.

    Who is the master is said by each frame, and not by who opened the connection. Frames that keep the link alone make
    no operations; a fragment in several frames makes one. Their pieces are numbered, so that one goes on after a gap if
    none of its own is missing.
    """

    def __init__(self, rules: Rules) -> None:
        """Judge requests by ``rules``."""
        super().__init__(PROTOCOL, partial(Splitter, link.measure))
        self._limits = Limits(rules)
        self._pieces = {direction: link.Pieces() for direction in Direction}

    def read(self, direction: Direction, message: bytes, now_monotonic: float) -> Operation | None:  # noqa: ARG002
        """See ``MessageDecoder``."""
        frame = link.parse(message)
        if isinstance(frame, str):
            self._pieces[direction] = link.Pieces()
            return self.unreadable(direction, frame)
        if not frame.is_primary or frame.function not in {link.CONFIRMED_DATA, link.UNCONFIRMED_DATA} or not frame.data:
            return None
        whole = self._pieces[direction].take(frame.data)
        if whole is None:
            return None
        said = whole if isinstance(whole, str) else application.read(whole)
        way = Direction.TO_ASSET if frame.from_master else Direction.TO_USER
        return self.unreadable(way, said) if isinstance(said, str) else self._fragment(frame, way, said)

    def _fragment(self, frame: link.Frame, way: Direction, said: Fragment) -> Operation:
        outstation = frame.destination if frame.from_master else frame.source
        operation = Operation(
            way,
            PROTOCOL,
            said.function.code,
            said.function.name,
            said.tier,
            Verdict.ALLOWED,
            not frame.from_master,
            said.sequence,
            outstation,
            tuple(dict.fromkeys(str(access.touched) for access in said.accesses)),
            tuple(value for access in said.accesses for value in access.values),
            exception_code=said.indications >> 8 & 0x07 or None,
            is_upload=said.is_upload,
        )
        return judged(operation, self._limits.judge(outstation, said) if frame.from_master else None)
