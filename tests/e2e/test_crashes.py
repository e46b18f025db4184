"""SIGKILL in mid-session, to every program, in every order: nothing hangs, nothing is lost, everything comes back."""

import asyncio
import itertools
import json
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from tests.e2e.devices import Call, Device, echo
from tests.e2e.plant import Plant, patience
from tunnel.messages import USER_STREAM_PATH

pytestmark = [pytest.mark.e2e, pytest.mark.integration, pytest.mark.asyncio(loop_scope="session")]

ROOT = Path(__file__).parents[2]
BROKER, AGENT, CLIENT = "broker", "agent", "client"
VICTIMS = (BROKER, AGENT, CLIENT)
ORDERS = [
    *((victim,) for victim in VICTIMS),
    *itertools.permutations(VICTIMS, 2),
    *itertools.permutations(VICTIMS, 3),
]
RECOVERY_SECONDS = 60.0


class LoneClient:
    """A user's program in a process of its own, with a stream of the session open."""

    def __init__(self, process: Process) -> None:
        self._process = process

    async def line(self) -> str:
        """The next thing that it says."""
        assert self._process.stdout is not None
        async with patience(RECOVERY_SECONDS):
            return (await self._process.stdout.readline()).decode().strip()

    async def kill(self) -> None:
        """End it without a word."""
        if self._process.returncode is None:
            self._process.kill()
        await self._process.wait()


@asynccontextmanager
async def client_of(plant: Plant, session: dict[str, Any]) -> AsyncIterator[LoneClient]:
    """A client process whose stream carries bytes."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.e2e.lone_client", stdin=PIPE, stdout=PIPE, cwd=ROOT
    )
    client = LoneClient(process)
    path = USER_STREAM_PATH.format(session=session["id"])
    facts = {"broker_port": plant.port, "ca": plant.ca.read_text(), "path": path, "token": plant.apis["engineer"].token}
    assert process.stdin is not None
    process.stdin.write(json.dumps(facts).encode())
    process.stdin.close()
    try:
        assert await client.line() == "ready"
        yield client
    finally:
        await client.kill()


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def device() -> AsyncIterator[Device]:
    """A device that says back what it hears."""
    async with Device(echo) as running:
        yield running


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def asset(plant: Plant, device: Device) -> str:
    """The device as an asset that the engineer may use."""
    return await plant.add_opaque("crash-test", device.port)


async def kill(plant: Plant, client: LoneClient, victim: str) -> None:
    await {BROKER: plant.broker, AGENT: plant.agent, CLIENT: client}[victim].kill()


async def bring_back(plant: Plant, victims: tuple[str, ...]) -> None:
    """Start again what was killed; nobody is told anything, and nothing is put in order by hand."""
    if BROKER in victims:
        if AGENT in victims:
            await plant.restart_broker()
        else:
            await plant.return_broker()
    if AGENT in victims:
        await plant.start_agent()


async def recorded(plant: Plant, session: dict[str, Any]) -> None:
    """Wait until a segment of the session's recording is on the disk: what is older than a second is not lost."""
    path = f"/recordings/{session['recording']}/verification"
    async with patience():
        while (await plant.apis["auditor"].get(path))["segments"] < 1:  # noqa: ASYNC110 - another process writes it
            await asyncio.sleep(0.1)


async def works(plant: Plant, session: dict[str, Any]) -> None:
    """Carry bytes there and back in a session."""
    async with client_of(plant, session):
        pass


@pytest.mark.parametrize("order", ORDERS, ids=" then ".join)
async def test_after_any_crash_the_device_is_let_go_and_everything_comes_back_by_itself(
    plant: Plant, device: Device, asset: str, order: tuple[str, ...]
) -> None:
    before = len(device.calls)
    session = await plant.apis["engineer"].post("/sessions", asset=asset)
    async with client_of(plant, session) as client:
        call = await device.call(before)
        await recorded(plant, session)
        for victim in order:
            await kill(plant, client, victim)
        assert await call.end() == "fin", "the device sees a proper end of the connection"
        await bring_back(plant, order)
        if CLIENT not in order:
            assert (await client.line()).startswith("ended "), "who was left waiting is told"
    if BROKER in order:
        await check_the_crashed_session(plant, session)
        session = await plant.apis["engineer"].post("/sessions", asset=asset)
    await works(plant, session)
    await plant.apis["engineer"].post(f"/sessions/{session['id']}/end")
    assert await problems_of_the_audit_log(plant) == []


