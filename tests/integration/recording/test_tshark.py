"""Wireshark's own dissector reads the exported capture and agrees with the guard, operation by operation."""

import json
import shutil
import struct
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from broker.recordings.operations import DIRECTIONS, is_denied, is_write, operation_text
from guards.effects import Direction, Forward, Observed, Operation, Reply
from guards.registry import make_guard
from policies.rules import Rules, Tier
from recording.chunks import Leg
from recording.export import operation_lines, pcapng_capture
from recording.manifest import wall_us
from recording.reader import RecordingReader
from recording.writer import RecordingWriter
from tests.unit.guards.material import MATERIAL
from tests.unit.recording.samples import CONTENT_KEY, ENDED, REASON, STARTED, reading, writer

pytestmark = [
    pytest.mark.integration,
    pytest.mark.skipif(shutil.which("tshark") is None, reason="tshark is not installed (apt-get install tshark)"),
]

TO_ASSET, TO_USER = Direction.TO_ASSET, Direction.TO_USER


def _adu(transaction: int, unit: int, pdu: str) -> bytes:
    body = bytes.fromhex(pdu)
    return struct.pack(">HHHB", transaction, 0, len(body) + 1, unit) + body


# What the tool asks, and what the device answers to what reaches it (MODBUS Application Protocol V1.1b3, 6).
CONVERSATION = [
    (_adu(1, 1, "03 0064 0002"), _adu(1, 1, "03 04 0001 0002")),
    (_adu(2, 1, "06 0064 02ee"), None),
    (_adu(3, 1, "01 0000 000a"), _adu(3, 1, "01 02 ff 03")),
    (_adu(4, 1, "10 0064 0002 04 0001 0002"), None),
    (_adu(5, 1, "04 0000 0001"), _adu(5, 1, "84 02")),
    (_adu(6, 1, "2b 0e 01 00"), _adu(6, 1, "2b 0e 01 01 00 00 01 00 01 41")),
    (_adu(7, 1, "05 0001 ff00"), None),
    (_adu(8, 1, "02 0000 0001"), _adu(8, 1, "02 01 01")),
]


class _Session:
    """Drives a guard and records both legs as the broker does."""

    def __init__(self, made: RecordingWriter) -> None:
        guard = make_guard("modbus", Rules(tiers=frozenset({Tier.READ})), device_timeout_seconds=30, material=MATERIAL)
        assert guard is not None
        self._guard, self._gatherer = guard, made.gatherer
        self._ns = 0
        self.operations: list[Operation] = []

    def say(self, direction: Direction, data: bytes) -> None:
        self._bytes(direction, data, Leg.USER if direction is TO_ASSET else Leg.ASSET)
        for effect in self._guard.receive(direction, data, self._ns / 1e9):
            match effect:
                case Observed(operation=operation):
                    self._operation(operation)
                case Forward(direction=way, data=sent):
                    self._bytes(way, sent, Leg.ASSET if way is TO_ASSET else Leg.USER)
                case Reply(direction=way, data=sent):
                    self._bytes(way, sent, Leg.USER)

    def _bytes(self, direction: Direction, data: bytes, leg: Leg) -> None:
        self._gatherer.append_bytes(1, DIRECTIONS[direction], leg, data, *self._at())

    def _operation(self, operation: Operation) -> None:
        self.operations.append(operation)
        marks = {
            "is_write": is_write(operation),
            "is_denied": is_denied(operation),
            "is_response": operation.is_response,
        }
        way = DIRECTIONS[operation.direction]
        self._gatherer.append_operation(1, way, operation_text(operation), *self._at(), **marks)

    def _at(self) -> tuple[int, int]:
        self._ns += 1_000_000
        return self._ns, wall_us(STARTED) + self._ns // 1000


@pytest.fixture(scope="module")
def recorded() -> tuple[RecordingReader, list[Operation]]:
    """A recording of the conversation, split and joined as TCP may, and what the guard observed."""
    made = writer()
    session = _Session(made)
    for question, answer in CONVERSATION:
        session.say(TO_ASSET, question[:5])
        session.say(TO_ASSET, question[5:])
        if answer is not None:
            session.say(TO_USER, answer)
    data = made.begin() + made.close(REASON, ENDED)
    return RecordingReader(reading(data), len(data)), session.operations


@pytest.fixture
def capture(recorded: tuple[RecordingReader, list[Operation]], tmp_path: Path) -> Path:
    """The exported user leg."""
    return _exported(recorded[0], Leg.USER, tmp_path / "user.pcapng")


def _exported(reader: RecordingReader, leg: Leg, path: Path) -> Path:
    path.write_bytes(b"".join(pcapng_capture(reader.opening, reader.chunks(CONTENT_KEY), leg)))
    return path


def _tshark(capture: Path, *arguments: str) -> str:
    command = ["tshark", "-r", str(capture), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout


def _dissected(capture: Path) -> Iterator[dict[str, object]]:
    fields = ["mbtcp.trans_id", "mbtcp.unit_id", "modbus.func_code", "modbus.exception_code", "tcp.dstport"]
    output = _tshark(capture, "-Y", "modbus", "-T", "fields", *(part for name in fields for part in ("-e", name)))
    for line in output.splitlines():
        transaction, unit, function, exception, port = line.split("\t")
        yield {
            "transaction": int(transaction),
            "unit": int(unit),
            "function_code": int(function),
            "exception_code": int(exception) if exception else None,
            "is_response": port != "502",
        }


def test_the_dissector_and_the_guard_agree_one_by_one(
    recorded: tuple[RecordingReader, list[Operation]], capture: Path
) -> None:
    names = ("transaction", "unit", "function_code", "exception_code", "is_response")
    # A refused request and its refusal are one observation: the dissector sees the tool ask and be answered.
    seen = [
        (op.transaction, op.unit, op.function_code & 0x7F, code, is_response)
        for op in recorded[1]
        for is_response, code in _said(op)
    ]
    assert [tuple(line[name] for name in names) for line in _dissected(capture)] == seen
    assert len(seen) == 2 * len(CONVERSATION)


def _said(operation: Operation) -> list[tuple[bool, int | None]]:
    if is_denied(operation) and not operation.is_response:
        return [(False, None), (True, operation.exception_code)]
    return [(operation.is_response, operation.exception_code)]


def test_the_asset_leg_shows_no_refused_write(
    recorded: tuple[RecordingReader, list[Operation]], tmp_path: Path
) -> None:
    path = _exported(recorded[0], Leg.ASSET, tmp_path / "asset.pcapng")
    assert {line["function_code"] for line in _dissected(path)} == {1, 2, 3, 4, 0x2B}


def test_nothing_is_malformed_and_all_checksums_hold(capture: Path) -> None:
    options = ["-o", "tcp.check_checksum:TRUE", "-o", "ip.check_checksum:TRUE"]
    bad = "_ws.malformed || tcp.checksum.status == 0 || ip.checksum.status == 0 || tcp.analysis.flags"
    assert _tshark(capture, *options, "-Y", bad) == ""


def test_who_and_why_stand_in_the_comments(capture: Path) -> None:
    verbose = _tshark(capture, "-V")
    assert "verdict=denied" in verbose
    summary = subprocess.run(["capinfos", str(capture)], capture_output=True, text=True, check=True, timeout=60).stdout
    assert "ticket: CHG-00001" in summary


def test_operation_lines_agree_too(recorded: tuple[RecordingReader, list[Operation]]) -> None:
    lines = [json.loads(line) for line in operation_lines(recorded[0].chunks(CONTENT_KEY))]
    assert [line["transaction"] for line in lines] == [operation.transaction for operation in recorded[1]]
