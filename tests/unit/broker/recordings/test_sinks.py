"""Where recordings are kept: opaque names, nobody else's eyes, and no new recording on a full disk."""

import os
import stat
from pathlib import Path

import pytest

from broker.recordings.errors import StorageFailedError, StorageFullError
from broker.recordings.sinks import DirectoryStorage, FileSink
from tunnel.ids import new_id

PLENTY = 2**62


def _storage(path: Path, min_free_bytes: int = 0) -> DirectoryStorage:
    return DirectoryStorage(path / "recordings", min_free_bytes=min_free_bytes)


def test_bytes_come_back_from_any_range(tmp_path: Path) -> None:
    storage, recording = _storage(tmp_path), new_id("rec")
    sink = storage.create(recording)
    sink.append(b"0123456789")
    sink.append(bytearray(b"abc"))
    assert storage.size(recording) == 13
    sink.close()
    assert storage.read(recording, 8, 3) == b"89a"
    assert storage.read(recording, 11, 100) == b"bc"
    assert storage.read(recording, 100, 1) == b""


def test_nobody_else_on_the_machine_may_read_them(tmp_path: Path) -> None:
    storage, recording = _storage(tmp_path), new_id("rec")
    storage.create(recording).close()
    (file,) = (tmp_path / "recordings").iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700


def test_a_recording_is_never_begun_twice(tmp_path: Path) -> None:
    storage, recording = _storage(tmp_path), new_id("rec")
    storage.create(recording).close()
    with pytest.raises(StorageFailedError):
        storage.create(recording)


@pytest.mark.parametrize(
    "name", ["../../etc/passwd", "rec_../x", "", "rec_AAAAAAAAAAAAAAAAAAAAAAAAAA", "ses_" + "a" * 26]
)
def test_no_path_is_made_of_anything_but_our_ids(tmp_path: Path, name: str) -> None:
    storage = _storage(tmp_path)
    for attempt in (storage.create, storage.size, lambda id_: storage.read(id_, 0, 1)):
        with pytest.raises(StorageFailedError):
            attempt(name)


def test_too_little_room_refuses_new_recordings(tmp_path: Path) -> None:
    with pytest.raises(StorageFullError) as refused:
        _storage(tmp_path, PLENTY).check_room()
    assert refused.value.code == "storage_full"


def test_running_recordings_stop_at_the_reserve(tmp_path: Path) -> None:
    sink = _storage(tmp_path, PLENTY).create(new_id("rec"))
    with pytest.raises(StorageFullError):
        sink.append(b"x")
    sink.close()


def test_a_disk_that_runs_full_in_the_middle_is_told_apart(tmp_path: Path) -> None:
    # /dev/full answers every write with ENOSPC, as a full disk does.
    sink = FileSink(os.open("/dev/full", os.O_WRONLY), _storage(tmp_path))
    with pytest.raises(StorageFullError, match="full"):
        sink.append(b"x")
    sink.abandon()


def test_a_sink_closes_once_and_takes_nothing_after(tmp_path: Path) -> None:
    sink = _storage(tmp_path).create(new_id("rec"))
    sink.close()
    sink.close()
    sink.abandon()
    with pytest.raises(StorageFailedError):
        sink.append(b"x")
