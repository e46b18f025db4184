"""Before and after, device by device: one that the engineer changed is told apart from one that was only read."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from asyncua import Client
from pymcprotocol import Type4E

from tests.e2e.plant import Plant, patience
from tests.e2e.test_fingerprint import LOOKING, said_of
from tests.e2e.tunnel import Tunnel
from tests.integration.guards.dnp3_stack import OUTSTATION, master, outstation
from tests.integration.guards.test_opcua_tools import PUMP
from tests.integration.guards.test_opcua_tools import device as opcua_server
from tests.simulators.modicon import DOWNLOAD, END_DOWNLOAD, RELEASE, RESERVATION, START_DOWNLOAD, TAKE
from tests.simulators.running import simulator
from tests.unit.guards.modbus.traffic import adu

pytestmark = [pytest.mark.e2e, pytest.mark.integration, pytest.mark.asyncio(loop_scope="session")]
PROGRAM = "tiers: [read, operate, program]"
Use = Callable[[Tunnel], Awaitable[None]]


async def add(plant: Plant, name: str, protocol: str, port: int, allow: str = PROGRAM) -> str:
    return await plant.add_guarded(name, protocol, port, ceiling=PROGRAM, allow=allow, session=LOOKING)


async def looked_around(plant: Plant, asset: str, use: Use) -> dict[str, Any]:
    """Use a device in a session; return what was said of it, of which the sealed recording and the audit log agree."""
    async with plant.session(asset) as session, plant.tunnel_into(session) as tunnel, patience():
        await use(tunnel)
    said = await said_of(plant, session)
    auditor = plant.apis["auditor"]
    proof = await auditor.get(f"/recordings/{session['recording']}/verification", content="true")
    assert (proof["state"], proof["content_checked"]) == ("whole", True)
    audited = await plant.apis["admin"].get("/audit", action="session.device_changed")
    told = [event["details"]["changes"] for event in audited["items"] if event["target"] == session["id"]]
    lines = [f"{one['fact']}: {one['before'] or 'not told'} -> {one['after']}" for one in said["differences"]]
    assert told == ([lines] if lines else [])
    assert (await auditor.post("/audit/verify"))["intact"]
    return said


def changes(said: dict[str, Any]) -> dict[str, tuple[str, str]]:
    return {one["fact"]: (one["before"], one["after"]) for one in said["differences"]}


async def test_a_melsec_station_that_was_stopped_is_changed(plant: Plant) -> None:
    def using(name: str, *arguments: object) -> Use:
        async def use(tunnel: Tunnel) -> None:
            client = Type4E()
            client.setaccessopt(timer_sec=20)
            await asyncio.to_thread(client.connect, "127.0.0.1", tunnel.port)
            try:
                await asyncio.to_thread(getattr(client, name), *arguments)
            finally:
                client.close()

        return use

    async with simulator("slmp_plc") as port:
        asset = await add(plant, "print-slmp", "slmp", port)
        same = await looked_around(plant, asset, using("batchread_wordunits", "D100", 2))
        other = await looked_around(plant, asset, using("remote_stop"))
    assert (same["outcome"], changes(same), same["before"]["facts"]["mode"]) == ("unchanged", {}, "run")
    assert (other["outcome"], changes(other)) == ("changed", {"mode": ("run", "stop")})


async def test_an_outstation_that_was_switched_to_local_control_is_changed(plant: Plant) -> None:
    async with outstation() as device:

        async def read(tunnel: Tunnel) -> None:
            async with master(tunnel.port, starts_up=False) as tool:
                assert await tool.read("Analog", 1) == 0

        async def switch(tunnel: Tunnel) -> None:
            await read(tunnel)
            device.site.is_local = True

        asset = await add(plant, "print-dnp3", "dnp3", device.port, f"tiers: [read], units: [{OUTSTATION}]")
        same, other = [await looked_around(plant, asset, use) for use in (read, switch)]
    assert (same["outcome"], changes(same), same["before"]["facts"]["local_control"]) == ("unchanged", {}, "no")
    assert (other["outcome"], changes(other)) == ("changed", {"local_control": ("no", "yes")})


async def test_a_modicon_controller_with_another_program_is_changed(plant: Plant) -> None:
    async def say(tunnel: Tunnel, *asked: bytes) -> None:
        reader, writer = await tunnel.connect()
        for each in asked:
            writer.write(adu(each))
            head = await reader.readexactly(6)
            pdu = (await reader.readexactly(int.from_bytes(head[4:], "big")))[1:]
            assert (pdu[0], pdu[2]) == (0x5A, 0xFE), pdu.hex()
        writer.close()
        await writer.wait_closed()

    async def reserve(tunnel: Tunnel) -> None:
        await say(tunnel, bytes([0x5A, 0, TAKE]), bytes([0x5A, RESERVATION, RELEASE]))

    async def load(tunnel: Tunnel) -> None:
        steps = (bytes([START_DOWNLOAD]), bytes([DOWNLOAD]) + b"another program", bytes([END_DOWNLOAD]))
        loading = [bytes([0x5A, RESERVATION]) + step for step in (*steps, bytes([RELEASE]))]
        await say(tunnel, bytes([0x5A, 0, TAKE]), *loading)

    async with simulator("modicon") as port:
        asset = await add(plant, "print-umas", "modbus", port)
        same, other = [await looked_around(plant, asset, use) for use in (reserve, load)]
    assert (same["outcome"], changes(same), same["before"]["facts"]["umas.name"]) == ("unchanged", {}, "M580")
    assert (other["outcome"], list(changes(other))) == ("changed", ["umas.program_check"])


async def test_an_opc_ua_server_with_another_namespace_is_changed(plant: Plant) -> None:
    async with opcua_server() as device:

        async def read(tunnel: Tunnel) -> None:
            async with Client(f"opc.tcp://127.0.0.1:{tunnel.port}/") as tool:
                assert await tool.get_node(PUMP).read_value() == 1.5

        async def extend(tunnel: Tunnel) -> None:
            await read(tunnel)
            assert await device.server.register_namespace("urn:spare") == 3

        asset = await add(plant, "print-opcua", "opcua", device.port, "tiers: [read]")
        same, other = [await looked_around(plant, asset, use) for use in (read, extend)]
    assert (same["outcome"], changes(same), same["before"]["facts"]["state"]) == ("unchanged", {}, "running")
    assert (other["outcome"], list(changes(other))) == ("changed", ["ns3.namespace"])
