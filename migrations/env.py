"""How Alembic runs here: on the connection that ``broker.db.migrate`` gives, in one transaction, on both databases."""

from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlalchemy import Connection, text

from broker import tables
from broker.db.base import Base, UtcDateTime

# Any fixed number: every node of every version must take the same lock.
POSTGRES_LOCK = 0x5743_4B45_54


def render_item(kind: str, item: Any, _: AutogenContext) -> str | Literal[False]:
    """Write our own column type as what the database keeps, so that a migration never depends on today's code."""
    return "sa.DateTime(timezone=True)" if kind == "type" and isinstance(item, UtcDateTime) else False


def migrate(connection: Connection) -> None:
    """Run what Alembic was asked for."""
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=True,
        render_item=render_item,
        compare_type=True,
        transactional_ddl=True,  # Alembic takes SQLite for a database without it; our engine begins transactions itself
    )
    with context.begin_transaction():
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": POSTGRES_LOCK})
        context.run_migrations()
        if connection.dialect.name == "sqlite":
            check_keys(connection)


def check_keys(connection: Connection) -> None:
    """Raise if a row was left that points to nothing: keys are not watched while SQLite's tables are altered."""
    broken = connection.execute(text("PRAGMA foreign_key_check")).first()
    if broken is not None:
        raise RuntimeError(f"the migration left a row of {broken[0]} that points to nothing in {broken[2]}")


assert tables.__all__
migrate(context.config.attributes["connection"])
