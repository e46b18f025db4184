"""Keeps the site's lock across restarts; a file that cannot be understood means locked."""

from datetime import datetime, timedelta
from pathlib import Path

from pydantic import AwareDatetime, BaseModel, ConfigDict, ValidationError

from agent.files import read_text, write_atomically
from agent.lock import Lock, Override

_LONG_AGO = datetime.fromisoformat("1970-01-01T00:00:00+00:00")


class _LockText(BaseModel):
    """The file's form."""

    model_config = ConfigDict(extra="forbid")

    locked: bool
    set_at: AwareDatetime
    lasts_seconds: float | None = None
    reason: str = ""


class LockFile:
    """One small JSON file in the state directory."""

    def __init__(self, path: Path, *, by_default: bool) -> None:
        """Read from and write to ``path``; ``by_default`` is the setting ``lock_by_default``."""
        self._path = path
        self._by_default = by_default

    def read(self) -> Lock:
        """Return what is in force."""
        try:
            text = _LockText.model_validate_json(read_text(self._path))
            lasts = None if text.lasts_seconds is None else timedelta(seconds=text.lasts_seconds)
        except FileNotFoundError:
            return Lock(self._by_default)
        except (OSError, ValueError, OverflowError, ValidationError):
            reason = f"{self._path.name} cannot be read; run wicket-agent lock or unlock anew"
            return Lock(self._by_default, Override(True, _LONG_AGO, None, reason))
        return Lock(self._by_default, Override(text.locked, text.set_at, lasts, text.reason))

    def signature(self) -> tuple[int, int, int] | None:
        """Return what changes whenever the file is replaced."""
        try:
            found = self._path.stat()
        except OSError:
            return None
        return found.st_mtime_ns, found.st_ino, found.st_size

    def write(self, lock: Lock) -> None:
        """Keep a lock; raises OSError."""
        override = lock.override
        if override is None:
            self._path.unlink(missing_ok=True)
            return
        lasts = override.lasts.total_seconds() if override.lasts else None
        text = _LockText(locked=override.locked, set_at=override.set_at, lasts_seconds=lasts, reason=override.reason)
        write_atomically(self._path, text.model_dump_json() + "\n")
