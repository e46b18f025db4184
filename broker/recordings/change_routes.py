"""The API of the change log."""

from typing import Annotated, Any

from pydantic import AwareDatetime, BaseModel, Field

from broker.http.paging import Page, PageQuery
from broker.http.principal import Permission
from broker.http.routes import Call, Needs, Route
from broker.recordings.changes import Change, ChangeLog, ChangeQuery, Unreadable
from broker.recordings.writes import Outcome, Within

ShortId = Annotated[str, Field(max_length=64)]
Values = list[int | float | str | bool]


class ChangeFilter(PageQuery):
    """Filters of the change log; ``since`` and ``until`` are when it was written."""

    recording: ShortId | None = None
    session: ShortId | None = None
    user: ShortId | None = None
    asset: ShortId | None = None
    site: Annotated[str, Field(max_length=200)] | None = None
    since: AwareDatetime | None = None
    until: AwareDatetime | None = None


class ChangeOut(BaseModel):
    """One write that was let through. ``before`` is ``null`` where nobody knows what was there.

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
    before: Values | None
    after: Values
    outcome: Outcome
    exception_code: int | None

    @classmethod
    def of(cls, change: Change) -> "ChangeOut":
        """Render a change."""
        row, seen = change.row, dict[str, Any](change.write.record)
        return cls(
            recording=row.id, session=row.session_id, number=seen["number"], at=seen["at"],
            since_start_ns=seen["since_start_ns"], stream=seen["stream"], user=row.user_id, user_name=row.user_name,
            organization=row.organization, site=row.site, asset=row.asset_id, asset_name=row.asset_name,
            service_name=row.service_name, grant=row.grant_id, ticket=row.ticket, protocol=row.protocol,
            unit=seen.get("unit"), route=seen.get("route", ""), tier=seen.get("tier", ""),
            function=seen.get("function", ""), objects=seen.get("objects", []), before=None,
            after=seen.get("values", []),
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


class ChangeRoutes:
    """The handler of the change log."""

    def __init__(self, changes: ChangeLog) -> None:
        self._changes = changes

    async def list(self, call: Call) -> ChangeLogPage:
        """List what was written."""
        wanted = call.query_as(ChangeFilter)
        query = ChangeQuery(
            wanted.recording, wanted.session, wanted.user, wanted.asset, wanted.site,
            Within(wanted.since, wanted.until),
        )  # fmt: skip
        page = await self._changes.page(call.principal, query, wanted.limit, wanted.cursor)
        return ChangeLogPage(
            items=[ChangeOut.of(change) for change in page.items],
            next_cursor=page.next_cursor,
            unreadable=[UnreadableOut.of(each) for each in page.unreadable],
        )


def change_routes(changes: ChangeLog) -> list[Route]:
    """The change log."""
    return [
        Route("GET", "/api/v1/changes", ChangeRoutes(changes).list, Needs(Permission.RECORDINGS_READ),
              "List what was written on devices, read out of the recordings",
              query=ChangeFilter, response=ChangeLogPage),
    ]  # fmt: skip
