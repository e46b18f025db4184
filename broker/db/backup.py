"""All rows as JSON lines, in and out: the same text restores into SQLite and PostgreSQL."""

import base64
import json
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Column, LargeBinary, Table, func, insert, select, update
from sqlalchemy.exc import SQLAlchemyError

from broker.db.base import Base, UtcDateTime
from broker.db.engine import Database, Transaction

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
    try:
        async with database.transaction() as tx:
            return await _restore(tx, {table.name: table for table in _tables()}, lines)
    except SQLAlchemyError as error:
        cause = str(getattr(error, "orig", None) or error).partition("\n")[0]
        raise RestoreError(f"The database does not take the backup's rows: {cause}") from error


async def _restore(tx: Transaction, tables: Mapping[str, Table], lines: Iterable[bytes]) -> int:
    for name, present in tables.items():
        if (await tx.execute(select(func.count()).select_from(present))).scalar_one():
            raise RestoreError(f"The database is not empty: '{name}' has rows. Restore into a new one.")
    count = 0
    later: list[tuple[Table, dict[str, Any], dict[str, Any]]] = []
    for name, batch in _batches(lines):
        table = tables.get(name)
        if table is None:
            raise RestoreError(f"The backup has a table '{name}' that this version does not know.")
        rows = [_row(table, values) for values in batch]
        later += [(table, row, taken) for row in rows if (taken := _take_own_references(table, row))]
        await tx.execute(insert(table), rows)
        count += len(rows)
    for table, row, taken in later:
        mine = [column == row[column.name] for column in table.primary_key]
        await tx.execute(update(table).where(*mine).values(taken))
    return count


def _take_own_references(table: Table, row: dict[str, Any]) -> dict[str, Any]:
    """Blank what points to another row of the same table, which may come later; return it to be set at the end."""
    taken = {column.name: row.get(column.name) for column in table.columns if _is_own_reference(table, column)}
    row.update(dict.fromkeys(taken))
    return {name: value for name, value in taken.items() if value is not None}


def _is_own_reference(table: Table, column: Column[Any]) -> bool:
    return any(key.column.table is table for key in column.foreign_keys)


def _tables() -> list[Table]:
    return [table for table in Base.metadata.sorted_tables if table.name not in FIXED_TABLES]


def _batches(lines: Iterable[bytes]) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    current, rows = "", list[dict[str, Any]]()
    for number, line in enumerate(lines, 1):
        name, values = _parsed(number, line)
        if rows and (name != current or len(rows) >= BATCH):
            yield current, rows
            rows = []
        current = name
        rows.append(values)
    if rows:
        yield current, rows


def _parsed(number: int, line: bytes) -> tuple[str, dict[str, Any]]:
    try:
        content = json.loads(line)
    except ValueError:
        content = None
    match content:
        case [str(name), dict(values)]:
            return name, values
        case _:
            raise RestoreError(f"Line {number} of the backup is not what a backup has.")


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
    try:
        return {name: _from_json(table.columns[name], value) for name, value in values.items()}
    except ValueError as error:
        raise RestoreError(f"The backup's table '{table.name}' has a value that nobody wrote: {error}") from error


def _from_json(column: Column[Any], value: object) -> object:
    # By the column's type: a JSON column may hold a value that only looks like one of ours.
    match column.type, value:
        case LargeBinary(), {"$bytes": str(text)}:
            return base64.b64decode(text, validate=True)
        case UtcDateTime(), {"$time": str(text)}:
            return datetime.fromisoformat(text)
        case _:
            return value
