"""What programs a device is asked for first, in each protocol: refused inside it, allowed by the plant, passed once."""

import asyncio

import pytest
from fins.tcp import TCPFinsConnection
from pymcprotocol.mcprotocolerror import UnsupportedComandError
from snap7.error import S7Error

from tests.e2e import test_enip, test_s7, test_slmp
from tests.e2e.asking import passes_once_after_a_yes
from tests.e2e.devices import Device, ModbusAnswers
from tests.e2e.plant import Plant, patience
from tests.e2e.test_dnp3 import COLD_RESTART
from tests.e2e.test_dnp3 import engineer as dnp3_engineer
from tests.e2e.test_fins import DM
from tests.e2e.test_fins import ended as fins_ended
from tests.e2e.test_tools import modbus
from tests.integration.guards.bacnet_devices import controller as bacnet_controller
from tests.integration.guards.bacnet_devices import workstation
from tests.integration.guards.controller import controller as logix
from tests.integration.guards.dnp3_stack import outstation
from tests.simulators.running import simulator

pytestmark = [pytest.mark.e2e, pytest.mark.integration, pytest.mark.asyncio(loop_scope="session")]
CEILING = "tiers: [read, operate, program, firmware], upload: true"
ASKING = "tiers: [read], ask: [program, firmware]"


async def add(plant: Plant, name: str, protocol: str, port: int, allow: str = ASKING) -> str:
    return await plant.add_guarded(name, protocol, port, ceiling=CEILING, allow=allow)


async def test_modbus_diagnostics(plant: Plant) -> None:
    answers = ModbusAnswers()
    async with Device(answers) as device:
        asset = await add(plant, "ask-modbus", "modbus", device.port)
        async with plant.tunnel(asset) as tunnel, modbus(tunnel.port) as client:

            async def restart() -> bool:
                async with patience():
                    answer = await client.diag_restart_communication(toggle=True, device_id=1)
                assert not answer.isError() or answer.exception_code == 1
                return not answer.isError()

            await passes_once_after_a_yes(plant, asset, "restart_communications_option", restart)
    assert [adu[7:] for adu in answers.said] == [bytes.fromhex("080001ff00")]


async def test_s7_stop(plant: Plant) -> None:
    async with test_s7.cpu() as (port, _):
        asset = await add(plant, "ask-s7", "s7", port)
        async with test_s7.engineer(plant, asset) as do:

            async def stop() -> bool:
                try:
                    await do("plc_stop")
                except S7Error as refused:
                    assert "not permitted in the current protection level" in str(refused)
                    return False
                return True

            await passes_once_after_a_yes(plant, asset, "plc_stop", stop)
            assert await do("db_read_int", 1, 0) == 0


async def test_enip_set_up(plant: Plant) -> None:
    async with logix("Clock@0x43/1/1=INT") as port:
        asset = await add(plant, "ask-enip", "enip", port)
        async with test_enip.engineer(plant, asset) as (send, work):

            async def set_up() -> bool:
                done = await send(
                    service=test_enip.SET, class_code=test_enip.TIME_SYNC, instance=1, attribute=b"\x01",
                    request_data=b"\x07\x00",
                )  # fmt: skip
                assert done.error in {None, "Permission denied"}
                return done.error is None

            await passes_once_after_a_yes(plant, asset, "set_attribute_single", set_up)
            assert await work("Clock") == [(0, [7])]


async def test_dnp3_restart(plant: Plant) -> None:
    async with outstation() as device:
        asset = await add(plant, "ask-dnp3", "dnp3", device.port)
        async with dnp3_engineer(plant, asset) as tool:

            async def restart() -> bool:
                before = device.site.restarts
                await tool.perform(COLD_RESTART)
                return bool(device.site.restarts > before)

            await passes_once_after_a_yes(plant, asset, "cold_restart", restart)
            assert await tool.read("Analog", 1) == 0
    assert device.site.restarts == 1


async def test_bacnet_silence(plant: Plant) -> None:
    async with bacnet_controller() as device:
        asset = await add(plant, "ask-bacnet", "bacnet", device.port)
        async with plant.datagrams(asset) as tunnel, workstation(tunnel.port) as tool:

            async def silence() -> bool:
                refused = await tool.silence()
                assert refused in {None, "services: service-request-denied"}
                return refused is None

            await passes_once_after_a_yes(plant, asset, "device_communication_control", silence)
            assert await tool.read("analog-input,1") == 21.5
    assert len(device.silenced) == 1


async def test_fins_mode(plant: Plant) -> None:
    client = TCPFinsConnection()
    async with simulator("fins_plc") as port:
        asset = await add(plant, "ask-fins", "fins", port)
        async with plant.tunnel(asset) as tunnel, patience():
            await asyncio.to_thread(client.connect, "127.0.0.1", tunnel.port)

            async def change_mode() -> bool:
                code, _ = await fins_ended(client, "change_to_program_mode")
                assert code in {0, 0x2607}
                return code == 0

            try:
                await passes_once_after_a_yes(plant, asset, "stop", change_mode)
                assert (await fins_ended(client, "memory_area_read", DM, b"\0\x64\0", 1))[0] == 0
            finally:
                client.fins_socket.close()


async def test_slmp_stop(plant: Plant) -> None:
    async with simulator("slmp_plc") as port:
        asset = await add(plant, "ask-slmp", "slmp", port)
        async with test_slmp.engineer(plant, asset) as do:

            async def stop() -> bool:
                try:
                    await do("remote_stop")
                except UnsupportedComandError:
                    return False
                return True

            await passes_once_after_a_yes(plant, asset, "remote_stop", stop)
            assert await do("batchread_wordunits", "D100", 1) == [0]
