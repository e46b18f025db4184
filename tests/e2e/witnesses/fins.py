"""An Omron PLC (the simulator, in this process) whose memory this test looks into."""

import asyncio
import random
import struct
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from fins import FinsResponseFrame
from fins.tcp import TCPFinsConnection

from tests.e2e.witnesses.told import Told, Value, Write, told
from tests.simulators import fins_plc
from tests.simulators.serving import serving

LAST = 99
BITS = {name: code for code, name in fins_plc.BIT_AREAS.items()}
WORDS = {name: code for code, name in fins_plc.WORD_AREAS.items()}


class FinsWitness:
    """Words, bits and fills of four areas."""

    protocol, writes = "fins", 1000

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance

    @asynccontextmanager
    async def running(self) -> AsyncIterator[int]:
        """Serve."""
        async with serving(fins_plc.read, fins_plc.answer) as port:
            yield port

    @asynccontextmanager
    async def tool(self, port: int) -> AsyncIterator[Write]:
        """Connect a client."""
        client, chance = TCPFinsConnection(), self._chance
        await asyncio.to_thread(client.connect, "127.0.0.1", port)

        async def write() -> Sequence[Told]:
            table, count = chance.choice([*WORDS]), chance.choice([1, 1, 2, 3, 10])
            first = chance.randint(0, LAST - count + 1)
            how = chance.choice([self._words, self._bits, self._fill])
            command, text, places = how(table, first, count)
            before = self._values(table, places)
            frame = FinsResponseFrame()
            request = client.fins_command_frame(command, text)
            frame.from_bytes(await asyncio.to_thread(client.execute_fins_command_frame, request))
            assert frame.end_code == b"\0\0"
            return told([f"{table} {at}" for at in places], before, self._values(table, places))

        try:
            yield write
        finally:
            client.fins_socket.close()

    def _words(self, table: str, first: int, count: int) -> tuple[bytes, bytes, list[str]]:
        text = struct.pack(">BHBH", WORDS[table], first, 0, count) + self._chance.randbytes(2 * count)
        return b"\1\2", text, [str(at) for at in range(first, first + count)]

    def _fill(self, table: str, first: int, count: int) -> tuple[bytes, bytes, list[str]]:
        text = struct.pack(">BHBH", WORDS[table], first, 0, count) + self._chance.randbytes(2)
        return b"\1\3", text, [str(at) for at in range(first, first + count)]

    def _bits(self, table: str, first: int, count: int) -> tuple[bytes, bytes, list[str]]:
        bit = self._chance.randint(0, 15)
        given = bytes(self._chance.randint(0, 1) for _ in range(count))
        text = struct.pack(">BHBH", BITS[table], first, bit, count) + given
        begin = first * 16 + bit
        return b"\1\2", text, [f"{at // 16} {at // 16}.{at % 16}" for at in range(begin, begin + count)]

    @staticmethod
    def _values(table: str, places: Sequence[str]) -> list[Value]:
        words = fins_plc.MEMORY[table]
        found: list[Value] = []
        for place in places:
            word, _, bit = place.rpartition(" ")[2].partition(".")
            found.append(words[int(word)] >> int(bit) & 1 if bit else words[int(word)])
        return found
