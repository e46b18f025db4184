"""A FINS client reaches a simulated Omron PLC through broker and agent, within what policy and ceiling both give."""

import asyncio

import pytest
from fins import FinsPLCMemoryAreas, FinsResponseFrame
from fins.tcp import TCPFinsConnection

from tests.e2e.plant import Plant, patience
from tests.integration.guards.fins_udp_tool import FinsUdpTool
from tests.simulators.running import simulator

pytestmark = [pytest.mark.e2e, pytest.mark.integration, pytest.mark.asyncio(loop_scope="session")]
CEILING = "tiers: [read, operate], routes: ['0.10.0']"
EVERYTHING, LOOKING = "tiers: [read, operate, program], upload: true", "tiers: [read]"
DM = FinsPLCMemoryAreas().DATA_MEMORY_WORD


async def ended(client: TCPFinsConnection, name: str, *arguments: object) -> tuple[int, bytes]:
    """Return end code and data of a call."""
    frame = FinsResponseFrame()
    async with patience():
        frame.from_bytes(await asyncio.to_thread(getattr(client, name), *arguments))
    return int.from_bytes(frame.end_code, "big"), frame.text


async def test_a_session_reads_moves_what_it_was_given_and_is_refused_the_rest_inside_the_protocol(
    plant: Plant,
) -> None:
    allow = "tiers: [read, program], writes: [{table: dm, addresses: '100', min: 0, max: 1000}]"
    client = TCPFinsConnection()
    async with simulator("fins_plc") as port:
        asset = await plant.add_guarded("fins", "fins", port, ceiling=CEILING, allow=allow)
        async with plant.tunnel(asset) as tunnel, patience():
            await asyncio.to_thread(client.connect, "127.0.0.1", tunnel.port)
            try:
                assert await ended(client, "memory_area_write", DM, b"\0\x64\0", b"\x03\xe8", 1) == (0, b"")
                assert (await ended(client, "memory_area_write", DM, b"\0\x64\0", b"\x03\xe9", 1))[0] == 0x2108
                assert (await ended(client, "memory_area_write", DM, b"\0\x65\0", b"\0\1", 1))[0] == 0x2101
                assert (await ended(client, "change_to_program_mode"))[0] == 0x2607
                assert await ended(client, "memory_area_read", DM, b"\0\x64\0", 2) == (0, b"\x03\xe8\0\0")
            finally:
                client.fins_socket.close()


async def test_a_session_over_udp_does_what_one_over_tcp_does(plant: Plant) -> None:
    allow = "tiers: [read, program], writes: [{table: dm, addresses: '100', min: 0, max: 1000}]"
    async with simulator("fins_plc", "udp") as port:
        asset = await plant.add_guarded("fins-over-udp", "fins-udp", port, ceiling=CEILING, allow=allow)
        async with plant.datagrams(asset) as tunnel:
            with FinsUdpTool(tunnel.port) as tool:
                assert await tool.do("memory_area_write", DM, b"\0\x64\0", b"\x03\xe8", 1) == (0, b"")
                assert (await tool.do("memory_area_write", DM, b"\0\x64\0", b"\x03\xe9", 1))[0] == 0x2108
                assert (await tool.do("memory_area_write", DM, b"\0\x65\0", b"\0\1", 1))[0] == 0x2101
                assert (await tool.do("change_to_program_mode"))[0] == 0x2607
                assert await tool.do("memory_area_read", DM, b"\0\x64\0", 2) == (0, b"\x03\xe8\0\0")
                tool.client.dest_node_add = 11
                assert (await tool.do("memory_area_read", DM, b"\0\x64\0", 1))[0] == 0x0501


async def test_a_reading_session_reads_and_every_write_is_refused_inside_the_protocol(plant: Plant) -> None:
    client = TCPFinsConnection()
    read = ("memory_area_read", DM, b"\0\x64\0", 1)
    async with simulator("fins_plc") as port:
        asset = await plant.add_guarded("fins-look", "fins", port, ceiling=EVERYTHING, allow=LOOKING)
        async with plant.tunnel(asset) as tunnel, patience():
            await asyncio.to_thread(client.connect, "127.0.0.1", tunnel.port)
            try:
                assert await ended(client, *read) == (0, b"\0\0")
                assert await ended(client, "memory_area_write", DM, b"\0\x64\0", b"\0\7", 1) == (0x2102, b"")
                assert await ended(client, *read) == (0, b"\0\0")
                assert await ended(client, "change_to_program_mode") == (0x2607, b"")
                assert await ended(client, "program_area_read", 0, 2) == (0x2002, b"")
                assert await ended(client, *read) == (0, b"\0\0")
            finally:
                client.fins_socket.close()


async def test_a_reading_session_over_udp_does_what_one_over_tcp_does(plant: Plant) -> None:
    async with simulator("fins_plc", "udp") as port:
        asset = await plant.add_guarded("fins-look-udp", "fins-udp", port, ceiling=EVERYTHING, allow=LOOKING)
        async with plant.datagrams(asset) as tunnel:
            with FinsUdpTool(tunnel.port) as tool:
                read = ("memory_area_read", DM, b"\0\x64\0", 1)
                assert await tool.do(*read) == (0, b"\0\0")
                assert (await tool.do("memory_area_write", DM, b"\0\x64\0", b"\0\7", 1))[0] == 0x2102
                assert (await tool.do("change_to_program_mode"))[0] == 0x2607
                assert await tool.do(*read) == (0, b"\0\0")
