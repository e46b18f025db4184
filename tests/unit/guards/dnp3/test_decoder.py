"""What DNP3 fragments mean, however they are cut, and what rules say of them."""

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guards.dnp3.link import MAX_FRAGMENT_BYTES, crc
from guards.effects import Direction, Operation, Verdict
from guards.registry import make_decoder
from policies.rules import AddressRange, ObjectRule, Rules, Tier
from tests.unit.guards.dnp3 import wire

CROB = bytes.fromhex("0c0128010005000301640000006400000000")
SETPOINT = bytes.fromhex("290228010007002c0100")
CLASS_0 = bytes.fromhex("3c0106")
CLEAR_RESTART = bytes.fromhex("50010007070000"[:-2])
CLOCK = bytes.fromhex("32010701") + bytes(6)


def file_command(mode: int, name: bytes = b"config.bin") -> bytes:
    body = struct.pack("<HH6sHIIHHH", 26, len(name), bytes(6), 0, 0, 0, mode, 1024, 1) + name
    return bytes.fromhex("46035b01") + struct.pack("<H", len(body)) + body


def said(*parts: bytes, rules: Rules | None = None, way: Direction = Direction.TO_ASSET) -> list[Operation]:
    decoder = make_decoder("dnp3", rules)
    return [operation for each in parts for operation in decoder.receive(way, each, 0.0)]


@pytest.mark.parametrize(
    ("code", "objects", "function", "tier", "touched"),
    [
        (0x01, CLASS_0, "read", Tier.READ, ("class 0",)),
        (0x01, bytes.fromhex("1e02000009"), "read", Tier.READ, ("analog_input 0-9",)),
        (0x03, CROB, "select", Tier.OPERATE, ("binary_output 5",)),
        (0x05, SETPOINT, "direct_operate", Tier.OPERATE, ("analog_output 7",)),
        (0x02, CLEAR_RESTART, "write", Tier.OPERATE, ("internal_indication 7",)),
        (0x02, CLOCK, "write", Tier.PROGRAM, ("time",)),
        (0x02, CLEAR_RESTART + CLOCK, "write", Tier.PROGRAM, ("internal_indication 7", "time")),
        (0x0D, b"", "cold_restart", Tier.FIRMWARE, ()),
        (0x19, file_command(1), "open_file", Tier.READ, ("file config.bin",)),
        (0x19, file_command(2), "open_file", Tier.PROGRAM, ("file config.bin",)),
        (0x7E, b"", "function_7e", Tier.FIRMWARE, ()),
    ],
)
def test_tier_and_objects_follow_function_and_objects(
    code: int, objects: bytes, function: str, tier: Tier, touched: tuple[str, ...]
) -> None:
    (operation,) = said(wire.request(code, objects))
    assert (operation.function, operation.tier, operation.objects) == (function, tier, touched)
    assert (operation.unit, operation.transaction, operation.verdict) == (wire.OUTSTATION, 3, Verdict.ALLOWED)


def test_what_is_commanded_is_shown() -> None:
    assert said(wire.request(0x05, CROB))[0].values == (3,)
    assert said(wire.request(0x05, SETPOINT))[0].values == (300,)


def test_who_answers_is_told_by_the_frame_and_not_by_the_way() -> None:
    (operation,) = said(wire.response(indications=0x0100), way=Direction.TO_ASSET)
    assert (operation.is_response, operation.unit, operation.exception_code) == (True, wire.OUTSTATION, 1)


def test_a_fragment_in_many_frames_is_one_operation() -> None:
    fragment = b"\xc3\x01" + CLASS_0 * 300
    for size in (249, 20):
        assert len(said(*wire.frames(fragment, size=size))) == 1


def test_a_missing_piece_and_a_wrong_checksum_are_malformed_and_reading_goes_on() -> None:
    first, _, third = wire.frames(b"\xc3\x01" + CLASS_0 * 200, size=249)
    bad = bytearray(wire.request(0x01, CLASS_0))
    bad[-1] ^= 1
    found = said(first, third, wire.request(0x01, CLASS_0), bytes(bad), wire.request(0x01, CLASS_0))
    assert [operation.verdict for operation in found] == [
        Verdict.MALFORMED, Verdict.ALLOWED, Verdict.MALFORMED, Verdict.ALLOWED,
    ]  # fmt: skip


def test_frames_that_keep_the_link_alone_say_nothing() -> None:
    assert said(wire.frame(b"", function=0), wire.frame(b"", function=9)) == []


