"""Assets and their services: what there is to reach at a site."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from sqlalchemy import delete, select

from broker.audit.log import AuditEvent, AuditLog, actor_of
from broker.cluster.bus import Bus, Event
from broker.db.engine import Database, Transaction
from broker.http.errors import NameTakenError, NotFoundError
from broker.http.paging import PageQuery, decode_cursor, encode_cursor
from broker.http.principal import Principal
from broker.inventory.changes import change_lines
from broker.inventory.errors import EditConflictError
from broker.inventory.facts import AssetFacts
from broker.inventory.fitting import Misfit, misfits
from broker.inventory.models import AssetChange, AssetSpec, NewAsset, ServiceSpec
from broker.inventory.ports import Protocols, ServiceUsage
from broker.inventory.reader import InventoryReader, named_asset, named_site
from broker.inventory.searching import AssetSearch, after
from broker.inventory.services import (
    applied,
    delta_of,
    replace_services,
    service_line,
    service_row,
    spec_of_asset,
    stored_units,
)
from broker.inventory.sight import Sight
from broker.inventory.tables import AssetRow, ServiceRow, SiteRow
from tunnel.clock import Clock
from tunnel.ids import new_id

BATCH = 200


@dataclass(frozen=True, slots=True)
class Changed:
    """What is different in an asset, in lines; the ids of services that ended, and of those that let less through."""

    lines: list[str]
    ended: list[str] = field(default_factory=list)
    narrowed: list[str] = field(default_factory=list)


class Assets:
    """The devices of all sites."""

    def __init__(
        self, database: Database, clock: Clock, bus: Bus, audit: AuditLog,
        reader: InventoryReader, sight: Sight, protocols: Protocols, usage: ServiceUsage,
    ) -> None:  # fmt: skip
        self._db = database
        self._clock = clock
        self._bus = bus
        self._audit = audit
        self._reader = reader
        self._sight = sight
        self._usage = usage
        self._protocols = protocols.guarded_protocols() | protocols.opaque_protocols()

    async def create(self, principal: Principal, new: NewAsset) -> AssetFacts:
        """Add a device."""
        async with self._db.transaction() as tx:
            site = (await tx.scalars(named_site(new.site).with_for_update(read=True, key_share=True))).one_or_none()
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
            **_plain(spec),
        )  # fmt: skip
        row.display_name = spec.display_name or spec.name
        row.units = stored_units(spec.units)
        row.services = [service_row(service) for service in spec.services]
        tx.add(row)
        await tx.flush()
        return row

    async def change(self, principal: Principal, asset: str, change: AssetChange) -> AssetFacts:
        """Change a device; sessions on it are judged anew, and what was granted for a service that moved is void."""
        async with self._db.transaction() as tx:
            row = await self._locked_row(tx, principal, asset)
            if change.version not in {None, row.version}:
                raise EditConflictError(
                    "The asset changed since it was read.", hint="Read it again.", fields={"version": row.version}
                )
            changed = await self.change_in(tx, row, change)
            if changed.lines:
                died = await self.died_in(tx, changed.ended, changed.narrowed)
                details = {"name": row.name, "site": row.site_id, "changes": changed.lines, **died}
                await self._record(tx, principal, row, "asset.changed", details)
            return self._reader.facts_of(row)

    async def change_in(self, tx: Transaction, row: AssetRow, change: AssetChange) -> Changed:
        """Change the row in the caller's transaction; return what changed, for the audit log."""
        before, ids = spec_of_asset(row), {service.name: service.id for service in row.services}
        after = applied(before, change)
        self.check(after.units, after.services)
        await self._check_name(tx, row, after.name)
        for name, value in _plain(after).items():
            setattr(row, name, value)
        row.units = stored_units(after.units)
        if change.services is not None:
            replace_services(row, after.services)
        lines = change_lines(compared(before), compared(after))
        if lines:
            row.version, row.changed_at = row.version + 1, self._clock.now()
        await tx.flush()
        delta = delta_of(before, after)
        return Changed(lines, sorted(ids[name] for name in delta.ended), sorted(ids[name] for name in delta.narrowed))

    async def died_in(self, tx: Transaction, ended: Sequence[str], narrowed: Sequence[str] = ()) -> dict[str, Any]:
        """Tell for the audit log which services (by id) end or let less through, and what rested on them."""
        if not ended and not narrowed:
            return {}
        uses = await self._usage.of(tx, ended=ended, narrowed=narrowed)
        return {"ended": [*ended], "narrowed": [*narrowed], "uses": asdict(uses)}

    async def delete(self, principal: Principal, asset: str) -> None:
        """Remove a device; what was done on it stays in recordings and in the audit log."""
        async with self._db.transaction() as tx:
            row = await self._locked_row(tx, principal, asset)
            details = {**asset_details(row), **await self.died_in(tx, sorted(service.id for service in row.services))}
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
        self, principal: Principal, page: PageQuery, wanted: AssetSearch
    ) -> tuple[list[AssetFacts], str | None]:
        """List the devices that this person may know of, in order of site and name."""
        query = wanted.query().limit(BATCH)
        last = None if page.cursor is None else tuple(decode_cursor(page.cursor, str, 2))
        found: list[AssetFacts] = []
        async with self._db.reading() as view:
            while len(found) <= page.limit:
                rows = list(await view.scalars(after(query, last)))
                found += await self._sight.among(principal, [self._reader.facts_of(row) for row in rows])
                if len(rows) < BATCH:
                    break
                last = (rows[-1].site.name, rows[-1].name)
        more, shown = len(found) > page.limit, found[: page.limit]
        return shown, encode_cursor(shown[-1].site, shown[-1].name) if more else None

    def misfits(self, units: frozenset[int] | None, services: Sequence[ServiceSpec]) -> Iterator[Misfit]:
        """Find services of an unknown protocol, or outside their asset's fence."""
        return misfits(units, services, self._protocols)

    def check(self, units: frozenset[int] | None, services: Sequence[ServiceSpec]) -> None:
        """Raise ``BadInventoryError`` for the first misfit."""
        for found in self.misfits(units, services):
            raise found.error()

    async def _check_name(self, tx: Transaction, row: AssetRow, name: str) -> None:
        if name == row.name:
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
    return {"site": row.site_id, **spec_details(spec_of_asset(row))}


def spec_details(spec: AssetSpec) -> dict[str, Any]:
    """What the audit log keeps of an asset, but for its site."""
    return {
        "name": spec.name,
        "display_name": spec.display_name,
        "labels": [f"{key}={value}" for key, value in sorted(spec.labels.items())],
        "zone": spec.zone,
        "criticality": str(spec.criticality),
        "units": stored_units(spec.units),
        "services": [service_line(service) for service in sorted(spec.services, key=lambda service: service.name)],
    }


def compared(spec: AssetSpec) -> dict[str, object]:
    """What a change of an asset is told by: each service by itself, one that is not there as nothing."""
    services = {f"service {service.name}": service_line(service).partition(": ")[2] for service in spec.services}
    return {**spec_details(spec), "labels": spec.labels, "services": sorted(s.name for s in spec.services), **services}


def _plain(spec: AssetSpec) -> dict[str, Any]:
    return spec.model_dump(mode="json", include={"name", "display_name", "labels", "zone", "criticality"})
