"""Looks at real servers through the guard: what they tell, that all of it is reading, and that a change is seen."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from pymodbus.pdu.device import ModbusDeviceIdentification
from pymodbus.server import ModbusTcpServer
from pymodbus.simulator import DataType, SimData, SimDevice
from snap7.server import Server
from snap7.type import SrvArea

from guards.effects import Verdict
from guards.look import Difference, compare
from policies.rules import Rules, Tier
from tests.integration.guards.controller import controller
from tests.integration.guards.looking import looked
from tests.integration.guards.wire import GuardedPort, guarded

pytestmark = pytest.mark.integration
READ = frozenset({Tier.READ})


def only_read(port: GuardedPort) -> bool:
    asked = [operation for operation in port.operations if not operation.is_response]
    return bool(asked) and all((one.tier, one.verdict) == (Tier.READ, Verdict.ALLOWED) for one in asked)


@asynccontextmanager
async def modbus_device(revision: str) -> AsyncIterator[int]:
    identity = ModbusDeviceIdentification(
        info_name={"VendorName": "Acme", "ProductCode": "P1", "MajorMinorRevision": revision, "ModelName": "Pump"}
    )
    device = SimDevice(1, [SimData(0, count=10, values=0, datatype=DataType.REGISTERS)])
    server = ModbusTcpServer([device], identity=identity, address=("127.0.0.1", 0))
    await server.serve_forever(background=True)
    assert server.transport is not None
    try:
        yield server.transport.sockets[0].getsockname()[1]
    finally:
        await server.shutdown()


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
