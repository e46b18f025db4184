"""The value before a write of a property: read by the guard right before it, and none of the tool's business."""

import pytest

from guards.bacnet.guard import BacnetGuard
from guards.effects import Effect, Operation
from tests.unit.guards import reading_ahead
from tests.unit.guards.bacnet import traffic
from tests.unit.guards.bacnet.traffic import (
    AV,
    NOW,
    ON,
    abort,
    complex_ack,
    error,
    field,
    guard,
    oid,
    read,
    read_ack,
    read_many,
    real,
    reject,
    segment,
    simple_ack,
    what,
    within,
    write,
    write_many,
)
from tests.unit.guards.reading_ahead import (
    Case,
    check_a_silent_device_gets_the_write_after_half_its_time_and_is_left_alone,
    check_it_goes_unread,
    check_the_read_goes_first_and_the_tool_sees_nothing_of_it,
    check_what_the_device_does_not_say_is_not_known,
    check_when_the_device_goes_the_tool_hears_of_its_write_only,
    sent,
    to_tool,
)
from tests.unit.guards.seen import answer, ask, forwarded

TIERS = ("read", "operate")
OWN = 0xFE
WRITE, DONE = write(real(20), priority=8), simple_ack(15)
HELD = read_ack(real(21.5), AV, invoke=OWN)


def reader(*tiers: str, **fields: object) -> BacnetGuard:
    return guard(*(tiers or TIERS), read_before_write=True, **fields)


def own_read(invoke: int = OWN, **how: object) -> bytes:
    return read(AV, invoke=invoke, control=0x04, **how)


def written(effects: list[Effect], function: str = "write_property") -> Operation:
    return reading_ahead.written(effects, function)


CASE = Case(reader, WRITE, DONE, "write_property", lambda _: HELD, (21.5,), (20.0,))
MANY = write_many((AV, 1, 85, real(3)), (AV, 2, 85, real(4)))
HELD_MANY = field(0, oid(AV, 1)) + within(1, field(2, 85) + within(4, real(1)))
HELD_MANY += field(0, oid(AV, 2)) + within(1, field(2, 85) + within(4, real(2)))
CASE_OF_MANY = Case(
    reader, MANY, simple_ack(16), "write_property_multiple", lambda _: complex_ack(14, HELD_MANY, OWN), (1, 2), (3, 4)
)
cases = pytest.mark.parametrize("case", [CASE, CASE_OF_MANY], ids=["one", "many"])


def test_the_same_property_is_read_under_an_invoke_id_of_the_guards_own() -> None:
    assert check_the_read_goes_first_and_the_tool_sees_nothing_of_it(CASE) == own_read()


def test_the_same_properties_are_read_together_in_their_order_with_their_index() -> None:
    own = check_the_read_goes_first_and_the_tool_sees_nothing_of_it(CASE_OF_MANY)
    assert own[13:] == read_many((AV, 1, [85]), (AV, 2, [85]))[13:]
    element = field(0, oid(AV, 1)) + within(1, field(0, 87) + field(1, 8) + within(2, ON) + field(3, 8))
    (own,) = sent(ask(reader("read", "operate", "program"), traffic.confirmed(16, element)))
    asked = field(0, oid(AV, 1)) + within(1, field(0, 87) + field(1, 8))
    assert own == traffic.confirmed(14, asked, OWN, control=0x04)


