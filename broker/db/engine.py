"""One way to read and one way to write: ``reading()`` and ``transaction()``, the same on SQLite and PostgreSQL."""

import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress

from sqlalchemy import URL, Connection, event, make_url
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry

STATEMENT_TIMEOUT_SECONDS = 30


class Transaction(AsyncSession):
    """A unit of work. What ``on_commit`` was given runs, in order, after the commit and never without it."""

    def __init__(self, engine: AsyncEngine) -> None:
        super().__init__(engine, expire_on_commit=False)
        self._callbacks: list[Callable[[], None]] = []

    def on_commit(self, callback: Callable[[], None]) -> None:
        """Run ``callback`` once the change is durable (publishing to the bus, waking a watcher)."""
        self._callbacks.append(callback)

    def run_callbacks(self) -> None:
        """Run what waited for the commit."""
        for callback in self._callbacks:
            callback()


class Database:
    """The broker's database; ``url`` is a SQLAlchemy URL of ``sqlite+aiosqlite`` or ``postgresql+asyncpg``.

    SQLite has one writer: writes go through a pool of one connection with ``BEGIN IMMEDIATE``, so that they queue here
    instead of failing there. PostgreSQL runs at READ COMMITTED; services lock the rows that they decide on.
    """

    def __init__(self, url: str, *, pool_size: int = 10) -> None:
        self.url = make_url(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        if self.is_sqlite:
            _keep_private(self.url)
            self._writer = _sqlite_engine(url, pool_size=1, begin="BEGIN IMMEDIATE")
            self._reader = _sqlite_engine(url, pool_size=pool_size, begin="BEGIN")
        else:
            self._writer = self._reader = create_async_engine(
                url,
                pool_size=pool_size,
                max_overflow=pool_size,
                pool_timeout=STATEMENT_TIMEOUT_SECONDS,
                pool_pre_ping=True,
                connect_args={"command_timeout": STATEMENT_TIMEOUT_SECONDS, "timeout": 10},
            )

    @property
    def engine(self) -> AsyncEngine:
        """The writing engine, for migrations and administration."""
        return self._writer

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Transaction]:
        """Open a transaction that commits at the end of the block, or rolls back if it raises."""
        async with Transaction(self._writer) as tx:
            async with tx.begin():
                yield tx
            tx.run_callbacks()

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncSession]:
        """Open a read-only view; nothing done in it is kept."""
        async with AsyncSession(self._reader, expire_on_commit=False) as session:
            yield session

    async def close(self) -> None:
        """Close all connections."""
        await self._writer.dispose()
        if self._reader is not self._writer:
            await self._reader.dispose()


def _keep_private(url: URL) -> None:
    """Make SQLite's file for its owner alone, whatever the folder and the umask allow; its WAL takes the same mode."""
    if not url.database or url.database == ":memory:":
        return
    with suppress(OSError):  # SQLite says better what is wrong with a file, when it opens it
        descriptor = os.open(url.database, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            os.fchmod(descriptor, 0o600)
        finally:
            os.close(descriptor)


def _sqlite_engine(url: str, *, pool_size: int, begin: str) -> AsyncEngine:
    engine = create_async_engine(
        url,
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=STATEMENT_TIMEOUT_SECONDS,
        connect_args={"timeout": 15},
    )

    @event.listens_for(engine.sync_engine, "connect")
    def prepare(connection: object, _entry: ConnectionPoolEntry) -> None:
        # The driver's own implicit transactions would start deferred; ours start as the engine says.
        connection.isolation_level = None  # type: ignore[attr-defined]
        cursor = connection.cursor()  # type: ignore[attr-defined]
        for pragma in ("journal_mode=WAL", "foreign_keys=ON", "synchronous=FULL", "busy_timeout=15000"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine.sync_engine, "begin")
    def start(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    return engine
