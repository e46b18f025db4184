"""pycomm3 and cpppo, two independent clients, and cpppo's server, with the guard between them."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import pytest
from cpppo.server.enip.client import MSVCStatusError, await_response, connector, parse_operations
from pycomm3 import CIPDriver, ResponseError

from guards.effects import Operation, Verdict
from policies.identity import DeviceIdentity, EnipIdentity
from policies.rules import Rules, Tier
from tests.integration.guards.controller import controller
from tests.integration.guards.wire import GuardedPort, guarded
from tests.unit.guards.material import MATERIAL

pytestmark = pytest.mark.integration
READ_ONLY = Rules(tiers=frozenset({Tier.READ}), max_in_flight=4)
OPERATING = Rules.model_validate(
    {
        "tiers": {"read", "operate"},
        "routes": {"1/0"},
        "writes": [{"table": "tag", "names": ["Speed"], "minimum": 0, "maximum": 1000}],
    }
)
STEPPED = Rules.model_validate(
    {"tiers": {"read", "operate"}, "writes": [{"table": "tag", "names": ["Levels[*"], "step": 5}]}
)
PLC = DeviceIdentity(
    enip=EnipIdentity(
        vendor=1, device_type=14, product_code=54, major=20, minor=11, serial_number=0xC0FFEE, product_name="Mixer"
    )
)
READING = Rules(tiers=frozenset({Tier.READ, Tier.OPERATE}), read_before_write=True)
PERMISSION_DENIED, PRIVILEGE_VIOLATION = "Permission denied", 0x0F
GET_ALL, GET, SET, RESET, IDENTITY, VALVES = 0x01, 0x0E, 0x10, 0x05, 0x01, 0x93

Do = Callable[..., Awaitable[Any]]


@asynccontextmanager
async def plant(rules: Rules, identity: DeviceIdentity | None = None) -> AsyncIterator[GuardedPort]:
    """Run a controller and a guarded port before it."""
    material = replace(MATERIAL, identity=identity)
    async with controller() as port, guarded(rules, port, protocol="enip", material=material) as guarded_port:
        yield guarded_port


async def aside(call: Callable[..., Any], *arguments: object, **named: object) -> Any:
    async with asyncio.timeout(30):
        return await asyncio.to_thread(call, *arguments, **named)


@asynccontextmanager
async def pycomm3(port: GuardedPort, path: str = "") -> AsyncIterator[Do]:
    """A driver with an open session; yield how to send a message with it."""
    driver = CIPDriver(f"127.0.0.1:{port.port}{path}")
    assert await aside(driver.open)

    async def send(service: int, class_code: int, instance: int, attribute: bytes = b"", **how: object) -> Any:
        message = {"service": service, "class_code": class_code, "instance": instance, "attribute": attribute}
        return await aside(driver.generic_message, **message, **how)

    try:
        yield send
    finally:
        await aside(driver.close)


async def cpppo(port: GuardedPort, *operations: str, fragment: bool = False, **how: object) -> list[tuple[int, Any]]:
    """Carry out operations, one after the other in one session; return each one's status and value."""

    def run() -> list[tuple[int, Any]]:
        with connector(host="127.0.0.1", port=port.port, timeout=20) as client:
            asked = parse_operations(operations, fragment=fragment, **how)
            done = client.synchronous(operations=asked, fragment=fragment, timeout=20)
            return [(_status(status), value) for _, _, _, _, status, value in done]

    return await aside(run)


def _status(status: Any) -> int:
    return status[0] if isinstance(status, tuple) else status


def reached(port: GuardedPort) -> list[Operation]:
    """Return what was let through to the controller."""
    return [op for op in port.operations if not op.is_response and op.verdict is Verdict.ALLOWED]


