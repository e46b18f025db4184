"""The plant's own switch: whether anything may pass at all, and for how long. Pure; ``agent.lock_file`` keeps it.

A site is either open until somebody locks it, or locked until somebody unlocks it (``lock_by_default``). What was
unlocked for a while locks again by itself.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType

from tunnel.messages import SiteLock

MAX_UNLOCK = timedelta(hours=24)

LOCKED: Mapping[str, str] = MappingProxyType(
    {"unlock_over": "the time for which it was unlocked is over", "by_default": "locked by default"}
)
"""Why a site is locked where nobody on site said so; the pages have the same keys in other languages."""


@dataclass(frozen=True, slots=True)
class Override:
    """What somebody on site set: locked or open, since when, and for how long (``None``: until changed)."""

    locked: bool
    set_at: datetime
    lasts: timedelta | None = None
    reason: str = ""

    def holds(self, now: datetime) -> bool:
        """Tell whether it still counts. A clock that was set back keeps a lock and ends an unlock."""
        if now < self.set_at:
            return self.locked
        return self.lasts is None or now < self.set_at + self.lasts


@dataclass(frozen=True, slots=True)
class Lock:
    """The site's lock as a value."""

    by_default: bool = False
    override: Override | None = None

    def at(self, now: datetime) -> SiteLock:
        """Return what counts at this moment."""
        override = self.override
        if override is not None and override.holds(now):
            until = override.set_at + override.lasts if override.lasts else None
            return SiteLock(locked=override.locked, until=until, reason=override.reason)
        if override is not None and not override.locked:
            return SiteLock(locked=True, reason=LOCKED["unlock_over"])
        return SiteLock(locked=self.by_default, reason=LOCKED["by_default"] if self.by_default else "")

    def changes_at(self, now: datetime) -> datetime | None:
        """Return when the override ends by itself, or ``None``."""
        return self.at(now).until

    def lock(self, now: datetime, lasts: timedelta | None, reason: str) -> "Lock":
        """Return the lock after somebody locked, for a while or until unlocked."""
        return Lock(self.by_default, Override(True, now, lasts, reason[:500]))

    def unlock(self, now: datetime, lasts: timedelta | None, reason: str) -> "Lock | str":
        """Return the lock after somebody unlocked, or the sentence that says what is missing."""
        if not self.by_default and lasts is None:
            return Lock(self.by_default)
        if lasts is None:
            return "This site is locked by default: say for how long it is to be open, such as --for 2h."
        if lasts > MAX_UNLOCK:
            return "A site can be unlocked for 24 hours at most: use a shorter time and unlock again when needed."
        return Lock(self.by_default, Override(False, now, lasts, reason[:500]))


def refusal_sentence(lock: SiteLock) -> str:
    """Say to the remote user that the plant locked its site."""
    until = f" until {lock.until.isoformat(timespec='minutes')}" if lock.until else ""
    why = f" ({lock.reason})" if lock.reason else ""
    return f"The site is locked by the plant{until}{why}; only people on site can unlock it (wicket-agent unlock)."
