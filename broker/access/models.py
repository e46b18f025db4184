"""The shapes of the routes of requests, grants, locks and reviews."""

from datetime import datetime, timedelta
from typing import Annotated, Literal, Self

from pydantic import AwareDatetime, BaseModel, Field, model_validator

from broker.access.cards import Card
from broker.access.fences import Fence
from broker.access.grants import state_of
from broker.access.locks import LockKind
from broker.access.policy_models import Body, Reference, Seconds, ShortText
from broker.access.preview_models import CardOut
from broker.access.records import RequestRecord
from broker.access.reviews import ReviewOutcome, ReviewRecord
from broker.access.states import GrantState, RequestState
from broker.access.tables import GrantRow, LockRow
from broker.access.terms import rules_of
from broker.access.wishes import Wish
from broker.http.paging import Page, PageQuery
from policies.prose import rules_in_words
from policies.rules import ObjectRule, Route, Rules, Tier, Unit

Reason = Annotated[str, Field(min_length=1, max_length=500, pattern=r"\S")]
HashText = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Tiers = Annotated[frozenset[Tier], Field(max_length=len(Tier))]


class RequestIn(Body):
    """What is asked for. ``asset`` is an id or ``site/name``; ``duration`` is in seconds and runs from activation."""

    asset: Reference
    service: Annotated[str, Field(max_length=64)] = ""
    tiers: Tiers = frozenset()
    reason: ShortText = ""
    ticket: Annotated[str, Field(max_length=64)] = ""
    duration: Seconds | None = None
    starts_at: AwareDatetime | None = None
    emergency: bool = False

    def wish(self) -> Wish:
        """Return it as the service wants it."""
        return Wish(
            asset=self.asset,
            service=self.service,
            tiers=self.tiers,
            duration=timedelta(seconds=self.duration) if self.duration is not None else None,
            starts_at=self.starts_at,
            reason=self.reason,
            ticket=self.ticket,
            emergency=self.emergency,
        )


class NeedOut(BaseModel):
    """So many people of a group are needed; ``met`` have said yes."""

    group: str
    count: int
    met: int


class ApprovalOut(BaseModel):
    """One person's yes."""

    approver: str
    approver_name: str
    at: datetime
    comment: str


class AccessRequest(BaseModel):
    """An access request. ``hash`` names the exact terms; an approval must give it back.

    ``rules_text`` says ``rules`` in words. ``card`` is for those who may read all requests, and of one request only.
    """

    id: str
    state: RequestState
    user: str
    user_name: str
    site: str
    asset: str
    asset_name: str
    service: str
    service_name: str
    tiers: list[Tier]
    rules: Rules
    rules_text: list[str]
    duration: int
    starts_at: datetime | None
    reason: str
    ticket: str
    emergency: bool
    mode: str
    policy: str
    policy_digest: str
    hash: str
    approvals_needed: list[NeedOut]
    approvals: list[ApprovalOut]
    grant: str | None
    created_at: datetime
    expires_at: datetime
    decided_at: datetime | None
    decided_by: str | None
    decision_reason: str
    card: CardOut | None = None

    @classmethod
    def of(cls, record: RequestRecord, card: Card | None = None) -> "AccessRequest":
        """Render a record."""
        row, rules = record.row, rules_of(record.row.rules)
        return cls(
            id=row.id, state=record.state, user=row.user_id, user_name=row.user_name, site=row.site_id,
            asset=row.asset_id, asset_name=row.asset_name, service=row.service_id, service_name=row.service_name,
            tiers=[Tier(tier) for tier in row.tiers], rules=rules, rules_text=rules_in_words(rules),
            duration=row.duration_seconds, starts_at=row.starts_at, reason=row.reason, ticket=row.ticket,
            emergency=row.emergency, mode=row.mode, policy=row.policy, policy_digest=row.policy_digest, hash=row.hash,
            approvals_needed=[NeedOut(group=need.group, count=need.count, met=need.met) for need in record.needs],
            approvals=[
                ApprovalOut(approver=a.approver, approver_name=a.approver_name, at=a.at, comment=a.comment)
                for a in record.approvals
            ],
            grant=record.grant_id, created_at=row.created_at, expires_at=row.expires_at, decided_at=row.decided_at,
            decided_by=row.decided_by, decision_reason=row.decision_reason,
            card=CardOut.of(card) if card is not None else None,
        )  # fmt: skip


class AccessRequestPage(Page[AccessRequest]):
    """A page of requests, newest first."""


class RequestListQuery(PageQuery):
    """Which requests; ``waiting`` are those that wait for the caller's word."""

    state: RequestState | None = None
    mine: bool = False
    waiting: bool = False


class ApproveIn(Body):
    """A yes to exactly the terms that ``hash`` names."""

    hash: HashText
    comment: ShortText = ""


class ReasonIn(Body):
    """Why."""

    reason: Reason


