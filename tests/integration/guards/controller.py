"""A simulated Logix controller: cpppo's server, a process of its own."""

import ast
import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

TAGS = ("Speed=INT", "Flow=REAL", "Levels=DINT[10]", "Valve@0x93/3/10=INT")
PATIENCE_SECONDS = 30


@asynccontextmanager
async def controller(*tags: str) -> AsyncIterator[int]:
    """Run a controller with these tags, all of them 0; yield its port."""
    words = ("cpppo.server.enip", "-a", "127.0.0.1:0", "-A", "--no-udp", "--no-config")
    async with _running(*words, *(tags or TAGS)) as (port, _):
        yield port


@asynccontextmanager
async def noting_controller(*tags: str) -> AsyncIterator[tuple[int, asyncio.StreamReader]]:
    """Run one that notes every write (``tests.simulators.logix``); yield its port and where its lines come."""
    async with _running("tests.simulators.logix", *tags) as running:
        yield running


@asynccontextmanager
async def _running(*words: str) -> AsyncIterator[tuple[int, asyncio.StreamReader]]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", *words, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL
    )
    assert process.stdout is not None
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            line = await process.stdout.readline()
        _, port = ast.literal_eval(line.decode().partition("=")[2].strip())
        yield port, process.stdout
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()
