"""Real captures: what the decoder reads out of them is what Zeek and tshark read out of them."""

import shutil
import subprocess
from collections import Counter
from pathlib import Path

import pytest

from client.captures.files import read_packets
from client.captures.flow import Row
from client.captures.flows import PORTS, FlowReader
from guards.effects import Direction, Verdict
from guards.registry import make_decoder
from policies.rules import Rules, Tier
from tests.unit.guards.pcap import CAPTURES, WHY_SKIPPED

FOLDER = CAPTURES / "opcua-binary"
ELSEWHERE = {("tcp", 48010): "opcua", ("tcp", 4841): "opcua"}
# Its messages are cut short on purpose.
BROKEN = {"pending_overflow.pcap"}
FILES = sorted(FOLDER.glob("*.pcap")) if FOLDER.exists() else []
pytestmark = pytest.mark.skipif(not FOLDER.exists(), reason=WHY_SKIPPED)
IN_PIECES = {"opcua_with-gap_with-handshake.pcap": (464,)}
DISTINCT = {  # the others are variants of these
    *("opcua_with-gap_with-handshake", "open62541_browse_next", "open62541_create_monitored_items"),
    *("open62541_client-server_mainloop", "open62541_read_service_test_data_with_history"),
}
LOGS = {
    "analyzer.basic": "open62541_client-server_mainloop",
    "analyzer.no-handshake": "open62541_client-server_mainloop-no-handshake",
    "analyzer.non-standard-port": "open62541_client-server_mainloop-not-localhost-non-standard-port",
}


def rows(path: Path, rules: Rules | None = None) -> list[Row]:
    reader = FlowReader({**PORTS, **ELSEWHERE}, lambda protocol: make_decoder(protocol, rules))
    with path.open("rb") as file:
        found = [row for packet in read_packets(file) for row in reader.packet(*packet)]
    return [*found, *reader.finish()]


def log(folder: str, name: str) -> list[list[str]]:
    lines = (FOLDER / "zeek" / folder / f"{name}.log").read_text().splitlines()
    return [line.split("\t") for line in lines if not line.startswith("#")]


@pytest.mark.parametrize("folder", LOGS)
def test_every_message_is_the_one_that_zeek_logs(folder: str) -> None:
    theirs: Counter[tuple[str, int, int]] = Counter()
    alone = 0  # answers whose requests are not in the capture have no number in the log
    for row in log(folder, "opcua_binary"):
        if row[29] != "-" and row[6] == "MSG":
            theirs[(row[3], int(row[26]), int(row[29]))] += 1
        if row[48] != "-" and row[26] == "-":
            alone += 1
        elif row[48] != "-" and row[6] == "MSG":
            theirs[(row[3], int(row[26]), int(row[48]))] += 1
    ours: Counter[tuple[str, int, int]] = Counter()
    for row in rows(FOLDER / f"{LOGS[folder]}.pcap"):
        said = row.operation
        if said.transaction is not None:
            ours[(str(row.flow.client.port), said.transaction, said.function_code)] += 1
    assert (theirs - ours, (ours - theirs).total()) == (Counter(), alone)


def test_nodes_and_values_are_those_that_zeek_logs() -> None:
    found = [row.operation for row in rows(FOLDER / "open62541_client-server_mainloop.pcap")]
    asked = [(op.function, op.objects) for op in found if not op.is_response and op.objects]
    theirs = [row[14] for row in log("analyzer.basic", "opcua_binary_read_nodes_to_read")]
    assert [objects for name, objects in asked if name == "read"] == [(f"node ns=1;s={name}",) for name in theirs]
    theirs = [row[14] for row in log("analyzer.basic", "opcua_binary_write") if row[6] == "T"]
    assert [objects for name, objects in asked if name == "write"] == [(f"node ns=1;s={name}",) for name in theirs]
    theirs = [row[13] for row in log("analyzer.basic", "opcua_binary_browse_description")]
    assert [objects for name, objects in asked if name == "browse"] == [(f"node i={name}",) for name in theirs]


@pytest.mark.skipif(shutil.which("tshark") is None, reason="tshark is not installed")
@pytest.mark.parametrize("path", [path for path in FILES if path.stem in DISTINCT], ids=lambda path: path.name)
def test_every_service_is_the_one_that_tshark_reads(path: Path) -> None:
    command = ["tshark", "-n", "-r", str(path), "-d", "tcp.port==48010,opcua", "-d", "tcp.port==4841,opcua"]
    command += ["-Y", "opcua.servicenodeid.numeric", "-T", "fields", "-e", "opcua.servicenodeid.numeric"]
    printed = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout
    theirs = Counter(int(code) for line in printed.split() for code in line.split(","))
    ours: Counter[int] = Counter()
    for row in rows(path):
        said = row.operation
        if said.transaction is not None:
            ours[said.function_code] += 1
    for channel in (446, 449, 452):
        del theirs[channel]
    # tshark shows no type of a message in several chunks.
    assert (ours - theirs, theirs - ours) == (Counter(IN_PIECES.get(path.name, ())), Counter())


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_capture_is_read_and_sound_ones_hold_nothing_broken(path: Path) -> None:
    found = rows(path)
    assert found
    if path.name not in BROKEN:
        assert [row.operation.reason for row in found if row.operation.verdict is Verdict.MALFORMED] == []


def test_what_is_encrypted_is_sealed_and_refused_where_not_everything_is_given() -> None:
    path = FOLDER / "open62541_client-server_encrypted.pcap"
    sealed = [row.operation for row in rows(path) if row.operation.function == "sealed"]
    assert {operation.verdict for operation in sealed} == {Verdict.ALLOWED}
    held = [row.operation for row in rows(path, Rules(tiers=frozenset({Tier.READ})))]
    asked = [op.verdict for op in held if op.function == "sealed" and op.direction is Direction.TO_ASSET]
    assert len(asked) == len([op for op in sealed if not op.is_response])
    assert set(asked) == {Verdict.DENIED}


def test_writes_of_a_capture_are_judged_by_rules() -> None:
    reading = rows(FOLDER / "open62541_client-server_mainloop.pcap", Rules(tiers=frozenset({Tier.READ})))
    verdicts = {(row.operation.function, row.operation.verdict) for row in reading if not row.operation.is_response}
    assert ("write", Verdict.DENIED) in verdicts
    assert {name for name, verdict in verdicts if verdict is not Verdict.ALLOWED} == {"add_nodes", "call", "write"}
