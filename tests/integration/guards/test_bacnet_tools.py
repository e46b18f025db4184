"""bacpypes3 on both sides and the guard between: what is allowed works, what is refused is refused as devices do it."""

import asyncio
from dataclasses import replace

import pytest
from bacpypes3.apdu import SimpleAckPDU, SubscribeCOVRequest
from bacpypes3.primitivedata import ObjectIdentifier

from guards.effects import Verdict
from policies.identity import BacnetIdentity, DeviceIdentity
from tests.integration.guards.bacnet_devices import Workstation, controller, workstation
from tests.integration.guards.datagram_wire import guarded_datagrams
from tests.unit.guards.bacnet.traffic import rules
from tests.unit.guards.material import MATERIAL
from tests.unit.tunnel.udp import udp

pytestmark = pytest.mark.integration
BOUNDED = [{"table": "analog_value", "addresses": [{"first": 1, "last": 1}], "minimum": 0, "maximum": 100}]


async def test_a_reading_tool_reads_and_stays_connected_through_every_refusal() -> None:
    async with (
        controller() as device,
        guarded_datagrams("bacnet", rules("read"), device.port) as port,
        workstation(port.port) as tool,
    ):
        assert await tool.read("analog-input,1") == 21.5
        assert await tool.write("analog-value,1", 30) == "property: write-access-denied"
        assert await tool.write_many(av1=30, av2=30) == "property: write-access-denied"
        assert await tool.restart() == "services: service-request-denied"
        assert await tool.silence() == "services: service-request-denied"
        many = await tool.read_many("analog-value,1", ["present-value", "object-name"])
        assert [one[3] for one in many] == [20.0, "set-point-1"]
        assert await tool.read("analog-value,9") == "object: unknown-object"
        [found] = await tool.who_is()
        assert found.iAmDeviceIdentifier[1] == 7
        assert await tool.read("analog-input,1") == 21.5
    assert (device.value("analog-value,1"), device.restarts, device.silenced) == (20.0, [], [])


async def test_bacpypes3_finds_the_device_of_the_inventory_and_the_device_first_hears_what_is_read() -> None:
    material = replace(MATERIAL, identity=DeviceIdentity(bacnet=BacnetIdentity(instance=7, vendor=15)))
    async with (
        udp() as device,
        guarded_datagrams("bacnet", rules("read"), device.port, material=material) as port,
        workstation(port.port) as tool,
    ):
        [found] = await tool.who_is()
        assert (found.iAmDeviceIdentifier[1], found.vendorID) == (7, 15)
        reading = asyncio.ensure_future(tool.read("analog-input,1"))
        async with asyncio.timeout(20):
            heard, _ = await device.inbox.get()
        reading.cancel()
        assert (heard[6] >> 4, heard[9]) == (0, 12), "a confirmed request: ReadProperty"


async def test_an_operating_tool_moves_its_set_point_within_the_bounds() -> None:
    given = rules("read", "operate", writes=BOUNDED)
    async with (
        controller() as device,
        guarded_datagrams("bacnet", given, device.port) as port,
        workstation(port.port) as tool,
    ):
        assert await tool.write("analog-value,1", 100) is None
        assert await tool.write("analog-value,1", 100.5) == "property: value-out-of-range"
        assert await tool.write("analog-value,2", 1) == "property: write-access-denied"
        assert await tool.write_many(av1=50, av2=50) == "property: write-access-denied"
        assert await tool.write_many(av1=50) is None
        assert await tool.write("analog-output,1", 1, "relinquish-default") == "property: write-access-denied"
    assert (device.value("analog-value,1"), device.value("analog-value,2")) == (50.0, 20.0)
    writes = [one for one in port.operations if one.function == "write_property" and one.verdict is Verdict.ALLOWED]
    assert [(one.is_response, one.values) for one in writes] == [(False, (100.0,)), (True, ())]


