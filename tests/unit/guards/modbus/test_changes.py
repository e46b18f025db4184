"""Rules about change hold against what this stream has seen the registers hold; approvals are good for one request."""

from guards.effects import Direction, Effect
from guards.known import FRESH_SECONDS
from guards.modbus.guard import ModbusGuard
from policies.rules import ObjectRule
from tests.unit.guards.modbus.traffic import NOW, adu, answer, ask, asks, forwarded, guard, operations, replies

READ = "03 0064 0001"
STEP = ObjectRule(table="holding", step=10)


def write(value: int) -> str:
    return f"06 0064 {value:04x}"


def stepping(**fields: object) -> ModbusGuard:
    return guard("read", "operate", writes=(STEP,), **fields)


def does(inspector: ModbusGuard, request: str, response: str, now: float = NOW) -> bool:
    """Ask, let the device answer if it was asked, and tell whether it was."""
    passed = bool(forwarded(ask(inspector, adu(request), now)))
    if passed:
        answer(inspector, adu(response), now)
    return passed


def sets(inspector: ModbusGuard, value: int, now: float = NOW) -> bool:
    return does(inspector, write(value), write(value), now)


def knows(inspector: ModbusGuard, value: int, now: float = NOW) -> None:
    assert does(inspector, READ, f"03 02 {value:04x}", now)


def why(effects: list[Effect]) -> str:
    return operations(effects)[0].reason


def test_a_step_from_an_unknown_value_is_refused_and_says_so() -> None:
    effects = ask(stepping(), adu(write(5)))
    assert forwarded(effects) == []
    assert replies(effects)[0][-2:] == b"\x86\x03"
    assert "what it is now is not known" in why(effects)


def test_a_step_passes_up_to_its_size_from_the_value_that_was_read() -> None:
    inspector = stepping()
    knows(inspector, 100)
    assert not sets(inspector, 111)
    assert sets(inspector, 110)


def test_steps_go_on_from_what_was_written_once_it_is_confirmed() -> None:
    inspector = stepping()
    knows(inspector, 100)
    assert [sets(inspector, value) for value in (110, 120, 131, 130)] == [True, True, False, True]


def test_a_write_that_the_device_refused_leaves_the_value_unknown() -> None:
    inspector = stepping()
    knows(inspector, 100)
    assert does(inspector, write(110), "86 04")
    assert not sets(inspector, 105)
    knows(inspector, 100)
    assert sets(inspector, 105)


def test_a_second_write_is_judged_only_when_the_first_is_confirmed() -> None:
    inspector = stepping(max_in_flight=2)
    knows(inspector, 100)
    both = adu(write(110), transaction=1) + adu(write(111), transaction=2)
    assert forwarded(ask(inspector, both)) == [adu(write(110), transaction=1)]


def test_a_read_that_went_before_a_write_does_not_tell_what_is_there_after_it() -> None:
    inspector = stepping(max_in_flight=4)
    knows(inspector, 100)
    early = adu(READ, transaction=7)
    assert forwarded(ask(inspector, early))
    assert forwarded(ask(inspector, adu(write(110), transaction=8)))
    answer(inspector, adu("03 02 0064", transaction=7))
    assert forwarded(ask(inspector, adu(write(90), transaction=9))) == []
    answer(inspector, adu(write(110), transaction=8))
    assert not sets(inspector, 90)
    assert sets(inspector, 120)


def test_many_devices_answer_to_every_unit_so_that_a_write_to_one_is_a_write_to_all() -> None:
    inspector = stepping()
    knows(inspector, 100)
    reading, second = adu(READ, unit=2), adu(write(110), unit=2)
    assert forwarded(ask(inspector, reading))
    answer(inspector, adu("03 02 0064", unit=2))
    assert forwarded(ask(inspector, second))
    answer(inspector, second)
    assert not sets(inspector, 90)
    knows(inspector, 110)
    assert sets(inspector, 100)


def test_a_value_that_is_too_old_is_unknown() -> None:
    inspector = stepping()
    knows(inspector, 100)
    assert not sets(inspector, 100, NOW + FRESH_SECONDS + 1)


def test_what_another_unit_holds_says_nothing() -> None:
    inspector = stepping()
    knows(inspector, 100)
    assert forwarded(ask(inspector, adu(write(100), unit=2))) == []


def test_each_register_of_a_write_keeps_to_the_step() -> None:
    inspector = stepping()
    assert does(inspector, "03 0064 0002", "03 04 0064 0064")
    assert not does(inspector, "10 0064 0002 04 0064 0074", "10 0064 0002")
    assert does(inspector, "10 0064 0002 04 0064 006a", "10 0064 0002")
    assert sets(inspector, 0x6E)


def test_the_result_of_a_masked_write_is_not_taken_for_known() -> None:
    inspector = stepping()
    knows(inspector, 0)
    assert does(inspector, "16 0064 0000 0005", "16 0064 0000 0005")
    assert sets(inspector, 5)
    assert not does(inspector, "16 0064 fff0 0005", "16 0064 fff0 0005")


def test_a_rate_gives_room_with_time() -> None:
    rule = {"table": "holding", "rate": {"change": 60, "seconds": 60}}
    inspector = guard("read", "operate", writes=[rule])
    knows(inspector, 0)
    assert sets(inspector, 60)
    assert not sets(inspector, 61)
    assert sets(inspector, 90, NOW + 30)


def test_an_approved_request_passes_once_and_no_other_does() -> None:
    inspector = guard("read", ask={"operate"})
    (asked,) = asks(ask(inspector, adu(write(5))))
    inspector.arm(asked.fingerprint, NOW + 60)
    assert forwarded(ask(inspector, adu(write(6)))) == []
    assert forwarded(ask(inspector, adu(write(5), transaction=9))) == [adu(write(5), transaction=9)]
    answer(inspector, adu(write(5), transaction=9))
    assert forwarded(ask(inspector, adu(write(5)))) == []


def test_an_approval_that_comes_too_late_passes_nothing() -> None:
    inspector = guard("read", ask={"operate"})
    (asked,) = asks(ask(inspector, adu(write(5))))
    inspector.arm(asked.fingerprint, NOW + 60)
    assert forwarded(ask(inspector, adu(write(5)), NOW + 60)) == []


def test_an_approval_does_not_stretch_the_bounds() -> None:
    inspector = guard("read", ask={"operate"}, writes=[{"table": "holding", "maximum": 9}])
    refused = ask(inspector, adu(write(10)))
    assert asks(refused) == []
    assert operations(refused)[0].verdict == "denied"


def test_modbus_has_no_first_and_no_last_words() -> None:
    inspector = stepping()
    assert inspector.opened(NOW) == inspector.good_bye(NOW) == []
    inspector.receive(Direction.TO_ASSET, b"not modbus", NOW)
    assert inspector.good_bye(NOW) == []
