"""The value before a write of words and bits: read by the guard right before it, and none of the tool's business."""

import pytest

from guards.datagrams import HEAD_BYTES as LENGTH_BYTES
from guards.datagrams import framed
from guards.effects import Direction, Effect, Operation
from guards.fins.framing import HEAD_BYTES
from guards.fins.guard import FinsGuard
from guards.fins.udp import FinsUdpGuard
from tests.unit.guards import reading_ahead
from tests.unit.guards.fins.traffic import (
    CIO_BIT,
    fill,
    frame,
    guard,
    point,
    read,
    response,
    told,
    transfer,
    words,
    write,
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
from tests.unit.guards.seen import NOW, answer, ask, forwarded, rules

WRITE, DONE = write(5, 42, 43, sid=7), response(0x0102, sid=7)


def reader(*tiers: str, **fields: object) -> FinsGuard:
    return guard(*(tiers or ("read", "operate")), read_before_write=True, **fields)


def sid_of(message: bytes, head: int = HEAD_BYTES) -> int:
    return message[head + 9]


def written(effects: list[Effect], function: str = "memory_area_write") -> Operation:
    return reading_ahead.written(effects, function)


CASE = Case(
    reader,
    WRITE,
    DONE,
    "memory_area_write",
    lambda own: response(0x0101, words(1, 2), sid=sid_of(own)),
    (1, 2),
    (42, 43),
)


def test_the_same_words_are_read_under_a_service_id_of_the_guards_own() -> None:
    own = check_the_read_goes_first_and_the_tool_sees_nothing_of_it(CASE)
    assert own == read(5, 2, sid=sid_of(own))
    assert sid_of(own) != 7


def test_bits_and_what_is_filled_are_read_too() -> None:
    for request, function, asked, held, before in (
        (write(3, 1, 0, area=CIO_BIT, bit=4), "memory_area_write", point(3, CIO_BIT, 4) + b"\0\2", "0001", (0, 1)),
        (fill(9, 3, 7), "memory_area_fill", point(9) + b"\0\3", "000100020003", (1, 2, 3)),
    ):
        inspector = reader()
        (own,) = sent(ask(inspector, request))
        assert own[HEAD_BYTES + 10 :] == b"\1\1" + asked
        effects = answer(inspector, response(0x0101, held, sid=sid_of(own)))
        assert forwarded(effects) == [request]
        assert written(effects, function).before == before


def test_its_service_id_is_none_that_a_tool_has_open() -> None:
    inspector = reader(max_in_flight=4)
    theirs = read(40, sid=0xFE)
    ask(inspector, theirs)
    (own,) = sent(ask(inspector, WRITE))
    assert sid_of(own) != 0xFE
    answered = response(0x0101, words(9), sid=0xFE)
    assert to_tool(answer(inspector, answered)) == [answered]
    assert written(answer(inspector, response(0x0101, words(1, 2), sid=sid_of(own)))).before == (1, 2)


@pytest.mark.parametrize(("told", "end"), [("", 0x2108), ("00", 0)])
def test_what_the_device_refuses_to_say_is_not_known_and_the_write_goes_all_the_same(told: str, end: int) -> None:
    check_what_the_device_does_not_say_is_not_known(CASE, lambda own: response(0x0101, told, end=end, sid=sid_of(own)))


def test_a_silent_device_gets_the_write_after_half_its_time_and_is_left_alone() -> None:
    check_a_silent_device_gets_the_write_after_half_its_time_and_is_left_alone(CASE)


def test_what_may_not_be_read_or_comes_too_fast_or_is_moved_is_not_read() -> None:
    check_it_goes_unread(reader("operate"), WRITE)
    check_it_goes_unread(reader(max_rate=1), WRITE)
    check_it_goes_unread(reader(reads=[{"table": "dm", "addresses": [{"first": 5, "last": 5}]}]), WRITE)
    check_it_goes_unread(reader(), transfer(0, 9, 2))


def test_when_the_device_goes_the_tool_hears_of_its_write_only() -> None:
    said = check_when_the_device_goes_the_tool_hears_of_its_write_only(CASE)
    assert (sid_of(said), said[HEAD_BYTES + 10 : HEAD_BYTES + 12]) == (7, b"\1\2")


def test_over_udp_a_tool_that_says_the_same_as_the_guard_gets_an_answer_of_its_own() -> None:
    inspector = FinsUdpGuard(rules("read", "operate", read_before_write=True, max_in_flight=4))
    request = framed(frame(0x0102, point(5) + b"\0\1\0\x2a", 7))
    (own,) = sent(ask(inspector, request))
    assert sent(ask(inspector, request)) == []
    assert forwarded(ask(inspector, own)) == []
    held = framed(told(0x0101, words(1), sid_of(own, LENGTH_BYTES)))
    effects = answer(inspector, held)
    assert forwarded(effects) == [request, own]
    assert written(effects).before == (1,)
    assert forwarded(inspector.receive(Direction.TO_USER, held, NOW)) == [held]
