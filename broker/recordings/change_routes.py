"""The API of the change log."""

from typing import Annotated, Any, Protocol

from aiohttp import web
from pydantic import AwareDatetime, BaseModel, Field
from sqlalchemy.ext.asyncio import AsyncSession

from broker.db.engine import Database
from broker.http.paging import Page, PageQuery
from broker.http.principal import Permission
from broker.http.routes import Call, Needs, Route
from broker.inventory.facts import AssetFacts
from broker.inventory.tags import Tag
from broker.recordings.changes import Change, ChangeLog, ChangeQuery, Unreadable
from broker.recordings.elements import Element, written
from broker.recordings.exporting import ChangeExports, Format, SheetKind, Tags, source_of, tag_for
from broker.recordings.undo import Restore
from broker.recordings.writes import Outcome, Within

ShortId = Annotated[str, Field(max_length=64)]
Values = list[int | float | str | bool]


class AssetNames(Protocol):
    """Finds assets by what people call them."""

    async def asset_by_name_or_id(self, view: AsyncSession, name: str) -> AssetFacts | None:
        """Return the asset of this id, or called ``site/asset``."""
        ...


class ChangeFilter(PageQuery):
    """Filters of the change log; ``asset`` by id or SITE/ASSET; ``since`` and ``until`` are when it was written."""

    recording: ShortId | None = None
    session: ShortId | None = None
    user: ShortId | None = None
    asset: Annotated[str, Field(max_length=200)] | None = None
    site: Annotated[str, Field(max_length=200)] | None = None
    since: AwareDatetime | None = None
    until: AwareDatetime | None = None


class ExportQuery(ChangeFilter):
    """Which file, and of what; ``limit`` and ``cursor`` mean nothing here."""

    format: Format = Format.CSV
    sheet: SheetKind = SheetKind.CHANGES


class ElementOut(BaseModel):
    """One object of a write; ``null`` is not known. A value in ``engineering_unit`` is the raw one times ``scale``."""

    object: str
    before: int | float | str | bool | None
    after: int | float | str | bool | None
    tag: str
    engineering_unit: str
    scale: float

    @classmethod
    def of(cls, element: Element, tag: Tag | None) -> "ElementOut":
        """Render it."""
        named = tag or Tag("", "", 1.0)
        return cls(
            object=element.object, before=element.before, after=element.after, tag=named.name,
            engineering_unit=named.engineering_unit, scale=named.scale,
        )  # fmt: skip


class ChangeOut(BaseModel):
    """One write that was let through. ``before`` is ``null`` where nobody knows what was there.

    ``is_before_read``: the guard read it right before the write; otherwise it was seen on the stream within a minute.
    ``after`` is empty where the result depends on what was there (mask write) and that is not known. ``elements`` has
    it object by object, with the names of the asset's tag list.
    ``number`` is the operation's in its recording. ``outcome`` says whether the device took it: ``refused`` with the
    protocol's ``exception_code``; ``unanswered`` when no answer of the device was recorded.
    """

    recording: str
    session: str
    number: int
    at: AwareDatetime
    since_start_ns: int
    stream: int
    user: str
    user_name: str
    organization: str
    site: str
    asset: str
    asset_name: str
    service_name: str
    grant: str
    ticket: str
    protocol: str
    unit: int | None
    route: str
    tier: str
    function: str
    objects: list[str]
    before: list[int | float | str | bool | None] | None
    is_before_read: bool
    after: Values
    elements: list[ElementOut]
    outcome: Outcome
    exception_code: int | None

    @classmethod
    def of(cls, change: Change, tags: Tags) -> "ChangeOut":
        """Render a change."""
        row, seen = change.row, dict[str, Any](change.write.record)
        what = written(seen)
        return cls(
            recording=row.id, session=row.session_id, number=seen["number"], at=seen["at"],
            since_start_ns=seen["since_start_ns"], stream=seen["stream"], user=row.user_id, user_name=row.user_name,
            organization=row.organization, site=row.site, asset=row.asset_id, asset_name=row.asset_name,
            service_name=row.service_name, grant=row.grant_id, ticket=row.ticket, protocol=row.protocol,
            unit=seen.get("unit"), route=seen.get("route", ""), tier=seen.get("tier", ""),
            function=seen.get("function", ""), objects=seen.get("objects", []),
            before=None if what.before is None else list(what.before), is_before_read=what.is_before_read,
            after=list(what.after),
            elements=[ElementOut.of(element, tag_for(tags, change, element)) for element in what.elements],
            outcome=change.write.outcome, exception_code=change.write.exception_code,
        )  # fmt: skip


class UnreadableOut(BaseModel):
    """A recording whose writes are missing here, and why."""

    recording: str
    code: str
    detail: str

    @classmethod
    def of(cls, unreadable: Unreadable) -> "UnreadableOut":
        """Render it."""
        return cls(recording=unreadable.recording, code=unreadable.code, detail=unreadable.detail)