async def test_pycomm3_reads_on_a_connection_and_writes_are_refused_without_losing_it() -> None:
    async with plant(READ_ONLY) as port:
        async with pycomm3(port) as send:
            assert (await send(GET_ALL, IDENTITY, 1)).error is None
            assert (await send(GET, VALVES, 3, b"\x0a")).value == b"\x00\x00"
            refused = await send(SET, VALVES, 3, b"\x0a", request_data=b"\x07\x00")
            assert PERMISSION_DENIED in refused.error
            assert PERMISSION_DENIED in (await send(RESET, IDENTITY, 1)).error
            assert (await send(GET, VALVES, 3, b"\x0a")).value == b"\x00\x00"
        # The last word of all, which nobody answers, may still be on its way.
        functions = [op.function for op in reached(port) if op.function != "unregister_session"]
        assert functions == [
            "register_session", "large_forward_open", "get_attributes_all",
            "get_attribute_single", "get_attribute_single", "forward_close",
        ]  # fmt: skip
        assert {operation.tier for operation in reached(port)} == {Tier.READ}


async def test_pycomm3_reads_outside_connections_and_along_a_route() -> None:
    async with plant(READ_ONLY) as port, pycomm3(port, "/1/0") as send:
        how: dict[str, Any] = {"connected": False, "unconnected_send": True}
        assert (await send(GET_ALL, IDENTITY, 1, **how)).error is None
        assert PERMISSION_DENIED in (await send(SET, VALVES, 3, b"\x0a", request_data=b"\x07\x00", **how)).error
        assert (await send(GET, VALVES, 3, b"\x0a", **how)).value == b"\x00\x00"
        assert {operation.route for operation in port.operations if operation.function.startswith("get")} == {"1/0"}


async def test_pycomm3_gets_the_devices_own_identity() -> None:
    async with plant(READ_ONLY) as port:
        identity = await aside(CIPDriver.list_identity, f"127.0.0.1:{port.port}")
        assert identity["product_name"] == "1756-L61/B LOGIX5561"
        assert "list_identity" in [operation.function for operation in reached(port)]


async def test_pycomm3_and_cpppo_are_told_what_the_inventory_says_and_go_on_working() -> None:
    def listed(port: int) -> tuple[Any, Any]:
        with connector(host="127.0.0.1", port=port, timeout=20) as client:
            client.list_identity(timeout=20)
            identity, _ = await_response(client, timeout=20)
            client.list_services(timeout=20)
            services, _ = await_response(client, timeout=20)
            [named] = identity.enip.CIP.list_identity.CPF.item
            [offered] = services.enip.CIP.list_services.CPF.item
            return named.identity_object, offered.communications_service

    async with plant(READ_ONLY, PLC) as port:
        identity = await aside(CIPDriver.list_identity, f"127.0.0.1:{port.port}")
        assert {name: identity[name] for name in ("product_name", "serial", "revision", "ip_address")} == {
            "product_name": "Mixer", "serial": "00c0ffee", "revision": {"major": 20, "minor": 11},
            "ip_address": "0.0.0.0",
        }  # fmt: skip
        named, offered = await aside(listed, port.port)
        assert (named.product_name, named.serial_number, named.sin_addr) == ("Mixer", 0xC0FFEE, "0.0.0.0")
        assert (offered.service_name, offered.capability) == ("Communications", 0x20)
        assert (await cpppo(port, "Speed"))[0] == (0, [0])


async def test_cpppo_reads_and_its_writes_are_refused_with_status_15() -> None:
    async with plant(READ_ONLY) as port:
        done = await cpppo(port, "Speed", "Speed=(INT)7", "Levels[0-3]", "Speed")
        assert done == [(0, [0]), (PRIVILEGE_VIOLATION, None), (0, [0, 0, 0, 0]), (0, [0])]
        assert {operation.tier for operation in reached(port)} == {Tier.READ}


async def test_a_packet_with_one_write_is_refused_service_by_service_and_cpppo_goes_on() -> None:
    def run(port: int) -> list[Any]:
        with connector(host="127.0.0.1", port=port, timeout=20) as client:
            refused = client.synchronous(
                operations=parse_operations(["Speed", "Speed=(INT)7"]), multiple=300, timeout=20
            )
            with pytest.raises(MSVCStatusError, match="0x1e"):
                list(refused)
            read = client.synchronous(operations=parse_operations(["Speed", "Flow"]), multiple=300, timeout=20)
            return [value for _, _, _, _, _, value in read]

    async with plant(READ_ONLY) as port:
        assert await aside(run, port.port) == [[0], [0.0]]
        assert port.operations[2].exception_code == PRIVILEGE_VIOLATION
        assert port.operations[2].objects == ("tag Speed",)


