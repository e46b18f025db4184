"""What all guards that read before a write have in common: assertions that the tests of each feed with its traffic."""

from collections.abc import Callable
from dataclasses import dataclass

from guards.effects import Direction, Effect, Forward, Guard, Operation, Reply, Value
from guards.known import FRESH_SECONDS
from tests.unit.guards.seen import NOW, answer, ask, forwarded, operations

HALF = 15
"""Of the device timeout of the guards that are tested, in seconds."""


@dataclass(frozen=True)
class Case:
    """A write and what becomes of it. ``held`` answers the guard's own read, ``done`` the write itself.

    ``reader`` makes a guard that may read, write, and read before writing, or one of other tiers and rules.
    """

    reader: Callable[..., Guard]
    write: bytes
    done: bytes
    function: str
    held: Callable[[bytes], bytes]
    before: tuple[Value, ...]
    values: tuple[Value, ...]


def sent(effects: list[Effect]) -> list[bytes]:
    """Return what the guard asked the device of its own."""
    return [e.data for e in effects if isinstance(e, Reply) and e.direction is Direction.TO_ASSET]


def to_tool(effects: list[Effect]) -> list[bytes]:
    return [e.data for e in effects if isinstance(e, Forward | Reply) and e.direction is Direction.TO_USER]


def written(effects: list[Effect], function: str) -> Operation:
    """Return the one write that went to the device."""
    (found,) = [each for each in operations(effects) if each.function == function and not each.is_response]
    return found


def check_the_read_goes_first_and_the_tool_sees_nothing_of_it(case: Case) -> bytes:
    """Return the read."""
    inspector = case.reader()
    first = ask(inspector, case.write)
    (own,) = sent(first)
    assert forwarded(first) == []
    assert "by the guard" in operations(first)[0].reason
    second = answer(inspector, case.held(own))
    assert forwarded(second) == [case.write]
    write = written(second, case.function)
    assert (write.before, write.values, write.is_before_read) == (case.before, case.values, True)
    third = answer(inspector, case.done)
    assert [to_tool(each) for each in (first, second, third)] == [[], [], [case.done]]
    return own


def check_what_the_device_does_not_say_is_not_known(case: Case, refusal: Callable[[bytes], bytes]) -> None:
    """And the write goes all the same."""
    inspector = case.reader()
    (own,) = sent(ask(inspector, case.write))
    effects = answer(inspector, refusal(own))
    assert forwarded(effects) == [case.write]
    write = written(effects, case.function)
    assert (write.before, write.is_before_read) == ((), False)
    assert to_tool(effects) == []


def check_a_silent_device_gets_the_write_after_half_its_time_and_is_left_alone(case: Case) -> None:
    inspector = case.reader()
    (own,) = sent(ask(inspector, case.write))
    effects = inspector.on_tick(NOW + HALF)
    assert (forwarded(effects), to_tool(effects)) == ([case.write], [])
    assert written(effects, case.function).before == ()
    assert to_tool(answer(inspector, case.held(own), NOW + HALF + 1)) == [], "the late answer is the guard's"
    assert to_tool(answer(inspector, case.done, NOW + HALF + 2)) == [case.done]
    assert sent(ask(inspector, case.write, NOW + HALF + 3)) == []
    answer(inspector, case.done, NOW + HALF + 4)
    assert len(sent(ask(inspector, case.write, NOW + HALF + FRESH_SECONDS))) == 1


def check_it_goes_unread(inspector: Guard, write: bytes) -> None:
    effects = ask(inspector, write)
    assert (sent(effects), forwarded(effects)) == ([], [write])


def check_when_the_device_goes_the_tool_hears_of_its_write_only(case: Case) -> bytes:
    """Return what it hears."""
    inspector = case.reader()
    ask(inspector, case.write)
    (said,) = to_tool(inspector.asset_gone(NOW))
    return said
