"""Which recordings a list shows."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, select

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


def matching(query: RecordingQuery) -> Select[RecordingRow]:
    """Return the statement that finds the recordings that the query lets through."""
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
    return select(RecordingRow).where(*conditions)
