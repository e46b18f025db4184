"""What approvers must have shown before their yes counts."""

from datetime import timedelta

import pytest

from policies.decision import NeedsMfa
from policies.factors import answerer_lacks, approver_lacks
from policies.facts import Login
from policies.schema import AllowPolicy
from tests.unit.policies.builders import ALLOW, MONDAY_TEN, acme, problems

MINUTE = timedelta(minutes=1)
OPERATORS, BOTH = frozenset({"ot-operations"}), frozenset({"ot-operations", "it-security"})


def asking(operators: str, officers: str = "") -> AllowPolicy:
    """A policy that asks this of its two groups of approvers."""
    terms = f"[{{group: ot-operations{operators}}}, {{group: it-security{officers}}}]"
    (policy,) = acme("[{group: ot-operations}, {group: it-security}]", terms).allowing
    return policy


def login(*methods: str, ago: timedelta = MINUTE) -> Login:
    """A login with a password, and with these methods, shown so long ago."""
    shown_at = MONDAY_TEN - ago
    shown = dict.fromkeys(methods, shown_at)
    return Login(frozenset({"password", *methods}), MONDAY_TEN - 60 * MINUTE, shown_at if methods else None, shown)


def test_a_policy_that_asks_nothing_of_approvers_takes_any_login() -> None:
    assert approver_lacks(asking(""), OPERATORS, login(), MONDAY_TEN) is None


@pytest.mark.parametrize(
    ("given", "enough"),
    [
        (login("totp"), True),
        (login("totp", ago=15 * MINUTE), True),
        (login("totp", ago=-MINUTE), True),
        (login("totp", ago=15 * MINUTE + timedelta(seconds=1)), False),
        (login("totp", ago=-2 * MINUTE), False),
        (login("passkey"), False),
        (login(), False),
        (Login(frozenset({"password", "totp"}), MONDAY_TEN), False),
    ],
)
def test_an_approver_must_have_shown_one_of_the_factors_in_time(given: Login, enough: bool) -> None:
    lacks = approver_lacks(asking(", mfa: [totp], max_age: 15m"), OPERATORS, given, MONDAY_TEN)
    assert lacks == (None if enough else NeedsMfa(frozenset({"totp"}), 15 * MINUTE, "acme-plc"))


def test_an_age_alone_means_the_factors_that_logins_show_by_default() -> None:
    policy = asking(", max_age: 15m")
    assert approver_lacks(policy, OPERATORS, login("passkey"), MONDAY_TEN) is None
    lacks = approver_lacks(policy, OPERATORS, login("recovery"), MONDAY_TEN)
    assert lacks == NeedsMfa(frozenset({"totp", "passkey"}), 15 * MINUTE, "acme-plc")


def test_a_factor_alone_may_have_been_shown_long_ago() -> None:
    policy = asking(", mfa: [passkey]")
    assert approver_lacks(policy, OPERATORS, login("passkey", ago=300 * MINUTE), MONDAY_TEN) is None
    assert approver_lacks(policy, OPERATORS, login("totp"), MONDAY_TEN) == NeedsMfa(
        frozenset({"passkey"}), None, "acme-plc"
    )


def test_each_group_has_its_own_terms_and_who_is_in_both_must_meet_both() -> None:
    policy = asking("", ", mfa: [passkey]")
    assert approver_lacks(policy, OPERATORS, login("totp"), MONDAY_TEN) is None
    assert approver_lacks(policy, BOTH, login("totp"), MONDAY_TEN) is not None
    assert approver_lacks(policy, BOTH, login("totp", "passkey"), MONDAY_TEN) is None


def test_who_answers_a_question_shows_what_an_approver_shows_and_who_is_in_no_group_all_of_it() -> None:
    policy = asking(", mfa: [totp]", ", mfa: [passkey]")
    assert answerer_lacks(policy, OPERATORS, login("totp"), MONDAY_TEN) is None
    assert answerer_lacks(policy, BOTH, login("totp"), MONDAY_TEN) is not None
    assert answerer_lacks(policy, frozenset({"others"}), login("totp"), MONDAY_TEN) is not None
    assert answerer_lacks(policy, frozenset({"others"}), login("totp", "passkey"), MONDAY_TEN) is None
    assert answerer_lacks(asking(""), frozenset(), login(), MONDAY_TEN) is None


@pytest.mark.parametrize("terms", ["mfa: []", "mfa: [sms]", "max_age: 2d", "mfa: [], max_age: 15m"])
def test_terms_that_ask_for_nothing_or_for_what_is_unknown_are_errors(terms: str) -> None:
    (found, *_) = problems(ALLOW.replace("{group: it-security}", f"{{group: it-security, {terms}}}"))
    assert "approvals" in found.path
