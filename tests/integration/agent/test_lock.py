"""The plant's lock on a running agent."""

import asyncio

import pytest

from agent.errors import LocalError
from agent.local import Answer, Ask, AskLock, AskStatus, AskUnlock, ask_agent
from tests.integration.agent.fake_broker import FakeBroker
from tests.integration.agent.plant import FakeDevice, Plant, until
from tunnel.messages import DialRefused, LockChanged, StreamClosed

pytestmark = pytest.mark.integration


async def ask(plant: Plant, what: Ask) -> Answer:
    return await asyncio.to_thread(ask_agent, plant.state.socket, what)


async def test_locking_cuts_everything_tells_the_broker_and_refuses_dials(
    plant: Plant, broker: FakeBroker, echo: FakeDevice
) -> None:
    plant.allow(echo.port)
    async with plant.running():
        link = await broker.link()
        await link.say(plant.order(echo.port))
        user = await broker.user()
        await user.ask(b"x", 1)
        await ask(plant, AskLock(reason="line 2 is open"))
        assert (await link.hear(StreamClosed)).code == "locked"
        assert (await link.hear(LockChanged)).lock.reason == "line 2 is open"
        assert "line 2 is open" in (await user.ended()).detail
        await echo.saw_close()
        await link.say(plant.order(echo.port))
        assert (await link.hear(DialRefused)).code == "locked"
        assert echo.connects == 1


async def test_the_lock_works_while_the_broker_is_away(plant: Plant, broker: FakeBroker, echo: FakeDevice) -> None:
    plant.allow(echo.port)
    async with plant.running():
        link = await broker.link()
        await link.say(plant.order(echo.port))
        user = await broker.user()
        await user.ask(b"x", 1)
        broker.refuse_link = 503
        await link.drop()
        await ask(plant, AskLock())
        assert (await user.ended()).code == "locked"
        await echo.saw_close()


async def test_the_lock_survives_a_restart_and_greets_with_it(plant: Plant, broker: FakeBroker) -> None:
    async with plant.running():
        await broker.link()
        await ask(plant, AskLock(reason="shutdown"))
    async with plant.running():
        assert (await broker.link()).hello.lock.locked


async def test_a_lock_for_a_while_ends_by_itself_and_the_broker_hears_it(plant: Plant, broker: FakeBroker) -> None:
    async with plant.running():
        link = await broker.link()
        await ask(plant, AskLock(seconds=0.2))
        assert (await link.hear(LockChanged)).lock.locked
        assert not (await link.hear(LockChanged)).lock.locked


async def test_an_unlock_for_a_while_ends_in_a_cut(plant: Plant, broker: FakeBroker, echo: FakeDevice) -> None:
    plant.settings = plant.settings.model_copy(update={"lock_by_default": True})
    plant.allow(echo.port)
    async with plant.running():
        link = await broker.link()
        assert link.hello.lock.locked
        await ask(plant, AskUnlock(seconds=2))
        await link.say(plant.order(echo.port))
        user = await broker.user()
        assert await user.ask(b"x", 1) == b"x"
        assert (await user.ended()).code == "locked"


async def test_an_unlock_without_end_is_refused_where_locked_is_the_rule(plant: Plant, broker: FakeBroker) -> None:
    plant.settings = plant.settings.model_copy(update={"lock_by_default": True})
    async with plant.running():
        await broker.link()
        with pytest.raises(LocalError, match="for how long"):
            await ask(plant, AskUnlock())


async def test_a_lock_written_by_somebody_else_is_noticed(plant: Plant, broker: FakeBroker) -> None:
    async with plant.running():
        link = await broker.link()
        plant.state.lock.write_text("damaged")
        lock = (await link.hear(LockChanged)).lock
        assert lock.locked
        assert "cannot be read" in lock.reason


async def test_a_lock_that_cannot_be_kept_counts_all_the_same(
    plant: Plant, broker: FakeBroker, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with plant.running():
        link = await broker.link()

        def full(*_: object) -> None:
            raise OSError(28, "No space left on device")

        monkeypatch.setattr("agent.lock_file.write_atomically", full)
        with pytest.raises(LocalError, match="not beyond a restart"):
            await ask(plant, AskLock())
        assert (await link.hear(LockChanged)).lock.locked
        with pytest.raises(LocalError, match="stays locked"):
            await ask(plant, AskUnlock(seconds=60))


async def test_status_is_answered_on_the_socket(plant: Plant, broker: FakeBroker) -> None:
    plant.allow(502)
    async with plant.running():
        await broker.link()
        agent = plant.agent
        assert agent is not None
        await until(lambda: agent.status().link.connected)
        status = (await ask(plant, AskStatus())).status
        assert status["running"] is True
        assert status["ceiling"] == {"valid": True, "targets": 1, "problem": ""}


async def test_garbage_on_the_socket_is_answered_and_harms_nobody(plant: Plant, broker: FakeBroker) -> None:
    async with plant.running():
        await broker.link()
        for garbage in (b"\n", b"{}\n", b"\xff\n", b"x" * 200_000 + b"\n", b'{"do":"lock","seconds":-1}\n'):
            reader, writer = await asyncio.open_unix_connection(plant.state.socket)
            writer.write(garbage)
            async with asyncio.timeout(15):
                await reader.read()
            writer.close()
        assert (await ask(plant, AskStatus())).status["lock"] == {"locked": False, "until": None, "reason": ""}
