"""One request at the device at a time, bounded waiting, and answers that come too late or belong to nobody."""

from guards.effects import Direction, Forward, Observed, Reply, Verdict
from guards.turns import MAX_WAITING
from tests.unit.guards.modbus.traffic import (
    NOW,
    READ_1,
    WRITE_1,
    adu,
    answer,
    ask,
    forwarded,
    guard,
    operations,
    replies,
)

VALUE = "03 02 002a"


def test_a_second_request_waits_until_the_first_is_answered() -> None:
    inspector, first, second = guard("read"), adu(READ_1), adu(READ_1, transaction=2)
    assert forwarded(ask(inspector, first + second)) == [first]
    assert forwarded(answer(inspector, adu(VALUE))) == [adu(VALUE), second]


def test_as_many_requests_as_allowed_are_at_the_device() -> None:
    inspector = guard("read", max_in_flight=2)
    requests = [adu(READ_1, transaction=number) for number in range(3)]
    assert forwarded(ask(inspector, b"".join(requests))) == requests[:2]
    assert forwarded(answer(inspector, adu(VALUE, transaction=1))) == [adu(VALUE, transaction=1), requests[2]]


def test_a_request_that_cannot_be_told_from_one_at_the_device_waits_for_it() -> None:
    inspector = guard("read", max_in_flight=4)
    assert forwarded(ask(inspector, adu(READ_1) * 2)) == [adu(READ_1)]
    assert forwarded(answer(inspector, adu(VALUE))) == [adu(VALUE), adu(READ_1)]


def test_the_same_transaction_to_another_unit_need_not_wait() -> None:
    inspector = guard("read", max_in_flight=4)
    assert len(forwarded(ask(inspector, adu(READ_1, unit=1) + adu(READ_1, unit=2)))) == 2


def test_a_request_that_finds_the_queue_full_is_refused_with_06() -> None:
    inspector = guard("read")
    ask(inspector, adu(READ_1) * (1 + MAX_WAITING))
    effects = ask(inspector, adu(READ_1, transaction=99))
    assert replies(effects) == [adu("83 06", transaction=99)]


def test_a_refusal_keeps_its_place_behind_earlier_requests() -> None:
    inspector = guard("read")
    effects = ask(inspector, adu(READ_1) + adu(WRITE_1, transaction=2) + adu(READ_1, transaction=3))
    assert replies(effects) == []
    assert [operation.verdict for operation in operations(effects)] == [Verdict.ALLOWED, Verdict.DENIED]
    sent = [effect for effect in answer(inspector, adu(VALUE)) if not isinstance(effect, Observed)]
    assert sent == [
        Forward(Direction.TO_USER, adu(VALUE)),
        Reply(Direction.TO_USER, adu("86 01", transaction=2)),
        Forward(Direction.TO_ASSET, adu(READ_1, transaction=3)),
    ]


def test_a_silent_device_is_answered_for_with_0b_after_its_time_and_not_before() -> None:
    inspector = guard("read")
    ask(inspector, adu(READ_1))
    assert inspector.next_tick_monotonic() == NOW + 30
    assert inspector.on_tick(NOW + 29.9) == []
    effects = inspector.on_tick(NOW + 30)
    assert replies(effects) == [adu("83 0b")]
    assert operations(effects)[0].is_response
    assert inspector.next_tick_monotonic() is None


def test_after_a_silence_the_next_request_goes() -> None:
    inspector = guard("read")
    ask(inspector, adu(READ_1))
    ask(inspector, adu(READ_1, transaction=2), now=NOW + 10)
    effects = inspector.on_tick(NOW + 30)
    assert replies(effects) == [adu("83 0b")]
    assert forwarded(effects) == [adu(READ_1, transaction=2)]
    assert inspector.next_tick_monotonic() == NOW + 60


