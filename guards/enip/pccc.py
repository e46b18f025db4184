"""PCCC, as it is carried to SLC 500, MicroLogix and PLC-5 controllers: commands, functions, and data table files.

Rockwell Automation publication 1770-6.5.16, DF1 Protocol and Command Set, chapter 7; carried as chapter 6 of the ODVA's
Volume 7 describes. Numbers are little-endian. What is not listed is FIRMWARE, the most restrictive tier.
"""

from struct import Struct
from typing import NamedTuple

from guards.given import Access, Touched
from policies.rules import Tier

_READ, _OPERATE, _PROGRAM, _FIRMWARE = Tier.READ, Tier.OPERATE, Tier.PROGRAM, Tier.FIRMWARE
_REPLY = 0x40


class Command(NamedTuple):
    """One command, or one function of command 06, 07 or 0F."""

    name: str
    tier: Tier
    is_upload: bool = False


class Said(NamedTuple):
    """What a PCCC message says."""

    command: Command
    transaction: int
    accesses: tuple[Access, ...] = ()
    status: int = 0
    is_reply: bool = False


_COMMANDS = {
    0x00: Command("protected_write", _OPERATE),
    0x01: Command("unprotected_read", _READ),
    0x02: Command("protected_bit_write", _OPERATE),
    0x05: Command("unprotected_bit_write", _OPERATE),
    0x08: Command("unprotected_write", _OPERATE),
}
_OF_06 = {
    0x00: Command("echo", _READ),
    0x01: Command("read_diagnostic_counters", _READ),
    0x02: Command("set_variables", _PROGRAM),
    0x03: Command("diagnostic_status", _READ),
    0x04: Command("set_timeout", _PROGRAM),
    0x05: Command("set_naks", _PROGRAM),
    0x06: Command("set_enqs", _PROGRAM),
    0x07: Command("reset_diagnostic_counters", _PROGRAM),
    0x08: Command("set_data_table_size", _PROGRAM),
    0x09: Command("read_link_parameters", _READ),
    0x0A: Command("set_link_parameters", _PROGRAM),
}
_OF_07 = {
    0x00: Command("disable_outputs", _PROGRAM),
    0x01: Command("enable_outputs", _PROGRAM),
    0x03: Command("enable_plc_scanning", _PROGRAM),
    0x04: Command("enter_download_mode", _PROGRAM),
    0x05: Command("exit_download_upload_mode", _PROGRAM),
    0x06: Command("enter_upload_mode", _PROGRAM),
}
_OF_0F = {
    0x00: Command("word_range_write", _OPERATE),
    0x01: Command("word_range_read", _READ),
    0x02: Command("bit_write", _OPERATE),
    0x03: Command("file_write", _OPERATE),
    0x04: Command("file_read", _READ),
    0x05: Command("download_request", _PROGRAM),
    0x06: Command("upload", _READ, is_upload=True),
    0x07: Command("shutdown", _PROGRAM),
    0x08: Command("physical_write", _PROGRAM),
    0x09: Command("physical_read", _READ, is_upload=True),
    0x0A: Command("restart_request", _FIRMWARE),
    0x11: Command("get_edit_resource", _PROGRAM),
    0x12: Command("return_edit_resource", _PROGRAM),
    0x17: Command("read_bytes_physical", _READ, is_upload=True),
    0x18: Command("write_bytes_physical", _PROGRAM),
    0x26: Command("read_modify_write", _OPERATE),
    0x29: Command("read_section_size", _READ),
    0x3A: Command("set_cpu_mode", _PROGRAM),
    0x41: Command("disable_forces", _PROGRAM),
    0x50: Command("download_all_request", _PROGRAM),
    0x52: Command("download_completed", _PROGRAM),
    0x53: Command("upload_all_request", _READ, is_upload=True),
    0x55: Command("upload_completed", _READ, is_upload=True),
    0x57: Command("initialize_memory", _FIRMWARE),
    0x5E: Command("modify_plc_2_compatibility_file", _PROGRAM),
    0x67: Command("typed_write", _OPERATE),
    0x68: Command("typed_read", _READ),
    0x79: Command("read_modify_write_n", _OPERATE),
    0x80: Command("change_mode", _PROGRAM),
    0x81: Command("open_file", _PROGRAM),
    0x82: Command("close_file", _PROGRAM),
    0x88: Command("execute_multiple_commands", _FIRMWARE),
    0x8F: Command("apply_port_configuration", _PROGRAM),
    0xA1: Command("protected_typed_logical_read_2", _READ),
    0xA2: Command("protected_typed_logical_read_3", _READ),
    0xA7: Command("protected_typed_file_read", _READ, is_upload=True),
    0xA9: Command("protected_typed_logical_write_2", _OPERATE),
    0xAA: Command("protected_typed_logical_write_3", _OPERATE),
    0xAB: Command("protected_typed_logical_masked_write_3", _OPERATE),
    0xAF: Command("protected_typed_file_write", _PROGRAM),
}
_BY_FUNCTION = {0x06: _OF_06, 0x07: _OF_07, 0x0F: _OF_0F}
_FILES = {
    0x82: ("o", 2), 0x83: ("i", 2), 0x84: ("s", 2), 0x85: ("b", 2), 0x86: ("t", 6), 0x87: ("c", 6), 0x88: ("r", 6),
    0x89: ("n", 2), 0x8A: ("f", 4), 0x8B: ("o", 2), 0x8C: ("i", 2), 0x8D: ("st", 84), 0x8E: ("a", 2), 0x8F: ("d", 2),
    0x91: ("l", 4), 0x92: ("md", 50), 0x93: ("pd", 46), 0x94: ("pls", 12),
}  # fmt: skip
"""File types: the letter of their addresses, and how many bytes an element has."""
_STATUS_FILE = 0x84
"""It shows the controller's state, and sets its clock, its start and what it does about faults."""
_NUMBERS = {"n": Struct("<h"), "b": Struct("<H"), "s": Struct("<h"), "f": Struct("<f"), "l": Struct("<i")}
_LOGICAL = {0xA1: 2, 0xA2: 3, 0xA9: 2, 0xAA: 3, 0xAB: 3}
_READS = {0xA9: 0xA1, 0xAA: 0xA2}
_WRITES = frozenset(_READS)
READ_BY = frozenset(_OF_0F[function].name for function in _WRITES)
"""The names of those writes that a read names the same place with."""
_TYPE_AT, _WORD_BYTES = 1, 2


