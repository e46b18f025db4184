"""A plant on loopback: devices, a ceiling file, an enrolled agent in this process."""

import asyncio
import struct
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import yaml

from agent.app import Agent
from agent.config import Settings
from agent.enrol import Enroller, read_join_token
from agent.state import StateDirectory
from policies.rules import Rules, Tier
from tests.integration.agent.fake_broker import PATIENCE_SECONDS, FakeBroker
from tests.unit.agent.grant_tokens import claims_of, session_grant, target
from tunnel.clock import SystemClock
from tunnel.ids import new_id
from tunnel.messages import Dial
from tunnel.tasks import Supervisor


class FakeDevice:
    """Counts its connections. As ``echo`` it repeats what it hears; as ``modbus`` it answers reads with zeros."""

    def __init__(self, kind: str = "echo") -> None:
        self._serve = self._echo if kind == "echo" else self._modbus
        self._server: asyncio.Server | None = None
        self.port = 0
        self.connects = 0
        self.requests: list[bytes] = []
        self.closed: asyncio.Queue[None] = asyncio.Queue()

    async def start(self) -> None:
        self._server = await asyncio.start_server(self._meet, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        if self._server is not None:
            self._server.close()

    async def saw_close(self) -> None:
        async with asyncio.timeout(PATIENCE_SECONDS):
            await self.closed.get()

    async def _meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connects += 1
        try:
            await self._serve(reader, writer)
        except asyncio.IncompleteReadError:
            pass
        finally:
            writer.close()
            self.closed.put_nowait(None)

    async def _echo(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(65536):
            self.requests.append(data)
            writer.write(data)

    async def _modbus(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            head = await reader.readexactly(7)
            pdu = await reader.readexactly(struct.unpack(">H", head[4:6])[0] - 1)
            self.requests.append(pdu)
            count = struct.unpack(">H", pdu[3:5])[0]
            answer = bytes([pdu[0], 2 * count]) + bytes(2 * count) if pdu[0] == 3 else pdu
            writer.write(head[:4] + struct.pack(">H", len(answer) + 1) + head[6:] + answer)


def read_registers(transaction: int = 1, unit: int = 1) -> bytes:
    return struct.pack(">HHHBBHH", transaction, 0, 6, unit, 3, 0, 2)


def write_register(transaction: int = 1, unit: int = 1) -> bytes:
    return struct.pack(">HHHBBHH", transaction, 0, 6, unit, 6, 0, 7)


class Plant:
    """Everything on site, with one agent that runs inside ``running``."""

    def __init__(self, folder: Path, broker: FakeBroker) -> None:
        self.folder, self.broker = folder, broker
        self.state = StateDirectory(folder / "state")
        self.ceiling = folder / "ceiling.yaml"
        self.settings = Settings(state_dir=self.state.path, ceiling_file=self.ceiling)
        self.agent: Agent | None = None

    async def enrol(self) -> None:
        self.state.prepare()
        await Enroller(self.state, None, SystemClock()).enrol(read_join_token(self.broker.join_token()), "north-1")

    def allow(self, port: int, **changes: Any) -> None:
        """Write a ceiling that allows one device on loopback; ``None`` takes a key away."""
        entry = {"name": "device", "addresses": ["127.0.0.1"], "ports": [port], "protocols": ["tcp"], "opaque": True}
        entry = {key: value for key, value in (entry | changes).items() if value is not None}
        self.ceiling.write_text(yaml.safe_dump({"version": 1, "targets": [entry]}))

    @asynccontextmanager
    async def running(self) -> AsyncIterator["asyncio.Task[None]"]:
        """Run the agent; yields its task."""
        failures: list[BaseException] = []
        stop = asyncio.Event()
        async with Supervisor(lambda name, error: failures.append(error)) as supervisor:
            self.agent = Agent(self.settings, self.state, SystemClock(), supervisor)
            task = asyncio.create_task(self.agent.run(stop))
            try:
                yield task
            finally:
                stop.set()
                await asyncio.wait([task])
                if not task.cancelled():
                    task.exception()
        assert not failures, failures

    def order(self, port: int, *, seconds: int = 600, stream: str | None = None, **changes: Any) -> Dial:
        """Return a dial order for a device on loopback, signed as the broker does."""
        protocol = changes.pop("protocol", "tcp")
        issued_at = datetime.now(UTC) - changes.pop("issued_ago", timedelta())
        facts = {
            "target": target(changes.pop("host", "127.0.0.1"), port, protocol),
            "rules": Rules(tiers=frozenset(Tier), opaque=True),
            "max_streams": 16,
        }
        claims = claims_of(session_grant(**(facts | changes)), now=issued_at, seconds=seconds, jti=new_id("jti"))
        return Dial(stream=stream or new_id("str"), grant=self.broker.signer.sign(claims))


async def until(condition: Callable[[], bool]) -> None:
    """Return as soon as the condition holds."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not condition():  # noqa: ASYNC110 - what is waited for has no event
            await asyncio.sleep(0.01)
