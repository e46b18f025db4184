"""Signed checkpoints: from then on nobody can cut the chain off or rewrite it below them without being found out."""

import asyncio
from contextlib import aclosing
from dataclasses import dataclass
from datetime import timedelta

import structlog
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from broker.audit.chain import Checkpoint, checkpoint_message
from broker.audit.tables import AuditCheckpointRow, AuditHeadRow
from broker.cluster.bus import Bus, Subscription
from broker.db.engine import Database
from broker.pki.keys import EvidenceKey
from tunnel.clock import Clock

log = structlog.get_logger("broker.audit")


@dataclass(frozen=True, slots=True)
class CheckpointPolicy:
    """A checkpoint comes after so many links, or so long after the first link that none covers."""

    every: int = 256
    within: timedelta = timedelta(seconds=60)


class Checkpointer:
    """Signs checkpoints. ``run`` is a task's job; ``write`` is also for an orderly shutdown."""

    def __init__(
        self, database: Database, key: EvidenceKey, bus: Bus, clock: Clock, policy: CheckpointPolicy | None = None
    ) -> None:
        self._database = database
        self._key = key
        self._bus = bus
        self._clock = clock
        self._policy = policy or CheckpointPolicy()

    async def run(self) -> None:
        """Write checkpoints as the policy says, for ever; begin with what an earlier run left uncovered."""
        with self._bus.subscribe("audit.appended") as appended:
            await self.write()
            while True:
                await self._until_due(appended)
                await self.write()

    async def write(self) -> Checkpoint | None:
        """Sign the end of the chain, and log it for the SIEM; ``None`` when nothing is new."""
        try:
            mark = await self._store()
        except IntegrityError:
            # Another node signed this very link.
            return None
        if mark is not None:
            log.info(
                "audit_checkpoint",
                sequence=mark.sequence,
                at=mark.at.isoformat(timespec="microseconds"),
                hash=mark.hash.hex(),
                key_id=mark.key_id,
                signature=mark.signature.hex(),
            )
        return mark

    async def _store(self) -> Checkpoint | None:
        async with self._database.transaction() as tx:
            head = await tx.scalar(select(AuditHeadRow))
            covered = await tx.scalar(select(func.max(AuditCheckpointRow.sequence)))
            if head is None or head.sequence == (covered or 0):
                return None
            at = self._clock.now()
            signature = self._key.sign(checkpoint_message(head.sequence, at, head.hash))
            mark = Checkpoint(head.sequence, at, head.hash, self._key.key_id, signature)
            tx.add(
                AuditCheckpointRow(
                    sequence=mark.sequence, at=at, hash=mark.hash, key_id=mark.key_id, signature=signature
                )
            )
        return mark

    async def _until_due(self, appended: Subscription) -> None:
        """Wait for the first new link, then for ``every`` of them or for ``within`` to pass."""
        await _next(appended, 1)
        try:
            async with asyncio.timeout(self._policy.within.total_seconds()):
                await _next(appended, self._policy.every - 1)
        except TimeoutError:
            return


async def _next(appended: Subscription, count: int) -> None:
    if count < 1:
        return
    seen = 0
    async with aclosing(appended.events()) as events:
        async for _event in events:
            seen += 1
            if seen == count:
                return
