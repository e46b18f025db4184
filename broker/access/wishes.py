"""What somebody asks for, and what the policies offer in return."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from broker.access.answers import denied, mfa_required
from broker.access.rights import allow_policy_named
from policies.decision import Allow, Code, Decision, Deny, NeedsApproval, NeedsMfa, Obligations, Requirement
from policies.engine import judge_terms
from policies.facts import Asked, Facts
from policies.rules import Tier
from policies.schema import PolicySet


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody asks for; an empty ``service`` means the only one, no ``tiers`` all that the policy gives."""

    asset: str
    service: str = ""
    tiers: frozenset[Tier] = frozenset()
    duration: timedelta | None = None
    starts_at: datetime | None = None
    reason: str = ""
    ticket: str = ""
    emergency: bool = False

    @property
    def asked(self) -> Asked:
        """The wish in the words of the policies."""
        return Asked(self.tiers, self.duration, self.starts_at, self.reason, self.ticket, self.emergency)


@dataclass(frozen=True, slots=True)
class Offer:
    """What a policy answers to a request: on these terms, after these people's yes (nobody's, if empty)."""

    obligations: Obligations
    outstanding: tuple[Requirement, ...] = field(default=())


WORDS = frozenset({Code.REASON_MISSING, Code.TICKET_INVALID})
"""What a request still brings: it is no verdict on the access."""


def but_for_words(policy_set: PolicySet, facts: Facts, decision: Decision) -> Decision:
    """Where only the reason or the ticket is missing, answer as if they were there."""
    match decision:
        case Deny(reasons) if {reason.code for reason in reasons} <= WORDS and reasons[0].policy is not None:
            return judge_terms(allow_policy_named(policy_set, reasons[0].policy), facts, policy_set)
        case _:
            return decision


def offer_of(decision: Decision) -> Offer:
    """Return the terms that are offered, or raise what the decision refuses with."""
    match decision:
        case Allow(obligations):
            return Offer(obligations)
        case NeedsApproval(outstanding, obligations):
            return Offer(obligations, outstanding)
        case NeedsMfa():
            raise mfa_required(decision)
        case Deny():
            raise denied(decision)
