"""Promise 8: killing the process at any moment loses at most one second of recording, and the rest proves."""

import subprocess
import sys
from pathlib import Path

import pytest

from recording.reader import RecordingReader
from recording.verify import State
from tests.unit.recording.samples import CONTENT_KEY, proof, reading
from tunnel.ids import new_id

pytestmark = pytest.mark.integration
ROOT = Path(__file__).parents[3]


@pytest.mark.parametrize("chunks", [1, 130, 700])
def test_a_killed_process_leaves_all_but_the_last_second_and_it_proves(tmp_path: Path, chunks: int) -> None:
    recording = new_id("rec")
    offered = _offered_before_the_kill(tmp_path, recording, chunks)
    data = (tmp_path / f"{recording}.wgrec").read_bytes()
    verification = proof(data, CONTENT_KEY)
    assert verification.state is State.OPEN
    kept = [int(chunk.payload) for chunk in RecordingReader(reading(data), len(data)).chunks(CONTENT_KEY)]
    assert kept == list(range(len(kept)))
    killed_at = offered[-1][1]
    assert [number for number, at in offered if at < killed_at - 1 and number >= len(kept)] == []


def _offered_before_the_kill(folder: Path, recording: str, chunks: int) -> list[tuple[int, float]]:
    command = [sys.executable, "-m", "tests.integration.recording.recorder_process", str(folder), recording]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        lines = [process.stdout.readline() for _ in range(chunks)]
        process.kill()
        lines += process.stdout.readlines()
    return [(int(number), float(at)) for number, at in (line.split() for line in lines if line.endswith("\n"))]
