"""The fins client and a simulated PLC as a process, with the guard between them."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from fins import FinsPLCMemoryAreas, FinsResponseFrame
from fins.tcp import TCPFinsConnection

from guards.effects import Verdict
from policies.rules import Rules, Tier
from tests.integration.guards.wire import GuardedPort, guarded
from tests.simulators.running import simulator

pytestmark = pytest.mark.integration
AREAS = FinsPLCMemoryAreas()
DM, DM_BIT, CIO = AREAS.DATA_MEMORY_WORD, AREAS.DATA_MEMORY_BIT, AREAS.CIO_WORD
READ_ONLY = Rules(tiers=frozenset({Tier.READ}), routes=frozenset({"0.10.0"}))
OPERATING = Rules.model_validate(
    {
        "tiers": {"read", "operate"},
        "writes": [{"table": "dm", "addresses": [{"first": 100, "last": 109}], "maximum": 1000}],
    }
)
READING = Rules(tiers=frozenset({Tier.READ, Tier.OPERATE}), read_before_write=True)
ENGINEERING = Rules(tiers=frozenset({Tier.READ, Tier.OPERATE, Tier.PROGRAM}), upload=True)


class Tool:
    """A connected client; ``do`` calls it in a thread and returns end code and data."""

    def __init__(self) -> None:
        self.client = TCPFinsConnection()

    async def connect(self, port: int) -> None:
        async with asyncio.timeout(30):
            await asyncio.to_thread(self.client.connect, "127.0.0.1", port)

    async def do(self, name: str, *arguments: object) -> tuple[int, bytes]:
        async with asyncio.timeout(30):
            frame = FinsResponseFrame()
            frame.from_bytes(await asyncio.to_thread(getattr(self.client, name), *arguments))
        return int.from_bytes(frame.end_code, "big"), frame.text

    async def send(self, command: int, text: bytes = b"") -> tuple[int, bytes]:
        return await self.do(
            "execute_fins_command_frame", self.client.fins_command_frame(command.to_bytes(2, "big"), text)
        )

    def close(self) -> None:
        self.client.fins_socket.close()


@asynccontextmanager
async def plant(rules: Rules) -> AsyncIterator[tuple[Tool, Tool, GuardedPort]]:
    """Run a PLC and a guarded port before it; yield a tool behind the guard and one at the PLC itself."""
    tool, direct = Tool(), Tool()
    async with simulator("fins_plc") as port, guarded(rules, port, protocol="fins") as guarded_port:
        try:
            await direct.connect(port)
            await tool.connect(guarded_port.port)
            yield tool, direct, guarded_port
        finally:
            tool.close()
            direct.close()


async def test_reads_pass_and_everything_else_is_refused_and_the_client_goes_on() -> None:
    async with plant(READ_ONLY) as (tool, direct, port):
        assert await direct.do("memory_area_write", DM, b"\0\x64\0", b"\0\x2a", 1) == (0, b"")
        assert await tool.do("memory_area_read", DM, b"\0\x64\0", 1) == (0, b"\0\x2a")
        assert (await tool.do("cpu_unit_status_read"))[0] == 0
        assert (await tool.do("memory_area_write", DM, b"\0\x64\0", b"\0\x07", 1))[0] == 0x2102
        assert (await tool.send(0x0103, DM + b"\0\x64\0\0\1\0\7"))[0] == 0x2102
        assert (await tool.do("change_to_program_mode"))[0] == 0x2607
        assert (await tool.send(0x0306, bytes(8)))[0] == 0x2002
        assert (await tool.send(0x9999))[0] == 0x0401
        assert (await tool.send(0x0101, b"\x55"))[0] == 0x1004
        assert await tool.do("memory_area_read", DM, b"\0\x64\0", 1) == (0, b"\0\x2a")
        assert (await direct.send(0x0601))[1][:2] == b"\1\4"
        reached = {op.function for op in port.operations if op.verdict is Verdict.ALLOWED and not op.is_response}
        assert reached == {"node_address_request", "memory_area_read", "controller_status_read"}
        assert {op.route for op in port.operations if op.transaction is not None} == {"0.10.0"}


async def test_a_write_within_its_bounds_is_seen_in_the_plc_and_others_are_not() -> None:
    async with plant(OPERATING) as (tool, direct, _):
        assert await tool.do("memory_area_write", DM, b"\0\x64\0", b"\x03\xe8", 1) == (0, b"")
        assert (await tool.do("memory_area_write", DM, b"\0\x64\0", b"\x03\xe9", 1))[0] == 0x2108
        assert (await tool.do("memory_area_write", DM, b"\0\x6e\0", b"\0\1", 1))[0] == 0x2101
        assert (await tool.do("memory_area_write", DM_BIT, b"\0\x64\x0f", b"\1", 1))[0] == 0x2108
        assert (await tool.do("memory_area_write", CIO, b"\0\x64\0", b"\0\1", 1))[0] == 0x2101
        assert await direct.do("memory_area_read", DM, b"\0\x64\0", 1) == (0, b"\x03\xe8")
        assert await direct.do("memory_area_read", DM, b"\0\x6e\0", 1) == (0, b"\0\0")


async def test_an_engineer_stops_the_plc_and_reads_its_program_out() -> None:
    async with plant(ENGINEERING) as (tool, direct, _):
        assert await tool.do("change_to_program_mode") == (0, b"")
        assert (await direct.send(0x0601))[1][:2] == b"\0\0"
        assert (await tool.send(0x0306, bytes(8)))[1].endswith(b"\xde\xad\xbe\xef")


async def test_another_node_is_not_reached() -> None:
    async with plant(READ_ONLY) as (tool, _, port):
        tool.client.dest_node_add = 11
        assert (await tool.do("memory_area_read", DM, b"\0\x64\0", 1))[0] == 0x0501
        assert port.operations[-1].route == "0.11.0"


async def test_the_guard_reads_before_a_write_and_the_client_does_not_notice() -> None:
    async with plant(READING) as (tool, direct, port):
        assert await direct.do("memory_area_write", DM, b"\0\x64\0", b"\0\x2a\0\x2b", 2) == (0, b"")
        for value in (b"\0\1\0\2", b"\0\3\0\4"):
            assert await tool.do("memory_area_write", DM, b"\0\x64\0", value, 2) == (0, b"")
        assert await tool.do("memory_area_read", DM, b"\0\x64\0", 2) == (0, b"\0\3\0\4")
    writes = [one for one in port.operations if one.function == "memory_area_write" and not one.is_response]
    assert [(one.before, one.values) for one in writes] == [((42, 43), (1, 2)), ((1, 2), (3, 4))]
    assert all(one.is_before_read for one in writes)
