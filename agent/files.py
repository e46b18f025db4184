"""Small files that survive a crash: written beside, flushed, renamed over; readable by nobody else."""

import os
import tempfile
from contextlib import suppress
from pathlib import Path

MAX_FILE_BYTES = 1024 * 1024


def write_atomically(path: Path, text: str, mode: int = 0o600) -> None:
    """Replace the file's content as a whole. Root gives the file to the directory's owner, who runs the agent."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            os.fchmod(file.fileno(), mode)
            _give_to_owner(file.fileno(), path.parent)
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except BaseException:
        with suppress(FileNotFoundError):
            Path(name).unlink()
        raise
    _flush_directory(path.parent)


def read_text(path: Path) -> str:
    """Read a small file; raises OSError, or ValueError when it is larger than any of ours."""
    with path.open(encoding="utf-8") as file:
        text = file.read(MAX_FILE_BYTES + 1)
    if len(text) > MAX_FILE_BYTES:
        raise ValueError(f"{path} is larger than {MAX_FILE_BYTES} bytes")
    return text


def _give_to_owner(handle: int, directory: Path) -> None:
    owner = directory.stat()
    if os.geteuid() == 0 and owner.st_uid != 0:
        os.fchown(handle, owner.st_uid, owner.st_gid)


def _flush_directory(directory: Path) -> None:
    handle = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
