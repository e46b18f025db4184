"""What ASDUs mean, what rules say of them, and that tshark reads the same."""

import shutil
import struct
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guards.effects import Direction, Operation, Verdict
from guards.iec104.types import TYPES
from guards.registry import make_decoder
from policies.rules import AddressRange, ObjectRule, Rules, Tier
from tests.unit.client.captures.wire import ACK, SYN, Conversation, pcap
from tests.unit.guards.iec104.wire import asdu, numbered, supervisory, unnumbered

SETPOINT = asdu(50, (6001, struct.pack("<fB", 12.5, 0)))
COMMAND = asdu(45, (4001, b"\x81"))
INTERROGATION = asdu(100, (0, b"\x14"))


def said(*asdus: bytes, rules: Rules | None = None, way: Direction = Direction.TO_ASSET) -> list[Operation]:
    decoder = make_decoder("iec104", rules)
    return [operation for each in asdus for operation in decoder.receive(way, numbered(each), 0.0)]


@pytest.mark.parametrize(
    ("sent", "function", "tier", "objects", "values"),
    [
        (INTERROGATION, "interrogation", Tier.READ, ("interrogation 20",), ()),
        (asdu(101, (0, b"\x05")), "counter_interrogation", Tier.READ, ("counter_interrogation 5",), ()),
        (asdu(101, (0, b"\x45")), "counter_interrogation", Tier.OPERATE, ("counter_interrogation 5",), ()),
        (asdu(45, (4001, b"\x01")), "single_command", Tier.OPERATE, ("single_command 4001",), (1,)),
        (COMMAND, "single_command select", Tier.OPERATE, ("single_command 4001",), (1,)),
        (asdu(46, (4002, b"\x02")), "double_command", Tier.OPERATE, ("double_command 4002",), (2,)),
        (SETPOINT, "setpoint_float", Tier.OPERATE, ("setpoint 6001",), (12.5,)),
        (
            asdu(50, (6001, struct.pack("<fB", 12.5, 0x80))),
            "setpoint_float select",
            Tier.OPERATE,
            ("setpoint 6001",),
            (12.5,),
        ),
        (asdu(51, (6003, b"\1\0\0\x80")), "bitstring_command", Tier.OPERATE, ("bitstring 6003",), (0x80000001,)),
        (asdu(46, (4002, b"\x82"), cause=8), "double_command deactivate", Tier.OPERATE, ("double_command 4002",), (2,)),
        (asdu(49, (6002, struct.pack("<hB", -5, 0))), "setpoint_scaled", Tier.OPERATE, ("setpoint 6002",), (-5,)),
        (asdu(103, (0, bytes(7))), "clock_synchronization", Tier.PROGRAM, (), ()),
        (asdu(105, (0, b"\x01")), "reset_process", Tier.FIRMWARE, (), ()),
        (asdu(112, (7, bytes(5))), "parameter_float", Tier.PROGRAM, ("parameter 7",), (0.0,)),
        (asdu(125, (0, b"\1\0\1\2ab"), cause=13), "file_segment", Tier.PROGRAM, ("file 0",), ()),
        (asdu(13, (7, bytes(5))), "measured_float", Tier.FIRMWARE, ("information 7",), (0.0,)),
        (asdu(200, (7, b"")), "type_200", Tier.FIRMWARE, (), ()),
    ],
)
def test_tier_and_objects_follow_the_type(
    sent: bytes, function: str, tier: Tier, objects: tuple[str, ...], values: tuple[float, ...]
) -> None:
    (operation,) = said(sent)
    assert (operation.function, operation.tier, operation.objects) == (function, tier, objects)
    assert (operation.values, operation.unit, operation.verdict) == (values, 3, Verdict.ALLOWED)


def test_what_a_station_says_is_reading_also_in_a_sequence_and_refusals_have_their_cause() -> None:
    measured = asdu(13, *((100 + n, bytes(5)) for n in range(4)), cause=20, sequence=True)
    refused = asdu(45, (4001, b"\x81"), cause=0x47)
    found = said(measured, refused, way=Direction.TO_USER)
    assert (found[0].tier, found[0].objects, found[0].is_response) == (Tier.READ, ("information 100-103",), True)
    assert (found[1].function, found[1].exception_code) == ("single_command select", 7)


def test_the_link_is_started_by_readers_and_acknowledgements_say_nothing() -> None:
    decoder = make_decoder("iec104")
    data = unnumbered(0x07) + supervisory() + numbered(INTERROGATION)
    found = decoder.receive(Direction.TO_ASSET, data, 0.0)
    assert [operation.function for operation in found] == ["startdt_act", "interrogation"]


