"""Why, policy by policy: for "who may reach what, and why not", and "may they write this register now?"."""

from collections.abc import Iterator
from dataclasses import dataclass

from policies.conditions import Condition, check_conditions
from policies.decision import Allow, Code, Decision, Deny, NeedsApproval, NeedsMfa, Obligations
from policies.durations import format_duration
from policies.engine import evaluate, holds, judge_terms, rules_for
from policies.facts import Facts
from policies.matching import is_meant, is_target
from policies.operations import OperationAnswer, OperationQuestion, Passage, judge_operation
from policies.schema import AllowPolicy, DenyPolicy, PolicySet
from policies.sentences import say


@dataclass(frozen=True, slots=True)
class Finding:
    """One policy's view. ``decision`` is what an allow policy would say alone; ``None`` if a condition is missed.

    ``operation`` is what its rules say about the operation that was asked about, were everything else that it wants
    there; ``None`` where it means somebody or something else.
    """

    policy: str
    effect: str
    conditions: tuple[Condition, ...]
    decision: Allow | NeedsMfa | NeedsApproval | None = None
    operation: OperationAnswer | None = None

    @property
    def missed(self) -> tuple[Condition, ...]:
        """The conditions that are not met; a deny policy without any denies."""
        return tuple(condition for condition in self.conditions if not condition.met)


@dataclass(frozen=True, slots=True)
class Explanation:
    """The decision, each policy's part in it, and the answer about one operation if that was asked."""

    decision: Decision
    findings: tuple[Finding, ...]
    operation: OperationAnswer | None = None

    def lines(self) -> list[str]:
        """Write it for people, one thought a line."""
        return list(_lines(self))


def explain(policy_set: PolicySet, facts: Facts, operation: OperationQuestion | None = None) -> Explanation:
    """Return why ``evaluate`` answers as it does. For administrators: it tells of policies that mean other people."""
    decision = evaluate(policy_set, facts)
    denies = (_denial(p, facts, policy_set) for p in policy_set.denying)
    allows = (_allowance(policy, facts, policy_set, operation) for policy in policy_set.allowing)
    return Explanation(decision, (*denies, *allows), _operation(decision, operation))


def _denial(policy: DenyPolicy, facts: Facts, policy_set: PolicySet) -> Finding:
    spec = policy.spec
    checks = (
        ("spec.who", Code.NOT_WHO, is_meant(spec.who, facts.subject), "denial_not_who"),
        ("spec.what", Code.NOT_WHAT, is_target(spec.what, facts.target), "denial_not_what"),
        ("spec.when", Code.OUTSIDE_WINDOW, holds(policy, policy_set, facts), "denial_not_then"),
    )
    conditions = tuple(Condition(f, code, met, None if met else say(key)) for f, code, met, key in checks)
    return Finding(policy.name, "deny", conditions)


def _allowance(
    policy: AllowPolicy, facts: Facts, policy_set: PolicySet, operation: OperationQuestion | None
) -> Finding:
    conditions = check_conditions(policy, facts, policy_set)
    met = all(condition.met for condition in conditions)
    decision = judge_terms(policy, facts, policy_set) if met else None
    return Finding(policy.name, "allow", conditions, decision, _in_itself(policy, facts, operation))


def _in_itself(policy: AllowPolicy, facts: Facts, asked: OperationQuestion | None) -> OperationAnswer | None:
    if asked is None or not (is_meant(policy.spec.who, facts.subject) and is_target(policy.spec.what, facts.target)):
        return None
    return judge_operation(rules_for(policy, facts), asked)


def _operation(decision: Decision, asked: OperationQuestion | None) -> OperationAnswer | None:
    match decision:
        case _ if asked is None:
            return None
        case Allow(terms) | NeedsApproval(_, terms):
            return judge_operation(terms.rules, asked)
        case Deny() | NeedsMfa():
            return OperationAnswer(Passage.REFUSED, say("no_access"))


def _lines(explanation: Explanation) -> Iterator[str]:
    yield from describe(explanation.decision)
    for finding in explanation.findings:
        yield f"policy {finding.policy} ({finding.effect}): {_verdict(finding)}"
        yield from (f"  {c.field}: {c}" for c in finding.missed)
        if finding.missed and finding.operation is not None:
            yield f"  with all that, the operation {finding.operation.passage}: {finding.operation.message}"
    if explanation.operation is not None:
        yield f"operation {explanation.operation.passage}: {explanation.operation.message}"


def _verdict(finding: Finding) -> str:
    if finding.missed:
        return "does not apply"
    return "denies" if finding.decision is None else next(describe(finding.decision))


def describe(decision: Decision) -> Iterator[str]:
    """Yield the decision for people, the verdict first."""
    match decision:
        case Allow(terms):
            yield f"allow by {terms.policy} until {terms.not_after:%Y-%m-%d %H:%M:%S} UTC ({terms.deadline_cause})"
            yield from _on_terms(terms)
        case NeedsApproval(outstanding, terms):
            missing = ", ".join(f"{need.count} of {need.group}" for need in outstanding)
            yield f"needs approval by {missing} for {terms.policy}"
            yield from _on_terms(terms)
        case NeedsMfa(methods, max_age, policy):
            age = f", at most {format_duration(max_age)} ago" if max_age else ""
            yield f"needs a second factor ({', '.join(sorted(methods))}{age}) for {policy}"
        case Deny(reasons):
            yield "deny"
            yield from (f"  {reason.code}: {reason}" for reason in reasons)


def _on_terms(terms: Obligations) -> Iterator[str]:
    if terms.supervised:
        yield "  somebody of the plant must watch, or input stops"
