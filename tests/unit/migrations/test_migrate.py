"""Up and down on both databases; what comes out is exactly what the tables of the code say."""

import asyncio
import shutil
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Column, Connection, Inspector, String, insert, inspect, select, text, update
from sqlalchemy.exc import DBAPIError

from broker import tables
from broker.db import migrate
from broker.db.base import Base
from broker.db.engine import Database

assert tables.__all__
ORGANIZATIONS, USERS, LOGINS = (Base.metadata.tables[name] for name in ("organizations", "users", "logins"))
TIMES = (LOGINS.c.id, LOGINS.c.last_seen_at, LOGINS.c.totp_at, LOGINS.c.cookie_hash)


async def described(url: str) -> dict[str, Any]:
    """The whole schema as the database itself describes it."""
    database = Database(url)
    async with database.engine.connect() as connection:
        found = await connection.run_sync(_describe)
    await database.close()
    return found


def _describe(connection: Connection) -> dict[str, Any]:
    about = inspect(connection)
    names = sorted(set(about.get_table_names()) - {"alembic_version"})
    steps = "session_steps" in names and sorted(connection.execute(text("SELECT * FROM session_steps")).all())
    return {"legal session steps": steps, **{name: _describe_table(about, name) for name in names}}


def _describe_table(about: Inspector, name: str) -> dict[str, object]:
    def named(items: list[Any]) -> list[str]:
        return sorted(str({key: _plain(value) for key, value in sorted(item.items())}) for item in items)

    columns = [(c["name"], repr(c["type"]), c["nullable"], c["default"]) for c in about.get_columns(name)]
    return {
        "columns": columns,
        "primary key": about.get_pk_constraint(name),
        "foreign keys": named(about.get_foreign_keys(name)),
        "unique": named(about.get_unique_constraints(name)),
        "checks": named(about.get_check_constraints(name)),
        "indexes": named(about.get_indexes(name)),
    }


def _plain(value: object) -> object:
    return {key: str(item) for key, item in value.items()} if isinstance(value, dict) else value


async def create_all(url: str) -> None:
    database = Database(url)
    async with database.engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
    await database.close()


async def test_going_up_gives_exactly_the_tables_of_the_code(url: str) -> None:
    await migrate.upgrade(url)
    migrated = await described(url)
    assert await migrate.drift(url) == []
    await migrate.downgrade(url, "base")
    await create_all(url)
    expected = await described(url)
    assert [name for name in {**migrated, **expected} if migrated.get(name) != expected.get(name)] == []


async def test_going_down_leaves_nothing(url: str) -> None:
    await migrate.upgrade(url)
    await migrate.downgrade(url, "base")
    assert await described(url) == {"legal session steps": False}
    assert await migrate.current(url) is None


async def test_every_single_step_can_be_undone_and_done_again(url: str) -> None:
    await migrate.upgrade(url)
    whole = await described(url)
    for step in list(migrate.scripts().walk_revisions()):
        await migrate.downgrade(url, step.down_revision or "base")  # type: ignore[arg-type]
    for step in reversed(list(migrate.scripts().walk_revisions())):
        await migrate.upgrade(url, step.revision)
    assert await described(url) == whole


async def test_a_database_knows_how_far_it_is(url: str) -> None:
    assert await migrate.current(url) is None
    await migrate.upgrade(url, "0001")
    assert await migrate.current(url) == "0001"
    await migrate.upgrade(url)
    assert await migrate.current(url) == migrate.head()


async def test_going_up_again_changes_nothing(url: str) -> None:
    await migrate.upgrade(url)
    before = await described(url)
    await migrate.upgrade(url)
    assert await described(url) == before


async def test_several_nodes_may_go_up_at_once(url: str) -> None:
    program = "import asyncio, sys; from broker.db import migrate; asyncio.run(migrate.upgrade(sys.argv[1]))"
    nodes = [await asyncio.create_subprocess_exec(sys.executable, "-c", program, url) for _ in range(3)]
    assert await asyncio.gather(*(node.wait() for node in nodes)) == [0, 0, 0]
    assert await migrate.current(url) == migrate.head()


