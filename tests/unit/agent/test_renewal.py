"""When a certificate is renewed."""

from datetime import UTC, datetime, timedelta

from agent.keys import Validity
from agent.renewal import renew_at

START = datetime(2026, 5, 4, tzinfo=UTC)
WEEK = Validity(START, START + timedelta(days=7))


def test_a_certificate_is_renewed_at_two_thirds_of_its_life() -> None:
    assert renew_at(WEEK, 0.0) == START + timedelta(days=14) / 3


def test_the_jitter_leaves_more_than_a_quarter_of_the_life_to_try_again() -> None:
    assert WEEK.not_after - renew_at(WEEK, 1.0) > timedelta(days=7) / 4
