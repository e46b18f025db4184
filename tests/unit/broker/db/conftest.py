"""Databases at the head of their history, as many as a test wants, of either kind."""

import os
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest
from sqlalchemy import make_url, text
from sqlalchemy.ext.asyncio import create_async_engine

from broker.db import migrate
from broker.db.engine import Database
from tunnel.ids import new_id

POSTGRES_URL = os.environ.get("WICKET_TEST_POSTGRES", "")
KINDS = ["sqlite", *(["postgres"] if POSTGRES_URL else [])]
Make = Callable[[str], Awaitable[Database]]


@pytest.fixture
async def make(tmp_path: Path) -> AsyncIterator[Make]:
    """Make a migrated database of a kind."""
    made: list[Database] = []

    async def new(kind: str) -> Database:
        name = new_id("test")
        if kind == "postgres":
            await _on_server(f"CREATE DATABASE {name}")
            url = make_url(POSTGRES_URL).set(database=name).render_as_string(hide_password=False)
        else:
            url = f"sqlite+aiosqlite:///{tmp_path / name}.db"
        await migrate.upgrade(url)
        made.append(Database(url))
        return made[-1]

    yield new
    for database in made:
        await database.close()
        if not database.is_sqlite:
            await _on_server(f"DROP DATABASE {database.url.database} WITH (FORCE)")


async def _on_server(statement: str) -> None:
    server = create_async_engine(POSTGRES_URL, isolation_level="AUTOCOMMIT")
    async with server.connect() as connection:
        await connection.execute(text(statement))
    await server.dispose()
