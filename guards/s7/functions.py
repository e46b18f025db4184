"""Every S7comm function: jobs by their code, user data by group and sub-function, program invocation by name.

Names and codes are those that Wireshark's dissector and the ICSNPP parser for Zeek agree on; where they differ
(user data 4/06, 4/0D, 4/0E) the stricter reading counts. What is not listed is FIRMWARE, the most restrictive tier.
"""

from typing import NamedTuple

from guards.malformations import flaw
from guards.s7 import jobs, userdata
from guards.s7.contents import Contents, Malformed
from guards.s7.pdu import JOB, Pdu
from policies.rules import Tier

SETUP, READ_VAR, WRITE_VAR = 0xF0, 0x04, 0x05
REQUEST_DOWNLOAD, DOWNLOAD_BLOCK, DOWNLOAD_ENDED = 0x1A, 0x1B, 0x1C
INVOCATION = 0x28
NC_GROUP = 0x3F


class Function(NamedTuple):
    """One row. ``is_upload``: it reads a program out. ``is_setup``: without it nothing can be said at all."""

    name: str
    tier: Tier
    decode: jobs.Decoder = jobs.unknown
    is_upload: bool = False
    is_setup: bool = False


_READ, _OPERATE, _PROGRAM, _FIRMWARE = Tier.READ, Tier.OPERATE, Tier.PROGRAM, Tier.FIRMWARE

JOBS = {
    READ_VAR: Function("read_var", _READ, jobs.read_variables),
    WRITE_VAR: Function("write_var", _OPERATE, jobs.write_variables),
    REQUEST_DOWNLOAD: Function("request_download", _PROGRAM, jobs.block_transfer),
    DOWNLOAD_BLOCK: Function("download_block", _PROGRAM, jobs.block_transfer),
    DOWNLOAD_ENDED: Function("download_ended", _PROGRAM, jobs.block_transfer),
    0x1D: Function("start_upload", _READ, jobs.block_transfer, is_upload=True),
    0x1E: Function("upload", _READ, jobs.transfer_by_id, is_upload=True),
    0x1F: Function("end_upload", _READ, jobs.transfer_by_id, is_upload=True),
    0x29: Function("plc_stop", _PROGRAM, jobs.stop),
    SETUP: Function("setup_communication", _READ, jobs.setup, is_setup=True),
}
"""By the code in the first byte of the parameters; 28 (program invocation) is told apart by its name."""

_INVOCATIONS = """
P_PROGRAM _INSE _INS2 _DELE _MODU _GARB
_N_LOGIN_ _N_LOGOUT _N_CANCEL _N_DASAVE _N_DIGIOF _N_DIGION _N_DZERO_ _N_ENDEXT _N_F_OPER _N_OST_OF _N_OST_ON
_N_SCALE_ _N_SETUFR _N_STRTLK _N_STRTUL _N_TMRASS _N_F_DELE _N_EXTERN _N_EXTMOD _N_F_DELR _N_F_XFER _N_LOCKE_
_N_SELECT _N_SRTEXT _N_F_CLOS _N_F_OPEN _N_F_SEEK _N_ASUP__ _N_CHEKDM _N_CHKDNO _N_CONFIG _N_CRCEDN _N_DELECE
_N_CREACE _N_CREATO _N_DELETO _N_CRTOCE _N_DELVAR _N_F_COPY _N_F_DMDA _N_F_PROR _N_F_PROT _N_F_RENA _N_FINDBL
_N_IBN_SS _N_MMCSEM _N_NCKMOD _N_NEWPWD _N_SEL_BL _N_SETTST _N_TMAWCO _N_TMCRTC _N_TMCRTO _N_TMFDPL _N_TMFPBP
_N_TMGETT _N_TMMVTL _N_TMPCIT _N_TMPOSM _N_TRESMO _N_TSEARC
"""
INVOCATIONS = {name: Function(f"pi_service {name}", _PROGRAM, jobs.program_invocation) for name in _INVOCATIONS.split()}
"""Program invocation services: start, blocks, memory; and those of numerical controls (_N_)."""

_WATCHES = {
    0x01: Function("block_status", _READ, userdata.hidden("block_status")),
    0x02: Function("variable_status", _READ, userdata.watch),
    0x03: Function("output_istack", _PROGRAM),
    0x04: Function("output_bstack", _PROGRAM),
    0x05: Function("output_lstack", _PROGRAM),
    0x06: Function("time_measurement", _PROGRAM),
    0x07: Function("force_selection", _PROGRAM),
    0x08: Function("modify_variable", _OPERATE, userdata.modify),
    0x09: Function("force", _PROGRAM, userdata.modify),
    0x0A: Function("breakpoint", _PROGRAM),
    0x0B: Function("exit_hold", _PROGRAM),
    0x0C: Function("memory_reset", _FIRMWARE),
    0x10: Function("read_job_list", _READ),
    0x11: Function("read_job", _READ, userdata.hidden("job")),
    0x12: Function("replace_job", _PROGRAM),
    0x13: Function("block_status_v2", _READ, userdata.hidden("block_status")),
    0x16: Function("flash_led", _OPERATE),
}


def _of_job(function: int) -> Tier:
    """Return what setting off or ending a job of this function is: no less than what setting it up was."""
    return _WATCHES[function].tier if function in _WATCHES else _READ


_CONTROL = userdata.control_job(_of_job)

