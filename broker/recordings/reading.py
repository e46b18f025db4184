"""Opening stored recordings: in worker threads, with their keys, and with the indexes of those looked at last."""

import asyncio
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from functools import partial
from typing import TypeVar

from broker.recordings.errors import RecordingBrokenError
from broker.recordings.keyring import Keyring
from broker.recordings.pages import OpenedRecording
from broker.recordings.sinks import Storage
from broker.recordings.tables import RecordingRow, RecordingState
from recording.errors import KeyRefusedError, RecordingError
from recording.index import Index
from recording.reader import RecordingReader

LOOK_SECONDS = 60.0
BATCH_BYTES = 512 * 1024
MAX_INDEXES = 16
_Result = TypeVar("_Result")


class Indexes:
    """Keeps a few indexes. That of a running recording is only ever added to; called from any thread."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, tuple[str | None, Index]] = OrderedDict()
        self._lock = threading.Lock()

    def of(self, reader: RecordingReader) -> Index:
        """Return the recording's index, read as far as it is not known yet."""
        recording = reader.opening.recording
        digest = reader.closing.index_sha256 if reader.closing is not None else None
        with self._lock:
            known_digest, known = self._kept.get(recording, (None, None))
        if known is not None and digest is not None and known_digest == digest:
            return known
        index = reader.index(known if digest is None and known_digest is None else None)
        with self._lock:
            self._kept[recording] = digest, index
            self._kept.move_to_end(recording)
            if len(self._kept) > MAX_INDEXES:
                self._kept.popitem(last=False)
        return index


class Reading:
    """Opens recordings. ``executor`` reads; it is not the one that records."""

    def __init__(self, keyring: Keyring, storage: Storage, executor: Executor) -> None:
        self._keyring = keyring
        self._storage = storage
        self._executor = executor
        self._indexes = Indexes()

    async def open(self, row: RecordingRow) -> OpenedRecording:
        """Open a recording; raise ``RecordingBrokenError`` for what stands there in its place, or counts otherwise."""
        reader, index = await self.look(partial(self._read, row.id))
        if reader.opening.recording != row.id:
            raise RecordingBrokenError(f"This is recording {reader.opening.recording} in the place of another.")
        if row.state == RecordingState.CLOSED and _sums(index) != (row.operations, row.writes, row.denials):
            raise RecordingBrokenError(
                "It does not hold what was counted when it was closed.",
                hint="Verify it: that names the first bad link.",
            )
        return OpenedRecording(reader, await self._keyring.content_key(reader.opening), index)

    async def size(self, row: RecordingRow) -> int:
        """Return how many bytes it has now."""
        return await self.look(partial(self._storage.size, row.id))

    def sealed(self, row: RecordingRow, first: int, end: int) -> Iterator[bytes]:
        """Return the sealed bytes from ``first`` up to, not including, ``end``; reading them blocks."""
        for offset in range(first, end, BATCH_BYTES):
            yield self._storage.read(row.id, offset, min(BATCH_BYTES, end - offset))

    async def look(self, work: Callable[[], _Result]) -> _Result:
        """Do what blocks in a worker thread, within its time; what cannot be read is a ``RecordingBrokenError``."""
        try:
            async with asyncio.timeout(LOOK_SECONDS):
                return await asyncio.get_running_loop().run_in_executor(self._executor, work)
        except KeyRefusedError as error:
            raise RecordingBrokenError(f"The recording's content was changed: {error}.") from error
        except RecordingError as error:
            raise RecordingBrokenError(f"The recording cannot be read: {error}.") from error

    def _read(self, recording: str) -> tuple[RecordingReader, Index]:
        reader = RecordingReader(partial(self._storage.read, recording), self._storage.size(recording))
        return reader, self._indexes.of(reader)


def _sums(index: Index) -> tuple[int, int, int]:
    return index.operations_before(len(index)), sum(index.writes), sum(index.denials)
