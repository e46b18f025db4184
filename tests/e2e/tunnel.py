"""A local port whose connections become streams of a session: what ``wicket connect`` opens, in the test's process."""

import asyncio
import socket
from types import TracebackType
from typing import Any, Self

from client.connecting.datagrams import DatagramDoor, Patience
from client.connecting.door import Reporter, listen
from tunnel.ends import FramedEnd, PlainEnd, ReadBuffer
from tunnel.frames import Notice
from tunnel.relay import Relay, RelayEnd
from tunnel.tls import client_context
from tunnel.upgrade import Endpoint, UpgradeError, open_stream

OPEN_SECONDS = 40.0


class Tunnel:
    """Listens while entered. ``ends`` and ``refusals`` tell what became of each connection, in order."""

    def __init__(self, broker_port: int, ca: str, path: str, token: str, session: dict[str, Any]) -> None:
        self.session = session
        self.port = 0
        self.ends: asyncio.Queue[RelayEnd] = asyncio.Queue()
        self.refusals: asyncio.Queue[UpgradeError] = asyncio.Queue()
        self.notices: list[Notice] = []
        self._endpoint = Endpoint("localhost", broker_port, client_context(ca))
        self._path = path
        self._token = token
        self._buffer = ReadBuffer()
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._locals: list[PlainEnd] = []
        self._relays: list[Relay] = []
        self._writers: list[asyncio.StreamWriter] = []

    async def __aenter__(self) -> Self:
        self._server = await asyncio.get_running_loop().create_server(lambda: _Local(self), "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._server is not None
        self._server.close()
        for writer in self._writers:
            writer.transport.abort()
        for local in self._locals:
            local.abort()
        if self._tasks:
            await asyncio.wait(self._tasks)
        for local in self._locals:
            await local.wait_lost()
        for relay in self._relays:
            await relay.wait_closed()

    @property
    def buffer(self) -> ReadBuffer:
        """The memory that all ends read into."""
        return self._buffer

    async def connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """Connect as a tool would; the connection ends with the tunnel at the latest."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        self._writers.append(writer)
        return reader, writer

    async def end(self, seconds: float = 30.0) -> RelayEnd:
        """Wait for the next connection that ends, and tell how."""
        async with asyncio.timeout(seconds):
            return await self.ends.get()

    async def refusal(self, seconds: float = 30.0) -> UpgradeError:
        """Wait for the next stream that the broker refuses."""
        async with asyncio.timeout(seconds):
            return await self.refusals.get()

    def carry(self, local: PlainEnd) -> None:
        """Open a stream for a connection that has come."""
        self._locals.append(local)
        task = asyncio.get_running_loop().create_task(self._carry(local))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _carry(self, local: PlainEnd) -> None:
        remote = FramedEnd(self._buffer)
        headers = {"Authorization": f"Bearer {self._token}"} if self._token else {}
        try:
            await open_stream(self._endpoint, self._path, headers, remote, deadline_seconds=OPEN_SECONDS)
        except UpgradeError as error:
            self.refusals.put_nowait(error)
            local.abort()
            return
        relay = Relay(local, remote, idle_seconds=None, on_end=self.ends.put_nowait, on_notice=self.notices.append)
        self._relays.append(relay)
        relay.start()


class DatagramTunnel:
    """The UDP port of ``wicket connect`` in the test's process. ``told`` is what the user is shown, in order."""

    def __init__(self, broker_port: int, ca: str, session: str, token: str, patience: Patience) -> None:
        self.session = session
        self.port = 0
        self.told: asyncio.Queue[str] = asyncio.Queue()
        reporter = Reporter(self._tell, self._tell, lambda _notice: None)
        endpoint = Endpoint("localhost", broker_port, client_context(ca))
        self._headers = {"Authorization": f"Bearer {token}"}
        self._door = DatagramDoor(endpoint, session, self._authorize, reporter, patience)

    async def __aenter__(self) -> Self:
        listening = listen(0, socket.SOCK_DGRAM)
        self.port = listening.getsockname()[1]
        await self._door.open(listening)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._door.close()

    @property
    def address(self) -> tuple[str, int]:
        """Where tools send to."""
        return "127.0.0.1", self.port

    async def hears(self, code: str) -> str:
        """Return the next thing that the user is told with this code."""
        async with asyncio.timeout(30.0):
            while not (told := await self.told.get()).startswith(f"{code}: "):
                pass
        return told

    async def _authorize(self) -> dict[str, str]:
        return self._headers

    def _tell(self, code: str, text: str) -> None:
        self.told.put_nowait(f"{code}: {text}")


class _Local(PlainEnd):
    """The tool's side."""

    def __init__(self, tunnel: Tunnel) -> None:
        super().__init__(tunnel.buffer)
        self._tunnel = tunnel

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ask for a stream."""
        super().connection_made(transport)
        self._tunnel.carry(self)
