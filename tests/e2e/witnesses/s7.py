"""A CPU (python-snap7) whose data block and flags are this test's own bytes."""

import asyncio
import random
import struct
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from math import isfinite

from snap7.client import Client
from snap7.server import Server
from snap7.type import Area, SrvArea, WordLen

from tests.e2e.witnesses.told import Told, Value, Write, told

BYTES = 64
AREAS = {"db1": (Area.DB, SrvArea.DB, 1), "flags": (Area.MK, SrvArea.MK, 0)}
# Not bits: the server lays the whole byte over what is there.
FORMATS = {
    WordLen.Byte: "B", WordLen.Word: "H", WordLen.Int: "h", WordLen.DWord: "I", WordLen.DInt: "i", WordLen.Real: "f",
}  # fmt: skip


class S7Witness:
    """Bytes and typed numbers of a data block and of flags, one or several in a write."""

    protocol, writes = "s7", 1000

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
        self._memory = {name: bytearray(BYTES) for name in AREAS}

    @asynccontextmanager
    async def running(self) -> AsyncIterator[int]:
        """Serve."""
        server = Server(log=False)
        for name, (_, area, number) in AREAS.items():
            server.register_area(area, number, self._memory[name])
        server.start_to("127.0.0.1", 0)
        assert server.server_socket is not None
        try:
            yield server.server_socket.getsockname()[1]
        finally:
            await asyncio.to_thread(server.stop)

    @asynccontextmanager
    async def tool(self, port: int) -> AsyncIterator[Write]:
        """Connect a client."""
        client = Client()
        await asyncio.to_thread(client.connect, "127.0.0.1", 0, 2, port)

        async def write() -> Sequence[Told]:
            chance = self._chance
            table, kind, count = chance.choice([*AREAS]), chance.choice([*FORMATS]), chance.choice([1, 1, 2, 3, 7])
            width = struct.calcsize(FORMATS[kind])
            first = chance.randint(0, BYTES - count * width)
            places = [first + at * width for at in range(count)]
            before = self._values(table, kind, first, count)
            area, _, number = AREAS[table]
            given = bytearray(chance.randbytes(count * width))  # of reals some are no numbers
            await asyncio.to_thread(client.write_area, area, number, first, given, kind)
            names = [f"{table} {at}" + (f"-{at + width - 1}" if width > 1 else "") for at in places]
            return told(names, before, self._values(table, kind, first, count))

        try:
            yield write
        finally:
            await asyncio.to_thread(client.disconnect)

    def _values(self, table: str, kind: WordLen, first: int, count: int) -> list[Value]:
        values = struct.unpack_from(f">{count}{FORMATS[kind]}", self._memory[table], first)
        return [value if isfinite(value) else str(value) for value in values]
