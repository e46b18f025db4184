"""Type identifications: names, tiers, tables of their objects, and sizes.

IEC 60870-5-101:2003, 7.2.1.1 and 7.3; IEC 60870-5-104:2006, clause 8; those that authenticate: IEC TS 60870-5-7:2013.
What is not listed is FIRMWARE, and so is what only a station may say when it comes from the other side.
"""

from typing import NamedTuple

from policies.rules import Tier

_READ, _OPERATE, _PROGRAM, _FIRMWARE = Tier.READ, Tier.OPERATE, Tier.PROGRAM, Tier.FIRMWARE
INTERROGATION, COUNTER_INTERROGATION, READ_COMMAND, CLOCK_SYNCHRONIZATION, RESET_PROCESS = 100, 101, 102, 103, 105
TIME_TAGGED = frozenset({*range(58, 65), 107})
"""Commands whose elements end in seven bytes that say when they were given."""

BROADCAST = frozenset({0xFFFF, 0})
"""Common addresses that mean every station. 0 is not to be used, but some devices take it for that, too."""
BROADCASTS = frozenset({INTERROGATION, COUNTER_INTERROGATION, CLOCK_SYNCHRONIZATION, RESET_PROCESS})
"""What may be said to every station at once (IEC 60870-5-101:2003, 7.2.4)."""

REQUEST, ACTIVATION, CONFIRMATION, DEACTIVATION, DEACTIVATED, FILE_TRANSFER = 5, 6, 7, 8, 9, 13
UNKNOWN_TYPE, UNKNOWN_CAUSE, UNKNOWN_STATION, UNKNOWN_OBJECT = 44, 45, 46, 47
"""Causes of transmission (7.2.3)."""

_ACTIVATE = frozenset({ACTIVATION})
_ACTIVATE_OR_NOT = frozenset({ACTIVATION, DEACTIVATION})
_FILES = frozenset({REQUEST, FILE_TRANSFER})
_CAUSES = {
    **dict.fromkeys((*range(45, 52), *range(58, 65), 100, 101, 113), _ACTIVATE_OR_NOT),
    **dict.fromkeys((103, 104, 105, 106, 107, 110, 111, 112), _ACTIVATE),
    106: frozenset({3, ACTIVATION}),
    READ_COMMAND: frozenset({REQUEST}),
    **dict.fromkeys(range(120, 128), _FILES),
}


class TypeId(NamedTuple):
    """One type. ``size`` is that of an object's elements behind its address, ``None`` where it varies.

    A type without a ``table`` whose size varies is not looked into: it names no objects.
    """

    code: int
    name: str
    tier: Tier
    table: str
    size: int | None
    is_monitoring: bool = False


def _monitoring(code: int, name: str, size: int | None) -> TypeId:
    return TypeId(code, name, _READ, "information", size, is_monitoring=True)


def _authenticating(code: int, name: str, tier: Tier = _READ) -> TypeId:
    return TypeId(code, name, tier, "", None)


