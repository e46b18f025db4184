"""Cut a byte stream into TPKTs, read the transport protocol inside, and put its pieces together.

RFC 1006, section 6 (TPKT); ISO/IEC 8073:1997 (ITU-T X.224), clause 13 (TPDUs), of which RFC 1006 uses class 0 only.
"""

from typing import NamedTuple

from guards.malformations import flaw
from guards.reasons import Reason
from guards.splitting import INCOMPLETE, FramingFault

TPKT_BYTES = 4
MAX_TPDU_BYTES = 8192
"""The largest TPDU that can be agreed on (8073, 13.3.4 b)."""
MAX_TPKT_BYTES = TPKT_BYTES + MAX_TPDU_BYTES
MAX_TSDU_BYTES = 8192
MAX_PIECES_BYTES = 2 * MAX_TSDU_BYTES
"""How much a message may take on the line, the heads of its pieces included."""
MAX_EMPTY_PIECES = 64
USUAL_TPDU_BYTES = 1024

CONNECTION_REQUEST, CONNECTION_CONFIRM, DATA = 0xE0, 0xD0, 0xF0
DISCONNECT_REQUEST, DISCONNECT_CONFIRM, ERROR = 0x80, 0xC0, 0x70
ENDS = {DISCONNECT_REQUEST: "disconnect", DISCONNECT_CONFIRM: "disconnect", ERROR: "transport_error"}
"""What ends a connection. Class 0 knows no confirm of that, yet some stacks give one (8073, 13.6)."""
_DATA_HEAD = b"\x02\xf0"
_LAST = 0x80
_TPDU_SIZE, _CALLING, _CALLED, _PREFERRED_SIZE = 0xC0, 0xC1, 0xC2, 0xF0
_OF_CLASS_0 = frozenset({_TPDU_SIZE, _CALLING, _CALLED, _PREFERRED_SIZE})

NOT_SPECIFIED, ADDRESS_UNKNOWN = 0, 3
"""Reasons of a disconnection in class 0 (8073, 13.5.3 a)."""


class Connect(NamedTuple):
    """A connection request or confirm (8073, 13.3 and 13.4).

    ``called`` is the TSAP that the request asks for, if it names one. ``is_plain``: it has no parameter beyond those of
    class 0; others may lead the connection on to another device.
    """

    destination: int
    source: int
    called: bytes | None
    tpdu_bytes: int | None
    is_plain: bool


def measure(stream: bytes, at: int) -> int | FramingFault:
    """Tell where the TPKT that begins at ``at`` ends (RFC 1006, section 6)."""
    if stream[at] != 3:
        return FramingFault("tpkt_version", flaw("tpkt_version", version=stream[at]))
    if len(stream) - at < TPKT_BYTES:
        return INCOMPLETE
    length = stream[at + 2] << 8 | stream[at + 3]
    if not 7 <= length <= MAX_TPKT_BYTES:
        return FramingFault("tpkt_length", flaw("tpkt_length", length=length, most=MAX_TPKT_BYTES))
    return at + length


def code_of(tpkt: bytes) -> int | FramingFault:
    """Return which TPDU a whole TPKT carries; its own length must be that of its kind (8073, 13.2 and 13.7)."""
    length, code = tpkt[4], tpkt[5]
    if code == DATA and length == 2:
        return DATA
    if code in ENDS and 4 <= length <= len(tpkt) - TPKT_BYTES - 1:
        return code
    if code & 0xF0 in {CONNECTION_REQUEST, CONNECTION_CONFIRM} and length == len(tpkt) - TPKT_BYTES - 1 >= 6:
        return code & 0xF0
    return FramingFault("cotp_tpdu", flaw("tpdu_not_class_0", code=f"{code:#04x}", length=length))


def connect(tpkt: bytes) -> Connect | Reason:
    """Decode a connection request or confirm; return what is wrong with one that is none of class 0."""
    if tpkt[10] >> 4:
        return flaw("transport_class", number=tpkt[10] >> 4)
    parameters: dict[int, bytes] = {}
    at = 11
    while at < len(tpkt):
        following = at + 2 + tpkt[at + 1] if at + 1 < len(tpkt) else len(tpkt) + 1
        if following > len(tpkt) or tpkt[at] in parameters:
            return flaw("parameter")
        parameters[tpkt[at]] = tpkt[at + 2 : following]
        at = following
    size = parameters.get(_TPDU_SIZE, b"")
    if _TPDU_SIZE in parameters and not (len(size) == 1 and 7 <= size[0] <= 13):
        return flaw("tpdu_size")
    return Connect(
        destination=tpkt[6] << 8 | tpkt[7],
        source=tpkt[8] << 8 | tpkt[9],
        called=parameters.get(_CALLED),
        tpdu_bytes=1 << size[0] if size else None,
        is_plain=parameters.keys() <= _OF_CLASS_0,
    )


def disconnect_request(destination: int, source: int, reason: int = NOT_SPECIFIED) -> bytes:
    """Return the TPKT that ends a connection, or refuses one (8073, 13.5)."""
    references = destination.to_bytes(2, "big") + source.to_bytes(2, "big")
    return b"\x03\x00\x00\x0b\x06" + bytes([DISCONNECT_REQUEST]) + references + bytes([reason])


def data(tsdu: bytes, tpdu_bytes: int) -> bytes:
    """Return the TPKTs that carry ``tsdu`` in pieces of at most ``tpdu_bytes`` (8073, 13.7)."""
    room = tpdu_bytes - 3
    pieces = [tsdu[at : at + room] for at in range(0, len(tsdu), room)]
    ends = [0] * (len(pieces) - 1) + [_LAST]
    return b"".join(
        b"\x03\x00" + (len(piece) + 7).to_bytes(2, "big") + _DATA_HEAD + bytes([end]) + piece
        for piece, end in zip(pieces, ends, strict=True)
    )


def is_last(tpkt: bytes) -> bool:
    """Tell whether a data TPDU ends its message (8073, 13.7.3)."""
    return bool(tpkt[6] & _LAST)


class Pieces:
    """One direction's data TPDUs, put together to whole messages; what they came as is kept to be forwarded."""

    __slots__ = ("_data", "_data_bytes", "_raw", "_raw_bytes")

    def __init__(self) -> None:
        """Start with nothing kept."""
        self._forget()

    @property
    def held_bytes(self) -> int:
        """How many bytes wait for the rest of their message; at most ``MAX_PIECES_BYTES``."""
        return self._raw_bytes

    def take(self, tpkt: bytes) -> tuple[bytes, bytes] | FramingFault | None:
        """Take a data TPKT; return a message that is now whole as it came and as it is, or the fault, or ``None``.

        Siemens stacks send empty pieces to have the line acknowledged. They belong to the next message; where none
        follows, as in hours of watching, they come out as an empty message of their own.
        """
        ends = is_last(tpkt)
        if ends and not self._raw:
            return tpkt, tpkt[7:]
        self._raw.append(tpkt)
        self._data.append(tpkt[7:])
        self._raw_bytes += len(tpkt)
        self._data_bytes += len(tpkt) - 7
        if self._raw_bytes > MAX_PIECES_BYTES or self._data_bytes > MAX_TSDU_BYTES:
            return FramingFault("cotp_message", flaw("message_too_large", most=MAX_TSDU_BYTES))
        if not ends and (self._data_bytes or len(self._raw) < MAX_EMPTY_PIECES):
            return None
        whole = b"".join(self._raw), b"".join(self._data)
        self._forget()
        return whole

    def _forget(self) -> None:
        self._raw: list[bytes] = []
        self._data: list[bytes] = []
        self._raw_bytes = self._data_bytes = 0
