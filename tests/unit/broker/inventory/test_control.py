"""Control links over real TLS: arriving, dialling, locking, being revoked, and keys that are seen twice."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import aiohttp
import pytest

from broker.cluster.bus import Bus
from broker.inventory.agent_routes import AgentFacingRoutes
from broker.inventory.control import ControlDesk
from broker.inventory.errors import AgentOfflineError
from broker.inventory.links import LinkRegistry
from tests.unit.broker.fakes import FakeClock
from tests.unit.broker.inventory.conftest import Plant
from tests.unit.broker.inventory.fake_agent import (
    SOON,
    AgentKeys,
    Enroller,
    FakeAgent,
    FakeAuthenticator,
    control_desk,
    serving,
)
from tests.unit.broker.inventory.fakes import ADMIN, FakeGrantKeys, FakeStreamEvents
from tunnel.ids import AgentId, SiteId
from tunnel.messages import CutSession, Dial, DialRefused, EnrolmentResponse, Heartbeat, LockChanged, SiteLock

STREAM = "str_aaaaaaaaaaaa"


@pytest.fixture
def clock() -> FakeClock:
    """The present: OpenSSL checks certificates against the real time."""
    return FakeClock(datetime.now(UTC))


@dataclass
class House:
    """A broker's port with control links, and agents that come to it."""

    plant: Plant
    links: LinkRegistry
    events: FakeStreamEvents
    desk: ControlDesk
    bus: Bus
    site: SiteId
    url: str
    enroller: Enroller
    agents: list[FakeAgent] = field(default_factory=list)

    @property
    def now(self) -> datetime:
        return self.plant.clock.now()

    async def agent(self, name: str = "agent-1", instance: str = "instance-of-agent") -> FakeAgent:
        return self.twin(await self.enroller.keys(name), instance)

    def twin(self, keys: AgentKeys, instance: str) -> FakeAgent:
        agent = FakeAgent(self.url, keys, instance)
        self.agents.append(agent)
        return agent


@pytest.fixture
async def house(plant: Plant, bus: Bus, tmp_path: Path) -> AsyncIterator[House]:
    """The broker's port, served; agents are sent home at the end."""
    site = SiteId(await plant.site())
    links, events = LinkRegistry(plant.standing, bus), FakeStreamEvents()
    desk = control_desk(links, plant.standing, events, FakeGrantKeys(), bus, plant.clock)
    watch = asyncio.create_task(links.run())
    routes: list[object] = list(AgentFacingRoutes(plant.enrolment, desk).routes())

    async def enrol(csr: str, name: str) -> EnrolmentResponse:
        asked = plant.asked(await plant.join_secret(), name)
        return await plant.enrolment.enrol(asked.model_copy(update={"csr": csr}), "127.0.0.1")

    async with serving(routes, FakeAuthenticator(plant.standing), plant.authority) as url:
        house = House(plant, links, events, desk, bus, site, url, Enroller(enrol, tmp_path))
        yield house
        for agent in house.agents:
            await agent.leave()
        await links.close()
    watch.cancel()
    await asyncio.wait([watch])


async def heard(bus: Bus, topic: str) -> asyncio.Task[dict[str, str]]:
    """Start listening for one event of a topic now; await the result for its ids."""
    listening = asyncio.Event()

    async def listen() -> dict[str, str]:
        with bus.subscribe(topic) as subscription:
            listening.set()
            async with asyncio.timeout(SOON):
                async for event in subscription.events():
                    return event.ids
        raise AssertionError

    task = asyncio.create_task(listen())
    await listening.wait()
    return task


def dial() -> Dial:
    return Dial(stream=STREAM, grant="signed")


async def test_an_agent_is_welcomed_with_the_keys_that_grants_are_signed_with(house: House) -> None:
    connected = await heard(house.bus, "agent.connected")
    agent = await house.agent()
    welcome = await agent.arrive(house.now)
    assert (welcome.node, welcome.grant_keys) == ("node-1", FakeGrantKeys().jwks())
    assert await connected == {"agent": agent.id, "site": house.site}
    assert house.links.live_agent_of(house.site) == agent.id
    assert house.links.online_sites() == {house.site}


async def test_without_a_certificate_there_is_no_link(house: House) -> None:
    agent = await house.agent()
    agent.keys.tls = aiohttp.Fingerprint(b"x" * 32)  # type: ignore[assignment]
    from tunnel.tls import client_context

    agent.keys.tls = client_context(house.plant.authority.pem.decode())
    with pytest.raises(aiohttp.WSServerHandshakeError) as caught:
        await agent.connect()
    assert caught.value.status == 401