async def test_a_table_that_the_history_does_not_know_is_drift(url: str) -> None:
    await migrate.upgrade(url)
    await statement(url, "ALTER TABLE sites ADD COLUMN mood VARCHAR(10)")
    assert any("mood" in line for line in await migrate.drift(url))


async def statement(url: str, sql: str) -> None:
    database = Database(url)
    async with database.engine.begin() as connection:
        await connection.execute(text(sql))
    await database.close()


async def test_a_step_that_fails_changes_nothing(url: str) -> None:
    await statement(url, "CREATE TABLE sites (id INTEGER)")
    with pytest.raises(DBAPIError):
        await migrate.upgrade(url)
    assert set(await described(url)) == {"legal session steps", "sites"}
    assert await migrate.current(url) is None


async def test_a_row_that_points_to_nothing_stops_a_step(tmp_path: Path) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path / 'broker.db'}"
    await migrate.upgrade(url, "0001")
    database = Database(url)
    async with database.engine.connect() as connection:
        raw = (await connection.get_raw_connection()).driver_connection
        assert raw is not None
        await raw.execute("PRAGMA foreign_keys=OFF")
        await raw.execute(
            "INSERT INTO agent_certificates (serial, agent_id, issued_at, expires_at) VALUES ('1', 'agt_none', '', '')"
        )
    await database.close()
    with pytest.raises(RuntimeError, match="points to nothing"):
        await migrate.upgrade(url)
    assert await migrate.current(url) == "0001"


async def test_logins_of_before_keep_their_times_and_browsers_go_on_the_way_back(url: str) -> None:
    await migrate.upgrade(url, "0003")
    at, later = datetime(2026, 3, 2, 8, tzinfo=UTC), datetime(2026, 3, 2, 9, tzinfo=UTC)
    database = Database(url)
    async with database.transaction() as tx:
        await tx.execute(insert(ORGANIZATIONS).values(id="o", name="o", display_name="o", kind="vendor", created_at=at))
        person = {"name": "u", "display_name": "u", "organization_id": "o", "is_emergency": False}
        rest = {"disabled_reason": "", "password_hash": "", "created_at": at}
        await tx.execute(insert(USERS).values(id="u", **person, **rest))
        for name, methods in (("a", "password,totp"), ("b", "password,recovery_code")):
            times = {"authenticated_at": at, "mfa_at": later, "expires_at": later}
            place = {"address": "", "user_agent": "", "end_reason": "", "rejected_codes": 0}
            await tx.execute(insert(LOGINS).values(id=name, user_id="u", methods=methods, **times, **place))
    await migrate.upgrade(url)
    async with database.transaction() as tx:
        found = [tuple(row) for row in await tx.execute(select(*TIMES).order_by(LOGINS.c.id))]
        assert found == [("a", at, later, None), ("b", at, None, None)]
        await tx.execute(update(LOGINS).where(LOGINS.c.id == "b").values(cookie_hash=b"x" * 32))
    await migrate.downgrade(url, "0003")
    async with database.reading() as view:
        assert list(await view.scalars(select(LOGINS.c.id))) == ["a"]
    await database.close()


async def test_what_the_history_lacks_becomes_the_next_migration(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mood: None
) -> None:
    shutil.copytree(Path(migrate.scripts().dir) / "versions", tmp_path / "versions")
    monkeypatch.setattr(migrate, "_versions", lambda: tmp_path / "versions")
    written = await migrate.new("Add mood")
    assert written.name == f"{int(migrate.head()):04d}_add_mood.py"
    assert 'sa.Column("mood"' in written.read_text().replace("'", '"')


@pytest.fixture
def mood() -> Iterator[None]:
    """A column of the code that the history does not know."""
    table = Base.metadata.tables["sites"]
    column: Column[str] = Column("mood", String(10))
    table.append_column(column)
    yield
    table._columns.remove(column)
