"""One conversation: its sides, what is known of it, and the PDUs in it."""

from dataclasses import dataclass, field
from typing import NamedTuple

from client.captures.files import SECOND_NANOSECONDS
from client.captures.packets import ACK, SYN, Address, Segment
from client.captures.signs import ends_message, is_certain, is_foreign
from client.captures.streams import Piece, Reassembler
from guards.decoding import Decoder
from guards.effects import Direction, Operation, Verdict

MAX_LOOKS = 8


class Row(NamedTuple):
    """One PDU: its flow, its number there (from 1 on), when it was complete, and what it says.

    ``after_gap``: something that was said before it on the same side is missing. ``closes``: the code with which a
    guard ends the stream here; ``is_closed``: one would have ended it before.
    """

    flow: "Flow"
    number: int
    time: int | None
    operation: Operation
    after_gap: bool = False
    closes: str = ""
    is_closed: bool = False


@dataclass(eq=False, slots=True, weakref_slot=True)
class Flow:
    """One conversation. Until its protocol is known, only the first eight packets with content are looked at.

    ``serial`` tells it from all others in the capture: names come again when ports do.
    """

    transport: str
    client: Address
    server: Address
    protocol: str | None
    decoder: Decoder | None = None
    streams: dict[Direction, Reassembler] = field(default_factory=lambda: {each: Reassembler() for each in Direction})
    rows: int = 0
    looks: int = 0
    opened: int | None = None
    is_in_middle: bool = False
    strange: bool = False
    is_closed: bool = False
    gaps: set[Direction] = field(default_factory=set)
    heard: dict[Direction, int | None] = field(default_factory=dict)
    serial: int = 0
    name: str = ""

    def __post_init__(self) -> None:
        """Make the name once: every row has it."""
        self.name = f"{self.client}-{self.server}/{self.transport}"

    def __str__(self) -> str:
        return self.name

    def begins_anew(self, segment: Segment) -> bool:
        """Tell whether a handshake is no repetition of the one that it began with: the ports are used again."""
        if segment.flags & (SYN | ACK) != SYN:
            return False
        return self.opened != segment.sequence if self.opened is not None else bool(self.rows or self.looks)

    def look(self, segment: Segment) -> None:
        """Give it up if its first words are not of the protocol that its port is known for."""
        if self.decoder is None or self.protocol is None or segment.transport == "udp":
            return
        if not segment.payload or self.looks >= MAX_LOOKS:
            return
        is_first = self.opened is not None and not self.looks
        self.looks += 1
        if is_foreign(segment.payload, self.protocol, is_first=is_first):
            if self.is_in_middle and not self.strange:
                self.strange = ends_message(segment.payload)  # it may be the rest of one whose beginning is missing
                return
            self.decoder, self.protocol, self.looks = None, None, MAX_LOOKS
        elif is_certain(segment.payload, self.protocol):
            self.looks = MAX_LOOKS

    def take(self, direction: Direction, pieces: list[Piece]) -> list[Row]:
        """Return the PDUs that are whole with these pieces of one direction."""
        rows: list[Row] = []
        for piece in pieces:
            if piece.after_gap and self.decoder is not None:
                self.decoder.lost(direction)
                self.gaps.add(direction)
            self.heard[direction] = piece.time
            rows += self.read(direction, piece.data, piece.time)
        return rows

    def read(self, direction: Direction, data: bytes, time: int | None) -> list[Row]:
        """Return the PDUs that are whole with these bytes; none while the protocol is not known."""
        if self.decoder is None:
            return []
        return self._told(direction, self.decoder.receive(direction, data, (time or 0) / SECOND_NANOSECONDS), time)

    def end(self) -> list[Row]:
        """Return what still waited for bytes that never came, and what says that nothing could be found."""
        rows: list[Row] = []
        for direction, stream in self.streams.items() if self.decoder is not None else ():
            rows += self.take(direction, stream.flush())
            if self.decoder is not None and not stream.is_cut_short:
                rows += self._told(direction, self.decoder.end(direction), self.heard.get(direction))
        return rows

    def _told(self, direction: Direction, operations: list[Operation], time: int | None) -> list[Row]:
        first, gaps = self.rows + 1, self.gaps
        self.rows += len(operations)
        rows = [Row(self, first + n, time, operation) for n, operation in enumerate(operations)]
        if rows and direction in gaps:
            gaps.discard(direction)
            rows[0] = rows[0]._replace(after_gap=True)
        if self.is_closed:
            return [row._replace(is_closed=True) for row in rows]
        code = self.decoder.closed_by if self.decoder is not None and self.transport == "tcp" else ""
        return self._closed(rows, code) if code and rows else rows

    def _closed(self, rows: list[Row], code: str) -> list[Row]:
        """Mark the first row that a guard does not survive, and what is said behind it."""
        self.is_closed = True
        at = next((at for at, row in enumerate(rows) if row.operation.verdict is Verdict.MALFORMED), len(rows) - 1)
        after = (row._replace(is_closed=True) for row in rows[at + 1 :])
        return [*rows[:at], rows[at]._replace(closes=code), *after]