def test_a_request_that_waited_as_long_as_a_device_may_take_is_refused_rather_than_delivered_late() -> None:
    inspector = guard("operate")
    ask(inspector, adu(WRITE_1) + adu(WRITE_1, transaction=2))
    effects = inspector.on_tick(NOW + 30)
    assert replies(effects) == [adu("86 0b"), adu("86 06", transaction=2)]
    assert forwarded(effects) == []


def test_a_late_response_is_swallowed_and_recorded() -> None:
    inspector = guard("read")
    ask(inspector, adu(READ_1))
    inspector.on_tick(NOW + 30)
    [observed] = answer(inspector, adu(VALUE), now=NOW + 31)
    assert isinstance(observed, Observed)
    assert observed.operation.reason.startswith("late")


def test_a_request_that_a_late_response_could_be_taken_for_is_refused_with_06() -> None:
    inspector = guard("read")
    ask(inspector, adu(READ_1))
    inspector.on_tick(NOW + 30)
    effects = ask(inspector, adu("03 0005 0001"), now=NOW + 31)
    assert forwarded(effects) == []
    assert replies(effects) == [adu("83 06")]


def test_once_the_late_response_has_come_the_transaction_is_free_again() -> None:
    inspector = guard("read")
    ask(inspector, adu(READ_1))
    inspector.on_tick(NOW + 30)
    answer(inspector, adu(VALUE), now=NOW + 31)
    assert forwarded(ask(inspector, adu(READ_1), now=NOW + 32)) == [adu(READ_1)]


def test_a_response_that_never_comes_is_forgotten_after_the_same_time_again() -> None:
    inspector = guard("read")
    ask(inspector, adu(READ_1))
    inspector.on_tick(NOW + 30)
    assert forwarded(ask(inspector, adu(READ_1), now=NOW + 60)) == [adu(READ_1)]


def test_a_response_that_nobody_asked_for_is_dropped_and_recorded_as_malformed() -> None:
    for stray in (adu(VALUE, transaction=2), adu(VALUE, unit=2), adu("04 02 002a"), adu("84 02")):
        inspector = guard("read")
        ask(inspector, adu(READ_1))
        [operation] = operations(effects := answer(inspector, stray))
        assert forwarded(effects) == []
        assert operation.verdict is Verdict.MALFORMED
        assert forwarded(answer(inspector, adu(VALUE))) == [adu(VALUE)]


def test_a_second_answer_to_one_request_is_dropped() -> None:
    inspector = guard("read")
    ask(inspector, adu(READ_1))
    assert forwarded(answer(inspector, adu(VALUE) * 2)) == [adu(VALUE)]


def test_when_the_asset_has_gone_everything_open_is_answered_with_0a_in_order() -> None:
    inspector = guard("read")
    ask(inspector, adu(READ_1) + adu(WRITE_1, transaction=2) + adu(READ_1, transaction=3))
    effects = inspector.asset_gone(NOW)
    assert replies(effects) == [adu("83 0a"), adu("86 01", transaction=2), adu("83 0a", transaction=3)]
    assert inspector.next_tick_monotonic() is None


def test_when_the_asset_has_gone_every_request_is_answered_with_0a() -> None:
    inspector = guard("read")
    inspector.asset_gone(NOW)
    assert replies(ask(inspector, adu(READ_1))) == [adu("83 0a")]
    assert replies(ask(inspector, adu(WRITE_1))) == [adu("86 01")]


def test_requests_above_the_rate_are_refused_with_06_until_time_has_passed() -> None:
    inspector = guard("read", max_rate=2)
    for number in range(2):
        ask(inspector, adu(READ_1))
        answer(inspector, adu(VALUE), now=NOW + number / 1000)
    assert replies(ask(inspector, adu(READ_1))) == [adu("83 06")]
    assert forwarded(ask(inspector, adu(READ_1), now=NOW + 1)) == [adu(READ_1)]


def test_refused_requests_do_not_use_up_the_rate() -> None:
    inspector = guard("read", max_rate=1)
    ask(inspector, adu(WRITE_1) * 5)
    assert forwarded(ask(inspector, adu(READ_1))) == [adu(READ_1)]
