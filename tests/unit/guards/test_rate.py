"""The token bucket keeps to its rate on the caller's clock."""

from guards.rate import RateLimit


def test_at_most_one_seconds_worth_passes_at_once() -> None:
    rate = RateLimit(3)
    assert [rate.take(10.0) for _ in range(5)] == [True, True, True, False, False]


def test_tokens_come_back_with_time_and_never_pile_up() -> None:
    rate = RateLimit(2)
    assert [rate.take(10.0) for _ in range(3)] == [True, True, False]
    assert [rate.take(10.5), rate.take(10.5)] == [True, False]
    assert [rate.take(99.0) for _ in range(3)] == [True, True, False]


def test_less_than_one_per_second_lets_single_requests_through() -> None:
    rate = RateLimit(0.5)
    assert [rate.take(now) for now in (0.0, 1.0, 2.0, 3.0)] == [True, False, True, False]


def test_a_clock_that_steps_back_earns_nothing() -> None:
    rate = RateLimit(1)
    assert [rate.take(10.0), rate.take(5.0)] == [True, False]
