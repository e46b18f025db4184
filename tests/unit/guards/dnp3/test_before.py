"""The value before a command: read by the guard right before it, under a number that is none of the master's."""

from collections.abc import Callable

import pytest

from guards.dnp3.functions import CONFIRM
from guards.dnp3.guard import Dnp3Guard
from guards.effects import Effect, Operation
from tests.unit.guards import reading_ahead
from tests.unit.guards.dnp3.traffic import (
    DIRECT,
    DIRECT_NR,
    OPERATE,
    READ,
    READ_0,
    SELECT,
    answer,
    ask,
    crob,
    forwarded,
    guard,
    operations,
    outputs,
    request,
    response,
    setpoint,
)
from tests.unit.guards.reading_ahead import (
    Case,
    check_a_silent_device_gets_the_write_after_half_its_time_and_is_left_alone,
    check_it_goes_unread,
    check_the_read_goes_first_and_the_tool_sees_nothing_of_it,
    check_what_the_device_does_not_say_is_not_known,
    sent,
    to_tool,
)
from tests.unit.guards.seen import NOW

COMMAND, DONE = request(DIRECT, setpoint(7, 50)), response(setpoint(7, 50))
OWN = 3 + 8


def reader(*tiers: str, **fields: object) -> Dnp3Guard:
    return guard(*(tiers or ("read", "operate")), units={10}, read_before_write=True, **fields)


def states(group: int, first: int, last: int, sequence: int = OWN) -> bytes:
    return request(READ, bytes([group, 0, 1, first, 0, last, 0]), sequence)


def written(effects: list[Effect], function: str) -> Operation:
    return reading_ahead.written(effects, function)


HELD = response(outputs(7, 20), sequence=OWN)
CASE = Case(reader, COMMAND, DONE, "direct_operate", lambda _: HELD, (20,), (50,))


def test_the_state_of_the_output_is_read_under_a_number_far_from_the_masters() -> None:
    assert check_the_read_goes_first_and_the_tool_sees_nothing_of_it(CASE) == states(40, 7, 7)


def test_a_relays_state_is_read_as_its_command_names_it() -> None:
    inspector, command = reader(), request(DIRECT, crob(2))
    assert sent(ask(inspector, command)) == [states(10, 2, 2)]
    effects = answer(inspector, response("0a02000202 81", sequence=OWN))
    assert (forwarded(effects), written(effects, "direct_operate").before) == ([command], (1,))


def test_several_outputs_are_read_together_and_each_is_known_as_far_as_it_is_told() -> None:
    inspector, command = reader(), request(DIRECT, setpoint(7, 50) + crob(2) + setpoint(9, 60))
    (own,) = sent(ask(inspector, command))
    spans = bytes.fromhex("280001 0700 0700 0a0001 0200 0200 280001 0900 0900")
    assert own == request(READ, spans, OWN)
    effects = answer(inspector, response(outputs(7, 20) + outputs(9, 8, flags=0), sequence=OWN))
    write = written(effects, "direct_operate")
    assert (write.values, write.before, write.is_before_read) == ((50, 3, 60), (20, None, None), True)


def test_an_operate_has_what_was_read_before_its_select_and_nothing_comes_between_them() -> None:
    inspector, point = reader(), setpoint(7, 50)
    assert sent(ask(inspector, request(SELECT, point))) == [states(40, 7, 7)]
    assert written(answer(inspector, HELD), "select").before == (20,)
    answer(inspector, response(point))
    operate = request(OPERATE, point, 4)
    effects = ask(inspector, operate)
    assert (sent(effects), forwarded(effects)) == ([], [operate])
    assert (written(effects, "operate").before, written(effects, "operate").is_before_read) == ((20,), False)


