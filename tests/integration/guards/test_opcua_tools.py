"""asyncua's client and its server, both independent of us, with the guard between them."""

import asyncio
import logging
import os
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
import pytest_asyncio
from asyncua import Client, Node, Server, ua
from asyncua.common.methods import uamethod
from asyncua.crypto.permission_rules import User, UserRole
from asyncua.crypto.security_policies import SecurityPolicyBasic256Sha256
from asyncua.ua.uaerrors import BadUserAccessDenied, UaError, UaStatusCodeError

from broker.pki.applications import Application, Applications
from guards.effects import Operation, Verdict
from guards.look import Difference, compare
from guards.material import GuardMaterial
from guards.opcua.inside import NEEDS_SECURITY
from policies.rules import Rules, Tier
from tests.integration.guards.looking import looked
from tests.integration.guards.wire import GuardedPort, guarded

# A server takes a second to start: one stands for all tests.
pytestmark = [pytest.mark.integration, pytest.mark.asyncio(loop_scope="module")]
PUMP, VALVE, BLOB, START = "ns=2;s=Pump", "ns=2;s=Valve", "ns=2;s=Blob", "ns=2;s=Start"
OWNER = "ns=2;s=Plant"
METHOD = ua.NodeId.from_string(START)
FIRST: dict[str, object] = {PUMP: 1.5, VALVE: 2.5, BLOB: b""}
READ_ONLY = Rules(tiers=frozenset({Tier.READ}))
EVERYTHING = Rules(tiers=frozenset(Tier))
OPERATING = Rules.model_validate(
    {"tiers": {"read", "operate"}, "writes": [{"table": "node", "names": [PUMP], "minimum": 0, "maximum": 10}]}
)
READING = Rules(tiers=frozenset({Tier.READ, Tier.OPERATE}), read_before_write=True)
STARTING = Rules.model_validate(
    {
        "tiers": {"read", "operate"},
        "writes": [{"table": "method", "names": [START], "maximum": 5}, {"table": "node", "names": [OWNER]}],
    }
)
NONE, SIGN, ENCRYPT = None, ua.MessageSecurityMode.Sign, ua.MessageSecurityMode.SignAndEncrypt
each_mode = pytest.mark.parametrize("mode", [NONE, SIGN, ENCRYPT], ids=["none", "sign", "sign_and_encrypt"])
Mode = ua.MessageSecurityMode | None


class Users:
    """Who may come: nobody in particular, and one person with a password."""

    def __init__(self) -> None:
        self.asked: list[tuple[str | None, str | None]] = []

    def get_user(
        self, iserver: object, username: str | None = None, password: str | None = None, certificate: object = None
    ) -> User | None:
        """Return the user, if it is one."""
        self.asked.append((username, password))
        known = (username, password) in {(None, None), ("maria", "geheim")}
        return User(role=UserRole.User, name=username) if known else None


@dataclass
class Device:
    """A server with some variables and a method."""

    port: int
    nodes: dict[str, Node]
    users: Users
    starts: list[float]
    server: Server

    async def value(self, node: str) -> object:
        """Return what a variable holds."""
        return await self.nodes[node].read_value()


@pytest.fixture(autouse=True)
def silence() -> Iterator[None]:
    """Keep asyncua's own log out of the way."""
    log = logging.getLogger("asyncua")
    before, log.level = log.level, logging.CRITICAL
    log.setLevel(logging.CRITICAL)
    yield
    log.setLevel(before)


@dataclass
class Tool:
    """The certificates of both ends, and the tool's in files."""

    ours: Application
    certificate: Path
    key: Path


@pytest.fixture(scope="module")
def tool(tmp_path_factory: pytest.TempPathFactory) -> Tool:
    folder = tmp_path_factory.mktemp("tool")
    certificate = folder / "tool.der"
    certificate.write_bytes(Applications(folder).of_asset("tool").certificate)
    key = (folder / "application.key").rename(folder / "tool.pem")  # asyncua goes by the name
    ours = Applications(tmp_path_factory.mktemp("broker")).of_asset("ast_1")
    return Tool(ours, certificate, key)


