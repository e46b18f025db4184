"""Plain words for what an administrator may meet at start-up and in commands: what is wrong, and what to do."""

import socket

from alembic.util.exc import CommandError
from sqlalchemy.exc import SQLAlchemyError

from broker.config import ConfigError
from broker.db.backup import RestoreError
from broker.db.migrate import MigrationError
from broker.http.errors import BrokerError

_EXPECTED = (BrokerError, CommandError, ConfigError, MigrationError, OSError, RestoreError, SQLAlchemyError)
_DATABASE_HINT = "Check database.url, and run 'wicket-broker migrate' if its tables are missing."


def expected() -> tuple[type[Exception], ...]:
    """Return what ``explain`` has words for; looked up where something went wrong, and not before."""
    return *_EXPECTED, *_of_postgres()


def explain(error: Exception) -> str:
    """Return sentences for one of the ``expected``; they hold no address with a password in it."""
    if isinstance(error, _of_postgres()):
        return _unusable(error)
    match error:
        case BrokerError():
            return "\n".join(filter(None, (f"{error.title}: {error.detail}".removesuffix(": "), error.advice)))
        case CommandError():
            return f"The database cannot be moved: {error}. Is it of a newer version?"
        case SQLAlchemyError():
            return _unusable(getattr(error, "orig", None) or error)
        case ConnectionError() | TimeoutError() | socket.gaierror():
            return f"The database does not answer: {_first_line(error)}. Does it run, and is database.url right?"
        case OSError(filename=str(name)):
            return f"{name}: {error.strerror}. Give the broker's user the right to it, or choose another place."
        case _:
            return str(error)


def _of_postgres() -> tuple[type[Exception], ...]:
    """Load the driver only now: most brokers have no use for it."""
    from asyncpg import InterfaceError, PostgresError

    return InterfaceError, PostgresError


def _unusable(error: object) -> str:
    return f"The database cannot be used: {_first_line(error)}. {_DATABASE_HINT}"


def _first_line(error: object) -> str:
    return (str(error).strip() or type(error).__name__).partition("\n")[0].rstrip(".")
