"""Situations as people write them in policy tests: what is known when somebody asks to pass."""

from datetime import timedelta
from ipaddress import ip_address
from typing import Literal, Self, TypeVar

from pydantic import Field, model_validator

from policies.facts import Approval, Asked, Facts, Locks, Login, OrganizationKind, Origin, Purpose, Subject, Target
from policies.rules import Tier
from policies.words import Moment, Name, Slug, Strict, Text, UpToADay, UpToAWeek


class GivenSubject(Strict):
    """Who asks."""

    name: Name = "somebody"
    groups: frozenset[Slug] = frozenset()
    organization: str = ""
    kind: OrganizationKind = OrganizationKind.VENDOR
    account_ends_at: Moment | None = None


class GivenLogin(Strict):
    """How they logged in; ``mfa_age`` is how long before ``now`` the second factor was shown."""

    methods: frozenset[str] = frozenset({"password", "totp"})
    mfa_age: UpToADay | Literal["never"] = timedelta(minutes=1)


class GivenTarget(Strict):
    """What they want to reach. Every protocol but ``tcp`` counts as guarded unless said otherwise."""

    site: str = ""
    asset: str = ""
    service: str = ""
    protocol: str = ""
    guarded: bool | None = None
    labels: dict[str, str] = Field(default_factory=dict)
    zone: str = ""
    criticality: str = ""


class GivenAsked(Strict):
    """What they ask for."""

    tiers: frozenset[Tier] = frozenset()
    duration: UpToAWeek | None = None
    starts_at: Moment | None = None
    reason: Text = ""
    ticket: str = ""
    emergency: bool = False


class GivenLocks(Strict):
    """What is locked, and why."""

    site: str | None = None
    asset: str | None = None
    user: str | None = None


class GivenApproval(Strict):
    """One person's yes."""

    approver: Name
    groups: frozenset[Slug]


class Given(Strict):
    """A situation. Parts that a test leaves out come from the ``given`` that stands above all tests."""

    purpose: Purpose = Purpose.ACTIVATE
    now: Moment | None = None
    subject: GivenSubject = GivenSubject()
    login: GivenLogin = GivenLogin()
    target: GivenTarget = GivenTarget()
    origin: str | None = None
    asked: GivenAsked = GivenAsked()
    locks: GivenLocks = GivenLocks()
    approvals: tuple[GivenApproval, ...] = ()
    activated_at: Moment | None = None
    policy: Slug | None = None

    @model_validator(mode="after")
    def _has_an_address(self) -> Self:
        if self.origin is not None:
            ip_address(self.origin)
        return self


def facts_of(given: Given) -> Facts:
    """Return the facts of a situation; ``ValueError`` if it names no ``now``."""
    if given.now is None:
        raise ValueError("the situation needs 'now'")
    subject, login, target = given.subject, given.login, given.target
    age = None if login.mfa_age == "never" else login.mfa_age
    guarded = target.protocol != "tcp" if target.guarded is None else target.guarded
    return Facts(
        purpose=given.purpose,
        now=given.now,
        subject=Subject(
            subject.name, subject.name, subject.groups, subject.organization, subject.kind, subject.account_ends_at
        ),
        login=Login(login.methods, given.now, None if age is None else given.now - age),
        target=Target(**{**dict(target), "guarded": guarded}),
        origin=Origin(None if given.origin is None else ip_address(given.origin)),
        asked=Asked(**dict(given.asked)),
        locks=Locks(**dict(given.locks)),
        approvals=tuple(Approval(approval.approver, approval.groups) for approval in given.approvals),
        activated_at=given.activated_at,
        policy=given.policy,
    )


Part = TypeVar("Part", bound=Strict)


def lay_over(base: Part, top: Part) -> Part:
    """Lay what ``top`` says over ``base``, part by part."""
    said = {name: getattr(top, name) for name in top.model_fields_set}
    merged = {
        name: lay_over(getattr(base, name), value) if isinstance(value, Strict) else value
        for name, value in said.items()
    }
    return base.model_copy(update=merged)
