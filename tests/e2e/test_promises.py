"""Promises 1, 2, 3 and 6: what may reach a device, until when, unchanged, and who on site has the last word."""

import asyncio
import os
import random
import resource
import struct
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from typing import Any

import pytest

from deploy.demo.api import ApiRefusedError
from deploy.demo.programs import python_program, run_once
from tests.e2e.devices import Call, Device, ModbusAnswers, respond
from tests.e2e.plant import PATIENCE_SECONDS, Plant, frozen, patience
from tests.e2e.tunnel import Tunnel
from tunnel.upgrade import UpgradeRefusedError

pytestmark = [pytest.mark.e2e, pytest.mark.integration, pytest.mark.asyncio(loop_scope="session")]
SHORT = "6s"
MARGIN_SECONDS = 0.3  # two processes look at their clocks at two moments


# --- 1: no byte without an authenticated user, a live grant, and a recorder that took it


@pytest.mark.parametrize(("bearer", "status"), [("", 401), ("wgs1.nobody", 401), ("operator-1", 404), ("admin", 404)])
async def test_a_session_id_alone_opens_no_stream(plant: Plant, bearer: str, status: int) -> None:
    token = plant.apis[bearer].token if bearer in plant.apis else bearer
    async with Device() as device:
        asset = await plant.add_opaque(f"stranger-{bearer[:4] or 'none'}", device.port)
        async with plant.session(asset) as session:
            async with plant.tunnel_into(session, token=token) as stranger:
                await stranger.connect()
                refusal = await stranger.refusal()
            async with plant.tunnel_into(session) as tunnel:  # what came before would be there by now
                await flowing(tunnel, device)
        assert isinstance(refusal, UpgradeRefusedError)
        assert (refusal.status, len(device.calls)) == (status, 1)


async def test_a_session_needs_a_grant(plant: Plant) -> None:
    async with Device() as device:
        asset = await plant.add_opaque("ungranted", device.port, access="mode: request")
        with pytest.raises(ApiRefusedError) as refused:
            await plant.apis["engineer"].post("/sessions", asset=asset)
        assert refused.value.code == "approval_required"
        with pytest.raises(ApiRefusedError) as refused:
            await plant.apis["operator-1"].post("/sessions", asset=asset)
        assert refused.value.code in {"denied", "not_found"}


async def test_without_a_store_for_its_recording_no_session_opens(plant: Plant) -> None:
    folder = plant.folder / "broker" / "recordings"
    async with Device() as device:
        asset = await plant.add_opaque("unrecordable", device.port)
        away = folder.rename(folder.with_name("away"))
        try:
            with pytest.raises(ApiRefusedError) as refused:
                await plant.apis["engineer"].post("/sessions", asset=asset)
        finally:
            away.rename(folder)
        assert refused.value.code == "storage_failed"
        assert not device.calls


async def test_a_recorder_that_fails_cuts_the_session(plant: Plant) -> None:
    async with Device() as device:
        asset = await plant.add_opaque("unrecorded", device.port)
        async with plant.tunnel(asset) as tunnel:
            call, writer = await flowing(tunnel, device)
            with files_bounded(plant.broker.pid, 24 * 2**20):
                await write_until_cut(writer, os.urandom(2**20))
                assert (await tunnel.end()).code == "recording_failed"
                assert await call.end() == "fin"
            ended = await plant.apis["engineer"].get(f"/sessions/{tunnel.session['id']}")
        assert ended["end_code"] == "recording_failed"
    async with Device() as device, plant.tunnel(await plant.add_opaque("recorded-again", device.port)) as tunnel:
        await flowing(tunnel, device)


# --- 2: no byte after the deadline or a cut, on either end, whichever part is dead


async def test_at_the_deadline_both_ends_are_closed_and_nothing_reopens(plant: Plant) -> None:
    async with (
        Device() as device,
        plant.tunnel(await plant.add_opaque("on-time", device.port, duration=SHORT)) as tunnel,
    ):
        call, writer = await flowing(tunnel, device)
        await write_until_cut(writer)
        assert (await tunnel.end()).code == "deadline"
        assert await call.end() == "fin"
        assert call.arrivals[-1][0] <= deadline_of(tunnel) + MARGIN_SECONDS
        await passed(deadline_of(tunnel))
        await tunnel.connect()
        refusal = await tunnel.refusal()
        assert (refusal.code, len(device.calls)) == ("session_ended", 1)


async def test_the_agent_cuts_at_the_deadline_while_the_broker_hangs(plant: Plant) -> None:
    async with Device() as device, plant.tunnel(await plant.add_opaque("hung", device.port, duration=SHORT)) as tunnel:
        call, _ = await flowing(tunnel, device)
        with frozen(plant.broker):
            assert await call.end() == "fin"
            assert '"code": "deadline"' in plant.agent.tail()
        assert (await tunnel.end()).code == "deadline"


