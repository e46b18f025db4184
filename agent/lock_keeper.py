"""The lock in force, read so that turning a clock never opens the site early or keeps it open longer."""

from datetime import datetime, timedelta

from agent.lock import Lock
from agent.lock_file import LockFile
from tunnel.clock import Clock
from tunnel.messages import SiteLock


class LockKeeper:
    """Holds the lock for the running agent and keeps it in its file."""

    def __init__(self, file: LockFile, clock: Clock) -> None:
        """Read what is in force."""
        self._file = file
        self._clock = clock
        self._seen = file.signature()
        self._lock = file.read()
        self._anchor = (clock.now(), clock.monotonic())

    @property
    def current(self) -> SiteLock:
        """What counts at this moment."""
        return self._lock.at(self._careful_now())

    def refresh(self) -> None:
        """Take over what was written to the file by somebody else."""
        signature = self._file.signature()
        if signature != self._seen:
            self._seen = signature
            self._take(self._file.read())

    def lock(self, lasts: timedelta | None, reason: str) -> None:
        """Lock, and keep it; raises OSError if it cannot be kept (it counts all the same)."""
        self._take(self._lock.lock(self._clock.now(), lasts, reason))
        self._keep(self._lock)

    def unlock(self, lasts: timedelta | None, reason: str) -> str | None:
        """Unlock, and keep it first; return what speaks against it. Raises OSError, and stays locked then."""
        opened = self._lock.unlock(self._clock.now(), lasts, reason)
        if isinstance(opened, str):
            return opened
        self._keep(opened)
        self._take(opened)
        return None

    def _keep(self, lock: Lock) -> None:
        self._file.write(lock)
        self._seen = self._file.signature()

    def _take(self, lock: Lock) -> None:
        if lock != self._lock:
            self._lock = lock
            self._anchor = (self._clock.now(), self._clock.monotonic())

    def _careful_now(self) -> datetime:
        """A lock ends when both clocks agree that it is over, an unlock when either does."""
        wall_then, monotonic_then = self._anchor
        counted = wall_then + timedelta(seconds=self._clock.monotonic() - monotonic_then)
        locked = self._lock.override is not None and self._lock.override.locked
        return (min if locked else max)(self._clock.now(), counted)
