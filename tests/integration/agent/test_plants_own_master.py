"""A device with few places, which closes its oldest idle connection for a new one: the plant's master keeps its own."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from tests.integration.agent.fake_broker import FakeBroker, FakeUser
from tests.integration.agent.plant import FakeDevice, Plant, read_registers

pytestmark = pytest.mark.integration

PLACES = 4
VISITS = 6
NO_CAP = {"max_connections": 16, "max_connects_per_minute": 600}


class CrowdedDevice(FakeDevice):
    """A Modbus server as the guide for its implementation describes it: when full, the longest idle one has to go."""

    def __init__(self) -> None:
        super().__init__("modbus")
        self._open: list[asyncio.StreamWriter] = []

    async def _meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if len(self._open) >= PLACES:
            self._open.pop(0).close()
        self._open.append(writer)
        try:
            await super()._meet(reader, writer)
        finally:
            if writer in self._open:
                self._open.remove(writer)


@pytest.fixture
async def crowded() -> AsyncIterator[CrowdedDevice]:
    device = CrowdedDevice()
    await device.start()
    yield device
    await device.stop()


async def visit(plant: Plant, broker: FakeBroker, device: FakeDevice, **terms: object) -> list[bytes]:
    """Return what the plant's master is answered before and after streams of vendors came; nothing when it was cut."""
    master = FakeUser(*await asyncio.open_connection("127.0.0.1", device.port))
    answers = [await master.ask(read_registers(1), 13)]
    plant.allow(device.port, protocols=["modbus"], opaque=False, tiers=["read"], **terms)
    async with plant.running():
        link = await broker.link()
        for transaction in range(VISITS):
            await link.say(plant.order(device.port, protocol="modbus"))
            user = await broker.user()
            assert await user.ask(read_registers(transaction), 13)
        try:
            answers.append(await master.ask(read_registers(2), 13))
        except (asyncio.IncompleteReadError, ConnectionError):
            answers.append(b"")
        await master.leave()
    return answers


@pytest.mark.parametrize("family", ["m218", "gateway", "click"])
async def test_many_streams_under_a_familys_cap_leave_the_master_its_connection(
    plant: Plant, broker: FakeBroker, crowded: CrowdedDevice, family: str
) -> None:
    before, after = await visit(plant, broker, crowded, family=family)
    assert (before[7:], after[7:]) == (b"\x03\x04" + bytes(4),) * 2
    assert crowded.connects == 2


async def test_the_same_streams_without_a_cap_would_drive_the_master_out(
    plant: Plant, broker: FakeBroker, crowded: CrowdedDevice
) -> None:
    _, after = await visit(plant, broker, crowded, **NO_CAP)
    assert after == b""
