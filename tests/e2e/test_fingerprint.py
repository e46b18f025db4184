"""Before and after: a session says that nothing about its device changed, or what did, in its recording and its row."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from snap7.client import Client
from snap7.server import Server
from snap7.type import SrvArea

from client.connecting.datagrams import Patience
from tests.e2e.devices import Device, echo
from tests.e2e.plant import Plant, patience
from tests.e2e.tunnel import DatagramTunnel
from tests.integration.guards.bacnet_devices import Workstation, controller, workstation
from tests.integration.guards.test_fins_tools import Tool
from tests.simulators.running import simulator

pytestmark = [pytest.mark.e2e, pytest.mark.integration, pytest.mark.asyncio(loop_scope="session")]
LOOKING = "fingerprint: true"
TRIES = 5


@asynccontextmanager
async def cpu() -> AsyncIterator[tuple[int, Server]]:
    server = Server(log=False)
    server.register_area(SrvArea.DB, 1, bytearray(64))
    server.start_to("127.0.0.1", 0)
    assert server.server_socket is not None
    try:
        yield server.server_socket.getsockname()[1], server
    finally:
        await asyncio.to_thread(server.stop)


async def add_cpu(plant: Plant, name: str, port: int, *, connections: int = 1, session: str = LOOKING) -> str:
    """Put a CPU that bears so many connections where the engineer may reach it."""
    terms = f"protocols: [s7], tiers: [read], max_connections: {connections}, max_connects_per_minute: 600"
    plant.widen_ceiling(name, port, terms)
    await plant.allow(name, allow="tiers: [read]", session=session)
    return await plant.add_asset(name, "s7", port, max_streams=1)


async def use(plant: Plant, session: dict[str, Any]) -> None:
    """Read once as an engineer would."""
    client = Client()
    async with plant.tunnel_into(session) as tunnel, patience():
        await asyncio.to_thread(client.connect, "127.0.0.1", 0, 2, tunnel.port)
        try:
            assert await asyncio.to_thread(client.db_read, 1, 0, 2) == bytearray(2)
        finally:
            await asyncio.to_thread(client.disconnect)


async def said_of(plant: Plant, session: dict[str, Any]) -> dict[str, Any]:
    row = await plant.apis["engineer"].get(f"/sessions/{session['id']}")
    return dict(row["fingerprint"])


async def test_nothing_changed_and_the_device_had_one_connection_at_a_time(plant: Plant) -> None:
    async with cpu() as (port, _):
        asset = await add_cpu(plant, "print-same", port)
        async with plant.session(asset) as session:
            assert (await said_of(plant, session))["outcome"] == "pending"
            await use(plant, session)
        said = await said_of(plant, session)
    assert (said["outcome"], said["differences"], said["reason"]) == ("unchanged", [], "")
    assert said["before"]["facts"] == said["after"]["facts"]
    assert said["before"]["facts"]["blocks.DB"] == "1"
    ended = await plant.apis["engineer"].get(f"/sessions/{session['id']}")
    assert (ended["end_code"], ended["streams"], ended["writes"]) == ("finished", 3, 0)


async def test_a_block_that_came_meanwhile_is_named_and_audited(plant: Plant) -> None:
    async with cpu() as (port, server):
        asset = await add_cpu(plant, "print-other", port)
        async with plant.session(asset) as session:
            await use(plant, session)
            server.register_area(SrvArea.DB, 7, bytearray(8))
        said = await said_of(plant, session)
    assert said["outcome"] == "changed"
    assert {one["fact"] for one in said["differences"]} == {"blocks.DB", "block.DB7"}
    audited = await plant.apis["admin"].get("/audit", action="session.device_changed")
    changes = [event["details"]["changes"] for event in audited["items"] if event["target"] == session["id"]]
    assert changes == [[changes[0][0], "blocks.DB: 1 -> 2"]]


async def test_who_is_killed_leaves_no_second_look_and_says_so(plant: Plant) -> None:
    async with cpu() as (port, _):
        asset = await add_cpu(plant, "print-killed", port)
        async with plant.session(asset) as session:
            await use(plant, session)
            await plant.apis["admin"].post(f"/sessions/{session['id']}/kill", reason="enough")
        said = await said_of(plant, session)
        assert (said["outcome"], said["reason"]) == ("not_taken", "after: enough")
        await plant.lift_blocks()


async def test_a_device_that_is_not_looked_at_costs_a_note_and_no_session(plant: Plant) -> None:
    async with Device(echo) as device:
        asset = await plant.add_opaque("print-opaque", device.port, session=LOOKING)
        async with plant.session(asset) as session, plant.tunnel_into(session) as tunnel, patience():
            reader, writer = await tunnel.connect()
            writer.write(b"hello")
            assert await reader.readexactly(5) == b"hello"
        assert (await said_of(plant, session))["reason"].startswith("before: devices are not looked at in")
    assert len(device.calls) == 1


async def test_without_the_switch_the_device_sees_the_user_and_nobody_else(plant: Plant) -> None:
    async with cpu() as (port, _):
        asset = await add_cpu(plant, "print-off", port, session="idle: 1h")
        async with plant.session(asset) as session:
            await use(plant, session)
        row = await plant.apis["engineer"].get(f"/sessions/{session['id']}")
    assert (row["fingerprint"], row["streams"]) == (None, 1)


async def test_an_omron_plc_is_unchanged_and_one_that_was_stopped_is_not(plant: Plant) -> None:
    async with simulator("fins_plc") as port:
        plant.widen_ceiling(
            "print-fins", port, "protocols: [fins], tiers: [read, program], max_connects_per_minute: 600"
        )
        await plant.allow("print-fins", allow="tiers: [read, program]", session=LOOKING)
        asset = await plant.add_asset("print-fins", "fins", port)
        said = []
        for action in ("cpu_unit_status_read", "change_to_program_mode"):
            async with plant.session(asset) as session, plant.tunnel_into(session) as tunnel:
                tool = Tool()
                await tool.connect(tunnel.port)
                try:
                    assert (await tool.do(action))[0] == 0
                finally:
                    tool.close()
            said.append(await said_of(plant, session))
    assert [one["outcome"] for one in said] == ["unchanged", "changed"]
    assert {one["fact"]: one["after"] for one in said[1]["differences"]} == {"mode": "program", "state": "stop"}


async def read_patiently(tool: Workstation) -> float:
    """Ask again where nothing came in time: the tool's first question waits until the device was looked at."""
    for _ in range(TRIES):
        value = await tool.read("analog-input,1")
        if str(value) != "no-response":
            return float(value)
    raise AssertionError("the device never answered")


async def test_a_bacnet_device_is_looked_at_in_datagrams(plant: Plant) -> None:
    async with controller() as device:
        terms = "protocols: [bacnet], tiers: [read], max_connects_per_minute: 600"
        plant.widen_ceiling("print-bacnet", device.port, terms)
        await plant.allow("print-bacnet", allow="tiers: [read]", session=LOOKING)
        asset = await plant.add_asset("print-bacnet", "bacnet", device.port)
        said = []
        for revision in (None, 9):
            async with plant.session(asset) as session:
                way = (plant.port, plant.ca.read_text(), session["id"], plant.apis["engineer"].token)
                async with DatagramTunnel(*way, Patience()) as tunnel, workstation(tunnel.port) as tool:
                    assert await read_patiently(tool) == 21.5
                if revision is not None:
                    assert device.application.device_object is not None
                    device.application.device_object.databaseRevision = revision
            said.append(await said_of(plant, session))
    assert [one["outcome"] for one in said] == ["unchanged", "changed"], said
    assert [(one["fact"], one["after"]) for one in said[1]["differences"]] == [("database_revision", "9")]
