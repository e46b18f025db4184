"""The shapes of an explanation: the decision, each policy's part in it, and the answer about one operation."""

from datetime import datetime
from typing import Literal

from pydantic import BaseModel

from broker.access.policy_models import ApprovalTermOut
from broker.access.sentence_models import ReasonOut, SentenceOut
from policies.decision import Allow, DeadlineCause, Decision, Deny, NeedsApproval, NeedsMfa
from policies.explain import Explanation, Finding
from policies.operations import OperationAnswer, Passage


class ConditionOut(BaseModel):
    """One condition of a policy."""

    field: str
    code: str
    met: bool
    message: SentenceOut | None
    remedy: SentenceOut | None


class OperationOut(BaseModel):
    """What would become of the operation."""

    passage: Passage
    message: SentenceOut

    @classmethod
    def of(cls, answer: OperationAnswer | None) -> "OperationOut | None":
        """Render an answer, where there is one."""
        return None if answer is None else cls(passage=answer.passage, message=SentenceOut.of(answer.message))


class FindingOut(BaseModel):
    """One policy's part in the answer; ``operation`` is what its rules say, were all of its conditions met."""

    policy: str
    effect: str
    applies: bool
    conditions: list[ConditionOut]
    operation: OperationOut | None

    @classmethod
    def of(cls, finding: Finding) -> "FindingOut":
        """Render a finding."""
        return cls(
            policy=finding.policy,
            effect=finding.effect,
            applies=not finding.missed,
            conditions=[
                ConditionOut(
                    field=each.field,
                    code=each.code.value,
                    met=each.met,
                    message=SentenceOut.if_any(each.message),
                    remedy=SentenceOut.if_any(each.remedy),
                )
                for each in finding.conditions
            ],
            operation=OperationOut.of(finding.operation),
        )


class AnswerOut(BaseModel):
    """The decision with what belongs to it: of a yes its end, of a no its reasons, else what is still missing.

    ``supervised``: of a yes, or what could become one, that somebody of the plant must watch, or input stops.
    """

    decision: Literal["allow", "deny", "needs_approval", "needs_mfa"]
    policy: str | None
    not_after: datetime | None
    deadline_cause: DeadlineCause | None
    approvals: list[ApprovalTermOut]
    methods: list[str]
    max_age: int | None
    supervised: bool
    reasons: list[ReasonOut]

    @classmethod
    def of(cls, decision: Decision) -> "AnswerOut":
        """Render a decision."""
        nothing = dict.fromkeys(("policy", "not_after", "deadline_cause", "max_age"))
        return cls.model_validate(
            {**nothing, "supervised": False, "approvals": [], "methods": [], "reasons": [], **_answer(decision)}
        )


def _answer(decision: Decision) -> dict[str, object]:
    match decision:
        case Allow(terms):
            ends = {"not_after": terms.not_after, "deadline_cause": terms.deadline_cause}
            return {"decision": "allow", "policy": terms.policy, "supervised": terms.supervised, **ends}
        case NeedsApproval(outstanding, terms):
            needed = [ApprovalTermOut(group=need.group, count=need.count) for need in outstanding]
            terms_of = {"policy": terms.policy, "supervised": terms.supervised}
            return {"decision": "needs_approval", "approvals": needed, **terms_of}
        case NeedsMfa(methods, max_age, policy):
            age = int(max_age.total_seconds()) if max_age is not None else None
            return {"decision": "needs_mfa", "policy": policy, "methods": sorted(methods), "max_age": age}
        case Deny(reasons):
            return {"decision": "deny", "reasons": [ReasonOut.of(reason) for reason in reasons]}


class PolicyExplainOut(BaseModel):
    """The decision, each policy's part in it, and the same in words."""

    answer: AnswerOut
    findings: list[FindingOut]
    operation: OperationOut | None
    lines: list[str]

    @classmethod
    def of(cls, explanation: Explanation) -> "PolicyExplainOut":
        """Render an explanation."""
        return cls(
            answer=AnswerOut.of(explanation.decision),
            findings=[FindingOut.of(finding) for finding in explanation.findings],
            operation=OperationOut.of(explanation.operation),
            lines=explanation.lines(),
        )
