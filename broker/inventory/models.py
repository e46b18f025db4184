"""What the inventory's routes and its YAML take and give."""

from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, field_serializer, model_validator

from broker.inventory.words import (
    AgentState,
    Criticality,
    Host,
    Labels,
    Line,
    Name,
    Port,
    Reason,
    Routes,
    Text,
    TimeZone,
    Units,
    Zone,
    is_serial,
)
from policies.identity import DeviceIdentity
from policies.protocols import PROTOCOLS
from policies.speech import misfits

MAX_SERVICES = 64
SERIAL_PROTOCOL = "modbus-rtu"


class Strict(BaseModel):
    """Base of what is taken: unknown fields are errors."""

    model_config = ConfigDict(extra="forbid")


class ServiceLimits(Strict):
    """What the service takes: streams at once, requests per second, seconds; devices come first."""

    max_streams: Annotated[int, Field(ge=1, le=256)] = 1
    max_rate: Annotated[float, Field(gt=0, le=10_000)] | None = None
    idle_seconds: Annotated[float, Field(ge=10, le=86_400)] | None = None
    device_timeout_seconds: Annotated[float, Field(ge=1, le=600)] = 30.0


class _Fenced(Strict):
    units: Units | None = None

    @field_serializer("units")
    def _sorted(self, units: frozenset[int] | None) -> list[int] | None:
        return None if units is None else sorted(units)


class ServiceSpec(_Fenced):
    """One way to talk to an asset."""

    name: Name
    protocol: Annotated[str, Field(min_length=1, max_length=32)]
    host: Host
    port: Port
    routes: Routes | None = None
    identity: DeviceIdentity | None = None
    """Who the device is: the guard tells tools that look for devices, and the device is not asked."""
    limits: ServiceLimits = ServiceLimits()

    @field_serializer("routes")
    def _in_order(self, routes: frozenset[str] | None) -> list[str] | None:
        return None if routes is None else sorted(routes)

    @model_validator(mode="after")
    def _speaks_what_its_line_carries(self) -> "ServiceSpec":
        if is_serial(self.host) != (self.protocol == SERIAL_PROTOCOL):
            raise ValueError(
                f"a serial line speaks {SERIAL_PROTOCOL}, and {SERIAL_PROTOCOL} needs one: host serial:/dev/..., "
                "and as port the one that tools know, 502"
            )
        return self

    @model_validator(mode="after")
    def _fences_fit_the_protocol(self) -> "ServiceSpec":
        if self.routes is None and self.protocol not in PROTOCOLS:
            return self
        for found in misfits(frozenset({self.protocol}), units=self.units, routes=self.routes):
            raise ValueError(": ".join(filter(None, (found.message, found.hint))))
        return self

    @model_validator(mode="after")
    def _identity_is_told_in_the_protocol(self) -> "ServiceSpec":
        if self.identity is not None and self.identity.told_in != {self.protocol}:
            known = ", ".join(DeviceIdentity.model_fields)
            raise ValueError(
                f"'identity' holds one thing, named as the service's protocol ({self.protocol}); known: {known}"
            )
        return self


Services = Annotated[list[ServiceSpec], Field(max_length=MAX_SERVICES)]


class AssetSpec(_Fenced):
    """A device, without its site."""

    name: Name
    display_name: Line = ""
    labels: Labels = {}
    zone: Zone = ""
    criticality: Criticality = Criticality.MEDIUM
    services: Services = []

    @model_validator(mode="after")
    def _services_have_names_of_their_own(self) -> "AssetSpec":
        refuse_doubles("service", [service.name for service in self.services])
        return self


class NewAsset(AssetSpec):
    """A device and the site that it stands at (name or id)."""

    site: Annotated[str, Field(min_length=1, max_length=64)]


class AssetChange(_Fenced):
    """What is to change; fields left out stay. ``services`` replaces the whole list, matched by name.

    ``version`` is the version that the caller read; if it is no longer the present one, nothing changes.
    """

    name: Name | None = None
    display_name: Line | None = None
    labels: Labels | None = None
    zone: Zone | None = None
    criticality: Criticality | None = None
    services: Services | None = None
    version: Annotated[int, Field(ge=1)] | None = None

    @model_validator(mode="after")
    def _services_have_names_of_their_own(self) -> "AssetChange":
        refuse_doubles("service", [service.name for service in self.services or []])
        return self


class NewSite(Strict):
    """A plant. ``banner`` is what everybody must have accepted before they ask for access or open a session there."""

    name: Name
    display_name: Line = ""
    timezone: TimeZone
    banner: Text = ""


