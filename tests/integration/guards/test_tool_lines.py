"""The lines that the session page offers for a tool, run as they stand there through a guard that lets reading pass."""

import asyncio
import os
import re
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import pytest
from snap7.server import Server as S7Server

from policies.rules import Rules, Tier
from tests.integration.guards.controller import controller
from tests.integration.guards.wire import guarded
from tests.simulators.running import simulator

pytestmark = pytest.mark.integration
COMMANDS = Path(__file__).parents[3] / "web" / "src" / "ui" / "commands.ts"
PATIENCE_SECONDS = 60
Device = Callable[[], AbstractAsyncContextManager[int]]


def tool_line(protocol: str) -> str:
    """Read what the page would show."""
    [(_, line)] = re.findall(rf'^  {protocol}: ([`"])(.*)\1,$', COMMANDS.read_text(), flags=re.MULTILINE)
    return str(line)


async def run(line: str, port: int) -> str:
    """Run a line in a shell, with the programs of this environment; it must succeed."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}"
    process = await asyncio.create_subprocess_shell(
        line.replace("{host}", "127.0.0.1").replace("{port}", str(port)),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        env={**os.environ, "PATH": path},
    )
    async with asyncio.timeout(PATIENCE_SECONDS):
        said, _ = await process.communicate()
    assert process.returncode == 0, said.decode()
    return said.decode()


@asynccontextmanager
async def cpu() -> AsyncIterator[int]:
    server = S7Server(log=False)
    server.start_to("127.0.0.1", 0)
    assert server.server_socket is not None
    try:
        yield server.server_socket.getsockname()[1]
    finally:
        await asyncio.to_thread(server.stop)


@pytest.mark.parametrize(
    ("protocol", "device", "told"),
    [
        ("s7", cpu, "CPU 315-2 PN/DP"),
        ("enip", controller, "1756-L61/B LOGIX5561"),
        ("slmp", lambda: simulator("slmp_plc"), "Q03UDVCPU"),
    ],
)
async def test_a_line_tells_what_the_device_is(protocol: str, device: Device, told: str) -> None:
    async with device() as port, guarded(Rules(tiers=frozenset({Tier.READ})), port, protocol=protocol) as way:
        assert told in await run(tool_line(protocol), way.port)
