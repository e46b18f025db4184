"""The control link: greeting, coming back, being sent away."""

import asyncio
from datetime import timedelta

import pytest

from agent.errors import DismissedError
from tests.integration.agent.fake_broker import FakeBroker, FakePki
from tests.integration.agent.plant import FakeDevice, Plant, until
from tests.unit.agent.grant_tokens import Signer
from tunnel.messages import DialRefused, Goodbye, Heartbeat

pytestmark = pytest.mark.integration


async def test_the_greeting_says_how_things_stand(plant: Plant, broker: FakeBroker) -> None:
    plant.allow(502)
    async with plant.running():
        hello = (await broker.link()).hello
        assert hello.software.startswith("wicket-agent")
        assert not hello.lock.locked
        assert len(hello.ceiling_digest) == 64
        assert len(hello.instance) == 32


async def test_heartbeats_come_as_often_as_the_broker_asked(plant: Plant, broker: FakeBroker) -> None:
    broker.heartbeat_seconds = 0.05
    async with plant.running():
        link = await broker.link()
        assert (await link.hear(Heartbeat)).live_streams == 0
        await link.hear(Heartbeat)


async def test_a_lost_link_comes_back_as_the_same_instance(plant: Plant, broker: FakeBroker) -> None:
    async with plant.running():
        first = await broker.link()
        await first.drop()
        assert (await broker.link()).hello.instance == first.hello.instance


async def test_the_link_survives_the_brokers_restart_and_the_stream_the_links_loss(
    plant: Plant, broker: FakeBroker, echo: FakeDevice
) -> None:
    plant.allow(echo.port)
    async with plant.running():
        link = await broker.link()
        await link.say(plant.order(echo.port))
        user = await broker.user()
        await user.ask(b"x", 1)
        await link.drop()
        hello = (await broker.link()).hello
        assert len(hello.live_streams) == 1
        await broker.stop()
        await broker.start()
        await broker.link()


async def test_new_grant_keys_are_taken_over_with_the_welcome(
    plant: Plant, broker: FakeBroker, echo: FakeDevice
) -> None:
    plant.allow(echo.port)
    broker.signer = Signer("key-2")
    async with plant.running():
        await (await broker.link()).say(plant.order(echo.port))
        assert await (await broker.user()).ask(b"x", 1) == b"x"
    assert "key-2" in plant.state.load().grant_keys.by_id


async def test_a_goodbye_for_good_stops_the_agent_and_is_remembered(plant: Plant, broker: FakeBroker) -> None:
    async with plant.running() as task:
        await (await broker.link()).say(Goodbye(code="quarantined", reason="key seen twice", retry=False))
        with pytest.raises(DismissedError, match="key seen twice"):
            await asyncio.wait_for(asyncio.shield(task), 15)
    assert "quarantined" in plant.state.dismissal()


async def test_a_goodbye_for_now_brings_the_agent_back(plant: Plant, broker: FakeBroker) -> None:
    async with plant.running():
        await (await broker.link()).say(Goodbye(code="shutting_down"))
        await broker.link()


async def test_words_that_the_agent_does_not_know_end_the_link(plant: Plant, broker: FakeBroker) -> None:
    async with plant.running():
        link = await broker.link()
        await link._socket.send_str('{"type": "format_disk"}')
        await broker.link()
        await link._socket.close()


async def test_the_brokers_clock_is_measured_and_a_wrong_one_named(
    plant: Plant, broker: FakeBroker, echo: FakeDevice
) -> None:
    plant.allow(echo.port)
    broker.clock_offset = timedelta(hours=-1)
    async with plant.running():
        link = await broker.link()
        agent = plant.agent
        assert agent is not None
        await until(lambda: agent.status().link.offset_seconds is not None)
        assert agent.status().link.offset_seconds == pytest.approx(-3600, abs=5)
        await link.say(plant.order(echo.port, issued_ago=timedelta(hours=1)))
        answer = await link.hear(DialRefused)
        assert answer.code == "clock_skew"
        assert "set the clock" in answer.detail


async def test_a_broker_of_another_ca_is_not_spoken_to(
    plant: Plant, broker: FakeBroker, tmp_path_factory: pytest.TempPathFactory
) -> None:
    await broker.stop()
    stranger = FakeBroker(FakePki(tmp_path_factory.mktemp("stranger")))
    stranger.port = broker.port
    await stranger.start()
    async with plant.running():
        agent = plant.agent
        assert agent is not None
        await until(lambda: agent.status().link.fault.startswith("untrusted"))
    await stranger.stop()
    assert stranger.certificates == []


async def test_a_broker_that_refuses_the_certificate_is_named(plant: Plant, broker: FakeBroker) -> None:
    broker.refuse_link = 403
    async with plant.running():
        agent = plant.agent
        assert agent is not None
        await until(lambda: agent.status().link.fault.startswith("certificate_refused"))
