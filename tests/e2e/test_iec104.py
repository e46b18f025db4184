"""A real control centre reaches a real IEC 104 station through broker and agent, and may do what both sides give."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import c104
import pytest

from tests.e2e.plant import Plant, patience
from tests.integration.guards.iec104 import STATION, Centre, Device, centre, device, until

pytestmark = [pytest.mark.e2e, pytest.mark.integration, pytest.mark.asyncio(loop_scope="session")]
EVERYTHING = "tiers: [read, operate, program]"
STOPDT_ACT = bytes.fromhex("680413000000")


@asynccontextmanager
async def engineer(plant: Plant, asset: str) -> AsyncIterator[Centre]:
    """A control centre at the engineer's end of a session, with its link started."""
    async with plant.tunnel(asset) as tunnel, centre(tunnel.port) as control:
        yield control


def heard(station: Device) -> list[int]:
    """Return the types of the ASDUs that reached the station."""
    return [frame[6] for frame in station.heard if not frame[2] & 1]


async def test_a_reading_session_reads_and_every_command_is_refused_inside_the_protocol(plant: Plant) -> None:
    async with device() as station:
        asset = await plant.add_guarded(
            "iec104-look", "iec104", station.port, ceiling=EVERYTHING, allow="tiers: [read]"
        )
        async with engineer(plant, asset) as control:
            assert await control.do(control.connection.interrogation, common_address=STATION)
            await until(lambda: control.points["pressure"].value == 12.5)
            assert not await control.send("switch", True)
            assert not await control.send("setpoint", 7.0)
            assert not await control.do(control.connection.clock_sync, common_address=STATION)
            assert control.is_open
            station.points["pressure"].value = 13.0
            station.points["pressure"].transmit(cause=c104.Cot.SPONTANEOUS)
            await until(lambda: control.points["pressure"].value == 13.0)
        assert (station.commands, heard(station)) == ([], [100])


async def test_an_operating_session_moves_what_it_was_given_within_its_bounds(plant: Plant) -> None:
    allow = "tiers: [read], units: [47], writes: [{table: setpoint, addresses: '6001', min: 0, max: 20}]"
    async with device() as station:
        asset = await plant.add_guarded("iec104-operate", "iec104", station.port, ceiling=EVERYTHING, allow=allow)
        async with engineer(plant, asset) as control:
            assert await control.send("setpoint", 12.5)
            assert not await control.send("setpoint", 20.5)
            assert not await control.send("switch", True)
            assert not await control.send("scaled", c104.Int16(1))
            assert await control.send("setpoint", 20.0)
            assert control.is_open
    assert station.commands == [(6001, 12.5), (6001, 20.0)]


async def test_a_programming_session_sets_the_clock(plant: Plant) -> None:
    allow = "tiers: [read, operate, program]"
    async with device() as station:
        asset = await plant.add_guarded("iec104-program", "iec104", station.port, ceiling=EVERYTHING, allow=allow)
        async with engineer(plant, asset) as control:
            assert await control.do(control.connection.clock_sync, common_address=STATION)
            assert await control.send("selected", True)
    assert list(dict.fromkeys(heard(station))) == [103, 45]
    assert station.commands == [(4002, 1)]


async def test_what_the_site_does_not_give_is_refused_whatever_the_policy_says(plant: Plant) -> None:
    async with device() as station:
        asset = await plant.add_guarded(
            "iec104-held", "iec104", station.port, ceiling="tiers: [read]", allow="tiers: [read, operate]"
        )
        async with engineer(plant, asset) as control:
            assert not await control.send("switch", True)
            assert await control.do(control.connection.interrogation, common_address=STATION)
    assert heard(station) == [100]


async def test_the_station_is_told_to_stop_once_when_the_tool_vanishes(plant: Plant) -> None:
    async with device() as station:
        asset = await plant.add_guarded(
            "iec104-leave", "iec104", station.port, ceiling=EVERYTHING, allow="tiers: [read]"
        )
        async with plant.tunnel(asset) as tunnel:
            reader, writer = await tunnel.connect()
            writer.write(bytes.fromhex("680407000000"))
            async with patience():
                assert (await reader.readexactly(6)).hex() == "68040b000000"
            writer.transport.abort()
            await until(lambda: STOPDT_ACT in station.heard)
        await asyncio.to_thread(station.server.stop)
        assert station.heard.count(STOPDT_ACT) == 1
