"""Where sealed bytes go: append-only files of opaque names. All of it blocks, and is called from worker threads."""

import errno
import os
import re
import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Protocol

from broker.recordings.errors import StorageFailedError, StorageFullError
from broker.recordings.failures import failure

_OPAQUE_ID = re.compile(r"rec_[a-z2-7]{26}")
_SUFFIX = ".wgrec"
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})
RESERVE_SHARE = 4


class Sink(Protocol):
    """One recording that is being written. After a ``StorageFullError`` or ``StorageFailedError`` it is over."""

    def append(self, data: bytes | bytearray) -> None:
        """Hand all the bytes to the system: they survive this process."""
        ...

    def sync(self) -> None:
        """Wait until they survive the machine."""
        ...

    def close(self) -> None:
        """Sync and end."""
        ...

    def abandon(self) -> None:
        """End without caring for what was not synced; never raises."""
        ...


class Storage(Protocol):
    """Where recordings are kept, by their ids."""

    def check_room(self) -> None:
        """Raise ``StorageFullError`` if no new recording should begin."""
        ...

    def create(self, recording: str) -> Sink:
        """Begin a recording that does not exist yet."""
        ...

    def read(self, recording: str, offset: int, length: int) -> bytes:
        """Return those bytes, fewer at the end; raise ``StorageFailedError`` if there is no such recording."""
        ...

    def size(self, recording: str) -> int:
        """Return how many bytes it has now."""
        ...


class DirectoryStorage:
    """Recordings in one directory, files of mode 0600 named after ids that we made.

    A session needs ``min_free_bytes`` of room to begin; a quarter of that is kept back from running ones, so that the
    database beside them can still say why they were cut.
    """

    def __init__(self, directory: Path, *, min_free_bytes: int) -> None:
        self._directory = directory
        self._min_free_bytes = min_free_bytes
        with _translated():
            directory.mkdir(mode=0o700, parents=True, exist_ok=True)

    def check_room(self) -> None:
        """Raise ``StorageFullError`` if less than ``min_free_bytes`` are free."""
        self._require_free(self._min_free_bytes)

    def create(self, recording: str) -> "FileSink":
        """Begin a recording that does not exist yet."""
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND | os.O_CLOEXEC | os.O_NOFOLLOW
        with _translated():
            descriptor = os.open(self._path(recording), flags, 0o600)
            _sync_directory(self._directory)
        return FileSink(descriptor, self)

    def read(self, recording: str, offset: int, length: int) -> bytes:
        """Return those bytes, fewer at the end."""
        with _translated(), self._path(recording).open("rb", buffering=0) as file:
            return _read_fully(file.fileno(), offset, length)

    def size(self, recording: str) -> int:
        """Return how many bytes the recording has now."""
        with _translated():
            return self._path(recording).stat().st_size

    def require_reserve(self) -> None:
        """Raise ``StorageFullError`` when a running recording would touch what is kept back."""
        self._require_free(self._min_free_bytes // RESERVE_SHARE)

    def _require_free(self, wanted: int) -> None:
        with _translated():
            free = shutil.disk_usage(self._directory).free
        if free < wanted:
            raise StorageFullError(
                failure("no_room", free=f"{free // 2**20}", wanted=f"{wanted // 2**20}"),
                hint="Make room in the recordings folder, or lower storage.min_free_mb.",
            )

    def _path(self, recording: str) -> Path:
        # The id comes out of our own table; that it has this form is checked all the same: a path is made of it.
        if not _OPAQUE_ID.fullmatch(recording):
            raise StorageFailedError("That is no recording's id.")
        return self._directory / (recording + _SUFFIX)


class FileSink:
    """One file that grows. The lock keeps a close from another thread away from a write that hangs."""

    def __init__(self, descriptor: int, storage: DirectoryStorage) -> None:
        self._descriptor = descriptor
        self._storage = storage
        self._lock = threading.Lock()

    def append(self, data: bytes | bytearray) -> None:
        """Write all of it; a write that the system cuts short is continued."""
        self._storage.require_reserve()
        rest = memoryview(data)
        with self._lock, _translated():
            while rest:
                rest = rest[os.write(self._descriptor, rest) :]

    def sync(self) -> None:
        """Wait for the disk."""
        with self._lock, _translated():
            os.fdatasync(self._descriptor)

    def close(self) -> None:
        """Wait for the disk and close."""
        with _translated():
            self._end(os.fdatasync)

    def abandon(self) -> None:
        """Close without waiting for the disk; never raises."""
        with suppress(OSError):
            self._end(lambda _descriptor: None)

    def _end(self, before: Callable[[int], None]) -> None:
        with self._lock:
            descriptor, self._descriptor = self._descriptor, -1
            if descriptor < 0:
                return
            try:
                before(descriptor)
            finally:
                os.close(descriptor)


def _read_fully(descriptor: int, offset: int, length: int) -> bytes:
    parts = []
    while length > 0:
        part = os.pread(descriptor, length, offset)
        if not part:
            break
        parts.append(part)
        offset, length = offset + len(part), length - len(part)
    return b"".join(parts)


def _sync_directory(directory: Path) -> None:
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        reason = error.strerror or type(error).__name__
        if error.errno in _FULL:
            raise StorageFullError(failure("disk_full", cause=reason)) from error
        raise StorageFailedError(failure("folder", cause=reason)) from error
