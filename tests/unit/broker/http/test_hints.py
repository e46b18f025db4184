"""The usual hints say numbers that stand elsewhere in the code: they must not come apart."""

from datetime import timedelta

import pytest

from broker.faults import explain
from broker.http.errors import BrokerError, NotFoundError
from broker.http.hints import HINTS
from broker.identity import ceremonies, enrolments, passwords, setup
from broker.inventory import enrolment

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
WORDS = {1: "an", 5: "five"}


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("weak_password", f"at least {passwords.MIN_LENGTH} characters"),
        ("enrolment_failed", f"After {enrolments.LIFETIME // MINUTE} minutes"),
        ("enrolment_failed", f"or {WORDS[enrolments.MAX_REJECTED_CODES]} wrong codes"),
        ("passkey_rejected", f"within {WORDS[ceremonies.LIFETIME // MINUTE]} minutes"),
        ("setup_failed", f"for {WORDS[setup.TOKEN_LIFETIME // HOUR]} hour"),
        ("join_token_expired", f"for {enrolment.JOIN_TOKEN_LIFETIME // MINUTE} minutes"),
    ],
)
def test_a_hint_says_the_number_that_holds(code: str, said: str) -> None:
    assert said in HINTS[code]


def test_a_command_gives_the_usual_hint_where_the_place_has_none() -> None:
    assert explain(NotFoundError("No such user.")) == f"Not found: No such user.\n{HINTS['not_found']}"


@pytest.mark.parametrize(("hint", "advice"), [("", HINTS["internal"]), ("Look there.", "Look there.")])
def test_a_hint_of_the_place_comes_before_the_usual_one(hint: str, advice: str) -> None:
    assert BrokerError("Broken.", hint=hint).advice == advice
