"""The parts of a policy: who, what, when, from where, how logged in, after whose approval, saying what."""

from datetime import timedelta
from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from policies.decision import Cut, Mode, RecordingDuty
from policies.facts import OrganizationKind
from policies.faults import fault
from policies.protocols import TABLE_PATTERN
from policies.rules import Change, Number, ObjectList, ObjectRule, Rules, Scan, ScanAction, Tier, Unit
from policies.words import (
    Addresses,
    ChangeRate,
    Closing,
    Expiry,
    LabelValues,
    Moment,
    Name,
    Names,
    Network,
    ObjectName,
    Opening,
    Slug,
    Slugs,
    Strict,
    TicketText,
    TimeZone,
    UpToADay,
    UpToAWeek,
)


class Day(StrEnum):
    """A day of the week."""

    MON = "mon"
    TUE = "tue"
    WED = "wed"
    THU = "thu"
    FRI = "fri"
    SAT = "sat"
    SUN = "sun"


class Factor(StrEnum):
    """A second factor; ``federated`` is one that a trusted identity provider vouched for."""

    TOTP = "totp"
    PASSKEY = "passkey"
    RECOVERY = "recovery"
    FEDERATED = "federated"


DEFAULT_FACTORS = frozenset({Factor.TOTP, Factor.PASSKEY})
"""What counts where a policy names no second factor."""


class Who(Strict):
    """The people meant: all given fields must hold, one entry of each is enough. ``anyone`` stands alone."""

    anyone: Literal[True] | None = None
    users: Names | None = None
    groups: Slugs | None = None
    organizations: Names | None = None
    kinds: Annotated[frozenset[OrganizationKind], Field(min_length=1)] | None = None

    @model_validator(mode="after")
    def _names_somebody(self) -> Self:
        _one_or_others(self, "anyone")
        return self


class Assets(Strict):
    """The devices meant: all given fields must hold; a label holds if the asset has one of its values."""

    names: Names | None = None
    labels: Annotated[dict[Name, LabelValues], Field(min_length=1, max_length=32)] | None = None
    zones: Names | None = None
    criticality: Names | None = None

    @model_validator(mode="after")
    def _narrows(self) -> Self:
        if not _given(self):
            raise ValueError(fault("assets_nothing"))
        return self


class What(Strict):
    """What may be reached: all given fields must hold. ``services`` names or protocols; ``anything`` stands alone."""

    anything: Literal[True] | None = None
    sites: Slugs | None = None
    assets: Assets | None = None
    services: Names | None = None

    @model_validator(mode="after")
    def _names_something(self) -> Self:
        _one_or_others(self, "anything")
        return self


class When(Strict):
    """Days and times in one time zone, and the freezes that count."""

    timezone: TimeZone | None = None
    days: Annotated[frozenset[Day], Field(min_length=1)] | None = None
    opens: Opening | None = Field(None, alias="from")
    closes: Closing | None = Field(None, alias="to")
    freezes: Slugs | None = None

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        if (self.opens is None) != (self.closes is None):
            raise ValueError(fault("from_and_to"))
        if self.opens is not None and self.opens == self.closes:
            raise ValueError(fault("same_time"))
        if self.timezone is None and (self.days or self.opens):
            raise ValueError(fault("needs_timezone"))
        if self.timezone is not None and not (self.days or self.opens):
            raise ValueError(fault("timezone_alone"))
        return self


class From(Strict):
    """The networks that the user's connection may come from."""

    networks: Annotated[tuple[Network, ...], Field(min_length=1, max_length=200)]


class LoginTerms(Strict):
    """How the user must have logged in: with one of ``mfa``; an empty list asks for no second factor.

    ``max_age`` is how long ago the second factor may have been shown when a session opens.
    """

    mfa: frozenset[Factor] = DEFAULT_FACTORS
    max_age: UpToADay | None = None

    @model_validator(mode="after")
    def _has_a_factor_to_age(self) -> Self:
        if self.max_age is not None and not self.mfa:
            raise ValueError(fault("max_age_alone"))
        return self


