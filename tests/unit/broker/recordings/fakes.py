"""Fakes of the recordings' own interfaces, and a recorder wired to them."""

import asyncio
import threading
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from broker.recordings.errors import StorageFullError
from broker.recordings.recorder import Recorder, RecorderLimits, RecordingSummary
from broker.recordings.sinks import Sink
from recording import keys
from recording.chunks import Chunk
from recording.reader import RecordingReader
from recording.sealing import Sealer
from recording.verify import Verification
from tests.unit.recording.samples import CONTENT_KEY, SIGNING_KEY, opening, proof, reading
from tunnel.clock import SystemClock


class FakeSink:
    """Keeps what it is given; can be blocked, or made to be full."""

    def __init__(self) -> None:
        self.data = bytearray()
        self.is_full = False
        self.is_closed = False
        self.appended = threading.Event()
        self.gate = threading.Event()
        self.gate.set()

    def append(self, data: bytes | bytearray) -> None:
        """Take bytes, once the gate is open."""
        self.gate.wait()
        if self.is_full:
            raise StorageFullError("The disk is full.")
        self.data += data
        self.appended.set()

    def sync(self) -> None:
        """Nothing to wait for."""

    def close(self) -> None:
        """Note the end."""
        self.is_closed = True

    def abandon(self) -> None:
        """Note the end."""
        self.is_closed = True


@dataclass
class Bench:
    """A recorder and all that it told."""

    recorder: Recorder
    failures: list[str] = field(default_factory=list)
    drains: asyncio.Event = field(default_factory=asyncio.Event)
    failed: asyncio.Event = field(default_factory=asyncio.Event)
    summaries: list[RecordingSummary] = field(default_factory=list)


@asynccontextmanager
async def recording_to(sink: Sink, limits: RecorderLimits | None = None) -> AsyncIterator[Bench]:
    """Run a recorder on ``sink``, whose opening is already written."""
    bench: Bench
    sealer = Sealer(opening(), CONTENT_KEY, keys.es256_signer(SIGNING_KEY))
    sink.append(sealer.opening_block)

    def failed(why: str) -> None:
        bench.failures.append(why)
        bench.failed.set()

    def drained() -> None:
        bench.drains.set()

    async def finished(summary: RecordingSummary) -> None:
        bench.summaries.append(summary)

    with ThreadPoolExecutor(1) as executor:
        recorder = Recorder(
            "rec_1",
            sealer,
            sink,
            clock=SystemClock(),
            executor=executor,
            failed=failed,
            drained=drained,
            finished=finished,
            limits=limits or RecorderLimits(flush_seconds=0.01),
        )
        bench = Bench(recorder)
        try:
            yield bench
        finally:
            await recorder.close("test_over")


def chunks_of(data: bytes) -> list[Chunk]:
    """Return what a recording of the samples' keys holds."""
    return list(RecordingReader(reading(data), len(data)).chunks(CONTENT_KEY))


def proof_of(data: bytes) -> Verification:
    """Verify with the samples' keys, content included."""
    return proof(data, CONTENT_KEY)
