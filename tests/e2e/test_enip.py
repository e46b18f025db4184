"""Real EtherNet/IP clients reach a real server through broker and agent, and do what policy and ceiling both give."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from cpppo.server.enip.client import await_response, client, connector, parse_operations
from pycomm3 import CIPDriver

from tests.e2e.devices import Device
from tests.e2e.plant import Plant, patience
from tests.integration.guards.controller import controller

pytestmark = [pytest.mark.e2e, pytest.mark.integration, pytest.mark.asyncio(loop_scope="session")]
EVERYTHING = "tiers: [read, operate, program], upload: true"
GET_ALL, GET, SET, RESET, IDENTITY, TIME_SYNC, VALVES = 0x01, 0x0E, 0x10, 0x05, 0x01, 0x43, 0x93
PRIVILEGE_VIOLATION = 15
IDENTITY_TOLD = {
    "vendor": 1, "device_type": 14, "product_code": 54, "major": 20, "minor": 11, "serial_number": 7,
    "product_name": "Mixer",
}  # fmt: skip
Do = Callable[..., Awaitable[Any]]


@asynccontextmanager
async def engineer(plant: Plant, asset: str) -> AsyncIterator[tuple[Do, Do]]:
    """The engineer's end of a session: how to send a message on a pycomm3 connection, and how to let cpppo work."""

    def work(*operations: str) -> list[tuple[int, Any]]:
        with connector(host="127.0.0.1", port=tunnel.port, timeout=20) as client:
            done = client.synchronous(operations=parse_operations(operations), timeout=20)
            return [(status[0] if isinstance(status, tuple) else status, value) for *_, status, value in done]

    async def do(call: Callable[..., Any], *arguments: object, **named: object) -> Any:
        async with patience():
            return await asyncio.to_thread(call, *arguments, **named)

    async with plant.tunnel(asset) as tunnel:
        driver = CIPDriver(f"127.0.0.1:{tunnel.port}/1/0")
        driver.socket_timeout = 20.0
        assert await do(driver.open)
        try:
            yield lambda **message: do(driver.generic_message, **message), lambda *words: do(work, *words)
        finally:
            await do(driver.close)


async def test_a_reading_session_reads_and_every_write_is_refused_inside_the_protocol(plant: Plant) -> None:
    valve = {"class_code": VALVES, "instance": 3, "attribute": b"\x0a"}
    async with controller() as port:
        asset = await plant.add_guarded("enip-look", "enip", port, ceiling=EVERYTHING, allow="tiers: [read]")
        async with engineer(plant, asset) as (send, work):
            assert (await send(service=GET_ALL, class_code=IDENTITY, instance=1)).error is None
            assert (await send(service=SET, request_data=b"\x07\x00", **valve)).error == "Permission denied"
            assert (await send(service=RESET, class_code=IDENTITY, instance=1)).error == "Permission denied"
            assert (await send(service=GET, **valve)).value == b"\x00\x00"
            done = await work("Speed", "Speed=(INT)7", "Speed")
            assert done == [(0, [0]), (PRIVILEGE_VIOLATION, None), (0, [0])]


async def test_an_operating_session_moves_the_tag_that_it_was_given_within_its_bounds_in_its_slot(plant: Plant) -> None:
    allow = "tiers: [read], routes: [1/0], writes: [{table: tag, names: [Speed], min: 0, max: 1000, step: 500}]"
    async with controller() as port:
        asset = await plant.add_guarded("enip-operate", "enip", port, ceiling=EVERYTHING, allow=allow)
        async with engineer(plant, asset) as (send, work):
            done = await work(
                "Speed", "Speed=(INT)500", "Speed=(INT)1001", "Speed=(INT)1000", "Flow=(REAL)1.0", "Speed"
            )
            assert [status for status, _ in done] == [0, 0, PRIVILEGE_VIOLATION, 0, PRIVILEGE_VIOLATION, 0]
            assert done[-1] == (0, [1000])
            elsewhere = await send(
                service=GET_ALL,
                class_code=IDENTITY,
                instance=1,
                connected=False,
                unconnected_send=True,
                route_path="1/4",
            )
            assert elsewhere.error == "Permission denied"


async def test_a_programming_session_sets_what_belongs_to_the_set_up_and_one_that_may_not_program_does_not(
    plant: Plant,
) -> None:
    set_up = {"class_code": TIME_SYNC, "instance": 1, "attribute": b"\x01"}
    async with controller("Speed=INT", "Clock@0x43/1/1=INT") as port:

        async def programs(asset: str) -> tuple[str | None, list[tuple[int, Any]]]:
            async with engineer(plant, asset) as (send, work):
                error = (await send(service=SET, request_data=b"\x07\x00", **set_up)).error
                return error, await work("Clock", "Speed")

        operating = await plant.add_guarded(
            "enip-no-program", "enip", port, ceiling=EVERYTHING, allow="tiers: [read, operate]"
        )
        assert await programs(operating) == ("Permission denied", [(0, [0]), (0, [0])])
        programming = await plant.add_guarded(
            "enip-program", "enip", port, ceiling=EVERYTHING, allow="tiers: [read, operate, program]"
        )
        assert await programs(programming) == (None, [(0, [7]), (0, [0])])


async def test_what_the_site_does_not_give_is_refused_whatever_the_policy_says(plant: Plant) -> None:
    async with controller() as port:
        allow = "tiers: [read, operate, program]"
        asset = await plant.add_guarded("enip-held", "enip", port, ceiling="tiers: [read]", allow=allow)
        async with engineer(plant, asset) as (_, work):
            assert [status for status, _ in await work("Speed=(INT)7", "Speed")] == [PRIVILEGE_VIOLATION, 0]


async def test_who_the_device_is_the_inventory_tells_and_the_device_hears_nothing(plant: Plant) -> None:
    def listed(port: int) -> Any:
        with client(host="127.0.0.1", port=port, timeout=20) as asking:  # pycomm3 would register a session before
            asking.list_identity(timeout=20)
            answer, _ = await_response(asking, timeout=20)
            [item] = answer.enip.CIP.list_identity.CPF.item
            return item.identity_object

    async with Device() as device:
        asset = await plant.add_guarded(
            "enip-known", "enip", device.port, ceiling=EVERYTHING, allow="tiers: [read]", identity=IDENTITY_TOLD
        )
        async with plant.tunnel(asset) as tunnel, patience():
            found = await asyncio.to_thread(listed, tunnel.port)
            assert (found.product_name, found.serial_number) == ("Mixer", 7)
        assert [bytes(call.received) for call in device.calls] == [b""]


async def test_our_own_look_at_the_device_hears_of_the_device_who_it_is(plant: Plant) -> None:
    async with controller() as port:
        asset = await plant.add_guarded(
            "enip-looked-at", "enip", port, ceiling=EVERYTHING, allow="tiers: [read], routes: [1/0]",
            session="fingerprint: true", identity=IDENTITY_TOLD,
        )  # fmt: skip
        async with plant.session(asset) as session, plant.tunnel_into(session) as tunnel, patience():
            found = await asyncio.to_thread(CIPDriver.list_identity, f"127.0.0.1:{tunnel.port}")
            assert found["product_name"] == "Mixer"
            row = await plant.apis["engineer"].get(f"/sessions/{session['id']}")
        assert row["fingerprint"]["before"]["facts"]["product_name"] == "1756-L61/B LOGIX5561"