async def test_the_guard_reads_before_a_write_and_the_tool_does_not_notice() -> None:
    async with (
        controller() as device,
        guarded_datagrams("bacnet", rules("read", "operate", read_before_write=True), device.port) as port,
        workstation(port.port) as tool,
    ):
        assert await tool.write("analog-value,1", 30) is None
        assert await tool.write("analog-value,1", 40) is None
        assert await tool.write_many(av1=50, av2=60) is None
        assert await tool.read("analog-value,1") == 50
    writes = [one for one in port.operations if one.function.startswith("write_property") and not one.is_response]
    assert [(one.before, one.values, one.is_before_read) for one in writes] == [
        ((20.0,), (30.0,), True),
        ((30.0,), (40.0,), True),
        ((40.0, 20.0), (50.0, 60.0), True),
    ]


async def test_a_command_is_given_at_a_priority_and_given_back() -> None:
    async with (
        controller() as device,
        guarded_datagrams("bacnet", rules("read", "operate"), device.port) as port,
        workstation(port.port) as tool,
    ):
        assert await tool.write("analog-output,1", 40) is None
        assert device.value("analog-output,1") == 40
        assert await tool.write("analog-output,1", None) is None
        assert device.value("analog-output,1") == 5
    given = [one.values for one in port.operations if one.function == "write_property" and not one.is_response]
    assert given == [(40.0,), ("null",)]


async def test_an_engineer_restarts_and_silences_the_device() -> None:
    async with (
        controller() as device,
        guarded_datagrams("bacnet", rules("read", "operate", "program", "firmware"), device.port) as port,
        workstation(port.port) as tool,
    ):
        assert await tool.silence() is None
        assert await tool.restart() is None
    assert (len(device.silenced), len(device.restarts)) == (1, 1)


async def test_what_was_lost_on_the_way_is_asked_again_by_the_tool_and_gets_through() -> None:
    async with (
        controller() as device,
        guarded_datagrams("bacnet", rules("read"), device.port) as port,
        workstation(port.port) as tool,
    ):
        tool.application.device_object.apduTimeout = 200
        port.drop_next = 1
        assert await tool.read("analog-input,1") == 21.5
    asked = [one for one in port.operations if not one.is_response]
    assert len(asked) == 2
    assert {one.verdict for one in asked} == {Verdict.ALLOWED}


async def test_a_device_that_is_silent_is_answered_for() -> None:
    async with (
        controller() as device,
        guarded_datagrams("bacnet", rules("read"), device.port, device_timeout_seconds=0.1) as port,
        workstation(port.port) as tool,
    ):
        port.drop_next = 1
        assert "tsm-timeout" in await tool.read("analog-input,1")
        assert await tool.read("analog-input,1") == 21.5


async def test_changes_of_value_reach_the_tool_and_the_subscription_is_given_back() -> None:
    async with (
        controller() as device,
        guarded_datagrams("bacnet", rules("read"), device.port) as port,
        workstation(port.port) as tool,
    ):
        await told(tool)
        assert len(device.application._cov_detections) == 1
        assert {one.verdict for one in port.operations} == {Verdict.ALLOWED}
        port.leave()
        async with asyncio.timeout(20):
            while device.application._cov_detections:  # noqa: ASYNC110
                await asyncio.sleep(0.01)


async def told(tool: Workstation) -> None:
    """Subscribe to the room's temperature and wait for the first that the device tells."""
    heard = asyncio.Event()

    async def hear(notification: object) -> None:
        await tool.application.response(SimpleAckPDU(context=notification))
        heard.set()

    tool.application.do_ConfirmedCOVNotificationRequest = hear
    request = SubscribeCOVRequest(
        subscriberProcessIdentifier=1, monitoredObjectIdentifier=ObjectIdentifier("analog-input,1"),
        issueConfirmedNotifications=True, lifetime=300, destination=tool.device,
    )  # fmt: skip
    async with asyncio.timeout(20):
        await tool.application.request(request)
        await heard.wait()