class NarrowIn(Body):
    """What is left of the request: fewer tiers, a shorter duration (seconds), fewer sub-addresses or objects.

    ``units``, ``routes``, ``reads`` and ``writes`` are laid over what was asked for: what both name is left.
    """

    tiers: Tiers | None = None
    duration: Seconds | None = None
    units: Annotated[frozenset[Unit], Field(max_length=256)] | None = None
    routes: Annotated[frozenset[Route], Field(max_length=256)] | None = None
    reads: Annotated[tuple[ObjectRule, ...], Field(max_length=32)] | None = None
    writes: Annotated[tuple[ObjectRule, ...], Field(max_length=32)] | None = None

    @model_validator(mode="after")
    def _bounds_only_what_is_written(self) -> Self:
        for rule in self.reads or ():
            if any(bound is not None for bound in (rule.minimum, rule.maximum, rule.step, rule.rate)):
                raise ValueError("'minimum', 'maximum', 'step' and 'rate' bound what is written: use 'writes'")
        return self

    def fence(self) -> Fence:
        """Return sub-addresses and objects as the service wants them."""
        return Fence(self.units, self.routes, self.reads, self.writes)


class GrantOut(BaseModel):
    """A time-boxed right."""

    id: str
    state: GrantState
    request: str | None
    request_hash: str
    mode: str
    user: str
    user_name: str
    site: str
    asset: str
    asset_name: str
    service: str
    service_name: str
    tiers: list[Tier]
    rules: Rules
    rules_text: list[str]
    policy: str
    policy_digest: str
    duration: int
    reason: str
    ticket: str
    created_at: datetime
    usable_from: datetime
    usable_until: datetime
    activated_at: datetime | None
    ends_at: datetime | None
    revoked_at: datetime | None
    revoked_by: str | None
    revoke_reason: str

    @classmethod
    def of(cls, row: GrantRow, now: datetime) -> "GrantOut":
        """Render a row as it stands at ``now``."""
        rules = rules_of(row.rules)
        return cls(
            id=row.id, state=state_of(row, now), request=row.request_id, request_hash=row.request_hash, mode=row.mode,
            user=row.user_id, user_name=row.user_name, site=row.site_id, asset=row.asset_id,
            asset_name=row.asset_name, service=row.service_id, service_name=row.service_name,
            tiers=[Tier(tier) for tier in row.tiers], rules=rules, rules_text=rules_in_words(rules), policy=row.policy,
            policy_digest=row.policy_digest, duration=row.duration_seconds, reason=row.reason, ticket=row.ticket,
            created_at=row.created_at, usable_from=row.usable_from, usable_until=row.usable_until,
            activated_at=row.activated_at, ends_at=row.ends_at, revoked_at=row.revoked_at, revoked_by=row.revoked_by,
            revoke_reason=row.revoke_reason,
        )  # fmt: skip


class GrantPage(Page[GrantOut]):
    """A page of grants, newest first."""


class GrantListQuery(PageQuery):
    """Which grants; ``active`` are those that may be used now or later, on services that are still there."""

    mine: bool = False
    active: bool = False


class LockIn(Body):
    """What to lock: the id or name of a site, an asset or a user."""

    kind: LockKind
    target: Reference
    reason: Reason
    until: AwareDatetime | None = None


class LockOut(BaseModel):
    """A lock."""

    id: str
    kind: LockKind
    target: str
    target_name: str
    reason: str
    until: datetime | None
    created_at: datetime
    created_by: str
    lifted_at: datetime | None
    lifted_by: str | None

    @classmethod
    def of(cls, row: LockRow) -> "LockOut":
        """Render a row."""
        return cls(
            id=row.id, kind=LockKind(row.kind), target=row.target, target_name=row.target_name, reason=row.reason,
            until=row.until, created_at=row.created_at, created_by=row.created_by, lifted_at=row.lifted_at,
            lifted_by=row.lifted_by,
        )  # fmt: skip


class LockPage(Page[LockOut]):
    """A page of locks, newest first."""


class LockListQuery(PageQuery):
    """Which locks; all that hold now, or with ``active=false`` also those that are over."""

    active: bool = True


class ReviewIn(Body):
    """What the review of an emergency access found."""

    outcome: ReviewOutcome
    comment: Annotated[str, Field(min_length=1, max_length=2000, pattern=r"\S")]


class ReviewOut(BaseModel):
    """The review of an emergency access; ``may_close`` says whether the caller may close it now."""

    id: str
    state: Literal["open", "closed"]
    request: str
    user: str
    user_name: str
    site: str
    asset: str
    asset_name: str
    service_name: str
    reason: str
    group: str
    created_at: datetime
    closed_at: datetime | None
    closed_by: str | None
    closed_by_name: str
    outcome: ReviewOutcome | None
    comment: str
    may_close: bool

    @classmethod
    def of(cls, record: ReviewRecord) -> "ReviewOut":
        """Render a record."""
        review, request = record.review, record.request
        return cls(
            id=review.id, state="open" if review.closed_at is None else "closed", request=request.id,
            user=request.user_id, user_name=request.user_name, site=request.site_id, asset=request.asset_id,
            asset_name=request.asset_name, service_name=request.service_name, reason=request.reason,
            group=review.group_name, created_at=review.created_at, closed_at=review.closed_at,
            closed_by=review.closed_by, closed_by_name=record.closed_by_name,
            outcome=ReviewOutcome(review.outcome) if review.outcome is not None else None, comment=review.comment,
            may_close=record.may_close,
        )  # fmt: skip


class ReviewPage(Page[ReviewOut]):
    """A page of reviews, newest first."""


class ReviewListQuery(PageQuery):
    """Which reviews; ``open`` are those that nobody has closed."""

    open: bool = False
