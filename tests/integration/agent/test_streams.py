"""Streams through a running agent: opened, held to the site's word, ended."""

import asyncio

import pytest

from policies.rules import Rules, Tier
from tests.integration.agent.fake_broker import FakeBroker
from tests.integration.agent.plant import FakeDevice, Plant, read_registers, until, write_register
from tunnel.messages import CutSession, Dial, DialRefused, Extend, StreamClosed

pytestmark = pytest.mark.integration


async def test_bytes_travel_both_ways_and_the_regular_end_is_told(
    plant: Plant, broker: FakeBroker, echo: FakeDevice
) -> None:
    plant.allow(echo.port)
    async with plant.running():
        link = await broker.link()
        await link.say(plant.order(echo.port))
        user = await broker.user()
        assert await user.ask(b"hello", 5) == b"hello"
        user.writer.write_eof()
        assert await user.reader.read() == b""
        assert (await link.hear(StreamClosed)).code == "closed"
        await echo.saw_close()


async def test_the_agent_shows_its_certificate_on_link_and_stream(
    plant: Plant, broker: FakeBroker, echo: FakeDevice
) -> None:
    plant.allow(echo.port)
    async with plant.running():
        await (await broker.link()).say(plant.order(echo.port))
        await broker.user()
        assert len(broker.certificates) == 2
        assert all(broker.certificates)


async def refusal(plant: Plant, broker: FakeBroker, order: Dial) -> DialRefused:
    async with plant.running():
        link = await broker.link()
        await link.say(order)
        answer = await link.hear(DialRefused)
        assert answer.stream == order.stream
        return answer


@pytest.mark.parametrize(
    "allowed",
    [{"ports": [1]}, {"addresses": ["127.0.0.0/8"]}, {"addresses": ["10.0.0.1"]}, {"protocols": ["ssh"]}],
    ids=str,
)
async def test_nothing_is_dialled_that_the_ceiling_does_not_allow(
    plant: Plant, broker: FakeBroker, echo: FakeDevice, allowed: dict[str, object]
) -> None:
    plant.allow(echo.port, **allowed)
    assert (await refusal(plant, broker, plant.order(echo.port))).code == "ceiling_denied"
    assert echo.connects == 0


async def test_without_a_ceiling_file_nothing_is_dialled(plant: Plant, broker: FakeBroker, echo: FakeDevice) -> None:
    assert (await refusal(plant, broker, plant.order(echo.port))).code == "ceiling_invalid"
    assert echo.connects == 0


async def test_a_broken_ceiling_file_refuses_new_dials_and_leaves_open_streams(
    plant: Plant, broker: FakeBroker, echo: FakeDevice
) -> None:
    plant.allow(echo.port)
    async with plant.running():
        link = await broker.link()
        await link.say(plant.order(echo.port))
        user = await broker.user()
        await user.ask(b"x", 1)
        plant.ceiling.write_text("version: 1\ntargets: [\n")
        await link.say(plant.order(echo.port))
        answer = await link.hear(DialRefused)
        assert answer.code == "ceiling_invalid"
        assert "line 3" in answer.detail
        assert await user.ask(b"still", 5) == b"still"


async def test_a_stream_that_the_changed_ceiling_forbids_is_cut(
    plant: Plant, broker: FakeBroker, echo: FakeDevice
) -> None:
    plant.allow(echo.port)
    async with plant.running():
        link = await broker.link()
        await link.say(plant.order(echo.port))
        user = await broker.user()
        await user.ask(b"x", 1)
        plant.allow(1)
        assert (await link.hear(StreamClosed)).code == "ceiling_denied"
        assert (await user.ended()).code == "ceiling_denied"
        await echo.saw_close()


async def test_a_stream_is_cut_when_the_file_allows_fewer_interrogations(
    plant: Plant, broker: FakeBroker, echo: FakeDevice
) -> None:
    plant.allow(echo.port, max_interrogations_per_minute=6)
    async with plant.running():
        link = await broker.link()
        await link.say(plant.order(echo.port))
        assert await (await broker.user()).ask(b"x", 1) == b"x"
        plant.allow(echo.port, max_interrogations_per_minute=5)
        assert (await link.hear(StreamClosed)).code == "ceiling_denied"
        await echo.saw_close()


async def test_the_site_holds_modbus_to_its_own_tiers_whatever_the_grant_says(
    plant: Plant, broker: FakeBroker, plc: FakeDevice
) -> None:
    plant.allow(plc.port, protocols=["modbus"], opaque=False, tiers=["read"])
    async with plant.running():
        link = await broker.link()
        await link.say(plant.order(plc.port, protocol="modbus"))
        user = await broker.user()
        assert (await user.ask(read_registers(1), 13))[7:9] == b"\x03\x04"
        assert (await user.ask(write_register(2), 9))[7:9] == b"\x86\x01"
        assert (await user.ask(read_registers(3), 13))[7:9] == b"\x03\x04"
        assert [pdu[0] for pdu in plc.requests] == [3, 3]


