"""Pages of rows with cursors that stay right while rows are added: the one way in which lists are read."""

from datetime import datetime
from typing import TypeVar

from sqlalchemy import Select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from broker.db.base import Base
from broker.http.paging import ForeignCursorError, PageQuery, decode_cursor, encode_cursor

Row = TypeVar("Row", bound=Base)


async def newest_first(
    view: AsyncSession,
    query: Select[Row],
    at: InstrumentedAttribute[datetime],
    row_id: InstrumentedAttribute[str],
    page: PageQuery,
) -> tuple[list[Row], str | None]:
    """Return one page of ``query``, the newest ``at`` first, and the cursor of the next page if there is one."""
    if page.cursor is not None:
        last_at, last_id = _moment(page.cursor)
        query = query.where((at < last_at) | ((at == last_at) & (row_id < last_id)))
    rows, more = await _take(view, query.order_by(at.desc(), row_id.desc()), page.limit)
    return rows, encode_cursor(getattr(rows[-1], at.key).isoformat(), getattr(rows[-1], row_id.key)) if more else None


async def in_order(
    view: AsyncSession, query: Select[Row], key: InstrumentedAttribute[str], page: PageQuery
) -> tuple[list[Row], str | None]:
    """Return one page of ``query`` in order of ``key``, which is unique, and the cursor of the next page."""
    if page.cursor is not None:
        query = query.where(key > decode_cursor(page.cursor, str, 1)[0])
    rows, more = await _take(view, query.order_by(key), page.limit)
    return rows, encode_cursor(getattr(rows[-1], key.key)) if more else None


async def _take(view: AsyncSession, query: Select[Row], limit: int) -> tuple[list[Row], bool]:
    rows = list(await view.scalars(query.limit(limit + 1)))
    return rows[:limit], len(rows) > limit


def _moment(cursor: str) -> tuple[datetime, str]:
    at, row_id = decode_cursor(cursor, str, 2)
    try:
        moment = datetime.fromisoformat(at)
    except ValueError as error:
        raise ForeignCursorError from error
    if moment.tzinfo is None:
        raise ForeignCursorError
    return moment, row_id