class SiteChange(Strict):
    """What is to change; fields left out stay."""

    display_name: Line | None = None
    timezone: TimeZone | None = None
    banner: Text | None = None
    version: Annotated[int, Field(ge=1)] | None = None


class Why(Strict):
    """The reason for something that others will ask about."""

    reason: Reason


class Note(Strict):
    """A reason, where one need not be given."""

    reason: Annotated[Line, Field(max_length=500)] = ""


class SiteLockOut(BaseModel):
    """The plant's own lock, which no grant opens."""

    agent: str
    reason: str
    until: datetime | None


class SiteOut(BaseModel):
    """A plant."""

    id: str
    name: str
    display_name: str
    timezone: str
    banner: str
    online: bool
    lock: SiteLockOut | None
    version: int


class AcceptanceIn(Strict):
    """Which text the caller accepts: the SHA-256 of its UTF-8, in hex."""

    digest: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class AcceptanceOut(BaseModel):
    """That the caller accepted the site's present banner, and when."""

    site: str
    digest: str
    accepted_at: datetime


class JoinTokenOut(BaseModel):
    """A one-time right to enrol one agent; shown once. ``command`` is what to run on site."""

    token: str
    expires_at: datetime
    command: str


class AgentOut(BaseModel):
    """An agent; ``clock_offset_seconds`` is its clock minus ours (beyond 60 it refuses every grant)."""

    id: str
    name: str
    site: str
    site_name: str
    state: AgentState
    state_reason: str
    state_at: datetime
    online: bool
    streams: int
    address: str
    connected_at: datetime | None
    last_seen_at: datetime | None
    enrolled_at: datetime
    software: str
    clock_offset_seconds: float | None
    ceiling_digest: str
    certificate_expires_at: datetime | None
    locked: bool
    lock_until: datetime | None
    lock_reason: str


class ServiceOut(BaseModel):
    """One way to talk to an asset; ``guarded`` tells whether its operations are understood or pass opaquely.

    ``units`` is the fence of asset and service together, ``own_units`` that of the service alone.
    """

    id: str
    name: str
    protocol: str
    host: str
    port: int
    guarded: bool
    units: list[int] | None
    own_units: list[int] | None
    routes: list[str] | None
    identity: DeviceIdentity | None
    limits: ServiceLimits


class AssetOut(BaseModel):
    """A device; ``path`` is the name by which people call it."""

    id: str
    path: str
    site: str
    site_name: str
    name: str
    display_name: str
    labels: dict[str, str]
    zone: str
    criticality: str
    units: list[int] | None
    services: list[ServiceOut]
    version: int


class UsesOut(BaseModel):
    """What rests on services: live sessions, grants that may still be used, requests that nobody has decided."""

    sessions: int
    grants: int
    requests: int


class ChangePreviewOut(BaseModel):
    """What a change would do: lines as in the audit log, and the services (by name) that would end or be narrowed.

    Of those that end, ``uses`` counts all; of those that are narrowed, the sessions, which end if they may say more.
    """

    changes: list[str]
    ended: list[str]
    narrowed: list[str]
    uses: UsesOut


class ImportRequest(Strict):
    """An inventory as YAML; with ``dry_run`` nothing changes."""

    yaml: Annotated[str, Field(max_length=4 * 1024 * 1024)]
    dry_run: bool = False


class ImportProblem(BaseModel):
    """One thing that is wrong in the text; ``line`` counts from 1, and is 0 where it is about no line."""

    line: int
    path: str = ""
    message: str
    hint: str = ""


class ImportChange(BaseModel):
    """What an import changes in one site or asset, in lines as in the audit log."""

    path: str
    lines: list[str]


class ImportOut(BaseModel):
    """What the import did, or would do: paths of sites and assets. With problems it did nothing at all.

    ``changes`` tells what is different in each that is ``changed``; ``uses`` counts what rests on services that end or
    are narrowed by it.
    """

    created: list[str]
    changed: list[str]
    unchanged: list[str]
    problems: list[ImportProblem]
    changes: list[ImportChange]
    uses: UsesOut
    dry_run: bool


def refuse_doubles(kind: str, names: list[str]) -> None:
    """Raise ``ValueError`` if a name stands twice in a list."""
    doubled = sorted({name for name in names if names.count(name) > 1})
    if doubled:
        raise ValueError(f"the {kind} {doubled[0]!r} stands there twice: names are unique")


def settings_of(spec: BaseModel) -> dict[str, Any]:
    """The fields that were given, as plain values."""
    return spec.model_dump(mode="json", exclude_unset=True)
