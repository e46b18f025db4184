"""Real captures: what the guard reads out of them is what Zeek and tshark read out of them."""

import shutil
import subprocess
from pathlib import Path

import pytest

from guards.effects import Direction, Effect, Operation
from guards.s7.plus import FUNCTIONS
from policies.rules import Tier
from tests.unit.guards.pcap import CAPTURES, WHY_SKIPPED, Endpoint, segments, zeek_rows
from tests.unit.guards.s7 import traffic

FOLDER = CAPTURES / "s7comm"
NAMES = ("snap7", "s7ident", "s7comm_plus")
TRANSPORT = {0xE0, 0xD0, 0x80}
TIERS = {
    "Setup Communication": Tier.READ,
    "Read SZL": Tier.READ,
    "List Blocks": Tier.READ,
    "Get Block Info": Tier.READ,
    "Read Clock": Tier.READ,
    "Set Clock": Tier.PROGRAM,
    "Read Variable": Tier.READ,
    "Write Variable": Tier.OPERATE,
    "Start Upload": Tier.READ,
    "Upload": Tier.READ,
    "End Upload": Tier.READ,
    "PLC Stop": Tier.PROGRAM,
    "PLC Control": Tier.PROGRAM,
}
pytestmark = pytest.mark.skipif(not FOLDER.exists(), reason=WHY_SKIPPED)
each = pytest.mark.parametrize("name", NAMES)

Row = tuple[int, bool, int, int]
"""The user's port, whether it comes from the user, the reference, the function."""


def replay(path: Path) -> dict[Endpoint, list[Effect]]:
    """Return the effects per connection, named by the user's endpoint, of a guard that allows everything."""
    guards, effects = {}, {}
    for segment in segments(path):
        to_asset = segment.target[1] == 102
        user = segment.source if to_asset else segment.target
        inspector = guards.setdefault(user, traffic.guard(*traffic.ALL, upload=True, max_in_flight=16))
        direction = Direction.TO_ASSET if to_asset else Direction.TO_USER
        effects.setdefault(user, []).extend(inspector.receive(direction, segment.data, traffic.NOW))
    return effects


def observed(name: str) -> list[tuple[Endpoint, Operation]]:
    """Return what is said in S7comm and S7comm-plus; the transport below it is left out."""
    return [
        (user, operation)
        for user, effects in replay(FOLDER / f"{name}.pcap").items()
        for operation in traffic.operations(effects)
        if operation.function_code not in TRANSPORT
    ]


def is_plus(operation: Operation) -> bool:
    return operation.function_code in FUNCTIONS or operation.function == "notification"


def ours(name: str) -> list[Row]:
    return [
        (user[1], op.direction is Direction.TO_ASSET, op.transaction or 0, op.function_code)
        for user, op in observed(name)
        if not is_plus(op)
    ]


def swapped(reference: str) -> int:
    """Zeek's parser reads the reference with its bytes the other way round; tshark and we read it as it stands."""
    return int.from_bytes(int(reference).to_bytes(2, "little"), "big")


@each
def test_every_message_has_the_reference_and_function_that_zeek_logs(name: str) -> None:
    rows = zeek_rows(FOLDER / "zeek" / f"analyzer.{name}" / "s7comm.log")
    theirs = [
        (int(row["id.orig_p"]), row["is_orig"] == "T", swapped(row["pdu_reference"]), int(row["function_code"], 16))
        for row in rows
    ]
    # Zeek logs no acknowledgement without data (a refusal), and of an answer in two messages neither the first one nor
    # the request for the second.
    left_out = {"snap7": [(False, 0x15), (False, 2), (True, 3)], "s7ident": [(False, n) for n in (6, 7, 8, 9)]}
    missing = {(flag, number << 8) for flag, number in left_out.get(name, [])}
    assert [row for row in ours(name) if (row[1], row[2]) not in missing] == theirs
    assert len(theirs) > 15


@each
def test_every_message_is_of_the_tier_that_its_function_is_known_for(name: str) -> None:
    rows = zeek_rows(FOLDER / "zeek" / f"analyzer.{name}" / "s7comm.log")
    named = {
        (int(row["id.orig_p"]), row["is_orig"] == "T", swapped(row["pdu_reference"])): (
            row["subfunction_name"] if row["rosctr_code"] == "7" else row["function_name"]
        )
        for row in rows
    }
    compared = 0
    for user, operation in observed(name):
        key = (user[1], operation.direction is Direction.TO_ASSET, operation.transaction or 0)
        if not is_plus(operation) and key in named:
            assert operation.tier is TIERS[named[key]]
            compared += 1
    assert compared == len(rows)


