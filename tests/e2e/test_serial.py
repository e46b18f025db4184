"""Real Modbus tools reach a serial line, or a device that bears one connection, through the whole chain."""

import asyncio
import shutil
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from pymodbus.client import AsyncModbusSerialClient, AsyncModbusTcpClient
from pymodbus.framer import FramerType

from tests.e2e.devices import Call, Device, ModbusAnswers
from tests.e2e.plant import Plant, patience
from tests.serial_line import HAS_SOCAT, cable, rtu_server

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.integration,
    pytest.mark.asyncio(loop_scope="session"),
]
needs_socat = pytest.mark.skipif(not HAS_SOCAT, reason="socat is not installed")
needs_mbpoll = pytest.mark.skipif(shutil.which("mbpoll") is None, reason="mbpoll is not installed")


@asynccontextmanager
async def line() -> AsyncIterator[tuple[str, asyncio.subprocess.Process]]:
    """A line with a device of two units; yield the agent's end, and the cable."""
    with tempfile.TemporaryDirectory(prefix="wicketgate-line-") as folder:
        async with cable(Path(folder)) as (ours, theirs, joined), rtu_server(theirs):
            yield ours, joined


@asynccontextmanager
async def tool(port: int) -> AsyncIterator[AsyncModbusTcpClient]:
    client = AsyncModbusTcpClient("127.0.0.1", port=port, timeout=20, retries=0)
    assert await client.connect()
    try:
        yield client
    finally:
        client.close()


async def mbpoll(*arguments: str) -> list[str]:
    """Run mbpoll once; return the registers that it printed."""
    process = await asyncio.create_subprocess_exec(
        "mbpoll", "-1", "-0", "-o", "5", *arguments, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
    )
    async with patience():
        printed, _ = await process.communicate()
    return [row for row in printed.decode().splitlines() if row.startswith("[")]


@needs_socat
async def test_a_tool_sees_through_the_chain_what_it_sees_on_the_line(plant: Plant) -> None:
    async with line() as (device, _):
        direct = AsyncModbusSerialClient(device, framer=FramerType.RTU, baudrate=115200, timeout=5, retries=0)
        assert await direct.connect()
        seen = [(await direct.read_holding_registers(5, count=50, device_id=unit)).registers for unit in (1, 2)]
        direct.close()
        asset = await plant.add_serial("rtu-look", device, ceiling="tiers: [read, operate]", allow="tiers: [read]")
        async with plant.tunnel(asset) as tunnel, tool(tunnel.port) as client:
            for unit in (1, 2):
                answer = await client.read_holding_registers(5, count=50, device_id=unit)
                assert answer.registers == seen[unit - 1] == [100 * unit] * 50
            refused = await client.write_register(5, 7, device_id=1)
            assert refused.exception_code == 1
            assert (await client.read_holding_registers(5, device_id=1)).registers == [100]
            assert (await client.read_holding_registers(500, device_id=1)).exception_code == 2  # the device's own


@needs_socat
@needs_mbpoll
async def test_mbpoll_prints_through_the_chain_what_it_prints_on_the_line(plant: Plant) -> None:
    what = ("-a", "2", "-t", "4", "-r", "0", "-c", "10")
    async with line() as (device, _):
        printed = await mbpoll("-m", "rtu", "-b", "115200", "-P", "none", *what, device)
        asset = await plant.add_serial("rtu-mbpoll", device, ceiling="tiers: [read]", allow="tiers: [read]")
        async with plant.tunnel(asset) as tunnel:
            assert await mbpoll("-p", str(tunnel.port), *what, "127.0.0.1") == printed
        assert len(printed) == 10


@needs_socat
async def test_two_sessions_share_the_line_and_each_gets_its_own_answers(plant: Plant) -> None:
    async with line() as (device, _):
        asset = await plant.add_serial("rtu-two", device, ceiling="tiers: [read]", allow="tiers: [read]")
        async with (
            plant.tunnel(asset) as first,
            plant.tunnel(asset) as second,
            tool(first.port) as one,
            tool(second.port) as two,
        ):

            async def poll(client: AsyncModbusTcpClient, unit: int) -> list[list[int]]:
                return [(await client.read_holding_registers(n, count=2, device_id=unit)).registers for n in range(20)]

            mine, theirs = await asyncio.gather(poll(one, 1), poll(two, 2))
    assert mine == [[100, 100]] * 20
    assert theirs == [[200, 200]] * 20


