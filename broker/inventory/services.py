"""Services as rows and as what an editor writes; which of them a change lets stand, which it makes another thing."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from pydantic import BaseModel

from broker.inventory.models import AssetChange, AssetSpec, ServiceLimits, ServiceSpec
from broker.inventory.tables import AssetRow, ServiceRow
from broker.inventory.words import Criticality
from policies.identity import DeviceIdentity
from tunnel.ids import new_id

T = TypeVar("T", int, str)


@dataclass(frozen=True, slots=True)
class Delta:
    """What a change does to services that were there, by name.

    ``ended``: gone, or reaching something else; what was granted for them holds no more. ``narrowed``: they let less
    through than before; sessions that may say more end.
    """

    ended: frozenset[str]
    narrowed: frozenset[str]


def delta_of(before: AssetSpec, after: AssetSpec) -> Delta:
    """Compare an asset with what a change makes of it."""
    left = {service.name: service for service in after.services}
    ended = frozenset(
        service.name for service in before.services if service.name not in left or moves(service, left[service.name])
    )
    narrowed = frozenset(
        service.name
        for service in before.services
        if service.name not in ended and _is_narrower(before, service, after, left[service.name])
    )
    return Delta(ended, narrowed)


def moves(before: ServiceSpec, after: ServiceSpec) -> bool:
    """Tell whether a service of the same name reaches something else than before."""
    return (before.protocol, before.host, before.port) != (after.protocol, after.host, after.port)


def applied(spec: AssetSpec, change: AssetChange) -> AssetSpec:
    """Return what a change makes of an asset: what it leaves out stays, and so does what is null, but for the fence."""
    given = {name: getattr(change, name) for name in change.model_fields_set & AssetSpec.model_fields.keys()}
    after = spec.model_copy(update={k: value for k, value in given.items() if value is not None or k == "units"})
    return after.model_copy(update={"display_name": after.display_name or after.name})


def spec_of_asset(row: AssetRow) -> AssetSpec:
    """Turn a row back into what an editor would write, unjudged: what older rules let in can be mended and removed."""
    return AssetSpec.model_construct(
        name=row.name,
        display_name=row.display_name,
        labels=dict(row.labels),
        zone=row.zone,
        criticality=Criticality(row.criticality),
        units=fence(row.units),
        services=[spec_of_service(service) for service in row.services],
    )


def spec_of_service(row: ServiceRow) -> ServiceSpec:
    """Turn a row back into what an editor would write, unjudged."""
    return ServiceSpec.model_construct(
        name=row.name,
        protocol=row.protocol,
        host=row.host,
        port=row.port,
        units=fence(row.units),
        routes=fence(row.routes),
        identity=_identity_of(row),
        limits=ServiceLimits.model_construct(
            max_streams=row.max_streams,
            max_rate=row.max_rate,
            idle_seconds=row.idle_seconds,
            device_timeout_seconds=row.device_timeout_seconds,
        ),
    )


def replace_services(row: AssetRow, specs: Sequence[ServiceSpec]) -> None:
    """Give the asset these services. One that reaches something else gets an id of its own.

    Requests, grants and sessions name a service by its id: nobody's yes to one device opens another.
    """
    present = {service.name: service for service in row.services}
    kept = []
    for spec in specs:
        service = present.get(spec.name)
        if service is None:
            service = service_row(spec)
        else:
            if moves(spec_of_service(service), spec):
                service.id = new_id("svc")
            _write_service(service, spec)
        kept.append(service)
    row.services = sorted(kept, key=lambda service: service.name)


def service_row(spec: ServiceSpec) -> ServiceRow:
    """Make the row of a new service."""
    row = ServiceRow(id=new_id("svc"), name=spec.name)
    _write_service(row, spec)
    return row


def service_line(spec: ServiceSpec) -> str:
    """Write a service on one line, for the audit log."""
    units = "" if spec.units is None else f" units {','.join(map(str, sorted(spec.units)))}"
    routes = "" if spec.routes is None else f" routes {','.join(sorted(spec.routes))}"
    identity = "" if spec.identity is None else f" identity {_told(spec.identity)}"
    return f"{spec.name}: {spec.protocol} {spec.host} {spec.port}{units}{routes} {_words_of(spec.limits)}{identity}"


def stored_units(units: frozenset[int] | None) -> list[int] | None:
    """Return a fence as it is kept."""
    return None if units is None else sorted(units)


def _write_service(row: ServiceRow, spec: ServiceSpec) -> None:
    row.protocol, row.host, row.port = spec.protocol, spec.host, spec.port
    row.units = stored_units(spec.units)
    row.routes = None if spec.routes is None else sorted(spec.routes)
    row.identity = None if spec.identity is None else plain_identity(spec.identity)
    for name, value in spec.limits.model_dump().items():
        setattr(row, name, value)


def fence(values: Iterable[T] | None) -> frozenset[T] | None:
    """Return a fence from what is kept of it."""
    return None if values is None else frozenset(values)


def _identity_of(row: ServiceRow) -> DeviceIdentity | None:
    judged = DeviceIdentity.read(row.identity)
    if judged is not None or row.identity is None:
        return judged
    kept: dict[str, Any] = {name: told for name, told in row.identity.items() if isinstance(told, dict)}
    return DeviceIdentity.model_construct(**kept)


def plain_identity(identity: DeviceIdentity, *, with_defaults: bool = True) -> dict[str, Any]:
    """Return an identity as it is kept and written, whatever rules it was let in by."""
    return identity.model_dump(mode="json", exclude_none=True, exclude_defaults=not with_defaults, warnings=False)


def _told(identity: DeviceIdentity) -> str:
    return " ".join(_words(told) for _, told in sorted(plain_identity(identity).items()))


def _words_of(model: BaseModel) -> str:
    return _words(model.model_dump(mode="json", exclude_none=True))


def _words(plain: Mapping[str, object]) -> str:
    return " ".join(f"{name}={value}" for name, value in plain.items())


def _is_narrower(before: AssetSpec, was: ServiceSpec, after: AssetSpec, now: ServiceSpec) -> bool:
    return (
        _takes_away(both(before.units, was.units), both(after.units, now.units))
        or _takes_away(was.routes, now.routes)
        or (now.limits.max_rate is not None and now.limits.max_rate < (was.limits.max_rate or float("inf")))
    )


def _takes_away(before: frozenset[T] | None, after: frozenset[T] | None) -> bool:
    return after is not None and (before is None or not before <= after)


def both(asset: frozenset[int] | None, service: frozenset[int] | None) -> frozenset[int] | None:
    """Return the fence of asset and service together."""
    if asset is None or service is None:
        return service if asset is None else asset
    return asset & service
