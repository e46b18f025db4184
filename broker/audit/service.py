"""Reading the audit log: lists, verification of the whole chain, and an export that verifies offline."""

import asyncio
import base64
import json
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Select, func, select

from broker.audit.chain import ChainBroken, ChainIntact, ChainVerifier, Checkpoint, Link
from broker.audit.log import AuditEvent, AuditLog, actor_of
from broker.audit.tables import AuditCheckpointRow, AuditHeadRow, AuditLinkRow
from broker.db.engine import Database
from broker.http.principal import Principal
from broker.pki.keys import verify_evidence
from tunnel.clock import Clock

BATCH = 500
FORMAT = "wicketgate-audit/1"
VERIFIED = "audit.verified"
INTACT = "intact"
READ_ONCE_PER = timedelta(minutes=1)
Batch = Sequence[tuple[Link, Checkpoint | None]]


@dataclass(frozen=True, slots=True)
class AuditFilter:
    """Which events. ``action`` may end in ``.`` for all that begin so; ``since`` is inclusive, ``until`` is not."""

    action: str | None = None
    actor: str | None = None
    target: str | None = None
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class _Ends:
    """The newest sequence among links, in the head, and among checkpoints; 0 for none."""

    links: int
    head: int
    checkpoint: int


class AuditReader:
    """Reads evidence, which is itself an event: lists once a minute for each reader, the rest every time.

    ``keys`` are the public JWKs, by ``kid``, of all evidence keys that ever signed here.
    """

    def __init__(
        self, database: Database, audit: AuditLog, clock: Clock, keys: Mapping[str, Mapping[str, object]]
    ) -> None:
        self._database = database
        self._audit = audit
        self._clock = clock
        self._keys = {kid: dict(jwk) for kid, jwk in keys.items()}
        self._read_at: dict[str, datetime] = {}

    async def events(
        self, principal: Principal, wanted: AuditFilter, *, before: int | None = None, limit: int = 100
    ) -> list[Link]:
        """Return up to ``limit`` events, newest first, whose sequence is below ``before``."""
        await self._note_reading(principal)
        query = _filtered(select(AuditLinkRow), wanted).order_by(AuditLinkRow.sequence.desc()).limit(limit)
        if before is not None:
            query = query.where(AuditLinkRow.sequence < before)
        async with self._database.reading() as view:
            return [_link(row) for row in await view.scalars(query)]

    async def verify(self, principal: Principal) -> ChainIntact | ChainBroken:
        """Walk the whole chain as it was when this began, and record that it was done and what came out."""
        outcome = await self._walk()
        details: dict[str, object]
        match outcome:
            case ChainIntact(links, checkpoints):
                details = {"outcome": INTACT, "links": links, "checkpoints": checkpoints}
            case ChainBroken(_, problem):
                details = {"outcome": "broken", "detail": problem}
        await self._record(principal, VERIFIED, details)
        return outcome

    async def export(self, principal: Principal) -> AsyncIterator[bytes]:
        """Yield JSON lines: a header with the public keys, then links and checkpoints in order (docs/audit-log.md)."""
        await self._record(principal, "audit.exported", {"format": FORMAT})
        end = (await self._ends()).links
        yield _line({"type": "header", "format": FORMAT, "keys": list(self._keys.values()), "links": end})
        async for batch in self._batches(end):
            yield b"".join(_lines(batch))

    async def _walk(self) -> ChainIntact | ChainBroken:
        ends, verifier = await self._ends(), ChainVerifier(self._signature_holds)
        async for batch in self._batches(ends.links):
            # Hashing a long chain must not hold up everything else.
            broken = await asyncio.to_thread(_feed, verifier, batch)
            if broken is not None:
                return broken
        if ends.head != ends.links:
            return ChainBroken(ends.links + 1, f"the chain ends at {ends.links}, but its head stands at {ends.head}")
        return verifier.finish(ends.checkpoint)

    async def _ends(self) -> _Ends:
        """Read all three in one statement: one moment's truth on either database."""
        parts = (AuditLinkRow.sequence, AuditHeadRow.sequence, AuditCheckpointRow.sequence)
        newest = [select(func.coalesce(func.max(part), 0)).scalar_subquery() for part in parts]
        async with self._database.reading() as view:
            links, head, checkpoint = (await view.execute(select(*newest))).one()
        return _Ends(links, head, checkpoint)

    async def _batches(self, end: int) -> AsyncIterator[Batch]:
        """Yield links up to ``end``; no connection is held in between, however slowly they are taken."""
        after = 0
        while after < end:
            span = select(AuditLinkRow).where(AuditLinkRow.sequence > after, AuditLinkRow.sequence <= end)
            async with self._database.reading() as view:
                rows = list(await view.scalars(span.order_by(AuditLinkRow.sequence).limit(BATCH)))
                if not rows:
                    return
                marked = AuditCheckpointRow.sequence.between(after + 1, rows[-1].sequence)
                marks = {row.sequence: row for row in await view.scalars(select(AuditCheckpointRow).where(marked))}
            yield [(_link(row), _checkpoint(marks.get(row.sequence))) for row in rows]
            after = rows[-1].sequence

    def _signature_holds(self, key_id: str, message: bytes, signature: bytes) -> bool:
        key = self._keys.get(key_id)
        return key is not None and verify_evidence(key, message, signature)

    async def _note_reading(self, principal: Principal) -> None:
        now = self._clock.now()
        self._read_at = {user: at for user, at in self._read_at.items() if now - at < READ_ONCE_PER}
        if principal.user_id not in self._read_at:
            self._read_at[principal.user_id] = now
            await self._record(principal, "audit.read", {})

    async def _record(self, principal: Principal, action: str, details: Mapping[str, object]) -> None:
        async with self._database.transaction() as tx:
            await self._audit.append(tx, AuditEvent(action, actor_of(principal), details=details))


