"""Real captures: what decoder and guard read out of them is what Zeek and tshark read out of them."""

import shutil
import subprocess
from collections import Counter
from pathlib import Path

import pytest

from client.captures.files import read_packets
from client.captures.flow import Row
from client.captures.flows import PORTS, FlowReader
from guards.dnp3.functions import CONFIRM, RESPONSE, UNSOLICITED
from guards.dnp3.guard import Dnp3Guard
from guards.dnp3.words import LINK_CODES
from guards.effects import Direction, Effect, Forward, Operation, Verdict
from guards.registry import make_decoder
from policies.rules import Rules, Tier
from tests.unit.guards.dnp3 import traffic
from tests.unit.guards.pcap import CAPTURES, WHY_SKIPPED, Endpoint, segments

FOLDER = CAPTURES / "dnp3"
EXAMPLE = FOLDER / "dnp3_example.pcap"
ASKED_AGAIN = 25
# Frames that are broken on purpose: tshark goes on reading where we find nothing that can be trusted.
BROKEN = {"dnp3.pcap", "dnp3-flowbuffer-overflow-assert.pcap"}
FILES = sorted([EXAMPLE, *FOLDER.glob("zeek-traces/*.pcap")]) if FOLDER.exists() else []
SOUND = [path for path in FILES if path.name not in BROKEN and "_udp_" not in path.name]
pytestmark = pytest.mark.skipif(not FOLDER.exists(), reason=WHY_SKIPPED)


def rows(path: Path) -> list[Row]:
    reader = FlowReader({**PORTS, ("tcp", 20001): "dnp3"}, make_decoder)
    with path.open("rb") as file:
        return [row for packet in read_packets(file) for row in reader.packet(*packet)]


def test_every_request_and_its_answer_is_the_one_that_zeek_logs() -> None:
    log = (FOLDER / "zeek" / "analyzer.basic" / "dnp3.log").read_text().splitlines()
    logged = [line.split("\t") for line in log if not line.startswith("#")]
    theirs = Counter((row[3], row[6]) for row in logged if row[6] != "-")
    ours: Counter[tuple[str, str]] = Counter()
    for row in rows(EXAMPLE):
        if not row.operation.is_response and row.operation.function != "confirm":
            ours[(str(row.flow.client.port), row.operation.function.upper())] += 1
    # Zeek writes a row for an answer and its last request: where a master asks twice before it is answered, as tshark
    # shows it here in five connections, the first is in none of its rows.
    assert ours.keys() == theirs.keys()
    assert all(count >= theirs[each] for each, count in ours.items())
    assert ours.total() - theirs.total() == ASKED_AGAIN


@pytest.mark.skipif(shutil.which("tshark") is None, reason="tshark is not installed")
@pytest.mark.parametrize("path", [path for path in FILES if path.name not in BROKEN], ids=lambda path: path.name)
def test_every_fragment_has_the_function_that_tshark_reads(path: Path) -> None:
    command = ["tshark", "-n", "-r", str(path), "-d", "tcp.port==20001,dnp3", "-Y", "dnp3.al.func", "-T", "fields"]
    command += ["-e", "dnp3.al.func"]
    printed = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout
    theirs = Counter(int(code, 0) for line in printed.split() for code in line.split(","))
    ours = Counter(row.operation.function_code for row in rows(path) if row.operation.function != "unreadable")
    # tshark 4.0 does not put fragments together whose frames lie in several TCP segments: it misses those, and takes a
    # piece of one for a confirmation.
    assert ours - theirs == (Counter({RESPONSE: 4, UNSOLICITED: 1}) if path == EXAMPLE else Counter())
    assert theirs - ours == (Counter({CONFIRM: 1}) if path == EXAMPLE else Counter())


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_capture_is_read_and_sound_ones_hold_nothing_broken(path: Path) -> None:
    found = rows(path)
    assert found
    if path.name not in BROKEN:
        assert [row.operation.reason for row in found if row.operation.verdict is Verdict.MALFORMED] == []


Flow = tuple[Endpoint, Endpoint]


def spoken(path: Path) -> dict[Flow, list[tuple[Direction, bytes]]]:
    """Return what is said on each connection; who is the master stands in the frames."""
    said = list(segments(path))
    masters = {one.source for one in said if one.data[:2] == b"\x05\x64" and one.data[3] & 0x80}
    flows: dict[Flow, list[tuple[Direction, bytes]]] = {}
    for one in said:
        is_master = one.source in masters
        flow = (one.source, one.target) if is_master else (one.target, one.source)
        flows.setdefault(flow, []).append((Direction.TO_ASSET if is_master else Direction.TO_USER, one.data))
    return flows


def guarded(steps: list[tuple[Direction, bytes]]) -> list[Effect]:
    """Return the effects of a guard that allows everything."""
    inspector = Dnp3Guard(Rules(tiers=frozenset(Tier), upload=True, max_in_flight=16))
    return [effect for direction, data in steps for effect in inspector.receive(direction, data, traffic.NOW)]


@pytest.mark.parametrize("path", SOUND, ids=lambda path: path.name)
def test_every_sound_capture_is_forwarded_as_it_came(path: Path) -> None:
    for steps in spoken(path).values():
        effects = guarded(steps)
        for direction in Direction:
            came = b"".join(data for to, data in steps if to is direction)
            went = b"".join(e.data for e in effects if isinstance(e, Forward) and e.direction is direction)
            assert went == came


@pytest.mark.parametrize("path", SOUND, ids=lambda path: path.name)
def test_the_guard_records_what_the_decoder_reads(path: Path) -> None:
    compared = 0
    for steps in spoken(path).values():
        decoder = make_decoder("dnp3")
        read = [operation for direction, data in steps for operation in decoder.receive(direction, data, 0.0)]
        recorded = [each for each in traffic.operations(guarded(steps)) if not each.function_code & LINK_CODES]
        # A guard records a request when it goes on its way, and one that is asked again waits for the first's answer.
        for is_response in (False, True):
            assert of(recorded, is_response=is_response) == of(read, is_response=is_response)
        compared += len(read)
    assert compared >= 1


def of(operations: list[Operation], *, is_response: bool) -> list[Operation]:
    return [operation for operation in operations if operation.is_response is is_response]


def test_a_fragment_without_end_is_not_passed_on() -> None:
    [steps] = spoken(FOLDER / "zeek-traces" / "dnp3-flowbuffer-overflow-assert.pcap").values()
    effects = guarded(steps)
    assert traffic.forwarded(effects) == []
    assert set(traffic.verdicts(effects)) == {"malformed"}


@pytest.mark.parametrize(
    ("name", "file", "blocks"),
    [("read", "./test.xml", "read"), ("write", "C:/temp/DNPDeviceConfiguration written to Remote Device.xml", "write")],
)
def test_a_file_has_its_name_from_its_opening_to_its_closing(name: str, file: str, blocks: str) -> None:
    [steps] = spoken(FOLDER / "zeek-traces" / f"dnp3_file_{name}.pcap").values()
    named = [op.function for op in traffic.operations(guarded(steps)) if op.objects == (f"file {file}",)]
    assert named == ["open_file", "response", blocks, "response", "close_file", "response"]
