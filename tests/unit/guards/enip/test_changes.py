"""Rules about change hold against what this stream has seen tags and files hold, by whichever of their names."""

import struct

import pytest

from guards.enip.guard import EnipGuard
from guards.known import FRESH_SECONDS
from tests.unit.guards.enip import cip
from tests.unit.guards.enip.traffic import NOW, SLOT_0, answer, ask, does, forwarded, operations, registered

STEP = {"table": "tag", "step": 10}
WRITTEN, REFUSED = cip.reply(0x4D), cip.reply(0x4D, 0x05)


def stepping(*rules: dict[str, object]) -> EnipGuard:
    return registered("read", "operate", writes=list(rules) or [STEP], max_in_flight=4)


def knows(inspector: EnipGuard, number: int, name: str = "Speed", now: float = NOW) -> None:
    assert does(inspector, cip.read_tag(name), cip.told(number), now)


def sets(inspector: EnipGuard, number: int, name: str = "Speed", now: float = NOW, response: bytes = WRITTEN) -> bool:
    return does(inspector, cip.write_int(name, number), response, now)


def test_a_step_from_an_unknown_value_is_refused_and_says_so() -> None:
    (operation,) = operations(ask(stepping(), cip.unconnected(cip.write_int("Speed", 1))))
    assert "not known what it is now" in operation.reason


def test_a_step_passes_up_to_its_size_from_what_was_read_and_goes_on_from_what_was_written() -> None:
    inspector = stepping()
    knows(inspector, 100)
    assert [sets(inspector, number) for number in (111, 110, 121, 120)] == [False, True, False, True]


def test_a_write_that_the_device_refused_leaves_the_value_unknown() -> None:
    inspector = stepping()
    knows(inspector, 100)
    assert sets(inspector, 101, response=REFUSED)
    assert not sets(inspector, 100)


def test_a_read_that_went_before_a_write_and_is_answered_after_it_is_no_news() -> None:
    inspector = stepping()
    knows(inspector, 100)
    ask(inspector, cip.unconnected(cip.read_tag("Speed"), b"pipeline"))
    assert sets(inspector, 110)
    answer(inspector, cip.unconnected(cip.told(100), b"pipeline"))
    assert not sets(inspector, 95)


def test_a_value_that_is_too_old_is_unknown() -> None:
    inspector = stepping()
    knows(inspector, 100)
    assert not sets(inspector, 100, now=NOW + FRESH_SECONDS + 1)


def test_what_another_slot_holds_says_nothing() -> None:
    inspector = stepping()
    assert does(inspector, cip.sent_on(cip.read_tag("Speed"), SLOT_0), cip.told(100))
    assert not sets(inspector, 100)


def test_names_know_no_case() -> None:
    inspector = stepping()
    knows(inspector, 100, "SPEED")
    assert sets(inspector, 105, "speed")


@pytest.mark.parametrize(
    ("seen", "written"),
    [("Tank[0]", "Tank"), ("Tank", "Tank[0]"), ("Tank.Level", "Tank"), ("Tank[0].Level", "Tank.Level")],
)
def test_one_value_by_two_names_is_one_value(seen: str, written: str) -> None:
    inspector = stepping(STEP)
    knows(inspector, 100, seen)
    knows(inspector, 100, written)
    assert sets(inspector, 110, written)
    assert not sets(inspector, 90, seen)


def test_another_element_stays_known() -> None:
    inspector = stepping()
    knows(inspector, 5, "Tank[1]")
    knows(inspector, 5, "Tank[2]")
    assert sets(inspector, 6, "Tank[1]")
    assert sets(inspector, 6, "Tank[2]")


def test_a_write_to_an_instance_of_the_symbol_class_may_be_any_tag() -> None:
    inspector = stepping(STEP, {"table": "class107"})
    knows(inspector, 100)
    by_instance = cip.request(0x4D, cip.path(("class", 0x6B), ("instance", 9)), cip.written(0xC3, b"\0\0"))
    assert does(inspector, by_instance, WRITTEN)
    assert not sets(inspector, 100)


def test_modifying_bits_of_a_tag_has_no_value_that_passes_a_bound() -> None:
    inspector = stepping()
    knows(inspector, 100)
    assert not does(inspector, cip.request(0x4E, cip.path(("symbol", "Speed")), b"\2\0\1\0\xff\xff"), b"")


