"""Numbers and names of functions are those that Wireshark has; every difference is explained here.

The tables of ``tshark -G values`` are compared with those of the guards, without regard to case and punctuation.
"""

import re
import shutil
import subprocess
from functools import cache

import pytest

from guards.bacnet import bvlc
from guards.bacnet import services as bacnet
from guards.dnp3 import functions as dnp3
from guards.enip import pccc
from guards.enip import services as cip
from guards.enip.encapsulation import COMMANDS as ENCAPSULATION
from guards.fins import framing
from guards.fins.commands import COMMANDS as FINS
from guards.iec104.types import TYPES
from guards.modbus import functions as modbus
from guards.opcua.services import FAULT, SERVICES
from guards.s7 import functions as s7

pytestmark = [
    pytest.mark.integration,
    pytest.mark.skipif(shutil.which("tshark") is None, reason="tshark is not installed"),
]

Names = dict[int, str]
Explained = dict[int, tuple[str | None, str | None]]
"""Theirs and ours by the number; ``None``: not listed there."""


def plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())


OURS = re.compile(r"[VR]\t(modbus|cip|enip|bacapp|bacnet|bvlc|dnp3|iec60870_asdu|s7comm|omron|opcua)\.")


@cache
def _values() -> list[list[str]]:
    printed = subprocess.run(["tshark", "-G", "values"], capture_output=True, check=True, timeout=60).stdout
    return [line.split("\t") for line in printed.decode(errors="replace").splitlines() if OURS.match(line)]


def theirs(field: str) -> Names:
    """Return one table of tshark's; of a range only single numbers."""
    found: Names = {}
    for kind, name, number, *rest in _values():
        if name == field and (kind == "V" or (kind == "R" and rest[0] == number)):
            found.setdefault(int(number, 0), rest[-1])
    assert found, f"this tshark has no table of {field}"
    return found


def differences(field: str, ours: Names) -> Explained:
    other = theirs(field)
    return {
        code: (other.get(code), ours.get(code))
        for code in sorted(other.keys() | ours.keys())
        if code not in other or code not in ours or plain(other[code]) != plain(ours[code])
    }


def test_modbus() -> None:
    ours = {one.code: one.name for one in modbus.FUNCTIONS if one.name != f"function_{one.code}"}
    assert differences("modbus.func_code", ours) == {
        # Reserved or of vendors (V1.1b3, annex A), which Wireshark does not list.
        **{code: (None, ours[code]) for code in (9, 10, 13, 14, 18, 19, 40, 41, 91, 125, 126, 127)},
        11: ("Get Comm. Event Counters", "get_comm_event_counter"),  # V1.1b3, 6.9
        17: ("Report Slave ID", "report_server_id"),  # 6.13: servers and clients since V1.1b3
        23: ("Read Write Register", "read_write_multiple_registers"),  # 6.17
        90: ("Unity (Schneider)", "umas"),  # both are names of the same thing
    }


def test_modbus_sub_functions() -> None:
    ours = {int.from_bytes(sub): one.name for sub, one in modbus.DIAGNOSTICS.items()}
    found = differences("modbus.diagnostic_code", ours)
    assert {sub: (str(other).replace("Slave", "Server"), name) for sub, (other, name) in found.items()} == {
        14: ("Return Server Message Count", ours[14]),
        15: ("Return Server No Response Count", ours[15]),
        16: ("Return Server NAK Count", ours[16]),
        17: ("Return Server Busy Count", ours[17]),
    }
    assert differences("modbus.mei", {kind[0]: one.name for kind, one in modbus.ENCAPSULATED.items()}) == {
        13: ("CANopen Request/Response ", "canopen_general_reference"),  # 6.20: ... Request and Response PDU
    }


COMMON = {
    # Judged with the class: only the message router has it.
    0x0A: ("Multiple Service Packet", None),
    # Volume 1, A-4.20, of later editions.
    0x1D: (None, "get_connection_point_members"),
}


