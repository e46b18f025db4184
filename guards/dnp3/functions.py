"""Function codes, their tiers, and the groups of objects.

IEEE Std 1815-2012, clause 4.4 (function codes) and annex A (objects). What is not listed is FIRMWARE.
"""

from typing import NamedTuple

from policies.rules import Tier

_READ, _OPERATE, _PROGRAM, _FIRMWARE = Tier.READ, Tier.OPERATE, Tier.PROGRAM, Tier.FIRMWARE

CONFIRM, READ, WRITE, SELECT, OPERATE, DIRECT_OPERATE = 0x00, 0x01, 0x02, 0x03, 0x04, 0x05
DIRECT_OPERATE_NR, OPEN_FILE, CLOSE_FILE = 0x06, 0x19, 0x1A
RESPONSE, UNSOLICITED, AUTHENTICATE_RESPONSE = 0x81, 0x82, 0x83
RESPONSES = frozenset({RESPONSE, UNSOLICITED, AUTHENTICATE_RESPONSE})
TIME, FILE, INDICATIONS, AUTHENTICATION = 50, 70, 80, 120
STRINGS = frozenset({110, 111, 112, 113})
"""Groups whose variation is the length of the object."""
BARE = frozenset({CONFIRM, 0x17, 0x20, 0x21})
"""Functions that only read and name no points: what is given of them is not narrowed to objects."""
SILENT = frozenset({CONFIRM, DIRECT_OPERATE_NR, 0x08, 0x0A, 0x0C, 0x21})
"""Requests that no outstation answers."""
FREEZES_AT_TIME = frozenset({0x0B, 0x0C})
"""Functions in which only the time has a value, and not the counters that are named behind it."""
CREDENTIALS = frozenset({1, 2, 3, 4, 5, 6, 7, 9})
"""Variations of group 120 that prove who asks and keep session keys; the others change users and their keys."""


class Function(NamedTuple):
    """One function code. ``has_data``: values follow the ranges of its objects."""

    code: int
    name: str
    tier: Tier
    has_data: bool = False


FUNCTIONS = {
    one.code: one
    for one in (
        Function(CONFIRM, "confirm", _READ),
        Function(READ, "read", _READ),
        Function(WRITE, "write", _PROGRAM, has_data=True),
        Function(0x03, "select", _OPERATE, has_data=True),
        Function(0x04, "operate", _OPERATE, has_data=True),
        Function(0x05, "direct_operate", _OPERATE, has_data=True),
        Function(DIRECT_OPERATE_NR, "direct_operate_nr", _OPERATE, has_data=True),
        Function(0x07, "immediate_freeze", _OPERATE),
        Function(0x08, "immediate_freeze_nr", _OPERATE),
        Function(0x09, "freeze_clear", _OPERATE),
        Function(0x0A, "freeze_clear_nr", _OPERATE),
        Function(0x0B, "freeze_at_time", _OPERATE, has_data=True),
        Function(0x0C, "freeze_at_time_nr", _OPERATE, has_data=True),
        Function(0x0D, "cold_restart", _FIRMWARE),
        Function(0x0E, "warm_restart", _FIRMWARE),
        Function(0x0F, "initialize_data", _PROGRAM),
        Function(0x10, "initialize_application", _PROGRAM),
        Function(0x11, "start_application", _PROGRAM),
        Function(0x12, "stop_application", _PROGRAM),
        Function(0x13, "save_configuration", _PROGRAM),
        Function(0x14, "enable_unsolicited", _OPERATE),
        Function(0x15, "disable_unsolicited", _OPERATE),
        Function(0x16, "assign_class", _PROGRAM),
        Function(0x17, "delay_measure", _READ),
        Function(0x18, "record_current_time", _OPERATE),
        Function(OPEN_FILE, "open_file", _PROGRAM, has_data=True),
        Function(CLOSE_FILE, "close_file", _READ, has_data=True),
        Function(0x1B, "delete_file", _PROGRAM, has_data=True),
        Function(0x1C, "get_file_info", _READ, has_data=True),
        Function(0x1D, "authenticate_file", _READ, has_data=True),
        Function(0x1E, "abort_file", _READ, has_data=True),
        Function(0x1F, "activate_configuration", _PROGRAM, has_data=True),
        Function(0x20, "authenticate_request", _READ, has_data=True),
        Function(0x21, "authenticate_error", _READ, has_data=True),
        Function(RESPONSE, "response", _READ, has_data=True),
        Function(UNSOLICITED, "unsolicited_response", _READ, has_data=True),
        Function(AUTHENTICATE_RESPONSE, "authenticate_response", _READ, has_data=True),
    )
}
WRITES = {INDICATIONS: _OPERATE, 110: _OPERATE, 111: _OPERATE}
"""What a write of a group is, where it is less than programming: indications are cleared, texts are values."""


