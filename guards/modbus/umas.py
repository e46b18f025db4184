"""UMAS, the engineering protocol of Schneider's Modicon controllers inside Modbus function 90: names, tiers, layout.

There is no public specification. Codes and layouts are those on which independent public decoders agree: Apache PLC4X
(``umas.mspec``), the Wireshark dissectors ``hutcheb/umas-dissector`` and ``zaltzman/UMAS-Wireshark-Dissector``, and the
articles "The Unity (UMAS) protocol" (lirasenlared.blogspot.com, parts I to V). They call *upload* what is sent to the
controller; here, as in all of this product, an upload reads a program out. What is not listed is FIRMWARE.

A PDU is 5A, the key of the reservation, the code, and data; an answer has FE (done) or FD (refused) for the code.
Code 38 is a carrier: its request is signed and holds a whole further PDU.
"""

from typing import NamedTuple

from guards.malformations import flaw
from guards.modbus.contents import EMPTY, Contents, Malformed
from policies.rules import Tier

FUNCTION_CODE = 90
TAKE_RESERVATION, RELEASE_RESERVATION, SIGNED = 0x10, 0x11, 0x38
DONE, REFUSED = 0xFE, 0xFD
UNKNOWN = -1

CODE_AT = 2
HEADER_BYTES = 3
_CARRIED_AT = 36
"""Where the PDU inside a signed one begins: after a byte of kind and 32 bytes of signature."""
_MEMORY_BLOCK_BYTES = 12
_SIZE = Malformed(flaw("umas_length"))


class Row(NamedTuple):
    """One code. ``is_memory``: it touches memory that no address range can name."""

    code: int
    name: str
    tier: Tier
    is_memory: bool = False
    is_upload: bool = False


_READ, _OPERATE, _PROGRAM, _FIRMWARE = Tier.READ, Tier.OPERATE, Tier.PROGRAM, Tier.FIRMWARE

ROWS = (
    Row(0x01, "umas_init_communication", _READ),
    Row(0x02, "umas_read_id", _READ),
    Row(0x03, "umas_read_project_info", _READ),
    Row(0x04, "umas_read_plc_info", _READ),
    Row(0x06, "umas_read_card_info", _READ),
    Row(0x0A, "umas_repeat", _READ),
    Row(TAKE_RESERVATION, "umas_take_reservation", _PROGRAM),
    Row(RELEASE_RESERVATION, "umas_release_reservation", _PROGRAM),
    Row(0x12, "umas_keep_alive", _READ),
    Row(0x20, "umas_read_memory_block", _READ, is_memory=True),
    Row(0x21, "umas_write_memory_block", _PROGRAM),
    Row(0x22, "umas_read_variables", _READ, is_memory=True),
    Row(0x23, "umas_write_variables", _OPERATE, is_memory=True),
    Row(0x24, "umas_read_coils_registers", _READ, is_memory=True),
    Row(0x25, "umas_write_coils_registers", _OPERATE, is_memory=True),
    Row(0x26, "umas_read_data_dictionary", _READ, is_memory=True),
    Row(0x28, "umas_read_physical_address", _FIRMWARE),
    Row(0x29, "umas_write_physical_address", _FIRMWARE),
    Row(0x30, "umas_start_download", _PROGRAM),
    Row(0x31, "umas_download", _PROGRAM),
    Row(0x32, "umas_end_download", _PROGRAM),
    Row(0x33, "umas_start_upload", _READ, is_upload=True),
    Row(0x34, "umas_upload", _READ, is_upload=True),
    Row(0x35, "umas_end_upload", _READ, is_upload=True),
    Row(0x36, "umas_backup", _PROGRAM),
    Row(0x39, "umas_read_ethernet_master_data", _READ),
    Row(0x40, "umas_start_plc", _PROGRAM),
    Row(0x41, "umas_stop_plc", _PROGRAM),
    Row(0x50, "umas_monitor_plc", _PROGRAM),  # its commands read, and force outputs: public tools do both with it
    Row(0x58, "umas_check_plc", _READ),
    Row(0x6E, "umas_exchange_reservation_nonces", _PROGRAM),
    Row(0x70, "umas_read_io_object", _READ, is_memory=True),
    Row(0x71, "umas_write_io_object", _OPERATE, is_memory=True),
    Row(0x73, "umas_read_module_status", _READ),
)


def codes_of(pdu: bytes) -> tuple[int, bool]:
    """Return the code that counts (``UNKNOWN`` where none can be read), and whether it came inside a signed PDU."""
    code = pdu[CODE_AT] if len(pdu) >= HEADER_BYTES else UNKNOWN
    if code != SIGNED:
        return code, False
    carried = pdu[_CARRIED_AT:]
    if len(carried) < HEADER_BYTES or carried[0] != FUNCTION_CODE or carried[CODE_AT] == SIGNED:
        return UNKNOWN, False
    return carried[CODE_AT], True


def key_of(pdu: bytes) -> int:
    """Return the key of the reservation under which a request speaks."""
    return pdu[_CARRIED_AT + 1] if codes_of(pdu)[1] else pdu[1]


def release(key: int) -> bytes:
    """Return the PDU that gives a reservation back."""
    return bytes([FUNCTION_CODE, key, RELEASE_RESERVATION])


def request(pdu: bytes) -> Contents | Malformed:
    """Accept any data: its layout is not public."""
    return EMPTY if len(pdu) >= HEADER_BYTES else _SIZE


def memory(pdu: bytes) -> Contents | Malformed:
    """Accept any data, and mark that it names memory outside the four tables."""
    return Contents(outside_tables=True) if len(pdu) >= HEADER_BYTES else _SIZE


def memory_block(pdu: bytes) -> Contents | Malformed:
    """Decode the read of a block: range, block, offset, two bytes unknown, count (little-endian); no more."""
    if codes_of(pdu)[1]:
        return Contents(outside_tables=True)
    if len(pdu) != _MEMORY_BLOCK_BYTES:
        return _SIZE
    block, first, _, count = (int.from_bytes(pdu[at : at + 2], "little") for at in range(4, _MEMORY_BLOCK_BYTES, 2))
    return Contents(objects=(f"memory block {block} bytes {first}-{first + max(count, 1) - 1}",), outside_tables=True)


def unknown(pdu: bytes) -> Contents | Malformed:
    """Name an unknown code."""
    return Contents(objects=(f"sub-function {pdu[CODE_AT]}",)) if len(pdu) >= HEADER_BYTES else _SIZE


def response(contents: Contents, asked: bytes, answer: bytes) -> tuple[int, ...] | None:  # noqa: ARG001 - one signature
    """Accept an answer that says done, and name no values."""
    return () if len(answer) >= HEADER_BYTES and answer[CODE_AT] == DONE else None


def is_refused(pdu: bytes) -> bool:
    """Tell whether an answer says, in the words of UMAS, that the controller does not do it."""
    return len(pdu) >= HEADER_BYTES and pdu[0] == FUNCTION_CODE and pdu[CODE_AT] == REFUSED


def reservation_given(pdu: bytes) -> int | None:
    """Return the key in the answer to a request for the reservation, if it was given."""
    given = len(pdu) > HEADER_BYTES and pdu[0] == FUNCTION_CODE and pdu[CODE_AT] == DONE
    return pdu[HEADER_BYTES] if given else None