def test_objects_that_cannot_be_told_apart_make_a_request_malformed() -> None:
    (operation,) = said(wire.request(0x05, bytes.fromhex("0c0928010005000301")))
    assert (operation.verdict, operation.tier) == (Verdict.MALFORMED, Tier.OPERATE)


def test_a_broken_write_counts_as_the_worst_that_its_function_can_do() -> None:
    (operation,) = said(wire.request(0x02, CLEAR_RESTART + b"\x50\x01\xed"))
    assert (operation.verdict, operation.tier) == (Verdict.MALFORMED, Tier.PROGRAM)


def test_answers_have_the_tier_of_what_was_asked() -> None:
    decoder = make_decoder("dnp3")

    def tier(way: Direction, message: bytes) -> Tier:
        return decoder.receive(way, message, 0.0)[0].tier

    for code, objects, expected in ((0x0D, b"", Tier.FIRMWARE), (0x05, CROB, Tier.OPERATE), (0x01, CLASS_0, Tier.READ)):
        assert tier(Direction.TO_ASSET, wire.request(code, objects)) is expected
        assert tier(Direction.TO_ASSET, wire.request(0x00, b"")) is Tier.READ
        assert tier(Direction.TO_USER, wire.response()) is expected
        assert tier(Direction.TO_USER, wire.response()) is expected


def test_an_endless_fragment_is_given_up_and_the_next_one_is_read() -> None:
    *found, last = said(*wire.frames(bytes(MAX_FRAGMENT_BYTES + 500)), wire.request(0x01, CLASS_0))
    assert found[0].reason == f"a fragment of more than {MAX_FRAGMENT_BYTES} bytes"
    assert {operation.verdict for operation in found} == {Verdict.MALFORMED}
    assert (last.function, last.verdict) == ("read", Verdict.ALLOWED)


def test_pieces_to_different_outstations_are_no_fragment() -> None:
    fragment = b"\xc3\x01" + CLASS_0 * 10
    first, second = wire.frames(fragment, size=20)[0], wire.frames(fragment, size=20, outstation=11)[1]
    assert [operation.verdict for operation in said(first, second)] == [Verdict.MALFORMED]


def test_broadcasts_are_refused_only_where_there_are_rules() -> None:
    message = wire.request(0x05, CROB, outstation=0xFFFF)
    assert said(message)[0].verdict is Verdict.ALLOWED
    everything = Rules(tiers=frozenset(Tier))
    assert said(message, rules=everything)[0].verdict is Verdict.DENIED
    assert said(message, rules=everything.model_copy(update={"units": {0xFFFF}}))[0].verdict is Verdict.ALLOWED


def test_rules_fence_outstations_and_narrow_outputs() -> None:
    setpoint = ObjectRule(table="analog_output", addresses=(AddressRange(first=0, last=9),), minimum=0, maximum=400)
    rules = Rules(tiers=frozenset({Tier.OPERATE}), units=frozenset({wire.OUTSTATION}), writes=((setpoint,),))
    asked = [SETPOINT, SETPOINT[:-3] + b"\xf4\x01\x00", CROB]
    found = said(*(wire.request(0x05, objects) for objects in asked), rules=rules)
    assert [operation.verdict for operation in found] == [Verdict.ALLOWED, Verdict.DENIED, Verdict.DENIED]
    [other] = said(wire.request(0x05, SETPOINT, outstation=11), rules=rules)
    assert (other.verdict, other.reason) == (Verdict.DENIED, "outstation 11 is outside the fence")


def test_the_checksum_is_the_one_of_the_standard() -> None:
    assert crc(b"123456789") == bytes.fromhex("82ea")


@given(st.binary(min_size=2, max_size=240), st.booleans())
def test_any_fragment_is_read_or_malformed(fragment: bytes, from_master: bool) -> None:
    assert len(said(*wire.frames(fragment, from_master=from_master))) == 1


@given(st.data())
def test_chunks_never_matter(data: st.DataObject) -> None:
    stream = wire.request(0x01, CLASS_0) + wire.request(0x05, CROB) + wire.frame(b"", function=9)
    at = data.draw(st.lists(st.integers(0, len(stream)), max_size=5).map(sorted))
    pieces = [stream[i:j] for i, j in zip([0, *at], [*at, len(stream)], strict=True)]
    assert said(*pieces) == said(stream)
