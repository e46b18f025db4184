"""Why, and why not."""

import pytest

from policies.explain import explain
from policies.operations import OperationQuestion, Passage
from policies.rules import Tier
from tests.unit.policies.builders import ALLOW, DENY, FREEZE, acme, facts, policies

EVERYTHING = facts(asked={"tiers": frozenset()})


def test_each_policy_tells_which_conditions_it_misses() -> None:
    explanation = explain(acme(), facts(asked={"ticket": "none", "reason": ""}))
    assert [c.field for c in explanation.findings[0].missed] == ["spec.access.reason", "spec.access.ticket"]


def test_policies_for_other_people_are_explained_too() -> None:
    explanation = explain(acme("[acme-engineers]", "[others]"), facts())
    assert "policy acme-plc (allow): does not apply" in explanation.lines()
    assert [c.field for c in explanation.findings[0].missed] == ["spec.who"]


@pytest.mark.parametrize("supervised", [True, False])
def test_that_somebody_must_watch_is_said_of_what_may_be(supervised: bool) -> None:
    policy = ALLOW.replace("session: {", f"session: {{supervised: {str(supervised).lower()}, ")
    lines = explain(policies(policy, FREEZE), facts()).lines()
    assert lines[0].startswith("allow by acme-plc")
    assert ("  somebody of the plant must watch, or input stops" in lines) is supervised


def test_a_denial_is_shown_before_what_would_allow() -> None:
    lines = explain(policies(ALLOW, FREEZE, DENY), facts()).lines()
    assert lines[0] == "deny"
    assert "policy no-acme (deny): denies" in lines


@pytest.mark.parametrize(
    ("asked", "passage"),
    [
        (OperationQuestion(Tier.OPERATE, unit=1, table="holding", address=119, value=1000), Passage.PASSES),
        (OperationQuestion(Tier.OPERATE, unit=1, table="holding", address=119, count=2), Passage.REFUSED),
        (OperationQuestion(Tier.OPERATE, unit=1, table="holding", address=21), Passage.REFUSED),
        (OperationQuestion(Tier.OPERATE, unit=1, table="coils", address=100), Passage.REFUSED),
        (OperationQuestion(Tier.OPERATE, unit=1, table="holding", address=100, value=1001), Passage.REFUSED),
        (OperationQuestion(Tier.READ, unit=2), Passage.REFUSED),
        (OperationQuestion(Tier.READ, unit=1, table="input", address=7), Passage.PASSES),
        (OperationQuestion(Tier.READ, upload=True), Passage.REFUSED),
        (OperationQuestion(Tier.PROGRAM), Passage.ASKS),
        (OperationQuestion(Tier.FIRMWARE), Passage.REFUSED),
    ],
)
def test_one_operation_is_answered_as_the_guard_would(asked: OperationQuestion, passage: Passage) -> None:
    answer = explain(acme(), EVERYTHING, asked).operation
    assert answer is not None
    assert answer.passage is passage


def test_without_access_no_operation_passes() -> None:
    answer = explain(acme(), facts(target={"site": "south"}), OperationQuestion(Tier.READ)).operation
    assert answer is not None
    assert answer.passage is Passage.REFUSED


@pytest.mark.parametrize(("address", "passage"), [(100, Passage.PASSES), (21, Passage.REFUSED)])
def test_a_missing_ticket_does_not_hide_what_the_rules_say_about_the_operation(address: int, passage: Passage) -> None:
    asked = OperationQuestion(Tier.OPERATE, unit=1, table="holding", address=address)
    explanation = explain(acme(), facts(asked={"tiers": frozenset(), "ticket": ""}), asked)
    assert explanation.operation is not None
    assert explanation.operation.passage is Passage.REFUSED
    (finding,) = explanation.findings
    assert [condition.field for condition in finding.missed] == ["spec.access.ticket"]
    assert finding.operation is not None
    assert finding.operation.passage is passage
    assert any(line.startswith(f"  with all that, the operation {passage}: ") for line in explanation.lines())


def test_a_policy_that_means_somebody_else_says_nothing_about_the_operation() -> None:
    (finding,) = explain(acme("[acme-engineers]", "[others]"), EVERYTHING, OperationQuestion(Tier.READ)).findings
    assert finding.operation is None
