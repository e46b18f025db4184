"""``wicket inspect``: rows for scripts, sums for people, decisions by a policy, and files that are damaged."""

import json
import weakref
from math import nan
from pathlib import Path
from struct import pack
from typing import Any

import pytest

from client.captures import flows
from client.captures.flow import Flow
from client.commands import inspect
from client.traffic import rows_of
from guards.modbus.functions import FUNCTIONS
from tests.unit.client.captures.wire import ASSET, SYN, USER, Conversation, ethernet, ip4, pcap, pcapng, udp
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


def test_times_are_said_as_exactly_as_they_were_captured(wicket: Wicket, tmp_path: Path) -> None:
    path = tmp_path / "exact.pcap"
    talk = Conversation()
    for magic, time in (
        (0xA1B2C3D4, "1970-01-01T00:16:40.000005+00:00"),
        (0xA1B23C4D, "1970-01-01T00:16:40.000000005+00:00"),
    ):
        path.write_bytes(pcap([talk.ask(READ)], magic=magic))
        (row,) = lines(wicket("inspect", str(path), "--json").stdout)
        assert row["time"] == time


def test_what_was_not_captured_is_said_where_reading_goes_on(wicket: Wicket, tmp_path: Path) -> None:
    talk, path = Conversation(), tmp_path / "gap.pcap"
    frames = [talk.ask(b"", SYN), talk.ask(READ)]
    talk.ask(READ)  # never captured
    path.write_bytes(pcap([*frames, talk.ask(WRITE), talk.ask(READ)]))
    found = lines(wicket("inspect", str(path), "--json").stdout)
    assert [row.get("after_gap") for row in found] == [None, True, None]


def test_what_a_flow_remembers_ends_with_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Sums of all flows are kept to the end, and nothing else of them."""
    monkeypatch.setattr(flows, "MAX_FLOWS", 8)
    path = tmp_path / "many.pcap"
    talks = [Conversation(user_port=40000 + number) for number in range(100)]
    path.write_bytes(pcap([talk.ask(READ) for talk in talks]))
    alive: weakref.WeakSet[Flow] = weakref.WeakSet()
    counted: dict[int, inspect._Counted] = {}
    for row in rows_of(path, {}, None):
        alive.add(row.flow)
        inspect._count(counted, row)
        assert len(alive) <= 10
    assert len(counted) == 100


def test_what_could_not_be_read_at_all_is_said(wicket: Wicket, tmp_path: Path) -> None:
    path = tmp_path / "wireless.pcap"
    path.write_bytes(pcap([b"frame"] * 3, link=105))
    found = wicket("inspect", str(path), "--json")
    assert (found.exit_code, found.stdout) == (0, "")
    assert found.stderr == "wicket: Packets of link types that are not read (105): 3.\n"
    datagram = ethernet(ip4(udp(bytes.fromhex("810b000801001008"), (47808, 47808)), USER, ASSET, 17))
    path.write_bytes(pcap([datagram[:-2], datagram]))
    found = wicket("inspect", str(path), "--json")
    assert found.stderr == "wicket: Packets that were cut short when they were captured: 1.\n"
    (row,) = lines(found.stdout)
    assert (row["function"], row["after_gap"]) == ("who_is", True)


def test_industrial_protocols_that_do_without_ip_are_said_to_be_left_out(wicket: Wicket, tmp_path: Path) -> None:
    path = tmp_path / "layer2.pcap"
    to_all = bytes.fromhex("8282 03 0120ffff00ff 1008")
    frames = [
        bytes(12) + len(to_all).to_bytes(2) + to_all,
        ethernet(bytes(40), 1, 0x8892),
        ethernet(bytes(40), 0, 0x88B8),
    ]
    others = [ethernet(bytes(28), 0, 0x0806), bytes(12) + b"\0\x26\x42\x42\x03" + bytes(35), b"short"]
    path.write_bytes(pcap([*frames, *others]))
    found = wicket("inspect", str(path), "--json")
    assert (found.exit_code, found.stdout) == (0, "")
    names = "BACnet over Ethernet, GOOSE, PROFINET"
    assert found.stderr == f"wicket: Frames of protocols without IP, which are not read ({names}): 3.\n"


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


def test_where_a_guard_would_close_the_flow_is_said_and_what_follows_reaches_nothing(
    wicket: Wicket, tmp_path: Path
) -> None:
    talk, path, policy = Conversation(), tmp_path / "closed.pcap", tmp_path / "policy.yaml"
    answer = bytes.fromhex("000100000007010304000a000b")
    opened, wrong = talk.ask(b"", SYN), READ[:2] + b"\0\7" + READ[4:]
    path.write_bytes(pcap([opened, talk.ask(READ), talk.ask(wrong), talk.answer(answer), talk.ask(READ)]))
    policy.write_text(POLICY)
    rows = lines(wicket("inspect", str(path), "--json", "--policy", str(policy)).stdout)
    assert [row.get("closes") for row in rows] == [None, "modbus_protocol_id", None, None]
    assert [row.get("closed", False) for row in rows] == [False, False, True, True]
    assert [row["decision"] for row in rows] == ["allowed", "malformed", None, "closed"]
    shown = wicket("inspect", str(path), "--policy", str(policy)).stdout
    assert "modbus_protocol_id" in shown
    assert "The policy would have refused 2 of 3 requests." in shown
