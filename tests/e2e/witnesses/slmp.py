"""A MELSEC station (the simulator, in this process) whose memory this test looks into."""

import asyncio
import random
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

from pymcprotocol import Type3E, Type4E

from tests.e2e.witnesses.told import Told, Write, told
from tests.simulators import slmp_plc
from tests.simulators.serving import serving

LAST = 99
Wish = tuple[str, tuple[Any, ...], list[tuple[str, int]]]
"""A call of the client, and the devices that it writes."""


class SlmpWitness:
    """Words, bits, words of bits, and words and double words here and there, in frames with serial numbers."""

    protocol, writes = "slmp", 1000
    frame: type[Type3E] = Type4E

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance

    @asynccontextmanager
    async def running(self) -> AsyncIterator[int]:
        """Serve."""
        async with serving(slmp_plc.read, slmp_plc.answer) as port:
            yield port

    @asynccontextmanager
    async def tool(self, port: int) -> AsyncIterator[Write]:
        """Connect a client."""
        client = self.frame()
        client.setaccessopt(timer_sec=20)
        await asyncio.to_thread(client.connect, "127.0.0.1", port)

        async def write() -> Sequence[Told]:
            name, arguments, places = self._chance.choice(
                [self._words, self._bits, self._bits_by_words, self._spread]
            )()
            before = [slmp_plc.MEMORY[table][at] for table, at in places]
            await asyncio.to_thread(getattr(client, name), *arguments)
            after = [slmp_plc.MEMORY[table][at] for table, at in places]
            return told([f"{table.lower()} {at}" for table, at in places], before, after)

        try:
            yield write
        finally:
            client.close()

    def _span(self) -> range:
        first = self._chance.randint(0, LAST)
        return range(first, self._chance.randint(first, min(first + 9, LAST)) + 1)

    def _word(self) -> int:
        return self._chance.randint(-0x8000, 0x7FFF)

    def _words(self) -> Wish:
        table, span = self._chance.choice("DWR"), self._span()
        given = [self._word() for _ in span]
        return "batchwrite_wordunits", (named(table, span[0]), given), [(table, at) for at in span]

    def _bits(self) -> Wish:
        table, span = self._chance.choice("MXY"), self._span()
        given = [self._chance.randint(0, 1) for _ in span]
        return "batchwrite_bitunits", (named(table, span[0]), given), [(table, at) for at in span]

    def _bits_by_words(self) -> Wish:
        first, count = 16 * self._chance.randint(0, 5), self._chance.randint(1, 2)
        given = [self._word() for _ in range(count)]
        return "batchwrite_wordunits", (f"M{first}", given), [("M", at) for at in range(first, first + 16 * count)]

    def _spread(self) -> Wish:
        chosen = self._chance.sample(range(0, LAST, 2), self._chance.randint(1, 5))
        split = self._chance.randint(0, len(chosen))
        words, doubles = chosen[:split], chosen[split:]
        given = [[self._word() for _ in words], [self._chance.randint(-(2**31), 2**31 - 1) for _ in doubles]]
        arguments = ([f"D{at}" for at in words], given[0], [f"R{at}" for at in doubles], given[1])
        places = [("D", at) for at in words] + [("R", at + more) for at in doubles for more in (0, 1)]
        return "randomwrite", arguments, places


class SlmpWithoutSerialsWitness(SlmpWitness):
    """The same in frames whose answers are known by their turn."""

    frame = Type3E


def named(table: str, at: int) -> str:
    """A device as the client writes it."""
    return f"{table}0{at:X}" if table in slmp_plc.HEXADECIMAL else f"{table}{at}"
