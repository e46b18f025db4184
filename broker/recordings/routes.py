"""The API of recordings: list, show, prove, export, download, and the public keys that prove them anywhere."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from typing import Annotated, Any, Literal

from aiohttp import web
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from broker.http.errors import InvalidInputError
from broker.http.paging import ForeignCursorError, Page, PageQuery, decode_cursor
from broker.http.principal import Permission
from broker.http.routes import Call, Needs, Route, SignedIn
from broker.recordings.listing import RecordingQuery
from broker.recordings.pages import Only, OperationQuery
from broker.recordings.tables import RecordingRow, RecordingState
from broker.recordings.viewing import Evidence
from recording.chunks import Leg
from recording.verify import Verification

WRITE_SECONDS = 60.0
ShortId = Annotated[str, Field(max_length=64)]
_MEDIA = {"pcapng": "application/x-pcapng", "jsonl": "application/x-ndjson", "recording": "application/octet-stream"}
_LEGS = {"user": Leg.USER, "asset": Leg.ASSET}


class RecordingFilter(PageQuery):
    """Filters of the list."""

    state: RecordingState | None = None
    session: ShortId | None = None
    user: ShortId | None = None
    asset: ShortId | None = None
    site: Annotated[str, Field(max_length=200)] | None = None
    ticket: Annotated[str, Field(max_length=200)] | None = None
    since: AwareDatetime | None = None
    until: AwareDatetime | None = None
    writes: bool = False
    denials: bool = False


class OperationFilter(PageQuery):
    """Which operations: all, the writes that passed, or what was refused; from a moment of the session on."""

    only: Only = Only.ALL
    since_seconds: Annotated[float, Field(ge=0, le=10**8)] = 0


class VerificationQuery(BaseModel):
    """Whether the content is opened and held against the headers too."""

    model_config = ConfigDict(extra="forbid")

    content: bool = False


class ExportQuery(BaseModel):
    """What to make of it; ``leg`` is what the user's tool saw, or what the device saw (pcapng only)."""

    model_config = ConfigDict(extra="forbid")

    format: Literal["pcapng", "jsonl"] = "pcapng"
    leg: Literal["user", "asset"] = "user"


class RecordingOut(BaseModel):
    """One recording; counts and sizes are 0 while it is open."""

    id: str
    session: str
    state: RecordingState
    user: str
    user_name: str
    organization: str
    site: str
    asset: str
    asset_name: str
    service_name: str
    protocol: str
    grant: str
    ticket: str
    started_at: AwareDatetime
    ended_at: AwareDatetime | None
    end_code: str
    problem: str
    size: int
    segments: int
    operations: int
    writes: int
    denials: int
    bytes_to_asset: int
    bytes_to_user: int
    last_link: str


class RecordingPage(Page[RecordingOut]):
    """One page of recordings."""


class OperationsOut(BaseModel):
    """Operations in order, each with ``at``, ``since_start_ns``, ``stream`` and what the guard saw."""

    items: list[dict[str, Any]]
    next_cursor: str | None


class FaultOut(BaseModel):
    """The first bad link."""

    place: str
    check: str
    segment: int | None
    offset: int
    detail: str


class VerificationOut(BaseModel):
    """What was proved; ``verified_bytes`` and ``segments`` are of the part that holds."""

    state: Literal["whole", "open", "broken"]
    detail: str
    segments: int
    operations: int
    writes: int
    denials: int
    verified_bytes: int
    torn_bytes: int
    last_link: str
    content_checked: bool
    fault: FaultOut | None


class KeySetOut(BaseModel):
    """The public keys that this broker's evidence is signed with, as a JWK set."""

    keys: list[dict[str, Any]]


class RecordingRoutes:
    """Handlers of the recordings API."""

    def __init__(self, evidence: Evidence, public_jwks: list[Mapping[str, object]]) -> None:
        self._evidence = evidence
        self._public_jwks = public_jwks

    async def keys(self, _call: Call) -> KeySetOut:
        """Return the public keys."""
        return KeySetOut(keys=[dict(jwk) for jwk in self._public_jwks])

    async def list(self, call: Call) -> RecordingPage:
        """List recordings."""
        wanted = call.query_as(RecordingFilter)
        query = RecordingQuery(
            wanted.state, wanted.session, wanted.user, wanted.asset, wanted.site, wanted.ticket, wanted.since,
            wanted.until, wanted.writes, wanted.denials,
        )  # fmt: skip
        rows, cursor = await self._evidence.page(call.principal, query, wanted)
        return RecordingPage(items=[_out(row) for row in rows], next_cursor=cursor)

    async def get(self, call: Call) -> RecordingOut:
        """Show one recording."""
        return _out(await self._evidence.get(call.principal, call.path("recording")))

    async def operations(self, call: Call) -> OperationsOut:
        """Show decoded operations."""
        wanted = call.query_as(OperationFilter)
        at, skip = _place(wanted.cursor)
        query = OperationQuery(wanted.limit, wanted.only, int(wanted.since_seconds * 1e9), at, skip)
        page = await self._evidence.operations(call.principal, call.path("recording"), query)
        return OperationsOut(items=page.items, next_cursor=page.next_cursor)

    async def verify(self, call: Call) -> VerificationOut:
        """Prove a recording."""
        content = call.query_as(VerificationQuery).content
        return _proof(await self._evidence.verify(call.principal, call.path("recording"), content=content))

    async def export(self, call: Call) -> web.StreamResponse:
        """Export a recording."""
        wanted, recording = call.query_as(ExportQuery), call.path("recording")
        batches = await self._evidence.export(call.principal, recording, wanted.format, _LEGS[wanted.leg])
        response = web.StreamResponse(headers=_headers(recording, wanted.format))
        return await _sent(call, response, batches)

    async def download(self, call: Call) -> web.StreamResponse:
        """Download the sealed bytes, or one range of them."""
        recording = call.path("recording")
        first, last = _range(call.request)
        size, length, batches = await self._evidence.download(call.principal, recording, first, last)
        response = web.StreamResponse(headers=_headers(recording, "recording"))
        response.headers["Accept-Ranges"] = "bytes"
        response.content_length = length
        if "Range" in call.request.headers:
            response.set_status(206)
            response.headers["Content-Range"] = f"bytes {first}-{first + length - 1}/{size}"
        return await _sent(call, response, batches)


