"""Services over UDP through a running agent: framed in the stream, held to the ceiling, ended like any other."""

import asyncio

import pytest

from guards.bacnet.identity import i_am
from guards.datagrams import framed
from policies.identity import BacnetIdentity, DeviceIdentity
from tests.integration.agent.fake_broker import FakeBroker
from tests.integration.agent.plant import Plant
from tests.integration.agent.test_streams import refusal
from tests.unit.guards.bacnet.traffic import WHO_IS
from tests.unit.tunnel.udp import udp
from tunnel.messages import CutSession, StreamClosed

pytestmark = pytest.mark.integration


async def test_datagrams_travel_both_ways_until_the_session_is_cut(plant: Plant, broker: FakeBroker) -> None:
    async with udp(echo=True) as device, plant.running():
        plant.allow(device.port, protocols=["udp"])
        link = await broker.link()
        order = plant.order(device.port, protocol="udp")
        await link.say(order)
        user = await broker.user()
        both = framed(b"hello") + framed(b"there")
        assert await user.ask(both, len(both)) == both
        assert device.received == [b"hello", b"there"]
        assert plant.agent is not None
        [stream] = plant.agent._streams
        await link.say(CutSession(session=stream.grant.claims.session, code="killed", reason="by the plant"))
        assert (await link.hear(StreamClosed)).code == "killed"
        assert (await user.ended()).code == "killed"


async def test_who_the_device_is_the_sites_own_guard_tells_too_where_the_grant_says_it(
    plant: Plant, broker: FakeBroker
) -> None:
    async with udp() as device, plant.running():
        plant.allow(device.port, protocols=["bacnet"], opaque=False, tiers=["read"])
        identity = DeviceIdentity(bacnet=BacnetIdentity(instance=7, vendor=15))
        link = await broker.link()
        await link.say(plant.order(device.port, protocol="bacnet", identity=identity))
        told = i_am(BacnetIdentity(instance=7, vendor=15))
        assert await (await broker.user()).ask(WHO_IS, len(told)) == told
        await link.say(plant.order(device.port, protocol="bacnet"))
        (await broker.user()).writer.write(WHO_IS)
        assert framed((await device.hear())[0]) == WHO_IS
        assert device.received == [WHO_IS[2:]]


@pytest.mark.parametrize(
    "allowed", [{"ports": [1]}, {"addresses": ["10.0.0.1"]}, {"protocols": ["tcp"]}, {"addresses": ["127.0.0.0/8"]}]
)
async def test_nothing_is_said_to_what_the_ceiling_does_not_allow(
    plant: Plant, broker: FakeBroker, allowed: dict[str, object]
) -> None:
    async with udp() as device:
        plant.allow(device.port, **({"protocols": ["udp"]} | allowed))
        assert (await refusal(plant, broker, plant.order(device.port, protocol="udp"))).code == "ceiling_denied"
        assert device.received == []


async def test_a_broadcast_address_is_no_device_even_if_it_is_listed(plant: Plant, broker: FakeBroker) -> None:
    plant.allow(47808, protocols=["udp"], addresses=["255.255.255.255"])
    answer = await refusal(plant, broker, plant.order(47808, protocol="udp", host="255.255.255.255"))
    assert answer.code == "device_unreachable"


async def test_the_sites_rate_holds_for_datagrams_that_no_guard_counts(plant: Plant, broker: FakeBroker) -> None:
    async with udp() as device, plant.running():
        plant.allow(device.port, protocols=["udp"], max_rate=0.001)
        link = await broker.link()
        await link.say(plant.order(device.port, protocol="udp"))
        user = await broker.user()
        user.writer.write(framed(b"one") + framed(b"two") + b"\xff\xff")
        assert (await link.hear(StreamClosed)).code == "datagram_too_large"
        assert (await device.hear())[0] == b"one"
        assert device.received == [b"one"]


async def test_a_stream_that_is_silent_for_the_granted_time_ends(plant: Plant, broker: FakeBroker) -> None:
    async with udp(echo=True) as device, plant.running():
        plant.allow(device.port, protocols=["udp"])
        link = await broker.link()
        await link.say(plant.order(device.port, protocol="udp", idle_seconds=0.1))
        user = await broker.user()
        assert (await user.ended()).code == "idle"
        async with asyncio.timeout(10):
            assert await user.reader.read() == b""
