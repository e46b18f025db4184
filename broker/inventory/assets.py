"""Assets and their services: what there is to reach at a site."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, delete, or_, select, tuple_

from broker.audit.log import AuditEvent, AuditLog, actor_of
from broker.cluster.bus import Bus, Event
from broker.db.engine import Database, Transaction
from broker.http.errors import NameTakenError, NotFoundError
from broker.http.paging import PageQuery, decode_cursor, encode_cursor
from broker.http.principal import Principal
from broker.inventory.changes import change_lines
from broker.inventory.errors import BadInventoryError, EditConflictError
from broker.inventory.facts import AssetFacts
from broker.inventory.models import AssetChange, AssetSpec, NewAsset, ServiceSpec
from broker.inventory.ports import Protocols
from broker.inventory.reader import InventoryReader, named_asset, named_site
from broker.inventory.sight import Sight
from broker.inventory.tables import AssetRow, ServiceRow, SiteRow
from tunnel.clock import Clock
from tunnel.ids import new_id

BATCH = 200


class Assets:
    """The devices of all sites."""

    def __init__(
        self, database: Database, clock: Clock, bus: Bus, audit: AuditLog,
        reader: InventoryReader, sight: Sight, protocols: Protocols,
    ) -> None:  # fmt: skip
        self._db = database
        self._clock = clock
        self._bus = bus
        self._audit = audit
        self._reader = reader
        self._sight = sight
        self._protocols = protocols.guarded_protocols() | protocols.opaque_protocols()

    async def create(self, principal: Principal, new: NewAsset) -> AssetFacts:
        """Add a device."""
        async with self._db.transaction() as tx:
            site = (await tx.scalars(named_site(new.site))).one_or_none()
            if site is None:
                raise NotFoundError(f"There is no site {new.site!r}.")
            row = await self.create_in(tx, site, new)
            await self._record(tx, principal, row, "asset.created", asset_details(row))
            return self._reader.facts_of(row)

    async def create_in(self, tx: Transaction, site: SiteRow, spec: AssetSpec) -> AssetRow:
        """Add the row in the caller's transaction; the caller audits."""
        if (await tx.scalars(select(AssetRow.id).filter_by(site_id=site.id, name=spec.name))).first() is not None:
            raise NameTakenError(f"The site {site.name!r} has an asset {spec.name!r} already.")
        self.check(spec.units, spec.services)
        now = self._clock.now()
        row = AssetRow(
            id=new_id("ast"), site=site, version=1, created_at=now, changed_at=now, services=[], units=None,
            **_plain(spec, exclude={"services", "site", "units"}),
        )  # fmt: skip
        row.display_name = spec.display_name or spec.name
        row.units = _stored(spec.units)
        row.services = [_service_row(service) for service in spec.services]
        tx.add(row)
        await tx.flush()
        return row

    async def change(self, principal: Principal, asset: str, change: AssetChange) -> AssetFacts:
        """Change a device; sessions on it are judged anew."""
        async with self._db.transaction() as tx:
            row = await self._locked_row(tx, principal, asset)
            if change.version not in {None, row.version}:
                raise EditConflictError(
                    "The asset changed since it was read.", hint="Read it again.", fields={"version": row.version}
                )
            lines = await self.change_in(tx, row, change)
            if lines:
                details = {"name": row.name, "site": row.site_id, "changes": lines}
                await self._record(tx, principal, row, "asset.changed", details)
            return self._reader.facts_of(row)

    async def change_in(self, tx: Transaction, row: AssetRow, change: AssetChange) -> list[str]:
        """Change the row in the caller's transaction; return what changed, for the audit log."""
        before = asset_details(row)
        await self._check_name(tx, row, change.name)
        for name, value in _plain(change, exclude={"services", "version", "units"}, exclude_unset=True).items():
            if value is not None:
                setattr(row, name, value)
        if "units" in change.model_fields_set:
            row.units = _stored(change.units)
        if change.services is not None:
            _replace_services(row, change.services)
        self.check(_fence(row.units), [spec_of_service(service) for service in row.services])
        lines = change_lines(before, asset_details(row))
        if lines:
            row.version, row.changed_at = row.version + 1, self._clock.now()
        await tx.flush()
        return lines

    async def delete(self, principal: Principal, asset: str) -> None:
        """Remove a device; what was done on it stays in recordings and in the audit log."""
        async with self._db.transaction() as tx:
            row = await self._locked_row(tx, principal, asset)
            details = asset_details(row)
            await tx.execute(delete(ServiceRow).where(ServiceRow.asset_id == row.id))
            await tx.execute(delete(AssetRow).where(AssetRow.id == row.id))
            await self._record(tx, principal, row, "asset.deleted", details)

    async def get(self, principal: Principal, asset: str) -> AssetFacts:
        """Return a device that this person may know of, by ``site/asset`` or id."""
        async with self._db.reading() as view:
            facts = await self._reader.asset_by_name_or_id(view, asset)
        if facts is None or not await self._sight.among(principal, [facts]):
            raise NotFoundError
        return facts

    async def page(
        self, principal: Principal, page: PageQuery, *,
        site: str | None = None, labels: Sequence[tuple[str, str]] = (), text: str = "",
    ) -> tuple[list[AssetFacts], str | None]:  # fmt: skip
        """List the devices that this person may know of, in order of site and name."""
        query = _search(site, labels, text).limit(BATCH)
        after = None if page.cursor is None else tuple(decode_cursor(page.cursor, str, 2))
        found: list[AssetFacts] = []
        async with self._db.reading() as view:
            while len(found) <= page.limit:
                rows = list(await view.scalars(_after(query, after)))
                found += await self._sight.among(principal, [self._reader.facts_of(row) for row in rows])
                if len(rows) < BATCH:
                    break
                after = (rows[-1].site.name, rows[-1].name)
        more, shown = len(found) > page.limit, found[: page.limit]
        return shown, encode_cursor(shown[-1].site, shown[-1].name) if more else None

    def check(self, units: frozenset[int] | None, services: Sequence[ServiceSpec]) -> None:
        """Raise ``BadInventoryError`` for an unknown protocol, or a service outside its asset's fence."""
        for service in services:
            if service.protocol not in self._protocols:
                known = ", ".join(sorted(self._protocols))
                raise BadInventoryError(
                    f"services.{service.name}: the protocol {service.protocol!r} is not known.", hint=f"Known: {known}."
                )
            if units is not None and service.units is not None and not service.units <= units:
                raise BadInventoryError(
                    f"services.{service.name}: its units are not all within the asset's.",
                    hint="The asset's 'units' fence all its services.",
                )

    async def _check_name(self, tx: Transaction, row: AssetRow, name: str | None) -> None:
        if name is None or name == row.name:
            return
        if (await tx.scalars(select(AssetRow.id).filter_by(site_id=row.site_id, name=name))).first() is not None:
            raise NameTakenError(f"The site has an asset {name!r} already.")

    async def _locked_row(self, tx: Transaction, principal: Principal, asset: str) -> AssetRow:
        row = (await tx.scalars(named_asset(asset).with_for_update(of=AssetRow))).one_or_none()
        if row is None or not await self._sight.among(principal, [self._reader.facts_of(row)]):
            raise NotFoundError
        return row

    async def _record(
        self, tx: Transaction, principal: Principal, row: AssetRow, action: str, details: dict[str, Any]
    ) -> None:
        await self._audit.append(tx, AuditEvent(action, actor_of(principal), row.id, details))
        self.announce(tx, row.id, row.site_id)

    def announce(self, tx: Transaction, asset_id: str, site_id: str) -> None:
        """Publish ``asset.changed`` after the commit."""
        event = Event("asset.changed", {"asset": asset_id, "site": site_id})
        tx.on_commit(lambda: self._bus.publish(event))


