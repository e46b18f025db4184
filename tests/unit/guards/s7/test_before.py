"""The value before a write of variables: read by the guard right before it, and none of the tool's business."""

from collections.abc import Callable

import pytest

from guards.effects import Effect, Operation
from guards.s7.guard import S7Guard
from tests.unit.guards import reading_ahead
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
from tests.unit.guards.s7.traffic import (
    BIT,
    FLAGS,
    REAL,
    ack,
    ack_data,
    answer,
    answer_read,
    answer_write,
    ask,
    connected,
    forwarded,
    item,
    read,
    value,
    write,
)

WRITE = write((item(0, 2), value("002a")), reference=7)
DONE = answer_write(0xFF, reference=7)


def reader(*tiers: str, **fields: object) -> S7Guard:
    return connected(*(tiers or ("read", "operate")), read_before_write=True, **fields)


def reference_of(message: bytes) -> int:
    return message[11] << 8 | message[12]


def written(effects: list[Effect]) -> Operation:
    return reading_ahead.written(effects, "write_var")


CASE = Case(
    reader, WRITE, DONE, "write_var", lambda own: answer_read("0102", reference=reference_of(own)), (1, 2), (0, 42)
)


def test_the_same_variables_are_read_under_a_reference_of_the_guards_own() -> None:
    own = check_the_read_goes_first_and_the_tool_sees_nothing_of_it(CASE)
    assert own == read(item(0, 2), reference=reference_of(own))
    assert reference_of(own) != 7


def test_its_reference_is_none_that_a_tool_has_open() -> None:
    inspector = reader(max_in_flight=4)
    taken = 0xFFFE
    ask(inspector, read(item(40, 2), reference=taken))
    (own,) = sent(ask(inspector, WRITE))
    assert reference_of(own) != taken
    theirs = answer_read("0909", reference=taken)
    assert to_tool(answer(inspector, theirs)) == [theirs]
    assert written(answer(inspector, answer_read("0102", reference=reference_of(own)))).before == (1, 2)


def test_several_variables_of_several_types_are_read_as_they_are_written() -> None:
    inspector = reader()
    pairs = ((item(4, 1, REAL), value("3fc00000", 7)), (item(4, 1, BIT, area=FLAGS, bit=3), value("01", 3)))
    request = write(*pairs, reference=7)
    (own,) = sent(ask(inspector, request))
    effects = answer(inspector, answer_read("40200000", "00", reference=reference_of(own)))
    assert forwarded(effects) == [request]
    assert (written(effects).before, written(effects).values) == ((2.5, 0), (1.5, 1))


REFUSALS = [
    lambda own: ack(0x8104, reference_of(own)),
    lambda own: ack_data("0401", "0a000000", reference=reference_of(own)),
]


@pytest.mark.parametrize("refusal", REFUSALS, ids=["all", "item"])
def test_what_the_device_refuses_to_say_is_not_known_and_the_write_goes_all_the_same(
    refusal: Callable[[bytes], bytes],
) -> None:
    check_what_the_device_does_not_say_is_not_known(CASE, refusal)


def test_a_silent_device_gets_the_write_after_half_its_time_and_is_left_alone() -> None:
    check_a_silent_device_gets_the_write_after_half_its_time_and_is_left_alone(CASE)


def test_what_may_not_be_read_or_comes_too_fast_is_not_read() -> None:
    check_it_goes_unread(reader("operate"), WRITE)
    check_it_goes_unread(reader(max_rate=1), WRITE)


def test_when_the_device_goes_the_tool_hears_of_its_write_only() -> None:
    assert reference_of(check_when_the_device_goes_the_tool_hears_of_its_write_only(CASE)) == 7
