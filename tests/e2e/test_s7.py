"""A real S7 client reaches a real S7 server through broker and agent, and may do what policy and ceiling both give."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from snap7.client import Client
from snap7.error import S7Error
from snap7.server import Server
from snap7.type import SrvArea

from tests.e2e.plant import Plant, patience

pytestmark = [pytest.mark.e2e, pytest.mark.integration, pytest.mark.asyncio(loop_scope="session")]
EVERYTHING = "tiers: [read, operate, program], upload: true"
Do = Callable[..., Awaitable[Any]]


@asynccontextmanager
async def cpu() -> AsyncIterator[tuple[int, bytearray]]:
    """A CPU with one data block; yield its port and the block's bytes."""
    server, memory = Server(log=False), bytearray(64)
    server.register_area(SrvArea.DB, 1, memory)
    server.start_to("127.0.0.1", 0)
    assert server.server_socket is not None
    try:
        yield server.server_socket.getsockname()[1], memory
    finally:
        await asyncio.to_thread(server.stop)


@asynccontextmanager
async def engineer(plant: Plant, asset: str) -> AsyncIterator[Do]:
    """A connected client at the engineer's end of a session."""
    client = Client()

    async def do(name: str, *arguments: object) -> Any:
        async with patience():
            return await asyncio.to_thread(getattr(client, name), *arguments)

    async with plant.tunnel(asset) as tunnel:
        await do("connect", "127.0.0.1", 0, 2, tunnel.port)
        try:
            yield do
        finally:
            await do("disconnect")


async def refuses(do: Do, name: str, *arguments: object) -> str:
    with pytest.raises(S7Error) as caught:
        await do(name, *arguments)
    return str(caught.value)


async def test_a_reading_session_reads_and_every_write_is_refused_inside_the_protocol(plant: Plant) -> None:
    async with cpu() as (port, memory):
        asset = await plant.add_guarded("s7-look", "s7", port, ceiling=EVERYTHING, allow="tiers: [read]")
        async with engineer(plant, asset) as do:
            memory[:2] = b"\x00\x2a"
            assert await do("db_read_int", 1, 0) == 42
            assert "Accessing the object not allowed (0x03)" in await refuses(do, "db_write_int", 1, 0, 7)
            assert "not permitted in the current protection level" in await refuses(do, "plc_stop")
            assert "not permitted in the current protection level" in await refuses(do, "upload", 1)
            assert (await do("get_cpu_info")).ModuleTypeName == b"CPU 315-2 PN/DP"
            assert await do("db_read_int", 1, 0) == 42
    assert memory[:2] == b"\x00\x2a"


async def test_an_operating_session_moves_what_it_was_given_within_its_bounds(plant: Plant) -> None:
    allow = "tiers: [read], writes: [{table: db1, addresses: '0-1', min: 0, max: 1000}]"
    async with cpu() as (port, memory):
        asset = await plant.add_guarded("s7-operate", "s7", port, ceiling=EVERYTHING, allow=allow)
        async with engineer(plant, asset) as do:
            await do("db_write_int", 1, 0, 1000)
            assert "0x03" in await refuses(do, "db_write_int", 1, 0, 1001)
            assert "0x03" in await refuses(do, "db_write_int", 1, 2, 1)
            assert "not permitted" in await refuses(do, "plc_stop")
            assert await do("db_read_int", 1, 0) == 1000
    assert memory[:4] == b"\x03\xe8\x00\x00"


async def test_a_programming_session_stops_and_loads(plant: Plant) -> None:
    allow = "tiers: [read, operate, program], upload: true, routes: ['0/2']"
    async with cpu() as (port, memory):
        asset = await plant.add_guarded("s7-program", "s7", port, ceiling=EVERYTHING, allow=allow)
        async with engineer(plant, asset) as do:
            await do("plc_stop")
            await do("download", bytearray(range(64)), 1)
            assert (await do("upload", 1))[:4] == bytes(range(4))
    assert memory[:4] == bytes(range(4))


async def test_what_the_site_does_not_give_is_refused_whatever_the_policy_says(plant: Plant) -> None:
    allow = "tiers: [read, operate, program]"
    async with cpu() as (port, memory):
        asset = await plant.add_guarded("s7-held", "s7", port, ceiling="tiers: [read, operate]", allow=allow)
        async with engineer(plant, asset) as do:
            assert "not permitted" in await refuses(do, "plc_stop")
            await do("db_write", 1, 0, bytearray(b"\x07"))
    assert memory[:1] == b"\x07"


async def test_a_client_that_calls_another_slot_gets_no_connection(plant: Plant) -> None:
    async with cpu() as (port, _):
        allow = "tiers: [read], routes: ['0/3']"
        asset = await plant.add_guarded("s7-slot", "s7", port, ceiling=EVERYTHING, allow=allow)
        with pytest.raises(S7Error):
            async with engineer(plant, asset):
                pass
