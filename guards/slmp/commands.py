"""Every SLMP command: name, tier, and how its body is read. What is not listed is FIRMWARE.

Mitsubishi Electric, SLMP Reference Manual (SH(NA)-080956ENG), 5.1, and MELSEC Communication Protocol Reference Manual
(SH(NA)-080008). CAN, IO-Link and Modbus requests (4020, 5000-5002) are carried on and may say anything there.
"""

from typing import NamedTuple

from guards.slmp import bodies
from policies.rules import Tier

READ, READ_RANDOM, READ_BLOCKS = 0x0401, 0x0403, 0x0406
WRITE, WRITE_RANDOM, WRITE_BLOCKS = 0x1401, 0x1402, 0x1406


class Command(NamedTuple):
    """One row. ``is_upload``: it reads a program or file out. ``is_status``: it tells about the device only."""

    name: str
    tier: Tier
    decode: bodies.Decode = bodies.opaque
    is_upload: bool = False
    is_status: bool = False


_READ, _OPERATE, _PROGRAM, _FIRMWARE = Tier.READ, Tier.OPERATE, Tier.PROGRAM, Tier.FIRMWARE


def _status(name: str) -> Command:
    return Command(name, _READ, is_status=True)


def _program(name: str) -> Command:
    return Command(name, _PROGRAM)


def _upload(name: str) -> Command:
    return Command(name, _READ, is_upload=True)


COMMANDS: dict[int, Command] = {
    READ: Command("device_read", _READ, bodies.read),
    READ_RANDOM: Command("device_read_random", _READ, bodies.read_random),
    READ_BLOCKS: Command("device_read_block", _READ, bodies.read_blocks),
    0x0801: Command("device_monitor_register", _READ, bodies.register),
    0x0802: Command("device_monitor", _READ),
    WRITE: Command("device_write", _OPERATE, bodies.write),
    WRITE_RANDOM: Command("device_write_random", _OPERATE, bodies.write_random),
    WRITE_BLOCKS: Command("device_write_block", _OPERATE, bodies.write_blocks),
    0x041A: Command("label_array_read", _READ),
    0x041C: Command("label_read_random", _READ),
    0x141A: Command("label_array_write", _OPERATE),
    0x141B: Command("label_write_random", _OPERATE),
    0x0613: Command("memory_read", _READ),
    0x1613: Command("memory_write", _OPERATE),
    0x0601: Command("extend_unit_read", _READ),
    0x1601: Command("extend_unit_write", _OPERATE),
    0x1001: _program("remote_run"),
    0x1002: _program("remote_stop"),
    0x1003: _program("remote_pause"),
    0x1005: _program("remote_latch_clear"),
    0x1006: Command("remote_reset", _FIRMWARE),
    0x0101: _status("read_type_name"),
    0x3070: Command("node_indication", _OPERATE),
    0x1630: _program("remote_password_unlock"),
    0x1631: _program("remote_password_lock"),
    0x0619: _status("self_test"),
    0x1617: _program("clear_error"),
    0x1619: _program("clear_error_history"),
    0x0205: Command("disk_usage_read", _READ),
    0x1207: _program("disk_defragment"),
    0x0201: Command("file_information_read", _READ),
    0x0202: Command("file_information_read_with_title", _READ),
    0x0203: Command("file_search", _READ),
    0x0204: Command("file_number_usage_read", _READ),
    0x0206: _upload("file_read_content"),
    0x0808: _program("file_lock"),
    0x1202: _program("file_create_a"),
    0x1203: _program("file_write_content"),
    0x1204: _program("file_change_information"),
    0x1205: _program("file_delete_a"),
    0x1206: _program("file_copy_a"),
    0x1810: Command("directory_read", _READ),
    0x1811: Command("directory_search", _READ),
    0x1820: _program("file_create"),
    0x1822: _program("file_delete"),
    0x1824: _program("file_copy"),
    0x1825: _program("file_change_state"),
    0x1826: _program("file_change_date"),
    0x1827: _upload("file_open"),
    0x1828: _upload("file_read"),
    0x1829: _program("file_write"),
    0x182A: _upload("file_close"),
    0x0E28: _status("device_identification_get"),
    0x0E30: _status("node_search"),
    0x0E31: _program("ip_address_set"),
    0x0E32: _status("device_information_compare"),
    0x0E33: _status("parameter_get"),
    0x0E34: _program("parameter_set"),
    0x0E35: _program("parameter_set_start"),
    0x0E36: _program("parameter_set_end"),
    0x0E3A: _program("parameter_set_cancel"),
    0x0E44: _status("status_read"),
    0x0E45: _status("connection_setting_get"),
    0x0E53: _status("status_read_of_several"),
    0x3060: _status("event_number_get"),
    0x3061: _status("event_history_get"),
    0x161A: _program("event_history_clear"),
    0x4020: Command("can", _FIRMWARE),
    0x5000: Command("io_link", _FIRMWARE),
    0x5001: Command("modbus_tcp", _FIRMWARE),
    0x5002: Command("modbus_rtu", _FIRMWARE),
}


def command_of(code: int) -> Command:
    """Return the row of a command code."""
    return COMMANDS.get(code) or Command(f"command_{code:04x}", _FIRMWARE)
