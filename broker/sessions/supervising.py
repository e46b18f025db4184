"""Sessions that somebody of the plant must watch: that one does, or none any more, is put on record."""

import random
from collections.abc import Callable
from contextlib import suppress
from functools import partial

import structlog

from broker.audit.log import Actor, AuditEvent, AuditLog
from broker.db.engine import Database
from broker.recordings.errors import RecordingsError
from broker.sessions.live import LiveSession
from broker.sessions.ports import Recorder
from tunnel.tasks import Backoff, Supervisor

log = structlog.get_logger("broker.sessions")
RETRY_SECONDS = (0.5, 30.0)


class Supervision:
    """Puts on record, beside the relay, since when a session's input goes or waits, and through whom."""

    def __init__(
        self,
        database: Database,
        audit: AuditLog,
        tasks: Supervisor,
        recorder_of: Callable[[LiveSession], Recorder | None],
    ) -> None:
        self._db = database
        self._audit = audit
        self._tasks = tasks
        self._recorder_of = recorder_of

    def begin(self, session: LiveSession) -> None:
        """Put on record that a session begins with nobody watching who must."""
        if session.is_unwatched:
            self._record(session, {})

    def changed(self, session: LiveSession, by: Actor) -> None:
        """Tell the recording, the log, and the audit log. ``by`` has come, or was the last to leave. Never raises."""
        facts = session.facts
        log.info("session_unwatched" if session.is_unwatched else "session_supervised", session=facts.id, by=by.name)
        self._record(session, {"by": by.id})
        action = "session.unsupervised" if session.is_unwatched else "session.supervised"
        event = AuditEvent(action, by, facts.id, {"user": facts.user_id, "asset": facts.target.asset_name})
        backoff = Backoff(*RETRY_SECONDS, random.random)
        self._tasks.keep(f"note watching {facts.id}", partial(self._write, event), backoff)

    def _record(self, session: LiveSession, details: dict[str, object]) -> None:
        recorder = self._recorder_of(session)
        if recorder is not None:
            # It may just have failed or been closed; that is told elsewhere.
            with suppress(RecordingsError):
                recorder.event("unwatched" if session.is_unwatched else "watched", details)

    async def _write(self, event: AuditEvent) -> None:
        async with self._db.transaction() as tx:
            await self._audit.append(tx, event)
