"""Real captures: what the decoder reads out of them is what Zeek and tshark read out of them."""

import shutil
import subprocess
from collections import Counter
from pathlib import Path

import pytest

from client.captures.files import read_packets
from client.captures.flows import PORTS, FlowReader, Row
from guards.dnp3.functions import CONFIRM, FUNCTIONS, RESPONSE, UNSOLICITED
from guards.effects import Verdict
from guards.registry import make_decoder
from tests.unit.guards.pcap import CAPTURES, WHY_SKIPPED

FOLDER = CAPTURES / "dnp3"
EXAMPLE = FOLDER / "dnp3_example.pcap"
ASKED_AGAIN = 25
# Frames that are broken on purpose: tshark goes on reading where we find nothing that can be trusted.
BROKEN = {"dnp3.pcap", "dnp3-flowbuffer-overflow-assert.pcap"}
FILES = sorted([EXAMPLE, *FOLDER.glob("zeek-traces/*.pcap")]) if FOLDER.exists() else []
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


def test_the_names_are_those_of_the_standard() -> None:
    assert len({function.name for function in FUNCTIONS.values()}) == len(FUNCTIONS) == 37
