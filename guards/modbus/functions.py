"""Every Modbus function code 0 to 255, and the sub-functions of 8, 43 and 90: name, tier and decoders.

MODBUS Application Protocol Specification V1.1b3: public codes section 6, reserved codes annex A. Names of vendor codes
are those in common use. What is not listed is FIRMWARE, the most restrictive tier.
"""

from typing import NamedTuple

from guards.given import worst
from guards.modbus import requests, responses, umas
from guards.modbus.framing import LENGTH_ENDS_AT
from guards.modbus.tables import Table
from policies.rules import Tier

PDU_AT = LENGTH_ENDS_AT + 1


class Function(NamedTuple):
    """One row of the table. ``legal`` is false for codes that no request may have (0, and 128 to 255: V1.1b3, 4.1).

    ``is_upload``: it reads a program out.
    """

    code: int
    name: str
    tier: Tier
    request: requests.Decoder = requests.opaque
    response: responses.Decoder = responses.opaque
    legal: bool = True
    is_upload: bool = False


_READ, _OPERATE, _PROGRAM, _FIRMWARE = Tier.READ, Tier.OPERATE, Tier.PROGRAM, Tier.FIRMWARE

_LISTED = (
    Function(1, "read_coils", _READ, requests.read(Table.COILS, requests.MAX_READ_BITS), responses.read_bits),
    Function(
        2, "read_discrete_inputs", _READ, requests.read(Table.DISCRETE, requests.MAX_READ_BITS), responses.read_bits
    ),
    Function(
        3, "read_holding_registers", _READ, requests.read(Table.HOLDING, requests.MAX_READ_WORDS), responses.read_words
    ),
    Function(
        4, "read_input_registers", _READ, requests.read(Table.INPUT, requests.MAX_READ_WORDS), responses.read_words
    ),
    Function(5, "write_single_coil", _OPERATE, requests.write_single_coil, responses.echo),
    Function(6, "write_single_register", _OPERATE, requests.write_single_register, responses.echo),
    Function(7, "read_exception_status", _READ, requests.nothing, responses.exception_status),
    Function(9, "program_484", _PROGRAM),
    Function(10, "poll_484", _PROGRAM),
    Function(11, "get_comm_event_counter", _READ, requests.nothing, responses.event_counter),
    Function(12, "get_comm_event_log", _READ, requests.nothing, responses.event_log),
    Function(13, "program_584_984", _PROGRAM),
    Function(14, "poll_584_984", _PROGRAM),
    Function(15, "write_multiple_coils", _OPERATE, requests.write_multiple_coils, responses.echo_of_range),
    Function(16, "write_multiple_registers", _OPERATE, requests.write_multiple_registers, responses.echo_of_range),
    Function(17, "report_server_id", _READ, requests.nothing, responses.counted),
    Function(18, "program_884_u84", _PROGRAM),
    Function(19, "reset_comm_link_884_u84", _PROGRAM),
    Function(20, "read_file_record", _READ, requests.read_file_record, responses.file_records),
    Function(21, "write_file_record", _OPERATE, requests.write_file_record, responses.echo),
    Function(22, "mask_write_register", _OPERATE, requests.mask_write_register, responses.echo),
    Function(
        23,
        "read_write_multiple_registers",
        _OPERATE,
        requests.read_write_multiple_registers,
        responses.read_words,
    ),
    Function(24, "read_fifo_queue", _READ, requests.read_fifo_queue, responses.fifo),
    Function(40, "program_concept", _PROGRAM),
    Function(41, "multiple_function_codes", _FIRMWARE),
    Function(91, "object_messaging", _FIRMWARE),
    Function(125, "firmware_replacement", _FIRMWARE),
    Function(126, "program_584_984_2", _PROGRAM),
    Function(127, "report_local_address", _FIRMWARE),
)

