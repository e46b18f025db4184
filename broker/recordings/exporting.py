"""Change log and undo sheet as a whole: read to the end, with the tag names, and made into files off the event loop."""

import asyncio
from collections.abc import Iterable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field
from enum import StrEnum
from functools import partial
from typing import TypeVar

from broker.audit.log import AuditEvent, AuditLog, actor_of
from broker.db.engine import Database
from broker.http.principal import Principal
from broker.inventory.tags import Tag, TagKey, tag_of, tags_of
from broker.recordings.changes import Change, ChangeLog, ChangeQuery, Unreadable
from broker.recordings.elements import Element, Value, written
from broker.recordings.sheets import UNKNOWN, Sheet, as_csv
from broker.recordings.undo import Restore, undo_sheet
from tunnel.clock import Clock

PAGE = 500
MAX_CHANGES = 20_000
"""So many of the newest changes fit into one file or sheet; a period narrows."""
RENDER_SECONDS = 60.0
_T = TypeVar("_T")
Tags = dict[str, dict[TagKey, Tag]]

_CHANGES = (
    ("at", 31), ("asset", 28), ("service", 14), ("user", 22), ("ticket", 18), ("unit", 9), ("function", 32),
    ("object", 25), ("tag", 28), ("before", 16), ("after", 16), ("engineering_unit", 12), ("outcome", 15),
)  # fmt: skip
_CHANGES_MORE = (
    "before_source", "scale", "route", "tier", "exception_code", "organization", "site", "session", "recording",
    "number",
)  # fmt: skip
_UNDO = (
    ("asset", 34), ("service", 16), ("unit", 12), ("object", 30), ("tag", 36), ("restore_to", 24), ("source", 26),
    ("last_written", 24), ("last_written_at", 34), ("writes", 12), ("confirmed", 18),
)  # fmt: skip
_UNDO_MORE = ("engineering_unit", "scale", "route", "recording", "number")
UNDO_NOTES = (
    "What stood in each object before the first write of the period, the object that was written last on top.",
    "A list for people: nothing writes it back by itself. Check each value against the state of the plant first.",
    f"{UNKNOWN} means that nobody knows what stood there.",
)


class SheetKind(StrEnum):
    """Which file."""

    CHANGES = "changes"
    UNDO = "undo"


class Format(StrEnum):
    """Which form."""

    CSV = "csv"
    PDF = "pdf"


@dataclass(slots=True)
class Collected:
    """All changes of a query, the newest first. ``is_cut``: there were more than one file takes."""

    changes: list[Change] = field(default_factory=list)
    unreadable: list[Unreadable] = field(default_factory=list)
    is_cut: bool = False
    tags: Tags = field(default_factory=dict)

    @property
    def missing(self) -> tuple[str, ...]:
        """What must be said of what is missing."""
        those = f"{len(self.unreadable)} recordings cannot be read; what was written in them is MISSING here: "
        said = [those + ", ".join(each.recording for each in self.unreadable)] if self.unreadable else []
        said += (
            [f"Only the newest {MAX_CHANGES} writes are here; narrow the period for the rest."] if self.is_cut else []
        )
        return tuple(said)


class ChangeExports:
    """Makes files. ``executor`` renders."""

    def __init__(
        self, changes: ChangeLog, database: Database, audit: AuditLog, clock: Clock, executor: Executor
    ) -> None:
        self._changes = changes
        self._db = database
        self._audit = audit
        self._clock = clock
        self._executor = executor

    async def tags(self, changes: Iterable[Change]) -> Tags:
        """Return the tag lists of the assets that were changed."""
        assets = {change.row.asset_id for change in changes}
        if not assets:
            return {}
        async with self._db.reading() as view:
            return await tags_of(view, assets)

    async def collect(self, principal: Principal, query: ChangeQuery) -> Collected:
        """Read a query's changes to the end, or to the bound."""
        found, cursor = Collected(), None
        while True:
            page = await self._changes.page(principal, query, min(PAGE, MAX_CHANGES - len(found.changes)), cursor)
            found.changes += page.items
            found.unreadable += page.unreadable
            cursor = page.next_cursor
            if cursor is None or len(found.changes) >= MAX_CHANGES:
                break
        found.is_cut = cursor is not None
        found.tags = await self.tags(found.changes)
        return found

    async def undo(self, principal: Principal, query: ChangeQuery) -> tuple[Collected, list[Restore]]:
        """Return the undo sheet of a query."""
        found = await self.collect(principal, query)
        return found, await self._off_the_loop(partial(undo_sheet, found.changes))

    async def file(self, principal: Principal, query: ChangeQuery, kind: SheetKind, form: Format) -> bytes:
        """Return a file; that it was made is an audit event."""
        found = await self.collect(principal, query)
        content = await self._off_the_loop(partial(self._render, found, kind, form, _about(query)))
        details = {
            "kind": kind.value, "format": form.value, "count": len(found.changes), "session": query.session,
            "asset": query.asset, "recording": query.recording, "user": query.user, "site": query.site,
            "since": query.within.since, "until": query.within.until,
        }  # fmt: skip
        async with self._db.transaction() as tx:
            target = query.recording or query.session or query.asset or ""
            kept = {name: value for name, value in details.items() if value is not None}
            await self._audit.append(tx, AuditEvent("changes.exported", actor_of(principal), target, kept))
        return content

    def _render(self, found: Collected, kind: SheetKind, form: Format, about: str) -> bytes:
        make = _change_sheet if kind is SheetKind.CHANGES else _undo_of
        sheet = make(found, about, self._clock, with_more=form is Format.CSV)
        if form is Format.CSV:
            return as_csv(sheet)
        from broker.recordings.paper import as_pdf  # loads slowly, and most brokers never print

        return as_pdf(sheet)

    async def _off_the_loop(self, work: partial[_T]) -> _T:
        async with asyncio.timeout(RENDER_SECONDS):
            return await asyncio.get_running_loop().run_in_executor(self._executor, work)


