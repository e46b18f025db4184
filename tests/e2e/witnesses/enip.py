"""A Logix controller (cpppo) that notes every write with what stood there."""

import asyncio
import json
import random
import struct
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager

from cpppo.server.enip.client import connector, parse_operations
from cpppo.server.enip.get_attribute import attribute_operations

from tests.e2e.witnesses.told import Told, Value, Write, told
from tests.integration.guards.controller import noting_controller

PATIENCE_SECONDS = 30.0
LAST = 9
TAGS = ("Speed=INT", "Flow=REAL", f"Levels=DINT[{LAST + 1}]", "Valve@0x93/3/10=INT")


class EnipWitness:
    """Tags, elements, fragments and an attribute. Fewer writes: cpppo, client and server, takes 20 ms for each."""

    protocol, writes = "enip", 300

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
        self._journal: asyncio.StreamReader | None = None

    @asynccontextmanager
    async def running(self) -> AsyncIterator[int]:
        """Serve."""
        async with noting_controller(*TAGS) as (port, self._journal):
            yield port

    @asynccontextmanager
    async def tool(self, port: int) -> AsyncIterator[Write]:
        """Connect a client."""
        client = await asyncio.to_thread(connector, host="127.0.0.1", port=port, timeout=20)

        def work(wish: str, *, fragment: bool) -> None:
            operations: Iterable[object]
            operations = attribute_operations([wish]) if wish[0] == "@" else parse_operations([wish], fragment=fragment)
            with client:
                done = list(client.synchronous(operations=operations, fragment=fragment, timeout=20))
            [(*_, status, _)] = done
            assert status == 0

        async def write() -> Sequence[Told]:
            fragment = self._chance.random() < 0.3
            await asyncio.to_thread(
                work, self._levels(is_fragment=True) if fragment else self._wish(), fragment=fragment
            )
            assert self._journal is not None
            async with asyncio.timeout(PATIENCE_SECONDS):
                name, first, before, after = json.loads(await self._journal.readline())
            return of_tag(name, first, before, after)

        try:
            yield write
        finally:
            client.close()

    def _wish(self) -> str:
        chance = self._chance
        return chance.choice([
            lambda: f"Speed=(INT){chance.randint(-0x8000, 0x7FFF)}",
            lambda: f"Flow=(REAL){chance.uniform(-1e6, 1e6)!r}",
            lambda: f"@0x93/3/10=(INT){chance.randint(-0x8000, 0x7FFF)}",
            lambda: self._levels(is_fragment=False),
        ])()  # fmt: skip

    def _levels(self, *, is_fragment: bool) -> str:
        first = self._chance.randint(0, LAST)
        last = self._chance.randint(first, LAST)
        skipped = self._chance.randint(0, last - first) if is_fragment else 0
        given = ",".join(str(self._chance.randint(-(2**31), 2**31 - 1)) for _ in range(first + skipped, last + 1))
        return f"Levels[{first}-{last}]" + (f"+{4 * skipped}" if skipped else "") + f"=(DINT){given}"


def of_tag(name: str, first: int, before: list[Value], after: list[Value]) -> Sequence[Told]:
    """Say what the controller noted in the words of the change log."""
    if name == "Valve":
        return told(["class147 3 10"], [raw(before)], [raw(after)])
    if name != "Levels":
        return told([f"tag {name}"], before, after)
    return told([f"tag {name}[{first + at}]" for at in range(len(before))], before, after)


def raw(values: Sequence[Value]) -> str:
    """Attributes have no types in messages."""
    return struct.pack("<h", *values).hex()
