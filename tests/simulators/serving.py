"""The servers that all simulators are: over TCP messages are cut by the length in their heads, over UDP not at all."""

import asyncio
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

Read = Callable[[asyncio.StreamReader], Awaitable[bytes]]
"""Reads one message; raises ``IncompleteReadError`` at the end of the stream."""
Answer = Callable[[bytes], bytes]
UDP = "udp"


async def serve_as_asked(read: Read, answer: Answer, answer_datagram: Answer) -> None:
    """Serve over UDP if the first argument of the program says so, else over TCP."""
    await (serve_datagrams(answer_datagram) if UDP in sys.argv[1:] else serve(read, answer))


async def serve(read: Read, answer: Answer) -> None:
    """Serve for ever on a loopback port that the system chooses, and print it."""
    async with serving(read, answer) as port:
        print(port, flush=True)
        await asyncio.Event().wait()


@asynccontextmanager
async def serving(read: Read, answer: Answer) -> AsyncIterator[int]:
    """Serve on a loopback port that the system chooses; yield it."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                writer.write(answer(await read(reader)))
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError, ValueError):
            writer.close()

    server = await asyncio.start_server(talk, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()


class _Datagrams(asyncio.DatagramProtocol):
    def __init__(self, answer: Answer) -> None:
        self._answer = answer

    def connection_made(self, transport: asyncio.DatagramTransport) -> None:  # type: ignore[override]
        self._transport = transport

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        self._transport.sendto(self._answer(data), addr)


async def serve_datagrams(answer: Answer) -> None:
    """Answer each datagram to where it came from, for ever, on a loopback port that the system chooses; print it."""
    loop = asyncio.get_running_loop()
    transport, _ = await loop.create_datagram_endpoint(lambda: _Datagrams(answer), local_addr=("127.0.0.1", 0))
    print(transport.get_extra_info("sockname")[1], flush=True)
    await asyncio.Event().wait()