LINK_PRIMARY = {
    0: ("reset_link", _READ), 1: ("reset_user_process", _FIRMWARE), 2: ("test_link", _READ),
    3: ("confirmed_data", _READ), 9: ("request_link_status", _READ),
}  # fmt: skip
LINK_SECONDARY = {0: ("ack", _READ), 1: ("nack", _READ), 11: ("link_status", _READ), 15: ("not_supported", _READ)}
"""Frames of the link alone (clause 9.2.4.1.3): they keep it, but for one of old that restarts the device."""


def function_of(code: int) -> Function:
    """Return the row of a function code."""
    return FUNCTIONS.get(code) or Function(code, f"function_{code:02x}", _FIRMWARE)


CLASS_0 = (60, 1)
"""Group and variation of what stands for the present values of all points (IEEE Std 1815-2012, A.25.1)."""
TABLES = {
    0: "device_attribute", 1: "binary_input", 2: "binary_input", 3: "double_bit_input", 4: "double_bit_input",
    10: "binary_output", 11: "binary_output", 12: "binary_output", 13: "binary_output", 20: "counter", 22: "counter",
    21: "frozen_counter", 23: "frozen_counter", 30: "analog_input", 32: "analog_input", 31: "frozen_analog_input",
    33: "frozen_analog_input", 34: "analog_input_deadband", 40: "analog_output", 41: "analog_output",
    42: "analog_output", 43: "analog_output", TIME: "time", 51: "time", 52: "time", 60: "class", FILE: "file",
    INDICATIONS: "internal_indication", 85: "dataset", 86: "dataset", 87: "dataset", 88: "dataset",
    110: "octet_string", 111: "octet_string", 112: "virtual_terminal", 113: "virtual_terminal",
    AUTHENTICATION: "authentication",
}  # fmt: skip
"""Groups by the tables that policies know."""

_EVENT = {1: 5, 2: 3, 3: 11, 4: 9, 5: 5, 6: 9, 7: 11, 8: 15}
_COUNTED = {1: 5, 2: 3, 5: 11, 6: 9}
SIZES: dict[int, dict[int, int]] = {
    1: {2: 1}, 2: {1: 1, 2: 7, 3: 3}, 3: {2: 1}, 4: {1: 1, 2: 7, 3: 3}, 10: {2: 1}, 11: {1: 1, 2: 7},
    12: {1: 11, 2: 11}, 13: {1: 1, 2: 7}, 20: {1: 5, 2: 3, 5: 4, 6: 2}, 21: {1: 5, 2: 3, 5: 11, 6: 9, 9: 4, 10: 2},
    22: _COUNTED, 23: _COUNTED, 30: {1: 5, 2: 3, 3: 4, 4: 2, 5: 5, 6: 9},
    31: {1: 5, 2: 3, 3: 11, 4: 9, 5: 4, 6: 2, 7: 5, 8: 9}, 32: _EVENT, 33: _EVENT, 34: {1: 2, 2: 4, 3: 4},
    40: {1: 5, 2: 3, 3: 5, 4: 9}, 41: {1: 5, 2: 3, 3: 5, 4: 9}, 42: _EVENT, 43: _EVENT,
    TIME: {1: 6, 2: 10, 3: 6, 4: 11}, 51: {1: 6, 2: 6}, 52: {1: 2, 2: 2},
    AUTHENTICATION: {3: 6, 4: 2},
}  # fmt: skip
"""Bytes of an object, by group and variation."""
PACKED = {(1, 1): 1, (10, 1): 1, (12, 3): 1, (3, 1): 2, (INDICATIONS, 1): 1}
"""Bits of an object where several share a byte."""