def test_of_what_could_not_be_read_among_others_nothing_is_known() -> None:
    inspector = reader()
    ask(inspector, MANY)
    failed = field(0, oid(AV, 1)) + within(1, field(2, 85) + within(5, b"\x91\x02\x91\x20"))
    effects = answer(inspector, complex_ack(14, failed + HELD_MANY[len(HELD_MANY) // 2 :], OWN))
    write = written(effects, "write_property_multiple")
    assert (forwarded(effects), write.before, write.is_before_read) == ([MANY], (None, 2), True)


def test_an_element_of_an_array_of_a_station_behind_a_router_is_read_as_it_is_written() -> None:
    there = (10, b"\x05")
    element = what(AV, 1, 87) + field(2, 8)
    inspector = reader("read", "operate", "program")
    request = traffic.confirmed(15, element + within(3, ON), to=there)
    assert sent(ask(inspector, request)) == [traffic.confirmed(12, element, OWN, to=there, control=0x04)]
    effects = answer(inspector, complex_ack(12, element + within(3, b"\x91\x00"), OWN, source=there))
    assert (forwarded(effects), written(effects).before) == ([request], (0,))


def test_its_invoke_id_is_none_that_a_tool_has_open_at_the_same_station() -> None:
    inspector = reader(max_in_flight=4)
    ask(inspector, read(invoke=OWN))
    assert sent(ask(inspector, WRITE)) == [own_read(OWN - 1)]
    theirs = read_ack(real(9), invoke=OWN)
    assert to_tool(answer(inspector, theirs)) == [theirs]
    assert written(answer(inspector, read_ack(real(3), AV, invoke=OWN - 1))).before == (3,)


REFUSALS = {
    "error": error(12, 2, 32, OWN),
    "reject": reject(OWN),
    "abort": abort(OWN),
    "constructed": read_ack(ON + ON, AV, invoke=OWN),
    "unreadable": complex_ack(12, b"\xff", OWN),
    "segments": segment(12, 0, more=True, invoke=OWN),
}
REFUSALS_OF_MANY = {
    "error": error(14, 2, 32, OWN),
    "fewer": complex_ack(14, HELD_MANY[: len(HELD_MANY) // 2], OWN),
    "more": complex_ack(14, HELD_MANY * 2, OWN),
    "segments": segment(14, 0, more=True, invoke=OWN),
}


@pytest.mark.parametrize("refusal", REFUSALS.values(), ids=REFUSALS)
def test_what_the_device_does_not_say_is_not_known_and_the_write_goes_all_the_same(refusal: bytes) -> None:
    check_what_the_device_does_not_say_is_not_known(CASE, lambda _: refusal)


@pytest.mark.parametrize("refusal", REFUSALS_OF_MANY.values(), ids=REFUSALS_OF_MANY)
def test_of_several_properties_nothing_is_known_where_it_is_not_certain_which_is_which(refusal: bytes) -> None:
    check_what_the_device_does_not_say_is_not_known(CASE_OF_MANY, lambda _: refusal)


@cases
def test_a_silent_device_gets_the_write_after_half_its_time_and_is_left_alone(case: Case) -> None:
    check_a_silent_device_gets_the_write_after_half_its_time_and_is_left_alone(case)


def test_a_write_that_is_said_again_is_not_read_for_again() -> None:
    inspector = reader()
    ask(inspector, WRITE)
    assert (forwarded(again := ask(inspector, WRITE, NOW + 3)), sent(again)) == ([], [])


def test_a_tool_can_neither_end_the_guards_read_nor_have_its_answer() -> None:
    inspector = reader(max_in_flight=4)
    ask(inspector, WRITE)
    for said in (abort(OWN, server=False), own_read(), traffic.segment_ack(OWN)):
        assert forwarded(ask(inspector, said)) == []
    effects = answer(inspector, HELD)
    assert (forwarded(effects), written(effects).before) == ([WRITE, own_read()], (21.5,))
    assert forwarded(answer(inspector, HELD)) == [HELD]


def test_what_may_not_be_read_or_comes_too_fast_is_not_read() -> None:
    check_it_goes_unread(reader("operate"), WRITE)
    check_it_goes_unread(reader(max_rate=1), WRITE)
    check_it_goes_unread(reader(reads=[{"table": "analog_input"}]), WRITE)
    check_it_goes_unread(reader(reads=[{"table": "analog_value", "addresses": [{"first": 1, "last": 1}]}]), MANY)


def test_when_the_device_goes_the_tool_hears_of_its_write_only() -> None:
    assert check_when_the_device_goes_the_tool_hears_of_its_write_only(CASE)[9] == 1
