"""python-snap7's client and its server, both independent of us, with the guard between them."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import pytest
from snap7.client import Client
from snap7.error import S7ConnectionError, S7ProtocolError
from snap7.server import Server
from snap7.type import Area, Block, SrvArea

from guards.effects import Operation, Verdict
from policies.rules import Rules, Tier
from tests.integration.guards.wire import GuardedPort, guarded

pytestmark = pytest.mark.integration
READ_ONLY = Rules(tiers=frozenset({Tier.READ}), routes=frozenset({"0/2"}))
OPERATING = Rules.model_validate(
    {
        "tiers": {"read", "operate"},
        "writes": [{"table": "db1", "addresses": [{"first": 0, "last": 1}], "minimum": 0, "maximum": 1000}],
    }
)
ENGINEERING = Rules(tiers=frozenset({Tier.READ, Tier.OPERATE, Tier.PROGRAM}), upload=True)
NOT_PERMITTED = "not permitted in the current protection level"

Do = Callable[..., Any]


@asynccontextmanager
async def plant(rules: Rules, *, rack: int = 0, slot: int = 2) -> AsyncIterator[tuple[Do, GuardedPort, bytearray]]:
    """Run a CPU with a data block, a guarded port before it, and a client; yield how to call the client."""
    memory, server, client = bytearray(64), Server(log=False), Client()
    server.register_area(SrvArea.DB, 1, memory)
    server.register_area(SrvArea.MK, 0, bytearray(64))
    server.start_to("127.0.0.1", 0)
    assert server.server_socket is not None
    port = server.server_socket.getsockname()[1]

    async def do(name: str, *arguments: object) -> Any:
        async with asyncio.timeout(30):
            return await asyncio.to_thread(getattr(client, name), *arguments)

    try:
        async with guarded(rules, port, protocol="s7") as guarded_port:
            await do("connect", "127.0.0.1", rack, slot, guarded_port.port)
            try:
                yield do, guarded_port, memory
            finally:
                await do("disconnect")
    finally:
        await asyncio.to_thread(server.stop)


def reached(port: GuardedPort) -> list[Operation]:
    """Return what was let through to the CPU."""
    return [op for op in port.operations if not op.is_response and op.verdict is Verdict.ALLOWED]


async def test_everything_that_only_reads_passes() -> None:
    async with plant(READ_ONLY) as (do, port, memory):
        memory[:4] = b"\x00\x2a\x01\x02"
        assert await do("db_read", 1, 0, 4) == b"\x00\x2a\x01\x02"
        assert (await do("get_cpu_info")).ModuleTypeName == b"CPU 315-2 PN/DP"
        assert (await do("list_blocks")).DBCount == 1
        assert (await do("get_block_info", Block.DB, 1)).BlkNumber == 1
        assert await do("list_blocks_of_type", Block.DB, 10) == [1]
        assert (await do("get_plc_datetime")).year > 2020
        assert await do("get_cpu_state") == "S7CpuStatusRun"
        items = [{"area": area, "db_number": db, "start": 0, "size": 2} for area, db in ((Area.DB, 1), (Area.MK, 0))]
        assert (await do("read_multi_vars", items))[1][0] == b"\x00\x2a"
        assert {operation.tier for operation in reached(port)} == {Tier.READ}
        assert {operation.route for operation in port.operations} == {"0/2"}


async def test_a_write_is_refused_with_item_code_3_and_the_client_stays_connected() -> None:
    async with plant(READ_ONLY) as (do, port, memory):
        with pytest.raises(S7ProtocolError, match=r"Accessing the object not allowed \(0x03\)"):
            await do("db_write", 1, 0, bytearray(b"\x01\xf4"))
        assert await do("db_read", 1, 0, 2) == b"\x00\x00" == memory[:2]
        assert "write_var" not in {operation.function for operation in reached(port)}


@pytest.mark.parametrize(
    ("call", "arguments"),
    [
        ("plc_stop", ()),
        ("plc_hot_start", ()),
        ("plc_cold_start", ()),
        ("compress", (1000,)),
        ("copy_ram_to_rom", (1000,)),
        ("set_plc_datetime", (datetime(2026, 1, 1, tzinfo=UTC).replace(tzinfo=None),)),
        ("set_session_password", ("secret",)),
        ("download", (bytearray(40), 1)),
        ("upload", (1,)),
        ("full_upload", (Block.DB, 1)),
    ],
)
async def test_what_is_more_than_reading_is_refused_as_by_a_protected_cpu_and_the_client_goes_on(
    call: str, arguments: tuple[object, ...]
) -> None:
    async with plant(READ_ONLY) as (do, port, _):
        before = len(reached(port))
        with pytest.raises(S7ProtocolError, match=NOT_PERMITTED):
            await do(call, *arguments)
        assert await do("db_read", 1, 0, 2) == b"\x00\x00"
        assert [operation.function for operation in reached(port)[before:]] == ["read_var"]


async def test_a_write_within_its_bounds_reaches_the_cpu_and_others_do_not() -> None:
    async with plant(OPERATING) as (do, _, memory):
        await do("db_write_int", 1, 0, 1000)
        for refused in (("db_write_int", 1, 0, 1001), ("db_write_int", 1, 0, -1), ("db_write_byte", 1, 0, 0)):
            with pytest.raises(S7ProtocolError, match="0x03"):
                await do(*refused)
        with pytest.raises(S7ProtocolError, match="0x03"):
            await do("db_write_int", 1, 2, 5)
        with pytest.raises(S7ProtocolError, match=NOT_PERMITTED):
            await do("plc_stop")
        assert await do("db_read_int", 1, 0) == 1000
        assert memory[:4] == b"\x03\xe8\x00\x00"


async def test_an_engineer_stops_loads_and_reads_out() -> None:
    async with plant(ENGINEERING) as (do, port, memory):
        memory[:2] = b"\x00\x2a"
        assert (await do("upload", 1))[:2] == b"\x00\x2a"
        await do("download", bytearray(range(64)), 1)
        assert await do("db_read", 1, 0, 4) == bytes(range(4))
        for call in (("plc_stop",), ("plc_hot_start",), ("compress", 1000), ("copy_ram_to_rom", 1000)):
            await do(*call)
        functions = [operation.function for operation in reached(port)]
        assert {"plc_stop", "pi_service P_PROGRAM", "pi_service _GARB", "pi_service _MODU"} <= set(functions)
        assert "request_download" in functions
        assert any(operation.function == "download_block" for operation in port.operations)


async def test_another_slot_is_not_reached() -> None:
    with pytest.raises(S7ConnectionError):
        async with plant(READ_ONLY, slot=3):
            pass
