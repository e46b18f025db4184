"""A word from the plant to the user of a live session: shown by their client, on record like everything else."""

from contextlib import suppress

from broker.audit.log import AuditEvent, AuditLog, actor_of
from broker.db.engine import Database
from broker.http.errors import NotFoundError
from broker.http.principal import Principal
from broker.recordings.errors import RecordingsError
from broker.sessions.keeping import SessionKeeper
from broker.sessions.registry import LiveSessions


class Warnings:
    """Passes warnings on."""

    def __init__(self, database: Database, audit: AuditLog, live: LiveSessions, keeper: SessionKeeper) -> None:
        self._db = database
        self._audit = audit
        self._live = live
        self._keeper = keeper

    async def warn(self, principal: Principal, session_id: str, text: str) -> None:
        """Tell the user, who watches, and the recording; written down first."""
        session = self._live.get(session_id)
        if session is None:
            raise NotFoundError
        facts = session.facts
        details = {"user": facts.user_id, "asset": facts.target.asset_name, "text": text}
        async with self._db.transaction() as tx:
            await self._audit.append(tx, AuditEvent("session.warned", actor_of(principal), facts.id, details))
        session.warn(text)
        recorder = self._keeper.recorder_of(session)
        if recorder is not None:
            # It may have been closed while this was written down; the audit log has it.
            with suppress(RecordingsError):
                recorder.event("warned", {"text": text, "by": principal.user_id})
