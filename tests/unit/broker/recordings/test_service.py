"""The life of a recording: stored before the session, summed up after it, recovered when the broker was killed."""

from pathlib import Path

import pytest

from broker.recordings.errors import StorageFullError
from broker.recordings.sinks import DirectoryStorage
from guards.effects import Direction
from recording.verify import State
from tests.unit.broker.conftest import Published
from tests.unit.broker.recordings.conftest import AUDITOR, Archive


async def test_before_the_session_opens_its_opening_is_stored_and_indexed(archive: Archive) -> None:
    recorder = await archive.open()
    row = await archive.row(recorder.recording_id)
    assert (row.state, row.session_id, row.ticket) == ("open", "ses_1", "CHG-00001")
    assert archive.file(row.id).read_bytes().startswith(b"WGREC1")
    await recorder.close("user_ended")


async def test_after_it_the_index_says_what_it_holds_and_the_audit_log_how_its_chain_ends(archive: Archive) -> None:
    recording = await archive.recorded()
    row = await archive.row(recording)
    assert (row.state, row.end_code, row.operations, row.writes, row.denials) == ("closed", "user_ended", 3, 1, 1)
    assert row.size_bytes == archive.file(recording).stat().st_size
    opened, closed = await archive.audited(recording)
    assert (opened.action, closed.action) == ("recording.opened", "recording.closed")
    assert closed.details["hash"] == row.last_link
    found = await archive.evidence.verify(AUDITOR, recording, content=True)
    assert (found.state, found.last_link) == (State.WHOLE, row.last_link)


async def test_its_beginning_and_its_end_are_announced(archive: Archive, published: Published) -> None:
    recording = await archive.recorded()
    assert published.topics("recording.") == ["recording.opened", "recording.closed"]
    ids = {"recording": recording, "session": "ses_1", "user": "usr_1", "asset": "ast_1"}
    assert published.of("recording.closed") == [ids]


async def test_a_full_disk_refuses_the_recording_and_leaves_nothing(archive: Archive, tmp_path: Path) -> None:
    archive.recordings._storage = DirectoryStorage(tmp_path / "full", min_free_bytes=2**62)
    with pytest.raises(StorageFullError):
        await archive.open()
    assert list((tmp_path / "full").iterdir()) == []


async def test_what_a_crash_left_open_is_proved_and_marked(archive: Archive) -> None:
    recorder = await archive.open()
    recorder.offer(1, Direction.TO_ASSET, b"before the crash")
    await recorder.close("user_ended")
    await _make_open_again(archive, recorder.recording_id, torn=3)
    assert await archive.recovery.recover() == 1
    row = await archive.row(recorder.recording_id)
    assert (row.state, row.segments, row.end_code) == ("crashed", 1, "broker_crashed")
    assert "crash" in row.problem
    assert (await archive.audited(row.id))[-1].action == "recording.recovered"
    assert await archive.recovery.recover() == 0


async def test_a_recording_whose_end_was_not_noted_is_closed_by_its_own_closing(archive: Archive) -> None:
    recording = await archive.recorded()
    await _make_open_again(archive, recording, torn=0)
    await archive.recovery.recover()
    row = await archive.row(recording)
    assert (row.state, row.end_code, row.operations) == ("closed", "user_ended", 3)


async def test_a_file_that_vanished_or_was_changed_is_marked_broken(archive: Archive) -> None:
    gone, changed = await archive.recorded("ses_1"), await archive.recorded("ses_2")
    for recording in (gone, changed):
        await _make_open_again(archive, recording, torn=0)
    archive.file(gone).unlink()
    _flip(archive.file(changed), 900)
    await archive.recovery.recover()
    assert {(await archive.row(recording)).state for recording in (gone, changed)} == {"broken"}


async def test_a_new_master_key_still_opens_old_recordings_after_re_keying(archive: Archive) -> None:
    recording = await archive.recorded()
    archive.keyring = type(archive.keyring)(archive.database, archive.keyring._vault, archive.clock)
    found = await archive.evidence.verify(AUDITOR, recording, content=True)
    assert found.is_content_checked


async def _make_open_again(archive: Archive, recording: str, torn: int) -> None:
    """Put the world back to a moment before the end was noted, with ``torn`` bytes of the closing written (0: all)."""
    async with archive.database.transaction() as tx:
        row = await tx.get_one(type(await archive.row(recording)), recording)
        row.state, row.ended_at, row.end_code, row.segments = "open", None, "", 0
    if torn:
        data = archive.file(recording).read_bytes()
        archive.file(recording).write_bytes(data[: data.rindex(b"WEND") + torn])


def _flip(file: Path, offset: int) -> None:
    data = bytearray(file.read_bytes())
    data[offset] ^= 1
    file.write_bytes(data)