@asynccontextmanager
async def device(
    policy: ua.SecurityPolicyType = ua.SecurityPolicyType.NoSecurity,
    tool: Tool | None = None,
    tokens: list[type] | None = None,
) -> AsyncIterator[Device]:
    users, starts = Users(), list[float]()
    server = Server(user_manager=users)
    await server.init()
    server.set_endpoint("opc.tcp://127.0.0.1:0/")
    server.set_security_policy([policy])
    if tokens is not None:
        server.set_identity_tokens(tokens)
    if tool is not None:
        await server.load_certificate(tool.certificate)
        await server.load_private_key(tool.key)
    assert await server.register_namespace("urn:plant") == 2
    owner = await server.nodes.objects.add_object(ua.NodeId.from_string(OWNER), "Plant")
    nodes = dict[str, Node]()
    for name, value in FIRST.items():
        nodes[name] = await owner.add_variable(ua.NodeId.from_string(name), name[-4:], value)
        await nodes[name].set_writable()

    @uamethod
    def start(parent: ua.NodeId, speed: float) -> float:
        starts.append(speed)
        return speed

    double = [ua.VariantType.Double]
    nodes[START] = await owner.add_method(ua.NodeId.from_string(START), "Start", start, double, double)
    await server.start()
    assert server.bserver is not None
    assert server.bserver._server is not None
    try:
        port = server.bserver._server.sockets[0].getsockname()[1]
        yield Device(port, nodes, users, starts, server)
    finally:
        await server.stop()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def running() -> AsyncIterator[Device]:
    """A device without security."""
    async with device() as there:
        yield there


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def secured(tool: Tool) -> AsyncIterator[Device]:
    """A device that demands security."""
    async with device(ua.SecurityPolicyType.Basic256Sha256_SignAndEncrypt, tool) as there:
        yield there


@pytest_asyncio.fixture(loop_scope="module")
async def there(running: Device) -> Device:
    """The device as it was at first."""
    for name, value in FIRST.items():
        await running.nodes[name].write_value(value)
    running.starts.clear()
    running.users.asked.clear()
    return running


@asynccontextmanager
async def client_at(
    rules: Rules, there: Device, tool: Tool, mode: Mode = None
) -> AsyncIterator[tuple[Client, GuardedPort]]:
    """A guarded port before the device, and a client."""
    async with guarded_port(rules, there, tool) as port, await client_of(port, tool, mode) as client:
        yield client, port


def guarded_port(rules: Rules, there: Device, tool: Tool) -> "asyncio.AbstractAsyncContextManager[GuardedPort]":
    loop = asyncio.get_running_loop()
    material = GuardMaterial(os.urandom, datetime.now(UTC), loop.time(), tool.ours.certificate, tool.ours.private_key)
    return guarded(rules, there.port, protocol="opcua", material=material)


async def client_of(port: GuardedPort, tool: Tool, mode: Mode, login: tuple[str, str] | None = None) -> Client:
    client = Client(f"opc.tcp://127.0.0.1:{port.port}/", timeout=10)
    if login is not None:
        client.set_user(login[0])
        client.set_password(login[1])
    if mode is not None:
        await client.set_security(SecurityPolicyBasic256Sha256, str(tool.certificate), str(tool.key), mode=mode)
    return client


def reached(port: GuardedPort) -> list[Operation]:
    """Return what was let through to the device."""
    return [op for op in port.operations if not op.is_response and op.verdict is Verdict.ALLOWED]


class Watcher:
    """Takes what a subscription tells."""

    def __init__(self) -> None:
        self.changes: asyncio.Queue[object] = asyncio.Queue()

    def datachange_notification(self, node: Node, value: object, data: object) -> None:
        """Take a change."""
        self.changes.put_nowait(value)

    async def next(self) -> object:
        """Wait for the next change."""
        async with asyncio.timeout(10):
            return await self.changes.get()


@each_mode
async def test_reading_and_watching_pass_and_a_write_is_refused_with_the_session_kept(
    there: Device, tool: Tool, mode: Mode
) -> None:
    async with client_at(READ_ONLY, there, tool, mode) as (client, port):
        pump = client.get_node(PUMP)
        assert await pump.read_value() == 1.5
        with pytest.raises(BadUserAccessDenied):
            await pump.write_value(3.0)
        assert await there.value(PUMP) == 1.5
        watcher = Watcher()
        subscription = await client.create_subscription(20, watcher)
        await subscription.subscribe_data_change(pump)
        assert await watcher.next() == 1.5
        await there.nodes[PUMP].write_value(2.0)
        assert await watcher.next() == 2.0
        assert {operation.tier for operation in reached(port)} == {Tier.READ}
        assert [op.objects for op in port.operations if op.function == "write"] == [(f"node {PUMP}",)]


@each_mode
async def test_a_write_within_its_bounds_reaches_the_device_and_others_do_not(
    there: Device, tool: Tool, mode: Mode
) -> None:
    async with client_at(OPERATING, there, tool, mode) as (client, _):
        pump, valve = client.get_node(PUMP), client.get_node(VALVE)
        await pump.write_value(10.0)
        for node, value in ((pump, 10.5), (pump, -1.0), (pump, float("nan")), (valve, 1.0)):
            with pytest.raises(BadUserAccessDenied):
                await node.write_value(value)
        with pytest.raises(BadUserAccessDenied):
            await client.get_node(OWNER).call_method(METHOD, 1.0)
        assert (await there.value(PUMP), await there.value(VALVE), there.starts) == (10.0, 2.5, [])
        assert await pump.read_value() == 10.0


