"""The read side that other packages use: assets, services, sites and their locks, inside the caller's own view."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import ColumnElement, Select, SQLColumnExpression, select
from sqlalchemy.ext.asyncio import AsyncSession

from broker.db.engine import Transaction
from broker.inventory.facts import AssetFacts, BannerFacts, Limits, ServiceFacts, SiteFacts, SiteLockFacts
from broker.inventory.ports import Protocols
from broker.inventory.services import both, fence
from broker.inventory.tables import AgentRow, AssetRow, BannerAcceptanceRow, ServiceRow, SiteRow
from broker.inventory.words import AgentState
from policies.identity import DeviceIdentity
from tunnel.clock import Clock
from tunnel.ids import AgentId, SiteId


class InventoryReader:
    """Reads the inventory; every method takes the view or transaction to read in and returns frozen facts."""

    def __init__(self, protocols: Protocols, clock: Clock) -> None:
        self._guarded = protocols.guarded_protocols()
        self._clock = clock

    async def asset_by_name_or_id(self, view: AsyncSession, name: str) -> AssetFacts | None:
        """Return the asset called ``site/asset`` or ``ast_...``; ``None`` if there is none."""
        rows = await view.scalars(named_asset(name))
        row = rows.one_or_none()
        return None if row is None else self.facts_of(row)

    async def asset_and_service(
        self, view: AsyncSession, asset: str, service: str
    ) -> tuple[AssetFacts, ServiceFacts] | None:
        """Return the asset and its service, each by name or id; an empty ``service`` means the only one there is."""
        facts = await self.asset_by_name_or_id(view, asset)
        if facts is None:
            return None
        found = self.service_of(facts, service)
        return None if found is None else (facts, found)

    def service_of(self, asset: AssetFacts, name: str) -> ServiceFacts | None:
        """Return the asset's service of this name or id; without a name, the only one it has."""
        if not name and len(asset.services) == 1:
            return asset.services[0]
        return asset.service(name)

    async def assets(self, view: AsyncSession, *, site_id: str | None = None) -> list[AssetFacts]:
        """Return every asset, of one site if asked, in order of site and name."""
        query = select(AssetRow).join(AssetRow.site).order_by(SiteRow.name, AssetRow.name)
        if site_id is not None:
            query = query.where(AssetRow.site_id == site_id)
        return [self.facts_of(row) for row in await view.scalars(query)]

    async def site_by_name_or_id(self, view: AsyncSession, name: str) -> SiteFacts | None:
        """Return the site of this name or id, with its lock as of now."""
        row = (await view.scalars(named_site(name))).one_or_none()
        if row is None:
            return None
        return site_facts(row, await self.site_lock(view, row.id))

    async def hold_site(self, tx: Transaction, site_id: str) -> bool:
        """Keep a site from being removed until the caller's transaction ends; ``False`` where it is gone already."""
        held = select(SiteRow.id).where(SiteRow.id == site_id).with_for_update(read=True, key_share=True)
        return await tx.scalar(held) is not None

    async def site_lock(self, view: AsyncSession, site_id: str) -> SiteLockFacts | None:
        """Return the plant's own lock if it holds now; one that ends latest speaks for several."""
        agents = await view.scalars(locked_agents().where(AgentRow.site_id == site_id))
        return standing_lock(agents, self._clock.now())

    async def banner_to_accept(self, view: AsyncSession, site_id: str, user_id: str) -> BannerFacts | None:
        """Return the site's banner if there is one and this person did not accept just this text."""
        accepted = select(BannerAcceptanceRow.digest).filter_by(site_id=site_id, user_id=user_id)
        banner = banner_of(await view.get_one(SiteRow, site_id))
        return None if not banner.text or await view.scalar(accepted) == banner.digest else banner

    def is_there(self, service: SQLColumnExpression[str]) -> ColumnElement[bool]:
        """Return the condition that the service of this id is still there, reaching what it reached."""
        return service.in_(select(ServiceRow.id))

    def facts_of(self, row: AssetRow) -> AssetFacts:
        """Turn a row (with its site and services) into facts."""
        units = fence(row.units)
        return AssetFacts(
            id=row.id,
            site_id=SiteId(row.site_id),
            site=row.site.name,
            name=row.name,
            display_name=row.display_name,
            labels=dict(row.labels),
            zone=row.zone,
            criticality=row.criticality,
            units=units,
            services=tuple(self._service(service, units) for service in row.services),
            version=row.version,
        )

    def _service(self, row: ServiceRow, asset_units: frozenset[int] | None) -> ServiceFacts:
        identity = DeviceIdentity.read(row.identity)
        return ServiceFacts(
            id=row.id,
            name=row.name,
            protocol=row.protocol,
            host=row.host,
            port=row.port,
            guarded=row.protocol in self._guarded,
            units=both(asset_units, fence(row.units)),
            own_units=fence(row.units),
            routes=fence(row.routes),
            identity=identity,
            is_identity_bad=row.identity is not None and identity is None,
            limits=Limits(row.max_streams, row.max_rate, row.idle_seconds, row.device_timeout_seconds),
        )


def named_asset(name: str) -> Select[AssetRow]:
    """Select the asset called ``site/asset``, or of this id."""
    site, slash, asset = name.partition("/")
    query = select(AssetRow).join(AssetRow.site)
    if slash:
        return query.where(SiteRow.name == site, AssetRow.name == asset)
    return query.where(AssetRow.id == name)


def named_site(name: str) -> Select[SiteRow]:
    """Select the site of this name or id. A name has no underscore and an id has one, so they never meet."""
    return select(SiteRow).where(SiteRow.id == name if "_" in name else SiteRow.name == name)


def locked_agents() -> Select[AgentRow]:
    """Select agents whose plant has locked them, whether the lock still holds or not."""
    return select(AgentRow).where(AgentRow.locked, AgentRow.state != AgentState.REVOKED)


def standing_lock(agents: Iterable[AgentRow], now: datetime) -> SiteLockFacts | None:
    """Return the lock that holds longest at ``now``, if any does."""
    holding = [row for row in agents if row.locked and (row.lock_until is None or row.lock_until > now)]
    if not holding:
        return None
    endless = [row for row in holding if row.lock_until is None]
    longest = endless[0] if endless else max(holding, key=lambda row: row.lock_until or now)
    return SiteLockFacts(AgentId(longest.id), longest.lock_reason or "locked by the plant", longest.lock_until)


def site_facts(row: SiteRow, lock: SiteLockFacts | None) -> SiteFacts:
    """Turn a row into facts."""
    return SiteFacts(SiteId(row.id), row.name, row.display_name, row.timezone, row.banner, lock)


def banner_of(row: SiteRow) -> BannerFacts:
    """Return the site's present banner."""
    return BannerFacts(SiteId(row.id), row.name, row.banner)