def test_two_writes_in_one_packet_do_not_add_up_to_a_larger_step() -> None:
    inspector = stepping()
    knows(inspector, 100)
    both = cip.several(cip.write_int("Speed", 110), cip.write_int("Speed", 90))
    assert not does(inspector, both, b"")
    knows(inspector, 100, "Flow")
    apart = cip.several(cip.write_int("Speed", 110), cip.write_int("Flow", 90))
    assert does(inspector, apart, cip.answered(WRITTEN, WRITTEN))
    assert sets(inspector, 80, "Flow")


def test_a_write_on_its_way_makes_the_next_one_wait_for_its_answer() -> None:
    inspector = stepping()
    knows(inspector, 100)
    assert forwarded(ask(inspector, cip.unconnected(cip.write_int("Speed", 110), b"request1")))
    assert not forwarded(ask(inspector, cip.unconnected(cip.write_int("Speed", 90), b"request2")))


def test_values_are_learned_from_packets_of_services_too() -> None:
    inspector = stepping()
    packet = cip.several(cip.read_tag("Speed"), cip.read_tag("Gone"), cip.read_tag("Flow"))
    told = cip.answered(cip.told(100), cip.reply(0x4C, 4), cip.told(7), status=0x1E)
    assert does(inspector, packet, told)
    assert [sets(inspector, 110), sets(inspector, 17, "Flow"), sets(inspector, 0, "Gone")] == [True, True, False]


def test_elements_of_an_array_are_learned_one_by_one() -> None:
    inspector = stepping()
    assert does(inspector, cip.read_tag("Tank[3]", 2), cip.told(10, 20))
    assert [sets(inspector, 20, "Tank[3]"), sets(inspector, 20, "Tank[4]")] == [True, True]
    assert does(inspector, cip.read_tag("Speed", 2), cip.told(10, 20))
    assert not sets(inspector, 10)


def test_fragments_inside_an_element_have_no_value_that_passes_a_bound() -> None:
    inspector = stepping({"table": "tag", "minimum": 0, "maximum": 100})
    assert sets(inspector, 100)
    fragment = struct.pack("<HHI", 0xC3, 2, 1) + b"\0\0"
    assert not does(inspector, cip.request(0x53, cip.path(("symbol", "Speed")), fragment), b"")
    whole = struct.pack("<HHI", 0xC3, 1, 0) + b"\1\0"
    assert does(inspector, cip.request(0x53, cip.path(("symbol", "Speed")), whole), cip.reply(0x53))


def test_files_of_small_controllers_move_by_steps_too() -> None:
    inspector = stepping({"table": "n7", "addresses": [{"first": 0, "last": 9}], "step": 10})
    head = b"\x07\x4d\x00\x01\x02\x03\x04"
    read, write = bytes.fromhex("0f000100a20407890300"), bytes.fromhex("0f000100aa0207890400")
    assert not does(inspector, cip.pccc(write + b"\x15\0"), b"")
    assert does(inspector, cip.pccc(read), cip.reply(0x4B, 0, head + b"\x4f\0\1\0\x0a\0\x0b\0"))
    assert not does(inspector, cip.pccc(write + b"\x16\0"), b"")
    assert does(inspector, cip.pccc(write + b"\x15\0"), cip.reply(0x4B, 0, head + b"\x4f\0\1\0"))
    assert does(inspector, cip.pccc(write + b"\x1f\0"), cip.reply(0x4B, 0, head + b"\x4f\x10\1\0"))
    assert not does(inspector, cip.pccc(write + b"\x1f\0"), b"")


@pytest.mark.parametrize(
    ("message", "objects"),
    [
        ("0f000100a2 03 07 89 03 00", "n7 3-4"),
        ("0f000100a2 02 04 86 00 01", "t4 0 1"),
        ("0f000100a2 04 04 86 00 01", "t4 0"),
        ("0f000100a2 06 04 86 00 01", "t4 0-1"),
        ("0f000100a2 02 ff0001 89 ff0201 00", "n256 258"),
    ],
)
def test_all_elements_that_bytes_reach_over_are_named(message: str, objects: str) -> None:
    (operation,) = operations(ask(registered("read"), cip.unconnected(cip.pccc(bytes.fromhex(message)))))
    assert operation.objects == (objects,)


def test_a_write_of_more_bytes_than_it_announces_cannot_be_read() -> None:
    (operation,) = operations(
        ask(registered("read", "operate"), cip.unconnected(cip.pccc(bytes.fromhex("0f000100aa0207890400010002000300"))))
    )
    assert operation.verdict == "malformed"
