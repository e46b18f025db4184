"""The API of recordings: list, show, prove, export, download, and the public keys that prove them anywhere."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from typing import Annotated, Any, Literal, Self

from aiohttp import ETag, web
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, model_validator

from broker.http.errors import InvalidInputError
from broker.http.paging import ForeignCursorError, Page, PageQuery, decode_cursor
from broker.http.principal import Permission
from broker.http.routes import Call, Needs, Route, SignedIn
from broker.recordings.errors import RangeError
from broker.recordings.listing import RecordingQuery
from broker.recordings.pages import Only, OperationPage, OperationQuery, Place
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
    """Which operations: all, the writes that passed, or what was refused; those that say ``q``; from a moment on.

    With ``segment`` the answer holds whole segments, as many as ``segments`` says or fewer, and no page.
    """

    only: Only = Only.ALL
    since_seconds: Annotated[float, Field(ge=0, le=10**8)] = 0
    after_ns: Annotated[int, Field(ge=0, lt=2**63)] | None = None
    q: Annotated[str, Field(max_length=200)] = ""
    segment: Annotated[int, Field(ge=0, lt=2**32)] | None = None
    segments: Annotated[int, Field(ge=1, le=2000)] = 1

    @model_validator(mode="after")
    def _is_one_way_of_reading(self) -> Self:
        if self.segment is not None and self.cursor is not None:
            raise ValueError("a cursor belongs to pages: leave 'segment' out, or the cursor")
        return self

    def wanted(self) -> OperationQuery:
        """Return it as the service wants it."""
        return OperationQuery(self.only, int(self.since_seconds * 1e9), self.after_ns, self.q)


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


class OperationOut(BaseModel):
    """One operation. ``number`` counts them through the whole recording from 1 on; answers have none.

    What the guard saw stands as it was recorded (docs/recording-format.md, 3.2): what does not apply is left out, and
    ``unreadable`` is all that there is where nothing can be read.
    """

    number: int | None
    at: AwareDatetime
    since_start_ns: int
    stream: int
    direction: str = ""
    protocol: str = ""
    function_code: int = 0
    function: str = ""
    tier: str = ""
    verdict: str = ""
    is_response: bool = False
    transaction: int | None = None
    unit: int | None = None
    route: str = ""
    exception_code: int | None = None
    objects: list[str] = []
    values: list[int | float | str | bool] = []
    is_upload: bool = False
    reason: str = ""
    unreadable: bool = False


class OperationsOut(BaseModel):
    """Operations in order; ``next_segment`` is the first that an answer of whole segments left out."""

    items: list[OperationOut]
    next_cursor: str | None
    next_segment: int | None


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

    async def operations(self, call: Call) -> web.Response:
        """Show decoded operations."""
        wanted, who, recording = call.query_as(OperationFilter), call.principal, call.path("recording")
        query = wanted.wanted()
        if wanted.segment is not None:
            page = await self._evidence.segments(who, recording, query, wanted.segment, wanted.segments)
        else:
            page = await self._evidence.operations(who, recording, query, wanted.limit, _place(wanted.cursor))
        return _operations(page)

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
        """Download the sealed bytes, or one range of them; to HEAD, say what there is."""
        sealed = await self._evidence.sealed(call.principal, call.path("recording"))
        tag = ETag(f"{sealed.last_link or 'open'}-{sealed.size}")
        response = web.StreamResponse(headers=_headers(sealed.row.id, "recording"))
        response.etag = tag
        response.headers["Accept-Ranges"] = "bytes"
        if any(known.value in ("*", tag.value) for known in call.request.if_none_match or ()):
            response.set_status(304)
            return response
        first, end = _range(call.request, sealed.size, tag)
        response.content_length = end - first
        if (first, end) != (0, sealed.size):
            response.set_status(206)
            response.headers["Content-Range"] = f"bytes {first}-{end - 1}/{sealed.size}"
        if call.request.method == "HEAD":
            return response
        return await _sent(call, response, await self._evidence.download(call.principal, sealed, first, end))


def routes(handlers: RecordingRoutes) -> list[Route]:
    """The recordings API."""
    prefix = "/api/v1/recordings"
    content = f"{prefix}/{{recording}}/content"
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
        Route("GET", content, handlers.download, reads, "Download the sealed recording; takes a Range",
              media="application/octet-stream", errors=("range_unsatisfiable",)),
        Route("HEAD", content, handlers.download, reads, "Size and ETag of the sealed recording",
              media="application/octet-stream", errors=("range_unsatisfiable",)),
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


def _range(request: web.Request, size: int, tag: ETag) -> tuple[int, int]:
    """Return the first byte asked for and the one behind the last; all of it where no range counts."""
    if request.headers.get("If-Range", f'"{tag.value}"') != f'"{tag.value}"':
        return 0, size
    try:
        asked = request.http_range
    except ValueError as error:
        raise InvalidInputError(
            "The Range header cannot be understood.",
            hint="One range: 'bytes=FIRST-', 'bytes=FIRST-LAST' or 'bytes=-N'.",
        ) from error
    first, end, _ = asked.indices(size)
    if first >= end:
        raise RangeError(f"The recording has {size} bytes; that range is not in it.", fields={"size": size})
    return first, end


def _place(cursor: str | None) -> Place | None:
    if cursor is None:
        return None
    segment, skip = decode_cursor(cursor, int, 2)
    if min(segment, skip) < 0:
        raise ForeignCursorError
    return Place(segment, skip)


def _operations(page: OperationPage) -> web.Response:
    """Write them out as they were recorded: a model for each would cost more than all the rest."""
    answer = {"items": page.items, "next_cursor": page.next_cursor, "next_segment": page.next_segment}
    text = json.dumps(answer, ensure_ascii=False, separators=(",", ":"))
    return web.Response(body=text.encode(), content_type="application/json")


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
