"""Policy tests tell what came where something else was expected, and where they are wrong themselves."""

from policies.loader import Faulty
from policies.sentences import Words
from policies.testing import Outcome, run_tests
from tests.unit.policies.builders import acme

TESTS = """\
apiVersion: wicketgate/v1
kind: PolicyTests
given:
  now: 2026-10-05T10:00:00+02:00
  subject: {name: eng-1, groups: [acme-engineers], organization: acme}
  target: {site: north, asset: plc-1, service: modbus, protocol: modbus, labels: {type: plc}}
  origin: 203.0.113.7
  asked: {reason: pump, ticket: CHG-10231}
  approvals: [{approver: op, groups: [ot-operations]}, {approver: sec, groups: [it-security]}]
tests:
  - name: it passes
    given: {asked: {tiers: [read]}}
    expect: {decision: allow, policy: acme-plc, tiers: [read]}
"""


def run(text: str) -> Outcome:
    outcomes = run_tests(acme(), text)
    assert isinstance(outcomes, list), outcomes
    return outcomes[0]


def test_what_comes_as_expected_passes_and_knows_its_line() -> None:
    assert run(TESTS) == Outcome("it passes", 11, passed=True)


def test_another_decision_fails_and_tells_why() -> None:
    outcome = run(TESTS.replace("tiers: [read]}}", "tiers: [firmware]}}"))
    assert not outcome.passed
    assert "Expected allow, came deny" in outcome.message
    assert "tier_not_allowed" in outcome.message


def test_what_came_of_a_denial_is_told_by_key_with_each_reason() -> None:
    came = run(TESTS.replace("tiers: [read]}}", "tiers: [firmware]}}")).came
    assert [sentence.key for sentence in came[:2]] == ["test_came_deny", "tiers_not_given"]
    assert came[0].values == {"expected": Words(("allow",)), "codes": "tier_not_allowed"}


def test_another_decision_than_a_denial_is_told_by_key_with_its_policy() -> None:
    (came,) = run(TESTS.replace("decision: allow", "decision: deny")).came
    assert (came.key, came.values["policy"]) == ("test_came_allow", "acme-plc")


def test_another_detail_fails() -> None:
    assert run(TESTS.replace("policy: acme-plc", "policy: other")).message == (
        "Expected 'policy: other', came acme-plc."
    )


def test_an_operation_that_is_judged_otherwise_fails() -> None:
    wrong = TESTS.replace("tiers: [read]}\n", "operations: [{tier: program, passage: passes}]}\n")
    assert "Expected for program: passes, came refused." in run(wrong).message


def test_what_a_test_leaves_out_comes_from_above() -> None:
    outcome = run(TESTS.replace("tiers: [read]}}", "ticket: none}}"))
    assert "ticket_invalid" in outcome.message
    assert "reason_missing" not in outcome.message


def test_a_wrong_test_file_is_named_with_its_line() -> None:
    faulty = run_tests(acme(), TESTS.replace("expect:", "expects:"))
    assert isinstance(faulty, Faulty)
    assert any(problem.line == 13 and "did you mean 'expect'?" in problem.hint for problem in faulty.problems)


def test_a_situation_without_a_time_fails_and_says_so() -> None:
    assert run(TESTS.replace("  now: 2026-10-05T10:00:00+02:00\n", "")).message == (
        "The situation cannot be judged: the situation needs 'now'."
    )
