"""A real OPC UA client reaches a real server through broker and agent, and may do what policy and ceiling both give."""

import asyncio
import logging
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest
import pytest_asyncio
from asyncua import Client, Node, Server, ua
from asyncua.common.methods import uamethod
from asyncua.crypto.security_policies import SecurityPolicyBasic256Sha256
from asyncua.ua.uaerrors import BadNodeIdUnknown, BadUserAccessDenied

from broker.pki.applications import Applications
from tests.e2e.asking import passes_once_after_a_yes
from tests.e2e.plant import Plant, patience
from tests.integration.guards.opcua_server import port_of, serving

pytestmark = [pytest.mark.e2e, pytest.mark.integration, pytest.mark.asyncio(loop_scope="session")]
EVERYTHING = "tiers: [read, operate, program]"
ASKING = "tiers: [read], ask: [operate, program]"
PUMP, VALVE, START, OWNER = "ns=2;s=Pump", "ns=2;s=Valve", "ns=2;s=Start", "ns=2;s=Plant"
ENCRYPTED = ua.MessageSecurityMode.SignAndEncrypt


@dataclass
class Device:
    """A server without security; ``sessions`` tells how many are open."""

    server: Server
    nodes: dict[str, Node] = field(default_factory=dict)
    starts: list[float] = field(default_factory=list)

    @property
    def port(self) -> int:
        """Where it listens."""
        return port_of(self.server)

    @property
    def subscriptions(self) -> int:
        """How many subscriptions are open."""
        return len(self.server.iserver.subscription_service.subscriptions)

    async def value(self, node: str) -> object:
        """Return what a variable holds."""
        return await self.nodes[node].read_value()


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def there() -> AsyncIterator[Device]:
    """The device: a server takes a second to start, so one stands for all journeys."""
    async with serving() as server:
        device = Device(server)
        owner = await server.nodes.objects.add_object(ua.NodeId.from_string(OWNER), "Plant")
        for name in (PUMP, VALVE):
            device.nodes[name] = await owner.add_variable(ua.NodeId.from_string(name), name[-4:], 1.5)
            await device.nodes[name].set_writable()

        @uamethod
        def start(parent: ua.NodeId, speed: float) -> None:
            device.starts.append(speed)

        await owner.add_method(ua.NodeId.from_string(START), "Start", start, [ua.VariantType.Double], [])
        yield device


