"""Where somebody may look who has no right to the whole inventory."""

from broker.db.engine import Database
from broker.events.seeing import Places
from broker.http.principal import Principal
from broker.inventory.reader import InventoryReader
from broker.inventory.sight import Sight


class PlaceReader:
    """Asks the inventory, which asks the policies."""

    def __init__(self, database: Database, reader: InventoryReader, sight: Sight) -> None:
        self._db = database
        self._reader = reader
        self._sight = sight

    async def of(self, principal: Principal) -> Places:
        """Return the assets, and the sites of assets, that this person may know of now."""
        async with self._db.reading() as view:
            seen = await self._sight.among(principal, await self._reader.assets(view))
        return Places(frozenset(asset.id for asset in seen), frozenset(asset.site_id for asset in seen))
