"""Re-keying: seal every secret anew under the current master key, in batches that can be stopped and taken up again."""

from dataclasses import dataclass, field

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import DeclarativeBase

from broker.audit.log import Actor, AuditEvent, AuditLog
from broker.db.engine import Database, Transaction
from broker.vault.sealing import Sealer

BATCH = 100


@dataclass(frozen=True, slots=True)
class SealedColumn:
    """A column of sealed secrets in a table with one id column; a secret's place is ``prefix`` and its row's id."""

    table: type[DeclarativeBase]
    column: str
    prefix: str

    def place(self, row_id: str) -> str:
        """Return what the secret of a row is bound to."""
        return self.prefix + row_id

    @property
    def id_column(self) -> ColumnElement[str]:
        """The table's one primary key column."""
        (key,) = self.table.__table__.primary_key
        return key

    @property
    def secret_column(self) -> ColumnElement[bytes]:
        """The column of secrets itself."""
        return self.table.__table__.c[self.column]


@dataclass(frozen=True, slots=True)
class RekeyReport:
    """How many secrets were sealed anew, and how many were current already, per prefix."""

    resealed: dict[str, int] = field(default_factory=dict)
    current: dict[str, int] = field(default_factory=dict)


class Rekeying:
    """Walks all sealed columns. What is current already is skipped, so a second run does what the first did not."""

    def __init__(
        self,
        database: Database,
        sealer: Sealer,
        audit: AuditLog,
        columns: tuple[SealedColumn, ...],
        *,
        batch: int = BATCH,
    ) -> None:
        self._database = database
        self._sealer = sealer
        self._audit = audit
        self._columns = columns
        self._batch = batch

    async def run(self, actor: Actor) -> RekeyReport:
        """Seal everything under the current key; raise ``UnsealError`` at a secret that none of the keys opens."""
        report = RekeyReport()
        for column in self._columns:
            last: str | None = ""
            while last is not None:
                last = await self._reseal_batch(column, last, report, actor)
        return report

    async def _reseal_batch(self, column: SealedColumn, after: str, report: RekeyReport, actor: Actor) -> str | None:
        """Seal one batch in one transaction; return the last id, or ``None`` when the table is done."""
        async with self._database.transaction() as tx:
            found = await self._batch_after(tx, column, after)
            stale = {row_id: secret for row_id, secret in found.items() if not self._sealer.is_current(secret)}
            for row_id, secret in stale.items():
                await self._reseal(tx, column, row_id, secret)
            if stale:
                details = {"kind": column.prefix, "count": len(stale), "to": self._sealer.current_id.hex()}
                await self._audit.append(tx, AuditEvent("vault.rekeyed", actor, details=details))
        report.resealed[column.prefix] = report.resealed.get(column.prefix, 0) + len(stale)
        report.current[column.prefix] = report.current.get(column.prefix, 0) + len(found) - len(stale)
        return next(reversed(found), None)

    async def _batch_after(self, tx: Transaction, column: SealedColumn, after: str) -> dict[str, bytes]:
        row_id, secret = column.id_column, column.secret_column
        wanted = select(row_id, secret).where(row_id > after, secret.is_not(None)).order_by(row_id)
        rows = await tx.execute(wanted.limit(self._batch).with_for_update())
        return {row[0]: row[1] for row in rows}

    async def _reseal(self, tx: Transaction, column: SealedColumn, row_id: str, secret: bytes) -> None:
        place = column.place(row_id)
        fresh = self._sealer.seal(self._sealer.unseal(secret, place), place)
        await tx.execute(update(column.table).where(column.id_column == row_id).values({column.column: fresh}))
