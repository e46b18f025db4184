"""``wicket inspect``: rows for scripts, sums for people, decisions by a policy, and files that are damaged."""

import json
from math import nan
from pathlib import Path
from struct import pack
from typing import Any

import pytest

from guards.modbus.functions import FUNCTIONS
from tests.unit.client.captures.wire import Conversation, pcap, pcapng
from tests.unit.client.conftest import Wicket
from tests.unit.guards.iec104.wire import asdu, numbered
from tests.unit.guards.modbus.test_captures import ZEEK_NAMES, request_rows
from tests.unit.guards.pcap import CAPTURES, WHY_SKIPPED

READ = bytes.fromhex("000100000006010300000002")
WRITE = bytes.fromhex("000200000006010600050007")
POLICY = """
apiVersion: wicketgate/v1
kind: AccessPolicy
metadata: {name: look}
spec:
  who: {groups: [vendors]}
  what: {sites: [north]}
  access: {mode: request, max_duration: 1h, approvals: [{group: operators, count: 1}]}
  allow: {tiers: [read]}
"""


@pytest.fixture
def capture(tmp_path: Path) -> Path:
    talk = Conversation()
    path = tmp_path / "plant.pcap"
    path.write_bytes(pcap([talk.ask(READ), talk.ask(WRITE), talk.ask(b"nonsense")]))
    return path


def lines(output: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in output.splitlines()]


def test_each_pdu_is_a_line(wicket: Wicket, capture: Path) -> None:
    found = lines(wicket("inspect", str(capture), "--json").stdout)
    assert [row["index"] for row in found] == [1, 2, 3]
    assert {key: found[1][key] for key in ("flow", "time", "direction", "protocol", "function_code", "tier")} == {
        "flow": "10.0.0.1:40000-10.0.0.2:502/tcp",
        "time": "1970-01-01T00:16:41.000005+00:00",
        "direction": "request",
        "protocol": "modbus",
        "function_code": 6,
        "tier": "operate",
    }
    assert (found[1]["function"], found[1]["objects"]) == ("write_single_register", ["holding 5"])
    assert [row["malformed"] for row in found] == [False, False, True]
    assert "decision" not in found[0]


def test_times_and_values_that_json_has_no_word_for(wicket: Wicket, tmp_path: Path) -> None:
    path = tmp_path / "odd.pcap"
    set_point = numbered(asdu(50, (10, pack("<f", nan) + b"\0")))
    path.write_bytes(pcapng([Conversation(port=2404).ask(set_point)], resolution=0, first=1 << 60))
    (row,) = lines(wicket("inspect", str(path), "--json").stdout)
    assert (row["time"], row["values"]) == (None, ["nan"])


def test_people_see_sums(wicket: Wicket, capture: Path) -> None:
    shown = wicket("inspect", str(capture)).stdout
    assert "10.0.0.1:40000-10.0.0.2:502/tcp" in shown
    assert "write_single_register" in shown


def test_a_policy_decides(wicket: Wicket, capture: Path, tmp_path: Path) -> None:
    policy = tmp_path / "look.yaml"
    policy.write_text(POLICY)
    found = lines(wicket("inspect", str(capture), "--policy", str(policy), "--json").stdout)
    assert [row["decision"] for row in found] == ["allowed", "denied", "malformed"]
    assert "refused 2 of 3 requests" in wicket("inspect", str(capture), "--policy", str(policy)).stdout


def test_what_is_spoken_elsewhere_is_told(wicket: Wicket, tmp_path: Path) -> None:
    talk = Conversation(port=1502)
    path = tmp_path / "other.pcap"
    path.write_bytes(pcap([talk.ask(READ[:6]), talk.ask(READ[6:])]))
    assert "--protocol" in wicket("inspect", str(path)).stdout
    assert len(lines(wicket("inspect", str(path), "--protocol", "modbus:1502", "--json").stdout)) == 1
    refused = wicket("inspect", str(path), "--protocol", "morse:1502")
    assert refused.exit_code == 2
    assert "modbus" in refused.stderr


def test_a_damaged_file_gives_what_it_has_and_says_where_it_ends(wicket: Wicket, capture: Path) -> None:
    capture.write_bytes(capture.read_bytes()[:-3])
    damaged = wicket("inspect", str(capture), "--json")
    assert damaged.exit_code == 2
    assert len(lines(damaged.stdout)) == 2
    assert "middle of a packet" in damaged.stderr


@pytest.mark.skipif(not CAPTURES.exists(), reason=WHY_SKIPPED)
def test_every_request_of_a_real_capture_is_the_one_that_zeek_logs(wicket: Wicket) -> None:
    folder = CAPTURES / "modbus"
    found = lines(wicket("inspect", str(folder / "modbus_example.pcap"), "--json").stdout)
    ours = [
        (row["flow"].partition("-")[0].rpartition(":")[2], str(row["transaction"]), str(row["unit"]),
         ZEEK_NAMES.get(row["function_code"], FUNCTIONS[row["function_code"]].name.upper()))
        for row in found
        if row["direction"] == "request"
    ]  # fmt: skip
    theirs = [(row["id.orig_p"], row["tid"], row["unit"], row["func"]) for row in request_rows()]
    assert sorted(ours) == sorted(theirs)


@pytest.mark.skipif(not CAPTURES.exists(), reason=WHY_SKIPPED)
def test_every_capture_of_a_known_protocol_is_read(wicket: Wicket) -> None:
    for path in sorted([*(CAPTURES / "modbus").rglob("*.pcap"), *(CAPTURES / "s7comm").rglob("*.pcap")]):
        result = wicket("inspect", str(path), "--json")
        assert result.exit_code == 0, path
        assert lines(result.stdout), path
