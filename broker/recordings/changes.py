"""The change log: what was written on the devices, when, by whom, on which ticket, read out of the recordings."""

from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from sqlalchemy import Select, or_, select

from broker.db.engine import Database
from broker.http.paging import ForeignCursorError, decode_cursor, encode_cursor
from broker.http.principal import Principal
from broker.recordings.errors import RecordingsError
from broker.recordings.looks import Looks
from broker.recordings.pages import Bound, Place
from broker.recordings.reading import Reading
from broker.recordings.tables import RecordingRow, RecordingState
from broker.recordings.viewing import EvidenceGate
from broker.recordings.writes import EVER, Within, Write, WritePage, newest_writes

MAX_RECORDINGS = 50
"""So many recordings are opened for one page."""


@dataclass(frozen=True, slots=True)
class ChangeQuery:
    """Filters; ``None`` lets everything through."""

    recording: str | None = None
    session: str | None = None
    user: str | None = None
    asset: str | None = None
    site: str | None = None
    within: Within = EVER


@dataclass(frozen=True, slots=True)
class Change:
    """One write, and the recording that it stands in."""

    row: RecordingRow
    write: Write


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A recording whose writes cannot be shown: they are missing here, and nobody may believe that there were none."""

    recording: str
    code: str
    detail: str


@dataclass(frozen=True, slots=True)
class ChangePage:
    """Changes, the newest recording first and in it the newest write. A short page need not be the last."""

    items: list[Change]
    unreadable: list[Unreadable]
    next_cursor: str | None


@dataclass(frozen=True, slots=True)
class _Position:
    """A recording, and where in it."""

    started_at: datetime
    recording: str
    place: Place | None = None

    def cursor(self) -> str:
        place = self.place or Place(-1)
        return encode_cursor(self.started_at.isoformat(), self.recording, str(place.segment), str(place.skip))


class ChangeLog:
    """Shows changes to those who may look at recordings; each recording that is opened for it is a look."""

    def __init__(self, database: Database, gate: EvidenceGate, reading: Reading, looks: Looks) -> None:
        self._database = database
        self._gate = gate
        self._reading = reading
        self._looks = looks

    async def page(self, principal: Principal, query: ChangeQuery, limit: int, cursor: str | None) -> ChangePage:
        """Return one page; raise ``ForeignCursorError`` for a cursor that is none."""
        self._gate.evidence(principal, export=False)
        begin, bound = _position(cursor), Bound()
        items: list[Change] = []
        unreadable: list[Unreadable] = []
        for opened, row in enumerate(await self._rows(query, begin)):
            here = _Position(row.started_at, row.id)
            if len(items) == limit or opened == MAX_RECORDINGS or bound.is_reached:
                return ChangePage(items, unreadable, here.cursor())
            place = begin.place if begin is not None and begin.recording == row.id else None
            try:
                found = await self._writes(principal, row, query.within, place, limit - len(items), bound)
            except RecordingsError as error:
                unreadable.append(Unreadable(row.id, error.code, error.detail or error.title))
                continue
            items += (Change(row, write) for write in found.items)
            if found.rest is not None:
                return ChangePage(items, unreadable, replace(here, place=found.rest).cursor())
        return ChangePage(items, unreadable, None)

    async def _writes(
        self, principal: Principal, row: RecordingRow, within: Within, place: Place | None, limit: int, bound: Bound
    ) -> WritePage:
        await self._looks.note_once(principal, [row], "recording.viewed", "changes")
        opened = await self._reading.open(row)
        return await self._reading.look(partial(newest_writes, opened, within, place, limit, bound))

    async def _rows(self, query: ChangeQuery, begin: _Position | None) -> list[RecordingRow]:
        """Return the recordings that may hold such writes, from the position on, one more than a page opens."""
        ordered = _candidates(query, begin).order_by(RecordingRow.started_at.desc(), RecordingRow.id.desc())
        async with self._database.reading() as view:
            return list(await view.scalars(ordered.limit(MAX_RECORDINGS + 1)))


def _candidates(query: ChangeQuery, begin: _Position | None) -> Select[RecordingRow]:
    equal = {
        RecordingRow.id: query.recording,
        RecordingRow.session_id: query.session,
        RecordingRow.user_id: query.user,
        RecordingRow.asset_id: query.asset,
        RecordingRow.site: query.site,
    }
    at, since, until = RecordingRow.started_at, query.within.since, query.within.until
    # A running recording is not counted yet.
    conditions = [or_(RecordingRow.writes > 0, RecordingRow.state == RecordingState.OPEN.value)]
    conditions += [column == value for column, value in equal.items() if value is not None]
    if until is not None:
        conditions.append(at < until)
    if since is not None:
        conditions.append(or_(RecordingRow.ended_at.is_(None), RecordingRow.ended_at >= since))
    if begin is not None:
        older = (at == begin.started_at) & (RecordingRow.id <= begin.recording)
        conditions.append(or_(at < begin.started_at, older))
    return select(RecordingRow).where(*conditions)


def _position(cursor: str | None) -> _Position | None:
    if cursor is None:
        return None
    started_at, recording, segment, skip = decode_cursor(cursor, str, 4)
    try:
        at, place = datetime.fromisoformat(started_at), Place(int(segment), int(skip))
    except ValueError as error:
        raise ForeignCursorError from error
    if at.tzinfo is None or place.skip < 0:
        raise ForeignCursorError
    return _Position(at, recording, place if place.segment >= 0 else None)