def tag_for(tags: Tags, change: Change, element: Element) -> Tag | None:
    """Return what an object that was written is called."""
    unit = change.write.record.get("unit")
    listed = tags.get(change.row.asset_id, {})
    return tag_of(listed, change.row.protocol, unit if isinstance(unit, int) else None, element.table, element.address)


def source_of(value: Value | None, *, is_read: bool) -> str:
    """Say where a value before comes from."""
    if value is None:
        return "unknown"
    return "read before the write" if is_read else "seen within a minute"


def _change_sheet(found: Collected, about: str, clock: Clock, *, with_more: bool) -> Sheet:
    rows = [row for change in found.changes for row in _change_rows(found.tags, change, with_more=with_more)]
    names = tuple(name for name, _ in _CHANGES) + (_CHANGES_MORE if with_more else ())
    notes = (about, "Values are raw, as they stand in the protocol. Times are UTC.")
    return Sheet("Change log", names, tuple(width for _, width in _CHANGES), rows, notes, found.missing, clock.now())


def _change_rows(tags: Tags, change: Change, *, with_more: bool) -> Iterable[Sequence[object]]:
    seen, row, outcome = change.write.record, change.row, change.write.outcome.value
    what = written(seen)
    # What has no objects was written all the same.
    for element in what.elements or (Element("", "", None, None),):
        tag = tag_for(tags, change, element)
        line: list[object] = [
            seen["at"], row.asset_name, row.service_name, row.user_name, row.ticket, seen.get("unit"),
            seen.get("function"), element.object, tag.name if tag else "", _or_unknown(element.before),
            _or_unknown(element.after), tag.engineering_unit if tag else "", outcome,
        ]  # fmt: skip
        if with_more:
            line += [
                source_of(element.before, is_read=what.is_before_read), tag.scale if tag else "", seen.get("route", ""),
                seen.get("tier"), change.write.exception_code, row.organization, row.site, row.session_id, row.id,
                seen["number"],
            ]  # fmt: skip
        yield line


def _undo_of(found: Collected, about: str, clock: Clock, *, with_more: bool) -> Sheet:
    rows = [_undo_row(found.tags, each, with_more=with_more) for each in undo_sheet(found.changes)]
    names = tuple(name for name, _ in _UNDO) + (_UNDO_MORE if with_more else ())
    notes = (about, *UNDO_NOTES)
    return Sheet("Undo sheet", names, tuple(width for _, width in _UNDO), rows, notes, found.missing, clock.now())


def _undo_row(tags: Tags, each: Restore, *, with_more: bool) -> Sequence[object]:
    row, seen = each.change.row, each.change.write.record
    tag = tag_for(tags, each.change, each.element)
    line: list[object] = [
        row.asset_name, row.service_name, seen.get("unit"), each.element.object, tag.name if tag else "",
        _or_unknown(each.value), source_of(each.value, is_read=each.is_read), _or_unknown(each.last_value),
        each.last_at.isoformat(timespec="milliseconds"), each.writes, "yes" if each.is_confirmed else "not all",
    ]  # fmt: skip
    if with_more:
        line += [tag.engineering_unit if tag else "", tag.scale if tag else "", seen.get("route", ""), row.id,
                 seen["number"]]  # fmt: skip
    return line


def _or_unknown(value: Value | None) -> Value:
    return UNKNOWN if value is None else value


def _about(query: ChangeQuery) -> str:
    named = {"session": query.session, "recording": query.recording, "asset": query.asset, "site": query.site,
             "user": query.user, "since": query.within.since, "until": query.within.until}  # fmt: skip
    said = ", ".join(f"{name} {value}" for name, value in named.items() if value is not None)
    return f"Of {said}." if said else "Of everything."
