"""FINS/TCP: the head that each FINS frame has on a stream, and the exchange of node addresses.

OMRON, CS and CJ Series Ethernet Units, Operation Manual: Construction of Applications (W421), section 7-4: head of
``FINS``, length, command, error code, all of four bytes, high byte first. Commands and errors are those of Wireshark's
dissector (packet-omron-fins.c), too.
"""

from struct import Struct
from typing import NamedTuple

from guards.malformations import flaw
from guards.splitting import INCOMPLETE, FramingFault

MAGIC = b"FINS"
HEAD_BYTES = 16
MAX_FRAME_BYTES = 2048
"""A FINS frame has at most 2,012 bytes (W342, 5-1-1); the rest is kept as slack."""
_HEAD = Struct(">4sIII")
_MEASURED = Struct(">4xII")
_COUNTED = 8
"""The length counts from the command on."""

NODE_ASKED, NODE_TOLD, FRAME, FRAME_ERROR, CONFIRMATION = 0, 1, 2, 3, 6
COMMANDS = {
    NODE_ASKED: "node_address_request",
    NODE_TOLD: "node_address",
    FRAME: "frame",
    FRAME_ERROR: "frame_error",
    CONFIRMATION: "connection_confirmation",
}
_LENGTHS = {NODE_ASKED: 4, NODE_TOLD: 8, FRAME_ERROR: 0, CONFIRMATION: 0}

NOT_SUPPORTED, ALL_CONNECTIONS_USED, PROTECTED = 0x03, 0x20, 0x22


class Message(NamedTuple):
    """One message of the stream; ``data`` is the FINS frame, or the node addresses."""

    command: int
    error: int
    data: bytes


def measure(stream: bytes, at: int) -> int | FramingFault:
    """Tell where the message that begins at ``at`` ends; what cannot begin one is a fault at once."""
    came = stream[at : at + 4]
    if came != MAGIC and came != MAGIC[: len(came)]:
        wrong = next(one for one, must in zip(came, MAGIC, strict=False) if one != must)
        return FramingFault("fins_magic", flaw("fins_magic", byte=f"{wrong:02x}"))
    if len(stream) - at < HEAD_BYTES:
        return INCOMPLETE
    length, command = _MEASURED.unpack_from(stream, at)
    data: int = length - _COUNTED
    if command not in COMMANDS:
        return FramingFault("fins_command", flaw("fins_command", command=command))
    if command == FRAME:
        return at + HEAD_BYTES + data if 0 <= data <= MAX_FRAME_BYTES else _wrong_length(command, length)
    if data != _LENGTHS[command] and not (command == NODE_TOLD and data == 0):
        return _wrong_length(command, length)
    return at + HEAD_BYTES + data


def parse(raw: bytes) -> Message:
    """Read a whole message."""
    _, _, command, error = _HEAD.unpack_from(raw)
    return Message(command, error, raw[HEAD_BYTES:])


def wrap(frame: bytes) -> bytes:
    """Return a FINS frame as it goes on a stream."""
    return _HEAD.pack(MAGIC, _COUNTED + len(frame), FRAME, 0) + frame


def frame_error(error: int) -> bytes:
    """Return the notification that refuses what is no FINS frame."""
    return _HEAD.pack(MAGIC, _COUNTED, FRAME_ERROR, error)


def _wrong_length(command: int, length: int) -> FramingFault:
    return FramingFault("fins_length", flaw("fins_length", length=length, message=COMMANDS[command]))
