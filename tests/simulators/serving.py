"""The TCP server that all simulators are: it cuts what comes by the length in its head, and answers each message."""

import asyncio
from collections.abc import Awaitable, Callable

Read = Callable[[asyncio.StreamReader], Awaitable[bytes]]
"""Reads one message; raises ``IncompleteReadError`` at the end of the stream."""
Answer = Callable[[bytes], bytes]


async def serve(read: Read, answer: Answer) -> None:
    """Serve for ever on a loopback port that the system chooses, and print it."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                writer.write(answer(await read(reader)))
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError, ValueError):
            writer.close()

    server = await asyncio.start_server(talk, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()
