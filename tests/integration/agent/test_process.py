"""The program itself, as a process: what a plant sees of it."""

import asyncio
import json
import os
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.integration.agent.fake_broker import FakeBroker
from tests.integration.agent.plant import FakeDevice, Plant
from tunnel.messages import DialRefused, Goodbye, StreamClosed

pytestmark = pytest.mark.integration

MAX_RESIDENT_KB = 74 * 1024
ROOT = Path(__file__).parents[3]
COMMAND = (sys.executable, "-c", "from agent.cli import main; main()")


def environment(plant: Plant) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("WICKET_")}
    return kept | {"WICKET_AGENT_STATE_DIR": str(plant.state.path), "WICKET_AGENT_CEILING_FILE": str(plant.ceiling)}


@asynccontextmanager
async def running(plant: Plant) -> AsyncIterator[Process]:
    process = await asyncio.create_subprocess_exec(
        *COMMAND, "run", env=environment(plant), cwd=ROOT, stdout=DEVNULL, stderr=DEVNULL
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def command(plant: Plant, *words: str) -> tuple[int, str, str]:
    process = await asyncio.create_subprocess_exec(
        *COMMAND, *words, env=environment(plant), cwd=ROOT, stdin=DEVNULL, stdout=PIPE, stderr=PIPE
    )
    out, err = await process.communicate()
    assert process.returncode is not None
    return process.returncode, out.decode(), err.decode()


def listening_inodes() -> set[str]:
    rows = [row.split() for file in ("tcp", "tcp6", "udp", "udp6") for row in _table(file)]
    return {row[9] for row in rows if row[3] in ("0A", "07")}


def _table(name: str) -> list[str]:
    path = Path("/proc/net") / name
    return path.read_text().splitlines()[1:] if path.exists() else []


def socket_inodes(pid: int) -> set[str]:
    links = [str(link.readlink()) for link in Path(f"/proc/{pid}/fd").iterdir()]
    return {link.removeprefix("socket:[").rstrip("]") for link in links if link.startswith("socket:")}


def resident_kb(pid: int) -> int:
    rows = Path(f"/proc/{pid}/status").read_text().splitlines()
    return int(next(row.split()[1] for row in rows if row.startswith("VmRSS")))


async def test_it_listens_to_no_network_and_stays_small(plant: Plant, broker: FakeBroker, echo: FakeDevice) -> None:
    plant.allow(echo.port)
    async with running(plant) as process:
        link = await broker.link()
        await link.say(plant.order(echo.port))
        assert await (await broker.user()).ask(b"hello", 5) == b"hello"
        assert socket_inodes(process.pid)
        assert not socket_inodes(process.pid) & listening_inodes()
        assert resident_kb(process.pid) < MAX_RESIDENT_KB


async def test_a_termination_signal_ends_it_cleanly(plant: Plant, broker: FakeBroker, echo: FakeDevice) -> None:
    plant.allow(echo.port)
    async with running(plant) as process:
        link = await broker.link()
        await link.say(plant.order(echo.port))
        user = await broker.user()
        await user.ask(b"x", 1)
        process.terminate()
        assert (await user.ended()).code == "shutting_down"
        assert (await link.hear(StreamClosed)).code == "shutting_down"
        assert await process.wait() == 0
    assert not plant.state.socket.exists()


async def test_being_killed_leaves_nothing_open_and_nothing_broken(
    plant: Plant, broker: FakeBroker, echo: FakeDevice
) -> None:
    plant.allow(echo.port)
    async with running(plant) as process:
        await (await broker.link()).say(plant.order(echo.port))
        user = await broker.user()
        await user.ask(b"x", 1)
        process.kill()
        assert (await user.ended()).code == "lost"
        await echo.saw_close()
    async with running(plant):
        await (await broker.link()).say(plant.order(echo.port))
        assert await (await broker.user()).ask(b"x", 1) == b"x"


async def test_being_sent_away_has_its_own_exit_code_and_status_says_why(plant: Plant, broker: FakeBroker) -> None:
    async with running(plant) as process:
        await (await broker.link()).say(Goodbye(code="revoked", reason="left the plant", retry=False))
        assert await process.wait() == 4
    code, out, _ = await command(plant, "status")
    assert code == 7
    assert "left the plant" in out


async def test_status_lock_and_unlock_reach_the_running_agent(plant: Plant, broker: FakeBroker) -> None:
    plant.allow(502)
    async with running(plant):
        link = await broker.link()
        assert (await command(plant, "lock", "--for", "2h", "--reason", "drill"))[0] == 0
        code, out, _ = await command(plant, "status", "--json")
        status = json.loads(out)
        assert code == 0
        assert status["link"]["connected"]
        assert status["lock"]["locked"]
        assert status["lock"]["reason"] == "drill"
        assert (await command(plant, "unlock"))[0] == 0
        await link.say(plant.order(1))
        assert (await link.hear(DialRefused)).code == "ceiling_denied"


async def test_the_site_can_be_locked_while_no_agent_runs(plant: Plant, broker: FakeBroker) -> None:
    code, out, _ = await command(plant, "lock")
    assert code == 0
    assert "no agent is running" in out
    async with running(plant):
        assert (await broker.link()).hello.lock.locked


async def test_a_second_agent_does_not_start(plant: Plant, broker: FakeBroker) -> None:
    async with running(plant):
        await broker.link()
        code, _, err = await command(plant, "run")
        assert code == 6
        assert "another wicket-agent" in err


async def test_an_agent_that_is_not_enrolled_says_so(tmp_path: Path, broker: FakeBroker) -> None:
    code, _, err = await command(Plant(tmp_path, broker), "run")
    assert code == 6
    assert "enroll" in err


async def test_enrolment_by_command_keeps_the_token_out_of_the_arguments(tmp_path: Path, broker: FakeBroker) -> None:
    plant = Plant(tmp_path, broker)
    process = await asyncio.create_subprocess_exec(
        *COMMAND, "enroll", "--name", "north-2", env=environment(plant), cwd=ROOT, stdin=PIPE, stdout=PIPE, stderr=PIPE
    )
    out, err = await process.communicate(broker.join_token().encode() + b"\n")
    assert process.returncode == 0, err
    assert b"Enrolled as north-2" in out
    assert plant.state.load().record.name == "north-2"
    code, _, problem = await command(plant, "enroll", "--token", broker.join_token())
    assert code == 6
    assert "--force" in problem