class ApprovalTerm(Strict):
    """So many distinct people of this group must approve.

    With ``mfa`` or ``max_age`` each of them must have shown one of these second factors, within that time before
    the yes; where only ``max_age`` is given, one of those that a login must show by default.
    """

    group: Slug
    count: Annotated[int, Field(ge=1, le=5)] = 1
    mfa: Annotated[frozenset[Factor], Field(min_length=1)] | None = None
    max_age: UpToADay | None = None

    @property
    def factors(self) -> frozenset[Factor]:
        """The second factors of which an approver must have shown one; empty if the policy wants none of them."""
        if self.mfa is None and self.max_age is not None:
            return DEFAULT_FACTORS
        return self.mfa or frozenset()


class AfterReview(Strict):
    """Who looks at an emergency access afterwards."""

    group: Slug


class Access(Strict):
    """How access is given; ``max_duration`` runs from activation, not from the request."""

    mode: Mode = Mode.REQUEST
    max_duration: UpToAWeek
    approvals: Annotated[tuple[ApprovalTerm, ...], Field(max_length=5)] = ()
    reason: Literal["required", "optional"] | None = None
    ticket: TicketText | None = None
    valid_until: Moment | None = None
    after_review: AfterReview | None = None

    @model_validator(mode="after")
    def _fits_its_mode(self) -> Self:
        for wrong, text in self._faults():
            if wrong:
                raise ValueError(fault(text))
        return self

    @property
    def reason_required(self) -> bool:
        """Whether a reason must be given: yes unless the policy says otherwise or access stands."""
        return self.reason == "required" or (self.reason is None and self.mode is not Mode.STANDING)

    def _faults(self) -> tuple[tuple[bool, str], ...]:
        standing, emergency = self.mode is Mode.STANDING, self.mode is Mode.EMERGENCY
        groups = [term.group for term in self.approvals]
        return (
            (len(set(groups)) < len(groups), "group_twice"),
            (standing and bool(groups), "standing_approvals"),
            (standing and self.valid_until is None, "standing_forever"),
            (standing and self.ticket is not None, "standing_ticket"),
            (not standing and self.valid_until is not None, "until_not_standing"),
            (emergency and self.after_review is None, "emergency_review"),
            (emergency and self.reason == "optional", "emergency_reason"),
            (not emergency and self.after_review is not None, "review_not_emergency"),
        )


class SessionLimits(Strict):
    """How many sessions may be open at once under this policy."""

    sessions_per_user: Annotated[int, Field(ge=1, le=100)] | None = None
    sessions_per_asset: Annotated[int, Field(ge=1, le=100)] | None = None


class SessionTerms(Strict):
    """What holds while a session lives. ``fingerprint``: the device is looked at before and after it."""

    at_expiry: Expiry = Cut()
    warn: Annotated[tuple[UpToADay, ...], Field(max_length=8)] = ()
    idle: UpToADay | None = None
    supervised: bool = False
    recording: RecordingDuty = RecordingDuty.REQUIRED
    max_streams: Annotated[int, Field(ge=1, le=256)] = 1
    fingerprint: bool = False
    limits: SessionLimits = SessionLimits()


class ObjectTerm(Strict):
    """Objects of one table; an object must have one of ``addresses`` and one of ``names``, where they are given.

    For writes also what they may be given: ``min`` and ``max`` bound the raw value, ``step`` its difference to the
    value before, ``rate`` the same over time.
    """

    table: Annotated[str, Field(pattern=TABLE_PATTERN)]
    addresses: Addresses | None = None
    names: Annotated[tuple[ObjectName, ...], Field(min_length=1, max_length=200)] | None = None
    min: Number | None = None
    max: Number | None = None
    step: Change | None = None
    rate: ChangeRate | None = None

    @model_validator(mode="after")
    def _has_ordered_bounds(self) -> Self:
        if self.min is not None and self.max is not None and self.min > self.max:
            raise ValueError(fault("min_above_max"))
        return self

    @property
    def bounds_values(self) -> bool:
        """Whether it says what may be written, beside where."""
        return any(bound is not None for bound in (self.min, self.max, self.step, self.rate))

    def as_rule(self) -> ObjectRule:
        """Return the guard's form."""
        return ObjectRule(
            table=self.table,
            addresses=self.addresses,
            names=self.names,
            minimum=self.min,
            maximum=self.max,
            step=self.step,
            rate=self.rate,
        )


