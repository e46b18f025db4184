"""A real BACnet workstation reaches a real controller over UDP, and may do what policy and ceiling both give."""

import pytest

from tests.e2e.plant import Plant
from tests.integration.guards.bacnet_devices import controller, workstation

pytestmark = [pytest.mark.e2e, pytest.mark.integration, pytest.mark.asyncio(loop_scope="session")]
EVERYTHING = "tiers: [read, operate, program, firmware], upload: true"
DENIED, WRITE_DENIED = "services: service-request-denied", "property: write-access-denied"


async def test_a_reading_session_reads_and_every_write_is_refused_inside_the_protocol(plant: Plant) -> None:
    async with controller() as device:
        asset = await plant.add_guarded("bacnet-look", "bacnet", device.port, ceiling=EVERYTHING, allow="tiers: [read]")
        async with plant.datagrams(asset) as tunnel, workstation(tunnel.port) as tool:
            [found] = await tool.who_is()
            assert found.iAmDeviceIdentifier[1] == 7
            assert await tool.read("analog-input,1") == 21.5
            assert await tool.write("analog-value,1", 30) == WRITE_DENIED
            assert await tool.write_many(av1=30) == WRITE_DENIED
            assert await tool.restart() == DENIED
            assert await tool.silence() == DENIED
            assert len(await tool.read_many("analog-value,1", ["present-value", "object-name"])) == 2
    assert (device.value("analog-value,1"), device.restarts, device.silenced) == (20.0, [], [])


async def test_an_operating_session_moves_what_it_was_given_within_its_bounds(plant: Plant) -> None:
    allow = "tiers: [read], writes: [{table: analog_value, addresses: '1', names: [present_value], min: 0, max: 100}]"
    async with controller() as device:
        asset = await plant.add_guarded("bacnet-operate", "bacnet", device.port, ceiling=EVERYTHING, allow=allow)
        async with plant.datagrams(asset) as tunnel, workstation(tunnel.port) as tool:
            assert await tool.write("analog-value,1", 100) is None
            assert await tool.write("analog-value,1", 101) == "property: value-out-of-range"
            assert await tool.write("analog-value,2", 1) == WRITE_DENIED
            assert await tool.write_many(av1=1, av2=1) == WRITE_DENIED
            assert await tool.read("analog-value,1") == 100
    assert (device.value("analog-value,1"), device.value("analog-value,2")) == (100, 20)


async def test_an_engineering_session_restarts_the_device(plant: Plant) -> None:
    async with controller() as device:
        asset = await plant.add_guarded("bacnet-all", "bacnet", device.port, ceiling=EVERYTHING, allow=EVERYTHING)
        async with plant.datagrams(asset) as tunnel, workstation(tunnel.port) as tool:
            assert await tool.silence() is None
            assert await tool.restart() is None
            assert await tool.write("analog-output,1", 40) is None
            assert await tool.write("analog-output,1", None) is None
    assert (len(device.restarts), len(device.silenced), device.value("analog-output,1")) == (1, 1, 5)


async def test_what_the_site_does_not_give_is_refused_whatever_the_policy_says(plant: Plant) -> None:
    async with controller() as device:
        held = "tiers: [read, operate], units: [0]"
        asset = await plant.add_guarded("bacnet-held", "bacnet", device.port, ceiling=held, allow=EVERYTHING)
        async with plant.datagrams(asset) as tunnel, workstation(tunnel.port) as tool:
            assert await tool.restart() == DENIED
            assert await tool.write("analog-value,1", 30) is None
    assert (device.restarts, device.value("analog-value,1")) == ([], 30)


async def test_networks_behind_the_device_are_fenced(plant: Plant) -> None:
    async with controller() as device:
        allow = "tiers: [read], units: [10]"
        asset = await plant.add_guarded("bacnet-fenced", "bacnet", device.port, ceiling=EVERYTHING, allow=allow)
        async with plant.datagrams(asset) as tunnel, workstation(tunnel.port) as tool:
            assert await tool.read("analog-input,1") == DENIED


async def test_who_the_device_is_the_inventory_tells_and_the_device_hears_nothing(plant: Plant) -> None:
    async with controller() as device:
        asked = device.count_who_is()
        asset = await plant.add_guarded(
            "bacnet-known", "bacnet", device.port, ceiling=EVERYTHING, allow="tiers: [read]",
            identity={"instance": 7, "vendor": 15},
        )  # fmt: skip
        async with plant.datagrams(asset) as tunnel, workstation(tunnel.port) as tool:
            [found] = await tool.who_is()
            assert (found.iAmDeviceIdentifier[1], found.vendorID) == (7, 15)
            assert await tool.read("analog-input,1") == 21.5
    assert asked == []
