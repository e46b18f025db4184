"""Real captures: what the guard reads out of them is what Zeek and tshark read out of them."""

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from guards.effects import Direction, Effect, Operation
from guards.modbus.framing import AduSplitter
from guards.modbus.functions import FUNCTIONS
from tests.unit.guards.modbus import traffic
from tests.unit.guards.pcap import CAPTURES, WHY_SKIPPED, Endpoint, segments, zeek_rows

FOLDER = CAPTURES / "modbus"
EXAMPLE = FOLDER / "modbus_example.pcap"
LOGS = FOLDER / "zeek" / "analyzer.basic"
MIXED = "modbus-and-non-modbus-p502.pcap"
ZEEK_NAMES = {17: "REPORT_SLAVE_ID", 43: "ENCAP_INTERFACE_TRANSPORT"}
pytestmark = pytest.mark.skipif(not EXAMPLE.exists(), reason=WHY_SKIPPED)


def replay(path: Path) -> dict[Endpoint, list[Effect]]:
    """Return the effects per connection, named by the user's endpoint, of a guard that allows everything."""
    guards, effects = {}, {}
    for segment in segments(path):
        to_asset = segment.target[1] == 502
        user = segment.source if to_asset else segment.target
        inspector = guards.setdefault(user, traffic.guard("read", "operate", "program", "firmware", max_in_flight=16))
        direction = Direction.TO_ASSET if to_asset else Direction.TO_USER
        effects.setdefault(user, []).extend(inspector.receive(direction, segment.data, traffic.NOW))
    return effects


def said(path: Path, *, responses: bool) -> list[tuple[Endpoint, Operation]]:
    return [
        (user, operation)
        for user, effects in replay(path).items()
        for operation in traffic.operations(effects)
        if operation.is_response is responses
    ]


def zeek_name(operation: Operation) -> str:
    code = operation.function_code
    return ZEEK_NAMES.get(code, FUNCTIONS[code].name.upper())


def request_rows() -> Iterator[dict[str, str]]:
    """Yield one row per request; Zeek prints requests without a matching answer record twice."""
    done = set()
    for row in zeek_rows(LOGS / "modbus_detailed.log"):
        if (key := (row["uid"], row["tid"])) not in done:
            done.add(key)
            yield row


def test_every_request_has_the_transaction_unit_and_function_that_zeek_logs() -> None:
    ours = [(user[1], op.transaction, op.unit, zeek_name(op)) for user, op in said(EXAMPLE, responses=False)]
    theirs = [(int(row["id.orig_p"]), int(row["tid"]), int(row["unit"]), row["func"]) for row in request_rows()]
    assert ours == theirs
    assert len(ours) == 24


def test_every_read_and_write_touches_the_addresses_that_zeek_logs() -> None:
    rows = {(int(row["id.orig_p"]), int(row["tid"])): row for row in request_rows()}
    compared = 0
    for user, operation in said(EXAMPLE, responses=False):
        row = rows[user[1], operation.transaction or 0]
        if operation.function_code <= 16 and row["address"] != "-":
            first, count = int(row["address"]), int(row["quantity"])
            span = str(first) if count == 1 else f"{first}-{first + count - 1}"
            assert operation.objects[0].split()[1] == span
            compared += 1
    assert compared == 13


def test_every_value_written_or_read_is_the_one_that_zeek_logs() -> None:
    rows = {(int(row["id.orig_p"]), int(row["tid"])): row for row in request_rows()}
    compared = 0
    for column, responses in (("request_values", False), ("response_values", True)):
        for user, operation in said(EXAMPLE, responses=responses):
            logged = rows[user[1], operation.transaction or 0][column]
            if logged != "-":
                assert ",".join(map(str, operation.values)) == logged
                compared += 1
    assert compared == 14


def test_the_exception_that_zeek_logs_is_ours() -> None:
    assert [op.exception_code for _, op in said(EXAMPLE, responses=True) if op.exception_code] == [2]


def test_connections_to_the_port_that_speak_something_else_are_cut_and_reach_nothing() -> None:
    effects = replay(FOLDER / "zeek-traces" / MIXED)
    others = [effect for user, effect in effects.items() if user[1] != 3082]
    assert len(others) == 6
    for other in others:
        assert traffic.cuts(other) == ["modbus_protocol_id"]
        assert traffic.forwarded(other) == []


@pytest.mark.parametrize("path", sorted(FOLDER.rglob("*.pcap")), ids=lambda path: path.name)
def test_every_capture_is_read_without_an_exception(path: Path) -> None:
    assert replay(path)


@pytest.mark.skipif(shutil.which("tshark") is None, reason="tshark is not installed")
@pytest.mark.parametrize(
    "path",
    [path for path in sorted(FOLDER.rglob("*.pcap")) if "fuzz" not in path.name],
    ids=lambda path: path.name,
)
def test_every_request_has_the_transaction_unit_and_function_that_tshark_reads(path: Path) -> None:
    fields = ["mbtcp.trans_id", "mbtcp.unit_id", "modbus.func_code"]
    command = ["tshark", "-n", "-r", str(path), "-Y", "modbus && tcp.dstport == 502", "-T", "fields"]
    command += [word for field in fields for word in ("-e", field)]
    printed = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout
    theirs = [tuple(map(int, line.split("\t"))) for line in printed.splitlines()]
    ours = [(op.transaction, op.unit, op.function_code) for _, op in said(path, responses=False)]
    assert sorted(ours) == sorted(theirs)


def test_the_bytes_of_a_capture_give_the_same_adus_however_they_are_cut() -> None:
    stream = b"".join(segment.data for segment in segments(EXAMPLE) if segment.source[1] == 47785)
    whole, by_bytes = AduSplitter(), AduSplitter()
    assert whole.feed(stream)[0] == [adu for byte in stream for adu in by_bytes.feed(bytes([byte]))[0]]
