"""A process that records until it is killed: prints the number and time of each chunk once it was offered."""

import asyncio
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from broker.recordings.recorder import Recorder, RecorderLimits, RecordingSummary
from broker.recordings.sinks import DirectoryStorage
from guards.effects import Direction
from recording import keys
from recording.sealing import Sealer
from tests.unit.recording.samples import CONTENT_KEY, SIGNING_KEY, opening
from tunnel.clock import SystemClock


async def _finished(_summary: RecordingSummary) -> None:
    pass


async def main(folder: Path, recording: str) -> None:
    """Record a chunk every few milliseconds."""
    sealer = Sealer(opening(recording), CONTENT_KEY, keys.es256_signer(SIGNING_KEY))
    sink = DirectoryStorage(folder, min_free_bytes=0).create(recording)
    sink.append(sealer.opening_block)
    recorder = Recorder(
        recording,
        sealer,
        sink,
        clock=SystemClock(),
        executor=ThreadPoolExecutor(1),
        failed=sys.exit,
        drained=lambda: None,
        finished=_finished,
        limits=RecorderLimits(),
    )
    number = 0
    while True:
        recorder.offer(1, Direction.TO_ASSET, b"%d" % number)
        print(number, time.monotonic(), flush=True)
        number += 1
        await asyncio.sleep(0.005)


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), sys.argv[2]))