class ChangeLogPage(Page[ChangeOut]):
    """Changes, newest recording first; a page may be short or empty and still have a ``next_cursor``."""

    unreadable: list[UnreadableOut]


class RestoreOut(BaseModel):
    """One object of an undo sheet: ``value`` stood there before the first write of the period, ``null``: unknown.

    ``source`` says where that is known from. ``confirmed``: the device confirmed each of the ``writes``.
    """

    asset: str
    asset_name: str
    service_name: str
    protocol: str
    unit: int | None
    route: str
    object: str
    tag: str
    engineering_unit: str
    scale: float
    value: int | float | str | bool | None
    source: str
    last_value: int | float | str | bool | None
    last_at: AwareDatetime
    writes: int
    confirmed: bool
    recording: str
    number: int

    @classmethod
    def of(cls, each: Restore, tags: Tags) -> "RestoreOut":
        """Render it."""
        row, seen = each.change.row, dict[str, Any](each.change.write.record)
        tag = tag_for(tags, each.change, each.element) or Tag("", "", 1.0)
        return cls(
            asset=row.asset_id, asset_name=row.asset_name, service_name=row.service_name, protocol=row.protocol,
            unit=seen.get("unit"), route=seen.get("route", ""), object=each.element.object, tag=tag.name,
            engineering_unit=tag.engineering_unit, scale=tag.scale, value=each.value,
            source=source_of(each.value, is_read=each.is_read), last_value=each.last_value, last_at=each.last_at,
            writes=each.writes, confirmed=each.is_confirmed, recording=row.id, number=seen["number"],
        )  # fmt: skip


class UndoSheetOut(BaseModel):
    """What could be restored, the object that was written last on top. Nothing writes it back by itself.

    ``is_cut``: there were more writes than one sheet takes, and the oldest are missing.
    """

    items: list[RestoreOut]
    is_cut: bool
    unreadable: list[UnreadableOut]


class ChangeRoutes:
    """The handlers of the change log."""

    def __init__(self, changes: ChangeLog, exports: ChangeExports, database: Database, inventory: AssetNames) -> None:
        self._changes = changes
        self._exports = exports
        self._db = database
        self._inventory = inventory

    async def list(self, call: Call) -> ChangeLogPage:
        """List what was written."""
        wanted = call.query_as(ChangeFilter)
        page = await self._changes.page(call.principal, await self._query(wanted), wanted.limit, wanted.cursor)
        tags = await self._exports.tags(page.items)
        return ChangeLogPage(
            items=[ChangeOut.of(change, tags) for change in page.items],
            next_cursor=page.next_cursor,
            unreadable=[UnreadableOut.of(each) for each in page.unreadable],
        )

    async def undo(self, call: Call) -> UndoSheetOut:
        """Show what could be restored."""
        query = await self._query(call.query_as(ChangeFilter))
        found, sheet = await self._exports.undo(call.principal, query)
        return UndoSheetOut(
            items=[RestoreOut.of(each, found.tags) for each in sheet],
            is_cut=found.is_cut,
            unreadable=[UnreadableOut.of(each) for each in found.unreadable],
        )

    async def export(self, call: Call) -> web.Response:
        """Make a file."""
        wanted = call.query_as(ExportQuery)
        content = await self._exports.file(call.principal, await self._query(wanted), wanted.sheet, wanted.format)
        headers = {"Content-Disposition": f'attachment; filename="{wanted.sheet}.{wanted.format}"'}
        is_csv = wanted.format is Format.CSV
        return web.Response(
            body=content, content_type="text/csv" if is_csv else "application/pdf",
            charset="utf-8" if is_csv else None, headers=headers,
        )  # fmt: skip

    async def _query(self, wanted: ChangeFilter) -> ChangeQuery:
        asset = wanted.asset
        if asset is not None and "/" in asset:
            async with self._db.reading() as view:
                found = await self._inventory.asset_by_name_or_id(view, asset)
            asset = asset if found is None else found.id
        within = Within(wanted.since, wanted.until)
        return ChangeQuery(wanted.recording, wanted.session, wanted.user, asset, wanted.site, within)


def change_routes(handlers: ChangeRoutes) -> list[Route]:
    """The change log."""
    path, reads = "/api/v1/changes", Needs(Permission.RECORDINGS_READ)
    return [
        Route("GET", path, handlers.list, reads, "List what was written on devices, read out of the recordings",
              query=ChangeFilter, response=ChangeLogPage),
        Route("GET", f"{path}/undo", handlers.undo, reads,
              "List what stood in each object before it was written; nothing is written back by itself",
              query=ChangeFilter, response=UndoSheetOut),
        Route("GET", f"{path}/export", handlers.export, reads, "The change log, or the undo sheet, as CSV or PDF",
              query=ExportQuery, media="application/octet-stream"),
    ]  # fmt: skip
