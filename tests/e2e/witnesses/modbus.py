"""A Modbus PLC (pymodbus) that notes every write with what stood there."""

import random
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

from pymodbus.simulator import DataType, SimData, SimDevice

from tests.e2e.test_tools import modbus
from tests.e2e.witnesses.told import Told, Write, told
from tests.integration.guards.modbus_server import serving

LAST = 199
TABLES = {5: "coils", 15: "coils", 6: "holding", 16: "holding"}


class ModbusWitness:
    """Coils and registers; single and multiple writes."""

    protocol, writes = "modbus", 1000

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
        self._seen: list[list[Told]] = []

    async def _note(
        self, function: int, start: int, address: int, _count: int, held: list[int], given: list[Any] | None
    ) -> None:
        if given is None:
            return
        assert start == 0
        places = range(address, address + len(given))
        is_coil = TABLES[function] == "coils"  # sixteen of them in each of the simulator's words
        before = [held[at // 16] >> at % 16 & 1 if is_coil else held[at] for at in places]
        self._seen.append(told([f"{TABLES[function]} {at}" for at in places], before, [int(each) for each in given]))

    @asynccontextmanager
    async def running(self) -> AsyncIterator[int]:
        """Serve."""
        registers = [SimData(0, count=LAST + 1, values=7, datatype=DataType.REGISTERS)]
        bits = [SimData(0, count=LAST + 1, values=False, datatype=DataType.BITS)]
        device = SimDevice(1, (bits, bits, registers, registers), action=self._note)
        async with serving(device) as port:
            yield port

    @asynccontextmanager
    async def tool(self, port: int) -> AsyncIterator[Write]:
        """Connect a client."""
        async with modbus(port) as client:

            async def write() -> Sequence[Told]:
                chance = self._chance
                count = chance.choice([1, 1, 1, 2, 3, 10])
                first = chance.randint(0, LAST - count + 1)
                if chance.random() < 0.3:
                    bits = [chance.random() < 0.5 for _ in range(count)]
                    answer = await (client.write_coil(first, bits[0], device_id=1) if count == 1
                                    else client.write_coils(first, bits, device_id=1))  # fmt: skip
                else:
                    words = [chance.randint(0, 0xFFFF) for _ in range(count)]
                    answer = await (client.write_register(first, words[0], device_id=1) if count == 1
                                    else client.write_registers(first, words, device_id=1))  # fmt: skip
                assert not answer.isError()
                return self._seen.pop()

            yield write
