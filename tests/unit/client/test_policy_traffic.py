"""``wicket policy learn`` and ``dry-run``: least privilege out of traffic, and policies held against traffic."""

import json
from pathlib import Path
from typing import Any

import pytest

from client.exit_codes import Exit
from tests.unit.client.captures.wire import Conversation, pcap, pcapng
from tests.unit.client.conftest import Wicket, json_of
from tests.unit.client.fake_broker import FakeBroker
from tests.unit.guards.dnp3.wire import request
from tests.unit.guards.pcap import CAPTURES, WHY_SKIPPED

READ = bytes.fromhex("000100000006010300000002")
WRITE = bytes.fromhex("000200000006010600050007")
HIGHER = bytes.fromhex("000300000006010600050064")
ELSEWHERE = bytes.fromhex("000400000006010600090007")
OTHER_UNIT = bytes.fromhex("000500000006020300000002")
UNLOCK = bytes.fromhex("0006000000030141ff")
RECORDING = {
    "id": "rec_a", "session": "ses_a", "user_name": "vendor-1", "protocol": "modbus", "asset_name": "north/plc-1",
}  # fmt: skip


def captured(folder: Path, *requests: bytes, name: str = "plant.pcap", port: int = 502) -> str:
    talk = Conversation(port=port)
    path = folder / name
    path.write_bytes(pcap([talk.ask(each) for each in requests]))
    return str(path)


def learned(wicket: Wicket, folder: Path, *words: str) -> Path:
    path = folder / "learned.yaml"
    result = wicket("policy", "learn", *words, "--out", str(path), "--force")
    assert result.exit_code == 0, result.output
    assert wicket("policy", "check", str(path)).exit_code == 0
    return path


def refusals(output: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in output.splitlines()]


def test_what_was_learned_passes_its_own_dry_run_and_nothing_beside_it_does(wicket: Wicket, tmp_path: Path) -> None:
    policy = learned(wicket, tmp_path, captured(tmp_path, READ, WRITE))
    same = wicket("policy", "dry-run", str(policy), captured(tmp_path, READ, WRITE))
    assert (same.exit_code, same.stdout) == (0, "The policy would have refused none of 2 requests.\n")
    more = captured(tmp_path, READ, HIGHER, ELSEWHERE, OTHER_UNIT, name="more.pcap")
    other = wicket("policy", "dry-run", str(policy), more, "--json")
    assert other.exit_code == Exit.DENIED
    assert [(row["index"], row["objects"], row["values"]) for row in refusals(other.stdout)] == [
        (2, ["holding 5"], [100]),
        (3, ["holding 9"], [7]),
        (4, ["holding 0-1"], []),
    ]
    assert "would have refused 3 of 4 requests" in other.stderr


def test_a_refusal_says_where_when_what_and_why(wicket: Wicket, tmp_path: Path) -> None:
    policy = learned(wicket, tmp_path, captured(tmp_path, READ))
    path = captured(tmp_path, READ, WRITE)
    (row,) = refusals(wicket("policy", "dry-run", str(policy), path, "--json").stdout)
    assert {name: row[name] for name in ("source", "flow", "time", "user", "tier", "function", "unit", "decision")} == {
        "source": path, "flow": "10.0.0.1:40000-10.0.0.2:502/tcp", "time": "1970-01-01T00:16:41.000005+00:00",
        "user": None, "tier": "operate", "function": "write_single_register", "unit": 1, "decision": "denied",
    }  # fmt: skip
    assert row["reason"] == "tier operate is not allowed"
    assert "write_single_register" in wicket("policy", "dry-run", str(policy), path).stdout


def test_broken_requests_count_as_refused(wicket: Wicket, tmp_path: Path) -> None:
    policy = learned(wicket, tmp_path, captured(tmp_path, READ))
    result = wicket("policy", "dry-run", str(policy), captured(tmp_path, READ, b"nonsense"))
    assert result.exit_code == Exit.DENIED
    assert "1 could not be read" in result.stderr


def test_a_capture_without_requests_is_not_a_clean_dry_run(wicket: Wicket, tmp_path: Path) -> None:
    policy = learned(wicket, tmp_path, captured(tmp_path, READ))
    result = wicket("policy", "dry-run", str(policy), captured(tmp_path, b"GET / HTTP/1.1", port=8080))
    assert result.exit_code not in (0, Exit.DENIED)


def test_each_protocol_gets_a_policy_of_its_own(wicket: Wicket, tmp_path: Path) -> None:
    modbus = captured(tmp_path, READ)
    dnp3 = captured(tmp_path, request(1, "3c0206"), name="dnp3.pcap", port=20000)
    text = learned(wicket, tmp_path, modbus, dnp3).read_text()
    assert "learned-dnp3" in text
    assert "learned-modbus" in text


def test_firmware_is_left_out_and_said_aloud_on_standard_error(wicket: Wicket, tmp_path: Path) -> None:
    result = wicket("policy", "learn", captured(tmp_path, READ, UNLOCK))
    assert result.exit_code == 0
    assert "FIRMWARE was seen and is NOT given" in result.stderr
    assert "firmware" not in result.stdout.split("allow:")[1]
    assert "FIRMWARE" not in wicket("policy", "learn", captured(tmp_path, READ)).stderr


def test_nothing_but_firmware_is_no_policy(wicket: Wicket, tmp_path: Path) -> None:
    assert wicket("policy", "learn", captured(tmp_path, UNLOCK)).exit_code == Exit.ERROR


