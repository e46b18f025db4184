"""Decisions of the policies turned into what a caller is told; the only place that renders reasons."""

from broker.access.errors import ApprovalRequiredError, DeniedError
from broker.access.sentence_models import ReasonOut
from broker.identity.errors import MfaRequiredError
from policies.decision import Deny, NeedsApproval, NeedsMfa
from policies.sentences import together


def denied(decision: Deny) -> DeniedError:
    """Return the error for a denial, with every reason."""
    first = decision.reasons[0]
    return DeniedError(
        str(first.message),
        hint=together(first.remedy),
        fields={"reasons": [ReasonOut.of(each).model_dump(mode="json") for each in decision.reasons]},
    )


def mfa_required(decision: NeedsMfa) -> MfaRequiredError:
    """Return the error for a login that is not strong or fresh enough."""
    age = int(decision.max_age.total_seconds()) if decision.max_age is not None else None
    return MfaRequiredError(
        "The policy wants a second factor" + (f" that is at most {age} seconds old." if age is not None else "."),
        hint="Show your second factor again (step-up), then retry.",
        fields={"methods": sorted(decision.methods), "max_age": age},
    )


def approval_required(decision: NeedsApproval) -> ApprovalRequiredError:
    """Return the error for what must be asked for first."""
    return ApprovalRequiredError(
        "This must be requested first.",
        hint="Make an access request, and wait for its approval.",
        fields={
            "approvals": [{"group": each.group, "count": each.count} for each in decision.outstanding],
            "policy": decision.obligations.policy,
            "reason_required": decision.obligations.reason_required,
            "ticket_pattern": decision.obligations.ticket_pattern,
        },
    )
