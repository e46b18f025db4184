"""The encapsulation layer: one message, its head, and the items in it.

The CIP Networks Library, Volume 2, EtherNet/IP Adaptation of CIP, chapter 2: head 2-3, commands 2-4, Common Packet
Format 2-6. All numbers are little-endian.
"""

from struct import Struct
from typing import NamedTuple

from guards.malformations import flaw
from guards.reasons import Reason
from guards.splitting import INCOMPLETE, FramingFault

HEAD_BYTES = 24
MAX_DATA_BYTES = 65511
"""An encapsulation message has at most 65,535 bytes (2-3.1)."""
NOP, LIST_SERVICES, LIST_IDENTITY, LIST_INTERFACES = 0x00, 0x04, 0x63, 0x64
REGISTER_SESSION, UNREGISTER_SESSION, SEND_RR_DATA, SEND_UNIT_DATA = 0x65, 0x66, 0x6F, 0x70
START_DTLS = 0xC8
"""From then on all is encrypted (Volume 8, CIP Security)."""
NULL_ADDRESS, CONNECTED_ADDRESS, CONNECTED_DATA, UNCONNECTED_DATA = 0x00, 0xA1, 0xB1, 0xB2
_HEAD = Struct("<HHII8sI")
_RR_ITEMS, _UNIT_ITEMS = Struct("<IHHHHHH"), Struct("<IHHHHIHHH")
_ITEM = Struct("<HH")
_MAX_ITEMS = 4
_CIP_INTERFACE = bytes(4)
_SOCKET_ADDRESSES = frozenset({0x8000, 0x8001})

COMMANDS = {
    NOP: "nop",
    LIST_SERVICES: "list_services",
    LIST_IDENTITY: "list_identity",
    LIST_INTERFACES: "list_interfaces",
    REGISTER_SESSION: "register_session",
    UNREGISTER_SESSION: "unregister_session",
    SEND_RR_DATA: "send_rr_data",
    SEND_UNIT_DATA: "send_unit_data",
    0x72: "indicate_status",
    0x73: "cancel",
    START_DTLS: "start_dtls",
}
READING = frozenset({LIST_SERVICES, LIST_IDENTITY, LIST_INTERFACES})


class Message(NamedTuple):
    """One encapsulation message; ``context`` is the sender's, given back unchanged."""

    command: int
    session: int
    status: int
    context: bytes
    options: int
    data: bytes

    @property
    def reference(self) -> int:
        """The context as a number, which ties an answer outside connections to its request."""
        return int.from_bytes(self.context, "little")


class Items(NamedTuple):
    """What a message that carries CIP says: the connection that it belongs to, if any, its count, and the CIP PDU."""

    connection: int | None
    sequence: int | None
    cip: bytes


def measure_any(stream: bytes, at: int) -> int | FramingFault:
    """Tell where the message that begins at ``at`` ends, whatever its command is."""
    if len(stream) - at < HEAD_BYTES:
        return INCOMPLETE
    length = stream[at + 2] | stream[at + 3] << 8
    if length > MAX_DATA_BYTES:
        return FramingFault("enip_length", flaw("encapsulation_length", length=length, most=MAX_DATA_BYTES))
    return at + HEAD_BYTES + length


def measure(stream: bytes, at: int) -> int | FramingFault:
    """Tell where the message that begins at ``at`` ends; a command that nobody defined ends the stream."""
    if len(stream) - at >= HEAD_BYTES and (command := stream[at] | stream[at + 1] << 8) not in COMMANDS:
        return FramingFault("enip_command", flaw("encapsulation_command", code=f"{command:#06x}"))
    return measure_any(stream, at)


def parse(message: bytes) -> Message:
    """Read a whole message."""
    command, _, session, status, context, options = _HEAD.unpack_from(message)
    return Message(command, session, status, context, options, message[HEAD_BYTES:])


def items_of(command: int, data: bytes) -> Items | Reason:
    """Return what SendRRData (2-4.7) or SendUnitData (2-4.8) carries, or what is wrong with it.

    There is one address item and one data item, in this order and of the command's own kinds; behind them only socket
    addresses may follow, which a Forward Open has. Two readers must not find different requests in a message.
    """
    if len(data) < 8:
        return flaw("command_cut_short")
    if data[:4] != _CIP_INTERFACE:
        return flaw("interface_not_cip")
    items: list[tuple[int, bytes]] = []
    at = 8
    for _ in range(min(data[6] | data[7] << 8, _MAX_ITEMS + 1)):
        if at + 4 > len(data):
            return flaw("item_cut_short")
        kind, length = _ITEM.unpack_from(data, at)
        items.append((kind, data[at + 4 : at + 4 + length]))
        at += 4 + length
    if at != len(data) or len(items) > _MAX_ITEMS:
        return flaw("items_do_not_add_up")
    return _carried(command, items)


def _carried(command: int, items: list[tuple[int, bytes]]) -> Items | Reason:
    if len(items) < 2 or not _SOCKET_ADDRESSES.issuperset(kind for kind, _ in items[2:]):
        return flaw("items_unaddressed")
    (to, address), (kind, data) = items[:2]
    if command == SEND_RR_DATA and (to, len(address), kind) == (NULL_ADDRESS, 0, UNCONNECTED_DATA):
        return Items(None, None, data) if data else flaw("item_without_request")
    is_connected = command == SEND_UNIT_DATA and (to, len(address), kind) == (CONNECTED_ADDRESS, 4, CONNECTED_DATA)
    if is_connected and len(data) > 2 and len(items) == 2:
        return Items(int.from_bytes(address, "little"), data[0] | data[1] << 8, data[2:])
    return flaw("items_of_others")


def message(command: int, session: int, status: int = 0, context: bytes = bytes(8), data: bytes = b"") -> bytes:
    """Return a whole message."""
    return _HEAD.pack(command, len(data), session, status, context, 0) + data


def unconnected(session: int, context: bytes, cip: bytes) -> bytes:
    """Return a CIP PDU as SendRRData."""
    items = _RR_ITEMS.pack(0, 0, 2, NULL_ADDRESS, 0, UNCONNECTED_DATA, len(cip))
    return message(SEND_RR_DATA, session, 0, context, items + cip)


def connected(session: int, context: bytes, connection: int, sequence: int, cip: bytes) -> bytes:
    """Return a CIP PDU as SendUnitData."""
    items = _UNIT_ITEMS.pack(0, 0, 2, CONNECTED_ADDRESS, 4, connection, CONNECTED_DATA, len(cip) + 2, sequence)
    return message(SEND_UNIT_DATA, session, 0, context, items + cip)
