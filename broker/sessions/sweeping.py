"""Sessions that sweep over their target: slowed down or cut as the policy says, and everybody concerned is told."""

import random
from contextlib import suppress
from functools import partial

import structlog

from broker.audit.log import SYSTEM, AuditEvent, AuditLog
from broker.db.engine import Database
from broker.recordings.errors import RecordingsError
from broker.sessions.ending import Ending
from broker.sessions.keeping import RETRY_SECONDS, SessionKeeper
from broker.sessions.live import LiveSession
from broker.sessions.states import END_DETAIL, EndCode, SessionState
from guards.effects import Operation
from guards.reasons import UNSAID, Reason, why
from guards.sweeps import Sweep
from policies.rules import ScanAction
from tunnel.tasks import Backoff, Supervisor

log = structlog.get_logger("broker.sessions")


class Sweeping:
    """Watches live sessions for sweeps and does what their rules say."""

    def __init__(self, database: Database, audit: AuditLog, keeper: SessionKeeper, tasks: Supervisor) -> None:
        self._db = database
        self._audit = audit
        self._keeper = keeper
        self._tasks = tasks

    def watch(self, session: LiveSession) -> "SweepWatch | None":
        """Return what watches a stream of the session, or ``None`` where its rules look for no sweep."""
        return SweepWatch(self, session) if session.sweeps.is_watching else None

    def alarm(self, session: LiveSession, sweep: Sweep) -> None:
        """Tell the recording, who watches, the log, and, in a task beside the relay, the audit log. Never raises."""
        facts, scan = session.facts, sweep.scan
        details: dict[str, object] = {
            "swept": sweep.of.value, "count": sweep.things, "action": scan.action.value, "detail": str(sweep),
        }  # fmt: skip
        log.warning("session_sweeps", session=facts.id, user=facts.user_name, **details)
        recorder = self._keeper.recorder_of(session)
        if recorder is not None:
            with suppress(RecordingsError):
                recorder.event("sweep", details)
        session.tell("sweep", **details)
        noted = {
            "user": facts.user_id,
            "asset": facts.target.asset_name,
            "service": facts.target.service_name,
            **details,
        }
        event = AuditEvent("session.swept", SYSTEM, facts.id, noted)
        self._tasks.keep(f"note sweep {facts.id}", partial(self._write, event), Backoff(*RETRY_SECONDS, random.random))

    def cut(self, session: LiveSession, sweep: Sweep) -> None:
        """End the session: its streams are cut before this returns."""
        self._keeper.cut(session, Ending(EndCode.SWEEPING, END_DETAIL["swept"].format_map(sweep.words)))

    async def _write(self, event: AuditEvent) -> None:
        async with self._db.transaction() as tx:
            await self._audit.append(tx, event)


class SweepWatch:
    """One stream's. It stands in the relay's path: it never waits and never raises."""

    __slots__ = ("_found", "_session", "_sweeping")

    def __init__(self, sweeping: Sweeping, session: LiveSession) -> None:
        self._sweeping = sweeping
        self._session = session
        self._found: Sweep | None = None

    def must_stop(self, operation: Operation, now_monotonic: float) -> Reason:
        """Take an operation; return why nothing more may pass, or nothing. Where it only throttles, it has done so."""
        sweep = self._session.sweeps.saw(operation, now_monotonic)
        if sweep is None or self._session.state is SessionState.ENDED:
            return UNSAID
        if sweep.scan.action is ScanAction.CUT:
            self._found = sweep
            return why("session_sweeps", **sweep.words)
        if sweep.is_news:
            self._sweeping.alarm(self._session, sweep)
        self._session.brake(sweep.pause_seconds)
        return UNSAID

    def stop(self) -> None:
        """Raise the alarm and end the session, once what was found is on record."""
        if self._found is not None and self._session.state is not SessionState.ENDED:
            self._sweeping.alarm(self._session, self._found)
            self._sweeping.cut(self._session, self._found)
