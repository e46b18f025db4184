"""The one decision of Wicketgate: may this subject reach this target, now, on what terms?"""

from policies.decision import Code, Decision, Deny, Reason
from policies.facts import Facts
from policies.schema import PolicySet


def evaluate(policy_set: PolicySet, facts: Facts) -> Decision:
    """Judge ``facts`` by ``policy_set``. Locks and denials come first; no match denies. Never raises."""
    _ = policy_set, facts
    return Deny((Reason(Code.NO_POLICY, "No policy lets you reach this."),))
