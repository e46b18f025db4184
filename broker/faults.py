"""Plain words for what an administrator may meet at start-up and in commands: what is wrong, and what to do."""

import socket

from alembic.util.exc import CommandError
from asyncpg import InterfaceError, PostgresError
from sqlalchemy.exc import SQLAlchemyError

from broker.config import ConfigError
from broker.db.backup import RestoreError
from broker.db.migrate import MigrationError
from broker.http.errors import BrokerError

EXPECTED = (
    BrokerError, CommandError, ConfigError, InterfaceError, MigrationError, OSError, PostgresError, RestoreError,
    SQLAlchemyError,
)  # fmt: skip
_DATABASE_HINT = "Check database.url, and run 'wicket-broker migrate' if its tables are missing."


def explain(error: Exception) -> str:
    """Return sentences for one of the ``EXPECTED``; they hold no address with a password in it."""
    match error:
        case BrokerError():
            return "\n".join(filter(None, (f"{error.title}: {error.detail}".removesuffix(": "), error.hint)))
        case CommandError():
            return f"The database cannot be moved: {error}. Is it of a newer version?"
        case SQLAlchemyError() | PostgresError() | InterfaceError():
            return (
                f"The database cannot be used: {_first_line(getattr(error, 'orig', None) or error)}. {_DATABASE_HINT}"
            )
        case ConnectionError() | TimeoutError() | socket.gaierror():
            return f"The database does not answer: {_first_line(error)}. Does it run, and is database.url right?"
        case OSError(filename=str(name)):
            return f"{name}: {error.strerror}. Give the broker's user the right to it, or choose another place."
        case _:
            return str(error)


def _first_line(error: object) -> str:
    return (str(error).strip() or type(error).__name__).partition("\n")[0].rstrip(".")
