"""How long it takes to look into a recording of a long day, over HTTPS: ``python -m benchmarks.looking``.

A whole broker in this process, a million operations in eight hours, and what a page asks for when it shows them.
"""

import asyncio
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

from benchmarks.big_recording import add_to
from tests.integration.api.installation import Answer, Installation, installed

ROUNDS = 5
TRAILER_BYTES = 16


class Looker:
    """Asks as the auditor does, and prints how long it took at the median."""

    def __init__(self, installation: Installation, recording: str) -> None:
        self._installation = installation
        self._path = f"/api/v1/recordings/{recording}"

    async def get(self, path: str, **headers: str) -> Answer:
        """Ask for something of the recording."""
        answer = await self._installation.call("auditor", "GET", path, **headers)
        assert answer.status < 300, answer
        return answer

    async def opening(self) -> None:
        """What a page needs before it shows anything: facts, opening, closing and index, the first operations."""
        await self.get(self._path)
        trailer = await self.get(f"{self._path}/content", Range=f"bytes=-{TRAILER_BYTES}")
        closing = int.from_bytes(trailer.document[:8], "big")
        await self.get(f"{self._path}/content", Range="bytes=0-65535")
        await self.get(f"{self._path}/content", Range=f"bytes={closing}-")
        await self.get(f"{self._path}/operations?segment=0&segments=50")

    async def operations(self, query: str) -> None:
        """Decoded operations."""
        await self.get(f"{self._path}/operations?{query}")

    async def changes(self) -> None:
        """A page of the change log."""
        await self.get("/api/v1/changes?limit=100")


async def timed(name: str, work: Callable[[], Awaitable[None]]) -> None:
    """Print the first time and the median of the others."""
    taken = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        await work()
        taken.append((time.perf_counter() - began) * 1000)
    print(f"{name:44} first {taken[0]:7.1f} ms   then {statistics.median(taken[1:]):7.1f} ms")


async def main() -> None:
    """Make the recording and look at it."""
    with tempfile.TemporaryDirectory() as folder:
        async with installed(Path(folder)) as installation:
            print("Writing a million operations ...", flush=True)
            looker = Looker(installation, await add_to(Path(folder)))
            await timed("what a page opens with", looker.opening)
            await timed("one segment in the middle", lambda: looker.operations("segment=30000"))
            await timed("fifty segments in the middle", lambda: looker.operations("segment=30000&segments=50"))
            await timed("a hundred writes", lambda: looker.operations("only=writes&limit=100"))
            await timed("a hundred that say a text", lambda: looker.operations("q=holding+200&limit=100"))
            await timed("a page of the change log", looker.changes)


if __name__ == "__main__":
    asyncio.run(main())
