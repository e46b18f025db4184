"""Which recordings a list shows, and in which order."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, select

from broker.http.errors import InvalidInputError
from broker.http.paging import decode_cursor, encode_cursor
from broker.recordings.tables import RecordingRow, RecordingState


@dataclass(frozen=True, slots=True)
class RecordingQuery:
    """Filters of the list; ``None`` lets everything through."""

    state: RecordingState | None = None
    session: str | None = None
    user: str | None = None
    asset: str | None = None
    site: str | None = None
    ticket: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    with_writes: bool = False
    with_denials: bool = False


def page_of(query: RecordingQuery, *, limit: int, cursor: str | None) -> Select[RecordingRow]:
    """Return the statement of one page, newest first, with one row more than ``limit`` if there is a next page."""
    order = (RecordingRow.started_at.desc(), RecordingRow.id.desc())
    return _after(_filtered(select(RecordingRow), query), cursor).order_by(*order).limit(limit + 1)


def next_cursor(rows: list[RecordingRow], limit: int) -> str | None:
    """Return the cursor behind the ``limit`` rows of a page, if more were found."""
    if len(rows) <= limit:
        return None
    last = rows[limit - 1]
    return encode_cursor(last.started_at.isoformat(), last.id)


def _filtered(statement: Select[RecordingRow], query: RecordingQuery) -> Select[RecordingRow]:
    equal = {
        RecordingRow.state: query.state.value if query.state else None,
        RecordingRow.session_id: query.session,
        RecordingRow.user_id: query.user,
        RecordingRow.asset_id: query.asset,
        RecordingRow.site: query.site,
        RecordingRow.ticket: query.ticket,
    }
    conditions = [column == value for column, value in equal.items() if value is not None]
    if query.since is not None:
        conditions.append(RecordingRow.started_at >= query.since)
    if query.until is not None:
        conditions.append(RecordingRow.started_at < query.until)
    if query.with_writes:
        conditions.append(RecordingRow.writes > 0)
    if query.with_denials:
        conditions.append(RecordingRow.denials > 0)
    return statement.where(*conditions)


def _after(statement: Select[RecordingRow], cursor: str | None) -> Select[RecordingRow]:
    if cursor is None:
        return statement
    started, last = decode_cursor(cursor, 2)
    try:
        at = datetime.fromisoformat(str(started))
    except ValueError as error:
        raise InvalidInputError("The cursor is not one that this list gave out.") from error
    same = (RecordingRow.started_at == at) & (RecordingRow.id < str(last))
    return statement.where((RecordingRow.started_at < at) | same)
