"""The site's lock through time."""

from datetime import UTC, datetime, timedelta

from agent.lock import Lock, refusal_sentence

NOW = datetime(2026, 5, 4, 8, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


def test_a_site_is_open_until_somebody_locks_it() -> None:
    assert not Lock().at(NOW).locked
    assert Lock().lock(NOW, None, "fire drill").at(NOW + 1000 * HOUR).locked


def test_a_lock_for_a_while_ends_by_itself() -> None:
    lock = Lock().lock(NOW, 2 * HOUR, "")
    assert lock.at(NOW + HOUR).locked
    assert lock.changes_at(NOW) == NOW + 2 * HOUR
    assert not lock.at(NOW + 2 * HOUR).locked


def test_what_was_unlocked_for_a_while_locks_again_by_itself() -> None:
    for closed in (Lock(by_default=True), Lock().lock(NOW, None, "")):
        opened = closed.unlock(NOW, 2 * HOUR, "maintenance")
        assert isinstance(opened, Lock)
        assert not opened.at(NOW + HOUR).locked
        assert opened.at(NOW + 2 * HOUR).locked


def test_a_site_locked_by_default_is_not_opened_for_ever() -> None:
    assert "for how long" in str(Lock(by_default=True).unlock(NOW, None, ""))
    assert "24 hours at most" in str(Lock(by_default=True).unlock(NOW, 25 * HOUR, ""))


def test_unlocking_an_ordinary_site_opens_it_again() -> None:
    opened = Lock().lock(NOW, None, "").unlock(NOW, None, "")
    assert opened == Lock()


def test_a_clock_set_back_keeps_a_lock_and_ends_an_unlock() -> None:
    unlocked = Lock(by_default=True).unlock(NOW, HOUR, "")
    assert isinstance(unlocked, Lock)
    assert unlocked.at(NOW - HOUR).locked
    assert Lock().lock(NOW, HOUR, "").at(NOW - HOUR).locked


def test_the_refused_user_reads_why_and_until_when() -> None:
    said = refusal_sentence(Lock().lock(NOW, HOUR, "line 2 is open").at(NOW))
    assert "line 2 is open" in said
    assert "09:00" in said
