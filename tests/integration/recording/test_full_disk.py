"""A real file system that runs full under a session: the recorder fails closed, and what it holds still proves."""

import asyncio
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from broker.recordings.errors import RecorderFailedError, StorageFullError
from broker.recordings.recorder import RecorderLimits
from broker.recordings.sinks import DirectoryStorage
from guards.effects import Direction
from recording.verify import State
from tests.unit.broker.recordings.fakes import recording_to
from tests.unit.recording.samples import proof
from tunnel.ids import new_id

pytestmark = [pytest.mark.integration, pytest.mark.skipif(os.geteuid() != 0, reason="only root may mount a tmpfs")]
SIZE_MB = 4


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of four mebibytes."""
    mount = ["mount", "-t", "tmpfs", "-o", f"size={SIZE_MB}m", "tmpfs", str(tmp_path)]
    if subprocess.run(mount, check=False, capture_output=True).returncode:
        pytest.skip("mounting is not permitted here")
    yield tmp_path
    subprocess.run(["umount", str(tmp_path)], check=True)


@pytest.mark.parametrize("min_free_bytes", [0, 2 * 1024 * 1024], ids=["to the last byte", "with a reserve"])
async def test_a_disk_that_runs_full_cuts_the_session_and_keeps_what_it_has(
    small_disk: Path, min_free_bytes: int
) -> None:
    storage, recording = DirectoryStorage(small_disk, min_free_bytes=min_free_bytes), new_id("rec")
    async with recording_to(storage.create(recording), RecorderLimits(flush_seconds=0.01)) as bench:
        with pytest.raises(RecorderFailedError):
            while True:
                has_room = bench.recorder.offer(1, Direction.TO_USER, os.urandom(65536))
                await (asyncio.sleep(0) if has_room else bench.failed.wait())
        assert "full" in bench.failures[0] or "free" in bench.failures[0]
    size = storage.size(recording)
    verification = proof(storage.read(recording, 0, size))
    assert verification.state is State.OPEN
    assert verification.segments == bench.summaries[0].segments > 0


def test_a_full_disk_takes_no_new_recording(small_disk: Path) -> None:
    storage = DirectoryStorage(small_disk, min_free_bytes=1024 * 1024)
    storage.check_room()
    (small_disk / "filler").write_bytes(bytes((SIZE_MB - 1) * 1024 * 1024 + 4096))
    with pytest.raises(StorageFullError):
        storage.check_room()
