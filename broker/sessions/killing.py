"""The red button: cut a session or all of them, block the way back, and keep what it did as a drill report."""

import asyncio
import hashlib
import json
import random
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from broker.audit.log import AuditEvent, AuditLog, actor_of
from broker.cluster.bus import Bus, Event
from broker.cluster.topics import Topic
from broker.db.engine import Database, Transaction
from broker.http.errors import NotFoundError
from broker.http.principal import Principal
from broker.sessions.ending import Ending
from broker.sessions.keeping import RETRY_SECONDS, SETTLE_SECONDS, SessionKeeper
from broker.sessions.live import LiveSession
from broker.sessions.registry import LiveSessions
from broker.sessions.states import EndCode
from broker.sessions.tables import DrillRow, ReconnectBlockRow
from broker.sessions.terms import SessionFacts
from tunnel.clock import Clock
from tunnel.ids import new_id
from tunnel.tasks import Backoff, Supervisor

MAX_LISTED = 500


class RedButton:
    """Cuts first and writes afterwards: until it is written, the block stands in memory."""

    def __init__(
        self, database: Database, clock: Clock, bus: Bus, audit: AuditLog, live: LiveSessions, keeper: SessionKeeper,
        tasks: Supervisor,
    ) -> None:  # fmt: skip
        self._db = database
        self._clock = clock
        self._bus = bus
        self._audit = audit
        self._live = live
        self._keeper = keeper
        self._tasks = tasks

    async def kill(self, principal: Principal, session_id: str, reason: str) -> ReconnectBlockRow:
        """Cut a session now, and block the way back until somebody lifts the block."""
        session = self._live.get(session_id)
        if session is None:
            raise NotFoundError
        [(block, _)] = await self._kill(principal, [session], reason)
        return block

    async def kill_all(self, principal: Principal, *, vendor_only: bool, site: str | None, reason: str) -> DrillRow:
        """Cut every session, or those of vendors, or those on one site (by id), and return the drill report."""
        started = self._clock.monotonic()
        chosen = self._live.where(
            lambda session: (not vendor_only or session.facts.is_vendor) and site in (None, session.facts.site_id)
        )
        killed = await self._kill(principal, chosen, reason)
        sessions = [_line(session, at - started) for session, (_, at) in zip(chosen, killed, strict=True)]
        body = json.dumps([vendor_only, site, reason, sessions], sort_keys=True).encode()
        drill = DrillRow(
            id=new_id("drl"), at=self._clock.now(), by=principal.user_id, reason=reason, site_id=site,
            vendor_only=vendor_only, sessions=sessions, digest=hashlib.sha256(body).digest(),
            duration_us=int((self._clock.monotonic() - started) * 1_000_000),
        )  # fmt: skip
        async with self._db.transaction() as tx:
            tx.add(drill)
            await tx.flush()
            details = {"count": len(sessions), "site": site, "reason": reason, "digest": drill.digest.hex()}
            await self._audit.append(tx, AuditEvent("sessions.killed", actor_of(principal), drill.id, details))
            ids = {"drill": drill.id} | ({} if site is None else {"site": site})
            tx.on_commit(lambda: self._bus.publish(Event("drill.done", ids)))
        return drill

    async def drills(self) -> list[DrillRow]:
        """Return the drill reports, newest first."""
        async with self._db.reading() as view:
            return list(await view.scalars(select(DrillRow).order_by(DrillRow.at.desc()).limit(MAX_LISTED)))

    async def blocks(self) -> list[ReconnectBlockRow]:
        """Return the blocks that stand, newest first."""
        query = select(ReconnectBlockRow).where(ReconnectBlockRow.lifted_at.is_(None))
        async with self._db.reading() as view:
            return list(await view.scalars(query.order_by(ReconnectBlockRow.created_at.desc()).limit(MAX_LISTED)))

    async def lift(self, principal: Principal, block_id: str) -> None:
        """Let the user back to the asset; nobody lifts a block on themselves."""
        async with self._db.transaction() as tx:
            block = await tx.get(ReconnectBlockRow, block_id, with_for_update=True)
            if block is None or block.lifted_at is not None or block.user_id == principal.user_id:
                raise NotFoundError
            block.lifted_at, block.lifted_by = self._clock.now(), principal.user_id
            await tx.flush()
            details = {"user": block.user_id, "asset": block.asset_id, "session": block.session_id}
            await self._audit.append(tx, AuditEvent("block.lifted", actor_of(principal), block.id, details))
            self._publish(tx, "block.lifted", block)

    async def _kill(
        self, principal: Principal, chosen: list[LiveSession], reason: str
    ) -> list[tuple[ReconnectBlockRow, float]]:
        for session in chosen:
            self._live.block(session.facts.user_id, session.facts.target.asset)
        killed, writing = [], set[asyncio.Task[None]]()
        for session in chosen:
            settling = self._keeper.cut(session, Ending(EndCode.KILLED, reason, actor_of(principal)))
            block = _Block(new_id("blk"), session.facts, reason, principal, self._clock.now())
            killed.append((block.row(), self._clock.monotonic()))
            writing |= {self._write_down(block), *([settling] if settling is not None else [])}
        if writing:
            await asyncio.wait(writing, timeout=SETTLE_SECONDS)
        return killed

    def _write_down(self, block: "_Block") -> asyncio.Task[None]:
        """Write the block, again and again while the database is away; until then it stands in memory."""
        task = self._tasks.keep(f"write {block.id}", lambda: self._write(block), Backoff(*RETRY_SECONDS, random.random))
        task.add_done_callback(lambda done: self._written(done, block))
        return task

    def _written(self, done: asyncio.Task[None], block: "_Block") -> None:
        if not done.cancelled():
            self._live.unblock(block.facts.user_id, block.facts.target.asset)

    async def _write(self, block: "_Block") -> None:
        facts = block.facts
        async with self._db.transaction() as tx:
            row = block.row()
            tx.add(row)
            await tx.flush()
            details = {
                "user": facts.user_id, "asset": facts.target.asset_name, "reason": block.reason, "lock": block.id,
            }  # fmt: skip
            await self._audit.append(tx, AuditEvent("session.killed", actor_of(block.by), facts.id, details))
            self._publish(tx, "block.set", row)

    def _publish(self, tx: Transaction, topic: Topic, block: ReconnectBlockRow) -> None:
        ids = {"block": block.id, "session": block.session_id, "user": block.user_id, "asset": block.asset_id}
        tx.on_commit(lambda: self._bus.publish(Event(topic, ids)))


@dataclass(frozen=True, slots=True)
class _Block:
    """What is to be written, however many attempts it takes."""

    id: str
    facts: SessionFacts
    reason: str
    by: Principal
    at: datetime

    def row(self) -> ReconnectBlockRow:
        return ReconnectBlockRow(
            id=self.id, session_id=self.facts.id, user_id=self.facts.user_id, asset_id=self.facts.target.asset,
            reason=self.reason, created_by=self.by.user_id, created_at=self.at,
        )  # fmt: skip


def _line(session: LiveSession, after_seconds: float) -> dict[str, Any]:
    facts = session.facts
    return {
        "session": facts.id,
        "user": facts.user_name,
        "asset": facts.target.asset_name,
        "cut_after_ms": round(after_seconds * 1000, 3),
    }
