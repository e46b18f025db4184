"""The shapes of what is told beside a request: what it would come to, and what an approver should know."""

from datetime import datetime

from pydantic import BaseModel

from broker.access.cards import Card
from broker.access.conflicts import Conflict, ConflictKind
from broker.access.previewing import AskedGroup, Outcome, Preview
from broker.access.sentence_models import ReasonOut, SentenceOut, WindowsOut
from policies.decision import NeedsMfa
from policies.facts import OrganizationKind
from policies.prose import rules_in_words
from policies.rules import Rules, Tier
from policies.tickets import parse_ticket_pattern


class ProofOut(BaseModel):
    """What an approver must have shown: one of these second factors, at most ``max_age`` seconds before their yes."""

    methods: list[str]
    max_age: int | None

    @classmethod
    def of(cls, wanted: NeedsMfa) -> "ProofOut":
        """Render it."""
        age = int(wanted.max_age.total_seconds()) if wanted.max_age is not None else None
        return cls(methods=sorted(wanted.methods), max_age=age)


class AskedGroupOut(BaseModel):
    """So many people of a group would be asked; ``members`` of it could answer now.

    ``proof`` is what each of them must have shown by then, ``null`` if the policy wants nothing of them.
    """

    group: str
    count: int
    members: int
    proof: ProofOut | None

    @classmethod
    def of(cls, asked: AskedGroup) -> "AskedGroupOut":
        """Render a group."""
        proof = ProofOut.of(asked.proof) if asked.proof is not None else None
        return cls(group=asked.group, count=asked.count, members=asked.members, proof=proof)


class ConflictOut(BaseModel):
    """Something that stands in the way of an access in its time."""

    kind: ConflictKind
    says: SentenceOut

    @classmethod
    def of(cls, conflict: Conflict) -> "ConflictOut":
        """Render a conflict."""
        return cls(kind=conflict.kind, says=SentenceOut.of(conflict.says))


class RequestPreview(BaseModel):
    """What a request would come to. ``reasons`` are what still stands in the way; one fills in what is missing.

    Where only the reason or the ticket is missing, ``outcome`` is what it will be with them. ``tiers`` and ``ask`` are
    all that the policy gives, ``rules`` what it gives of those that were asked for (``null`` until it gives something).
    ``supervised``: somebody of the plant must watch, or input stops.
    """

    outcome: Outcome
    policy: str | None
    approvals: list[AskedGroupOut]
    reasons: list[ReasonOut]
    reason_required: bool
    ticket_pattern: str | None
    ticket_example: str | None
    max_duration: int | None
    tiers: list[Tier]
    ask: list[Tier]
    login: str
    supervised: bool
    windows: WindowsOut | None
    rules: Rules | None
    rules_text: list[str]
    conflicts: list[ConflictOut]

    @classmethod
    def of(cls, preview: Preview) -> "RequestPreview":
        """Render a preview."""
        policy, terms = preview.policy, preview.obligations
        access = policy.spec.access if policy is not None else None
        given = policy.spec.allow.as_rules() if policy is not None else Rules()
        pattern = access.ticket if access is not None else None
        return cls(
            outcome=preview.outcome, policy=policy.name if policy is not None else None,
            approvals=[AskedGroupOut.of(group) for group in preview.groups],
            reasons=[ReasonOut.of(reason) for reason in preview.reasons],
            reason_required=access is not None and access.reason_required, ticket_pattern=pattern,
            ticket_example=parse_ticket_pattern(pattern).example() or None if pattern is not None else None,
            max_duration=int(access.max_duration.total_seconds()) if access is not None else None,
            tiers=_in_order(given.tiers), ask=_in_order(given.ask), login=preview.login, windows=preview.windows,
            supervised=terms is not None and terms.supervised,
            rules=terms.rules if terms is not None else None,
            rules_text=rules_in_words(terms.rules) if terms is not None else [],
            conflicts=[ConflictOut.of(conflict) for conflict in preview.conflicts],
        )  # fmt: skip


class PastUseOut(BaseModel):
    """How many sessions somebody had before, and when the last one opened."""

    count: int
    last_at: datetime | None


class CardOut(BaseModel):
    """What an approver should know beside the terms, as of now; texts are empty where nobody knows.

    ``methods`` are those of the login that asked. ``policy_version`` is the version of the policy that was asked under;
    ``policy_is_current`` tells whether it still holds (if not, the request must be made anew). ``supervised``: somebody
    of the plant must watch the sessions, or input stops. ``proofs`` are what approvers must have shown, by the group
    that they are asked as.
    """

    organization: str
    organization_kind: OrganizationKind | None
    sponsor: str
    account_ends_at: datetime | None
    is_active: bool
    methods: list[str]
    mfa_at: datetime | None
    address: str
    past_sessions: PastUseOut
    conflicts: list[ConflictOut]
    policy_version: int | None
    policy_is_current: bool
    supervised: bool
    windows: WindowsOut | None
    proofs: dict[str, ProofOut]

    @classmethod
    def of(cls, card: Card) -> "CardOut":
        """Render a card."""
        person = card.person
        return cls(
            organization=person.organization if person is not None else "",
            organization_kind=person.organization_kind if person is not None else None,
            sponsor=card.sponsor, account_ends_at=person.ends_at if person is not None else None,
            is_active=card.is_active, methods=list(card.methods), mfa_at=card.mfa_at, address=card.address,
            past_sessions=PastUseOut(count=card.past.count, last_at=card.past.last_at),
            conflicts=[ConflictOut.of(conflict) for conflict in card.conflicts],
            policy_version=card.policy_version, policy_is_current=card.is_current,
            supervised=card.is_supervised, windows=card.windows,
            proofs={group: ProofOut.of(wanted) for group, wanted in card.proofs.items()},
        )  # fmt: skip


def _in_order(tiers: frozenset[Tier]) -> list[Tier]:
    return [tier for tier in Tier if tier in tiers]