@each
@pytest.mark.skipif(shutil.which("tshark") is None, reason="tshark is not installed")
def test_every_message_has_the_reference_and_function_that_tshark_reads(name: str) -> None:
    fields = ["tcp.srcport", "tcp.dstport", "s7comm.header.pduref", "s7comm.param.func", "s7comm.header.rosctr"]
    fields += ["s7comm.param.userdata.type", "s7comm.param.userdata.funcgroup", "s7comm.param.userdata.subfunc"]
    command = ["tshark", "-n", "-r", str(FOLDER / f"{name}.pcap"), "-Y", "s7comm", "-T", "fields"]
    command += [word for field in fields for word in ("-e", field)]
    printed = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout
    theirs: list[Row] = []
    acknowledged: list[int] = []
    for line in printed.splitlines():
        source, target, reference, function, rosctr, kind, group, _ = line.split("\t")
        is_user = target == "102"
        code = int(function, 16) if function else int(kind or 0) << 4 | int(group or 0)
        if rosctr == "2":
            acknowledged.append(int(reference))
        theirs.append((int(source if is_user else target), is_user, int(reference), code))
    # An acknowledgement without data names no function: we name that of the request which it answers.
    same = [row if row[1] or row[2] not in acknowledged else (*row[:3], 0) for row in ours(name)]
    assert same == theirs


def test_every_block_that_is_read_out_is_the_one_that_zeek_logs() -> None:
    rows = zeek_rows(FOLDER / "zeek" / "analyzer.snap7" / "s7comm_upload_download.log")
    theirs = [
        ("SDB" if row["block_type"].startswith("System") else "OB") + str(int(row["block_number"]))
        for row in rows
        if row["filename"] != "-" and row["is_orig"] == "T"
    ]
    found = [op.objects[0] for _, op in observed("snap7") if op.function == "start_upload" and not op.is_response]
    assert found == [f"block {block}" for block in theirs]
    assert len(found) == 5


def test_every_status_list_that_is_read_is_the_one_that_zeek_logs() -> None:
    rows = zeek_rows(FOLDER / "zeek" / "analyzer.snap7" / "s7comm_read_szl.log")
    theirs = [
        f"szl {row['szl_id'].removeprefix('0x')} {int(row['szl_index'], 16)}"
        for row in rows
        if row["method"] == "Request"
    ]
    found = [op for _, op in observed("snap7") if op.function == "read_szl" and not op.is_response and op.objects]
    assert [op.objects[0] for op in found] == theirs


def test_items_that_a_real_cpu_denies_are_read_out_of_its_answer() -> None:
    writes = [op for _, op in observed("snap7") if op.function == "write_var" and op.is_response]
    assert [(op.exception_code, op.reason) for op in writes] == [(None, ""), (3, "item 4 of 5")]
    assert writes[1].objects == ("flags 0-31", "inputs 0-15", "outputs 0-15")


def test_a_refusal_of_ours_is_laid_out_as_that_of_a_real_cpu() -> None:
    ends = [segment.data for segment in segments(FOLDER / "s7ident.pcap") if segment.source[1] == 102]
    assert traffic.ack(0xD241, reference=0x0600) in ends


def test_every_s7comm_plus_message_has_the_function_that_zeek_logs() -> None:
    rows = zeek_rows(FOLDER / "zeek" / "analyzer.s7comm_plus" / "s7comm_plus.log")
    theirs = [
        (row["is_orig"] == "T", 0 if row["function_code"] == "-" else int(row["function_code"], 16)) for row in rows
    ]
    found = [(op.direction is Direction.TO_ASSET, op.function_code) for _, op in observed("s7comm_plus") if is_plus(op)]
    assert found == theirs
    assert len(found) == 121


def test_a_keep_alive_of_tcp_with_a_byte_of_its_own_is_all_of_a_connection_and_cuts_it() -> None:
    # The capture has two probes of one zero byte on a connection of which it shows nothing else.
    effects = replay(FOLDER / "s7comm_plus.pcap")
    assert traffic.cuts(effects["192.168.0.3", 49155]) == ["tpkt_version"]


@each
def test_every_capture_is_read_without_an_exception_and_forwarded_as_it_came(name: str) -> None:
    for user, effects in replay(FOLDER / f"{name}.pcap").items():
        if user[1] != 49155:
            came = [s.data for s in segments(FOLDER / f"{name}.pcap") if user in {s.source, s.target}]
            assert sorted(traffic.forwarded(effects)) == sorted(came)
