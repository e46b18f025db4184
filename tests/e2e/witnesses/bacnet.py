"""A BACnet controller (bacpypes3) whose points this test looks into."""

import random
import struct
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from tests.e2e.witnesses.told import Told, Write, told
from tests.integration.guards.bacnet_devices import Controller, controller, workstation

SET_POINTS = ("analog-value,1", "analog-value,2")
POINTS = (*SET_POINTS, "analog-output,1")


class BacnetWitness:
    """Set-points, one or both in a write, and an output that is commanded at one priority."""

    protocol, writes = "bacnet", 1000

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
        self._device: Controller | None = None

    @asynccontextmanager
    async def running(self) -> AsyncIterator[int]:
        """Serve."""
        async with controller() as self._device:
            yield self._device.port

    @asynccontextmanager
    async def tool(self, port: int) -> AsyncIterator[Write]:
        """Set up a workstation."""
        device = self._device
        assert device is not None
        async with workstation(port) as station:

            async def write() -> Sequence[Told]:
                points = SET_POINTS if self._chance.random() < 0.3 else (self._chance.choice(POINTS),)
                given = [self._real() for _ in points]
                before = [device.value(point) for point in points]
                if points == SET_POINTS:
                    refusal = await station.write_many(av1=given[0], av2=given[1])
                else:
                    refusal = await station.write(points[0], given[0])
                assert refusal is None
                names = [f"{point.replace('-', '_').replace(',', ' ')} present_value" for point in points]
                return told(names, before, [device.value(point) for point in points])

            yield write

    def _real(self) -> float:
        return float(struct.unpack("<f", struct.pack("<f", self._chance.uniform(-1e6, 1e6)))[0])
