"""Real captures: what the decoder reads out of them is what Zeek and tshark read out of them."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from client.captures.files import read_packets
from client.captures.flows import PORTS, FlowReader
from guards.effects import Direction, Operation
from guards.enip.guard import EnipGuard
from guards.registry import make_decoder
from policies.rules import Tier
from tests.unit.guards.enip import cip, traffic
from tests.unit.guards.pcap import CAPTURES, WHY_SKIPPED, Endpoint, segments

FOLDER = CAPTURES / "enip"
FILES = {
    "enip_cip_example.pcap": "analyzer.basic",
    "multiple_service_packet_cip.pcapng": "analyzer.multiple_service_request",
    "set_attribute_single_service_cip.pcapng": "analyzer.set_attr_single_service",
}
COLUMNS = (
    *("count", "direction", "service", "service_name", "status", "status_text", "extended", "extended_text"),
    *("class", "class_name", "instance", "attribute"),
)
MULTIPLE = 0x0A
SETTING = {0x02, 0x04, 0x10}
pytestmark = pytest.mark.skipif(not FOLDER.exists(), reason=WHY_SKIPPED)


def logged(log: str) -> list[dict[str, str]]:
    """Rows of a log that names no columns: those of the parser's own cip.log."""
    lines = (FOLDER / "zeek" / log / "cip.log").read_text().splitlines()
    return [dict(zip(COLUMNS, line.split("\t")[11:], strict=False)) for line in lines if not line.startswith("#")]


def said(name: str) -> list[Operation]:
    reader = FlowReader(PORTS, make_decoder)
    with (FOLDER / name).open("rb") as file:
        rows = [row for packet in read_packets(file) for row in reader.packet(*packet)]
    return [row.operation for row in rows]


def of_cip(name: str) -> list[tuple[bool, int]]:
    """Direction and service of each CIP message; the commands of the encapsulation left out."""
    return [(o.is_response, o.function_code) for o in said(name) if o.function != "list_identity"]


@pytest.mark.parametrize(("name", "log"), FILES.items())
def test_every_message_is_the_one_that_zeek_logs(name: str, log: str) -> None:
    rows = logged(log)
    theirs, within = [], 0
    for row in rows:
        # Zeek writes a row for each service inside a packet, after that of the packet: we write one for the whole.
        if within and row["count"] == theirs[-1][2] and int(row["service"], 16) != MULTIPLE:
            continue
        theirs.append((row["direction"] == "response", int(row["service"], 16), row["count"]))
        within = theirs[-1][1] == MULTIPLE
    assert of_cip(name) == [(is_response, code) for is_response, code, _ in theirs]


@pytest.mark.parametrize(("name", "log"), FILES.items())
def test_what_is_touched_is_what_zeek_logs(name: str, log: str) -> None:
    rows = logged(log)
    theirs = {
        f"class{int(row['class'], 16)} {int(row['instance'], 16)}"
        for row in rows
        if row["direction"] == "request" and row["class"] != "-" and int(row["service"], 16) != MULTIPLE
    }
    ours = {" ".join(o.split()[:2]) for each in said(name) for o in each.objects if not each.is_response}
    assert ours == theirs


@pytest.mark.skipif(shutil.which("tshark") is None, reason="tshark is not installed")
@pytest.mark.parametrize("name", FILES)
def test_every_message_has_the_services_that_tshark_reads(name: str) -> None:
    command = ["tshark", "-n", "-r", str(FOLDER / name), "-Y", "cip", "-T", "json", "-e", "cip.rr", "-e", "cip.sc"]
    printed = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout
    layers = [packet["_source"]["layers"] for packet in json.loads(printed)]
    theirs = [(layer["cip.rr"][0] in {"1", "0x01", "True"}, int(layer["cip.sc"][0], 16)) for layer in layers]
    assert of_cip(name) == theirs


@pytest.mark.parametrize("name", FILES)
def test_only_what_sets_something_is_more_than_reading(name: str) -> None:
    for operation in said(name):
        if not operation.is_response:
            assert (operation.tier is Tier.READ) is (operation.function_code not in SETTING)


@pytest.mark.parametrize("name", FILES)
def test_what_a_guard_forwards_that_allows_everything_is_what_was_said(name: str) -> None:
    said: dict[Endpoint, dict[Direction, bytes]] = {}
    passed: dict[Endpoint, dict[Direction, bytes]] = {}
    guards: dict[Endpoint, EnipGuard] = {}
    for segment in segments(FOLDER / name):
        to_asset = segment.target[1] == 44818
        user, direction = (segment.source, Direction.TO_ASSET) if to_asset else (segment.target, Direction.TO_USER)
        if user not in guards:
            guards[user] = begun(segment.data)
            said[user], passed[user] = dict.fromkeys(Direction, b""), dict.fromkeys(Direction, b"")
        said[user][direction] += segment.data
        effects = guards[user].receive(direction, segment.data, traffic.NOW)
        passed[user][direction] += b"".join(traffic.forwarded(effects))
        assert traffic.replies(effects) == []
    assert passed == said
    assert any(data for each in said.values() for data in each.values())


def begun(first: bytes) -> EnipGuard:
    """A guard that has heard what the capture leaves out: how the session was registered and the connection opened."""
    inspector = traffic.guard(*traffic.ALL, upload=True, max_in_flight=16)
    session = int.from_bytes(first[4:8], "little")
    if not session:
        return inspector
    there = int.from_bytes(first[36:40], "little")
    traffic.ask(inspector, cip.REGISTER)
    traffic.answer(inspector, cip.message(0x65, b"\1\0\0\0", session=session))
    traffic.ask(inspector, cip.unconnected(cip.forward_open(), session=session))
    traffic.answer(inspector, cip.unconnected(cip.opened(there, 0x80FE0028), session=session))
    return inspector


def test_the_files_are_all_there_is() -> None:
    assert {path.name for path in Path(FOLDER).glob("*.pcap*")} == set(FILES)
