"""Looking at evidence: lists, operations, proofs, exports. Every look at content is itself written to the audit log."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import partial
from typing import Protocol, TypeVar

from broker.audit.log import AuditEvent, AuditLog, actor_of
from broker.db.engine import Database
from broker.db.paging import newest_first
from broker.http.errors import InvalidInputError, NotFoundError, TooManyRequestsError
from broker.http.paging import PageQuery
from broker.http.principal import Principal
from broker.recordings.errors import RecordingBrokenError
from broker.recordings.keyring import Keyring
from broker.recordings.listing import RecordingQuery, matching
from broker.recordings.pages import OperationPage, OperationQuery, operation_page
from broker.recordings.proofs import Prover
from broker.recordings.sinks import Storage
from broker.recordings.tables import RecordingRow, RecordingState
from recording.chunks import Chunk, Leg
from recording.errors import KeyRefusedError, RecordingError
from recording.export import operation_lines, pcapng_capture
from recording.reader import RecordingReader
from recording.verify import State, Verification

LOOK_SECONDS = 60.0
BATCH_BYTES = 512 * 1024
MAX_EXPORTS = 4
_Result = TypeVar("_Result")


class EvidenceGate(Protocol):
    """Says who may look; ``broker.sessions.gate.Gate`` does."""

    def evidence(self, principal: Principal, *, export: bool) -> None:
        """Raise ``NotFoundError`` unless the caller may look at (or export) recordings."""
        ...


@dataclass(frozen=True, slots=True)
class _Opened:
    reader: RecordingReader
    content_key: bytes


class Evidence:
    """Shows recordings to those who may look. ``executor`` reads; it is not the one that records."""

    def __init__(
        self,
        database: Database,
        audit: AuditLog,
        keyring: Keyring,
        storage: Storage,
        prover: Prover,
        gate: EvidenceGate,
        executor: Executor,
    ) -> None:
        self._database = database
        self._audit = audit
        self._keyring = keyring
        self._storage = storage
        self._prover = prover
        self._gate = gate
        self._executor = executor
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

    async def operations(self, principal: Principal, recording: str, query: OperationQuery) -> OperationPage:
        """Return decoded operations, in order."""
        self._gate.evidence(principal, export=False)
        row = await self._row(recording)
        await self._note(principal, row, "recording.viewed", {"kind": "operations"})
        opened = await self._opened(row)
        return await self._look(partial(operation_page, opened.reader, opened.content_key, query))

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
        await self._note(principal, row, "recording.verified", details)
        return found

    async def export(self, principal: Principal, recording: str, form: str, leg: Leg) -> AsyncIterator[bytes]:
        """Return the recording as ``pcapng`` or ``jsonl``, in batches; refused before anything is sent."""
        self._gate.evidence(principal, export=True)
        row = await self._row(recording)
        opened = await self._opened(row)
        make = _FORMS.get(form)
        if make is None:
            raise InvalidInputError(f"There is no export as {form!r}.", hint=f"Use one of: {', '.join(_FORMS)}.")
        await self._note(principal, row, "recording.exported", {"format": form})
        return self._batches(make(opened.reader, opened.reader.chunks(opened.content_key), leg))

    async def download(
        self, principal: Principal, recording: str, first: int, last: int | None
    ) -> tuple[int, int, AsyncIterator[bytes]]:
        """Return (size, length, batches) of the sealed bytes ``first`` to ``last``, both included."""
        self._gate.evidence(principal, export=True)
        row = await self._row(recording)
        size = await self._look(partial(self._storage.size, row.id))
        end = size if last is None else min(last + 1, size)
        if not 0 <= first < end:
            raise InvalidInputError(f"The recording has {size} bytes; that range is not in it.")
        await self._note(principal, row, "recording.downloaded", {"from": first, "to": end, "size": size})
        return size, end - first, self._batches(_pieces(partial(self._storage.read, row.id), first, end))

    async def _row(self, recording: str) -> RecordingRow:
        async with self._database.reading() as view:
            row = await view.get(RecordingRow, recording)
        if row is None:
            raise NotFoundError
        return row

    async def _opened(self, row: RecordingRow) -> _Opened:
        reader = await self._look(partial(self._reader, row.id))
        if reader.opening.recording != row.id:
            raise RecordingBrokenError(f"This is recording {reader.opening.recording} in the place of another.")
        return _Opened(reader, await self._keyring.content_key(reader.opening))

    def _reader(self, recording: str) -> RecordingReader:
        return RecordingReader(partial(self._storage.read, recording), self._storage.size(recording))

    async def _note(self, principal: Principal, row: RecordingRow, action: str, details: Mapping[str, object]) -> None:
        async with self._database.transaction() as tx:
            facts = {"session": row.session_id, **details}
            await self._audit.append(tx, AuditEvent(action, actor_of(principal), row.id, facts))

    async def _look(self, work: Callable[[], _Result]) -> _Result:
        try:
            async with asyncio.timeout(LOOK_SECONDS):
                return await asyncio.get_running_loop().run_in_executor(self._executor, work)
        except KeyRefusedError as error:
            raise RecordingBrokenError(f"The recording's content was changed: {error}.") from error
        except RecordingError as error:
            raise RecordingBrokenError(f"The recording cannot be read: {error}.") from error

    async def _batches(self, pieces: Iterator[bytes]) -> AsyncIterator[bytes]:
        if self._exports >= MAX_EXPORTS:
            raise TooManyRequestsError(f"{MAX_EXPORTS} exports are at work already.", fields={"retry_after": 10})
        self._exports += 1
        try:
            while batch := await self._look(partial(_batch, pieces)):
                yield batch
        finally:
            self._exports -= 1


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


def _pieces(read: Callable[[int, int], bytes], first: int, end: int) -> Iterator[bytes]:
    for offset in range(first, end, BATCH_BYTES):
        yield read(offset, min(BATCH_BYTES, end - offset))
