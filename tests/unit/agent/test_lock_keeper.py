"""The lock in its file, under clocks that jump."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from agent.lock_file import LockFile
from agent.lock_keeper import LockKeeper

HOUR = timedelta(hours=1)


class FakeClock:
    """Two clocks that tests turn by hand."""

    def __init__(self) -> None:
        self.wall = datetime(2026, 5, 4, 8, 0, tzinfo=UTC)
        self.seconds = 1000.0

    def now(self) -> datetime:
        return self.wall

    def monotonic(self) -> float:
        return self.seconds

    def pass_time(self, span: timedelta) -> None:
        self.wall += span
        self.seconds += span.total_seconds()


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def file(tmp_path: Path) -> LockFile:
    return LockFile(tmp_path / "lock.json", by_default=False)


def test_a_lock_is_the_same_after_a_restart(file: LockFile, clock: FakeClock) -> None:
    LockKeeper(file, clock).lock(2 * HOUR, "drill")
    clock.pass_time(HOUR)
    again = LockKeeper(file, clock)
    assert again.current.locked
    assert again.current.reason == "drill"
    clock.pass_time(HOUR)
    assert not again.current.locked


def test_an_unlock_is_not_prolonged_by_setting_the_clock_back(file: LockFile, clock: FakeClock) -> None:
    keeper = LockKeeper(file, clock)
    keeper.lock(None, "")
    clock.pass_time(HOUR)
    assert keeper.unlock(HOUR, "") is None
    clock.pass_time(HOUR / 2)
    assert not keeper.current.locked
    clock.wall -= HOUR / 4
    clock.seconds += HOUR.total_seconds() / 2
    assert keeper.current.locked


def test_a_lock_is_not_shortened_by_setting_the_clock_ahead(file: LockFile, clock: FakeClock) -> None:
    keeper = LockKeeper(file, clock)
    keeper.lock(HOUR, "")
    clock.wall += 5 * HOUR
    assert keeper.current.locked
    clock.pass_time(HOUR)
    assert not keeper.current.locked


def test_a_damaged_file_means_locked(tmp_path: Path, clock: FakeClock) -> None:
    (tmp_path / "lock.json").write_text('{"locked": false}')
    lock = LockKeeper(LockFile(tmp_path / "lock.json", by_default=False), clock).current
    assert lock.locked
    assert "lock.json" in lock.reason


def test_unlocking_removes_the_file(tmp_path: Path, file: LockFile, clock: FakeClock) -> None:
    keeper = LockKeeper(file, clock)
    keeper.lock(None, "")
    keeper.unlock(None, "")
    assert list(tmp_path.iterdir()) == []
    assert not keeper.current.locked


def test_what_somebody_else_writes_is_taken_over_once(file: LockFile, clock: FakeClock) -> None:
    keeper, other = LockKeeper(file, clock), LockKeeper(file, clock)
    other.lock(None, "from the command line")
    assert not keeper.current.locked
    keeper.refresh()
    assert keeper.current.reason == "from the command line"