Objects = Annotated[tuple[ObjectTerm, ...], Field(max_length=200)]
Units = Annotated[frozenset[Unit], Field(min_length=1, max_length=256)]
Routes = Annotated[frozenset[Name], Field(min_length=1, max_length=256)]


class ScanTerm(Strict):
    """More than ``limit`` distinct objects, sub-addresses or functions within ``per`` are a sweep."""

    limit: Annotated[int, Field(ge=1, le=100_000)]
    per: UpToADay = timedelta(minutes=1)
    action: ScanAction = ScanAction.THROTTLE

    def as_scan(self) -> Scan:
        """Return the guard's form."""
        return Scan(limit=self.limit, seconds=int(self.per.total_seconds()), action=self.action)


class AllowTerms(Strict):
    """What may be said. ``reads`` gives READ and ``writes`` gives OPERATE, narrowed to these objects.

    ``opaque`` is the switch for protocols without a guard; it never loosens a guarded one.
    """

    tiers: frozenset[Tier] = frozenset()
    upload: bool = False
    units: Units | None = None
    routes: Routes | None = None
    reads: Objects | None = None
    writes: Objects | None = None
    ask: frozenset[Tier] = frozenset()
    arm_seconds: Annotated[int, Field(ge=1, le=3600)] | None = None
    max_rate: Annotated[float, Field(gt=0, le=10000, strict=False)] | None = None
    max_in_flight: Annotated[int, Field(ge=1, le=16)] = 1
    scan: ScanTerm | None = None
    read_before_write: bool = False
    opaque: bool = False

    @model_validator(mode="after")
    def _says_each_tier_once(self) -> Self:
        if both := self.tiers & self.ask:
            raise ValueError(fault("tier_in_both", tier=min(both)))
        if any(term.bounds_values for term in self.reads or ()):
            raise ValueError(fault("bounds_in_writes"))
        if self.arm_seconds is not None and not self.ask:
            raise ValueError(fault("arm_without_ask"))
        return self

    def as_rules(self) -> Rules:
        """Return the guard's form."""
        return Rules(
            tiers=self.tiers | (implied_tiers(self.reads, self.writes) - self.ask),
            upload=self.upload,
            units=self.units,
            routes=self.routes,
            reads=as_lists(self.reads),
            writes=as_lists(self.writes),
            ask=self.ask,
            arm_seconds=self.arm_seconds,
            max_rate=self.max_rate,
            max_in_flight=self.max_in_flight,
            scan=(self.scan.as_scan(),) if self.scan is not None else (),
            read_before_write=self.read_before_write,
            opaque=self.opaque,
        )


def implied_tiers(reads: tuple[ObjectTerm, ...] | None, writes: tuple[ObjectTerm, ...] | None) -> frozenset[Tier]:
    """Return the tiers that naming objects gives by itself."""
    return frozenset(tier for tier, terms in ((Tier.READ, reads), (Tier.OPERATE, writes)) if terms)


def as_lists(terms: tuple[ObjectTerm, ...] | None) -> tuple[ObjectList, ...] | None:
    """Return the guard's form of ``reads`` or ``writes``."""
    return None if terms is None else (tuple(term.as_rule() for term in terms),)


def _one_or_others(part: Strict, all_of_it: str) -> None:
    given = _given(part)
    if not given:
        raise ValueError(fault("means_everything", field=all_of_it))
    if all_of_it in given and len(given) > 1:
        raise ValueError(fault("stands_alone", field=all_of_it))


def _given(part: Strict) -> frozenset[str]:
    return frozenset(name for name in part.model_fields_set if getattr(part, name) is not None)
