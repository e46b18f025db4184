"""Which assets somebody looks for, as one query in order of site and name."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import Select, or_, select, tuple_

from broker.inventory.tables import AssetRow, SiteRow


@dataclass(frozen=True, slots=True)
class SitesByReach:
    """The sites that have a live agent now, by id, and whether those are wanted or all the others."""

    online: Collection[str]
    wanted: bool


@dataclass(frozen=True, slots=True)
class AssetSearch:
    """What all of the found assets have; what is left out does not matter.

    ``site`` is a name or id, ``zone`` the whole name (empty: in none), ``text`` a part of name, display name or zone.
    """

    site: str | None = None
    labels: Collection[tuple[str, str]] = ()
    zone: str | None = None
    reach: SitesByReach | None = None
    text: str = ""

    def query(self) -> Select[AssetRow]:
        """Select the rows, in order of site and name."""
        query = select(AssetRow).join(AssetRow.site).order_by(SiteRow.name, AssetRow.name)
        if self.site is not None:
            query = query.where((SiteRow.name == self.site) | (SiteRow.id == self.site))
        for key, value in self.labels:
            query = query.where(AssetRow.labels[key].as_string() == value)
        if self.zone is not None:
            query = query.where(AssetRow.zone == self.zone)
        if self.reach is not None:
            is_online = AssetRow.site_id.in_(self.reach.online)
            query = query.where(is_online if self.reach.wanted else ~is_online)
        if self.text:
            columns = (AssetRow.name, AssetRow.display_name, AssetRow.zone)
            query = query.where(or_(*(column.icontains(self.text, autoescape=True) for column in columns)))
        return query


def after(query: Select[AssetRow], keys: tuple[str, ...] | None) -> Select[AssetRow]:
    """Go on behind the asset with these names of site and asset."""
    return query if keys is None else query.where(tuple_(SiteRow.name, AssetRow.name) > tuple_(*keys))