def parse(message: bytes) -> Said | None:
    """Read a PCCC message: command, status, transaction, and what follows; ``None`` if it is cut short."""
    if len(message) < 4:
        return None
    code, status, transaction = message[0], message[1], message[2] | message[3] << 8
    if code & _REPLY:
        return Said(Command("answer", _READ), transaction, status=status, is_reply=True)
    if code not in _BY_FUNCTION:
        command = _COMMANDS.get(code) or Command(f"command_{code:02x}", _FIRMWARE)
        return Said(command, transaction)
    if len(message) < 5:
        return None
    function = message[4]
    command = _BY_FUNCTION[code].get(function) or Command(f"function_{code:02x}_{function:02x}", _FIRMWARE)
    if code == 0x0F and function in _LOGICAL:
        return _logical(command, transaction, function, message[5:])
    return Said(command, transaction)


def answered(message: bytes, touched: Touched | None) -> tuple[int, tuple[int | float, ...]] | None:
    """Read the answer to a message about ``touched``: its status, and the numbers that it gives."""
    said = parse(message)
    if said is None or not said.is_reply:
        return None
    number = None if touched is None or touched.name else _NUMBERS.get(touched.table.rstrip("0123456789"))
    data = message[4:]
    if said.status or number is None or len(data) % number.size:
        return said.status, ()
    return 0, tuple(value for (value,) in number.iter_unpack(data))


def reading(message: bytes, transaction: int) -> bytes:
    """Return the read of what a write of ``READ_BY`` changes: of the same size, file, type, element and sub-element."""
    function, data = message[4], message[5:]
    _, at = _numbers(data, 1 + _LOGICAL[function])
    return message[:2] + transaction.to_bytes(2, "little") + bytes([_READS[function]]) + data[:at]


def _logical(command: Command, transaction: int, function: int, data: bytes) -> Said | None:
    """Read size, file, type, element and sub-element (7-17 to 7-21), and what is written."""
    numbers, at = _numbers(data, 1 + _LOGICAL[function])
    if at > len(data):
        return None
    size, written = data[0], data[at:]
    if function in _WRITES and len(written) != size:
        return None
    touched = _touched(numbers, size)
    command = _on_file(command, numbers[_TYPE_AT])
    number = _NUMBERS.get(touched.table.rstrip("0123456789")) if function in _WRITES else None
    is_known = number is not None and len(written) % number.size == 0
    values = tuple(value for (value,) in number.iter_unpack(written)) if number is not None and is_known else ()
    return Said(command, transaction, (Access(touched, values),))


def _on_file(command: Command, kind: int) -> Command:
    """Return a logical command as what it is on files of this type: the others hold the program and the set-up."""
    if kind in _FILES and (kind != _STATUS_FILE or command.tier is _READ):
        return command
    return command._replace(is_upload=True) if command.tier is _READ else command._replace(tier=_PROGRAM)


def _numbers(data: bytes, count: int) -> tuple[list[int], int]:
    """Read the numbers behind the size, and tell where they end; one of 255 or more takes two bytes more."""
    numbers: list[int] = []
    at = 1
    for position in range(count):
        is_long = position != _TYPE_AT and data[at : at + 1] == b"\xff"
        start, at = (at + 1, at + 3) if is_long else (at, at + 1)
        numbers.append(int.from_bytes(data[start:at], "little"))
    return numbers, at


def _touched(numbers: list[int], size: int) -> Touched:
    """Return the elements that ``size`` bytes reach over; a name only where one word of an element is meant."""
    file, kind, element, *rest = numbers
    letter, width = _FILES.get(kind, ("type", 2))
    word = rest[0] if rest else 0
    # A word beyond its element lies in one of the elements behind it.
    if word and size <= _WORD_BYTES and word * _WORD_BYTES + size <= width:
        return Touched(f"{letter}{file}", element, element, str(word))
    count = max(1, -(-(word * _WORD_BYTES + size) // width))
    return Touched(f"{letter}{file}", element, element + count - 1)
