"""What a change of an asset would do, told before it is made."""

from dataclasses import dataclass

from broker.db.engine import Database
from broker.http.errors import NotFoundError
from broker.http.principal import Principal
from broker.inventory.assets import Assets, compared
from broker.inventory.changes import change_lines
from broker.inventory.facts import Uses
from broker.inventory.models import AssetChange
from broker.inventory.ports import ServiceUsage
from broker.inventory.reader import InventoryReader, named_asset
from broker.inventory.services import applied, delta_of, spec_of_asset
from broker.inventory.sight import Sight


@dataclass(frozen=True, slots=True)
class ChangePreview:
    """What would change, as the audit log has it; services (by name) that would end or let less through."""

    changes: list[str]
    ended: list[str]
    narrowed: list[str]
    uses: Uses


class Previews:
    """Looks ahead; nothing changes."""

    def __init__(
        self, database: Database, reader: InventoryReader, sight: Sight, assets: Assets, usage: ServiceUsage
    ) -> None:
        self._db = database
        self._reader = reader
        self._sight = sight
        self._assets = assets
        self._usage = usage

    async def of(self, principal: Principal, asset: str, change: AssetChange) -> ChangePreview:
        """Return what the change would do now; raise what the change itself would for its own faults."""
        async with self._db.reading() as view:
            row = (await view.scalars(named_asset(asset))).one_or_none()
            if row is None or not await self._sight.among(principal, [self._reader.facts_of(row)]):
                raise NotFoundError
            before = spec_of_asset(row)
            after = applied(before, change)
            self._assets.check(after.units, after.services)
            delta, ids = delta_of(before, after), {service.name: service.id for service in row.services}
            uses = await self._usage.of(
                view, ended=[ids[name] for name in delta.ended], narrowed=[ids[name] for name in delta.narrowed]
            )
        lines = change_lines(compared(before), compared(after))
        return ChangePreview(lines, sorted(delta.ended), sorted(delta.narrowed), uses)
