"""What the commands do when no agent is running: read and change the same files that it would."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from agent.ceiling import Ceiling
from agent.ceiling_source import CeilingSource
from agent.config import Settings
from agent.errors import LocalError, SettingsError, StateError
from agent.files import read_text
from agent.keys import validity
from agent.local import AskLock, AskUnlock
from agent.lock_file import LockFile
from agent.refusals import Refusal
from agent.state import StateDirectory
from agent.status import Status, ceiling_status
from agent.version import software
from guards.registry import guarded_protocols


def change_lock(settings: Settings, state: StateDirectory, ask: AskLock | AskUnlock) -> None:
    """Write the lock for the next start; raises LocalError."""
    file = LockFile(state.lock, by_default=settings.lock_by_default)
    lasts = timedelta(seconds=ask.seconds) if ask.seconds else None
    step = file.read().lock if isinstance(ask, AskLock) else file.read().unlock
    changed = step(datetime.now(UTC), lasts, ask.reason)
    if isinstance(changed, str):
        raise LocalError(changed)
    try:
        file.write(changed)
    except OSError as error:
        raise LocalError(f"the lock file cannot be written: {error.strerror}") from error


def check_ceiling(settings: Settings) -> Iterator[str]:
    """Yield one line for each target; raises SettingsError with every problem and its line."""
    ceiling = _ceiling(settings, None)
    if isinstance(ceiling, Refusal):
        raise SettingsError(ceiling.detail)
    yield f"{settings.ceiling_file}: {len(ceiling.entries)} target(s)"
    for entry in ceiling.entries:
        addresses = ", ".join(str(net) for net in entry.networks) or str(entry.line)
        tiers = ", ".join(sorted(entry.rules.tiers)) or "no tier"
        shared = ", shared" if entry.share else ""
        caps = f"{entry.max_connections} connection(s){shared}, {entry.max_connects_per_minute} a minute"
        yield f"  {entry.name}: {addresses}: {', '.join(sorted(entry.protocols))}: {tiers}: {caps}"


def offline_status(settings: Settings, state: StateDirectory) -> Status:
    """Return what the files tell about an agent that is not running."""
    site, facts = None, {}
    try:
        record = state.load().record
        site = record.site
        facts = {
            "agent": f"{record.name} {record.agent}",
            "site": f"{record.site_name} {record.site}",
            "broker": record.url,
            "certificate_not_after": validity(read_text(state.identity)).not_after,
        }
    except (StateError, ValueError, OSError):
        pass  # not enrolled, or not readable: `run` says why
    return Status(
        running=False,
        software=software(),
        dismissed=state.dismissal(),
        ceiling=ceiling_status(_ceiling(settings, site)),
        lock=LockFile(state.lock, by_default=settings.lock_by_default).read().at(datetime.now(UTC)),
        **facts,
    )


def _ceiling(settings: Settings, site: str | None) -> Ceiling | Refusal:
    return CeilingSource(settings.ceiling_file, site=site, guarded_protocols=guarded_protocols()).current