TYPES = {
    one.code: one
    for one in (
        _monitoring(1, "single_point", 1),
        _monitoring(2, "single_point_time24", 4),
        _monitoring(3, "double_point", 1),
        _monitoring(4, "double_point_time24", 4),
        _monitoring(5, "step_position", 2),
        _monitoring(6, "step_position_time24", 5),
        _monitoring(7, "bitstring_32", 5),
        _monitoring(8, "bitstring_32_time24", 8),
        _monitoring(9, "measured_normalized", 3),
        _monitoring(10, "measured_normalized_time24", 6),
        _monitoring(11, "measured_scaled", 3),
        _monitoring(12, "measured_scaled_time24", 6),
        _monitoring(13, "measured_float", 5),
        _monitoring(14, "measured_float_time24", 8),
        _monitoring(15, "integrated_totals", 5),
        _monitoring(16, "integrated_totals_time24", 8),
        _monitoring(17, "protection_event_time24", 6),
        _monitoring(18, "protection_start_events_time24", 7),
        _monitoring(19, "protection_output_time24", 7),
        _monitoring(20, "packed_single_points", 5),
        _monitoring(21, "measured_normalized_plain", 2),
        _monitoring(30, "single_point_time56", 8),
        _monitoring(31, "double_point_time56", 8),
        _monitoring(32, "step_position_time56", 9),
        _monitoring(33, "bitstring_32_time56", 12),
        _monitoring(34, "measured_normalized_time56", 10),
        _monitoring(35, "measured_scaled_time56", 10),
        _monitoring(36, "measured_float_time56", 12),
        _monitoring(37, "integrated_totals_time56", 12),
        _monitoring(38, "protection_event_time56", 10),
        _monitoring(39, "protection_start_events_time56", 11),
        _monitoring(40, "protection_output_time56", 11),
        _monitoring(41, "security_statistics_time56", None),
        TypeId(45, "single_command", _OPERATE, "single_command", 1),
        TypeId(46, "double_command", _OPERATE, "double_command", 1),
        TypeId(47, "step_command", _OPERATE, "step_command", 1),
        TypeId(48, "setpoint_normalized", _OPERATE, "setpoint", 3),
        TypeId(49, "setpoint_scaled", _OPERATE, "setpoint", 3),
        TypeId(50, "setpoint_float", _OPERATE, "setpoint", 5),
        TypeId(51, "bitstring_command", _OPERATE, "bitstring", 4),
        TypeId(58, "single_command_time56", _OPERATE, "single_command", 8),
        TypeId(59, "double_command_time56", _OPERATE, "double_command", 8),
        TypeId(60, "step_command_time56", _OPERATE, "step_command", 8),
        TypeId(61, "setpoint_normalized_time56", _OPERATE, "setpoint", 10),
        TypeId(62, "setpoint_scaled_time56", _OPERATE, "setpoint", 10),
        TypeId(63, "setpoint_float_time56", _OPERATE, "setpoint", 12),
        TypeId(64, "bitstring_command_time56", _OPERATE, "bitstring", 11),
        _monitoring(70, "end_of_initialization", 1),
        _authenticating(81, "authentication_challenge"),
        _authenticating(82, "authentication_reply"),
        # It carries the command that it vouches for, whichever that is.
        _authenticating(83, "aggressive_mode_request", _FIRMWARE),
        _authenticating(84, "session_key_status_request"),
        _authenticating(85, "session_key_status"),
        _authenticating(86, "session_key_change"),
        _authenticating(87, "authentication_error"),
        _authenticating(90, "user_status_change", _PROGRAM),
        _authenticating(91, "update_key_change_request", _PROGRAM),
        _authenticating(92, "update_key_change_reply", _PROGRAM),
        _authenticating(93, "update_key_change_symmetric", _PROGRAM),
        _authenticating(94, "update_key_change_asymmetric", _PROGRAM),
        _authenticating(95, "update_key_change_confirmation", _PROGRAM),
        TypeId(INTERROGATION, "interrogation", _READ, "interrogation", 1),
        TypeId(COUNTER_INTERROGATION, "counter_interrogation", _READ, "counter_interrogation", 1),
        TypeId(READ_COMMAND, "read_command", _READ, "information", 0),
        TypeId(CLOCK_SYNCHRONIZATION, "clock_synchronization", _PROGRAM, "", 7),
        TypeId(104, "test_command", _READ, "", 2),
        TypeId(RESET_PROCESS, "reset_process", _FIRMWARE, "", 1),
        TypeId(106, "delay_acquisition", _PROGRAM, "", 2),
        TypeId(107, "test_command_time56", _READ, "", 9),
        TypeId(110, "parameter_normalized", _PROGRAM, "parameter", 3),
        TypeId(111, "parameter_scaled", _PROGRAM, "parameter", 3),
        TypeId(112, "parameter_float", _PROGRAM, "parameter", 5),
        TypeId(113, "parameter_activation", _PROGRAM, "parameter", 1),
        TypeId(120, "file_ready", _PROGRAM, "file", 6),
        TypeId(121, "section_ready", _PROGRAM, "file", 7),
        TypeId(122, "call_directory", _PROGRAM, "file", 4),
        TypeId(123, "last_section", _PROGRAM, "file", 5),
        TypeId(124, "acknowledge_file", _PROGRAM, "file", 4),
        TypeId(125, "file_segment", _PROGRAM, "file", None),
        TypeId(126, "directory", _PROGRAM, "file", 13),
        TypeId(127, "query_log", _PROGRAM, "file", 16),
    )
}


def fits(cause: int, code: int) -> bool:
    """Tell whether a type may be said to a station for this cause (7.2.3.1, table 14); unknown types have any."""
    return cause in _CAUSES.get(code, (cause,))


def type_of(code: int, *, to_station: bool) -> TypeId:
    """Return the row of a type; what only stations say, said to one, is FIRMWARE."""
    known = TYPES.get(code) or TypeId(code, f"type_{code}", _FIRMWARE, "", None)
    return known._replace(tier=_FIRMWARE) if to_station and known.is_monitoring else known