async def test_a_write_within_its_bounds_reaches_the_controller_and_others_do_not() -> None:
    async with plant(OPERATING) as port:
        done = await cpppo(port, "Speed=(INT)1000", "Speed=(INT)1001", "Flow=(REAL)1.0", "Speed")
        assert done == [(0, True), (PRIVILEGE_VIOLATION, None), (PRIVILEGE_VIOLATION, None), (0, [1000])]


async def test_another_slot_is_not_reached_by_unconnected_messages_nor_by_connections() -> None:
    async with plant(OPERATING) as port:
        done = await cpppo(port, "Speed", route_path=[{"port": 1, "link": 5}])
        assert done == [(PRIVILEGE_VIOLATION, None)]
        async with pycomm3(port, "/1/5") as send:
            assert PERMISSION_DENIED in (await send(GET_ALL, IDENTITY, 1, connected=False, unconnected_send=True)).error
            with pytest.raises(ResponseError, match="did not connect"):
                await send(GET, VALVES, 3, b"\x0a")
        assert {operation.function for operation in reached(port)} <= {"register_session", "unregister_session"}


async def test_requests_on_a_connection_take_the_route_that_it_was_opened_along() -> None:
    async with plant(OPERATING) as port:
        async with pycomm3(port, "/1/0") as send:
            assert (await send(GET, VALVES, 3, b"\x0a")).value == b"\x00\x00"
        assert [op.route for op in reached(port) if op.function == "get_attribute_single"] == ["1/0"]


async def test_values_move_by_steps_from_what_was_read() -> None:
    async with plant(STEPPED) as port:
        asked = ("Levels[2]=(DINT)5", "Levels[2]", "Levels[2]=(DINT)6", "Levels[2]=(DINT)5", "Levels[2]=(DINT)10")
        done = await cpppo(port, *asked, "Levels[2]")
        assert [status for status, _ in done] == [15, 0, 15, 0, 0, 0]
        assert done[-1] == (0, [10])


def befores(port: GuardedPort) -> list[tuple[object, ...]]:
    """Return what was written, with what the guard read there before."""
    writes = [one for one in reached(port) if one.tier is Tier.OPERATE]
    assert all(one.is_before_read for one in writes)
    return [(one.objects, one.before, one.values) for one in writes]


async def test_the_guard_reads_before_cpppo_writes_tags_and_cpppo_does_not_notice() -> None:
    async with plant(READING) as port:
        done = await cpppo(
            port, "Speed=(INT)7", "Speed=(INT)8", "Levels[2-3]=(DINT)5,6", "Levels[2-3]=(DINT)7,8", "Speed"
        )
        assert done == [(0, True)] * 4 + [(0, [8])]
        levels = ("tag Levels[2]", "tag Levels[3]")
        assert befores(port) == [
            (("tag Speed",), (0,), (7,)),
            (("tag Speed",), (7,), (8,)),
            (levels, (0, 0), (5, 6)),
            (levels, (5, 6), (7, 8)),
        ]


async def test_the_guard_reads_before_cpppo_writes_fragments() -> None:
    async with plant(READING) as port:
        asked = ("Levels[2-5]=(DINT)1,2,3,4", "Levels[2-5]+8=(DINT)5,6", "Levels[2-5]")
        done = await cpppo(port, *asked, fragment=True)
        assert done == [(0, True), (0, True), (0, [1, 2, 5, 6])]
        levels = tuple(f"tag Levels[{at}]" for at in range(2, 6))
        assert befores(port) == [(levels, (0, 0, 0, 0), (1, 2, 3, 4)), (levels[2:], (3, 4), (5, 6))]


@pytest.mark.parametrize("path", ["", "/1/0"])
async def test_the_guard_reads_before_pycomm3_writes_attributes_on_a_connection(path: str) -> None:
    async with plant(READING) as port, pycomm3(port, path) as send:
        for data in (b"\x07\x00", b"\x08\x00"):
            assert (await send(SET, VALVES, 3, b"\x0a", request_data=data)).error is None
        assert (await send(GET, VALVES, 3, b"\x0a")).value == b"\x08\x00"
        valve = ("class147 3 10",)
        assert befores(port) == [(valve, ("0000",), ("0700",)), (valve, ("0700",), ("0800",))]
