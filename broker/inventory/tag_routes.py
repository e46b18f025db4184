"""The API of tag lists."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from broker.http.paging import Page, PageQuery
from broker.http.principal import Permission
from broker.http.routes import Call, Needs, Route, SignedIn
from broker.inventory.tags import ANY_UNIT, TagBook, TagSpec, read_tags

MAX_CSV_BYTES = 4 * 1024 * 1024


class TagImport(BaseModel):
    """A tag list as CSV; its first line names the columns. With ``dry_run`` nothing changes."""

    model_config = ConfigDict(extra="forbid")

    csv: Annotated[str, Field(max_length=MAX_CSV_BYTES)]
    dry_run: bool = False


class TagImportOut(BaseModel):
    """How many tags the asset has now, or would have, and what is different from the list before."""

    count: int
    added: int
    changed: int
    removed: int
    dry_run: bool


class TagPage(Page[TagSpec]):
    """One page of a tag list."""


class TagRoutes:
    """Tag lists."""

    def __init__(self, tags: TagBook) -> None:
        self._tags = tags

    def routes(self) -> list[Route]:
        """Return the routes."""
        path = "/api/v1/assets/{asset}/tags"
        return [
            Route("GET", path, self.list, SignedIn(), "List what an asset's objects are called",
                  query=PageQuery, response=TagPage),
            Route("POST", f"{path}/import", self.take, Needs(Permission.INVENTORY_MANAGE),
                  "Put a tag list (CSV) in the place of the asset's present one", request=TagImport,
                  response=TagImportOut, max_body_bytes=MAX_CSV_BYTES + 65536, errors=("invalid_inventory",)),
        ]  # fmt: skip

    async def list(self, call: Call) -> TagPage:
        """List tags."""
        rows, cursor = await self._tags.page(call.principal, call.path("asset"), call.query_as(PageQuery))
        items = [
            TagSpec.model_construct(
                protocol=row.protocol, table=row.object_table, address=row.address,
                unit=None if row.unit == ANY_UNIT else row.unit, name=row.name, engineering_unit=row.engineering_unit,
                scale=row.scale,
            )
            for row in rows
        ]  # fmt: skip
        return TagPage(items=items, next_cursor=cursor)

    async def take(self, call: Call) -> TagImportOut:
        """Take a list in."""
        asked = call.body_as(TagImport)
        tags = read_tags(asked.csv)
        delta = await self._tags.replace(call.principal, call.path("asset"), tags, dry_run=asked.dry_run)
        return TagImportOut(
            count=delta.total, added=delta.added, changed=delta.changed, removed=delta.removed, dry_run=asked.dry_run
        )