async def test_the_grant_is_not_widened_by_the_ceiling(plant: Plant, broker: FakeBroker, plc: FakeDevice) -> None:
    plant.allow(plc.port, protocols=["modbus"], opaque=False, tiers=["read", "operate"], units=["0-255"])
    only = Rules(tiers=frozenset({Tier.READ}), units=frozenset({1}))
    async with plant.running():
        link = await broker.link()
        await link.say(plant.order(plc.port, protocol="modbus", rules=only))
        user = await broker.user()
        assert (await user.ask(write_register(1), 9))[7] == 0x86
        assert (await user.ask(read_registers(2, unit=2), 9))[7] == 0x83
        assert plc.requests == []


async def test_a_grant_without_pass_through_opens_nothing_opaque(
    plant: Plant, broker: FakeBroker, echo: FakeDevice
) -> None:
    plant.allow(echo.port)
    order = plant.order(echo.port, rules=Rules(tiers=frozenset(Tier)))
    assert (await refusal(plant, broker, order)).code == "ceiling_denied"
    assert echo.connects == 0


async def test_an_unsigned_order_opens_nothing(plant: Plant, broker: FakeBroker, echo: FakeDevice) -> None:
    plant.allow(echo.port)
    order = plant.order(echo.port)
    forged = order.model_copy(update={"grant": order.grant[:-8] + "AAAAAAAA"})
    assert (await refusal(plant, broker, forged)).code == "grant_invalid"
    assert echo.connects == 0


async def test_a_device_that_refuses_is_named_so(plant: Plant, broker: FakeBroker, echo: FakeDevice) -> None:
    plant.allow(echo.port)
    await echo.stop()
    await until(lambda: echo._server is not None and not echo._server.sockets)
    assert (await refusal(plant, broker, plant.order(echo.port))).code == "device_refused"


async def test_a_broker_that_refuses_the_stream_leaves_the_device_closed(
    plant: Plant, broker: FakeBroker, echo: FakeDevice
) -> None:
    plant.allow(echo.port, max_connections=1)
    broker.refuse_stream = (403, "session_over")
    answer = await refusal(plant, broker, plant.order(echo.port))
    assert answer.code == "connect_back_failed"
    assert "session_over" in answer.detail
    await echo.saw_close()


async def test_the_connection_over_the_devices_cap_is_refused_until_one_ends(
    plant: Plant, broker: FakeBroker, echo: FakeDevice
) -> None:
    plant.allow(echo.port, max_connections=1)
    async with plant.running():
        link = await broker.link()
        await link.say(plant.order(echo.port))
        user = await broker.user()
        await link.say(plant.order(echo.port))
        assert (await link.hear(DialRefused)).code == "too_many_connections"
        user.writer.close()
        await link.hear(StreamClosed)
        await link.say(plant.order(echo.port))
        assert await (await broker.user()).ask(b"x", 1) == b"x"


async def test_connects_in_quick_succession_are_refused(plant: Plant, broker: FakeBroker, echo: FakeDevice) -> None:
    plant.allow(echo.port, max_connects_per_minute=1, max_connections=9)
    async with plant.running():
        link = await broker.link()
        await link.say(plant.order(echo.port))
        await broker.user()
        await link.say(plant.order(echo.port))
        assert (await link.hear(DialRefused)).code == "rate_limited"
        assert echo.connects == 1


async def test_a_session_has_no_more_streams_than_granted(plant: Plant, broker: FakeBroker, echo: FakeDevice) -> None:
    plant.allow(echo.port)
    async with plant.running():
        link = await broker.link()
        await link.say(plant.order(echo.port, max_streams=1))
        await broker.user()
        await link.say(plant.order(echo.port, max_streams=1))
        assert (await link.hear(DialRefused)).code == "too_many_connections"


async def test_a_cut_closes_both_sides_and_names_the_reason(plant: Plant, broker: FakeBroker, echo: FakeDevice) -> None:
    plant.allow(echo.port)
    async with plant.running():
        link = await broker.link()
        await link.say(plant.order(echo.port))
        user = await broker.user()
        await link.say(CutSession(session="ses_first", code="killed", reason="by the operator"))
        assert (await user.ended()).code == "killed"
        await echo.saw_close()


async def test_a_cut_reaches_a_stream_that_is_still_being_opened(
    plant: Plant, broker: FakeBroker, echo: FakeDevice
) -> None:
    plant.allow(echo.port)
    waiting, release = asyncio.Event(), asyncio.Event()

    async def hold() -> None:
        waiting.set()
        await release.wait()

    broker.on_stream = hold
    async with plant.running():
        link = await broker.link()
        await link.say(plant.order(echo.port))
        await waiting.wait()
        await link.say(CutSession(session="ses_first", code="killed"))
        await echo.saw_close()
        assert (await link.hear(StreamClosed)).code == "killed"
        release.set()


