"""What CIP requests mean, whatever they are wrapped in, and what rules say of them."""

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guards.effects import Direction, Operation, Verdict
from guards.enip.decoder import EnipDecoder
from guards.registry import make_decoder
from policies.rules import ObjectRule, Rules, Tier
from tests.unit.guards.enip import cip

TAG = cip.path(("symbol", "Motor"), ("symbol", "Speed"))
READ_TAG = cip.request(0x4C, TAG, b"\x01\x00")
WRITE_TAG = cip.request(0x4D, TAG, cip.written(0xC3, struct.pack("<h", -7)))
IDENTITY = cip.path(("class", 1), ("instance", 1))
VENDOR = cip.path(("class", 0x300), ("instance", 1))
UPDATE = cip.path(("class", 0xA1), ("instance", 1))
VALVE = cip.request(0x4D, cip.path(("symbol", "Valve")), cip.written(0xC1, b"\1"))
CONTROLLER = cip.path(("class", 0x8E), ("instance", 1))
READ_N7 = bytes.fromhex("0f0001 00 a2 04 07 89 03 00".replace(" ", ""))
WRITE_N7 = bytes.fromhex("0f000100aa04078903000a00ffff")


def said(*requests: bytes, rules: Rules | None = None) -> list[Operation]:
    decoder = make_decoder("enip", rules)
    return [operation for each in requests for operation in decoder.receive(Direction.TO_ASSET, each, 0.0)]


def one(request: bytes, rules: Rules | None = None) -> Operation:
    (operation,) = said(cip.unconnected(request), rules=rules)
    return operation


@pytest.mark.parametrize(
    ("request_", "function", "tier", "objects"),
    [
        (READ_TAG, "read_tag", Tier.READ, ("tag Motor.Speed",)),
        (WRITE_TAG, "write_tag", Tier.OPERATE, ("tag Motor.Speed",)),
        (cip.request(0x0E, IDENTITY + b"\x30\x07"), "get_attribute_single", Tier.READ, ("class1 1 7",)),
        (cip.request(0x10, IDENTITY + b"\x30\x07", b"x"), "set_attribute_single", Tier.PROGRAM, ("class1 1 7",)),
        (cip.request(0x10, VENDOR), "set_attribute_single", Tier.OPERATE, ("class768 1",)),
        (cip.request(0x05, IDENTITY), "reset", Tier.FIRMWARE, ("class1 1",)),
        (cip.request(0x07, CONTROLLER), "stop_controller", Tier.PROGRAM, ("class142 1",)),
        (cip.request(0x4D, UPDATE), "update_firmware", Tier.FIRMWARE, ("class161 1",)),
        (cip.request(0x4E, TAG), "read_modify_write_tag", Tier.OPERATE, ("tag Motor.Speed",)),
        (cip.forward_close(cip.ROUTER), "forward_close", Tier.FIRMWARE, ("class6 1",)),
        (cip.request(0x0A, IDENTITY, cip.several(READ_TAG)[6:]), "service_0a", Tier.FIRMWARE, ("class1 1",)),
        (cip.request(0x33, IDENTITY), "service_33", Tier.FIRMWARE, ("class1 1",)),
        (cip.request(0x4D, IDENTITY), "service_4d", Tier.FIRMWARE, ("class1 1",)),
        (cip.pccc(READ_N7), "pccc_protected_typed_logical_read_3", Tier.READ, ("n7 3-4",)),
        (cip.pccc(b"\x0f\0\1\0\x80\6"), "pccc_change_mode", Tier.PROGRAM, ()),
        (cip.pccc(b"\x0f\0\1\0\xee"), "pccc_function_0f_ee", Tier.FIRMWARE, ()),
    ],
)  # fmt: skip
def test_tier_and_objects_follow_service_and_class(
    request_: bytes, function: str, tier: Tier, objects: tuple[str, ...]
) -> None:
    operation = one(request_)
    assert (operation.function, operation.tier, operation.objects) == (function, tier, objects)
    assert operation.verdict is Verdict.ALLOWED


def test_array_elements_are_part_of_a_tags_name() -> None:
    to = cip.path(("symbol", "Tank"), ("member", 3), ("symbol", "Level"))
    assert one(cip.request(0x4C, to, b"\1\0")).objects == ("tag Tank[3].Level",)


def test_written_values_are_decoded_by_their_type() -> None:
    assert one(WRITE_TAG).values == (-7,)
    assert one(cip.request(0x4D, TAG, cip.written(0xCA, struct.pack("<2f", 1.5, -2.0), 2))).values == (1.5, -2.0)
    assert one(cip.pccc(WRITE_N7)).values == (10, -1)


def test_a_packet_of_services_is_as_dangerous_as_the_worst_in_it() -> None:
    operation = one(cip.several(READ_TAG, WRITE_TAG, cip.request(0x07, CONTROLLER)))
    assert (operation.function, operation.tier) == ("multiple_service_packet", Tier.PROGRAM)
    assert operation.objects == ("tag Motor.Speed", "class142 1")
    assert one(cip.several(READ_TAG, cip.several(WRITE_TAG))).tier is Tier.OPERATE


