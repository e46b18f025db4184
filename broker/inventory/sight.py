"""Who may know of which assets and sites: all with ``INVENTORY_READ``, otherwise what a policy offers the person."""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from broker.http.principal import Permission, Principal
from broker.inventory.facts import AssetFacts
from broker.inventory.ports import AssetVisibility
from broker.inventory.reader import InventoryReader


class Sight:
    """Filters by permission and policy."""

    def __init__(self, reader: InventoryReader, visibility: AssetVisibility) -> None:
        self._reader = reader
        self._visibility = visibility

    async def among(self, principal: Principal, candidates: Sequence[AssetFacts]) -> list[AssetFacts]:
        """Return those assets that this person may know of, in the same order."""
        if principal.may(Permission.INVENTORY_READ) or not candidates:
            return list(candidates)
        visible = await self._visibility.visible(principal, candidates)
        return [asset for asset in candidates if asset.id in visible]

    async def sees_site(self, view: AsyncSession, principal: Principal, site_id: str) -> bool:
        """Tell whether this person may know of the site: all of it, or an asset there."""
        if principal.may(Permission.INVENTORY_READ):
            return True
        return bool(await self.among(principal, await self._reader.assets(view, site_id=site_id)))

    async def sites(self, view: AsyncSession, principal: Principal) -> frozenset[str]:
        """Return the ids of sites where this person may know of an asset."""
        return frozenset(asset.site_id for asset in await self.among(principal, await self._reader.assets(view)))
