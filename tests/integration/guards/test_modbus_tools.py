"""Real Modbus tools and a real Modbus server, with the guard between them."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from pymodbus.client import AsyncModbusTcpClient
from pymodbus.simulator import DataType, SimData, SimDevice

from guards.effects import Verdict
from guards.modbus.tables import Table
from policies.rules import AddressRange, ObjectRule, Rules, Tier
from tests.integration.guards.modbus_server import serving
from tests.integration.guards.wire import GuardedPort, guarded

pytestmark = pytest.mark.integration
READ_ONLY = Rules(tiers=frozenset({Tier.READ}), units=frozenset({1}))
needs_mbpoll = pytest.mark.skipif(shutil.which("mbpoll") is None, reason="mbpoll is not installed")


@asynccontextmanager
async def device() -> AsyncIterator[int]:
    """Run a PLC with units 1 and 2, whose holding registers 0 to 199 hold 42; yield its port."""
    registers = SimData(0, count=200, values=42, datatype=DataType.REGISTERS)
    async with serving(SimDevice(1, [registers]), SimDevice(2, [registers])) as port:
        yield port


@asynccontextmanager
async def plant(rules: Rules) -> AsyncIterator[tuple[AsyncModbusTcpClient, GuardedPort]]:
    """Run the device, a guarded port before it, and a connected client."""
    async with device() as device_port, guarded(rules, device_port) as port:
        client = AsyncModbusTcpClient("127.0.0.1", port=port.port, timeout=5, retries=0)
        assert await client.connect()
        try:
            yield client, port
        finally:
            client.close()


async def test_a_read_passes() -> None:
    async with plant(READ_ONLY) as (client, port):
        answer = await client.read_holding_registers(10, count=3, device_id=1)
        assert answer.registers == [42, 42, 42]
        assert [operation.values for operation in port.operations] == [(), (42, 42, 42)]


async def test_a_write_is_refused_with_exception_1_and_the_client_stays_connected() -> None:
    async with plant(READ_ONLY) as (client, port):
        refused = await client.write_register(10, 7, device_id=1)
        assert (refused.isError(), refused.exception_code) == (True, 1)
        assert (await client.read_holding_registers(10, device_id=1)).registers == [42]
        assert port.operations[0].verdict is Verdict.DENIED


async def test_a_write_within_its_range_and_bounds_reaches_the_device_and_others_do_not() -> None:
    writes = (ObjectRule(table=Table.HOLDING, addresses=(AddressRange(first=10, last=19),), maximum=100),)
    async with plant(Rules(tiers=frozenset({Tier.READ, Tier.OPERATE}), writes=writes)) as (client, _):
        assert not (await client.write_register(10, 100, device_id=1)).isError()
        assert (await client.write_register(10, 101, device_id=1)).exception_code == 3
        assert (await client.write_registers(19, [1, 2], device_id=1)).exception_code == 2
        assert (await client.read_holding_registers(10, device_id=1)).registers == [100]
        assert (await client.read_holding_registers(19, count=2, device_id=1)).registers == [42, 42]


async def test_the_other_unit_behind_the_gateway_is_refused_with_exception_10() -> None:
    async with plant(READ_ONLY) as (client, _):
        assert (await client.read_holding_registers(0, device_id=2)).exception_code == 10


async def test_a_silent_device_is_answered_for_with_exception_11() -> None:
    ended = asyncio.Event()

    async def swallow(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()
        await writer.wait_closed()
        ended.set()

    silent = await asyncio.start_server(swallow, "127.0.0.1", 0)
    async with silent, guarded(READ_ONLY, silent.sockets[0].getsockname()[1], device_timeout_seconds=0.05) as port:
        client = AsyncModbusTcpClient("127.0.0.1", port=port.port, timeout=5, retries=0)
        assert await client.connect()
        assert (await client.read_holding_registers(0, device_id=1)).exception_code == 11
        client.close()
    async with asyncio.timeout(5):
        await ended.wait()


async def mbpoll(port: int, *arguments: str) -> tuple[int | None, str]:
    """Run mbpoll once against a loopback port; return its exit code and all that it printed."""
    command = ["mbpoll", "-1", "-0", "-o", "10", "-a", "1", "-t", "4", "-p", str(port), "127.0.0.1", *arguments]
    process = await asyncio.create_subprocess_exec(
        *command, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
    )
    async with asyncio.timeout(15):
        printed, _ = await process.communicate()
    return process.returncode, printed.decode()


@needs_mbpoll
async def test_mbpoll_prints_through_the_guard_what_it_prints_directly() -> None:
    async with device() as device_port, guarded(READ_ONLY, device_port) as port:
        direct = await mbpoll(device_port, "-r", "5", "-c", "4")
        through = await mbpoll(port.port, "-r", "5", "-c", "4")
        assert through[0] == direct[0] == 0
        assert through[1].replace(str(port.port), "") == direct[1].replace(str(device_port), "")
        assert "42" in through[1]


@needs_mbpoll
async def test_mbpoll_is_told_that_a_write_is_an_illegal_function() -> None:
    async with device() as device_port, guarded(READ_ONLY, device_port) as port:
        code, printed = await mbpoll(port.port, "-r", "5", "7")
        assert code != 0
        assert "Illegal function" in printed
        assert "42" in (await mbpoll(port.port, "-r", "5"))[1]
