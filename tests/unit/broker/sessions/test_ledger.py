"""What a live session said: counted as its recording counts it, kept up to a bound, resumed by number."""

from datetime import timedelta

import pytest

from broker.sessions.ledger import KEPT_OPERATIONS, RATE_SECONDS, Ledger
from guards.effects import Direction, Operation, Verdict
from policies.rules import Tier
from tests.unit.broker.fakes import FakeClock


def operation(tier: Tier = Tier.READ, verdict: Verdict = Verdict.ALLOWED, *, is_response: bool = False) -> Operation:
    return Operation(Direction.TO_ASSET, "modbus", 3, "read", tier, verdict, is_response=is_response)


@pytest.fixture
def ledger(clock: FakeClock) -> Ledger:
    return Ledger(clock)


def numbers(ledger: Ledger, after: int, limit: int = KEPT_OPERATIONS) -> tuple[int, list[int]]:
    missed = ledger.after(after, limit)
    return missed.dropped, [seen.number for seen in missed.kept]


def test_requests_are_counted_and_their_answers_not(ledger: Ledger) -> None:
    ledger.take(1, operation())
    ledger.take(1, operation(is_response=True))
    ledger.take(1, operation(Tier.OPERATE))
    ledger.take(1, operation(Tier.PROGRAM, Verdict.DENIED))
    ledger.take(1, operation(Tier.FIRMWARE, Verdict.MALFORMED))
    assert (ledger.number, ledger.operations, ledger.writes, ledger.denials) == (5, 4, 1, 2)


def test_a_tier_is_used_when_it_passed(ledger: Ledger) -> None:
    ledger.take(1, operation(Tier.OPERATE))
    ledger.take(1, operation(Tier.PROGRAM, Verdict.DENIED))
    assert ledger.tiers_used == {Tier.OPERATE}


def test_what_came_after_a_number_is_told_once_and_in_order(ledger: Ledger) -> None:
    for _ in range(5):
        ledger.take(1, operation())
    assert numbers(ledger, 0) == (0, [1, 2, 3, 4, 5])
    assert numbers(ledger, 3) == (0, [4, 5])
    assert numbers(ledger, 5) == (0, [])
    assert numbers(ledger, 1, limit=2) == (0, [2, 3])


def test_what_is_kept_is_bounded_and_what_is_gone_is_counted(ledger: Ledger) -> None:
    for _ in range(KEPT_OPERATIONS + 30):
        ledger.take(1, operation())
    dropped, kept = numbers(ledger, 10)
    assert (dropped, len(kept), kept[0], kept[-1]) == (20, KEPT_OPERATIONS, 31, KEPT_OPERATIONS + 30)


@pytest.mark.parametrize("number", [7, 10**9])
def test_a_number_that_was_never_told_gives_nothing(ledger: Ledger, number: int) -> None:
    ledger.take(1, operation())
    assert numbers(ledger, number) == (0, [])


def test_each_operation_knows_its_stream_and_its_time(ledger: Ledger, clock: FakeClock) -> None:
    began = clock.now()
    clock.advance(90)
    ledger.take(4, operation())
    [seen] = ledger.after(0, 1).kept
    assert (seen.stream, ledger.at(seen)) == (4, began + timedelta(seconds=90))


def test_the_rate_is_of_the_last_ten_seconds(ledger: Ledger, clock: FakeClock) -> None:
    for _ in range(100):
        ledger.take(1, operation())
    clock.advance(60)
    assert ledger.rate == 0
    for _ in range(20):
        ledger.take(1, operation())
        ledger.take(1, operation(is_response=True))
        clock.advance(0.1)
    assert ledger.rate == 20 / RATE_SECONDS


def test_the_rate_of_a_flood_is_that_of_what_is_kept(ledger: Ledger, clock: FakeClock) -> None:
    for _ in range(3 * KEPT_OPERATIONS):
        ledger.take(1, operation())
        clock.advance(0.001)
    assert ledger.rate == pytest.approx(1000, rel=0.01)