async def check_the_crashed_session(plant: Plant, session: dict[str, Any]) -> None:
    """It ended, it says why, that is in the audit log, and its recording holds up to its last whole segment."""
    auditor = plant.apis["auditor"]
    ended = await auditor.get(f"/sessions/{session['id']}")
    assert (ended["state"], ended["end_code"]) == ("ended", "broker_crashed")
    noted = await auditor.get("/audit", target=session["id"])
    assert [event["action"] for event in noted["items"]].count("session.ended") == 1
    recording = await auditor.get(f"/recordings/{session['recording']}")
    proof = await auditor.get(f"/recordings/{session['recording']}/verification", content="true")
    assert recording["state"] == "crashed"
    assert proof["state"] == "open", proof
    assert proof["segments"] >= 1
    assert proof["content_checked"]


async def problems_of_the_audit_log(plant: Plant) -> list[object]:
    found = await plant.apis["auditor"].post("/audit/verify")
    assert found["links"] > 0
    return [] if found["intact"] else [found]


async def test_a_broker_that_is_killed_again_and_again_always_comes_back(plant: Plant, asset: str) -> None:
    for _ in range(3):
        await plant.broker.kill()
        await plant.restart_broker()
    before = plant._count("broker", "agent_connected")
    await plant.broker.kill()
    await plant.restart_broker()
    await plant.broker.wait_for("agent_connected", occurrence=before + 1)
    async with plant.session(asset) as session:
        await works(plant, session)
    assert await problems_of_the_audit_log(plant) == []


async def pump(writer: asyncio.StreamWriter, call: Call) -> None:
    """Write without end, until the way breaks."""
    try:
        while True:
            writer.write(bytes(65536))
            await writer.drain()
    except ConnectionError:
        return


@pytest.mark.parametrize("victim", [BROKER, AGENT])
async def test_a_crash_in_the_middle_of_a_transfer_leaves_nothing_hanging(
    plant: Plant, asset: str, device: Device, victim: str
) -> None:
    before = len(device.calls)
    async with plant.tunnel(asset) as tunnel:
        reader, writer = await tunnel.connect()
        drained = asyncio.create_task(read_all(reader))
        pumping = asyncio.create_task(pump(writer, await device.call(before)))
        call = await device.call(before)
        await call.has(4 * 1024 * 1024)
        await {BROKER: plant.broker, AGENT: plant.agent}[victim].kill()
        await call.end()
        await tunnel.end()
        async with patience():
            await asyncio.gather(pumping, drained)
        await bring_back(plant, (victim,))
    assert await problems_of_the_audit_log(plant) == []


async def read_all(reader: asyncio.StreamReader) -> None:
    try:
        while await reader.read(65536):
            pass
    except ConnectionError:
        return


@pytest.mark.parametrize("victim", [BROKER, AGENT])
async def test_a_crash_while_a_stream_is_being_opened_is_told_and_not_waited_for(
    plant: Plant, asset: str, victim: str
) -> None:
    async with plant.tunnel(asset) as tunnel:
        writers = [(await tunnel.connect())[1] for _ in range(6)]
        await {BROKER: plant.broker, AGENT: plant.agent}[victim].kill()
        await bring_back(plant, (victim,))
        over = [asyncio.create_task(queue.get()) for queue in (tunnel.ends, tunnel.refusals)]
        async with patience(RECOVERY_SECONDS):
            await asyncio.wait(over, return_when=asyncio.FIRST_COMPLETED)
        for task in over:
            task.cancel()
        for writer in writers:
            writer.close()
    async with plant.session(asset) as session:
        await works(plant, session)
