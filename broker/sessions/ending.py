"""The end of a session, written down: whatever cut it, the row, the audit event and the recording follow."""

import asyncio
from dataclasses import dataclass

import structlog
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from broker.audit.log import SYSTEM, Actor, AuditEvent, AuditLog
from broker.cluster.bus import Bus, Event
from broker.db.engine import Database, Transaction
from broker.sessions.fingerprint import Fingerprint, Outcome
from broker.sessions.live import LiveSession
from broker.sessions.ports import Recorder
from broker.sessions.states import END_TEXT, EndCode, SessionState
from broker.sessions.tables import SessionRow, ids_of
from tunnel.clock import Clock
from tunnel.tasks import Backoff

log = structlog.get_logger("broker.sessions")


@dataclass(frozen=True, slots=True)
class Ending:
    """How a session ended, and by whose hand."""

    code: EndCode
    detail: str = ""
    actor: Actor = SYSTEM


class SessionArchivist:
    """Writes ends down. A database that is away delays it, but nothing is lost while the broker lives."""

    def __init__(self, database: Database, clock: Clock, bus: Bus, audit: AuditLog, *, node: str) -> None:
        self._db = database
        self._clock = clock
        self._bus = bus
        self._audit = audit
        self._node = node

    async def finish(self, session: LiveSession, recorder: Recorder | None, ending: Ending, backoff: Backoff) -> None:
        """Close the recording and write the end, again and again until it is written."""
        if recorder is not None:
            await recorder.close(ending.code.value, ending.detail or END_TEXT[ending.code])
        while True:
            try:
                await self._write(session, ending)
                return
            except (OSError, SQLAlchemyError) as error:
                log.error("session_end_not_written", session=session.facts.id, cause=str(error))
                await asyncio.sleep(backoff.next_pause())

    async def close_crashed(self) -> int:
        """At start-up: end what this node left open when it stopped without a word."""
        async with self._db.transaction() as tx:
            query = select(SessionRow).where(SessionRow.node == self._node, SessionRow.ended_at.is_(None))
            rows = list(await tx.scalars(query.with_for_update()))
            for row in rows:
                await self._end(tx, row, Ending(EndCode.BROKER_CRASHED))
        return len(rows)

    async def _write(self, session: LiveSession, ending: Ending) -> None:
        async with self._db.transaction() as tx:
            row = await tx.get_one(SessionRow, session.facts.id, with_for_update=True)
            row.streams = session.opened_streams
            row.bytes_to_asset, row.bytes_to_user = session.bytes_to_asset, session.bytes_to_user
            seen = session.ledger
            row.operations, row.writes, row.denials = seen.operations, seen.writes, seen.denials
            row.tiers_used = sorted(seen.tiers_used)
            row.not_after = session.terms.not_after
            looked = session.fingerprint
            row.fingerprint = None if looked is None else looked.as_json()
            if looked is not None and looked.outcome is Outcome.CHANGED:
                await self._audit.append(tx, _device_changed(row, looked))
            await self._end(tx, row, ending)

    async def _end(self, tx: Transaction, row: SessionRow, ending: Ending) -> None:
        if row.ended_at is not None:
            return
        row.previous, row.state = row.state, SessionState.ENDED.value
        row.ended_at = self._clock.now()
        row.end_code, row.end_detail = ending.code.value, ending.detail or END_TEXT[ending.code]
        row.ended_by = ending.actor.id
        await tx.flush()
        details = {
            "code": ending.code.value,
            "detail": row.end_detail,
            "asset": row.asset_name,
            "service": row.service_name,
            "user": row.user_id,
            "duration_seconds": round((row.ended_at - row.opened_at).total_seconds(), 3),
        }
        await self._audit.append(tx, AuditEvent("session.ended", ending.actor, row.id, details))
        tx.on_commit(lambda: self._bus.publish(Event("session.ended", ids_of(row))))


def _device_changed(row: SessionRow, looked: Fingerprint) -> AuditEvent:
    changes = [f"{one.fact}: {one.before or 'not told'} -> {one.after or 'not told'}" for one in looked.differences]
    details = {"asset": row.asset_name, "service": row.service_name, "user": row.user_id, "ticket": row.ticket}
    return AuditEvent("session.device_changed", SYSTEM, row.id, {**details, "changes": changes})