async def test_a_dial_reaches_the_agent(house: House) -> None:
    agent = await house.agent()
    await agent.arrive(house.now)
    assert await house.links.dial(house.site, dial()) == agent.id
    assert await agent.hear() == dial()


async def test_without_an_agent_a_dial_fails_at_once(house: House) -> None:
    with pytest.raises(AgentOfflineError):
        await house.links.dial(house.site, dial())


async def test_a_refused_dial_is_told_to_whoever_waits_for_the_stream(house: House) -> None:
    agent = await house.agent()
    await agent.arrive(house.now)
    await house.links.dial(house.site, dial())
    refusal = DialRefused(stream=STREAM, code="ceiling_denied", detail="not on the list")
    await agent.say(refusal)
    await said(house, agent)
    assert house.events.heard == [(AgentId(agent.id), refusal)]
    assert not house.links.knows_stream(AgentId(agent.id), STREAM)  # type: ignore[arg-type]


async def test_an_agent_cannot_speak_about_a_stream_of_another_agent(house: House) -> None:
    one, other = await house.agent("agent-1"), await house.agent("agent-2")
    await one.arrive(house.now)
    await house.links.dial(house.site, dial())
    await other.arrive(house.now)
    await other.say(DialRefused(stream=STREAM, code="ceiling_denied", detail=""))
    await said(house, other)
    assert house.events.heard == []


async def said(house: House, agent: FakeAgent) -> None:
    """Wait until the broker has read everything that the agent said: links are read in order."""
    changed = await heard(house.bus, "site.locked")
    await agent.say(LockChanged(lock=SiteLock(locked=True, reason="a sign that all was read")))
    await changed


async def test_the_agent_with_fewer_streams_is_dialled(house: House) -> None:
    first, second = await house.agent("agent-1"), await house.agent("agent-2")
    await first.arrive(house.now)
    await second.arrive(house.now)
    dials = [Dial(stream=f"str_{'a' * 10}{letter}", grant="signed") for letter in "bcde"]
    chosen = [await house.links.dial(house.site, one) for one in dials]
    assert sorted(chosen.count(AgentId(agent.id)) for agent in (first, second)) == [2, 2]


async def test_when_one_of_two_agents_goes_the_other_is_dialled(house: House) -> None:
    first, second = await house.agent("agent-1"), await house.agent("agent-2")
    await first.arrive(house.now)
    await second.arrive(house.now)
    gone = await heard(house.bus, "agent.disconnected")
    await first.leave()
    assert (await gone)["agent"] == first.id
    assert await house.links.dial(house.site, dial()) == second.id


async def test_a_cut_reaches_the_agent(house: House) -> None:
    agent = await house.agent()
    await agent.arrive(house.now)
    cut = CutSession(session="ses_aaaaaaaa", code="killed", reason="by the operator")
    await house.links.send(AgentId(agent.id), cut)
    assert await agent.hear() == cut


async def test_a_revoked_agent_is_told_not_to_come_back_and_cannot(house: House) -> None:
    agent = await house.agent()
    await agent.arrive(house.now)
    gone = await heard(house.bus, "agent.disconnected")
    await house.plant.agents.revoke(ADMIN, agent.id, "stolen cabinet")
    goodbye = await agent.hear_goodbye()
    assert (goodbye.code, goodbye.retry) == ("revoked", False)
    await gone
    assert house.links.live_agent_of(house.site) is None
    assert house.links.online_sites() == frozenset()
    with pytest.raises(aiohttp.WSServerHandshakeError):
        await agent.connect()


async def test_two_live_instances_of_one_key_quarantine_the_agent(house: House) -> None:
    agent = await house.agent()
    thief = house.twin(agent.keys, "instance-of-a-thief")
    await agent.arrive(house.now)
    told = asyncio.create_task(agent.hear_goodbye())  # the true agent listens, so it answers pings
    await thief.connect()
    await thief.say_hello(house.now)
    assert ((await thief.hear_goodbye()).code, (await told).code) == ("quarantined", "quarantined")
    assert len(await house.plant.audited("agent.quarantined")) == 1
    assert house.links.live_agent_of(house.site) is None
    with pytest.raises(aiohttp.WSServerHandshakeError):
        await agent.connect()


