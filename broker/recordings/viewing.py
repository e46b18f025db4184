"""Looking at evidence: lists, operations, proofs, exports. Every look at content is itself written to the audit log."""

from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Protocol

from broker.db.engine import Database
from broker.db.paging import newest_first
from broker.http.errors import InvalidInputError, NotFoundError, TooManyRequestsError
from broker.http.paging import PageQuery
from broker.http.principal import Principal
from broker.recordings.keyring import Keyring
from broker.recordings.listing import RecordingQuery, matching
from broker.recordings.looks import Looks
from broker.recordings.pages import (
    OpenedRecording,
    OperationPage,
    OperationQuery,
    Place,
    operation_page,
    whole_segments,
)
from broker.recordings.proofs import Prover
from broker.recordings.reading import BATCH_BYTES, Reading
from broker.recordings.tables import RecordingRow, RecordingState
from recording.chunks import Chunk, Leg
from recording.export import operation_lines, pcapng_capture
from recording.reader import RecordingReader
from recording.verify import State, Verification

MAX_EXPORTS = 4
SMALL_BYTES = 8 * 1024 * 1024
"""Parts up to this size wait for no export."""


class EvidenceGate(Protocol):
    """Says who may look; ``broker.sessions.gate.Gate`` does."""

    def evidence(self, principal: Principal, *, export: bool) -> None:
        """Raise ``NotFoundError`` unless the caller may look at (or export) recordings."""
        ...


@dataclass(frozen=True, slots=True)
class SealedBytes:
    """A recording as a file: its size, and the end of its chain, which is empty while it may still grow."""

    row: RecordingRow
    size: int
    last_link: str


class Evidence:
    """Shows recordings to those who may look."""

    def __init__(
        self, database: Database, keyring: Keyring, prover: Prover, gate: EvidenceGate, reading: Reading, looks: Looks
    ) -> None:
        self._database = database
        self._keyring = keyring
        self._prover = prover
        self._gate = gate
        self._reading = reading
        self._looks = looks
        self._exports = 0

    async def page(
        self, principal: Principal, query: RecordingQuery, page: PageQuery
    ) -> tuple[list[RecordingRow], str | None]:
        """List recordings, newest first."""
        self._gate.evidence(principal, export=False)
        async with self._database.reading() as view:
            return await newest_first(view, matching(query), RecordingRow.started_at, RecordingRow.id, page)

    async def get(self, principal: Principal, recording: str) -> RecordingRow:
        """Return the index row of one recording."""
        self._gate.evidence(principal, export=False)
        return await self._row(recording)

    async def operations(
        self, principal: Principal, recording: str, query: OperationQuery, limit: int, place: Place | None
    ) -> OperationPage:
        """Return one page of decoded operations, in order."""
        return await self._looked(principal, recording, partial(operation_page, query=query, limit=limit, place=place))

    async def segments(
        self, principal: Principal, recording: str, query: OperationQuery, first: int, count: int
    ) -> OperationPage:
        """Return the decoded operations of whole segments."""
        return await self._looked(principal, recording, partial(whole_segments, query=query, first=first, count=count))

    async def verify(self, principal: Principal, recording: str, *, content: bool) -> Verification:
        """Prove one recording; with ``content``, also that what was sealed is what the headers count."""
        self._gate.evidence(principal, export=False)
        row = await self._row(recording)
        is_closed = row.state == RecordingState.CLOSED
        prove = partial(self._prover.prove, row.id, last_link=row.last_link if is_closed else "", is_closed=is_closed)
        found = await prove()
        if content and found.opening is not None and found.state is not State.BROKEN:
            # Only now: a key is not looked for by the word of an opening that nobody signed.
            found = await prove(content_key=await self._keyring.content_key(found.opening))
        details = {"state": found.state.value, "segments": found.segments, "reason": found.detail}
        await self._looks.note(principal, row, "recording.verified", details)
        return found

    async def export(self, principal: Principal, recording: str, form: str, leg: Leg) -> AsyncIterator[bytes]:
        """Return the recording as ``pcapng`` or ``jsonl``, in batches; refused before anything is sent."""
        self._gate.evidence(principal, export=True)
        row = await self._row(recording)
        opened = await self._reading.open(row)
        make = _FORMS.get(form)
        if make is None:
            raise InvalidInputError(f"There is no export as {form!r}.", hint=f"Use one of: {', '.join(_FORMS)}.")
        await self._looks.note(principal, row, "recording.exported", {"format": form})
        return self._batches(make(opened.reader, opened.reader.chunks(opened.content_key), leg))

    async def sealed(self, principal: Principal, recording: str) -> SealedBytes:
        """Return what a recording is as a file, without a byte of it. It is sealed: whoever may look may have it."""
        self._gate.evidence(principal, export=False)
        row = await self._row(recording)
        is_final = row.state != RecordingState.OPEN
        return SealedBytes(row, await self._reading.size(row), row.last_link if is_final else "")

    async def download(self, principal: Principal, sealed: SealedBytes, first: int, end: int) -> AsyncIterator[bytes]:
        """Return the bytes from ``first`` up to, not including, ``end``, in batches."""
        if (first, end) == (0, sealed.size):
            await self._looks.note(principal, sealed.row, "recording.downloaded", {"size": sealed.size})
        else:
            await self._looks.note_once(principal, [sealed.row], "recording.downloaded", "parts")
        pieces = self._reading.sealed(sealed.row, first, end)
        return self._read(pieces) if end - first <= SMALL_BYTES else self._batches(pieces)

    async def _looked(
        self, principal: Principal, recording: str, read: Callable[[OpenedRecording], OperationPage]
    ) -> OperationPage:
        self._gate.evidence(principal, export=False)
        row = await self._row(recording)
        await self._looks.note_once(principal, [row], "recording.viewed", "operations")
        opened = await self._reading.open(row)
        return await self._reading.look(partial(read, opened))

    async def _row(self, recording: str) -> RecordingRow:
        async with self._database.reading() as view:
            row = await view.get(RecordingRow, recording)
        if row is None:
            raise NotFoundError
        return row

    async def _batches(self, pieces: Iterator[bytes]) -> AsyncIterator[bytes]:
        if self._exports >= MAX_EXPORTS:
            raise TooManyRequestsError(f"{MAX_EXPORTS} exports are at work already.", fields={"retry_after": 10})
        self._exports += 1
        try:
            async for batch in self._read(pieces):
                yield batch
        finally:
            self._exports -= 1

    async def _read(self, pieces: Iterator[bytes]) -> AsyncIterator[bytes]:
        while batch := await self._reading.look(partial(_batch, pieces)):
            yield batch


def _pcapng(reader: RecordingReader, chunks: Iterator[Chunk], leg: Leg) -> Iterator[bytes]:
    return pcapng_capture(reader.opening, chunks, leg)


def _lines(_reader: RecordingReader, chunks: Iterator[Chunk], _leg: Leg) -> Iterator[bytes]:
    return operation_lines(chunks)


_FORMS: dict[str, Callable[[RecordingReader, Iterator[Chunk], Leg], Iterator[bytes]]] = {
    "pcapng": _pcapng,
    "jsonl": _lines,
}
FORMS = tuple(_FORMS)


def _batch(pieces: Iterator[bytes]) -> bytes:
    batch = bytearray()
    for piece in pieces:
        batch += piece
        if len(batch) >= BATCH_BYTES:
            break
    return bytes(batch)