def _filtered(query: Select[AuditLinkRow], wanted: AuditFilter) -> Select[AuditLinkRow]:
    if wanted.action is not None:
        whole = not wanted.action.endswith(".")
        same = AuditLinkRow.action == wanted.action
        query = query.where(same if whole else AuditLinkRow.action.startswith(wanted.action, autoescape=True))
    if wanted.actor is not None:
        query = query.where((AuditLinkRow.actor == wanted.actor) | (AuditLinkRow.actor_name == wanted.actor))
    if wanted.target is not None:
        query = query.where(AuditLinkRow.target == wanted.target)
    if wanted.since is not None:
        query = query.where(AuditLinkRow.at >= wanted.since)
    if wanted.until is not None:
        query = query.where(AuditLinkRow.at < wanted.until)
    return query


def _feed(verifier: ChainVerifier, batch: Batch) -> ChainBroken | None:
    return next((broken for link, mark in batch if (broken := verifier.feed(link, mark)) is not None), None)


def _lines(batch: Batch) -> list[bytes]:
    lines = []
    for link, mark in batch:
        lines.append(_line(link_fields(link)))
        if mark is not None:
            lines.append(_line(checkpoint_fields(mark)))
    return lines


def link_fields(link: Link) -> dict[str, object]:
    """A link as an export shows it; hashes in hex."""
    return {
        "type": "link",
        "sequence": link.sequence,
        "at": link.at.isoformat(timespec="microseconds"),
        "action": link.action,
        "actor": link.actor,
        "actor_name": link.actor_name,
        "target": link.target,
        "address": link.address,
        "details": link.details,
        "previous": link.previous.hex(),
        "hash": link.hash.hex(),
    }


def checkpoint_fields(mark: Checkpoint) -> dict[str, object]:
    """A checkpoint as an export shows it; the signature in base64url."""
    return {
        "type": "checkpoint",
        "sequence": mark.sequence,
        "at": mark.at.isoformat(timespec="microseconds"),
        "hash": mark.hash.hex(),
        "key_id": mark.key_id,
        "signature": base64.urlsafe_b64encode(mark.signature).rstrip(b"=").decode(),
    }


def _line(value: Mapping[str, object]) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def _link(row: AuditLinkRow) -> Link:
    return Link(
        row.sequence, row.at, row.action, row.actor, row.actor_name, row.target, row.address, row.details,
        row.previous, row.hash,
    )  # fmt: skip


def _checkpoint(row: AuditCheckpointRow | None) -> Checkpoint | None:
    return None if row is None else Checkpoint(row.sequence, row.at, row.hash, row.key_id, row.signature)
