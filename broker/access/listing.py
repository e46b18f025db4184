"""Pages of rows, newest first, with a cursor that stays right while rows are added."""

from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import Select, and_, or_
from sqlalchemy.ext.asyncio import AsyncSession

from broker.access.tables import GrantRow, LockRow, RequestRow, ReviewRow
from broker.http.errors import InvalidInputError
from broker.http.paging import PageQuery, decode_cursor, encode_cursor

Row = TypeVar("Row", RequestRow, GrantRow, LockRow, ReviewRow)


async def newest_first(
    view: AsyncSession, query: Select[Any], table: type[Row], page: PageQuery
) -> tuple[list[Row], str | None]:
    """Return one page of ``query`` by ``created_at`` and id, and the cursor of the next one."""
    if page.cursor is not None:
        at, row_id = _position(page.cursor)
        query = query.where(or_(table.created_at < at, and_(table.created_at == at, table.id < row_id)))
    ordered = query.order_by(table.created_at.desc(), table.id.desc()).limit(page.limit + 1)
    rows = list(await view.scalars(ordered))
    more = len(rows) > page.limit
    rows = rows[: page.limit]
    return rows, encode_cursor(rows[-1].created_at.isoformat(), rows[-1].id) if more else None


def _position(cursor: str) -> tuple[datetime, str]:
    at, row_id = decode_cursor(cursor, 2)
    try:
        parsed = datetime.fromisoformat(str(at))
    except ValueError:
        parsed = None
    if parsed is None or parsed.tzinfo is None:
        raise InvalidInputError("The cursor is not one that this list gave out.", hint="Start again without a cursor.")
    return parsed, str(row_id)
