"""Writes down what time alone decided: requests that nobody answered. Nothing depends on it being quick."""

import asyncio

from broker.access.requests import SWEEP_BATCH, RequestService

SWEEP_SECONDS = 60.0


class AccessSweeper:
    """Runs for as long as the node does; the composition root owns its task."""

    def __init__(self, requests: RequestService, interval_seconds: float = SWEEP_SECONDS) -> None:
        self._requests = requests
        self._interval_seconds = interval_seconds

    async def run(self) -> None:
        """Sweep, for ever."""
        while True:
            await self.sweep()
            await asyncio.sleep(self._interval_seconds)

    async def sweep(self) -> int:
        """Write down all that is overdue; return how many."""
        total = 0
        while (expired := await self._requests.expire_overdue()) > 0:
            total += expired
            if expired < SWEEP_BATCH:
                break
        return total