USERDATA = {
    **{(1, code): function for code, function in _WATCHES.items()},
    (1, 0x0D): Function("disable_job", _READ, _CONTROL),
    (1, 0x0E): Function("enable_job", _READ, _CONTROL),
    (1, 0x0F): Function("delete_job", _READ, _CONTROL),
    (2, 0x01): Function("cyclic_transfer", _READ, userdata.cyclic),
    (2, 0x04): Function("cyclic_unsubscribe", _READ),
    (2, 0x05): Function("change_driven_transfer", _READ, userdata.cyclic),
    (2, 0x07): Function("change_driven_transfer_modify", _READ, userdata.cyclic),
    (2, 0x08): Function("read_record", _READ, userdata.hidden("record")),
    (3, 0x01): Function("list_blocks", _READ),
    (3, 0x02): Function("list_blocks_of_type", _READ, userdata.block_list),
    (3, 0x03): Function("get_block_info", _READ, userdata.block_info),
    (4, 0x01): Function("read_szl", _READ, userdata.status_list),
    (4, 0x02): Function("message_service", _READ),
    (4, 0x06): Function("alarm_8_lock_2", _OPERATE),
    (4, 0x07): Function("alarm_8_lock", _OPERATE),
    (4, 0x08): Function("alarm_8_unlock", _OPERATE),
    (4, 0x0B): Function("alarm_ack", _OPERATE),
    (4, 0x0E): Function("alarm_ack_2", _OPERATE),
    (4, 0x13): Function("alarm_query", _READ),
    (5, 0x01): Function("plc_password", _PROGRAM),
    (6, 0x01): Function("bsend", _OPERATE),
    (7, 0x01): Function("read_clock", _READ),
    (7, 0x02): Function("set_clock", _PROGRAM),
    (7, 0x03): Function("read_clock_following", _READ),
    (7, 0x04): Function("set_clock_2", _PROGRAM),
    (0x20, 0x01): Function("record_routing_init", _PROGRAM),
    (0x20, 0x02): Function("record_routing_finish", _PROGRAM),
    (0x20, 0x03): Function("record_routing_data", _PROGRAM),
    (NC_GROUP, 0x01): Function("nc_request_download", _PROGRAM),
    (NC_GROUP, 0x02): Function("nc_download_block", _PROGRAM),
    (NC_GROUP, 0x03): Function("nc_continue_download", _PROGRAM),
    (NC_GROUP, 0x04): Function("nc_download_ended", _PROGRAM),
    (NC_GROUP, 0x06): Function("nc_start_upload", _READ, is_upload=True),
    (NC_GROUP, 0x07): Function("nc_upload", _READ, is_upload=True),
    (NC_GROUP, 0x08): Function("nc_continue_upload", _READ, is_upload=True),
}
"""Requests by group and sub-function; the group is the lower six bits of its byte."""

_PUSHED = {
    (4, 0x03): "diagnostic_message",
    (4, 0x05): "alarm_8_indication",
    (4, 0x06): "notify_indication",
    (4, 0x09): "scan_indication",
    (4, 0x0C): "alarm_ack_indication",
    (4, 0x0D): "alarm_lock_indication",
    (4, 0x0E): "alarm_unlock_indication",
    (4, 0x10): "ar_send_indication",
    (4, 0x11): "alarm_sq_indication",
    (4, 0x12): "alarm_s_indication",
    (4, 0x16): "notify_8_indication",
}
_NO_USERDATA = Function("userdata", _FIRMWARE)


def function_of(pdu: Pdu) -> Function:
    """Return the row of a job's or user data message's function."""
    parameters = pdu.parameters
    if pdu.rosctr == JOB:
        code = parameters[0] if parameters else 0
        if code == INVOCATION:
            name = jobs.invoked(parameters)
            return INVOCATIONS.get(name) or Function(f"pi_service {name}".rstrip(), _FIRMWARE)
        return JOBS.get(code) or Function(f"function_{code:02x}", _FIRMWARE)
    if not userdata.is_sound(parameters):
        return _NO_USERDATA
    group, sub = parameters[5] & 0x3F, parameters[6]
    return USERDATA.get((group, sub)) or Function(f"userdata_{group:x}_{sub:02x}", _FIRMWARE)


def pushed(parameters: bytes) -> str:
    """Return the name of what a device tells by itself."""
    group, sub = parameters[5] & 0x3F, parameters[6]
    if not group:
        return "mode_transition"
    known = USERDATA.get((group, sub))
    return _PUSHED.get((group, sub)) or (known.name if known else f"userdata_{group:x}_{sub:02x}")


def code_of(pdu: Pdu) -> int:
    """Return the number that names the function on the wire: a job's code, or the byte of type and group."""
    parameters = pdu.parameters
    if pdu.rosctr == JOB:
        return parameters[0] if parameters else 0
    return parameters[5] if len(parameters) > 5 else 0


def decode(function: Function, pdu: Pdu) -> Contents | Malformed:
    """Return the meaning of a request of this function; never raises."""
    if pdu.rosctr == JOB:
        return function.decode(pdu) if pdu.parameters else Malformed(flaw("no_parameters"))
    if not userdata.is_sound(pdu.parameters):
        return Malformed(flaw("not_user_data"))
    if function.decode is not jobs.unknown and userdata.is_piece(pdu):
        is_read = function.tier is _READ and function.decode is not _CONTROL
        return userdata.hidden("piece")(pdu) if is_read else Malformed(flaw("only_a_piece"))
    return function.decode(pdu)