def test_learning_twice_gives_the_same_text(wicket: Wicket, tmp_path: Path) -> None:
    paths = captured(tmp_path, READ, WRITE, HIGHER), captured(tmp_path, ELSEWHERE, OTHER_UNIT, name="b.pcap")
    assert wicket("policy", "learn", *paths).stdout == wicket("policy", "learn", *paths).stdout


def test_a_file_is_not_replaced_unasked(wicket: Wicket, tmp_path: Path) -> None:
    path = captured(tmp_path, READ)
    assert wicket("policy", "learn", path, "--out", path).exit_code == Exit.USAGE


def serve_recording(broker: FakeBroker, *requests: bytes) -> None:
    talk = Conversation(port=502)
    broker.answer("GET", "/recordings/rec_a", RECORDING)
    broker.answer("GET", "/recordings/rec_a/export", pcapng([talk.ask(each) for each in requests]))


def test_a_recording_is_judged_as_the_users_tool_said_it(signed_in: Wicket, broker: FakeBroker, tmp_path: Path) -> None:
    policy = learned(signed_in, tmp_path, captured(tmp_path, READ))
    serve_recording(broker, READ, WRITE)
    result = signed_in("policy", "dry-run", str(policy), "--recordings", "rec_a", "--json")
    (row,) = refusals(result.stdout)
    assert (row["source"], row["session"], row["user"]) == ("rec_a", "ses_a", "vendor-1")
    (call,) = [call for call in broker.calls if call.path.endswith("/export")]
    assert call.query == {"format": ["pcapng"], "leg": ["user"]}


def test_a_recording_teaches_what_passed_and_is_proven_on_what_reached_the_asset(
    signed_in: Wicket, broker: FakeBroker, tmp_path: Path
) -> None:
    serve_recording(broker, WRITE)
    talk = Conversation(port=502)
    told = "\n".join([line("allowed", 5, 7), line("denied", 5, 5000)]).encode()
    broker.answer("GET", "/recordings/rec_a/export", pcapng([talk.ask(WRITE)]), told)
    text = learned(signed_in, tmp_path, "--recordings", "rec_a").read_text()
    assert '{table: holding, addresses: "5", min: 7, max: 7}  # 1 request' in text
    assert 'sites: ["north"], assets: {names: ["plc-1"]}, services: [modbus]' in text
    asked = [call.query for call in broker.calls if call.path.endswith("/export")]
    assert [(query["format"], query["leg"]) for query in asked] == [(["pcapng"], ["asset"]), (["jsonl"], ["asset"])]


def line(verdict: str, address: int, value: int) -> str:
    return json.dumps(
        {"at": "2026-03-02T08:00:00+00:00", "stream": 1, "direction": "to_asset", "protocol": "modbus",
         "function_code": 6, "function": "write_single_register", "tier": "operate", "verdict": verdict, "unit": 1,
         "objects": [f"holding {address}"], "values": [value]}
    )  # fmt: skip


def test_of_decoded_operations_only_those_that_passed_teach(wicket: Wicket, tmp_path: Path) -> None:
    path = tmp_path / "rec.jsonl"
    path.write_text("\n".join([line("allowed", 5, 7), line("denied", 6, 1), line("allowed", 5, 9)]))
    result = wicket("policy", "learn", "--recordings", str(path))
    assert '{table: holding, addresses: "5", min: 7, max: 9}  # 2 requests' in result.stdout
    assert '"6"' not in result.stdout
    assert "not proven" in result.stderr


def test_decoded_operations_cannot_be_judged_anew(wicket: Wicket, tmp_path: Path) -> None:
    policy = learned(wicket, tmp_path, captured(tmp_path, READ))
    path = tmp_path / "rec.jsonl"
    path.write_text(line("allowed", 5, 7))
    assert wicket("policy", "dry-run", str(policy), str(path)).exit_code == Exit.USAGE


@pytest.mark.parametrize("text", ["{", "{}", '{"direction": "up"}', line("allowed", 5, 7).replace("[7]", "[[]]")])
def test_lines_that_are_no_operations_are_named(wicket: Wicket, tmp_path: Path, text: str) -> None:
    path = tmp_path / "rec.jsonl"
    path.write_text(line("allowed", 5, 7) + "\n" + text)
    result = wicket("policy", "learn", str(path))
    assert result.exit_code == Exit.USAGE
    assert "line 2" in result.stderr


REAL = [
    "modbus/modbus_example.pcap", "modbus/zeek-traces/modbusSmall.pcap", "dnp3/dnp3_example.pcap",
    "enip/enip_cip_example.pcap", "s7comm/snap7.pcap", "omron-fins/omron.pcap",
    "opcua-binary/open62541_read_service_test_data.pcap",
]  # fmt: skip


@pytest.mark.skipif(not CAPTURES.exists(), reason=WHY_SKIPPED)
@pytest.mark.parametrize("name", REAL)
def test_what_was_learned_from_real_traffic_lets_it_pass(wicket: Wicket, tmp_path: Path, name: str) -> None:
    path, out = str(CAPTURES / name), tmp_path / "learned.yaml"
    result = wicket("policy", "learn", path, "--include", "upload", "--out", str(out), "--json")
    assert json_of(result)["learned"][0]["refused"] == 0
    rows = refusals(wicket("policy", "dry-run", str(out), path, "--json").stdout)
    broken = {
        (row["flow"], row["index"]) for row in refusals(wicket("inspect", path, "--json").stdout) if row["malformed"]
    }
    refused = [row for row in rows if (row["flow"], row["index"]) not in broken]
    assert {row["tier"] for row in refused} <= {"program", "firmware"}