def routes(handlers: RecordingRoutes) -> list[Route]:
    """The recordings API."""
    prefix = "/api/v1/recordings"
    reads, exports = Needs(Permission.RECORDINGS_READ), Needs(Permission.RECORDINGS_EXPORT)
    return [
        Route("GET", "/api/v1/evidence-keys", handlers.keys, SignedIn(),
              "The public keys that recordings and audit checkpoints are proved with", response=KeySetOut),
        Route("GET", prefix, handlers.list, reads, "List recordings", query=RecordingFilter, response=RecordingPage),
        Route("GET", f"{prefix}/{{recording}}", handlers.get, reads, "Show a recording", response=RecordingOut),
        Route("GET", f"{prefix}/{{recording}}/operations", handlers.operations, reads,
              "Show what was done, operation by operation", query=OperationFilter, response=OperationsOut,
              errors=("recording_broken", "recording_key_missing")),
        Route("GET", f"{prefix}/{{recording}}/verification", handlers.verify, reads,
              "Prove a recording, or name its first bad link", query=VerificationQuery, response=VerificationOut),
        Route("GET", f"{prefix}/{{recording}}/export", handlers.export, exports,
              "Export as a capture (pcapng) or as lines of operations (jsonl)", query=ExportQuery,
              media="application/octet-stream", errors=("recording_broken", "recording_key_missing")),
        Route("GET", f"{prefix}/{{recording}}/content", handlers.download, exports,
              "Download the sealed recording; takes a Range", media="application/octet-stream"),
    ]  # fmt: skip


async def _sent(call: Call, response: web.StreamResponse, batches: AsyncIterator[bytes]) -> web.StreamResponse:
    """Send the batches. What fails before the first is a problem as always; later it breaks the connection off."""
    first = await anext(batches, b"")
    await response.prepare(call.request)
    await _write(response, first)
    async for batch in batches:
        await _write(response, batch)
    await response.write_eof()
    return response


async def _write(response: web.StreamResponse, batch: bytes) -> None:
    async with asyncio.timeout(WRITE_SECONDS):
        await response.write(batch)


def _headers(recording: str, form: str) -> dict[str, str]:
    ending = {"recording": "wgrec"}.get(form, form)
    # The recording was found in our table under this name: it is one of our ids, safe in a header.
    return {
        "Content-Type": _MEDIA[form],
        "Content-Disposition": f'attachment; filename="{recording}.{ending}"',
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "no-store",
    }


def _range(request: web.Request) -> tuple[int, int | None]:
    try:
        asked = request.http_range
    except ValueError as error:
        raise InvalidInputError("The Range header cannot be understood.") from error
    first = asked.start or 0
    if first < 0:
        raise InvalidInputError("A range counts from the start: 'bytes=FIRST-' or 'bytes=FIRST-LAST'.")
    return first, None if asked.stop is None else asked.stop - 1


def _place(cursor: str | None) -> tuple[int | None, int]:
    if cursor is None:
        return None, 0
    at, skip = decode_cursor(cursor, int, 2)
    if min(at, skip) < 0:
        raise ForeignCursorError
    return at, skip


def _out(row: RecordingRow) -> RecordingOut:
    return RecordingOut(
        id=row.id, session=row.session_id, state=RecordingState(row.state), user=row.user_id,
        user_name=row.user_name, organization=row.organization, site=row.site, asset=row.asset_id,
        asset_name=row.asset_name, service_name=row.service_name, protocol=row.protocol, grant=row.grant_id,
        ticket=row.ticket, started_at=row.started_at, ended_at=row.ended_at, end_code=row.end_code,
        problem=row.problem, size=row.size_bytes, segments=row.segments, operations=row.operations,
        writes=row.writes, denials=row.denials, bytes_to_asset=row.bytes_to_asset, bytes_to_user=row.bytes_to_user,
        last_link=row.last_link,
    )  # fmt: skip


def _proof(found: Verification) -> VerificationOut:
    fault = found.fault
    return VerificationOut(
        state=found.state.value, detail=found.detail, segments=found.segments, operations=found.counts.operations,
        writes=found.counts.writes, denials=found.counts.denials, verified_bytes=found.verified_bytes,
        torn_bytes=found.torn_bytes, last_link=found.last_link, content_checked=found.is_content_checked,
        fault=None if fault is None else FaultOut(
            place=fault.place, check=fault.check, segment=fault.segment, offset=fault.offset, detail=fault.detail
        ),
    )  # fmt: skip
