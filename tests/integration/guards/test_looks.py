"""Looks at real servers through the guard: what they tell, that all of it is reading, and that a change is seen."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from pymodbus.pdu.device import ModbusDeviceIdentification
from pymodbus.simulator import DataType, SimData, SimDevice
from snap7.server import Server
from snap7.type import SrvArea

from guards.effects import Verdict
from guards.look import Difference, compare
from policies.rules import Rules, Tier
from tests.integration.guards.bacnet_devices import controller as bacnet_controller
from tests.integration.guards.controller import controller
from tests.integration.guards.datagram_wire import GuardedDatagrams, guarded_datagrams
from tests.integration.guards.dnp3_stack import OUTSTATION, outstation
from tests.integration.guards.looking import looked, looked_in_datagrams
from tests.integration.guards.modbus_server import serving
from tests.integration.guards.test_fins_tools import Tool as FinsTool
from tests.integration.guards.test_slmp_tools import Tool as SlmpTool
from tests.integration.guards.wire import GuardedPort, guarded
from tests.simulators.running import simulator

pytestmark = pytest.mark.integration
READ = frozenset({Tier.READ})


def only_read(port: GuardedPort | GuardedDatagrams) -> bool:
    asked = [operation for operation in port.operations if not operation.is_response]
    return bool(asked) and all((one.tier, one.verdict) == (Tier.READ, Verdict.ALLOWED) for one in asked)


@asynccontextmanager
async def modbus_device(revision: str) -> AsyncIterator[int]:
    identity = ModbusDeviceIdentification(
        info_name={"VendorName": "Acme", "ProductCode": "P1", "MajorMinorRevision": revision, "ModelName": "Pump"}
    )
    device = SimDevice(1, [SimData(0, count=10, values=0, datatype=DataType.REGISTERS)])
    async with serving(device, identity=identity) as port:
        yield port


async def modbus_facts(revision: str) -> dict[str, str]:
    rules = Rules(tiers=READ, units=frozenset({1}))
    async with modbus_device(revision) as device, guarded(rules, device) as port:
        look = await looked("modbus", rules, port.port)
    assert (look.problem, only_read(port)) == ("", True)
    return look.facts


async def test_another_revision_of_a_modbus_device_is_seen_and_nothing_else() -> None:
    before, after = await modbus_facts("1.0"), await modbus_facts("1.1")
    assert (before["unit1.vendor_name"], before["unit1.model_name"]) == ("Acme", "Pump")
    revision, server_id = compare(before, after)
    assert revision == Difference("unit1.major_minor_revision", "1.0", "1.1")
    assert (server_id.fact, bytes.fromhex(server_id.after or "")[:11]) == ("unit1.server_id", b"Acme-P1-1.1")
    assert compare(before, dict(before)) == []


async def test_a_block_that_was_added_to_an_s7_cpu_is_seen() -> None:
    rules, server = Rules(tiers=READ, routes=frozenset({"0/2"})), Server(log=False)
    server.register_area(SrvArea.DB, 1, bytearray(64))
    server.start_to("127.0.0.1", 0)
    assert server.server_socket is not None
    try:
        async with guarded(rules, server.server_socket.getsockname()[1], protocol="s7") as port:
            before = await looked("s7", rules, port.port)
            server.register_area(SrvArea.DB, 7, bytearray(8))
            after = await looked("s7", rules, port.port)
    finally:
        await asyncio.to_thread(server.stop)
    assert (before.problem, after.problem, only_read(port)) == ("", "", True)
    assert before.facts["order_number"].startswith("6ES7 315-2EH14-0AB0")
    differing = {one.fact: (one.before, one.after) for one in compare(before.facts, after.facts)}
    assert differing["blocks.DB"] == ("1", "2")
    assert differing.keys() == {"blocks.DB", "block.DB7"}


async def test_a_logix_controller_tells_its_identity() -> None:
    rules = Rules(tiers=READ)
    async with controller() as device, guarded(rules, device, protocol="enip") as port:
        look = await looked("enip", rules, port.port)
    assert (look.problem, only_read(port)) == ("", True)
    assert look.facts["vendor"] == "1"
    assert look.facts["product_name"].startswith("1756-L61")


async def test_what_a_fence_keeps_away_stops_the_look_and_says_so() -> None:
    rules = Rules(tiers=READ, units=frozenset({1}))
    async with modbus_device("1.0") as device, guarded(Rules(tiers=READ, units=frozenset({9})), device) as port:
        look = await looked("modbus", rules, port.port)
    assert (look.facts, look.problem) == ({}, "unit 1 is busy or out of reach (exception 10)")


async def test_an_omron_plc_that_was_stopped_is_seen_and_nothing_else() -> None:
    rules, tool = Rules(tiers=READ, routes=frozenset({"0.10.0"})), FinsTool()
    async with simulator("fins_plc") as device, guarded(rules, device, protocol="fins") as port:
        before, same = [await looked("fins", rules, port.port) for _ in range(2)]
        await tool.connect(device)
        try:
            assert (await tool.send(0x0402))[0] == 0
        finally:
            tool.close()
        after = await looked("fins", rules, port.port)
    assert (before.problem, after.problem, only_read(port), before.requests) == ("", "", True, 3)
    assert (before.facts["model"], before.facts["firmware"]) == ("CJ2M-CPU31", "02.01")
    assert compare(before.facts, same.facts) == []
    assert compare(before.facts, after.facts) == [
        Difference("mode", "run", "program"),
        Difference("state", "run", "stop"),
    ]


async def test_an_omron_plc_tells_the_same_in_datagrams() -> None:
    rules = Rules(tiers=READ, routes=frozenset({"0.10.0"}))
    async with simulator("fins_plc", "udp") as device, guarded_datagrams("fins-udp", rules, device) as port:
        look = await looked_in_datagrams("fins-udp", rules, port.port)
    assert (look.problem, only_read(port), look.facts["model"], look.facts["mode"]) == ("", True, "CJ2M-CPU31", "run")


async def test_a_melsec_station_that_was_stopped_is_seen_and_nothing_else() -> None:
    rules, tool = Rules(tiers=READ), SlmpTool()
    async with simulator("slmp_plc") as device, guarded(rules, device, protocol="slmp") as port:
        before, same = [await looked("slmp", rules, port.port) for _ in range(2)]
        await tool.do("connect", "127.0.0.1", device)
        try:
            await tool.do("remote_stop")
        finally:
            tool.client.close()
        after = await looked("slmp", rules, port.port)
    assert (before.problem, after.problem, only_read(port), before.requests) == ("", "", True, 2)
    assert before.facts == {"model": "Q03UDVCPU", "model_code": "0366", "mode": "run"} == same.facts
    assert compare(before.facts, after.facts) == [Difference("mode", "run", "stop")]


async def test_a_melsec_station_tells_the_same_in_datagrams() -> None:
    rules = Rules(tiers=READ)
    async with simulator("slmp_plc", "udp") as device, guarded_datagrams("slmp-udp", rules, device) as port:
        look = await looked_in_datagrams("slmp-udp", rules, port.port)
    assert (look.problem, only_read(port), look.facts["mode"]) == ("", True, "run")


async def test_another_database_of_a_bacnet_device_is_seen_and_nothing_else() -> None:
    rules = Rules(tiers=READ)
    async with bacnet_controller() as device, guarded_datagrams("bacnet", rules, device.port) as port:
        before, same = [await looked_in_datagrams("bacnet", rules, port.port) for _ in range(2)]
        described = device.application.device_object
        assert described is not None
        described.databaseRevision, described.firmwareRevision = 9, "2.0"
        after = await looked_in_datagrams("bacnet", rules, port.port)
    assert (before.problem, after.problem, only_read(port)) == ("", "", True)
    assert (before.facts["instance"], before.facts["name"], before.facts["objects"]) == ("7", "device-7", "6")
    assert compare(before.facts, same.facts) == []
    assert [(one.fact, one.after) for one in compare(before.facts, after.facts)] == [
        ("database_revision", "9"),
        ("firmware", "2.0"),
    ]


async def test_a_dnp3_outstation_without_attributes_tells_its_lasting_indications() -> None:
    rules = Rules(tiers=READ, units=frozenset({OUTSTATION}))
    async with outstation() as device, guarded(rules, device.port, protocol="dnp3") as port:
        before, same = [await looked("dnp3", rules, port.port) for _ in range(2)]
    # It greets whoever connects, who greets back.
    assert (before.problem, before.requests, same.requests) == ("", 2, 2)
    assert before.facts["restarted"] == "yes"
    assert compare(before.facts, same.facts) == []
