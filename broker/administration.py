"""What an administrator does at the broker's own machine: first admin, backup, restore, re-keying."""

from pathlib import Path

from sqlalchemy import make_url

from broker.app import lay_foundation
from broker.audit.log import SYSTEM
from broker.backup import read_backup, write_backup
from broker.config import Settings
from broker.db import migrate
from broker.db.engine import Database
from broker.identity.second_factor import SEALED_COLUMNS as IDENTITY_COLUMNS
from broker.recordings.tables import SEALED_COLUMNS as RECORDING_COLUMNS
from broker.vault.rekey import Rekeying

SEALED_COLUMNS = (*IDENTITY_COLUMNS, *RECORDING_COLUMNS)


async def database_state(settings: Settings) -> tuple[str | None, str]:
    """Return the revision of the database (``None`` for an empty one, which is not made) and that of this version."""
    current = None if _is_unmade(settings) else await migrate.current(settings.database_url)
    return current, migrate.head()


def _is_unmade(settings: Settings) -> bool:
    return settings.database.url is None and not Path(make_url(settings.database_url).database or "").exists()


async def move_database(settings: Settings, down_to: str | None = None) -> str | None:
    """Bring the database to this version's tables, or down to an older revision; return where it then is."""
    prepare_folder(settings)
    url = settings.database_url
    await (migrate.downgrade(url, down_to) if down_to else migrate.upgrade(url))
    return await migrate.current(url)


def prepare_folder(settings: Settings) -> None:
    """Make the data folder, which only the broker's user may enter."""
    settings.storage.data.mkdir(mode=0o700, parents=True, exist_ok=True)


async def create_admin(settings: Settings, username: str, password: str, *, is_emergency: bool) -> str:
    """Make an admin account and return its id."""
    await move_database(settings)
    async with lay_foundation(settings) as foundation:
        return await foundation.identity.setup.create_admin(username, password, is_emergency=is_emergency)


async def make_backup(settings: Settings, target: Path, *, with_recordings: bool, with_master_key: bool) -> int:
    """Write a backup and return its size in bytes."""
    database = Database(settings.database_url)
    try:
        return await write_backup(
            settings, database, target, with_recordings=with_recordings, with_master_key=with_master_key
        )
    finally:
        await database.close()


async def restore_backup(settings: Settings, source: Path) -> int:
    """Restore a backup and return how many rows came back."""
    await move_database(settings)
    database = Database(settings.database_url)
    try:
        return await read_backup(settings, database, source)
    finally:
        await database.close()


async def rekey(settings: Settings) -> int:
    """Seal every secret under the present master key and return how many were sealed anew."""
    async with lay_foundation(settings) as foundation:
        rekeying = Rekeying(foundation.database, foundation.sealer, foundation.audit, SEALED_COLUMNS)
        report = await rekeying.run(SYSTEM)
        return sum(report.resealed.values())