@each_mode
async def test_the_guard_reads_before_a_write_and_the_client_does_not_notice(
    there: Device, tool: Tool, mode: Mode
) -> None:
    async with client_at(READING, there, tool, mode) as (client, port):
        pump, valve = client.get_node(PUMP), client.get_node(VALVE)
        await client.write_values([pump, valve], [5.0, 6.0])
        await pump.write_value(7.0)
        assert await client.read_values([pump, valve]) == [7.0, 6.0]
    writes = [one for one in reached(port) if one.function == "write"]
    assert [(one.before, one.values) for one in writes] == [((1.5, 2.5), (5.0, 6.0)), ((5.0,), (7.0,))]
    assert all(one.is_before_read for one in writes)


async def test_of_several_nodes_none_is_written_if_one_is_refused(there: Device, tool: Tool) -> None:
    async with client_at(OPERATING, there, tool) as (client, _):
        nodes = [client.get_node(PUMP), client.get_node(VALVE)]
        values = [ua.DataValue(ua.Variant(value, ua.VariantType.Double)) for value in (5.0, 6.0)]
        statuses = await client.uaclient.write_attributes([node.nodeid for node in nodes], values)
        names = [ua.status_codes.get_name_and_doc(status.value)[0] for status in statuses]
        assert names == ["BadRequestNotAllowed", "BadUserAccessDenied"]
        assert (await there.value(PUMP), await there.value(VALVE)) == (1.5, 2.5)


async def test_a_method_is_called_on_its_object_with_arguments_within_their_bounds(there: Device, tool: Tool) -> None:
    async with client_at(STARTING, there, tool) as (client, port):
        owner = client.get_node(OWNER)
        assert await owner.call_method(METHOD, 5.0) == 5.0
        with pytest.raises(BadUserAccessDenied):
            await owner.call_method(METHOD, 5.5)
        with pytest.raises(BadUserAccessDenied):
            await client.get_node(ua.ObjectIds.ObjectsFolder).call_method(METHOD, 1.0)
        assert there.starts == [5.0]
        calls = [op for op in reached(port) if op.function == "call"]
        assert [(call.objects, call.values) for call in calls] == [((f"method {START}", f"node {OWNER}"), (5.0,))]


async def test_what_programs_a_server_is_refused_and_other_attributes_than_values_too(
    there: Device, tool: Tool
) -> None:
    operate = Rules(tiers=frozenset({Tier.READ, Tier.OPERATE}))
    async with client_at(operate, there, tool) as (client, port):
        pump = client.get_node(PUMP)
        await pump.write_value(4.0)
        with pytest.raises(BadUserAccessDenied):
            await pump.write_attribute(ua.AttributeIds.DisplayName, ua.DataValue(ua.LocalizedText("Other")))
        with pytest.raises(BadUserAccessDenied):
            await client.get_node(OWNER).add_variable(ua.NodeId.from_string("ns=2;s=New"), "New", 1)
        with pytest.raises(BadUserAccessDenied):
            await client.delete_nodes([pump])
        assert await pump.read_value() == 4.0
        assert {operation.tier for operation in reached(port)} == {Tier.READ, Tier.OPERATE}


@each_mode
async def test_a_name_and_its_password_reach_the_device_whatever_they_were_encrypted_for(
    there: Device, tool: Tool, mode: Mode
) -> None:
    async with guarded_port(READ_ONLY, there, tool) as port:
        async with await client_of(port, tool, mode, ("maria", "geheim")) as client:
            assert await client.get_node(PUMP).read_value() == 1.5
        assert ("maria", "geheim") in there.users.asked
        with pytest.raises(UaStatusCodeError):
            async with await client_of(port, tool, mode, ("maria", "falsch")):
                pass
        assert ("maria", "falsch") in there.users.asked


@each_mode
async def test_long_messages_pass_in_pieces_both_ways(there: Device, tool: Tool, mode: Mode) -> None:
    async with client_at(EVERYTHING, there, tool, mode) as (client, _):
        content = os.urandom(200_000)
        node = client.get_node(BLOB)
        await node.write_value(content)
        assert await there.value(BLOB) == content
        assert await node.read_value() == content


@each_mode
async def test_a_channel_is_renewed_on_both_sides(there: Device, tool: Tool, mode: Mode) -> None:
    async with client_at(READ_ONLY, there, tool, mode) as (client, port):
        for _ in range(3):
            await client.open_secure_channel(renew=True)
            assert await client.get_node(PUMP).read_value() == 1.5
        assert [op.function for op in reached(port)].count("renew_secure_channel") == 3


