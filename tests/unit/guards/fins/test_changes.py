"""Rules about change hold against what this stream has seen the words hold."""

import pytest

from guards.fins.frames import FinsCodec
from guards.fins.framing import HEAD_BYTES
from guards.fins.guard import FinsGuard
from guards.given import Touched
from guards.known import FRESH_SECONDS
from guards.objects import Before
from guards.refusal import Cause
from guards.registers.limits import Limits
from guards.registers.memory import Memory
from tests.unit.guards.fins.traffic import (
    DM_BIT,
    fill,
    guard,
    point,
    read,
    request,
    response,
    transfer,
    words,
    write,
)
from tests.unit.guards.seen import NOW, answer, ask, forwarded, operations, rules

STEP = {"table": "dm", "addresses": [{"first": 0, "last": 9}], "step": 10}


def stepping(*more: dict[str, object]) -> FinsGuard:
    return guard("read", "operate", writes=[STEP, *more])


def does(inspector: FinsGuard, message: bytes, data: bytes = b"", now: float = NOW, end: int = 0) -> bool:
    """Ask, let the device answer if it was asked, and tell whether it was."""
    passed = bool(forwarded(ask(inspector, message, now)))
    if passed:
        answer(inspector, response(int.from_bytes(message[26:28], "big"), data, end=end), now)
    return passed


def test_a_step_from_an_unknown_value_is_refused() -> None:
    effects = ask(stepping(), write(0, 5))
    assert forwarded(effects) == []
    assert operations(effects)[0].exception_code == 0x2108


def test_a_step_passes_up_to_its_size_from_what_was_read_and_written() -> None:
    inspector = stepping()
    assert does(inspector, read(0, 2), words(100, 200))
    assert not does(inspector, write(0, 111, 200))
    assert does(inspector, write(0, 110, 190))
    assert does(inspector, write(0, 120))
    assert not does(inspector, write(1, 201))


def test_a_station_has_several_routes_so_that_a_write_along_one_is_a_write_along_all() -> None:
    inspector = stepping()
    assert does(inspector, read(0), words(100))
    other = (0, 0, 0)
    ask(inspector, read(0, to=other))
    answer(inspector, response(0x0101, words(100), of=other))
    text = point(0) + b"\0\1" + words(110)
    assert forwarded(ask(inspector, request(0x0102, text, to=other)))
    answer(inspector, response(0x0102, of=other))
    assert not does(inspector, write(0, 90))
    assert does(inspector, read(0), words(110))
    assert does(inspector, write(0, 100))


def test_a_multiple_read_teaches_too() -> None:
    inspector = stepping()
    assert does(inspector, request(0x0104, point(3) + point(4)), b"\x82" + words(7) + b"\x82" + words(8))
    assert does(inspector, write(3, 17, 18))


def test_a_fill_is_a_change_of_each_word() -> None:
    inspector = stepping()
    does(inspector, read(0, 3), words(10, 20, 31))
    assert not does(inspector, fill(0, 3, 20))
    assert does(inspector, fill(0, 2, 20))
    assert does(inspector, write(0, 30, 30))


def test_what_the_unit_refused_and_what_was_moved_leave_the_value_unknown() -> None:
    inspector = stepping()
    does(inspector, read(0), words(100))
    assert does(inspector, write(0, 101), end=0x2201)
    assert not does(inspector, write(0, 100))
    inspector = guard("read", "operate", writes=[STEP, {"table": "dm"}])
    does(inspector, read(0), words(100))
    assert does(inspector, transfer(50, 0, 1))


class CountingMemory(Memory):
    """Counts for how many addresses it was asked what they hold."""

    asked = 0

    def befores(self, route: str, touched: Touched, now_monotonic: float) -> tuple[Before | None, ...]:
        self.asked += touched.size
        return super().befores(route, touched, now_monotonic)


@pytest.mark.parametrize(
    ("request_", "asked"), [(fill(0, 0xFFFF, 1), 0), (transfer(0, 0, 0xFFFF), 0), (fill(0, 3, 1), 3)]
)
def test_what_gives_no_value_is_refused_without_looking_at_what_each_word_holds(request_: bytes, asked: int) -> None:
    memory = CountingMemory()
    limits = Limits("fins", rules("read", "operate", writes=[{"table": "dm", "step": 10}]))
    refusal = limits.judge("0.10.0", FinsCodec().contents(request_[HEAD_BYTES:]), memory, NOW)
    assert refusal is not None
    assert (refusal.cause, memory.asked) == (Cause.VALUE, asked)


def test_a_bit_makes_its_word_unknown_and_says_nothing_of_it() -> None:
    inspector = stepping({"table": "dm", "names": ["0.0"]})
    does(inspector, read(0), words(100))
    assert does(inspector, write(0, 1, area=DM_BIT))
    assert not does(inspector, write(0, 100))
    does(inspector, read(0, 16, DM_BIT), bytes(16))
    assert not does(inspector, write(0, 0))


def test_another_node_has_values_of_its_own_and_knowledge_ages() -> None:
    inspector = stepping()
    ask(inspector, read(0, to=(0, 11, 0)))
    answer(inspector, response(0x0101, words(100), of=(0, 11, 0)))
    assert not does(inspector, write(0, 100))
    does(inspector, read(0), words(100))
    assert not does(inspector, write(0, 100), now=NOW + FRESH_SECONDS + 1)


def test_an_answer_of_another_shape_teaches_nothing() -> None:
    inspector = stepping()
    does(inspector, read(0, 1), words(100, 100))
    assert not does(inspector, write(0, 100))
