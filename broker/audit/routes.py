"""Routes of the audit log, for auditors and admins."""

import asyncio
from datetime import datetime
from typing import Annotated

from aiohttp import web
from pydantic import AwareDatetime, BaseModel, Field

from broker.audit.chain import ChainBroken, ChainIntact, Link
from broker.audit.service import AuditFilter, AuditReader
from broker.http.paging import Page, PageQuery, decode_cursor, encode_cursor
from broker.http.principal import Permission
from broker.http.routes import Call, Needs, Route

WRITE_SECONDS = 60
JSON_LINES = "application/jsonl"
Word = Annotated[str, Field(min_length=1, max_length=200)]


class AuditQuery(PageQuery):
    """Which events; an ``action`` that ends in ``.`` stands for all that begin so."""

    action: Word | None = None
    actor: Word | None = None
    target: Word | None = None
    since: AwareDatetime | None = None
    until: AwareDatetime | None = None


class AuditEventOut(BaseModel):
    """One event; ``actor`` is an id, ``hash`` its link of the chain in hex."""

    sequence: int
    at: datetime
    action: str
    actor: str
    actor_name: str
    target: str
    address: str
    details: dict[str, object]
    hash: str


class AuditPage(Page[AuditEventOut]):
    """Events, newest first."""


class VerificationOut(BaseModel):
    """Whether the chain holds; if not, ``sequence`` and ``problem`` name the first thing that does not."""

    intact: bool
    links: int = 0
    checkpoints: int = 0
    uncovered: int = 0
    head: str = ""
    sequence: int | None = None
    problem: str | None = None


def routes(reader: AuditReader) -> list[Route]:
    """Return the routes of the audit log."""
    return AuditRoutes(reader).routes()


class AuditRoutes:
    """The audit log over HTTP."""

    def __init__(self, reader: AuditReader) -> None:
        self._reader = reader

    def routes(self) -> list[Route]:
        """Return the routes."""
        may = Needs(Permission.AUDIT_READ)
        return [
            Route("GET", "/api/v1/audit", self.list_events, may, "List audit events", query=AuditQuery,
                  response=AuditPage),
            Route("POST", "/api/v1/audit/verify", self.verify, may, "Verify the whole chain",
                  response=VerificationOut),
            Route("GET", "/api/v1/audit/export", self.export, may, "Export chain, checkpoints and public keys",
                  media=JSON_LINES),
        ]  # fmt: skip

    async def list_events(self, call: Call) -> AuditPage:
        """List audit events."""
        query = call.query_as(AuditQuery)
        before = decode_cursor(query.cursor, int, 1)[0] if query.cursor else None
        wanted = AuditFilter(query.action, query.actor, query.target, query.since, query.until)
        found = await self._reader.events(call.principal, wanted, before=before, limit=query.limit + 1)
        shown = found[: query.limit]
        cursor = encode_cursor(shown[-1].sequence) if len(found) > query.limit else None
        return AuditPage(items=[_event_out(link) for link in shown], next_cursor=cursor)

    async def verify(self, call: Call) -> VerificationOut:
        """Verify the whole chain."""
        match await self._reader.verify(call.principal):
            case ChainIntact(links, checkpoints, uncovered, head):
                return VerificationOut(
                    intact=True, links=links, checkpoints=checkpoints, uncovered=uncovered, head=head.hex()
                )
            case ChainBroken(sequence, problem):
                return VerificationOut(intact=False, sequence=sequence, problem=problem)

    async def export(self, call: Call) -> web.StreamResponse:
        """Stream the export."""
        headers = {"Content-Type": JSON_LINES, "Content-Disposition": 'attachment; filename="audit.jsonl"'}
        response = web.StreamResponse(headers=headers)
        response.headers["Cache-Control"] = "no-store"
        lines = self._reader.export(call.principal)
        await response.prepare(call.request)
        async for chunk in lines:
            async with asyncio.timeout(WRITE_SECONDS):
                await response.write(chunk)
        await response.write_eof()
        return response


def _event_out(link: Link) -> AuditEventOut:
    return AuditEventOut(
        sequence=link.sequence,
        at=link.at,
        action=link.action,
        actor=link.actor,
        actor_name=link.actor_name,
        target=link.target,
        address=link.address,
        details=link.details,
        hash=link.hash.hex(),
    )