@pytest.mark.parametrize(
    "broken", [COMMAND[:-1], asdu(45), asdu(45, (1, b"\1"), (2, b"\1"))[:-1], b"\x2d\x01\x06", SETPOINT + b"x"]
)
def test_what_does_not_add_up_is_malformed(broken: bytes) -> None:
    assert [operation.verdict for operation in said(broken)] == [Verdict.MALFORMED]


def test_rules_fence_stations_and_bound_set_points() -> None:
    allowed = ObjectRule(table="setpoint", addresses=(AddressRange(first=6000, last=6009),), minimum=0, maximum=20)
    rules = Rules(tiers=frozenset({Tier.READ, Tier.OPERATE}), units=frozenset({3}), writes=((allowed,),))
    asked = [
        SETPOINT,
        asdu(50, (6001, struct.pack("<fB", 21.0, 0))),
        COMMAND,
        INTERROGATION,
        asdu(50, (6001, struct.pack("<fB", 1.0, 0)), station=4),
        asdu(100, (0, b"\x14"), station=0xFFFF),
    ]
    verdicts = [operation.verdict for operation in said(*asked, rules=rules)]
    denied, allowed_ = Verdict.DENIED, Verdict.ALLOWED
    assert verdicts == [allowed_, denied, denied, allowed_, denied, denied]


@pytest.mark.skipif(shutil.which("tshark") is None, reason="tshark is not installed")
def test_tshark_reads_the_same_types_stations_and_addresses(tmp_path: Path) -> None:
    talk = Conversation(port=2404)
    frames = [talk.ask(b"", SYN), talk.answer(b"", SYN | ACK)]
    ours: list[tuple[int, int, int]] = []
    for code, kind in TYPES.items():
        if kind.size is None:
            continue
        sent = asdu(code, (code + 1000, bytes(kind.size)), station=code + 1)
        frames.append(talk.ask(numbered(sent)))
        (operation,) = said(sent)
        ours.append((operation.function_code, operation.unit or 0, code + 1000))
    path = tmp_path / "made.pcap"
    path.write_bytes(pcap(frames))
    fields = ["iec60870_asdu.typeid", "iec60870_asdu.addr", "iec60870_asdu.ioa"]
    command = ["tshark", "-n", "-r", str(path), "-Y", "iec60870_asdu", "-T", "fields"]
    command += [word for field in fields for word in ("-e", field)]
    printed = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout
    theirs = [tuple(int(word) for word in line.split("\t")) for line in printed.splitlines()]
    assert ours == theirs


@pytest.mark.parametrize(
    ("codes", "tier"),
    [((81, 82, 84, 85, 86, 87), Tier.READ), ((90, 91, 92, 93, 94, 95), Tier.PROGRAM), ((83,), Tier.FIRMWARE)],
)
def test_types_that_authenticate_name_no_objects_whatever_they_carry(codes: tuple[int, ...], tier: Tier) -> None:
    for code in codes:
        for size in (0, 2, 40):
            (operation,) = said(bytes([code, 1, 14, 0, 3, 0]) + bytes(range(size)))
            assert (operation.tier, operation.objects, operation.verdict) == (tier, (), Verdict.ALLOWED)
        (refused,) = said(bytes([code, 1, 14, 0, 3, 0, 1]), rules=Rules(tiers=frozenset(Tier) - {tier}))
        assert refused.verdict is Verdict.DENIED


def test_security_statistics_are_told_by_stations_only() -> None:
    statistics = bytes([41, 1, 3, 0, 3, 0, 9, 0, 0]) + bytes(14)
    (told,) = said(statistics, way=Direction.TO_USER)
    assert (told.function, told.tier, told.objects) == ("security_statistics_time56", Tier.READ, ("information 9",))
    (asked,) = said(statistics)
    assert asked.tier is Tier.FIRMWARE


@given(st.lists(st.binary(max_size=120), max_size=6))
def test_garbage_never_raises(parts: list[bytes]) -> None:
    decoder = make_decoder("iec104")
    for part in parts:
        for direction in Direction:
            decoder.receive(direction, part, 0.0)


@given(st.binary(min_size=1, max_size=240), st.sampled_from(Direction))
def test_any_asdu_is_read_or_malformed(data: bytes, way: Direction) -> None:
    assert len(said(data, way=way)) == 1


@given(st.data())
def test_chunks_never_matter(data: st.DataObject) -> None:
    stream = unnumbered(0x07) + numbered(COMMAND) + supervisory(1) + numbered(SETPOINT, 1)
    at = data.draw(st.lists(st.integers(0, len(stream)), max_size=5).map(sorted))
    pieces = [stream[i:j] for i, j in zip([0, *at], [*at, len(stream)], strict=True)]

    def read(parts: list[bytes]) -> list[Operation]:
        decoder = make_decoder("iec104")
        return [operation for each in parts for operation in decoder.receive(Direction.TO_ASSET, each, 0.0)]

    assert read(pieces) == read([stream])