def _on_class(class_id: int | None) -> Names:
    found = {code: cip.service_of(code, class_id, is_tag=False) for code in range(0x80)}
    return {code: one.name for code, one in found.items() if one.name != f"service_{code:02x}"}


@pytest.mark.parametrize(
    ("field", "class_id"), [("cip.sc", None), ("cip.cm.sc", cip.CONNECTION_MANAGER), ("cip.pccc.sc", cip.PCCC)]
)
def test_cip_services(field: str, class_id: int | None) -> None:
    assert differences(field, _on_class(class_id)) == COMMON


def test_encapsulation_commands() -> None:
    assert differences("enip.command", ENCAPSULATION) == {
        # Of earlier editions of Volume 2, 2-3.2; no device is known that has them.
        0x72: (None, "indicate_status"),
        0x73: (None, "cancel"),
    }


def test_pccc() -> None:
    assert differences("cip.pccc.fnc.code_06", {code: one.name for code, one in pccc._OF_06.items()}) == {}
    assert differences("cip.pccc.fnc.code_07", {code: one.name for code, one in pccc._OF_07.items()}) == {}
    found = differences("cip.pccc.fnc.code_0f", {code: one.name for code, one in pccc._OF_0F.items()})
    fields = " with two address fields", " with three address fields"
    assert found == {
        0x53: ("Upload all request (upload)", "upload_all_request"),
        0x80: ("Change CPU mode", "change_mode"),  # 1770-6.5.16, 7-4: change mode
        0xA1: (f"Protected typed logical read{fields[0]}", "protected_typed_logical_read_2"),
        0xA2: (f"Protected typed logical read{fields[1]}", "protected_typed_logical_read_3"),
        0xA9: (f"Protected typed logical write{fields[0]}", "protected_typed_logical_write_2"),
        0xAA: (f"Protected typed logical write{fields[1]}", "protected_typed_logical_write_3"),
        0xAB: (f"Protected typed logical masked-write{fields[1]}", "protected_typed_logical_masked_write_3"),
    }


def test_bacnet() -> None:
    assert differences("bacapp.confirmed_service", {code: row.name for code, row in bacnet.CONFIRMED.items()}) == {}
    assert differences("bacapp.unconfirmed_service", {code: row.name for code, row in bacnet.UNCONFIRMED.items()}) == {}
    assert differences("bacnet.mesgtyp", {code: row.name for code, row in bacnet.NETWORK.items()}) == {}
    assert differences("bvlc.function", {code: row.name for code, row in bvlc.FUNCTIONS.items()}) == {
        0x0C: ("Secured-BVLL", "secure_bvll"),  # 135-2020, J.2.13: Secure-BVLL
    }


def test_dnp3() -> None:
    assert differences("dnp3.al.func", {code: row.name for code, row in dnp3.FUNCTIONS.items()}) == {
        # IEEE Std 1815-2012, table 4-1 has the words on the right.
        0x06: ("Direct Operate No Ack", "direct_operate_nr"),
        0x08: ("Immediate Freeze No Ack", "immediate_freeze_nr"),
        0x09: ("Freeze and Clear", "freeze_clear"),
        0x0A: ("Freeze and Clear No ACK", "freeze_clear_nr"),
        0x0B: ("Freeze With Time", "freeze_at_time"),
        0x0C: ("Freeze With Time No ACK", "freeze_at_time_nr"),
        0x14: ("Enable Spontaneous Messages", "enable_unsolicited"),
        0x15: ("Disable Spontaneous Messages", "disable_unsolicited"),
        0x16: ("Assign Classes", "assign_class"),
        0x17: ("Delay Measurement", "delay_measure"),
        0x1F: ("Activate Config", "activate_configuration"),
        0x20: ("Authentication Request", "authenticate_request"),
        0x21: ("Authentication Error", "authenticate_error"),
        0x83: ("Authentication Response", "authenticate_response"),
    }


