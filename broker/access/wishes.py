"""What somebody asks for, and what the policies offer in return."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from broker.access.answers import denied, mfa_required
from policies.decision import Allow, Decision, Deny, NeedsApproval, NeedsMfa, Obligations, Requirement
from policies.facts import Asked
from policies.rules import Tier


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
