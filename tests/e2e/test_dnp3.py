"""A real DNP3 master reaches a real outstation through broker and agent, and may do what policy and ceiling give."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import opendnp3
import pytest

from tests.e2e.plant import Plant
from tests.integration.guards.dnp3_stack import Master, Outstation, Report, master, outstation

pytestmark = [pytest.mark.e2e, pytest.mark.integration, pytest.mark.asyncio(loop_scope="session")]
EVERYTHING = "tiers: [read, operate, program]"
REFUSED, DONE = ("SUCCESS", "NOT_AUTHORIZED"), ("SUCCESS", "SUCCESS")
COLD_RESTART = opendnp3.FunctionCode.COLD_RESTART
NO_SUCH_FUNCTION, OBJECT_UNKNOWN = 1, 2
"""Second byte of the indications (IIN2.0, IIN2.1)."""
NOON = 1_800_000_000_000
COUNTERS = opendnp3.Header.AllObjects(20, 0)
CLOSE = opendnp3.ControlRelayOutputBlock()


@asynccontextmanager
async def engineer(plant: Plant, asset: str) -> AsyncIterator[Master]:
    """A connected master at the engineer's end of a session."""
    async with plant.tunnel(asset) as tunnel, master(tunnel.port, starts_up=False) as tool:
        yield tool


def commanded(device: Outstation) -> list[Report]:
    return [report for report in device.reports.all() if report[0] in {"select", "operate"}]


async def test_a_reading_session_reads_and_every_command_is_refused_inside_the_protocol(plant: Plant) -> None:
    async with outstation() as device:
        device.set((opendnp3.Analog(42.0), 1))
        asset = await plant.add_guarded("dnp3-look", "dnp3", device.port, ceiling=EVERYTHING, allow="tiers: [read]")
        async with engineer(plant, asset) as tool:
            assert await tool.read("Analog", 1) == 42.0
            assert await tool.command("DirectOperate", CLOSE, 2) == REFUSED
            assert await tool.command("SelectAndOperate", CLOSE, 2) == ("SELECT_FAIL", "NOT_AUTHORIZED")
            assert await tool.perform(COLD_RESTART) == "FAILURE_BAD_RESPONSE"
            assert await tool.indicated() == NO_SUCH_FUNCTION
            assert await tool.read("Analog", 1) == 42.0
            assert [report for report in device.reports.all() if report != ("OPENING",)] == [("OPEN",)]


async def test_an_operating_session_moves_what_it_was_given_within_its_bounds(plant: Plant) -> None:
    allow = "tiers: [read], units: [10], writes: [{table: analog_output, addresses: '0', min: 0, max: 1000}]"
    async with outstation() as device:
        asset = await plant.add_guarded("dnp3-operate", "dnp3", device.port, ceiling=EVERYTHING, allow=allow)
        async with engineer(plant, asset) as tool:
            assert await tool.command("SelectAndOperate", opendnp3.AnalogOutputInt16(1000), 0) == DONE
            assert await tool.command("DirectOperate", opendnp3.AnalogOutputInt16(1001), 0) == (
                "SUCCESS",
                "OUT_OF_RANGE",
            )
            assert await tool.command("DirectOperate", opendnp3.AnalogOutputInt16(1), 1) == REFUSED
            assert await tool.command("DirectOperate", CLOSE, 0) == REFUSED
            assert await tool.perform(opendnp3.FunctionCode.IMMED_FREEZE, COUNTERS) == "FAILURE_BAD_RESPONSE"
            assert await tool.indicated() == OBJECT_UNKNOWN
            assert await tool.read("AnalogOutputStatus", 0) == 1000.0
        assert commanded(device) == [("select", 0, 1000), ("operate", 0, 1000)]


async def test_a_programming_session_sets_the_clock_and_assigns_classes_and_one_that_may_not_program_does_not(
    plant: Plant,
) -> None:
    clock = opendnp3.Header.Raw(bytes.fromhex("32010701") + NOON.to_bytes(6, "little"))
    classes = opendnp3.Header.From(opendnp3.PointClass.Class2), opendnp3.Header.Range8(30, 0, 1, 2)
    async with outstation() as device:

        async def programs(asset: str) -> list[str]:
            async with engineer(plant, asset) as tool:
                done = [
                    await tool.perform(opendnp3.FunctionCode.WRITE, clock),
                    await tool.perform(opendnp3.FunctionCode.ASSIGN_CLASS, *classes),
                ]
                assert await tool.read("Analog", 1) == 0
                return done

        operating = await plant.add_guarded(
            "dnp3-no-program", "dnp3", device.port, ceiling=EVERYTHING, allow="tiers: [read, operate]"
        )
        assert await programs(operating) == ["FAILURE_BAD_RESPONSE"] * 2
        assert (device.site.clock, device.site.assigned) == ([], [])
        programming = await plant.add_guarded(
            "dnp3-program", "dnp3", device.port, ceiling=EVERYTHING, allow="tiers: [read, operate, program]"
        )
        assert await programs(programming) == ["SUCCESS"] * 2
        assert (device.site.clock, device.site.assigned) == ([NOON], [("AnalogInput", "Class2", 1, 2)])


async def test_what_the_site_does_not_give_is_refused_whatever_the_policy_says(plant: Plant) -> None:
    allow = "tiers: [read, operate, program]"
    async with outstation() as device:
        asset = await plant.add_guarded(
            "dnp3-held", "dnp3", device.port, ceiling="tiers: [read, operate], units: [10, 12]", allow=allow
        )
        async with engineer(plant, asset) as tool:
            assert await tool.perform(opendnp3.FunctionCode.INITIALIZE_DATA) == "FAILURE_BAD_RESPONSE"
            assert await tool.indicated() == NO_SUCH_FUNCTION
            assert await tool.command("DirectOperate", CLOSE, 2) == DONE
        assert commanded(device) == [("operate", 2, "LATCH_ON")]


async def test_another_outstation_than_the_one_that_was_given_is_not_reached(plant: Plant) -> None:
    async with outstation() as device:
        asset = await plant.add_guarded(
            "dnp3-other", "dnp3", device.port, ceiling=EVERYTHING, allow="tiers: [read, operate], units: [11]"
        )
        async with engineer(plant, asset) as tool:
            assert await tool.command("DirectOperate", CLOSE, 2) == REFUSED
            assert await tool.poll() == {}
            assert await tool.indicated() == NO_SUCH_FUNCTION
        assert commanded(device) == []