def test_an_operate_of_something_else_or_long_after_has_nothing() -> None:
    for operated, later in ((setpoint(8, 50), 1.0), (setpoint(7, 50), 61.0)):
        inspector = reader()
        ask(inspector, request(SELECT, setpoint(7, 50)))
        answer(inspector, HELD)
        answer(inspector, response(setpoint(7, 50)))
        effects = ask(inspector, request(OPERATE, operated, 4), NOW + later)
        assert written(effects, "operate").before == ()


def test_its_number_is_none_that_the_outstation_has_just_had_nor_one_that_is_open() -> None:
    inspector = reader()
    ask(inspector, request(READ, "3c0106", OWN))
    answer(inspector, response(sequence=OWN))
    assert sent(ask(inspector, COMMAND)) == [states(40, 7, 7, OWN + 1)]
    inspector = reader(max_in_flight=2)
    ask(inspector, request(READ, "3c0106", OWN))
    ask(inspector, request(DIRECT_NR, setpoint(1, 1), 5))
    assert sent(ask(inspector, COMMAND)) == [states(40, 7, 7, OWN + 1)]


def test_nothing_is_read_while_the_outstation_waits_for_a_confirmation() -> None:
    inspector = reader()
    ask(inspector, READ_0)
    answer(inspector, response("1e0200000001 2a00", control=0xE0))
    check_it_goes_unread(inspector, request(DIRECT, setpoint(7, 50), 4))
    inspector = reader()
    ask(inspector, READ_0)
    answer(inspector, response("1e0200000001 2a00", control=0xE0))
    assert forwarded(ask(inspector, request(CONFIRM, sequence=3)))
    answer(inspector, response(outputs(1, 2), control=0xF0, function=0x82, sequence=9))
    assert len(sent(ask(inspector, request(DIRECT, setpoint(7, 50), 4)))) == 1


REFUSALS: dict[str, Callable[[bytes], bytes]] = {
    "no object": lambda _: response(indications=0x0200, sequence=OWN),
    "nothing": lambda _: response(sequence=OWN),
    "another": lambda _: response(outputs(8, 20), sequence=OWN),
    "offline": lambda _: response(outputs(7, 20, flags=0), sequence=OWN),
    "cut short": lambda _: response(outputs(7, 20)[:-1], sequence=OWN),
}


@pytest.mark.parametrize("refusal", REFUSALS.values(), ids=REFUSALS)
def test_what_the_outstation_does_not_say_is_not_known_and_the_command_goes_all_the_same(
    refusal: Callable[[bytes], bytes],
) -> None:
    check_what_the_device_does_not_say_is_not_known(CASE, refusal)


def test_a_silent_outstation_gets_the_command_after_half_its_time_and_is_left_alone() -> None:
    check_a_silent_device_gets_the_write_after_half_its_time_and_is_left_alone(CASE)


def test_what_may_not_be_read_or_has_no_one_value_is_not_read() -> None:
    check_it_goes_unread(reader("operate"), COMMAND)
    check_it_goes_unread(reader(max_rate=1), COMMAND)
    check_it_goes_unread(reader(reads=[{"table": "class"}]), COMMAND)
    check_it_goes_unread(reader(), request(DIRECT, crob(2, count=2)))
    check_it_goes_unread(reader(), request(DIRECT, b"".join(setpoint(at, 1) for at in range(17))))


def test_a_late_answer_of_its_own_reaches_nobody_and_the_masters_own_question_does() -> None:
    inspector = reader()
    ask(inspector, COMMAND)
    inspector.on_tick(NOW + 15)
    assert to_tool(answer(inspector, HELD, NOW + 16)) == []
    assert to_tool(answer(inspector, DONE, NOW + 17)) == [DONE]
    theirs = request(READ, "3c0106", OWN)
    assert forwarded(ask(inspector, theirs, NOW + 18)) == [theirs]
    told = response(sequence=OWN)
    assert to_tool(answer(inspector, told, NOW + 19)) == [told]
    assert [one.function for one in operations(ask(inspector, COMMAND, NOW + 20))] == ["direct_operate"]