@pytest.mark.parametrize("protocols", [["ssh"], ["tcp", "ssh"]], ids=["forbidden", "otherwise"])
async def test_a_ceiling_that_changes_while_a_stream_is_being_opened_counts(
    plant: Plant, broker: FakeBroker, echo: FakeDevice, protocols: list[str]
) -> None:
    plant.allow(echo.port)

    async def change() -> None:
        plant.allow(echo.port, protocols=protocols, max_connections=1, name="another")

    broker.on_stream = change
    async with plant.running():
        link = await broker.link()
        await link.say(plant.order(echo.port))
        assert (await link.hear(DialRefused)).code == "ceiling_denied"
        await echo.saw_close()
    assert echo.requests == []


async def test_the_deadline_holds_at_the_agent_even_when_the_broker_forgets_it(
    plant: Plant, broker: FakeBroker, echo: FakeDevice
) -> None:
    plant.allow(echo.port)
    async with plant.running():
        link = await broker.link()
        await link.say(plant.order(echo.port, seconds=1))
        user = await broker.user()
        await link.drop()
        assert (await user.ended()).code == "deadline"
        await echo.saw_close()


async def test_a_stream_that_falls_silent_is_ended_by_the_agent(
    plant: Plant, broker: FakeBroker, echo: FakeDevice
) -> None:
    plant.allow(echo.port)
    async with plant.running():
        link = await broker.link()
        await link.say(plant.order(echo.port, idle_seconds=1.0))
        user = await broker.user()
        assert await user.ask(b"x", 1) == b"x"
        assert (await user.ended()).code == "idle"
        assert (await link.hear(StreamClosed)).code == "idle"
        await echo.saw_close()


async def test_an_extension_moves_the_deadline(plant: Plant, broker: FakeBroker, echo: FakeDevice) -> None:
    plant.allow(echo.port)
    async with plant.running():
        link = await broker.link()
        await link.say(plant.order(echo.port, seconds=2))
        user = await broker.user()
        await link.say(Extend(grant=plant.order(echo.port, seconds=600).grant))
        assert plant.agent is not None
        agent = plant.agent
        await until(lambda: any(stream.seconds_left > 500 for stream in agent.status().streams))
        assert await user.ask(b"x", 1) == b"x"


async def test_an_extension_reaches_a_stream_that_is_still_being_opened(
    plant: Plant, broker: FakeBroker, echo: FakeDevice
) -> None:
    plant.allow(echo.port)
    waiting, release = asyncio.Event(), asyncio.Event()

    async def hold() -> None:
        waiting.set()
        await release.wait()

    broker.on_stream = hold
    async with plant.running():
        link = await broker.link()
        await link.say(plant.order(echo.port, seconds=60))
        await waiting.wait()
        await link.say(Extend(grant=plant.order(echo.port, seconds=600).grant))
        await link.say(plant.order(1))
        await link.hear(DialRefused)  # so the extension was heard before the stream is let in
        release.set()
        assert await (await broker.user()).ask(b"x", 1) == b"x"
        assert plant.agent is not None
        assert plant.agent.status().streams[0].seconds_left > 500


async def test_an_extension_for_another_device_cuts(plant: Plant, broker: FakeBroker, echo: FakeDevice) -> None:
    plant.allow(echo.port)
    async with plant.running():
        link = await broker.link()
        await link.say(plant.order(echo.port))
        user = await broker.user()
        await link.say(Extend(grant=plant.order(1).grant))
        assert (await user.ended()).code == "terms_changed"


async def test_a_hostname_is_dialled_only_where_it_may_lead(plant: Plant, broker: FakeBroker, echo: FakeDevice) -> None:
    plant.allow(echo.port, hostnames=["localhost"])
    async with plant.running():
        link = await broker.link()
        await link.say(plant.order(echo.port, host="localhost"))
        user = await broker.user()
        assert await user.ask(b"x", 1) == b"x"
        plant.allow(echo.port, hostnames=["localhost"], addresses=["10.0.0.1"])
        await link.say(plant.order(echo.port, host="localhost"))
        assert (await link.hear(DialRefused)).code == "ceiling_denied"


async def test_stopping_the_agent_cuts_with_a_reason(plant: Plant, broker: FakeBroker, echo: FakeDevice) -> None:
    plant.allow(echo.port)
    async with plant.running():
        await (await broker.link()).say(plant.order(echo.port))
        user = await broker.user()
        await user.ask(b"x", 1)
    assert (await user.ended()).code == "shutting_down"
    await echo.saw_close()
