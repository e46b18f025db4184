"""Every task has an owner: the supervisor starts named tasks, restarts those that fail, and ends all of them."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

Job = Callable[[], Awaitable[None]]
OnFailure = Callable[[str, BaseException], None]


@dataclass
class Backoff:
    """Growing, jittered pauses between attempts. Pure: ``random`` is given, and returns 0.0 to 1.0.

    A pause lies between ``minimum_seconds`` and the doubling limit, at random over the whole span ("full jitter"), so
    that a thousand agents do not come back at the same moment.
    """

    minimum_seconds: float
    maximum_seconds: float
    random: Callable[[], float]
    attempts: int = field(default=0, init=False)

    def next_pause(self) -> float:
        """Return the next pause in seconds."""
        limit = min(self.maximum_seconds, self.minimum_seconds * 2.0 ** min(self.attempts + 1, 60))
        self.attempts += 1
        return self.minimum_seconds + self.random() * (limit - self.minimum_seconds)

    def reset(self) -> None:
        """Begin anew after a success."""
        self.attempts = 0


class Supervisor:
    """Own background tasks for as long as an ``async with`` block lasts; on exit all are cancelled and awaited.

    ``on_failure`` is told the task's name and its error, every time.
    """

    def __init__(self, on_failure: OnFailure) -> None:
        self._on_failure = on_failure
        self._tasks: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    @property
    def names(self) -> list[str]:
        """The names of the tasks that run."""
        return sorted(task.get_name() for task in self._tasks)

    def start(self, name: str, job: Job) -> asyncio.Task[None]:
        """Run ``job`` once; a failure is reported and ends it."""
        return self._own(name, self._once(name, job))

    def keep(self, name: str, job: Job, backoff: Backoff) -> asyncio.Task[None]:
        """Run ``job`` and, whenever it fails, again after a pause; ends when ``job`` returns."""
        return self._own(name, self._again(name, job, backoff))

    async def close(self) -> None:
        """Cancel all tasks and wait until they are gone."""
        while self._tasks:
            tasks = list(self._tasks)
            for task in tasks:
                task.cancel()
            await asyncio.wait(tasks)

    def _own(self, name: str, work: Coroutine[None, None, None]) -> asyncio.Task[None]:
        task = asyncio.get_running_loop().create_task(work, name=name)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def _once(self, name: str, job: Job) -> None:
        await self._attempt(name, job)

    async def _again(self, name: str, job: Job, backoff: Backoff) -> None:
        while not await self._attempt(name, job):  # noqa: ASYNC110 - a pause between attempts, not polling
            await asyncio.sleep(backoff.next_pause())

    async def _attempt(self, name: str, job: Job) -> bool:
        """Run ``job``; return whether it returned by itself."""
        try:
            await job()
        except Exception as error:  # noqa: BLE001 - the supervisor is where unforeseen errors of tasks end
            self._on_failure(name, error)
            return False
        return True