async def test_the_device_is_closed_when_the_broker_is_killed(plant: Plant) -> None:
    async with Device() as device, plant.tunnel(await plant.add_opaque("killed", device.port)) as tunnel:
        call, writer = await flowing(tunnel, device)
        await plant.broker.kill()
        try:
            assert await call.end() == "fin"
            assert (await tunnel.end()).code == "lost"
            await write_until_cut(writer)
        finally:
            await plant.return_broker()
        ended = await plant.apis["engineer"].get(f"/sessions/{tunnel.session['id']}")
        assert ended["end_code"] == "broker_crashed"


async def test_what_waits_for_a_hanging_agent_is_dropped_at_the_deadline(plant: Plant) -> None:
    async with Device() as device, plant.tunnel(await plant.add_opaque("late", device.port, duration=SHORT)) as tunnel:
        call, writer = await flowing(tunnel, device)
        with frozen(plant.agent):
            before = len(call.received)
            writer.write(b"too late")
            assert (await tunnel.end()).code == "deadline"
            await passed(deadline_of(tunnel))
        assert await call.end() == "fin"
        assert len(call.received) == before


async def kill(plant: Plant, session: dict[str, Any]) -> Callable[[], Awaitable[Any]]:
    block = await plant.apis["operator-1"].post(f"/sessions/{session['id']}/kill", reason="enough")
    return lambda: plant.apis["operator-1"].call("DELETE", f"/blocks/{block['id']}")


async def revoke(plant: Plant, session: dict[str, Any]) -> Callable[[], Awaitable[Any]]:
    await plant.apis["operator-1"].post(f"/grants/{session['grant']}/revoke", reason="enough")
    return lambda: asyncio.sleep(0)


async def lock_asset(plant: Plant, session: dict[str, Any]) -> Callable[[], Awaitable[Any]]:
    lock = await plant.apis["operator-1"].post("/locks", kind="asset", target=session["asset"], reason="enough")
    return lambda: plant.apis["operator-1"].call("DELETE", f"/locks/{lock['id']}")


async def lock_site_on_site(plant: Plant, session: dict[str, Any]) -> Callable[[], Awaitable[Any]]:
    agent = [python_program("wicket-agent")]
    code, _, errors = await run_once([*agent, "lock", "--reason", "enough"], environment=plant.agent_environment())
    assert code == 0, errors
    return lambda: run_once([*agent, "unlock"], environment=plant.agent_environment())


async def delete_policy(plant: Plant, session: dict[str, Any]) -> Callable[[], Awaitable[Any]]:
    await plant.apis["admin"].call("DELETE", f"/policies/{session['policy']}", {})
    return lambda: asyncio.sleep(0)


async def narrow_ceiling(plant: Plant, session: dict[str, Any]) -> Callable[[], Awaitable[Any]]:
    plant.drop_targets()
    return lambda: asyncio.sleep(0)


@pytest.mark.parametrize("cut", [kill, revoke, lock_asset, lock_site_on_site, delete_policy, narrow_ceiling])
async def test_a_cut_stops_every_byte_and_the_way_back(
    plant: Plant, cut: Callable[[Plant, dict[str, Any]], Awaitable[Callable[[], Awaitable[Any]]]]
) -> None:
    async with Device() as device:
        asset = await plant.add_opaque("cut-" + cut.__name__.replace("_", "-"), device.port)
        async with plant.tunnel(asset) as tunnel:
            call, writer = await flowing(tunnel, device)
            writing = asyncio.ensure_future(write_until_cut(writer))
            undo = await cut(plant, tunnel.session)
            try:
                assert await call.end(5) == "fin"
                assert (await tunnel.end()).code != "closed"
                await writing
                await tunnel.connect()
                assert isinstance(await tunnel.refusal(), UpgradeRefusedError)
                assert len(device.calls) == 1
            finally:
                await undo()


# --- 3: nothing denied reaches the device, nothing allowed is altered


async def test_the_device_gets_exactly_what_is_allowed_and_the_tool_exactly_what_the_device_says(plant: Plant) -> None:
    chance = random.Random(502)
    requests = [request(chance, transaction) for transaction in range(1, 161)]
    answers = ModbusAnswers()
    async with Device(answers) as device:
        asset = await plant.add_modbus("exact", device.port, tiers="read, operate", allow=EXACT)
        async with plant.tunnel(asset) as tunnel, patience():
            reader, writer = await tunnel.connect()
            for start in range(0, len(requests), 16):
                batch = requests[start : start + 16]
                for piece in pieces(chance, b"".join(adu for adu, _ in batch)):
                    writer.write(piece)
                    await writer.drain()
                for adu, is_allowed in batch:
                    answer = await read_adu(reader)
                    assert answer[:4] == adu[:4]
                    assert (answer == respond(adu)) if is_allowed else (answer[7] == adu[7] | 0x80), adu.hex()
        assert device.received == b"".join(adu for adu, is_allowed in requests if is_allowed)
    operations = await plant.operations_of(tunnel.session)
    # Function 90 with a single byte behind it is malformed: it says nothing that could be allowed.
    denied = [one for one in operations if one["verdict"] in {"denied", "malformed"}]
    assert len(denied) == sum(not is_allowed for _, is_allowed in requests)


EXACT = "tiers: [read], units: [1], writes: [{table: holding, addresses: '100-109', min: 10, max: 800}]"


