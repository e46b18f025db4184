"""Policy tests: a text of situations and the decisions that a plant expects, run before a policy is applied."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field

from policies.decision import Allow, Code, Decision, Deny, NeedsApproval, NeedsMfa, Obligations, Requirement
from policies.engine import evaluate
from policies.loader import Faulty, parse_part
from policies.operations import OperationQuestion, Passage, judge_operation
from policies.problems import PolicyProblem
from policies.rules import Number, Tier
from policies.schema import PolicySet
from policies.sentences import Sentence, Words, say, together
from policies.situations import Given, facts_of, lay_over
from policies.words import Moment, Slug, Strict
from policies.yaml_text import YamlDocument, YamlError, read_yaml

DECISIONS: dict[str, type] = {
    "allow": Allow,
    "deny": Deny,
    "needs_approval": NeedsApproval,
    "needs_mfa": NeedsMfa,
}


class ExpectedOperation(Strict):
    """What is expected of one operation under the rules of the decision."""

    tier: Tier
    unit: int | None = None
    route: str | None = None
    table: str | None = None
    address: int | None = None
    count: Annotated[int, Field(ge=1, le=2000)] = 1
    name: str = ""
    value: Number | None = None
    before: Number | None = None
    upload: bool = False
    passage: Passage


class Expected(Strict):
    """The decision that is expected, and as much about it as the test cares for."""

    decision: Literal["allow", "deny", "needs_approval", "needs_mfa"]
    policy: Slug | None = None
    codes: frozenset[Code] | None = None
    tiers: frozenset[Tier] | None = None
    not_after: Moment | None = None
    outstanding: dict[Slug, int] | None = None
    operations: tuple[ExpectedOperation, ...] = ()


class PolicyTest(Strict):
    """One situation and what is expected of it."""

    name: Annotated[str, Field(min_length=1, max_length=200)]
    given: Given = Given()
    expect: Expected


class PolicyTests(Strict):
    """A document of ``kind: PolicyTests``."""

    version: Literal["wicketgate/v1"] = Field(alias="apiVersion")
    kind: Literal["PolicyTests"]
    given: Given = Given()
    tests: Annotated[tuple[PolicyTest, ...], Field(min_length=1, max_length=1000)]


@dataclass(frozen=True, slots=True)
class Outcome:
    """One test's end; ``came`` says what came where something else was expected."""

    name: str
    line: int
    passed: bool
    came: tuple[Sentence, ...] = ()

    @property
    def message(self) -> str:
        """What came, in English."""
        return together(*self.came)


def run_tests(policy_set: PolicySet, text: str) -> list[Outcome] | Faulty:
    """Run every test of ``text`` against the set; ``Faulty`` if the text itself is wrong. Never raises."""
    try:
        documents = read_yaml(text)
    except YamlError as error:
        return Faulty((error.problem,))
    outcomes: list[Outcome] = []
    problems: list[PolicyProblem] = []
    for document in documents:
        tests = parse_part(document, PolicyTests)
        if isinstance(tests, PolicyTests):
            outcomes += _run(policy_set, document, tests)
        elif isinstance(tests, list):
            problems += tests
    return Faulty(tuple(sorted(problems))) if problems else outcomes


def _run(policy_set: PolicySet, document: YamlDocument, tests: PolicyTests) -> Iterator[Outcome]:
    for number, test in enumerate(tests.tests):
        line, _ = document.place_of(("tests", number, "name"))
        try:
            decision = evaluate(policy_set, facts_of(lay_over(tests.given, test.given)))
        except ValueError as error:
            yield Outcome(test.name, line, passed=False, came=(say("test_incomplete", problem=str(error)),))
            continue
        came = tuple(_differences(test.expect, decision))
        yield Outcome(test.name, line, passed=not came, came=came)


def _differences(expected: Expected, decision: Decision) -> Iterator[Sentence]:
    if not isinstance(decision, DECISIONS[expected.decision]):
        yield from _instead(Words((expected.decision,)), decision)
        return
    for name, wanted in expected:
        if wanted is not None and name in _SEEN and (came := _SEEN[name](decision)) != wanted:
            yield say("test_detail", field=name, expected=_written(wanted), came=_written(came))
    terms = _terms(decision)
    for operation in expected.operations if terms else ():
        question = OperationQuestion(**{name: value for name, value in operation if name != "passage"})
        answer = judge_operation(terms.rules, question) if terms else None
        if answer is not None and answer.passage is not operation.passage:
            expected_passage, passage = Words((operation.passage,)), Words((answer.passage,))
            yield say("test_operation", tier=Words((operation.tier,)), expected=expected_passage, came=passage)
            yield answer.message


def _instead(expected: Words, decision: Decision) -> Iterator[Sentence]:
    match decision:
        case Allow(terms):
            yield say("test_came_allow", expected=expected, policy=terms.policy, at=terms.not_after)
        case NeedsApproval(outstanding, terms):
            needs = ", ".join(f"{need.group}: {need.count}" for need in outstanding)
            yield say("test_came_approval", expected=expected, needs=needs, policy=terms.policy)
        case NeedsMfa(methods, _, policy):
            yield say("test_came_mfa", expected=expected, methods=", ".join(sorted(methods)), policy=policy)
        case Deny(reasons):
            yield say("test_came_deny", expected=expected, codes=", ".join(reason.code for reason in reasons))
            for reason in reasons:
                yield reason.message
                if reason.remedy is not None:
                    yield reason.remedy


def _terms(decision: Decision) -> Obligations | None:
    match decision:
        case Allow(terms) | NeedsApproval(_, terms):
            return terms
        case Deny() | NeedsMfa():
            return None


def _policy(decision: Decision) -> object:
    match decision:
        case NeedsMfa():
            return decision.policy
        case Deny(reasons):
            return reasons[0].policy
        case Allow(terms) | NeedsApproval(_, terms):
            return terms.policy


def _codes(decision: Decision) -> object:
    return frozenset(reason.code for reason in decision.reasons) if isinstance(decision, Deny) else frozenset()


def _tiers(decision: Decision) -> object:
    terms = _terms(decision)
    return frozenset() if terms is None else terms.rules.tiers


def _not_after(decision: Decision) -> object:
    terms = _terms(decision)
    return None if terms is None else terms.not_after


def _outstanding(decision: Decision) -> object:
    needs: tuple[Requirement, ...] = decision.outstanding if isinstance(decision, NeedsApproval) else ()
    return {need.group: need.count for need in needs}


_SEEN = {
    "policy": _policy,
    "codes": _codes,
    "tiers": _tiers,
    "not_after": _not_after,
    "outstanding": _outstanding,
}


def _written(value: object) -> str:
    return ", ".join(sorted(map(str, value))) if isinstance(value, frozenset) else str(value)
