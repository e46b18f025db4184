"""Run a simulator of a device as a process of its own, and stop it again."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

PATIENCE_SECONDS = 30.0


@asynccontextmanager
async def simulator(name: str, *arguments: str) -> AsyncIterator[int]:
    """Start ``tests.simulators.<name>``; yield the loopback port that it chose."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", f"tests.simulators.{name}", *arguments, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            yield int(await process.stdout.readline())
    finally:
        process.terminate()
        async with asyncio.timeout(PATIENCE_SECONDS):
            await process.wait()
