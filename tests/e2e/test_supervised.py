"""A session that must be watched: while nobody of the plant watches, nothing of its user reaches the device."""

import struct

import pytest

from tests.e2e.devices import Device, ModbusAnswers, echo
from tests.e2e.plant import Plant, patience
from tests.e2e.test_live import page, request
from tests.e2e.test_promises import read_adu
from tests.page import Page
from tests.unit.tunnel.udp import udp

pytestmark = [pytest.mark.e2e, pytest.mark.integration, pytest.mark.asyncio(loop_scope="session")]

WRITE, BUSY = 6, 6
SUPERVISED = "supervised: true"


async def watch(watching: Page, session: str) -> str:
    """Open a session's live page; return how the session stands for whoever looks."""
    await watching.socket.send_json({"watch": session})
    event = (await watching.until("session"))["event"]
    assert event["kind"] == "opened"
    return "waiting" if event["unwatched"] else "watched"


async def heard(watching: Page, kind: str) -> None:
    """Wait until a watched session says this."""
    while (await watching.until("session"))["event"]["kind"] != kind:
        pass


async def test_a_write_is_refused_until_the_plant_watches_and_again_when_it_leaves(plant: Plant) -> None:
    async with Device(ModbusAnswers()) as device, patience(90):
        asset = await plant.add_guarded(
            "supervised-plc", "modbus", device.port, ceiling="tiers: [operate]", allow="tiers: [operate]",
            session=SUPERVISED,
        )  # fmt: skip
        async with plant.tunnel(asset) as tunnel, page(plant, "engineer") as own:
            reader, writer = await tunnel.connect()

            async def write(number: int) -> bytes:
                writer.write(request(number, WRITE, number))
                return await read_adu(reader)

            session = tunnel.session["id"]
            refused = struct.pack(">HHHBBB", 1, 0, 3, 1, WRITE | 0x80, BUSY)
            assert await write(1) == refused
            assert await watch(own, session) == "waiting"
            assert await write(2) == b"\0\2" + refused[2:]  # its own user's eyes do not count
            assert device.received == b""
            async with page(plant, "operator-1") as operator:
                await watch(operator, session)
                await heard(own, "watched")
                assert await write(3) == request(3, WRITE, 3)
                assert (await plant.apis["operator-1"].get(f"/sessions/{session}"))["supervision"] == "watched"
            await heard(own, "unwatched")
            assert await write(4) == b"\0\4" + refused[2:]
            assert (await plant.apis["engineer"].get(f"/sessions/{session}"))["supervision"] == "waiting"
            assert [notice.code for notice in tunnel.notices] == ["watched", "unwatched"]
            assert device.received == request(3, WRITE, 3)
        reasons = [item.get("reason", "") for item in await plant.operations_of(tunnel.session)]
        assert ["nobody of the plant is watching" in reason for reason in reasons] == [True, True, False, True]
        for action in ("session.supervised", "session.unsupervised"):
            found = await plant.apis["auditor"].get("/audit", action=action, target=session)
            assert [event["actor_name"] for event in found["items"]] == ["operator-1"]


async def test_an_auditor_who_looks_on_is_not_somebody_who_watches_over_it(plant: Plant) -> None:
    async with Device(echo) as device, patience(60):
        asset = await plant.add_opaque("supervised-auditor", device.port, session=SUPERVISED)
        async with plant.session(asset) as session, page(plant, "auditor") as auditor:
            assert await watch(auditor, session["id"]) == "waiting"
            assert (await plant.apis["auditor"].get(f"/sessions/{session['id']}"))["supervision"] == "waiting"


async def test_what_is_typed_meanwhile_is_held_and_delivered_in_its_order(plant: Plant) -> None:
    async with Device(echo) as device, patience(90):
        asset = await plant.add_opaque("supervised-logger", device.port, session=SUPERVISED)
        async with plant.tunnel(asset) as tunnel, page(plant, "operator-1") as operator:
            reader, writer = await tunnel.connect()
            typed = [f"line {number}\n".encode() for number in range(2000)]
            for line in typed[:1000]:
                writer.write(line)
            call = await device.call()
            call.writer.write(b"login: ")  # what the device says flows on
            assert await reader.readexactly(7) == b"login: "
            writer.writelines(typed[1000:])
            assert bytes(call.received) == b""
            await watch(operator, tunnel.session["id"])
            said = b"".join(typed)
            assert await reader.readexactly(len(said)) == said
            assert bytes(call.received) == said


async def test_datagrams_that_nobody_reads_are_dropped_and_counted_while_nobody_watches(plant: Plant) -> None:
    async with udp(echo=True) as device, patience(90):
        asset = await plant.add_opaque_datagrams("supervised-udp", device.port, session=SUPERVISED)
        async with plant.datagrams(asset) as tunnel, udp(to=tunnel.address) as tool, page(plant, "operator-1") as seen:
            async with page(plant, "engineer") as own:
                await watch(own, tunnel.session)
                tool.say(b"too early")
                frame = await own.until("operations")
                assert [(item["verdict"], item["function"]) for item in frame["items"]] == [("denied", "datagram")]
            await watch(seen, tunnel.session)
            assert await tool.ask(b"now") == b"now"
        assert device.received == [b"now"]
