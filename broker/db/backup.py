"""All rows as JSON lines, in and out: the same text restores into SQLite and PostgreSQL."""

import base64
import json
from collections.abc import AsyncIterator, Iterable, Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import Table, func, insert, select

from broker.db.base import Base
from broker.db.engine import Database

BATCH = 500
# Filled by the migrations themselves.
FIXED_TABLES = frozenset({"session_steps", "alembic_version"})


class RestoreError(Exception):
    """The backup cannot be restored here; nothing was changed."""


async def dump(database: Database) -> AsyncIterator[bytes]:
    """Yield one line per row of every table, parents first, from one consistent view."""
    async with database.reading() as view:
        if not database.is_sqlite:
            await view.connection(execution_options={"isolation_level": "REPEATABLE READ"})
        for table in _tables():
            result = await view.stream(select(table).execution_options(yield_per=BATCH))
            async for row in result.mappings():
                values = {name: _to_json(value) for name, value in row.items()}
                yield json.dumps([table.name, values], separators=(",", ":"), ensure_ascii=False).encode() + b"\n"


async def restore(database: Database, lines: Iterable[bytes]) -> int:
    """Insert the rows of a dump into an empty, migrated database, all or nothing; return how many."""
    tables = {table.name: table for table in _tables()}
    count = 0
    async with database.transaction() as tx:
        for table in tables.values():
            if (await tx.execute(select(func.count()).select_from(table))).scalar_one():
                raise RestoreError(f"The database is not empty: '{table.name}' has rows. Restore into a new one.")
        for name, rows in _batches(lines):
            if name not in tables:
                raise RestoreError(f"The backup has a table '{name}' that this version does not know.")
            await tx.execute(insert(tables[name]), [_row(tables[name], values) for values in rows])
            count += len(rows)
    return count


def _tables() -> list[Table]:
    return [table for table in Base.metadata.sorted_tables if table.name not in FIXED_TABLES]


def _batches(lines: Iterable[bytes]) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    current, rows = "", list[dict[str, Any]]()
    for number, line in enumerate(lines, 1):
        try:
            name, values = json.loads(line)
        except ValueError as error:
            raise RestoreError(f"Line {number} of the backup is not what a backup has.") from error
        if rows and (name != current or len(rows) >= BATCH):
            yield current, rows
            rows = []
        current = name
        rows.append(values)
    if rows:
        yield current, rows


def _to_json(value: object) -> object:
    match value:
        case bytes():
            return {"$bytes": base64.b64encode(value).decode()}
        case datetime():
            return {"$time": value.isoformat()}
        case _:
            return value


def _row(table: Table, values: dict[str, Any]) -> dict[str, Any]:
    unknown = set(values) - set(table.columns.keys())
    if unknown:
        raise RestoreError(f"The backup's table '{table.name}' has unknown columns: {', '.join(sorted(unknown))}.")
    return {name: _from_json(value) for name, value in values.items()}


def _from_json(value: object) -> object:
    match value:
        case {"$bytes": str(text), **rest} if not rest:
            return base64.b64decode(text)
        case {"$time": str(text), **rest} if not rest:
            return datetime.fromisoformat(text)
        case _:
            return value
