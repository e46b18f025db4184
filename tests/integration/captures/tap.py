"""A tap on a wire: a relay between a real tool and a real device that writes what it passes on into a capture."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from policies.ports import WELL_KNOWN_PORTS
from tests.integration.captures.crafted import datagram
from tests.integration.guards.wire import end
from tests.unit.client.captures.wire import ACK, SYN, Conversation, pcap
from tests.unit.tunnel.udp import Address, udp

_FIRST_PORT, _CHUNK_BYTES = 50000, 32768


class Tap:
    """A loopback port that leads to a device, which the capture shows on the port where its protocol is at home."""

    def __init__(self, protocol: str, device_port: int) -> None:
        self._home = WELL_KNOWN_PORTS[protocol]
        self._device_port = device_port
        self._closing = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []
        self.frames: list[bytes] = []

    async def serve(self, user_in: asyncio.StreamReader, user_out: asyncio.StreamWriter) -> None:
        talk = Conversation(self._home, _FIRST_PORT + len(self._tasks))
        task = asyncio.ensure_future(self._serve(talk, user_in, user_out))
        self._tasks.append(task)
        await asyncio.shield(task)

    async def _serve(self, talk: Conversation, user_in: asyncio.StreamReader, user_out: asyncio.StreamWriter) -> None:
        asset_in, asset_out = await asyncio.open_connection("127.0.0.1", self._device_port)
        self.frames += [talk.ask(b"", SYN), talk.answer(b"", SYN | ACK)]
        ends = [
            asyncio.ensure_future(self._pass(user_in, asset_out, talk, asks=True)),
            asyncio.ensure_future(self._pass(asset_in, user_out, talk, asks=False)),
            asyncio.ensure_future(self._closing.wait()),
        ]
        await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
        await end(ends, (asset_out, user_out))

    async def _pass(
        self, source: asyncio.StreamReader, target: asyncio.StreamWriter, talk: Conversation, *, asks: bool
    ) -> None:
        while data := await source.read(_CHUNK_BYTES):
            self.frames.append(talk.ask(data) if asks else talk.answer(data, acknowledged=talk.to_asset))
            target.write(data)

    async def close(self) -> None:
        self._closing.set()
        async with asyncio.timeout(10):
            await asyncio.gather(*self._tasks)


@asynccontextmanager
async def tapped(protocol: str, device_port: int, capture: Path) -> AsyncIterator[int]:
    """Yield the port to connect tools to; when they are done, ``capture`` holds what was said."""
    tap = Tap(protocol, device_port)
    server = await asyncio.start_server(tap.serve, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        await tap.close()
        await server.wait_closed()
    capture.write_bytes(pcap(tap.frames))


@asynccontextmanager
async def tapped_datagrams(protocol: str, device_port: int, capture: Path) -> AsyncIterator[int]:
    """As ``tapped``, of one tool that speaks in datagrams."""
    frames: list[bytes] = []
    tools: list[Address] = []
    home = WELL_KNOWN_PORTS[protocol]

    async def ask() -> None:
        while True:
            data, tool = await inside.inbox.get()
            tools[:] = [tool]
            frames.append(datagram(data, home, from_port=home))
            outside.say(data)

    async def tell() -> None:
        while True:
            data, _ = await outside.inbox.get()
            frames.append(datagram(data, home, from_port=home, back=True))
            inside.say(data, tools[0])

    async with udp() as inside, udp(to=("127.0.0.1", device_port)) as outside:
        tasks = [asyncio.ensure_future(work()) for work in (ask, tell)]
        try:
            yield inside.port
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
    capture.write_bytes(pcap(frames))
