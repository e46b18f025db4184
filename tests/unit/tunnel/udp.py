"""A UDP socket that a test holds: what came, from whom, and something to say."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

PATIENCE_SECONDS = 20.0
Address = tuple[str, int]


class Socket(asyncio.DatagramProtocol):
    """Remembers what comes; as ``echo`` says it back."""

    def __init__(self, *, echo: bool = False) -> None:
        self.transport: asyncio.DatagramTransport | None = None
        self.received: list[bytes] = []
        self.inbox: asyncio.Queue[tuple[bytes, Address]] = asyncio.Queue()
        self._echo = echo
        self._gone = asyncio.Event()

    @property
    def address(self) -> Address:
        assert self.transport is not None
        host, port = self.transport.get_extra_info("sockname")[:2]
        return host, port

    @property
    def port(self) -> int:
        return self.address[1]

    def connection_made(self, transport: asyncio.DatagramTransport) -> None:  # type: ignore[override]
        self.transport = transport

    def connection_lost(self, exc: Exception | None) -> None:
        self._gone.set()

    def datagram_received(self, data: bytes, addr: Address) -> None:
        self.received.append(data)
        self.inbox.put_nowait((data, addr))
        if self._echo:
            self.say(data, addr)

    def say(self, data: bytes, to: Address | None = None) -> None:
        assert self.transport is not None
        self.transport.sendto(data, to)

    async def hear(self) -> tuple[bytes, Address]:
        async with asyncio.timeout(PATIENCE_SECONDS):
            return await self.inbox.get()

    async def ask(self, data: bytes, to: Address | None = None) -> bytes:
        self.say(data, to)
        return (await self.hear())[0]

    async def close(self) -> None:
        assert self.transport is not None
        self.transport.close()
        async with asyncio.timeout(PATIENCE_SECONDS):
            await self._gone.wait()


@asynccontextmanager
async def udp(port: int = 0, *, echo: bool = False, to: Address | None = None) -> AsyncIterator[Socket]:
    """A socket on loopback, connected if ``to`` is given."""
    loop = asyncio.get_running_loop()
    _, found = await loop.create_datagram_endpoint(
        lambda: Socket(echo=echo), local_addr=("127.0.0.1", port), remote_addr=to
    )
    try:
        yield found
    finally:
        await found.close()