async def test_registered_nodes_keep_their_names(there: Device, tool: Tool) -> None:
    async with client_at(OPERATING, there, tool) as (client, _):
        registered = await client.register_nodes([client.get_node(PUMP), client.get_node(VALVE)])
        assert [str(node) for node in registered] == [PUMP, VALVE]
        await registered[0].write_value(7.0)
        with pytest.raises(BadUserAccessDenied):
            await registered[1].write_value(7.0)
        await client.unregister_nodes(registered)
        assert (await there.value(PUMP), await there.value(VALVE)) == (7.0, 2.5)


async def test_tools_are_offered_what_the_guard_speaks_and_where_it_is_reached(there: Device, tool: Tool) -> None:
    async with guarded_port(READ_ONLY, there, tool) as port:
        client = await client_of(port, tool, NONE)
        endpoints = await client.connect_and_get_server_endpoints()
        modes = [(endpoint.SecurityPolicyUri.rpartition("#")[2], endpoint.SecurityMode.name) for endpoint in endpoints]
        assert modes == [("None", "None_"), ("Basic256Sha256", "Sign"), ("Basic256Sha256", "SignAndEncrypt")]
        assert {endpoint.EndpointUrl for endpoint in endpoints} == {f"opc.tcp://127.0.0.1:{port.port}/"}
        assert {endpoint.ServerCertificate for endpoint in endpoints[1:]} == {tool.ours.certificate}
        assert {endpoint.Server.ApplicationUri for endpoint in endpoints[1:]} == {"urn:wicketgate:opcua:ast_1"}
        servers = await (await client_of(port, tool, NONE)).connect_and_find_servers()
        assert {url for server in servers for url in server.DiscoveryUrls} == {f"opc.tcp://127.0.0.1:{port.port}/"}


@each_mode
async def test_a_device_that_demands_security_is_refused_with_its_reason(
    secured: Device, tool: Tool, mode: Mode
) -> None:
    async with guarded_port(READ_ONLY, secured, tool) as port:
        with pytest.raises((UaError, ConnectionError, TimeoutError)):
            async with await client_of(port, tool, mode):
                pass
        refused = [op.reason for op in port.operations if op.exception_code is not None]
        assert refused == [NEEDS_SECURITY]
        assert "activate_session" not in {operation.function for operation in port.operations}


async def test_nothing_is_said_to_a_device_where_nothing_is_given(there: Device, tool: Tool) -> None:
    async with guarded_port(Rules(), there, tool) as port:
        with pytest.raises((UaError, ConnectionError)):
            async with await client_of(port, tool, NONE):
                pass
        assert reached(port) == []


async def test_a_server_with_another_namespace_is_seen_and_nothing_else(there: Device, tool: Tool) -> None:
    async with guarded_port(READ_ONLY, there, tool) as port:
        before, same = [await looked("opcua", READ_ONLY, port.port) for _ in range(2)]
        added = await there.server.register_namespace("urn:spare")
        after = await looked("opcua", READ_ONLY, port.port)
    assert (before.problem, same.problem, after.problem, before.requests) == ("", "", "", 6)
    assert (before.facts["state"], before.facts["ns2.namespace"]) == ("running", "urn:plant")
    assert before.facts["product_uri"] == "urn:freeopcua.github.io:python:server"
    assert datetime.fromisoformat(before.facts["started"]).year >= 2025
    assert compare(before.facts, same.facts) == []
    assert compare(before.facts, after.facts) == [Difference(f"ns{added}.namespace", None, "urn:spare")]
    asked = [operation for operation in port.operations if not operation.is_response]
    assert {(one.tier, one.verdict) for one in asked} == {(Tier.READ, Verdict.ALLOWED)}
    assert [one.function for one in asked].count("close_session") == 3


async def test_a_server_that_demands_security_is_not_looked_at_and_that_is_said(secured: Device, tool: Tool) -> None:
    async with guarded_port(READ_ONLY, secured, tool) as port:
        look = await looked("opcua", READ_ONLY, port.port)
    assert look.facts == {}
    assert NEEDS_SECURITY in look.problem


async def test_a_server_that_lets_nobody_in_without_a_name_is_not_looked_at(tool: Tool) -> None:
    async with device(tokens=[ua.UserNameIdentityToken]) as named, guarded_port(READ_ONLY, named, tool) as port:
        look = await looked("opcua", READ_ONLY, port.port)
    assert (look.facts, look.problem) == ({}, "the server lets nobody in without a user's name")
