"""What is known when somebody asks to pass: plain frozen values that the broker gathers and the engine judges.

Names in facts (groups, sites, assets, services) are the names that policies use; ids are compared only where said so.
"""

from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from ipaddress import IPv4Address, IPv6Address

from policies.rules import Tier

EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)
LATEST = datetime(9000, 1, 1, tzinfo=UTC)


class Purpose(StrEnum):
    """What the answer is wanted for; each purpose checks a little more or less (docs/policy.md, "Purposes")."""

    REQUEST = "request"
    """May this be asked for, and does it still lack approvals?"""
    ACTIVATE = "activate"
    """May a session open now?"""
    CONTINUE = "continue"
    """Is a live session still right?"""


class OrganizationKind(StrEnum):
    """The plant's own people, or somebody else's."""

    INTERNAL = "internal"
    VENDOR = "vendor"


@dataclass(frozen=True, slots=True)
class Subject:
    """Who wants to pass. ``user`` is the id, ``name`` the login name, ``groups`` are names as of now."""

    user: str
    name: str
    groups: frozenset[str] = frozenset()
    organization: str = ""
    organization_kind: OrganizationKind = OrganizationKind.VENDOR
    account_ends_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Login:
    """How the user proved who they are: ``methods`` such as ``password``, ``totp``, ``passkey``.

    ``mfa_at`` is when a second factor was last shown, ``shown_at`` when each of them was, as far as that is known.
    Leave out of ``methods`` what has been revoked since.
    """

    methods: frozenset[str]
    authenticated_at: datetime
    mfa_at: datetime | None = None
    shown_at: Mapping[str, datetime] = field(default_factory=dict, hash=False)

    def last_shown(self, wanted: Set[str]) -> datetime | None:
        """Return when one of these methods was last shown: a fresh code does not make an old passkey fresh."""
        times = (self.shown_at.get(method, self.mfa_at) for method in self.methods & wanted)
        return max((at for at in times if at is not None), default=None)


@dataclass(frozen=True, slots=True)
class Target:
    """What is to be reached, by the names of the inventory.

    ``guarded`` says whether a guard understands ``protocol``; without one, only an ``opaque`` policy lets it pass.
    """

    site: str
    asset: str
    service: str
    protocol: str
    guarded: bool = False
    labels: Mapping[str, str] = field(default_factory=dict)
    zone: str = ""
    criticality: str = ""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where the user's connection comes from; ``None`` if that is not known, which matches no network."""

    address: IPv4Address | IPv6Address | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """What was asked for.

    No ``tiers`` means all that the policy gives; no ``duration`` means the policy's ``max_duration``; ``starts_at`` is
    a wish for later, before which nothing opens.
    """

    tiers: frozenset[Tier] = frozenset()
    duration: timedelta | None = None
    starts_at: datetime | None = None
    reason: str = ""
    ticket: str = ""
    emergency: bool = False


@dataclass(frozen=True, slots=True)
class Locks:
    """Refusals that stand above every policy: the text says why, ``None`` means not locked."""

    site: str | None = None
    asset: str | None = None
    user: str | None = None


@dataclass(frozen=True, slots=True)
class Approval:
    """One person's yes. ``approver`` is the user id; ``groups`` are the approver's groups as of now, not as of then."""

    approver: str
    groups: frozenset[str]


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything that a decision rests on. Times are aware datetimes between 1970 and 9000, else ``ValueError``.

    ``activated_at`` is when the session's right began (or was last extended); it is needed to CONTINUE, and without it
    ``now`` is taken. ``policy`` binds the question to one allow policy by name: the one a grant was approved under.
    """

    purpose: Purpose
    now: datetime
    subject: Subject
    login: Login
    target: Target
    origin: Origin = Origin()
    asked: Asked = Asked()
    locks: Locks = Locks()
    approvals: tuple[Approval, ...] = ()
    activated_at: datetime | None = None
    policy: str | None = None

    def __post_init__(self) -> None:
        """Refuse times without a zone: comparing them later would raise in the middle of a decision."""
        for at in self._times():
            if at.tzinfo is None or not EARLIEST <= at < LATEST:
                raise ValueError(f"facts need aware times between 1970 and 9000, not {at!r}")

    def _times(self) -> Iterator[datetime]:
        optional = (self.subject.account_ends_at, self.login.mfa_at, self.asked.starts_at, self.activated_at)
        yield self.now
        yield self.login.authenticated_at
        yield from self.login.shown_at.values()
        yield from (at for at in optional if at is not None)
