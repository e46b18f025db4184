"""Read the S7comm header, and make the refusals that a CPU would make.

The protocol has no public specification. Layouts are those that Wireshark's dissector (epan/dissectors/packet-s7comm.c)
describes and that the captures of CPUs show; refusals are copied from what CPUs answer in them.
"""

from collections.abc import Sequence
from struct import Struct
from typing import NamedTuple

from guards.malformations import flaw
from guards.reasons import Reason

PROTOCOL_ID = 0x32
JOB, ACK, ACK_DATA, USERDATA = 1, 2, 3, 7
_HEAD = Struct(">BBHHHH")
_WITH_ERROR = frozenset({ACK, ACK_DATA})

NOT_PERMITTED = 0xD241
"""The function is not permitted in the current protection level."""
WRONG_FRAME = 0x8500
"""S7 protocol error: wrong frames."""
TOO_FEW_RESOURCES = 0x8302
TIME_EXCEEDED = 0xD0AA
UNAVAILABLE = 0xD406
"""Required information currently unavailable."""

ITEM_DENIED = 0x03
"""Item return code: accessing the object is not allowed."""
ITEM_DONE = 0xFF


class Pdu(NamedTuple):
    """One S7comm message: job, acknowledgement or user data. ``error`` is class and code of an acknowledgement."""

    rosctr: int
    reference: int
    parameters: bytes
    data: bytes
    error: int = 0

    @property
    def key(self) -> int:
        """What an answer shares with its request: kind and reference."""
        return (self.rosctr == USERDATA) << 16 | self.reference


def parse(message: bytes) -> Pdu | Reason:
    """Read a whole message that begins with the protocol's id; return what is wrong with one that does not add up."""
    if len(message) < _HEAD.size:
        return flaw("header_cut_short")
    _, rosctr, _, reference, parameter_bytes, data_bytes = _HEAD.unpack_from(message)
    head = _HEAD.size + (2 if rosctr in _WITH_ERROR else 0)
    middle = head + parameter_bytes
    if len(message) != middle + data_bytes:
        return flaw("header_lengths")
    error = message[10] << 8 | message[11] if rosctr in _WITH_ERROR else 0
    return Pdu(rosctr, reference, message[head:middle], message[middle:], error)


def job(request: Pdu) -> bytes:
    """Return a job as a message."""
    head = _HEAD.pack(PROTOCOL_ID, request.rosctr, 0, request.reference, len(request.parameters), len(request.data))
    return head + request.parameters + request.data


def acknowledge_error(reference: int, error: int) -> bytes:
    """Return the acknowledgement without data that a CPU refuses a job with."""
    return _HEAD.pack(PROTOCOL_ID, ACK, 0, reference, 0, 0) + error.to_bytes(2, "big")


def answer_items(reference: int, function: int, codes: Sequence[int], *, is_read: bool) -> bytes:
    """Return the answer to a read or write in which each item has a return code and no data."""
    data = b"".join(bytes([code, 0, 0, 0]) for code in codes) if is_read else bytes(codes)
    head = _HEAD.pack(PROTOCOL_ID, ACK_DATA, 0, reference, 2, len(data))
    return head + b"\0\0" + bytes([function, len(codes)]) + data


def refuse_userdata(reference: int, parameters: bytes, error: int) -> bytes:
    """Return the user data response with an error in its parameters and no data, as a CPU gives it."""
    about = bytes([parameters[5] & 0x3F | 0x80, *parameters[6:8]])
    answer = b"\x00\x01\x12\x08\x12" + about + b"\0\0" + error.to_bytes(2, "big")
    return _HEAD.pack(PROTOCOL_ID, USERDATA, 0, reference, len(answer), 4) + answer + b"\x0a\x00\x00\x00"
