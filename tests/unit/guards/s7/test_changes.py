"""Rules about change hold against what this stream has seen the variables hold."""

from guards.known import FRESH_SECONDS
from guards.s7.guard import S7Guard
from policies.rules import AddressRange, ObjectRule
from tests.unit.guards.s7.traffic import (
    BYTE,
    CONFIRM,
    INT,
    LEAVE,
    NOW,
    REAL,
    ack,
    answer,
    answer_read,
    answer_write,
    ask,
    connect,
    connected,
    forwarded,
    item,
    numbered,
    operations,
    read,
    value,
    write,
)

STEP = ObjectRule(table="db1", addresses=(AddressRange(first=4, last=5),), step=10)


def stepping(*rules: ObjectRule) -> S7Guard:
    return connected("read", "operate", writes=(rules or (STEP,),))


def does(inspector: S7Guard, request: bytes, response: bytes, now: float = NOW) -> bool:
    """Ask, let the device answer if it was asked, and tell whether it was."""
    passed = bool(forwarded(ask(inspector, request, now)))
    if passed:
        answer(inspector, response, now)
    return passed


def sets(inspector: S7Guard, number: int, now: float = NOW, kind: int = INT) -> bool:
    data = number.to_bytes(2, "big", signed=number < 0)
    count = 2 if kind == BYTE else 1
    return does(inspector, write((item(4, count, kind), value(data))), answer_write(0xFF), now)


def knows(inspector: S7Guard, number: int, now: float = NOW) -> None:
    assert does(inspector, read(item(0, 8)), answer_read(bytes(4) + number.to_bytes(2, "big") + bytes(2)), now)


def test_a_step_from_an_unknown_value_is_refused_and_says_so() -> None:
    effects = ask(stepping(), write((item(4, 1, INT), value("0005"))))
    assert forwarded(effects) == []
    assert "what it is now may not be known" in operations(effects)[0].reason


def test_a_step_passes_up_to_its_size_from_the_bytes_that_were_read() -> None:
    inspector = stepping()
    knows(inspector, 100)
    assert not sets(inspector, 111)
    assert sets(inspector, 110)


def test_steps_go_on_from_what_was_written_once_it_is_confirmed_whatever_its_type() -> None:
    inspector = stepping()
    knows(inspector, 100)
    assert [sets(inspector, number, kind=kind) for number, kind in ((110, INT), (120, BYTE), (131, INT))] == [
        True,
        True,
        False,
    ]


def test_a_write_that_the_device_refused_leaves_the_value_unknown() -> None:
    for refusal in (answer_write(0x0A), ack(0xD241)):
        inspector = stepping()
        knows(inspector, 100)
        assert does(inspector, write((item(4, 1, INT), value("0064"))), refusal)
        assert not sets(inspector, 100)


def test_a_read_that_went_before_a_write_does_not_tell_what_is_there_after_it() -> None:
    inspector = connected("read", "operate", writes=(STEP,), max_in_flight=4)
    knows(inspector, 100)
    assert forwarded(ask(inspector, read(item(0, 8), reference=7)))
    assert forwarded(ask(inspector, write((item(4, 1, INT), value("006e")), reference=8)))
    answer(inspector, answer_read(bytes(4) + b"\0\x64" + bytes(2), reference=7))
    assert forwarded(ask(inspector, write((item(4, 1, INT), value("005a")), reference=9))) == []
    answer(inspector, answer_write(0xFF, reference=8))
    assert not sets(inspector, 90)
    assert sets(inspector, 120)


def test_another_connection_may_lead_to_another_cpu() -> None:
    inspector = stepping()
    knows(inspector, 100)
    ask(inspector, LEAVE + connect(b"\x01\x03"))
    answer(inspector, CONFIRM)
    assert not sets(inspector, 100)


def test_a_bit_makes_its_byte_unknown() -> None:
    rules = (STEP, ObjectRule(table="db1", names=("4.0",)))
    inspector = stepping(*rules)
    knows(inspector, 100)
    assert does(inspector, write((item(4, 1, 1), value("01", 3))), answer_write(0xFF))
    assert not sets(inspector, 100)
    knows(inspector, 100)
    assert sets(inspector, 100)


def test_a_value_that_is_too_old_is_unknown() -> None:
    inspector = stepping()
    knows(inspector, 100)
    assert not sets(inspector, 100, NOW + FRESH_SECONDS + 1)


def test_what_another_block_holds_says_nothing() -> None:
    inspector = stepping()
    assert does(inspector, read(item(0, 8, db=2)), answer_read(bytes(8)))
    assert not sets(inspector, 0)


def test_timers_are_remembered_by_number() -> None:
    inspector = stepping(ObjectRule(table="timers", step=1))
    assert does(inspector, read(numbered(3, 2)), answer_read("0010 0020"))
    assert does(inspector, write((numbered(4), value("0021", 9))), answer_write(0xFF))
    assert not does(inspector, write((numbered(3), value("0012", 9))), answer_write(0xFF))


def test_real_numbers_move_by_real_steps() -> None:
    inspector = stepping(ObjectRule(table="db1", step=1))
    assert does(inspector, read(item(4, 1, REAL)), answer_read("41200000"))
    assert does(inspector, write((item(4, 1, REAL), value("41300000", 7))), answer_write(0xFF))
    assert not does(inspector, write((item(4, 1, REAL), value("41500000", 7))), answer_write(0xFF))


def test_a_rate_gives_room_with_time() -> None:
    ramp = ObjectRule.model_validate({**STEP.model_dump(), "step": None, "rate": {"change": 60, "seconds": 60}})
    inspector = stepping(ramp)
    knows(inspector, 0)
    assert sets(inspector, 60)
    assert not sets(inspector, 61)
    assert sets(inspector, 90, NOW + 30)