_DIAGNOSTICS = (
    (0, "return_query_data", _READ, requests.loopback, responses.echo),
    (1, "restart_communications_option", _PROGRAM, requests.restart_communications, responses.echo),
    (2, "return_diagnostic_register", _READ, requests.diagnostic, responses.diagnostic),
    (3, "change_ascii_input_delimiter", _PROGRAM, requests.diagnostic, responses.echo),
    (4, "force_listen_only_mode", _PROGRAM, requests.diagnostic, responses.echo),
    (10, "clear_counters_and_diagnostic_register", _PROGRAM, requests.diagnostic, responses.echo),
    (11, "return_bus_message_count", _READ, requests.diagnostic, responses.diagnostic),
    (12, "return_bus_communication_error_count", _READ, requests.diagnostic, responses.diagnostic),
    (13, "return_bus_exception_error_count", _READ, requests.diagnostic, responses.diagnostic),
    (14, "return_server_message_count", _READ, requests.diagnostic, responses.diagnostic),
    (15, "return_server_no_response_count", _READ, requests.diagnostic, responses.diagnostic),
    (16, "return_server_nak_count", _READ, requests.diagnostic, responses.diagnostic),
    (17, "return_server_busy_count", _READ, requests.diagnostic, responses.diagnostic),
    (18, "return_bus_character_overrun_count", _READ, requests.diagnostic, responses.diagnostic),
    (20, "clear_overrun_counter_and_flag", _PROGRAM, requests.diagnostic, responses.echo),
)

_UNKNOWN_DIAGNOSTIC = Function(8, "diagnostics", _FIRMWARE, requests.sub_function, responses.opaque)
_UNKNOWN_MEI = Function(
    43, "encapsulated_interface_transport", _FIRMWARE, requests.sub_function, responses.same_sub_function
)
_UNKNOWN_UMAS = Function(umas.FUNCTION_CODE, "umas", _FIRMWARE, umas.unknown, umas.response)
_CANOPEN = Function(43, "canopen_general_reference", _PROGRAM, requests.opaque, responses.same_sub_function)
_IDENTIFICATION = Function(
    43, "read_device_identification", _READ, requests.identification, responses.same_sub_function
)

DIAGNOSTICS = {
    sub.to_bytes(2, "big"): Function(8, name, tier, request, response)
    for sub, name, tier, request, response in _DIAGNOSTICS
}
"""By the two bytes of the sub-function."""

ENCAPSULATED = {b"\x0d": _CANOPEN, b"\x0e": _IDENTIFICATION}
"""By the byte of the MEI type."""


def _umas(row: umas.Row) -> Function:
    read_block = row.code == 0x20
    request = umas.memory_block if read_block else umas.memory if row.is_memory else umas.request
    return Function(umas.FUNCTION_CODE, row.name, row.tier, request, umas.response, is_upload=row.is_upload)


def _signed(row: Function) -> Function:
    """Return the row of what comes signed: only who holds the reservation signs, so it is programming at least."""
    return row._replace(name=f"{row.name}_signed", tier=worst((row.tier, _PROGRAM)))


UMAS = {row.code: _umas(row) for row in umas.ROWS}
"""By the code of UMAS."""

UMAS_SIGNED = {code: _signed(row) for code, row in UMAS.items()}
"""By the code inside a signed request."""


def _unlisted(code: int) -> Function:
    return Function(code, f"function_{code}", _FIRMWARE, legal=1 <= code <= 127)


def _every_code() -> tuple[Function, ...]:
    listed = {row.code: row for row in (*_LISTED, _UNKNOWN_DIAGNOSTIC, _UNKNOWN_MEI, _UNKNOWN_UMAS)}
    return tuple(listed.get(code) or _unlisted(code) for code in range(256))


FUNCTIONS = _every_code()
"""By function code; for 8, 43 and 90 the row of an unknown sub-function."""


def function_of(adu: bytes) -> Function:
    """Return the row of a whole ADU's function, by its sub-function where it has one."""
    code = adu[PDU_AT]
    if code == 8:
        return DIAGNOSTICS.get(adu[PDU_AT + 1 : PDU_AT + 3], _UNKNOWN_DIAGNOSTIC)
    if code == 43:
        return ENCAPSULATED.get(adu[PDU_AT + 1 : PDU_AT + 2], _UNKNOWN_MEI)
    if code == umas.FUNCTION_CODE:
        inner, is_signed = umas.codes_of(adu[PDU_AT:])
        return (UMAS_SIGNED if is_signed else UMAS).get(inner, _UNKNOWN_UMAS)
    return FUNCTIONS[code]
