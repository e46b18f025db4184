"""A site over its life: a second agent that stands in, a device that slams the door, a broker that is stopped."""

import socket
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from deploy.demo.api import ApiRefusedError
from deploy.demo.plant import SITE
from deploy.demo.programs import Program, python_program, run_once
from tests.e2e.devices import Device, echo
from tests.e2e.plant import Plant, patience
from tests.e2e.test_promises import flowing

pytestmark = [pytest.mark.e2e, pytest.mark.integration, pytest.mark.asyncio(loop_scope="session")]


@asynccontextmanager
async def second_agent(plant: Plant, name: str, folder: Path) -> AsyncIterator[str]:
    """Another agent of the site with an identity of its own and the same ceiling; yields its id."""
    environment = {**plant.agent_environment(), "WICKET_AGENT_STATE_DIR": str(folder / "state")}
    admin, agent = plant.apis["admin"], python_program("wicket-agent")
    joined = await admin.post(f"/sites/{SITE}/join-tokens")
    enrol = [agent, "enroll", "--name", name, "--token", joined["token"]]
    code, printed, errors = await run_once(enrol, environment=environment)
    assert code == 0, printed + errors
    before = plant._count("broker", "agent_connected")
    program = await Program.start(name, [agent, "run"], plant.folder / f"{name}.log", environment=environment)
    try:
        await plant.broker.wait_for("agent_connected", occurrence=before + 1)
        agents = (await admin.get("/agents"))["items"]
        yield next(each["id"] for each in agents if each["name"] == name)
    finally:
        await program.stop()


async def test_two_agents_share_the_streams_and_when_one_dies_the_other_takes_new_ones(
    plant: Plant, tmp_path: Path
) -> None:
    async with (
        Device(echo) as device,
        second_agent(plant, "stand-in", tmp_path),
        plant.tunnel(await plant.add_opaque("two-agents", device.port)) as tunnel,
    ):
        calls = [(await flowing(tunnel, device))[0] for _ in range(2)]
        try:
            await plant.agent.kill()
            await tunnel.end()
            assert sum(call.ended.is_set() for call in calls) == 1
            await flowing(tunnel, device)
        finally:
            await plant.start_agent()


async def test_a_revoked_agent_is_cut_at_once_and_sent_away_for_good(plant: Plant, tmp_path: Path) -> None:
    async with Device() as device:
        asset = await plant.add_opaque("revoked-agent", device.port)
        await plant.agent.stop()
        try:
            async with second_agent(plant, "stolen", tmp_path) as second, plant.tunnel(asset) as tunnel:
                call, _ = await flowing(tunnel, device)
                await plant.apis["admin"].post(f"/agents/{second}/revoke", reason="stolen")
                assert await call.end(5) == "fin"
                assert (await tunnel.end(5)).code == "agent_lost"
                with pytest.raises(ApiRefusedError) as refused:
                    await plant.apis["engineer"].post("/sessions", asset=asset)
                assert refused.value.code == "agent_offline"
        finally:
            await plant.start_agent()


async def test_a_device_that_resets_the_connection_is_told_as_lost_and_the_next_try_works(plant: Plant) -> None:
    async with Device() as device, plant.tunnel(await plant.add_opaque("resets", device.port)) as tunnel:
        call, _ = await flowing(tunnel, device)
        call.writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        call.writer.transport.abort()
        assert (await tunnel.end()).code == "lost"
        await flowing(tunnel, device)


async def test_a_broker_that_is_stopped_ends_its_sessions_and_closes_their_recordings(plant: Plant) -> None:
    async with Device() as device:
        asset = await plant.add_opaque("stopped", device.port)
        opened = await plant.apis["engineer"].post("/sessions", asset=asset)
        async with plant.tunnel_into(opened) as tunnel:
            call, _ = await flowing(tunnel, device)
            assert await plant.broker.stop() == 0
            assert (await tunnel.end()).code == "broker_stopped"
            assert await call.end() == "fin"
        await plant.return_broker()
        ended = await plant.apis["engineer"].get(f"/sessions/{opened['id']}")
        proof = await plant.apis["auditor"].get(f"/recordings/{opened['recording']}/verification")
    assert (ended["end_code"], proof["state"]) == ("broker_stopped", "whole")


async def test_a_site_whose_agent_is_gone_says_so_and_comes_back_by_itself(plant: Plant) -> None:
    async with Device() as device:
        asset = await plant.add_opaque("agent-away", device.port)
        await plant.agent.stop()
        try:
            with pytest.raises(ApiRefusedError) as refused:
                await plant.apis["engineer"].post("/sessions", asset=asset)
            assert (refused.value.status, refused.value.code) == (503, "agent_offline")
        finally:
            await plant.start_agent()
        async with patience(), plant.tunnel(asset) as tunnel:
            await flowing(tunnel, device)
