"""After a crash: what this node left open is proved up to its last whole segment and marked as what it is."""

import structlog
from sqlalchemy import select

from broker.audit.log import AuditLog
from broker.db.engine import Database
from broker.recordings.errors import RecordingsError
from broker.recordings.proofs import Prover
from broker.recordings.service import count, note_end
from broker.recordings.tables import RecordingRow, RecordingState
from recording.verify import State, Verification
from tunnel.clock import Clock

log = structlog.get_logger("broker.recordings")

_STATES = {
    State.WHOLE: RecordingState.CLOSED,
    State.OPEN: RecordingState.CRASHED,
    State.BROKEN: RecordingState.BROKEN,
}


class Recovery:
    """Run once at start-up, before the first session opens on this node."""

    def __init__(self, database: Database, audit: AuditLog, clock: Clock, prover: Prover, *, node: str) -> None:
        self._database = database
        self._audit = audit
        self._clock = clock
        self._prover = prover
        self._node = node

    async def recover(self) -> int:
        """Mark every recording that this node left open; return how many there were."""
        query = select(RecordingRow.id).where(
            RecordingRow.node == self._node, RecordingRow.state == RecordingState.OPEN.value
        )
        async with self._database.reading() as view:
            left_open = list(await view.scalars(query))
        for recording in left_open:
            await self._recover(recording)
        return len(left_open)

    async def _recover(self, recording: str) -> None:
        try:
            found = await self._prover.prove(recording)
            state, problem = _STATES[found.state], "" if found.state is State.WHOLE else found.detail
        except RecordingsError as error:
            found, state, problem = None, RecordingState.BROKEN, str(error)
        async with self._database.transaction() as tx:
            row = await tx.get_one(RecordingRow, recording, with_for_update=True)
            row.state, row.problem, row.ended_at = state.value, problem, self._clock.now()
            row.end_code = "broker_crashed"
            if found is not None:
                describe(row, found)
            await note_end(self._audit, tx, row, "recording.recovered")
        log.warning("recording_recovered", recording=recording, state=state.value, problem=problem)


def describe(row: RecordingRow, found: Verification) -> None:
    """Put into a row what was proved of its recording."""
    row.segments, row.last_link = found.segments, found.last_link
    row.size_bytes = found.verified_bytes + found.torn_bytes
    count(row, found.counts)
    if found.closing is not None:
        row.ended_at, row.end_code = found.closing.ended_at, found.closing.reason.code
