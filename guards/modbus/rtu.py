"""Modbus/TCP to Modbus RTU and back: frames for a serial line, their check, and how long an answer will be.

MODBUS over Serial Line Specification and Implementation Guide V1.02, 2.5.1: a frame is address, PDU and CRC, at most
256 bytes, with 3.5 characters of silence before the next. Answers carry no transaction: one request at a time.
"""

from collections.abc import Callable
from enum import StrEnum

from guards.malformations import flaw
from guards.modbus.framing import HEADER_BYTES, LENGTH_ENDS_AT

MAX_FRAME_BYTES = 256
MAX_PDU_BYTES = 253
BROADCAST = 0
MAX_UNIT = 247
"""248 to 255 are reserved (2.2)."""

_EXCEPTION_FRAME_BYTES = 5
_CRC_BYTES = 2
_FAST_BAUD = 19_200
_FAST_SILENCE_SECONDS = 0.00175


class FrameFault(StrEnum):
    """What can be wrong with the bytes that came for an answer."""

    CRC = flaw("serial_checksum")
    SHORT = flaw("serial_short")
    STRAY = flaw("serial_stray")


def _crc_table() -> tuple[int, ...]:
    def row(value: int) -> int:
        for _ in range(8):
            value = value >> 1 ^ (0xA001 if value & 1 else 0)
        return value

    return tuple(row(value) for value in range(256))


_CRC = _crc_table()


def crc16(data: bytes | memoryview) -> int:
    """Return the CRC of V1.02, 6.2.2 (polynomial A001, reflected, begun with FFFF)."""
    value = 0xFFFF
    for byte in data:
        value = value >> 8 ^ _CRC[(value ^ byte) & 0xFF]
    return value


def frame_of(adu: bytes) -> bytes | None:
    """Return the frame for a Modbus/TCP request, or ``None`` if it is too long for a line."""
    body = adu[LENGTH_ENDS_AT:]
    return None if len(body) > 1 + MAX_PDU_BYTES else body + crc16(body).to_bytes(2, "little")


def hides_a_frame(adu: bytes) -> bool:
    """Tell whether the frame for a Modbus/TCP request holds a whole other request, check sum and all.

    V1.02 tells frames apart by silence. Many stations tell them apart by their length, and look for the next good one
    where they know no length: such a one would find the request that hides, whatever unit it is for.
    """
    frame = frame_of(adu)
    if frame is None:
        return False
    view = memoryview(frame)
    for at in range(1, len(frame) - LEAST_BYTES + 1):
        length = _REQUESTS.get(frame[at + 1])
        if length is not None:
            end = at + length(frame[at:])
            if end <= len(frame) and not crc16(view[at:end]):
                return True
    return False


def adu_of(frame: bytes, asked: bytes) -> bytes | FrameFault:
    """Return a frame as the Modbus/TCP answer to the request ADU ``asked``, or what is wrong with it."""
    if len(frame) < _EXCEPTION_FRAME_BYTES - 1:
        return FrameFault.SHORT
    body = frame[:-_CRC_BYTES]
    if crc16(body) != int.from_bytes(frame[-_CRC_BYTES:], "little"):
        return FrameFault.CRC
    if is_stray(frame, asked):
        return FrameFault.STRAY
    return asked[:4] + len(body).to_bytes(2, "big") + body


def is_stray(frame: bytes, asked: bytes) -> bool:
    """Tell whether the address or function at the beginning of a frame are not those that were asked."""
    unit, function = asked[LENGTH_ENDS_AT], asked[HEADER_BYTES]
    return frame[:1] != bytes([unit]) or (len(frame) > 1 and frame[1] & 0x7F != function)


def answer_bytes(begun: bytes, asked: bytes) -> int | None:
    """Return how long the frame that ``begun`` begins will be; ``None`` while, or because, it does not say.

    What ``None`` stays for (vendor functions, 43) ends with silence.
    """
    if len(begun) < 2:
        return None
    if begun[1] & 0x80:
        return _EXCEPTION_FRAME_BYTES
    length = _LENGTHS.get(begun[1])
    return None if length is None else length(begun, asked)


def request_bytes(begun: bytes) -> int | None:
    """Return how long the request's frame that ``begun`` begins will be; ``None`` where it does not say."""
    length = _REQUESTS.get(begun[1]) if len(begun) > 1 else None
    return None if length is None else length(begun)


def is_frame(data: bytes) -> bool:
    """Tell whether this is one frame of a function that is known, by its check sum."""
    is_known = LEAST_BYTES <= len(data) <= MAX_FRAME_BYTES and data[0] <= MAX_UNIT and data[1] & 0x7F in _REQUESTS
    return is_known and not crc16(data)


def silence_seconds(baud: int, character_bits: int) -> float:
    """Return the silence that ends a frame: 3.5 characters, and a fixed 1.75 ms above 19,200 baud (2.5.1.1)."""
    return _FAST_SILENCE_SECONDS if baud > _FAST_BAUD else 3.5 * character_bits / baud


LEAST_BYTES = 4
"""The shortest request: address, function, check sum."""


def _request(size: int, count_at: int | None = None) -> Callable[[bytes], int]:
    """Return the length of a request's frame: fixed, or with so many bytes more as its byte count says."""

    def length(begun: bytes) -> int:
        return size if count_at is None else size + (begun[count_at] if len(begun) > count_at else 0)

    return length


_REQUESTS = {
    **dict.fromkeys((1, 2, 3, 4, 5, 6, 8), _request(8)),
    **dict.fromkeys((7, 11, 12, 17), _request(4)),
    **dict.fromkeys((15, 16), _request(9, 6)),
    **dict.fromkeys((20, 21), _request(5, 2)),
    22: _request(10),
    23: _request(13, 10),
    24: _request(6),
    43: _request(7),
}
"""V1.1b3, 6: by function, how long a request's frame is; of 8 and 43, the usual form."""

_Length = Callable[[bytes, bytes], int | None]


def _fixed(size: int) -> _Length:
    return lambda _begun, _asked: size


def _counted(begun: bytes, asked: bytes) -> int | None:  # noqa: ARG001 - one signature for the table
    return 3 + begun[2] + _CRC_BYTES if len(begun) > 2 else None


def _counted_in_two(begun: bytes, asked: bytes) -> int | None:  # noqa: ARG001
    return 4 + int.from_bytes(begun[2:4], "big") + _CRC_BYTES if len(begun) > 3 else None


def _as_asked(begun: bytes, asked: bytes) -> int | None:  # noqa: ARG001
    return len(asked) - LENGTH_ENDS_AT + _CRC_BYTES


_LENGTHS: dict[int, _Length] = {
    **dict.fromkeys((1, 2, 3, 4, 12, 17, 20, 21, 23), _counted),
    **dict.fromkeys((5, 6, 11, 15, 16), _fixed(8)),
    7: _fixed(5),
    8: _as_asked,
    22: _fixed(10),
    24: _counted_in_two,
}
"""V1.1b3, 6: by function, from the frame as far as it has come and the request."""
