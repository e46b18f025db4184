"""Keeps the ceiling in step with its file: looked at before each dial, so that what was saved a moment ago counts.

A file that is missing, wrong, or writable for others refuses every new dial (fail closed). What was opened under the
last good file goes on: a slip of an editor must not tear down a session in mid-work; ``lock`` is the switch for that.
"""

import os
from pathlib import Path

from agent.ceiling import Ceiling
from agent.ceiling_file import parse_ceiling
from agent.files import read_text
from agent.refusals import Refusal, RefusalCode

_Signature = tuple[int, int, int, int, int]


class CeilingSource:
    """The current ceiling, or the reason why there is none."""

    def __init__(self, path: Path, *, site: str | None, guarded_protocols: frozenset[str]) -> None:
        """Watch ``path``; a file that pins another site than ``site`` is not taken."""
        self._path = path
        self._site = site
        self._guarded = guarded_protocols
        self._signature: _Signature | None = None
        self._current: Ceiling | Refusal = self._refuse("it was not read yet")
        self.refresh(force=True)

    @property
    def current(self) -> Ceiling | Refusal:
        """What the file said when it was last looked at."""
        return self._current

    @property
    def digest(self) -> str:
        """The SHA-256 of the file in force, or ``invalid``."""
        return self._current.digest if isinstance(self._current, Ceiling) else "invalid"

    def refresh(self, *, force: bool = False) -> bool:
        """Read the file again if it changed; return whether anything new was found."""
        signature = self._look()
        if signature == self._signature and not force:
            return False
        self._signature = signature
        self._current = self._read(signature)
        return True

    def _look(self) -> _Signature | None:
        try:
            found = self._path.stat()
        except OSError:
            return None
        return found.st_mtime_ns, found.st_ctime_ns, found.st_size, found.st_ino, found.st_mode

    def _read(self, signature: _Signature | None) -> Ceiling | Refusal:
        if signature is None:
            return self._refuse("there is no such file, or it is not readable")
        if signature[-1] & 0o022 and os.name == "posix":
            return self._refuse(f"other users may write it: run chmod go-w {self._path}")
        try:
            parsed = parse_ceiling(read_text(self._path), self._guarded)
        except (OSError, ValueError) as error:
            return self._refuse(f"it cannot be read: {error}")
        if isinstance(parsed, list):
            return self._refuse("; ".join(str(problem) for problem in parsed[:10]))
        if parsed.site is not None and self._site is not None and parsed.site != self._site:
            return self._refuse(f"it is written for site {parsed.site}, this agent serves {self._site}")
        return parsed

    def _refuse(self, reason: str) -> Refusal:
        return Refusal(
            RefusalCode.CEILING_INVALID,
            f"The ceiling file {self._path} is not in force: {reason}; see wicket-agent check-config on site.",
        )
