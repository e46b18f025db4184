"""Reads Modbus RTU frames that go over TCP or UDP as they are, without an MBAP header (see ``guards.decoding``).

Converters of serial lines carry them so. What silence tells apart on a line, length and check sum tell apart here.
"""

from collections.abc import Callable
from dataclasses import replace

from guards.effects import Direction, Operation
from guards.modbus.decoder import ModbusDecoder
from guards.modbus.rtu import LEAST_BYTES, MAX_FRAME_BYTES, FrameFault, answer_bytes, crc16, request_bytes
from guards.splitting import FramingFault
from policies.rules import Rules

_CRC_BYTES = 2
_NO_TRANSACTION = bytes(4)
_Length = Callable[[bytes], int | None]


class FrameCutter:
    """Cuts one direction's bytes into frames whose check sums fit; what lies between them comes out as it is.

    ``is_lost``: what lies before the first frame is the rest of another, and is left out.
    """

    __slots__ = ("_is_lost", "_length", "_rest")

    def __init__(self, length: _Length, *, is_lost: bool = False) -> None:
        """Begin with nothing kept; ``length`` tells how long a frame will be from its first bytes, where these say."""
        self._length = length
        self._is_lost = is_lost
        self._rest = b""

    @property
    def held_bytes(self) -> int:
        """How many bytes wait for the rest of their frame; at most twice ``MAX_FRAME_BYTES``."""
        return len(self._rest)

    def feed(self, data: bytes) -> tuple[list[bytes], FramingFault | None]:
        """See ``Cutter``; there are no faults."""
        stream, found = self._rest + data, list[bytes]()
        at = begun = 0
        while at < len(stream):
            end = self._end(stream, at)
            if end:
                found += [] if begun == at or self._is_lost else [stream[begun:at]]
                found.append(stream[at:end])
                self._is_lost = False
                at = begun = end
            elif self._may_come(stream, at):
                break
            else:
                at += 1
        if begun < at and len(stream) - begun > MAX_FRAME_BYTES:
            found += [] if self._is_lost else [stream[begun:at]]
            begun = at
        self._rest = stream[begun:]
        return found, None

    def _end(self, stream: bytes, at: int) -> int:
        """Return where the frame ends that begins at ``at``; 0 if none does that is there as a whole."""
        length = self._length(stream[at : at + MAX_FRAME_BYTES]) or 0
        for end in (at + length, len(stream)):
            if LEAST_BYTES <= end - at <= MAX_FRAME_BYTES and end <= len(stream) and not crc16(stream[at:end]):
                return end
        return 0

    def _may_come(self, stream: bytes, at: int) -> bool:
        """Tell whether the rest of a frame that begins at ``at`` may still come."""
        length = self._length(stream[at : at + MAX_FRAME_BYTES])
        return len(stream) - at < LEAST_BYTES or (length is not None and at + length > len(stream))


class ModbusRtuDecoder(ModbusDecoder):
    """The reader of one flow of RTU frames; they have no transactions, so an answer belongs to the last request."""

    def __init__(self, rules: Rules) -> None:
        """Judge requests by ``rules``."""
        super().__init__(rules)
        for direction in Direction:
            self.anew(direction)

    def anew(self, direction: Direction) -> None:
        """See ``Decoder``."""
        self._cutters[direction] = FrameCutter(_LENGTHS[direction])

    def lost(self, direction: Direction) -> None:
        """See ``Decoder``: check sums tell where frames begin."""
        self._cutters[direction] = FrameCutter(_LENGTHS[direction], is_lost=True)

    def read(self, direction: Direction, message: bytes, now_monotonic: float) -> Operation:
        """See ``MessageDecoder``."""
        if len(message) < LEAST_BYTES or crc16(message):
            return self.unreadable(direction, FrameFault.CRC.value)
        body = message[:-_CRC_BYTES]
        operation = super().read(direction, _NO_TRANSACTION + len(body).to_bytes(2) + body, now_monotonic)
        return replace(operation, transaction=None)


def _answer(begun: bytes) -> int | None:
    length = answer_bytes(begun, b"")
    return length if length is not None and length >= LEAST_BYTES else None


_LENGTHS: dict[Direction, _Length] = {Direction.TO_ASSET: request_bytes, Direction.TO_USER: _answer}