def asset_details(row: AssetRow) -> dict[str, Any]:
    """What the audit log keeps of an asset."""
    return {
        "site": row.site_id,
        "name": row.name,
        "display_name": row.display_name,
        "labels": [f"{key}={value}" for key, value in sorted(row.labels.items())],
        "zone": row.zone,
        "criticality": str(row.criticality),
        "units": row.units,
        "services": [_service_line(service) for service in sorted(row.services, key=lambda service: service.name)],
    }


def spec_of_service(row: ServiceRow) -> ServiceSpec:
    """Turn a row back into what an editor would write."""
    return ServiceSpec.model_validate(
        {
            "name": row.name,
            "protocol": row.protocol,
            "host": row.host,
            "port": row.port,
            "units": row.units,
            "routes": row.routes,
            "limits": {
                "max_streams": row.max_streams,
                "max_rate": row.max_rate,
                "idle_seconds": row.idle_seconds,
                "device_timeout_seconds": row.device_timeout_seconds,
            },
        }
    )


def _service_line(row: ServiceRow) -> str:
    spec = spec_of_service(row)
    units = "" if row.units is None else f" units {','.join(map(str, row.units))}"
    routes = "" if row.routes is None else f" routes {','.join(row.routes)}"
    limits = " ".join(f"{name}={value}" for name, value in spec.limits.model_dump(exclude_none=True).items())
    return f"{row.name}: {row.protocol} {row.host} {row.port}{units}{routes} {limits}"


def _replace_services(row: AssetRow, specs: Sequence[ServiceSpec]) -> None:
    present = {service.name: service for service in row.services}
    kept = []
    for spec in specs:
        service = present.get(spec.name)
        if service is None:
            service = _service_row(spec)
        else:
            _write_service(service, spec)
        kept.append(service)
    row.services = sorted(kept, key=lambda service: service.name)


def _service_row(spec: ServiceSpec) -> ServiceRow:
    row = ServiceRow(id=new_id("svc"), name=spec.name)
    _write_service(row, spec)
    return row


def _write_service(row: ServiceRow, spec: ServiceSpec) -> None:
    row.protocol, row.host, row.port = spec.protocol, spec.host, spec.port
    row.units = _stored(spec.units)
    row.routes = None if spec.routes is None else sorted(spec.routes)
    for name, value in spec.limits.model_dump().items():
        setattr(row, name, value)


def _plain(model: AssetSpec | AssetChange, *, exclude: set[str], exclude_unset: bool = False) -> dict[str, Any]:
    return model.model_dump(mode="json", exclude=exclude, exclude_unset=exclude_unset)


def _stored(units: frozenset[int] | None) -> list[int] | None:
    return None if units is None else sorted(units)


def _fence(units: list[int] | None) -> frozenset[int] | None:
    return None if units is None else frozenset(units)


def _search(site: str | None, labels: Sequence[tuple[str, str]], text: str) -> Select[AssetRow]:
    query = select(AssetRow).join(AssetRow.site).order_by(SiteRow.name, AssetRow.name)
    if site is not None:
        query = query.where((SiteRow.name == site) | (SiteRow.id == site))
    for key, value in labels:
        query = query.where(AssetRow.labels[key].as_string() == value)
    if text:
        columns = (AssetRow.name, AssetRow.display_name, AssetRow.zone)
        query = query.where(or_(*(column.icontains(text, autoescape=True) for column in columns)))
    return query


def _after(query: Select[AssetRow], keys: tuple[str, ...] | None) -> Select[AssetRow]:
    return query if keys is None else query.where(tuple_(SiteRow.name, AssetRow.name) > tuple_(*keys))
