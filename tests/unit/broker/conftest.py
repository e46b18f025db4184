"""Databases, clock, bus and audit log for the broker's tests.

Every test that asks for ``database`` runs on SQLite, and again on PostgreSQL when WICKET_TEST_POSTGRES holds a URL such
as ``postgresql+asyncpg://user@/test?host=/run/postgresql``. Each test finds all tables, and nothing in them.
They are made once for each worker, since making them costs more than what most tests do with them.
"""

import asyncio
import importlib
import importlib.util
import os
import shutil
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import event, select, text
from sqlalchemy.pool import ConnectionPoolEntry

from broker.audit.log import AuditLog
from broker.audit.tables import AuditLinkRow
from broker.cluster.bus import Bus, Event, Subscription
from broker.db.base import Base
from broker.db.engine import Database
from tests.unit.broker.fakes import FakeClock
from tunnel.ids import new_id

POSTGRES_URL = os.environ.get("WICKET_TEST_POSTGRES", "")
BACKENDS = ["sqlite", *(["postgres"] if POSTGRES_URL else [])]

if importlib.util.find_spec("broker.tables"):
    importlib.import_module("broker.tables")


@pytest.fixture
def clock() -> FakeClock:
    """A clock that the test moves."""
    return FakeClock()


@pytest.fixture
def bus() -> Bus:
    """The in-process bus."""
    return Bus()


@pytest.fixture
def audit(clock: FakeClock, bus: Bus) -> AuditLog:
    """The audit log, on the test's clock."""
    return AuditLog(clock, bus)


@pytest.fixture(scope="session")
def sqlite_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with all tables, to copy."""
    file = tmp_path_factory.mktemp("template") / "broker.db"
    asyncio.run(_create_tables(Database(f"sqlite+aiosqlite:///{file}")))
    return file


@pytest.fixture(scope="session")
def postgres_schema() -> Iterator[str]:
    """A schema with all tables, for one test after the other."""
    schema = new_id("test")
    asyncio.run(_create_tables(_in_schema(schema), f"CREATE SCHEMA {schema}"))
    yield schema
    asyncio.run(_run(_in_schema(schema), f"DROP SCHEMA {schema} CASCADE"))


@pytest.fixture(params=BACKENDS)
def with_tables(request: pytest.FixtureRequest, tmp_path: Path) -> Database:
    """A database with all tables and nobody connected to it."""
    if request.param == "postgres":
        return _in_schema(request.getfixturevalue("postgres_schema"))
    file = shutil.copyfile(request.getfixturevalue("sqlite_file"), tmp_path / "broker.db")
    return _without_durability(Database(f"sqlite+aiosqlite:///{file}"))


@pytest.fixture
async def database(with_tables: Database) -> AsyncIterator[Database]:
    """An empty database with all tables."""
    if not with_tables.is_sqlite:
        await _empty(with_tables)
    yield with_tables
    await with_tables.close()


@pytest.fixture
def actions(database: Database) -> Callable[[], object]:
    """Call and await it to get the audit log's actions so far, in order."""

    async def read() -> list[str]:
        async with database.reading() as view:
            return list(await view.scalars(select(AuditLinkRow.action).order_by(AuditLinkRow.sequence)))

    return read


@pytest.fixture
def published(bus: Bus) -> "Published":
    """Every event published on the bus from the start of the test."""
    return Published(bus)


class Published:
    """Records what is published, at once and without a task."""

    def __init__(self, bus: Bus) -> None:
        self.events: list[Event] = []
        subscription = _Recorder(self.events)
        bus._subscriptions.add(subscription)

    def topics(self, prefix: str = "") -> list[str]:
        """The topics so far that start with ``prefix``, without those of the audit log itself."""
        return [e.topic for e in self.events if e.topic.startswith(prefix) and e.topic != "audit.appended"]

    def of(self, topic: str) -> list[dict[str, str]]:
        """The ids of each event of this topic."""
        return [e.ids for e in self.events if e.topic == topic]


class _Recorder(Subscription):
    def __init__(self, events: list[Event]) -> None:
        super().__init__(())
        self._events = events

    def offer(self, event: Event) -> None:
        self._events.append(event)


async def _create_tables(database: Database, *before: str) -> None:
    async with database.engine.begin() as connection:
        for statement in before:
            await connection.execute(text(statement))
        await connection.run_sync(Base.metadata.create_all)
    await database.close()


async def _run(database: Database, statement: str) -> None:
    async with database.engine.begin() as connection:
        await connection.execute(text(statement))
    await database.close()


async def _empty(database: Database) -> None:
    """Remove all rows but the legal steps of sessions, which came with their table."""
    tables = [table.name for table in reversed(Base.metadata.sorted_tables) if table.name != "session_steps"]
    deletions = " ".join(f"DELETE FROM {name};" for name in tables)
    async with database.engine.begin() as connection:
        await connection.execute(text(f"DO $$ BEGIN {deletions} END $$"))  # one way there and back


def _in_schema(schema: str) -> Database:
    database = Database(POSTGRES_URL)

    @event.listens_for(database.engine.sync_engine, "connect", insert=True)
    def enter(connection: object, _entry: ConnectionPoolEntry) -> None:
        before = connection.autocommit  # type: ignore[attr-defined]
        connection.autocommit = True  # type: ignore[attr-defined]
        cursor = connection.cursor()  # type: ignore[attr-defined]
        cursor.execute(f"SET SESSION search_path = {schema}")
        cursor.close()
        connection.autocommit = before  # type: ignore[attr-defined]

    return database


def _without_durability(database: Database) -> Database:
    """Let it wait for no disk: what these tests write need not outlive a power failure."""
    for engine in (database._writer, database._reader):

        @event.listens_for(engine.sync_engine, "connect")
        def hurry(connection: object, _entry: ConnectionPoolEntry) -> None:
            cursor = connection.cursor()  # type: ignore[attr-defined]
            cursor.execute("PRAGMA synchronous=OFF")
            cursor.close()

    return database
