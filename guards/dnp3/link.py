"""Link frames and the pieces of application fragments in them.

IEEE Std 1815-2012, clause 9 (data link: frame 9.2.4, CRC 9.2.4.5) and 8 (transport function). Numbers are
little-endian.
"""

from functools import lru_cache
from typing import NamedTuple

from guards.malformations import flaw
from guards.reasons import Reason
from guards.splitting import INCOMPLETE, FramingFault

HEAD_BYTES = 10
BLOCK_BYTES = 16
MAX_FRAGMENT_BYTES = 2048
"""What every device must take (clause 4.2.2.4); larger fragments are not put together."""
MAX_FRAME_BYTES = 292
CONFIRMED_DATA, UNCONFIRMED_DATA = 3, 4
NOT_SUPPORTED = 15
PIECE_NUMBERS = 64
_START = b"\x05\x64"
_FROM_MASTER, _PRIMARY = 0x80, 0x40
_FIN, _FIR, _SEQUENCE = 0x80, 0x40, 0x3F
_PIECE_BYTES = 249


def _table() -> tuple[int, ...]:
    rows = []
    for number in range(256):
        crc = number
        for _ in range(8):
            crc = crc >> 1 ^ (0xA6BC if crc & 1 else 0)
        rows.append(crc)
    return tuple(rows)


_CRC = _table()


@lru_cache(maxsize=1024)
def crc(data: bytes) -> bytes:
    """Return the CRC of a block: x16+x13+x12+x11+x10+x8+x6+x5+x2+1, complemented, as it stands on the wire.

    Heads, and the blocks of polls, come again and again.
    """
    value = 0
    for byte in data:
        value = value >> 8 ^ _CRC[(value ^ byte) & 0xFF]
    return (value ^ 0xFFFF).to_bytes(2, "little")


class Frame(NamedTuple):
    """One link frame. ``function`` is primary's or secondary's; ``from_master`` is the direction bit."""

    function: int
    is_primary: bool
    from_master: bool
    destination: int
    source: int
    data: bytes

    @property
    def begins(self) -> bool:
        """Whether the first piece of a fragment is in it."""
        return bool(self.data and self.data[0] & _FIR)

    @property
    def is_whole(self) -> bool:
        """Whether a whole fragment is in it."""
        return bool(self.data) and self.data[0] & (_FIR | _FIN) == _FIR | _FIN


def measure(stream: bytes, at: int) -> int | FramingFault:
    """Tell where the frame that begins at ``at`` ends."""
    start = stream[at : at + 2]
    if start != _START and not _START.startswith(start):
        return FramingFault("dnp3_start", flaw("frame_start"))
    if len(stream) - at < HEAD_BYTES:
        return INCOMPLETE
    length = stream[at + 2]
    if length < 5 or crc(stream[at : at + 8]) != stream[at + 8 : at + 10]:
        return FramingFault("dnp3_head", flaw("frame_head"))
    data = length - 5
    return at + HEAD_BYTES + data + 2 * (-(-data // BLOCK_BYTES))


def parse(raw: bytes) -> Frame | Reason:
    """Read a whole frame; return what is wrong with a block that its checksum does not fit."""
    data = bytearray()
    for at in range(HEAD_BYTES, len(raw), BLOCK_BYTES + 2):
        block = raw[at : at + BLOCK_BYTES + 2]
        if crc(block[:-2]) != block[-2:]:
            return flaw("block_checksum")
        data += block[:-2]
    control, ends = raw[3], (raw[4] | raw[5] << 8, raw[6] | raw[7] << 8)
    return Frame(control & 0x0F, bool(control & _PRIMARY), bool(control & _FROM_MASTER), *ends, bytes(data))


def frame(control: int, destination: int, source: int, data: bytes = b"") -> bytes:
    """Return a frame with its checksums."""
    head = _START + bytes([5 + len(data), control])
    head += destination.to_bytes(2, "little") + source.to_bytes(2, "little")
    blocks = (data[at : at + BLOCK_BYTES] for at in range(0, len(data), BLOCK_BYTES))
    return head + crc(head) + b"".join(block + crc(block) for block in blocks)


def answer(to: Frame, function: int) -> bytes:
    """Return what the secondary station answers to a frame on the link alone."""
    return frame((0 if to.from_master else _FROM_MASTER) | function, to.source, to.destination)


def pieces_of(fragment: bytes) -> int:
    """Return in how many frames a fragment is carried."""
    return -(-len(fragment) // _PIECE_BYTES)


def carry(fragment: bytes, destination: int, source: int, sequence: int) -> bytes:
    """Return an outstation's fragment in the frames that it takes; ``sequence`` is that of the first piece."""
    frames: list[bytes] = []
    last = pieces_of(fragment) - 1
    for number in range(last + 1):
        piece = fragment[number * _PIECE_BYTES : (number + 1) * _PIECE_BYTES]
        head = _FIR * (number == 0) | _FIN * (number == last) | sequence + number & _SEQUENCE
        frames.append(frame(_PRIMARY | UNCONFIRMED_DATA, destination, source, bytes([head]) + piece))
    return b"".join(frames)


def from_master(fragment: bytes, outstation: int, master: int) -> bytes:
    """Return a master's short fragment in the one frame that it takes."""
    return frame(_FROM_MASTER | _PRIMARY | UNCONFIRMED_DATA, outstation, master, bytes([_FIR | _FIN]) + fragment)


class Pieces:
    """One direction's transport segments put together to fragments (clause 8.2); keeps at most one fragment."""

    __slots__ = ("_data", "_next")

    def __init__(self) -> None:
        """Begin with nothing kept."""
        self._data: bytearray | None = None
        self._next = 0

    @property
    def held_bytes(self) -> int:
        """How many bytes wait for the rest of their fragment."""
        return 0 if self._data is None else len(self._data)

    def take(self, segment: bytes) -> bytes | Reason | None:
        """Take a segment; return the fragment that it completes, ``None`` before that, or what is wrong."""
        head, data = segment[0], segment[1:]
        sequence = head & _SEQUENCE
        if head & _FIR:
            self._data = bytearray()
        elif self._data is None or sequence != self._next:
            self._data = None
            return flaw("fragment_missing")
        self._next = (sequence + 1) & _SEQUENCE
        self._data += data
        if len(self._data) > MAX_FRAGMENT_BYTES:
            self._data = None
            return flaw("fragment_too_large", most=MAX_FRAGMENT_BYTES)
        if not head & _FIN:
            return None
        whole, self._data = bytes(self._data), None
        return whole