def test_what_is_sent_on_is_judged_by_what_is_inside_and_where_it_goes() -> None:
    operation = one(cip.sent_on(WRITE_TAG, cip.path(("port", 0))))
    assert (operation.function, operation.tier, operation.route) == ("write_tag", Tier.OPERATE, "1/0")
    inside = Rules(tiers=frozenset({Tier.OPERATE}), routes=frozenset({"1/0"}))
    assert one(cip.sent_on(WRITE_TAG, cip.path(("port", 0))), inside).verdict is Verdict.ALLOWED
    assert one(cip.sent_on(WRITE_TAG, cip.path(("port", 1))), inside).verdict is Verdict.DENIED
    assert one(WRITE_TAG, inside).verdict is Verdict.DENIED


def test_messages_of_a_connection_take_the_route_that_it_was_opened_along() -> None:
    decoder = EnipDecoder(Rules(tiers=frozenset({Tier.READ}), routes=frozenset({"1/2"})))
    to = cip.path(("port", 2), ("class", 2), ("instance", 1))
    opened = decoder.receive(Direction.TO_ASSET, cip.unconnected(cip.forward_open(to)), 0.0)
    decoder.receive(Direction.TO_USER, cip.unconnected(cip.reply(0x54, 0, struct.pack("<II", 77, 88) + bytes(18))), 0.0)
    (read,) = decoder.receive(Direction.TO_ASSET, cip.connected(READ_TAG, 77, 5), 0.0)
    (stranger,) = decoder.receive(Direction.TO_ASSET, cip.connected(READ_TAG, 99, 6), 0.0)
    (answer,) = decoder.receive(Direction.TO_USER, cip.connected(cip.reply(0x4C), 88, 5), 0.0)
    assert [opened[0].route, read.route, stranger.verdict] == ["1/2", "1/2", Verdict.DENIED]
    assert (answer.function, answer.is_response, answer.transaction) == ("read_tag", True, 5)


def test_a_connection_for_cyclic_data_is_not_a_reading() -> None:
    cyclic = cip.forward_open(cip.path(("class", 4), ("instance", 1), ("point", 2)), trigger=0x01)
    assert one(cyclic).tier is Tier.FIRMWARE


def test_rules_narrow_objects_and_bound_values() -> None:
    motor = ObjectRule(table="tag", names=("Motor.*",), minimum=-10, maximum=10)
    rules = Rules(tiers=frozenset({Tier.READ, Tier.OPERATE}), writes=((motor,),))
    assert one(WRITE_TAG, rules).verdict is Verdict.ALLOWED
    assert one(cip.request(0x4D, TAG, cip.written(0xC3, struct.pack("<h", 11))), rules).verdict is Verdict.DENIED
    assert one(VALVE, rules).verdict is Verdict.DENIED
    assert one(cip.several(WRITE_TAG, VALVE), rules).verdict is Verdict.DENIED


def test_reading_a_file_out_needs_the_right_to() -> None:
    upload = cip.request(0x4F, cip.path(("class", 0x37), ("instance", 200)))
    rules = Rules(tiers=frozenset({Tier.READ}))
    assert one(upload, rules).verdict is Verdict.DENIED
    assert one(upload, rules.model_copy(update={"upload": True})).verdict is Verdict.ALLOWED


@pytest.mark.parametrize(
    "broken",
    [
        b"\x4c\x09" + TAG,
        cip.request(0x4C, b"\xff\xff"),
        cip.request(0x0A, cip.path(("class", 2), ("instance", 1)), b"\x02\x00\x06\x00"),
        cip.request(0x52, cip.path(("class", 6), ("instance", 1)), b"\x0a\x0e\x40\x00" + READ_TAG),
        cip.request(0x4C, cip.path(("port", 1), ("symbol", "Motor")), b"\1\0"),
        cip.pccc(b"\x0f\0"),
        cip.several(cip.forward_open(IDENTITY)),
    ],
)
def test_what_cannot_be_read_is_malformed_and_firmware(broken: bytes) -> None:
    operation = one(broken)
    assert (operation.verdict, operation.tier) == (Verdict.MALFORMED, Tier.FIRMWARE)


def test_commands_of_the_encapsulation_are_readings() -> None:
    found = said(cip.message(0x65, b"\1\0\0\0"), cip.message(0x63), cip.message(0x66))
    assert [(o.function, o.tier) for o in found] == [
        ("register_session", Tier.READ), ("list_identity", Tier.READ), ("unregister_session", Tier.READ),
    ]  # fmt: skip


@given(st.binary(max_size=200))
def test_any_cip_request_is_read_or_malformed(data: bytes) -> None:
    found = said(cip.unconnected(data), cip.unconnected(cip.several(data)), cip.unconnected(cip.sent_on(data, b"\1\0")))
    assert len(found) == 3


@given(st.data())
def test_chunks_never_matter(data: st.DataObject) -> None:
    stream = cip.unconnected(READ_TAG) + cip.unconnected(WRITE_TAG) + cip.message(0x63)
    at = data.draw(st.lists(st.integers(0, len(stream)), max_size=5).map(sorted))
    pieces = [stream[i:j] for i, j in zip([0, *at], [*at, len(stream)], strict=True)]
    assert said(*pieces) == said(stream)
