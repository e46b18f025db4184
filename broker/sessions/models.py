"""What the API of sessions takes and gives."""

from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from broker.http.paging import Page, PageQuery
from policies.rules import Tier
from tunnel.frames import MAX_TEXT_CHARACTERS

Reference = Annotated[str, Field(min_length=1, max_length=200)]
Reason = Annotated[str, Field(min_length=1, max_length=500)]
Word = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=MAX_TEXT_CHARACTERS)]


class OpenBody(BaseModel):
    """What to open; ``tiers`` may ask for less than the grant gives."""

    model_config = ConfigDict(extra="forbid")

    asset: Reference
    service: Annotated[str, Field(max_length=64)] = ""
    tiers: Annotated[list[Tier], Field(max_length=4)] = []
    grant: Annotated[str, Field(max_length=64)] | None = None


class ReasonBody(BaseModel):
    """Why."""

    model_config = ConfigDict(extra="forbid")

    reason: Reason


class WarnBody(BaseModel):
    """What to tell the user."""

    model_config = ConfigDict(extra="forbid")

    text: Word


class KillAllBody(BaseModel):
    """Which sessions to cut: all, or those of vendors; everywhere, or on one site."""

    model_config = ConfigDict(extra="forbid")

    vendor_only: bool = True
    site: Reference | None = None
    reason: Reason


class ExtensionBody(BaseModel):
    """How much more time (seconds), and why."""

    model_config = ConfigDict(extra="forbid")

    duration: Annotated[int, Field(ge=60, le=7 * 86_400)]
    reason: Reason


class ExtensionOut(BaseModel):
    """A wish for more time; ``approvals_needed`` are those that are still missing."""

    id: str
    session: str
    state: str
    duration: int
    reason: str
    created_at: AwareDatetime
    expires_at: AwareDatetime
    not_after: AwareDatetime | None
    approvals_needed: list[dict[str, Any]]


class ExtensionList(BaseModel):
    """The extensions of a session."""

    items: list[ExtensionOut]


class SessionFilter(PageQuery):
    """Filters of the list."""

    active: bool = False
    mine: bool = False
    vendor: bool = False
    site: Reference | None = None
    asset: Reference | None = None
    user: Annotated[str, Field(max_length=64)] | None = None
    grant: Annotated[str, Field(max_length=64)] | None = None


class LookOut(BaseModel):
    """One look at a device; ``problem`` says why it cannot be compared, if so."""

    at: AwareDatetime
    facts: dict[str, str]
    problem: str


class DifferenceOut(BaseModel):
    """One fact that is not as it was; ``null``: the device did not tell it."""

    fact: str
    before: str | None
    after: str | None


class FingerprintOut(BaseModel):
    """The device before and after the session; ``reason`` says why the looks were not taken, if so."""

    outcome: Literal["pending", "unchanged", "changed", "not_taken"]
    reason: str
    before: LookOut | None
    after: LookOut | None
    differences: list[DifferenceOut]


class SessionOut(BaseModel):
    """One use of a grant by one user on one service; what is counted is as of now, or of its end.

    ``operations`` are requests, ``writes`` those above READ that passed, ``denials`` those that did not; ``rate`` is
    requests per second over the last ten seconds. ``connected``: a stream is open, or the user's client watches.
    ``fingerprint`` is there where the policy wants the device to be looked at, ``supervision`` while a session lives
    that somebody of the plant must watch: ``waiting`` while nobody does, and nothing of the user's reaches the asset.
    """

    id: str
    state: str
    user: str
    user_name: str
    organization: str
    vendor: bool
    address: str
    site: str
    asset: str
    asset_name: str
    service: str
    service_name: str
    protocol: str
    grant: str
    request: str | None
    policy: str
    tiers: list[str]
    ticket: str
    reason: str
    recording: str | None
    emergency: bool
    opened_at: AwareDatetime
    not_after: AwareDatetime
    ended_at: AwareDatetime | None
    end_code: str | None
    end_detail: str
    streams: int
    bytes_to_asset: int
    bytes_to_user: int
    operations: int
    writes: int
    denials: int
    rate: float
    tiers_used: list[str]
    connected: bool
    supervision: Literal["waiting", "watched"] | None
    fingerprint: FingerprintOut | None


class SessionPage(Page[SessionOut]):
    """One page of sessions."""


class BlockOut(BaseModel):
    """A way back that is blocked."""

    id: str
    session: str
    user: str
    asset: str
    reason: str
    created_by: str
    created_at: AwareDatetime


class BlockList(BaseModel):
    """The blocks that stand."""

    items: list[BlockOut]


class DrillOut(BaseModel):
    """What one press of the red button did, and how fast; ``cut_after_ms`` counts from the press."""

    id: str
    at: AwareDatetime
    by: str
    reason: str
    site: str | None
    vendor_only: bool
    duration_ms: float
    sessions: list[dict[str, Any]]
    digest: str


class DrillList(BaseModel):
    """The drill reports."""

    items: list[DrillOut]
