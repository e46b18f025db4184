"""The encapsulation layer: one message, its head, and the items in it.

The CIP Networks Library, Volume 2, EtherNet/IP Adaptation of CIP, chapter 2: head 2-3, commands 2-4, Common Packet
Format 2-6. All numbers are little-endian.
"""

from struct import Struct
from typing import NamedTuple

from guards.splitting import INCOMPLETE, FramingFault

HEAD_BYTES = 24
MAX_DATA_BYTES = 65511
"""An encapsulation message has at most 65,535 bytes (2-3.1)."""
SEND_RR_DATA, SEND_UNIT_DATA = 0x6F, 0x70
CONNECTED_ADDRESS, CONNECTED_DATA, UNCONNECTED_DATA = 0xA1, 0xB1, 0xB2
_HEAD = Struct("<HHII8sI")
_ITEM = Struct("<HH")
_MAX_ITEMS = 16

COMMANDS = {
    0x00: "nop",
    0x04: "list_services",
    0x63: "list_identity",
    0x64: "list_interfaces",
    0x65: "register_session",
    0x66: "unregister_session",
    SEND_RR_DATA: "send_rr_data",
    SEND_UNIT_DATA: "send_unit_data",
    0x72: "indicate_status",
    0x73: "cancel",
}


class Message(NamedTuple):
    """One encapsulation message; ``context`` is the sender's, given back unchanged."""

    command: int
    session: int
    status: int
    context: bytes
    data: bytes


class Items(NamedTuple):
    """What a message that carries CIP says: the connection that it belongs to, if any, its count, and the CIP PDU."""

    connection: int | None
    sequence: int | None
    cip: bytes


def measure(stream: bytes, at: int) -> int | FramingFault:
    """Tell where the message that begins at ``at`` ends; a command that nobody defined ends the stream."""
    if len(stream) - at < HEAD_BYTES:
        return INCOMPLETE
    command = stream[at] | stream[at + 1] << 8
    length = stream[at + 2] | stream[at + 3] << 8
    if command not in COMMANDS:
        return FramingFault("enip_command", f"encapsulation command {command:#06x} is none that is defined")
    if length > MAX_DATA_BYTES:
        return FramingFault("enip_length", f"length {length} in the encapsulation header, at most {MAX_DATA_BYTES}")
    return at + HEAD_BYTES + length


def parse(message: bytes) -> Message:
    """Read a whole message."""
    command, _, session, status, context, _ = _HEAD.unpack_from(message)
    return Message(command, session, status, context, message[HEAD_BYTES:])


def items_of(data: bytes) -> Items | str:
    """Return what SendRRData and SendUnitData carry (2-4.7, 2-4.8), or what is wrong with it."""
    if len(data) < 8:
        return "the command's data is cut short"
    count = data[6] | data[7] << 8
    if count > _MAX_ITEMS:
        return f"{count} items"
    connection: int | None = None
    at = 8
    for _ in range(count):
        if at + 4 > len(data):
            return "an item is cut short"
        kind, length = _ITEM.unpack_from(data, at)
        item = data[at + 4 : at + 4 + length]
        if len(item) < length:
            return "an item is cut short"
        if kind == CONNECTED_ADDRESS and length == 4:
            connection = int.from_bytes(item, "little")
        elif kind == CONNECTED_DATA:
            return Items(connection, item[0] | item[1] << 8, item[2:]) if length >= 2 else "connected data is cut short"
        elif kind == UNCONNECTED_DATA:
            return Items(None, None, item)
        at += 4 + length
    return "no item carries data"
