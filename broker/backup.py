"""Backup and restore of a whole broker: rows, keys, recordings, in one tar file of mode 0600."""

import io
import os
import shutil
import tarfile
import tempfile
import time
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from broker.config import Settings
from broker.db.backup import RestoreError, dump, restore
from broker.db.engine import Database

ROWS = "rows.jsonl"
MASTER_KEY = "master.key"
RECORDINGS = "recordings"
KEYS = "keys"


async def write_backup(
    settings: Settings, database: Database, target: Path, *, with_recordings: bool, with_master_key: bool
) -> int:
    """Write the backup next to ``target`` and move it there when whole; return its size in bytes."""
    partial = target.with_name(target.name + ".part")
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file, tarfile.open(fileobj=file, mode="w:gz", compresslevel=3) as archive:
        await _add_rows(database, archive)
        for path, name in _files(settings, with_recordings=with_recordings, with_master_key=with_master_key):
            archive.add(path, name, recursive=False)
    partial.replace(target)
    return target.stat().st_size  # noqa: ASYNC240 - a command of its own, nothing else waits


async def read_backup(settings: Settings, database: Database, source: Path) -> int:
    """Restore into an empty data folder and an empty, migrated database; return how many rows came back."""
    try:
        with tarfile.open(source, "r:gz") as archive:
            return await _read(settings, database, archive)
    except (tarfile.TarError, EOFError, zlib.error) as error:
        raise RestoreError(f"{source} is no backup of a broker, or was cut short ({error}).") from error


async def _read(settings: Settings, database: Database, archive: tarfile.TarFile) -> int:
    members = archive.getmembers()
    targets = [(member, _target(settings, member.name)) for member in members if member.name != ROWS]
    occupied = [str(path) for _, path in targets if path.exists()]
    if occupied:
        raise RestoreError(f"There is already {occupied[0]}. Restore into an empty data folder.")
    rows = archive.extractfile(ROWS) if ROWS in archive.getnames() else None
    if rows is None:
        raise RestoreError("The file is not a backup of a broker: it holds no rows.")
    count = await restore(database, rows)
    for member, path in targets:
        content = archive.extractfile(member)
        if content is not None:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            _write(path, content)
    return count


def _write(path: Path, content: IO[bytes]) -> None:
    # Recordings may be larger than the memory.
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        shutil.copyfileobj(content, file, 1 << 20)
        file.flush()
        os.fsync(file.fileno())


async def _add_rows(database: Database, archive: tarfile.TarFile) -> None:
    with tempfile.TemporaryFile() as rows:
        async for line in dump(database):
            rows.write(line)
        member = tarfile.TarInfo(ROWS)
        member.size, member.mode, member.mtime = rows.tell(), 0o600, int(time.time())
        rows.seek(io.SEEK_SET)
        archive.addfile(member, rows)


def _files(settings: Settings, *, with_recordings: bool, with_master_key: bool) -> Iterator[tuple[Path, str]]:
    keys = settings.storage.data / KEYS
    for path in sorted(keys.rglob("*")):
        if path.is_file() and (with_master_key or path.name != MASTER_KEY):
            yield path, f"{KEYS}/{path.relative_to(keys)}"
    if with_recordings:
        folder = settings.recordings_folder
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                yield path, f"{RECORDINGS}/{path.relative_to(folder)}"


def _target(settings: Settings, name: str) -> Path:
    top, _, rest = name.partition("/")
    roots = {KEYS: settings.storage.data / KEYS, RECORDINGS: settings.recordings_folder}
    parts = Path(rest).parts
    if top not in roots or not parts or any(part in ("..", "/") for part in parts):
        raise RestoreError(f"The backup holds '{name}', which no broker wrote.")
    return roots[top].joinpath(*parts)
