import asyncio

from hypothesis import given
from hypothesis import strategies as st

from tunnel.tasks import Backoff, Supervisor


def no_pause() -> Backoff:
    return Backoff(0.0, 0.0, lambda: 0.0)


@given(st.floats(0, 1), st.integers(1, 200))
def test_a_pause_lies_between_minimum_and_maximum(chance: float, attempts: int) -> None:
    backoff = Backoff(1.0, 60.0, lambda: chance)
    assert all(1.0 <= backoff.next_pause() <= 60.0 for _ in range(attempts))


def test_pauses_grow_until_a_success_begins_anew() -> None:
    backoff = Backoff(1.0, 10.0, lambda: 1.0)
    assert [backoff.next_pause() for _ in range(5)] == [2.0, 4.0, 8.0, 10.0, 10.0]
    backoff.reset()
    assert backoff.next_pause() == 2.0


async def test_a_failure_is_reported_by_name_and_ends_a_task_that_runs_once() -> None:
    failures = []

    async def fail() -> None:
        raise LookupError("gone")

    async with Supervisor(lambda name, error: failures.append((name, str(error)))) as supervisor:
        await supervisor.start("lookup", fail)
        assert supervisor.names == []
    assert failures == [("lookup", "gone")]


async def test_a_kept_task_runs_again_until_it_returns() -> None:
    attempts = []

    async def third_time_lucky() -> None:
        attempts.append(1)
        if len(attempts) < 3:
            raise OSError("not yet")

    failures: list[str] = []
    async with Supervisor(lambda name, error: failures.append(name)) as supervisor:
        await supervisor.keep("link", third_time_lucky, no_pause())
    assert (len(attempts), failures) == (3, ["link", "link"])


async def test_the_end_of_the_block_ends_every_task_and_waits_for_its_cleanup() -> None:
    cleaned = []

    async def run() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0)
            cleaned.append(1)

    async with Supervisor(lambda name, error: None) as supervisor:
        supervisor.start("one", run)
        supervisor.keep("two", run, no_pause())
        await asyncio.sleep(0)
        assert supervisor.names == ["one", "two"]
    assert cleaned == [1, 1]
