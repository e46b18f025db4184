"""The value before a write of devices: read by the guard right before it, in every kind of frame."""

import pytest

from guards.datagrams import framed
from guards.effects import Effect, Operation
from guards.slmp.guard import SlmpGuard
from guards.slmp.udp import SlmpUdpGuard
from tests.unit.guards import reading_ahead
from tests.unit.guards.reading_ahead import (
    Case,
    check_a_silent_device_gets_the_write_after_half_its_time_and_is_left_alone,
    check_it_goes_unread,
    check_the_read_goes_first_and_the_tool_sees_nothing_of_it,
    check_what_the_device_does_not_say_is_not_known,
    sent,
    to_tool,
)
from tests.unit.guards.seen import NOW, answer, ask, forwarded, rules
from tests.unit.guards.slmp.traffic import KINDS, NEW, OLD, D, Kind, M, guard

each = pytest.mark.parametrize("kind", KINDS, ids=str)
OWN_SERIAL = 0xFFFE


def reader(*tiers: str, **fields: object) -> SlmpGuard:
    return guard(*(tiers or ("read", "operate")), read_before_write=True, **fields)


def written(effects: list[Effect]) -> Operation:
    return reading_ahead.written(effects, "device_write")


def case_of(kind: Kind) -> Case:
    held = kind.response(kind.words(1, 2), OWN_SERIAL)
    return Case(
        reader,
        kind.write(5, 42, 43, serial=7),
        kind.response(serial=7),
        "device_write",
        lambda _: held,
        (1, 2),
        (42, 43),
    )


@each
def test_the_same_devices_are_read_under_a_serial_number_of_the_guards_own(kind: Kind) -> None:
    own = check_the_read_goes_first_and_the_tool_sees_nothing_of_it(case_of(kind))
    assert own == kind.read(5, 2, serial=OWN_SERIAL)


@each
def test_bits_are_read_as_they_are_written(kind: Kind) -> None:
    inspector, request = reader(), kind.write(5, 1, 0, 1, code=M, bits=True)
    assert sent(ask(inspector, request)) == [kind.read(5, 3, M, OWN_SERIAL, bits=True)]
    effects = answer(inspector, kind.response(kind.bits(0, 1, 1), OWN_SERIAL))
    assert forwarded(effects) == [request]
    assert written(effects).before == (0, 1, 1)


@each
def test_what_the_device_refuses_to_say_is_not_known_and_the_write_goes_all_the_same(kind: Kind) -> None:
    for held in (kind.refusal(0xC056, 0x0401, serial=OWN_SERIAL), kind.response(kind.words(1), OWN_SERIAL)):
        check_what_the_device_does_not_say_is_not_known(case_of(kind), lambda _, held=held: held)


def test_without_serial_numbers_every_write_that_waits_is_read_in_its_turn() -> None:
    inspector, requests = reader(), [OLD.write(5, 42), OLD.write(6, 43), OLD.read(7)]
    assert sent(ask(inspector, b"".join(requests))) == [OLD.read(5)]
    effects = answer(inspector, OLD.response(OLD.words(1)))
    assert (forwarded(effects), written(effects).before) == (requests[:1], (1,))
    effects = answer(inspector, OLD.response())
    assert (sent(effects), to_tool(effects)) == ([OLD.read(6)], [OLD.response()])
    effects = answer(inspector, OLD.response(OLD.words(2)))
    assert (forwarded(effects), written(effects).before) == (requests[1:2], (2,))
    assert forwarded(answer(inspector, OLD.response())) == [OLD.response(), requests[2]]


def test_a_silent_device_gets_the_write_after_half_its_time_and_is_left_alone() -> None:
    check_a_silent_device_gets_the_write_after_half_its_time_and_is_left_alone(case_of(NEW))


def test_without_serial_numbers_a_write_behind_a_silent_read_is_refused_aloud() -> None:
    """The late answer would pass for that to the write: the tool hears that the device is busy, and says it again."""
    inspector, request = reader(), OLD.write(5, 42)
    ask(inspector, request)
    effects = inspector.on_tick(NOW + 15)
    assert (forwarded(effects), to_tool(effects)) == ([], [OLD.refusal(0xCEE0, 0x1401)])
    assert to_tool(answer(inspector, OLD.response(OLD.words(1)), NOW + 16)) == []
    effects = ask(inspector, request, NOW + 17)
    assert (sent(effects), forwarded(effects)) == ([], [request])


def test_what_may_not_be_read_or_comes_too_fast_is_not_read() -> None:
    check_it_goes_unread(reader("operate"), OLD.write(5, 42))
    check_it_goes_unread(reader(max_rate=1), OLD.write(5, 42))


@each
def test_single_words_and_double_words_are_read_in_the_order_in_which_they_are_written(kind: Kind) -> None:
    inspector, request = reader(), kind.write_random({5: 42, 9: 1}, {20: 0x10002})
    assert sent(ask(inspector, request)) == [kind.read_random([5, 9], [20], OWN_SERIAL)]
    effects = answer(inspector, kind.response(kind.words(7, 8) + kind.number(0x30004, 4), OWN_SERIAL))
    assert forwarded(effects) == [request]
    operation = reading_ahead.written(effects, "device_write_random")
    assert (operation.objects, operation.before) == (("d 5", "d 9", "d 20-21"), (7, 8, 4, 3))
    assert operation.values == (42, 1, 2, 1)


@each
def test_blocks_of_words_and_bits_are_read_as_blocks(kind: Kind) -> None:
    blocks = (D, 5, (1, 2)), (M, 32, (0x8001,))
    inspector, request = reader(), kind.blocks(*blocks)
    assert sent(ask(inspector, request)) == [kind.blocks(*blocks, serial=OWN_SERIAL, is_read=True)]
    effects = answer(inspector, kind.response(kind.words(7, 8, 2), OWN_SERIAL))
    operation = reading_ahead.written(effects, "device_write_block")
    assert (forwarded(effects), operation.before) == ([request], (7, 8, 0, 1, *[0] * 14))
    assert operation.values == (1, 2, 1, *[0] * 14, 1)


@each
def test_one_single_bit_is_read_as_a_row_of_one_and_of_several_nothing_is_known(kind: Kind) -> None:
    inspector, one, two = reader(), kind.write_bits({5: 1}), kind.write_bits({5: 1, 7: 0})
    assert sent(ask(inspector, one)) == [kind.read(5, 1, M, OWN_SERIAL, bits=True)]
    effects = answer(inspector, kind.response(kind.bits(1), OWN_SERIAL))
    assert reading_ahead.written(effects, "device_write_random").before == (1,)
    effects = ask(reader(), two)
    assert (sent(effects), forwarded(effects)) == ([], [two])


def test_over_udp_only_what_has_a_serial_number_is_read() -> None:
    inspector = SlmpUdpGuard(rules("read", "operate", read_before_write=True))
    request = framed(OLD.write(5, 42))
    effects = ask(inspector, request)
    assert (sent(effects), forwarded(effects)) == ([], [request])
    answer(inspector, framed(OLD.response()))
    assert sent(ask(inspector, framed(NEW.write(5, 42)))) == [framed(NEW.read(5, serial=OWN_SERIAL))]