def request(chance: random.Random, transaction: int) -> tuple[bytes, bool]:
    """Some request, and whether ``EXACT`` allows it."""
    holding, value, count = chance.randint(95, 114), chance.randint(0, 1000), chance.randint(1, 4)
    in_range, in_bounds = 100 <= holding <= 109, 10 <= value <= 800
    end_in_range = in_range and holding + count - 1 <= 109
    values = struct.pack(">B", 2 * count) + struct.pack(">H", value) * count
    kinds = [
        (1, struct.pack(">BHH", 3, holding, count), True),
        (1, struct.pack(">BHH", 4, holding, count), True),
        (2, struct.pack(">BHH", 3, holding, count), False),
        (1, struct.pack(">BHH", 6, holding, value), in_range and in_bounds),
        (1, struct.pack(">BHH", 16, holding, count) + values, end_in_range and in_bounds),
        (1, struct.pack(">BHH", 5, holding, 0xFF00), False),
        (1, struct.pack(">BHH", 8, 1, 0), False),
        (1, struct.pack(">BB", 90, chance.randint(0, 255)), False),
    ]
    unit, pdu, is_allowed = chance.choice(kinds)
    return struct.pack(">HHHB", transaction, 0, len(pdu) + 1, unit) + pdu, is_allowed


def pieces(chance: random.Random, data: bytes) -> Iterator[bytes]:
    while data:
        size = chance.randint(1, 40)
        yield data[:size]
        data = data[size:]


async def read_adu(reader: asyncio.StreamReader) -> bytes:
    head = await reader.readexactly(6)
    return head + await reader.readexactly(struct.unpack_from(">H", head, 4)[0])


# --- 6: the agent never opens a connection that its own file does not allow


async def test_an_address_that_the_sites_file_does_not_name_is_never_connected_to(plant: Plant) -> None:
    async with Device() as device:
        await plant.allow("elsewhere", allow="opaque: true")
        assert await dial_code(plant, await plant.add_asset("elsewhere", "tcp", device.port)) == "ceiling_denied"
        assert not device.calls


async def test_a_guarded_device_is_not_reached_by_calling_it_something_else(plant: Plant) -> None:
    async with Device() as device:
        plant.widen_ceiling("renamed", device.port, "protocols: [modbus], tiers: [read]")
        await plant.allow("renamed", allow="opaque: true")
        assert await dial_code(plant, await plant.add_asset("renamed", "tcp", device.port)) == "ceiling_denied"
        assert not device.calls


async def test_what_the_sites_file_does_not_give_is_refused_on_site_whatever_the_policy_says(plant: Plant) -> None:
    async with Device(ModbusAnswers()) as device:
        asset = await plant.add_modbus("read-only", device.port, tiers="read", allow="tiers: [read, operate, program]")
        async with plant.tunnel(asset) as tunnel, patience():
            reader, writer = await tunnel.connect()
            write, read = (struct.pack(">HHHBBHH", 1, 0, 6, 1, function, 100, 7) for function in (6, 3))
            writer.write(write)
            assert (await read_adu(reader))[7:] == b"\x86\x01"
            writer.write(read)
            assert await read_adu(reader) == respond(read)
        assert device.received == read


async def dial_code(plant: Plant, asset: str) -> object:
    """Why the agent did not open a stream."""
    async with plant.tunnel(asset) as tunnel:
        await tunnel.connect()
        refusal = await tunnel.refusal()
        assert isinstance(refusal, UpgradeRefusedError)
        assert (refusal.status, refusal.code) == (502, "dial_failed")
    last = next(line for line in reversed(plant.agent.lines()) if '"dial_refused"' in line)
    return last.partition('"code": "')[2].partition('"')[0]


# --- what the tests of this page share


async def flowing(tunnel: Tunnel, device: Device) -> tuple[Call, asyncio.StreamWriter]:
    """Open a stream, and know that it carries bytes."""
    number = len(device.calls)
    _, writer = await tunnel.connect()
    writer.write(b"first")
    call = await device.call(number)
    await call.has(5)
    return call, writer


async def write_until_cut(writer: asyncio.StreamWriter, data: bytes = b"on and on\n") -> None:
    """Go on writing until the connection is taken away."""
    with suppress(OSError):
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not writer.transport.is_closing():
                writer.write(data)
                await writer.drain()
                await asyncio.sleep(0.002)


def deadline_of(tunnel: Tunnel) -> float:
    """The session's end on the loop's clock."""
    left = datetime.fromisoformat(tunnel.session["not_after"]).timestamp() - time.time()
    return asyncio.get_running_loop().time() + left


async def passed(moment: float) -> None:
    """Wait until a moment of the loop's clock is over; there is no event that would tell."""
    await asyncio.sleep(max(0.0, moment + MARGIN_SECONDS - asyncio.get_running_loop().time()))


@contextmanager
def files_bounded(pid: int, size: int) -> Iterator[None]:
    """Let a process write no file beyond ``size``: to it, the disk fails."""
    before = resource.prlimit(pid, resource.RLIMIT_FSIZE)
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.prlimit(pid, resource.RLIMIT_FSIZE, before)
