"""Decisions are matched on, never tested for truth."""

from datetime import timedelta

import pytest

from policies.decision import Allow, Code, Deny, NeedsApproval, NeedsMfa, Reason, Requirement
from policies.engine import evaluate, obligations
from policies.loader import load
from policies.quorum import QuorumMet, QuorumOpen
from policies.schema import AllowPolicy
from tests.unit.policies.builders import acme, facts

POLICY = next(policy for policy in acme().policies if isinstance(policy, AllowPolicy))
TERMS = obligations(POLICY, facts(), acme())


@pytest.mark.parametrize(
    "value",
    [
        Allow(TERMS),
        Deny((Reason(Code.NO_POLICY, "no"),)),
        NeedsApproval((Requirement("ops"),), TERMS),
        NeedsMfa(frozenset({"totp"}), timedelta(minutes=1), "p"),
        QuorumMet(),
        QuorumOpen(()),
        load(""),
    ],
    ids=lambda value: type(value).__name__,
)
def test_a_decision_has_no_truth_value(value: object) -> None:
    with pytest.raises(TypeError, match="match on the variant"):
        bool(value)


def test_the_engine_answers_with_such_a_value() -> None:
    with pytest.raises(TypeError):
        assert evaluate(acme(), facts())
