"""Real captures, FINS/TCP and FINS/UDP: what the decoder reads is what Zeek and tshark read out of them."""

import json
import re
import shutil
import subprocess

import pytest

from client.captures.files import read_packets
from client.captures.flows import PORTS, FlowReader
from guards.effects import Operation
from guards.fins.areas import AREAS
from guards.registry import make_decoder
from tests.unit.guards.pcap import CAPTURES, WHY_SKIPPED

FOLDER = CAPTURES / "omron-fins"
FILES = {"omron.pcap": "tests.omron_fins", "omron_fins_tcp_commands_responses.pcap": "tests.omron_fins_tcp"}
DIRECTION, ROUTE, SID, COMMAND, END = 13, slice(16, 19), -3, -2, -1
"""Columns of Zeek's general log, which names none."""
MISNUMBERED = {0x0301: 0x0304, 0x0302: 0x0305, 0x0303: 0x0306, 0x0304: 0x0307, 0x0305: 0x0308}
"""Zeek's parser names the program area commands rightly and numbers them by three less than they are on the wire."""
_CODE = re.compile(r"0x([0-9a-fA-F]+)\)")
pytestmark = pytest.mark.skipif(not FOLDER.exists(), reason=WHY_SKIPPED)


def rows(log: str, name: str) -> list[list[str]]:
    lines = (FOLDER / "zeek" / log / name).read_text().splitlines()
    return [line.split("\t") for line in lines if not line.startswith("#")]


def said(name: str) -> list[Operation]:
    reader = FlowReader(PORTS, make_decoder)
    with (FOLDER / name).open("rb") as file:
        found = [row for packet in read_packets(file) for row in reader.packet(*packet)]
    return [row.operation for row in (*found, *reader.finish())]


def code_of(text: str) -> int | None:
    found = _CODE.search(text)
    return int(found[1], 16) if found else None


def number_of(text: str) -> int | None:
    code = code_of(text)
    is_misnumbered = text.startswith("Program Area") and code in MISNUMBERED
    return MISNUMBERED[code] if is_misnumbered and code is not None else code


@pytest.mark.parametrize(("name", "log"), FILES.items())
def test_every_frame_is_the_one_that_zeek_logs(name: str, log: str) -> None:
    logged = rows(log, "omron_fins_general.log")
    theirs = [(row[DIRECTION].startswith("Response"), number_of(row[COMMAND]), int(row[SID], 16)) for row in logged]
    operations = said(name)
    assert [(op.is_response, op.function_code, op.transaction) for op in operations] == theirs
    ends = [(op.exception_code or 0, code_of(row[END])) for op, row in zip(operations, logged, strict=True)]
    told = [(ours, zeeks) for ours, zeeks in ends if zeeks is not None]
    assert len(told) > len(ends) / 3
    assert [ours for ours, _ in told] == [zeeks for _, zeeks in told]


@pytest.mark.parametrize(("name", "log"), FILES.items())
def test_every_request_goes_where_zeek_says(name: str, log: str) -> None:
    theirs = [
        ".".join(str(int(field, 16)) for field in row[ROUTE])
        for row in rows(log, "omron_fins_general.log")
        if row[DIRECTION].startswith("Command")
    ]
    assert [operation.route for operation in said(name) if not operation.is_response] == theirs


def test_memory_areas_are_those_that_zeek_names() -> None:
    """All of the capture's points are word CCCC, bit CC: no word has such a bit, so that none of them would pass."""
    areas = {
        code_of(row[7])
        for row in rows("tests.omron_fins", "omron_fins_detail.log")
        if row[5].endswith("(0x0101)") and row[6].startswith("Command")
    }
    assert None not in areas
    assert areas <= AREAS.keys()
    reads = [op for op in said("omron.pcap") if op.function_code == 0x0101 and not op.is_response]
    assert len(reads) == sum(
        row[5].endswith("(0x0101)") and row[6].startswith("Command")
        for row in rows("tests.omron_fins", "omron_fins_detail.log")
    )
    assert {operation.verdict for operation in reads} == {"malformed"}


@pytest.mark.skipif(shutil.which("tshark") is None, reason="tshark is not installed")
@pytest.mark.parametrize("name", [*FILES, "omron_test.pcap"])
def test_every_frame_has_the_fields_that_tshark_reads(name: str) -> None:
    fields = ("omron.icf", "omron.command", "omron.sid", "omron.response.code")
    command = ["tshark", "-n", "-r", str(FOLDER / name), "-Y", "omron.command", "-T", "json"]
    for field in fields:
        command += ["-e", field]
    printed = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout
    theirs = []
    for packet in json.loads(printed):
        layer = {key: int(value[0], 0) for key, value in packet["_source"]["layers"].items()}
        is_response = bool(layer["omron.icf"] & 0x40)
        theirs.append((is_response, layer["omron.command"], layer["omron.sid"], layer.get("omron.response.code", 0)))
    frames = [op for op in said(name) if op.transaction is not None]
    assert [(op.is_response, op.function_code, op.transaction, op.exception_code or 0) for op in frames] == theirs


def test_a_cp1l_and_its_client_are_read_over_tcp_and_udp() -> None:
    operations = said("omron_test.pcap")
    assert [operation.function for operation in operations] == [
        "node_address_request",
        "node_address",
        *["controller_data_read"] * 4,
    ]
    assert operations[1].values == (0xFB, 0xC8)
    assert [operation.route for operation in operations[2:]] == ["0.200.0", "0.200.0", "0.0.0", "0.0.0"]
    assert {operation.verdict for operation in operations} == {"allowed"}


def test_the_files_are_all_there_is() -> None:
    assert {path.name for path in FOLDER.glob("*.pcap*")} == {*FILES, "omron_test.pcap"}
