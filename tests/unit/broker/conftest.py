"""Databases, clock, bus and audit log for the broker's tests.

Every test that asks for ``database`` runs on SQLite, and again on PostgreSQL when WICKET_TEST_POSTGRES holds a URL such
as ``postgresql+asyncpg://user@/test?host=/run/postgresql``. Each test gets an empty schema of all tables.
"""

import importlib
import importlib.util
import os
from collections.abc import AsyncIterator, Callable
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


@pytest.fixture(params=BACKENDS)
async def database(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Database]:
    """An empty database with all tables."""
    if request.param == "sqlite":
        database = Database(f"sqlite+aiosqlite:///{tmp_path / 'broker.db'}")
        await _create_tables(database)
        yield database
        await database.close()
        return
    schema = new_id("test")
    database = Database(POSTGRES_URL)
    _stay_in(database, schema)
    async with database.engine.begin() as connection:
        await connection.execute(text(f"CREATE SCHEMA {schema}"))
    await _create_tables(database)
    yield database
    async with database.engine.begin() as connection:
        await connection.execute(text(f"DROP SCHEMA {schema} CASCADE"))
    await database.close()


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


async def _create_tables(database: Database) -> None:
    async with database.engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)


def _stay_in(database: Database, schema: str) -> None:
    @event.listens_for(database.engine.sync_engine, "connect", insert=True)
    def enter(connection: object, _entry: ConnectionPoolEntry) -> None:
        before = connection.autocommit  # type: ignore[attr-defined]
        connection.autocommit = True  # type: ignore[attr-defined]
        cursor = connection.cursor()  # type: ignore[attr-defined]
        cursor.execute(f"SET SESSION search_path = {schema}")
        cursor.close()
        connection.autocommit = before  # type: ignore[attr-defined]
