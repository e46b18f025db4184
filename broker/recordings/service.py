"""Beginning and ending recordings: key, file, opening and row before the first byte; the sums after the last."""

import asyncio
import random
from collections.abc import Callable
from concurrent.futures import Executor
from functools import partial

import structlog
from sqlalchemy.exc import SQLAlchemyError

from broker.audit.log import SYSTEM, AuditEvent, AuditLog
from broker.cluster.bus import Bus, Event
from broker.cluster.topics import Topic
from broker.db.engine import Database, Transaction
from broker.pki.keys import EvidenceKey
from broker.recordings.errors import StorageFailedError
from broker.recordings.keyring import Keyring
from broker.recordings.recorder import Recorder, RecorderLimits, RecordingSummary
from broker.recordings.sinks import Sink, Storage
from broker.recordings.tables import RecordingRow, RecordingState
from recording.layout import Counts
from recording.manifest import Opening, SessionFacts
from recording.sealing import Sealer
from tunnel.clock import Clock
from tunnel.ids import new_id
from tunnel.tasks import Backoff

log = structlog.get_logger("broker.recordings")
BEGIN_SECONDS = 10.0
RETRY_SECONDS = (0.5, 30.0)


class Recordings:
    """Begins recordings. ``executor`` seals and writes; it is not shared with anything that may keep it busy."""

    def __init__(
        self,
        database: Database,
        bus: Bus,
        audit: AuditLog,
        clock: Clock,
        keyring: Keyring,
        storage: Storage,
        signer: EvidenceKey,
        executor: Executor,
        *,
        node: str,
        limits: RecorderLimits | None = None,
    ) -> None:
        self._database = database
        self._bus = bus
        self._audit = audit
        self._clock = clock
        self._keyring = keyring
        self._storage = storage
        self._signer = signer
        self._executor = executor
        self._node = node
        self._limits = limits or RecorderLimits()

    async def open(
        self, facts: SessionFacts, *, failed: Callable[[str], None], drained: Callable[[], None]
    ) -> Recorder:
        """Begin the recording of a session; once this returns, its opening is stored and its row written.

        Raises ``StorageFullError`` or ``StorageFailedError`` when it cannot be kept: then the session must not open.
        """
        recording = new_id("rec")
        content_key, wrapped = await self._keyring.new_content_key(recording)
        opening = Opening(
            recording=recording,
            started_at=self._clock.now(),
            session=facts.model_copy(update={"node": self._node}),
            key=wrapped,
            signer=self._signer.key_id,
        )
        sealer = Sealer(opening, content_key, self._signer.sign)
        sink = await self._begin(recording, sealer.opening_block)
        try:
            await self._note_opening(opening)
        except BaseException:
            sink.abandon()
            raise
        return Recorder(
            recording,
            sealer,
            sink,
            clock=self._clock,
            executor=self._executor,
            failed=failed,
            drained=drained,
            finished=partial(self._finished, recording),
            limits=self._limits,
        )

    async def _begin(self, recording: str, opening_block: bytes) -> Sink:
        def begin() -> Sink:
            self._storage.check_room()
            sink = self._storage.create(recording)
            sink.append(opening_block)
            return sink

        try:
            async with asyncio.timeout(BEGIN_SECONDS):
                return await asyncio.get_running_loop().run_in_executor(self._executor, begin)
        except TimeoutError as error:
            raise StorageFailedError(f"The store did not answer within {BEGIN_SECONDS:g} s.") from error

    async def _note_opening(self, opening: Opening) -> None:
        facts = opening.session
        row = RecordingRow(
            id=opening.recording, session_id=facts.session, node=self._node, user_id=facts.user,
            user_name=facts.user_name, organization=facts.organization, site=facts.site, asset_id=facts.asset,
            asset_name=facts.asset_name, service_name=facts.service_name, protocol=facts.protocol,
            grant_id=facts.grant, ticket=facts.ticket, key_id=opening.key.id, started_at=opening.started_at,
        )  # fmt: skip
        async with self._database.transaction() as tx:
            tx.add(row)
            await tx.flush()
            details = {"session": facts.session, "user": facts.user, "asset": facts.asset}
            await self._audit.append(tx, AuditEvent("recording.opened", SYSTEM, row.id, details))
            self._publish(tx, "recording.opened", row)

    async def _finished(self, recording: str, summary: RecordingSummary) -> None:
        """Write down what it came to, again and again until it is written."""
        backoff = Backoff(*RETRY_SECONDS, random.random)
        while True:
            try:
                async with self._database.transaction() as tx:
                    await self._note_end(tx, recording, summary)
                return
            except (OSError, SQLAlchemyError) as error:
                log.error("recording_end_not_written", recording=recording, cause=str(error))
                await asyncio.sleep(backoff.next_pause())

    async def _note_end(self, tx: Transaction, recording: str, summary: RecordingSummary) -> None:
        row = await tx.get_one(RecordingRow, recording, with_for_update=True)
        row.state = (RecordingState.FAILED if summary.failure else RecordingState.CLOSED).value
        row.ended_at, row.end_code, row.problem = summary.ended_at, summary.reason.code, summary.failure
        count(row, summary.counts)
        row.size_bytes, row.segments, row.last_link = summary.size_bytes, summary.segments, summary.last_link
        await note_end(self._audit, tx, row, f"recording.{row.state}")
        self._publish(tx, "recording.closed", row)

    def _publish(self, tx: Transaction, topic: Topic, row: RecordingRow) -> None:
        event = Event(
            topic, {"recording": row.id, "session": row.session_id, "user": row.user_id, "asset": row.asset_id}
        )
        tx.on_commit(lambda: self._bus.publish(event))


def count(row: RecordingRow, counts: Counts) -> None:
    """Put what a recording holds into its row."""
    row.operations, row.writes, row.denials = counts.operations, counts.writes, counts.denials
    row.bytes_to_asset, row.bytes_to_user = counts.bytes_to_asset, counts.bytes_to_user


async def note_end(audit: AuditLog, tx: Transaction, row: RecordingRow, action: str) -> None:
    """Tell the audit log how a recording ended; ``hash`` is the end of its chain, which a verifier finds again."""
    details = {
        "session": row.session_id,
        "state": row.state,
        "code": row.end_code,
        "reason": row.problem,
        "segments": row.segments,
        "size": row.size_bytes,
        "hash": row.last_link,
    }
    await tx.flush()
    await audit.append(tx, AuditEvent(action, SYSTEM, row.id, details))
