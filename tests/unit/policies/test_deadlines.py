"""Until when: the earliest end counts, and asking again does not move it."""

from datetime import UTC, datetime, timedelta

import pytest

from policies.decision import Allow, Code, DeadlineCause, Deny
from policies.engine import evaluate
from policies.facts import Facts, Purpose
from policies.schema import PolicySet
from tests.unit.policies.builders import ALLOW, FREEZE, MONDAY_TEN, STANDING, acme, facts, policies

HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)
LUNCH_DENIAL = """\
apiVersion: wicketgate/v1
kind: AccessPolicy
metadata: {name: lunch}
spec:
  effect: deny
  who: {anyone: true}
  what: {sites: [north]}
  when: {timezone: Europe/Berlin, from: "12:00", to: "13:00"}
"""


def end(policy_set: PolicySet, given: Facts) -> tuple[datetime, DeadlineCause]:
    decision = evaluate(policy_set, given)
    assert isinstance(decision, Allow), decision
    return decision.obligations.not_after, decision.obligations.deadline_cause


def test_the_length_asked_for_counts_where_it_is_shorter() -> None:
    assert end(acme(), facts(asked={"duration": HOUR})) == (MONDAY_TEN + HOUR, DeadlineCause.DURATION)


def test_the_window_ends_what_would_last_longer() -> None:
    at = MONDAY_TEN + 5 * HOUR
    assert end(acme(), facts(now=at, login={"mfa_at": at})) == (MONDAY_TEN + 7 * HOUR, DeadlineCause.WINDOW)


def test_a_freeze_that_begins_ends_access() -> None:
    midday = policies(ALLOW, FREEZE.replace("2026-10-12T00:00:00+02:00", "2026-10-05T12:00:00+02:00"))
    assert end(midday, facts()) == (MONDAY_TEN + 2 * HOUR, DeadlineCause.FREEZE)


def test_a_denial_that_begins_ends_access() -> None:
    assert end(policies(ALLOW, FREEZE, LUNCH_DENIAL), facts()) == (MONDAY_TEN + 2 * HOUR, DeadlineCause.DENY_POLICY)


def test_a_denial_in_a_freeze_ends_access_when_the_freeze_begins() -> None:
    frozen = LUNCH_DENIAL.replace('timezone: Europe/Berlin, from: "12:00", to: "13:00"', "freezes: [autumn]")
    soon = FREEZE.replace("2026-10-12T00:00:00+02:00", "2026-10-05T11:00:00+02:00")
    unaware = ALLOW.replace(", freezes: [autumn]", "")
    assert end(policies(unaware, soon, frozen), facts()) == (MONDAY_TEN + HOUR, DeadlineCause.DENY_POLICY)


def test_standing_access_and_accounts_end_sessions() -> None:
    soon = MONDAY_TEN + 30 * MINUTE
    standing = STANDING.replace("2026-12-31T00:00:00Z", "2026-10-05T08:30:00Z")
    assert end(policies(standing), facts()) == (soon, DeadlineCause.STANDING_END)
    assert end(acme(), facts(subject={"account_ends_at": soon})) == (soon, DeadlineCause.ACCOUNT_END)


def test_a_session_keeps_the_end_that_it_opened_with() -> None:
    given = facts(purpose=Purpose.CONTINUE, activated_at=MONDAY_TEN, now=MONDAY_TEN + 3 * HOUR)
    assert end(acme(), given) == end(acme(), facts())


@pytest.mark.parametrize(
    ("at_expiry", "late", "lives"),
    [
        ("cut", timedelta(0), False),
        ("grace 10m", 9 * MINUTE, True),
        ("grace 10m", 10 * MINUTE, False),
        ("hold", 90 * MINUTE, True),
    ],
)
def test_past_its_end_a_session_lives_only_as_at_expiry_says(at_expiry: str, late: timedelta, lives: bool) -> None:
    given = facts(purpose=Purpose.CONTINUE, activated_at=MONDAY_TEN, now=MONDAY_TEN + 4 * HOUR + late)
    decision = evaluate(acme("at_expiry: cut", f"at_expiry: {at_expiry}"), given)
    match decision:
        case Allow():
            assert lives
        case Deny(reasons):
            assert (lives, reasons[0].code) == (False, Code.EXPIRED)
        case _:
            raise AssertionError(decision)


def test_a_live_session_ends_when_a_denial_holds_whatever_its_grace() -> None:
    given = facts(purpose=Purpose.CONTINUE, activated_at=MONDAY_TEN, now=datetime(2026, 10, 5, 10, 0, tzinfo=UTC))
    lenient = ALLOW.replace("at_expiry: cut", "at_expiry: hold")
    assert isinstance(evaluate(policies(lenient, FREEZE, LUNCH_DENIAL), given), Deny)


def test_a_policy_that_changed_under_a_live_session_is_asked_anew() -> None:
    given = facts(purpose=Purpose.CONTINUE, activated_at=MONDAY_TEN, now=MONDAY_TEN + HOUR)
    assert isinstance(evaluate(acme("[acme-engineers]", "[other-engineers]"), given), Deny)


def test_a_request_may_be_made_although_a_denial_holds_now_and_then() -> None:
    noon = datetime(2026, 10, 5, 10, 30, tzinfo=UTC)
    decision = evaluate(policies(ALLOW, FREEZE, LUNCH_DENIAL), facts(purpose=Purpose.REQUEST, now=noon))
    assert isinstance(decision, Allow)


def test_an_absurd_length_is_denied_and_breaks_nothing() -> None:
    given = facts(purpose=Purpose.CONTINUE, asked={"duration": timedelta.min})
    decision = evaluate(acme(), given)
    assert isinstance(decision, Deny)
    assert Code.DURATION_TOO_LONG in {reason.code for reason in decision.reasons}