async def test_a_restarted_agent_replaces_its_dead_connection(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("broker.inventory.links.PROBE_SECONDS", 0.2)
    dead = await house.agent(instance="before-the-restart")
    await dead.arrive(house.now, answers_pings=False)
    restarted = house.twin(dead.keys, "after-the-restart-")
    await restarted.arrive(house.now)
    await house.links.dial(house.site, dial())
    assert await restarted.hear() == dial()
    assert await house.plant.audited("agent.quarantined") == []


async def test_the_same_instance_may_come_back_before_its_old_connection_is_gone(house: House) -> None:
    agent = await house.agent()
    await agent.arrive(house.now)
    again = house.twin(agent.keys, agent.instance)
    await again.arrive(house.now)
    await house.links.dial(house.site, dial())
    assert await again.hear() == dial()
    assert await house.plant.audited("agent.quarantined") == []


async def test_after_its_release_a_quarantined_agent_comes_back(house: House) -> None:
    agent = await house.agent()
    await house.plant.standing.quarantine(AgentId(agent.id), "a", "b")
    await house.plant.agents.release(ADMIN, agent.id, "only one of it now")
    await agent.arrive(house.now)
    assert house.links.live_agent_of(house.site) == agent.id


async def test_a_lock_that_the_agent_brings_stands_at_once(house: House) -> None:
    locked = await heard(house.bus, "site.locked")
    agent = await house.agent()
    await agent.arrive(house.now, SiteLock(locked=True, reason="turbine overhaul"))
    assert (await locked)["site"] == house.site
    found = await house.plant.sites.get(ADMIN, house.site)
    assert found.facts.lock is not None
    assert found.facts.lock.reason == "turbine overhaul"


async def test_the_clock_offset_is_measured_and_kept(house: House) -> None:
    agent = await house.agent()
    await agent.arrive(house.now + timedelta(hours=1))
    presence = house.links.presence(agent.id)
    assert presence is not None
    assert presence.clock_offset_seconds == 3600.0
    await agent.say(Heartbeat(clock=house.now - timedelta(seconds=5)))
    await said(house, agent)
    later = house.links.presence(agent.id)
    assert later is not None
    assert later.clock_offset_seconds == -5.0


@pytest.mark.parametrize(
    "words",
    [
        "no json",
        "{}",
        '{"type": "welcome"}',
        '{"type": "heartbeat", "clock": "2026-01-01T00:00:00"}',
        '{"type": "heartbeat", "clock": "2026-01-01T00:00:00Z", "mood": "good"}',
        '{"type": "hello", "version": 2}',
    ],
)
async def test_words_that_are_not_of_the_protocol_end_the_link(house: House, words: str) -> None:
    agent = await house.agent()
    await agent.arrive(house.now)
    assert agent.socket is not None
    await agent.socket.send_str(words)
    assert (await agent.hear_goodbye()).code == "bad_message"


async def test_a_link_that_begins_with_anything_but_a_hello_ends(house: House) -> None:
    agent = await house.agent()
    await agent.connect()
    await agent.say(Heartbeat(clock=house.now))
    assert (await agent.hear_goodbye()).code == "bad_message"


async def test_a_message_that_is_too_long_ends_the_link(house: House) -> None:
    agent = await house.agent()
    await agent.arrive(house.now)
    assert agent.socket is not None
    gone = await heard(house.bus, "agent.disconnected")
    await agent.socket.send_str("x" * (64 * 1024 + 1))
    await gone


async def test_a_link_ends_with_its_certificate(house: House) -> None:
    agent = await house.agent()
    await agent.arrive(house.now)
    house.plant.clock.advance(timedelta(days=7))
    await agent.say(Heartbeat(clock=house.now))
    assert (await agent.hear_goodbye()).code == "certificate_expired"


async def test_a_silent_agent_is_given_up(house: House) -> None:
    house.desk._terms = type(house.desk._terms)("node-1", heartbeat_seconds=0.1)
    gone = await heard(house.bus, "agent.disconnected")
    agent = await house.agent()
    await agent.arrive(house.now)
    assert (await gone)["agent"] == agent.id


async def test_agents_are_told_that_the_broker_stops_and_to_come_back(house: House) -> None:
    agent = await house.agent()
    await agent.arrive(house.now)
    await house.links.close()
    goodbye = await agent.hear_goodbye()
    assert (goodbye.code, goodbye.retry) == ("shutting_down", True)