@pytest.fixture(scope="module")
def certified(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    """A tool's certificate and key, in files."""
    folder = tmp_path_factory.mktemp("tool")
    certificate = folder / "tool.der"
    certificate.write_bytes(Applications(folder).of_asset("tool").certificate)
    yield str(certificate), str((folder / "application.key").rename(folder / "tool.pem"))


@asynccontextmanager
async def tool(port: int, certified: tuple[str, str] | None = None, user: str = "") -> AsyncIterator[Client]:
    """A connected client; with a certificate it signs and encrypts, with a user's name it signs in."""
    client = Client(f"opc.tcp://127.0.0.1:{port}/", timeout=20)
    if user:  # nodes are added and deleted by the device's administrator alone
        client.set_user(user)
        client.set_password("spare")
    if certified is not None:
        await client.set_security(SecurityPolicyBasic256Sha256, *certified, mode=ENCRYPTED)
    async with patience(), client:
        yield client


async def test_a_reading_session_reads_and_watches_and_every_write_is_refused_inside_the_protocol(
    plant: Plant, there: Device, certified: tuple[str, str]
) -> None:
    asset = await plant.add_guarded("opcua-look", "opcua", there.port, ceiling=EVERYTHING, allow="tiers: [read]")
    async with plant.tunnel(asset) as tunnel:
        for certificate in (None, certified):
            async with tool(tunnel.port, certificate) as client:
                pump = client.get_node(PUMP)
                before = await there.value(PUMP)
                assert await pump.read_value() == before
                with pytest.raises(BadUserAccessDenied):
                    await pump.write_value(7.0)
                with pytest.raises(BadUserAccessDenied):
                    await client.get_node(OWNER).call_method(ua.NodeId.from_string(START), 1.0)
                watcher = Watcher()
                subscription = await client.create_subscription(20, watcher)
                await subscription.subscribe_data_change(pump)
                assert await watcher.changes.get() == await pump.read_value() == before
    assert there.starts == []


class Watcher:
    """Takes what a subscription tells."""

    def __init__(self) -> None:
        self.changes: asyncio.Queue[object] = asyncio.Queue()

    def datachange_notification(self, node: Node, value: object, data: object) -> None:
        """Take a change."""
        self.changes.put_nowait(value)


async def test_an_operating_session_moves_what_it_was_given_within_its_bounds(
    plant: Plant, there: Device, certified: tuple[str, str]
) -> None:
    allow = f"tiers: [read], writes: [{{table: node, names: ['{PUMP}'], min: 0, max: 10, step: 3}}]"
    asset = await plant.add_guarded("opcua-operate", "opcua", there.port, ceiling=EVERYTHING, allow=allow)
    await there.nodes[PUMP].write_value(5.0)
    async with plant.tunnel(asset) as tunnel, tool(tunnel.port, certified) as client:
        pump = client.get_node(PUMP)
        with pytest.raises(BadUserAccessDenied):  # what it is now has not been read
            await pump.write_value(6.0)
        assert await pump.read_value() == 5.0
        await pump.write_value(8.0)
        with pytest.raises(BadUserAccessDenied):
            await pump.write_value(4.0)
        with pytest.raises(BadUserAccessDenied):
            await client.get_node(VALVE).write_value(1.0)
        assert await pump.read_value() == 8.0
    assert await there.value(PUMP) == 8.0


async def test_a_programming_session_adds_and_deletes_nodes_and_one_that_may_not_program_does_not(
    plant: Plant, there: Device, certified: tuple[str, str]
) -> None:
    added, operating = "ns=2;s=Added", "tiers: [read, operate]"
    at_the_device = there.server.get_node(added)
    asset = await plant.add_guarded("opcua-no-program", "opcua", there.port, ceiling=EVERYTHING, allow=operating)
    async with plant.tunnel(asset) as tunnel, tool(tunnel.port, certified, user="admin") as client:
        with pytest.raises(BadUserAccessDenied):
            await client.get_node(OWNER).add_variable(added, "Added", 42)
        assert await client.get_node(VALVE).read_value() == 1.5
    with pytest.raises(BadNodeIdUnknown):
        await at_the_device.read_value()
    programming = "tiers: [read, operate, program]"
    asset = await plant.add_guarded("opcua-program", "opcua", there.port, ceiling=EVERYTHING, allow=programming)
    async with plant.tunnel(asset) as tunnel, tool(tunnel.port, certified, user="admin") as client:
        await client.get_node(OWNER).add_variable(added, "Added", 42)
        assert await at_the_device.read_value() == 42
        await client.delete_nodes([client.get_node(added)])
        with pytest.raises(BadNodeIdUnknown):
            await at_the_device.read_value()


async def test_what_the_site_does_not_give_is_refused_whatever_the_policy_says(plant: Plant, there: Device) -> None:
    allow, ceiling = "tiers: [read, operate, program]", "tiers: [read, operate]"
    asset = await plant.add_guarded("opcua-held", "opcua", there.port, ceiling=ceiling, allow=allow)
    async with plant.tunnel(asset) as tunnel, tool(tunnel.port) as client:
        await client.get_node(OWNER).call_method(ua.NodeId.from_string(START), 2.5)
        with pytest.raises(BadUserAccessDenied):
            await client.get_node(OWNER).add_variable(ua.NodeId.from_string("ns=2;s=New"), "New", 1)
        with pytest.raises(BadUserAccessDenied):
            await client.delete_nodes([client.get_node(VALVE)])
        assert await client.get_node(VALVE).read_value() == 1.5
    assert there.starts == [2.5]


async def test_a_method_that_was_asked_for_is_called_once(plant: Plant, there: Device) -> None:
    asset = await plant.add_guarded("opcua-ask", "opcua", there.port, ceiling=EVERYTHING, allow=ASKING)
    before = list(there.starts)
    async with plant.tunnel(asset) as tunnel, tool(tunnel.port) as client:

        async def start() -> bool:
            try:
                await client.get_node(OWNER).call_method(ua.NodeId.from_string(START), 3.5)
            except BadUserAccessDenied:
                return False
            return True

        await passes_once_after_a_yes(plant, asset, "call", start)
        assert await client.get_node(VALVE).read_value() == 1.5
    assert there.starts == [*before, 3.5]


async def test_a_node_that_was_asked_for_is_added_once(plant: Plant, there: Device, certified: tuple[str, str]) -> None:
    wanted = "ns=2;s=Asked"
    asset = await plant.add_guarded("opcua-ask-program", "opcua", there.port, ceiling=EVERYTHING, allow=ASKING)
    async with plant.tunnel(asset) as tunnel, tool(tunnel.port, certified, user="admin") as client:

        async def add() -> bool:
            try:
                await client.get_node(OWNER).add_variable(wanted, "Asked", 42)
            except BadUserAccessDenied:
                return False
            return True

        await passes_once_after_a_yes(plant, asset, "add_nodes", add)
    assert await there.server.get_node(wanted).read_value() == 42


class Heard(logging.Handler):
    """What a server writes into its log about its clients."""

    def __init__(self) -> None:
        super().__init__()
        self.closed = asyncio.Event()

    def emit(self, record: logging.LogRecord) -> None:
        """Take one line."""
        if record.getMessage().startswith("Close session request"):
            self.closed.set()


async def test_a_session_that_is_cut_says_good_bye_to_the_device(plant: Plant, there: Device) -> None:
    asset = await plant.add_guarded("opcua-cut", "opcua", there.port, ceiling=EVERYTHING, allow="tiers: [read]")
    log, heard = logging.getLogger("asyncua.server.uaprocessor"), Heard()
    log.addHandler(heard)
    log.setLevel(logging.INFO)
    async with plant.session(asset) as session, plant.tunnel_into(session) as tunnel, tool(tunnel.port) as client:
        subscription = await client.create_subscription(1000, Watcher())
        await subscription.subscribe_data_change(client.get_node(PUMP))
        assert there.subscriptions == 1
        await plant.apis["engineer"].post(f"/sessions/{session['id']}/end")
        await tunnel.end()
        async with patience():
            await heard.closed.wait()
        client.uaclient.disconnect_socket()
    log.removeHandler(heard)
    log.setLevel(logging.NOTSET)
