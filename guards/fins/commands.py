"""Every FINS command: name, tier, and how its text is read. What is not listed is FIRMWARE.

Codes and names are those of W342 (see ``guards.fins.bodies``), Wireshark's dissector and the ICSNPP parser for Zeek.
Commands 28xx are carried on to serial lines and may say anything there.
"""

from typing import NamedTuple

from guards.fins import bodies
from policies.rules import Tier


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


COMMANDS: dict[int, Command] = {
    0x0101: Command("memory_area_read", _READ, bodies.memory_read),
    0x0102: Command("memory_area_write", _OPERATE, bodies.memory_write),
    0x0103: Command("memory_area_fill", _OPERATE, bodies.memory_fill),
    0x0104: Command("multiple_memory_area_read", _READ, bodies.multiple_read),
    0x0105: Command("memory_area_transfer", _OPERATE, bodies.transfer),
    0x0201: Command("parameter_area_read", _READ),
    0x0202: _program("parameter_area_write"),
    0x0203: _program("parameter_area_clear"),
    0x0220: Command("data_link_table_read", _READ),
    0x0221: _program("data_link_table_write"),
    0x0304: _program("program_area_protect"),
    0x0305: _program("program_area_protect_clear"),
    0x0306: Command("program_area_read", _READ, is_upload=True),
    0x0307: _program("program_area_write"),
    0x0308: _program("program_area_clear"),
    0x0401: _program("run"),
    0x0402: _program("stop"),
    0x0403: Command("reset", _FIRMWARE),
    0x0501: _status("controller_data_read"),
    0x0502: _status("connection_data_read"),
    0x0601: _status("controller_status_read"),
    0x0602: _status("network_status_read"),
    0x0603: _status("data_link_status_read"),
    0x0620: _status("cycle_time_read"),
    0x0701: _status("clock_read"),
    0x0702: _program("clock_write"),
    0x0801: _status("loopback_test"),
    0x0802: _status("broadcast_test_results_read"),
    0x0803: _program("broadcast_test_data_send"),
    0x0920: Command("message", _READ, bodies.message, is_status=True),
    0x0C01: _program("access_right_acquire"),
    0x0C02: _program("access_right_forced_acquire"),
    0x0C03: _program("access_right_release"),
    0x2101: _program("error_clear"),
    0x2102: _status("error_log_read"),
    0x2103: _program("error_log_clear"),
    0x2140: _status("access_log_read"),
    0x2141: _program("access_log_clear"),
    0x2201: Command("file_name_read", _READ),
    0x2202: Command("single_file_read", _READ, is_upload=True),
    0x2203: _program("single_file_write"),
    0x2204: _program("file_memory_format"),
    0x2205: _program("file_delete"),
    0x2206: _program("volume_label"),
    0x2207: _program("file_copy"),
    0x2208: _program("file_name_change"),
    0x2209: Command("file_data_check", _READ),
    0x220A: _program("memory_area_file_transfer"),
    0x220B: _program("parameter_area_file_transfer"),
    0x220C: _program("program_area_file_transfer"),
    0x220F: Command("file_memory_index_read", _READ),
    0x2210: Command("file_memory_read", _READ, is_upload=True),
    0x2211: _program("file_memory_write"),
    0x2215: _program("directory_create_delete"),
    0x2220: _program("memory_cassette_transfer"),
    0x2301: Command("forced_set_reset", _PROGRAM, bodies.force),
    0x2302: _program("forced_set_reset_cancel"),
    0x230A: Command("multiple_forced_status_read", _READ, bodies.forced_status),
    0x2601: _program("name_set"),
    0x2602: _program("name_delete"),
    0x2603: _status("name_read"),
    0x2803: Command("convert_to_compoway_f", _FIRMWARE),
    0x2804: Command("convert_to_modbus_rtu", _FIRMWARE),
    0x2805: Command("convert_to_modbus_ascii", _FIRMWARE),
}


def command_of(code: int) -> Command:
    """Return the row of a command code."""
    return COMMANDS.get(code) or Command(f"command_{code:04x}", _FIRMWARE)