def test_iec104() -> None:
    """Wireshark has the standard's short designations, so the numbers and what these stand for are compared."""
    designations = theirs("iec60870_asdu.typeid")
    # IEC 60870-5-101 has more types than -104: these, with times of 24 bits, and two commands.
    assert TYPES.keys() - designations.keys() == {17, 18, 19, 104, 106}
    assert designations.keys() <= TYPES.keys()
    for code, designation in designations.items():
        row = TYPES[code]
        direction, kind, variant, _ = designation.split("_")
        assert WORDS[direction, kind, variant if (direction, kind) in VARIANTS else ""] == re.sub(
            r"_time\d\d$", "", row.name
        ), row
        has_time = row.name.endswith(("_time24", "_time56"))
        assert has_time == (code in TIMED), row
        assert row.is_monitoring == (direction == "M" or code == 41)


TIMED = {2, 4, 6, 8, 10, 12, 14, 16, *range(30, 42), *range(58, 65), 107}
VARIANTS = {("M", "ME"), ("M", "EP"), ("C", "SE"), ("P", "ME"), ("F", "SC")}
WORDS = {
    ("M", "SP", ""): "single_point",
    ("M", "DP", ""): "double_point",
    ("M", "ST", ""): "step_position",
    ("M", "BO", ""): "bitstring_32",
    ("M", "IT", ""): "integrated_totals",
    ("M", "PS", ""): "packed_single_points",
    ("M", "EI", ""): "end_of_initialization",
    **{("M", "ME", one): "measured_normalized" for one in ("NA", "TA", "TD")},
    **{("M", "ME", one): "measured_scaled" for one in ("NB", "TB", "TE")},
    **{("M", "ME", one): "measured_float" for one in ("NC", "TC", "TF")},
    ("M", "ME", "ND"): "measured_normalized_plain",
    ("M", "EP", "TD"): "protection_event",
    ("M", "EP", "TE"): "protection_start_events",
    ("M", "EP", "TF"): "protection_output",
    ("S", "IT", ""): "security_statistics",
    ("C", "SC", ""): "single_command",
    ("C", "DC", ""): "double_command",
    ("C", "RC", ""): "step_command",
    ("C", "BO", ""): "bitstring_command",
    **{("C", "SE", one): "setpoint_normalized" for one in ("NA", "TA")},
    **{("C", "SE", one): "setpoint_scaled" for one in ("NB", "TB")},
    **{("C", "SE", one): "setpoint_float" for one in ("NC", "TC")},
    ("S", "CH", ""): "authentication_challenge",
    ("S", "RP", ""): "authentication_reply",
    ("S", "AR", ""): "aggressive_mode_request",
    ("S", "KR", ""): "session_key_status_request",
    ("S", "KS", ""): "session_key_status",
    ("S", "KC", ""): "session_key_change",
    ("S", "ER", ""): "authentication_error",
    ("S", "US", ""): "user_status_change",
    ("S", "UQ", ""): "update_key_change_request",
    ("S", "UR", ""): "update_key_change_reply",
    ("S", "UK", ""): "update_key_change_symmetric",
    ("S", "UA", ""): "update_key_change_asymmetric",
    ("S", "UC", ""): "update_key_change_confirmation",
    ("C", "IC", ""): "interrogation",
    ("C", "CI", ""): "counter_interrogation",
    ("C", "RD", ""): "read_command",
    ("C", "CS", ""): "clock_synchronization",
    ("C", "RP", ""): "reset_process",
    ("C", "TS", ""): "test_command",
    ("P", "ME", "NA"): "parameter_normalized",
    ("P", "ME", "NB"): "parameter_scaled",
    ("P", "ME", "NC"): "parameter_float",
    ("P", "AC", ""): "parameter_activation",
    ("F", "FR", ""): "file_ready",
    ("F", "SR", ""): "section_ready",
    ("F", "SC", "NA"): "call_directory",
    ("F", "SC", "NB"): "query_log",
    ("F", "LS", ""): "last_section",
    ("F", "AF", ""): "acknowledge_file",
    ("F", "SG", ""): "file_segment",
    ("F", "DR", ""): "directory",
}  # fmt: skip
"""IEC 60870-5-101:2003, 7.2.1: what the letters stand for, of measured values, set points, protection and files
with the letters of the variant; time tags are told apart by the number."""


