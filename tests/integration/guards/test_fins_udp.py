"""The fins client over UDP and a simulated PLC as a process, with the guard between them."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from fins import FinsPLCMemoryAreas

from guards.effects import Verdict
from policies.rules import Rules, Tier
from tests.integration.guards.datagram_wire import GuardedDatagrams, guarded_datagrams
from tests.integration.guards.fins_udp_tool import FinsUdpTool
from tests.simulators.running import simulator

pytestmark = pytest.mark.integration
DM = FinsPLCMemoryAreas().DATA_MEMORY_WORD
READ_ONLY = Rules(tiers=frozenset({Tier.READ}), routes=frozenset({"0.10.0"}))
OPERATING = Rules.model_validate(
    {
        "tiers": {"read", "operate"},
        "writes": [{"table": "dm", "addresses": [{"first": 100, "last": 109}], "maximum": 1000}],
    }
)
ENGINEERING = Rules(tiers=frozenset({Tier.READ, Tier.OPERATE, Tier.PROGRAM}), upload=True)


@asynccontextmanager
async def plant(
    rules: Rules, device_timeout_seconds: float = 30.0
) -> AsyncIterator[tuple[FinsUdpTool, FinsUdpTool, GuardedDatagrams]]:
    """Run a PLC and a guarded port before it; yield a tool behind the guard and one at the PLC itself."""
    async with (
        simulator("fins_plc", "udp") as port,
        guarded_datagrams("fins-udp", rules, port, device_timeout_seconds) as guarded,
    ):
        with FinsUdpTool(guarded.port) as tool, FinsUdpTool(port) as direct:
            yield tool, direct, guarded


async def test_reads_pass_and_everything_else_is_refused_and_the_client_goes_on() -> None:
    async with plant(READ_ONLY) as (tool, direct, port):
        assert await direct.do("memory_area_write", DM, b"\0\x64\0", b"\0\x2a", 1) == (0, b"")
        assert await tool.do("memory_area_read", DM, b"\0\x64\0", 1) == (0, b"\0\x2a")
        assert (await tool.do("cpu_unit_status_read"))[0] == 0
        assert (await tool.do("memory_area_write", DM, b"\0\x64\0", b"\0\x07", 1))[0] == 0x2102
        assert (await tool.do("change_to_program_mode"))[0] == 0x2607
        assert (await tool.send(0x0306, bytes(8)))[0] == 0x2002
        assert (await tool.send(0x9999))[0] == 0x0401
        assert (await tool.send(0x0101, b"\x55"))[0] == 0x1004
        assert await tool.do("memory_area_read", DM, b"\0\x64\0", 1) == (0, b"\0\x2a")
        assert (await direct.send(0x0601))[1][:2] == b"\1\4"
        reached = {op.function for op in port.operations if op.verdict is Verdict.ALLOWED and not op.is_response}
        assert reached == {"memory_area_read", "controller_status_read"}
        assert {op.route for op in port.operations} == {"0.10.0"}


async def test_a_write_within_its_bounds_is_seen_in_the_plc_and_others_are_not() -> None:
    async with plant(OPERATING) as (tool, direct, _):
        assert await tool.do("memory_area_write", DM, b"\0\x64\0", b"\x03\xe8", 1) == (0, b"")
        assert (await tool.do("memory_area_write", DM, b"\0\x64\0", b"\x03\xe9", 1))[0] == 0x2108
        assert (await tool.do("memory_area_write", DM, b"\0\x6e\0", b"\0\1", 1))[0] == 0x2101
        assert await direct.do("memory_area_read", DM, b"\0\x64\0", 1) == (0, b"\x03\xe8")
        assert await direct.do("memory_area_read", DM, b"\0\x6e\0", 1) == (0, b"\0\0")


async def test_an_engineer_stops_the_plc_and_another_node_is_not_reached() -> None:
    async with plant(ENGINEERING) as (tool, direct, _):
        assert await tool.do("change_to_program_mode") == (0, b"")
        assert (await direct.send(0x0601))[1][:2] == b"\0\0"
    async with plant(READ_ONLY) as (tool, _, port):
        tool.client.dest_node_add = 11
        assert (await tool.do("memory_area_read", DM, b"\0\x64\0", 1))[0] == 0x0501
        assert port.operations[-1].route == "0.11.0"


async def test_what_was_lost_on_the_way_is_asked_again_and_gets_through() -> None:
    async with plant(READ_ONLY) as (tool, _, port):
        port.drop_next = 1
        asked = tool.frame(0x0101, DM + b"\0\x64\0\0\1")
        tool.client.fins_socket.sendto(asked, ("127.0.0.1", port.port))
        assert await tool.send(0x0101, DM + b"\0\x64\0\0\1") == (0, b"\0\0")
        assert [op.verdict for op in port.operations] == [Verdict.ALLOWED] * 3


async def test_a_plc_that_is_silent_is_answered_for() -> None:
    async with plant(READ_ONLY, device_timeout_seconds=0.1) as (tool, _, port):
        port.drop_next = 1
        assert (await tool.do("memory_area_read", DM, b"\0\x64\0", 1))[0] == 0x0205
        async with asyncio.timeout(20):
            while (await tool.do("memory_area_read", DM, b"\0\x64\0", 1))[0] != 0:  # its late answer might come yet
                pass
