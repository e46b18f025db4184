"""Answers to retried POSTs, kept for a day."""

from datetime import datetime, timedelta

from sqlalchemy import LargeBinary, String, delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, mapped_column

from broker.db.base import Base, UtcDateTime
from broker.db.engine import Database
from broker.http.idempotency import StoredAnswer
from tunnel.clock import Clock

KEEP = timedelta(hours=24)


class IdempotentAnswer(Base):
    """The answer kept under one caller's key; ``status`` 0 while the first call is at work."""

    __tablename__ = "idempotent_answers"

    caller: Mapped[str] = mapped_column(String(300), primary_key=True)
    key: Mapped[str] = mapped_column(String(128), primary_key=True)
    body_digest: Mapped[bytes] = mapped_column(LargeBinary(32))
    status: Mapped[int]
    body: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class DatabaseIdempotencyStore:
    """Keeps answers in the broker's database, so that a retry after a restart finds them."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def begin(self, caller: str, key: str, body_digest: bytes) -> StoredAnswer | None:
        """Claim the key, or return what is stored under it."""
        now = self._clock.now()
        try:
            async with self._database.transaction() as tx:
                await tx.execute(delete(IdempotentAnswer).where(IdempotentAnswer.created_at < now - KEEP))
                found = await tx.get(IdempotentAnswer, (caller, key))
                if found is None:
                    claim = {"body_digest": body_digest, "status": 0, "body": b"", "created_at": now}
                    tx.add(IdempotentAnswer(caller=caller, key=key, **claim))
                    return None
                return StoredAnswer(found.body_digest, found.status, found.body)
        except IntegrityError:
            # Two first calls at once: the other one won.
            async with self._database.reading() as view:
                row = (await view.scalars(select(IdempotentAnswer).filter_by(caller=caller, key=key))).one()
                return StoredAnswer(row.body_digest, row.status, row.body)

    async def finish(self, caller: str, key: str, status: int, body: bytes) -> None:
        """Keep the answer."""
        async with self._database.transaction() as tx:
            row = await tx.get_one(IdempotentAnswer, (caller, key))
            row.status, row.body = status, body

    async def abandon(self, caller: str, key: str) -> None:
        """Forget the claim."""
        async with self._database.transaction() as tx:
            await tx.execute(delete(IdempotentAnswer).filter_by(caller=caller, key=key))
