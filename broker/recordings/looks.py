"""Who looked at which evidence, in the audit log: each look is written down before anything is shown."""

from collections import OrderedDict
from collections.abc import Mapping, Sequence

from broker.audit.log import AuditEvent, AuditLog, actor_of
from broker.db.engine import Database
from broker.http.principal import Principal
from broker.recordings.tables import RecordingRow
from tunnel.clock import Clock

ONE_LOOK_SECONDS = 600.0
MAX_REMEMBERED = 10_000


class Looks:
    """Writes looks down. A page fetches a recording in hundreds of pieces: that is one look, for ten minutes."""

    def __init__(self, database: Database, audit: AuditLog, clock: Clock) -> None:
        self._database = database
        self._audit = audit
        self._clock = clock
        self._until: OrderedDict[tuple[str, str, str, str], float] = OrderedDict()

    async def note(self, principal: Principal, row: RecordingRow, action: str, details: Mapping[str, object]) -> None:
        """Write one look down."""
        async with self._database.transaction() as tx:
            facts = {"session": row.session_id, **details}
            await self._audit.append(tx, AuditEvent(action, actor_of(principal), row.id, facts))

    async def note_once(self, principal: Principal, rows: Sequence[RecordingRow], action: str, kind: str) -> None:
        """Write down that this login looks at recordings in this way, unless that was written in the last minutes."""
        now = self._clock.monotonic()
        fresh = [row for row in rows if self._until.get((principal.login_id, row.id, action, kind), now) <= now]
        if not fresh:
            return
        async with self._database.transaction() as tx:
            for row in fresh:
                facts = {"session": row.session_id, "kind": kind}
                await self._audit.append(tx, AuditEvent(action, actor_of(principal), row.id, facts))
        for row in fresh:
            self._remember((principal.login_id, row.id, action, kind), now + ONE_LOOK_SECONDS)

    def _remember(self, look: tuple[str, str, str, str], until: float) -> None:
        self._until.pop(look, None)
        self._until[look] = until
        if len(self._until) > MAX_REMEMBERED:
            self._until.popitem(last=False)