@needs_socat
async def test_a_line_that_is_unplugged_answers_what_is_open_and_then_refuses_plainly(plant: Plant) -> None:
    async with line() as (device, joined):
        asset = await plant.add_serial("rtu-gone", device, ceiling="tiers: [read]", allow="tiers: [read]")
        async with plant.tunnel(asset) as tunnel:
            async with tool(tunnel.port) as client:
                assert (await client.read_holding_registers(0, device_id=1)).registers == [100]
                joined.kill()
                end = await tunnel.end()
                assert (end.code, device in end.detail) == ("lost", True)
            reader, _ = await tunnel.connect()
            assert await reader.read() == b""
            assert f"There is no device {device}" in str(await tunnel.refusal())


@needs_socat
async def test_a_broadcast_needs_the_fence_to_name_unit_0_and_reaches_every_unit(plant: Plant) -> None:
    async with line() as (device, _):
        fenced = "tiers: [read, operate], units: [0, 1, 2]"
        asset = await plant.add_serial("rtu-all", device, ceiling="tiers: [read, operate]", allow=fenced)
        async with plant.tunnel(asset) as tunnel, tool(tunnel.port) as client:
            refused = await client.read_holding_registers(0, device_id=0)
            assert refused.exception_code == 1
            await client.write_register(3, 77, device_id=0, no_response_expected=True)
            for unit in (1, 2):
                assert (await client.read_holding_registers(3, device_id=unit)).registers == [77]
        unfenced = await plant.add_serial("rtu-any", device, ceiling="tiers: [read, operate]", allow="tiers: [operate]")
        async with plant.tunnel(unfenced) as tunnel, tool(tunnel.port) as client:
            assert (await client.write_register(3, 78, device_id=0)).exception_code == 10


class LoneDevice(Device):
    """A gateway that hangs up on a second connection."""

    refused = 0

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if any(not call.ended.is_set() for call in self.calls):
            self.refused += 1
            writer.close()
            return
        await super()._serve(reader, writer)


async def test_two_sessions_read_at_once_from_a_device_that_bears_one_connection(plant: Plant) -> None:
    async with LoneDevice(ModbusAnswers()) as gateway:
        asset = await plant.add_family("lone", gateway.port, family="gateway", allow="tiers: [read]")
        async with (
            plant.tunnel(asset) as first,
            plant.tunnel(asset) as second,
            tool(first.port) as one,
            tool(second.port) as two,
        ):

            async def poll(client: AsyncModbusTcpClient, base: int) -> list[list[int]]:
                numbers = range(base, base + 10)
                return [(await client.read_holding_registers(n, device_id=1)).registers for n in numbers]

            mine, theirs = await asyncio.gather(poll(one, 0), poll(two, 100))
            assert mine == [[n * 7] for n in range(10)]
            assert theirs == [[n * 7] for n in range(100, 110)]
        call: Call = await gateway.call()
        assert await call.end() == "fin"
    assert (len(gateway.calls), gateway.refused) == (1, 0)


async def test_who_may_not_share_is_refused_and_reads_who_holds_the_device(plant: Plant) -> None:
    async with LoneDevice(ModbusAnswers()) as gateway:
        asset = await plant.add_family("held", gateway.port, family="gateway, share: false", allow="tiers: [read]")
        async with plant.tunnel(asset) as first, plant.tunnel(asset) as second, tool(first.port) as client:
            assert (await client.read_holding_registers(1, device_id=1)).registers == [7]
            await second.connect()
            refusal = await second.refusal()
            assert "already has 1 connection(s)" in str(refusal)
            assert first.session["id"] in str(refusal)
    assert (len(gateway.calls), gateway.refused) == (1, 0)
