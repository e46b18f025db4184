"""Reads DNP3 flows that it does not carry (see ``guards.decoding``)."""

from dataclasses import replace

from guards.dnp3 import link
from guards.dnp3.application import Fragment, read
from guards.dnp3.limits import PROTOCOL, Limits
from guards.effects import Direction, Operation, Verdict
from guards.splitting import Splitter
from policies.rules import Rules, Tier


class Dnp3Decoder:
    """The reader of one flow to port 20000.

    Who is the master is said by each frame, and not by who opened the connection. Frames that keep the link alone make
    no operations; a fragment in several frames makes one.
    """

    __slots__ = ("_limits", "_pieces", "_splitters")

    def __init__(self, rules: Rules) -> None:
        """Judge requests by ``rules``."""
        self._limits = Limits(rules)
        self._splitters = {direction: Splitter(link.measure) for direction in Direction}
        self._pieces = {direction: link.Pieces() for direction in Direction}

    def receive(self, direction: Direction, data: bytes, now_monotonic: float) -> list[Operation]:  # noqa: ARG002
        """See ``Decoder``."""
        frames, fault = self._splitters[direction].feed(data)
        operations = [found for each in frames if (found := self._frame(direction, each)) is not None]
        if fault is not None:
            operations.append(_unreadable(direction, fault.reason))
            self.lost(direction)
        return operations

    def lost(self, direction: Direction) -> None:
        """See ``Decoder``. A fragment goes on where its next piece is the next: pieces are numbered."""
        self._splitters[direction] = Splitter(link.measure)

    def _frame(self, direction: Direction, raw: bytes) -> Operation | None:
        frame = link.parse(raw)
        if isinstance(frame, str):
            self._pieces[direction] = link.Pieces()
            return _unreadable(direction, frame)
        if not frame.is_primary or frame.function not in {link.CONFIRMED_DATA, link.UNCONFIRMED_DATA} or not frame.data:
            return None
        whole = self._pieces[direction].take(frame.data)
        if whole is None:
            return None
        said = whole if isinstance(whole, str) else read(whole)
        way = Direction.TO_ASSET if frame.from_master else Direction.TO_USER
        return _unreadable(way, said) if isinstance(said, str) else self._fragment(frame, way, said)

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
            tuple(map(str, said.touched)),
            said.values,
            exception_code=said.indications >> 8 & 0x07 or None,
            is_upload=said.is_upload,
        )
        refusal = self._limits.judge(outstation, said) if frame.from_master else None
        return operation if refusal is None else replace(operation, verdict=refusal.verdict, reason=refusal.reason)


def _unreadable(direction: Direction, reason: str) -> Operation:
    return Operation(
        direction,
        PROTOCOL,
        0,
        "unreadable",
        Tier.FIRMWARE,
        Verdict.MALFORMED,
        direction is Direction.TO_USER,
        reason=reason,
    )
