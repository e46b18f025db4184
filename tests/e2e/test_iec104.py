"""A real control centre reaches a real IEC 104 station through broker and agent, and may do what both sides give."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Self

import c104
import pytest

from tests.e2e.asking import passes_once_after_a_yes
from tests.e2e.plant import Plant, patience
from tests.integration.guards.iec104 import NEGATIVE, STATION, Centre, Device, centre, device, explained, until
from tests.unit.guards.iec104.traffic import START, STARTED, caused
from tests.unit.guards.iec104.wire import asdu, numbered

pytestmark = [pytest.mark.e2e, pytest.mark.integration, pytest.mark.asyncio(loop_scope="session")]
EVERYTHING = "tiers: [read, operate, program]"
ACTIVATION_REFUSED = (c104.Cot.ACTIVATION_CON, True, 9)
"""Cause, P/N and the originator, as c104 reads them in an answer."""
STOPDT_ACT = bytes.fromhex("680413000000")


@asynccontextmanager
async def engineer(plant: Plant, asset: str) -> AsyncIterator[Centre]:
    """A control centre at the engineer's end of a session, with its link started."""
    async with plant.tunnel(asset) as tunnel, centre(tunnel.port) as control:
        yield control


class Link:
    """A link of a client that says frames and reads frames, and has one question open at a time."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer
        self._sent = self._received = 0

    @classmethod
    async def started(cls, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> Self:
        """Start the link."""
        writer.write(START)
        assert await reader.readexactly(6) == STARTED
        return cls(reader, writer)

    async def ask(self, command: bytes) -> bytes:
        """Send an ASDU; return the next one of its type."""
        self._writer.write(numbered(command, self._sent, self._received))
        self._sent += 1
        while (answer := await self._next())[0] != command[0]:
            pass
        return answer

    async def _next(self) -> bytes:
        while True:
            start, length = await self._reader.readexactly(2)
            frame = await self._reader.readexactly(length)
            assert start == 0x68
            if not frame[0] & 1:
                self._received += 1
                return frame[4:]


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
            assert [explained(each) for each in control.answers if each[2] & NEGATIVE] == [
                (c104.Type.C_SC_NA_1, *ACTIVATION_REFUSED),
                (c104.Type.C_SE_NC_1, *ACTIVATION_REFUSED),
                (c104.Type.C_CS_NA_1, *ACTIVATION_REFUSED),
            ]
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


async def test_a_refusal_is_the_very_command_with_the_cause_that_says_why_and_the_next_request_passes(
    plant: Plant,
) -> None:
    """By a client that reads frames, since no other can be made to say all of this."""
    on, off, outside = (
        asdu(45, (at, value), station=STATION) for at, value in ((4001, b"\1"), (4001, b"\0"), (4002, b"\1"))
    )
    clock, everything = asdu(103, (0, bytes(7)), station=STATION), asdu(100, (0, b"\x14"), station=STATION)
    refused = [
        (clock, 7),
        (off, 7),
        (caused(off, 8), 9),
        (asdu(200, (1, b"x"), station=STATION), 44),
        (caused(on, 3), 45),
        (asdu(45, (4001, b"\1"), station=STATION + 1), 46),
        (outside, 47),
    ]
    allow = "tiers: [read], units: [47], writes: [{table: single_command, addresses: '4001', min: 1}]"
    async with device() as station:
        asset = await plant.add_guarded("iec104-why", "iec104", station.port, ceiling=EVERYTHING, allow=allow)
        async with plant.tunnel(asset) as tunnel, patience():
            link = await Link.started(*await tunnel.connect())
            for command, cause in refused:
                assert await link.ask(command) == caused(command, cause | NEGATIVE), cause
            assert await link.ask(on) == caused(on, 7)
            assert await link.ask(everything) == caused(everything, 7)
        assert (station.commands, heard(station)) == ([(4001, 1)], [45, 100])


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
            assert explained(control.answers[-1]) == (c104.Type.C_SC_NA_1, *ACTIVATION_REFUSED)
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


async def test_what_programs_a_station_is_asked_for_first_and_passes_once(plant: Plant) -> None:
    """By the frame client too: a control centre's clock command has another time each time it is said."""
    clock = asdu(103, (0, bytes(7)), station=STATION)
    async with device() as station:
        asset = await plant.add_guarded(
            "iec104-ask", "iec104", station.port, ceiling=EVERYTHING, allow="tiers: [read], ask: [program]"
        )
        async with plant.tunnel(asset) as tunnel, patience():
            link = await Link.started(*await tunnel.connect())

            async def set_clock() -> bool:
                answer = await link.ask(clock)
                assert answer in {caused(clock, 7), caused(clock, 7 | NEGATIVE)}
                return answer == caused(clock, 7)

            await passes_once_after_a_yes(plant, asset, "clock_synchronization", set_clock)
    assert heard(station) == [103]