def test_s7_jobs() -> None:
    assert differences("s7comm.param.func", {code: one.name for code, one in s7.JOBS.items()}) == {
        0x00: ("CPU services", None),  # no job: it is the number that the parameters of user data begin with
        0x28: ("PI-Service", None),  # told by the name of what is invoked
    }


def test_s7_userdata() -> None:
    """Wireshark's tables of all groups have the same name, so pairs of sub-function and name are compared."""
    pairs = {
        (int(number, 0), plain(name))
        for kind, field, number, name in (row[:4] for row in _values() if len(row) == 4)
        if (kind, field) == ("V", "s7comm.param.userdata.subfunc")
    }
    requests = {(sub, plain(row.name)) for (_, sub), row in s7.USERDATA.items()}
    ours = requests | {(sub, plain(name)) for (_, sub), name in s7._PUSHED.items()}
    assert len(pairs) > 40
    assert pairs - ours == {
        *((sub, name.removeprefix("nc")) for sub, name in ours if name.startswith("nc")),  # ours say of which group
        (4, "unsubscribe"),  # cyclic_unsubscribe, likewise
        (4, "setclock"),  # there are two: set_clock and set_clock_2
        (6, "timemeasurementfromto"),
        (8, "rdrec"),  # read_record
    }
    assert {name for _, name in ours - pairs if not name.startswith("nc")} == {
        "cyclicunsubscribe", "setclock2", "timemeasurement", "readrecord",
        "bsend", "recordroutinginit", "recordroutingfinish", "recordroutingdata",  # groups without a table there
        "alarm8lock2", "alarmack2", "arsendindication",  # of the ICSNPP parser; Wireshark knows only the indications
    }  # fmt: skip


def test_fins() -> None:
    assert differences("omron.command", {code: row.name for code, row in FINS.items()}) == {
        0x0920: ("Message Read | Message Clear | FAL/FALS Read", "message"),  # which, its parameter says
        0x2204: ("Memory Card Format", "file_memory_format"),  # W342, 5-3-37
        0x2206: ("Volume Label Create/Delete", "volume_label"),
        # Of W421 and the ICSNPP parser; not in Wireshark.
        **{code: (None, FINS[code].name) for code in (0x2140, 0x2141, 0x2215, 0x2220, 0x2803, 0x2804, 0x2805)},
    }
    assert {code: name for code, (name, _) in differences("omron.tcp.command", dict(framing.COMMANDS)).items()} == {
        0: "Node Address Data Send (Client to Server)",  # node_address_request
        1: "Node Address Data Send (Server to Client)",  # node_address
        2: "Frame Send",  # frame
        3: "Frame Send Error Notification",  # frame_error
    }


def test_opcua() -> None:
    other = {code: name for code, name in theirs("opcua.servicenodeid.numeric").items() if "XML" not in name}
    ours = {row.code: f"{row.name}_request" for row in SERVICES.values()}
    ours |= {row.answer: f"{row.name}_response" for row in SERVICES.values()}
    found = {code for code in other.keys() | ours.keys() if plain(other.get(code, "")) != plain(ours.get(code, ""))}
    assert found == {
        FAULT,  # told apart from the answers to services
        446, 449, 452, 455,  # messages of their own kinds (OPN, CLO), named as here
        410, 413, 416, 419,  # tests of the stack, withdrawn in 1.02: FIRMWARE, as all that is not listed
    }  # fmt: skip
