"""What the engine answers: four variants that a caller must match on, because each obliges to something else."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NoReturn

from policies.rules import Rules
from policies.sentences import Sentence, together


class MustMatch:
    """A value without truth: ``if decision:`` would let a ``NeedsApproval`` pass as a yes, so it raises."""

    __slots__ = ()

    def __bool__(self) -> NoReturn:
        """Raise ``TypeError``; use ``match``."""
        raise TypeError(f"{type(self).__name__} has no truth value: match on the variant instead of testing it")


class Code(StrEnum):
    """Why something was refused, for machines. The texts are stable: API, audit and the web pages know them."""

    SITE_LOCKED = "site_locked"
    ASSET_LOCKED = "asset_locked"
    USER_LOCKED = "user_locked"
    ACCOUNT_ENDED = "account_ended"
    DENIED_BY_POLICY = "denied_by_policy"
    NO_POLICY = "no_policy"
    NOT_WHO = "not_who"
    NOT_WHAT = "not_what"
    OTHER_POLICY = "other_policy"
    WRONG_MODE = "wrong_mode"
    NOT_YET = "not_yet"
    OUTSIDE_WINDOW = "outside_window"
    FROZEN = "frozen"
    STANDING_ENDED = "standing_ended"
    EXPIRED = "expired"
    WRONG_NETWORK = "wrong_network"
    TIER_NOT_ALLOWED = "tier_not_allowed"
    OPAQUE_NOT_ALLOWED = "opaque_not_allowed"
    DURATION_TOO_LONG = "duration_too_long"
    REASON_MISSING = "reason_missing"
    TICKET_INVALID = "ticket_invalid"
    # The broker's own, for what stands beside the policies:
    LOGIN_ENDED = "login_ended"
    GRANT_ENDED = "grant_ended"
    GRANT_REVOKED = "grant_revoked"


class Mode(StrEnum):
    """How a policy gives access: after a request, at any time within its terms, or in an emergency."""

    REQUEST = "request"
    STANDING = "standing"
    EMERGENCY = "emergency"


class RecordingDuty(StrEnum):
    """Whether a session may live without its recorder."""

    REQUIRED = "required"
    BEST_EFFORT = "best_effort"


class DeadlineCause(StrEnum):
    """Which limit sets ``not_after``: the earliest of these."""

    DURATION = "duration"
    WINDOW = "window"
    FREEZE = "freeze"
    STANDING_END = "standing_end"
    ACCOUNT_END = "account_end"
    DENY_POLICY = "deny_policy"


@dataclass(frozen=True, slots=True)
class Cut:
    """At the deadline the session ends."""


@dataclass(frozen=True, slots=True)
class Grace:
    """At the deadline nothing new opens; what is open ends ``duration`` later."""

    duration: timedelta


@dataclass(frozen=True, slots=True)
class Hold:
    """At the deadline somebody of the plant must answer whether the session ends."""


AtExpiry = Cut | Grace | Hold


@dataclass(frozen=True, slots=True)
class Limits:
    """How many sessions may be open at once under this policy; ``None`` leaves it to the product's own limits."""

    sessions_per_user: int | None = None
    sessions_per_asset: int | None = None


@dataclass(frozen=True, slots=True)
class Obligations:
    """The terms of an access. ``not_after`` is the latest end, set by ``deadline_cause``; ``warn`` is before that.

    ``fingerprint``: the device is looked at before and after the session, to tell whether anything about it changed.
    ``policy_digest`` names the exact version (``policies.digest``). ``review_group`` reviews an emergency afterwards.
    """

    policy: str
    policy_digest: str
    mode: Mode
    rules: Rules
    not_after: datetime
    deadline_cause: DeadlineCause
    at_expiry: AtExpiry = Cut()
    warn: tuple[timedelta, ...] = ()
    idle: timedelta | None = None
    supervised: bool = False
    recording: RecordingDuty = RecordingDuty.REQUIRED
    max_streams: int = 1
    fingerprint: bool = False
    limits: Limits = Limits()
    reason_required: bool = True
    ticket_pattern: str | None = None
    review_group: str | None = None


@dataclass(frozen=True, slots=True)
class Reason:
    """One cause of a refusal: for machines, for people, from which policy, and what would help."""

    code: Code
    message: Sentence
    policy: str | None = None
    remedy: Sentence | None = None

    def __str__(self) -> str:
        """Return the cause, and what would help, in English."""
        return together(self.message, self.remedy)


@dataclass(frozen=True, slots=True)
class Requirement:
    """So many distinct people of this group must say yes."""

    group: str
    count: int = 1


@dataclass(frozen=True, slots=True)
class Allow(MustMatch):
    """It may happen, on these terms."""

    obligations: Obligations


@dataclass(frozen=True, slots=True)
class Deny(MustMatch):
    """It may not happen; there is at least one reason."""

    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class NeedsApproval(MustMatch):
    """It may happen on these terms once the people of ``outstanding`` have approved."""

    outstanding: tuple[Requirement, ...]
    obligations: Obligations


@dataclass(frozen=True, slots=True)
class NeedsMfa(MustMatch):
    """The user must first show one of ``methods``; where ``max_age`` is given, within that time before opening."""

    methods: frozenset[str]
    max_age: timedelta | None
    policy: str


Decision = Allow | Deny | NeedsApproval | NeedsMfa
