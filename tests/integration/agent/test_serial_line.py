"""A serial line whose other end does what lines do: noise, halves, silence, answers of others, and being unplugged."""

import asyncio
import os
import tty
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest

from agent.lines import SerialLine
from agent.refusals import Refusal, RefusalCode
from agent.sharing.device import DeviceLostError
from agent.sharing.rtu_device import RtuDevice, open_line
from guards.modbus.rtu import frame_of
from tests.integration.agent.fake_broker import PATIENCE_SECONDS, FakeBroker
from tests.integration.agent.plant import FakeDevice, Plant, read_registers, until, write_register
from tests.serial_line import HAS_SOCAT, cable, rtu_server
from tests.unit.guards.modbus.traffic import adu
from tunnel.messages import DialRefused

pytestmark = pytest.mark.integration
ASKED = adu("03 0000 0001", transaction=7)
ANSWER = adu("03 02 1234", transaction=7)
SILENT = bytes.fromhex("0007 0000 0003 01 83 0b")


class Wire:
    """The far end of a pseudo terminal; answers the n-th frame with the n-th of ``script``, nothing after the last."""

    def __init__(self, *script: bytes) -> None:
        self._script = list(script)
        self._master, self._slave = os.openpty()
        tty.setraw(self._slave)
        self.device = os.ttyname(self._slave)
        self.heard: list[bytes] = []
        self.after: Callable[[], None] = lambda: None
        asyncio.get_running_loop().add_reader(self._master, self._hear)

    def _hear(self) -> None:
        self.heard.append(os.read(self._master, 512))
        if self._script:
            self.say(self._script.pop(0))
        self.after()

    def say(self, data: bytes) -> None:
        os.write(self._master, data)

    def unplug(self) -> None:
        if self._master >= 0:
            asyncio.get_running_loop().remove_reader(self._master)
            os.close(self._master)
            os.close(self._slave)
            self._master = -1


def frame(answer: bytes) -> bytes:
    made = frame_of(answer)
    assert made is not None
    return made


@asynccontextmanager
async def line(*script: bytes, timeout: float = 10.0) -> AsyncIterator[tuple[RtuDevice, Wire]]:
    wire = Wire(*script)
    device = await open_line(SerialLine(wire.device, 115200, "N", 1, timeout, 0.0), deadline_seconds=PATIENCE_SECONDS)
    assert isinstance(device, RtuDevice)
    try:
        yield device, wire
    finally:
        await device.close()
        wire.unplug()


async def ask(device: RtuDevice, asked: bytes = ASKED) -> bytes | None:
    return await device.ask(asked, asyncio.get_running_loop().time() + PATIENCE_SECONDS)


async def test_a_request_leaves_as_a_frame_and_its_answer_comes_back_with_its_transaction() -> None:
    async with line(frame(ANSWER)) as (device, wire):
        assert await ask(device) == ANSWER
        assert wire.heard == [frame(ASKED)]


async def test_an_answer_in_single_bytes_is_whole_when_its_length_has_come() -> None:
    whole = frame(ANSWER)
    async with line(whole[:1]) as (device, wire):
        asking = asyncio.create_task(ask(device))
        await until(lambda: bool(wire.heard))
        for at in range(1, len(whole)):
            wire.say(whole[at : at + 1])
            await asyncio.sleep(0)
        assert await asking == ANSWER


async def test_a_wrong_check_sum_is_a_silent_target_and_the_next_request_goes_on() -> None:
    broken = bytearray(frame(ANSWER))
    broken[3] ^= 1
    async with line(bytes(broken), frame(ANSWER)) as (device, _):
        assert await ask(device) == SILENT
        assert await ask(device) == ANSWER
        assert (device.counts.crc_errors, device.counts.requests) == (1, 2)


@pytest.mark.parametrize("size", [1, 2, 5])
async def test_a_half_frame_is_a_silent_target(size: int) -> None:
    async with line(frame(ANSWER)[:size], frame(ANSWER)) as (device, _):
        assert await ask(device) == SILENT
        assert await ask(device) == ANSWER
        assert device.counts.short_frames + device.counts.crc_errors == 1


async def test_who_does_not_answer_is_a_silent_target() -> None:
    async with line(timeout=0.05) as (device, _):
        assert await ask(device) == SILENT
        assert device.counts.silent == 1


async def test_the_answer_of_another_unit_is_not_taken_and_the_right_one_still_is() -> None:
    other = frame(adu("03 02 9999", unit=2))
    async with line(other) as (device, wire):
        asking = asyncio.create_task(ask(device))
        await until(lambda: device.counts.strays == 1)
        wire.say(frame(ANSWER))
        assert await asking == ANSWER


async def test_an_answer_that_came_too_late_is_not_the_answer_to_the_next_request() -> None:
    async with line(timeout=0.05) as (device, wire):
        assert await ask(device) == SILENT
        wire.say(frame(adu("03 02 dead")))
        wire.after = lambda: wire.say(frame(ANSWER))
        assert await ask(device) == ANSWER


async def test_an_answer_that_comes_while_the_next_request_waits_is_not_taken_for_its_own() -> None:
    async with line(timeout=0.3) as (device, wire):
        assert await ask(device) == SILENT
        asking = asyncio.create_task(ask(device))
        await asyncio.sleep(0)
        wire.after = lambda: wire.say(frame(ANSWER))
        wire.say(frame(adu("03 02 dead")))
        assert await asking == ANSWER


async def test_only_a_request_that_its_answer_could_be_taken_for_waits_for_it() -> None:
    async with line(timeout=0.3) as (device, wire):
        assert await ask(device) == SILENT
        other, answered = adu("04 0000 0001", transaction=7), adu("04 02 0001", transaction=7)
        wire.after = lambda: wire.say(frame(adu("03 02 dead")))
        asking = asyncio.create_task(ask(device, other))
        await until(lambda: device.counts.strays == 1)
        wire.say(frame(answered))
        assert await asking == answered


async def test_noise_after_a_frame_does_no_harm() -> None:
    async with line(frame(ANSWER) + b"\0\xff", frame(ANSWER)) as (device, _):
        assert await ask(device) == ANSWER
        assert await ask(device) == ANSWER


async def test_an_answer_without_a_known_length_ends_with_silence() -> None:
    asked, answered = adu("2b 0e 01 00", transaction=7), adu("2b 0e 01 01 00 00 00", transaction=7)
    async with line(frame(answered)) as (device, _):
        assert await ask(device, asked) == answered


async def test_nobody_is_waited_for_after_a_broadcast() -> None:
    async with line() as (device, wire):
        assert await ask(device, adu("06 0000 002a", unit=0)) is None
        assert await ask(device, adu("06 0001 002a", unit=0)) is None
        assert device.counts.broadcasts == 2
        said = frame(adu("06 0000 002a", unit=0)) + frame(adu("06 0001 002a", unit=0))
        await until(lambda: len(b"".join(wire.heard)) >= len(said))
        assert b"".join(wire.heard) == said


async def test_what_is_too_long_for_a_line_is_refused_and_not_sent() -> None:
    async with line() as (device, wire):
        answer = await ask(device, adu(bytes([90]) + bytes(253)))
        assert answer is not None
        assert answer[-2:] == b"\xda\x03"
        assert wire.heard == []


async def test_a_line_that_is_unplugged_is_told_and_cannot_be_asked() -> None:
    async with line() as (device, wire):
        told: asyncio.Queue[str] = asyncio.Queue()
        device.when_lost(told.put_nowait)
        wire.unplug()
        async with asyncio.timeout(PATIENCE_SECONDS):
            assert wire.device in await told.get()
        with pytest.raises(DeviceLostError):
            await ask(device)


async def refused(device: str) -> Refusal:
    answer = await open_line(SerialLine(device, 9600, "E", 1), deadline_seconds=PATIENCE_SECONDS)
    assert isinstance(answer, Refusal)
    return answer


async def test_a_line_is_opened_by_one_alone() -> None:
    async with line() as (_, wire):
        answer = await refused(wire.device)
        assert answer.code is RefusalCode.DEVICE_REFUSED
        assert "Another program" in answer.detail


async def test_what_is_no_line_is_refused_plainly() -> None:
    assert (await refused("/dev/tty-that-is-not-there")).code is RefusalCode.DEVICE_UNREACHABLE
    assert "cannot be opened" in (await refused("/dev/null")).detail


def serial(device: str, **changes: object) -> dict[str, object]:
    settings = {"device": device, "baud": 115200, "parity": "N", "stop_bits": 1}
    return {
        "addresses": None,
        "ports": None,
        "serial": settings,
        "protocols": ["modbus-rtu"],
        "opaque": False,
    } | changes


@pytest.mark.skipif(not HAS_SOCAT, reason="socat is not installed")
async def test_a_stream_reaches_the_line_that_the_ceiling_lists_and_no_other(plant: Plant, broker: FakeBroker) -> None:
    async with cable(plant.folder) as (ours, theirs, _), rtu_server(theirs), plant.running():
        plant.allow(0, **serial(ours, tiers=["read"]))
        link = await broker.link()
        await link.say(plant.order(502, host=f"serial:{ours}", protocol="modbus-rtu"))
        user = await broker.user()
        assert (await user.ask(read_registers(transaction=9), 13))[-4:] == bytes([0, 100, 0, 100])
        assert (await user.ask(write_register(), 9))[-2:] == b"\x86\x01"
        assert plant.agent is not None
        (shared,) = plant.agent.status().shared
        assert (shared.device, shared.streams, shared.requests) == (f"{ours} 115200 8N1", 1, 1)
        for host, protocol in ((f"serial:{theirs}", "modbus-rtu"), (f"serial:{ours}", "modbus"), (ours, "modbus-rtu")):
            await link.say(plant.order(502, host=host, protocol=protocol))
            assert (await link.hear(DialRefused)).code == "ceiling_denied"


@pytest.mark.skipif(not HAS_SOCAT, reason="socat is not installed")
async def test_a_line_whose_settings_the_plant_changes_is_opened_anew(plant: Plant, broker: FakeBroker) -> None:
    async with cable(plant.folder) as (ours, theirs, _), rtu_server(theirs), plant.running():
        plant.allow(0, **serial(ours, tiers=["read"]))
        link = await broker.link()
        order = {"host": f"serial:{ours}", "protocol": "modbus-rtu"}
        await link.say(plant.order(502, **order))
        user = await broker.user()
        await user.ask(read_registers(), 13)
        slower = {"device": ours, "baud": 57600, "parity": "N", "stop_bits": 1}
        plant.allow(0, **serial(ours, tiers=["read"], serial=slower))
        assert (await user.ended()).code == "ceiling_denied"
        await link.say(plant.order(502, **order))
        await (await broker.user()).ask(read_registers(), 13)
        assert plant.agent is not None
        assert [shared.device for shared in plant.agent.status().shared] == [f"{ours} 57600 8N1"]


async def test_what_is_open_when_the_line_is_unplugged_is_answered_with_0a(plant: Plant, broker: FakeBroker) -> None:
    wire = Wire()
    async with plant.running():
        patient = {"device": wire.device, "baud": 115200, "parity": "N", "stop_bits": 1, "response_timeout": 20}
        plant.allow(0, **serial(wire.device, tiers=["read"], serial=patient))
        await (await broker.link()).say(plant.order(502, host=f"serial:{wire.device}", protocol="modbus-rtu"))
        user = await broker.user()
        asking = asyncio.create_task(user.ask(read_registers(), 9))
        await until(lambda: bool(wire.heard))
        wire.unplug()
        assert (await asking)[-2:] == b"\x83\x0a"
        assert (await user.ended()).code == "lost"


async def test_streams_that_share_a_connection_use_one_and_close_it_with_the_last(
    plant: Plant, broker: FakeBroker, plc: FakeDevice
) -> None:
    plant.allow(plc.port, protocols=["modbus"], opaque=False, tiers=["read", "operate"], family="gateway")
    async with plant.running():
        link = await broker.link()
        users = []
        for _ in range(3):
            await link.say(plant.order(plc.port, protocol="modbus"))
            users.append(await broker.user())
        for number, user in enumerate(users):
            answer = await user.ask(read_registers(transaction=number + 500), 13)
            assert answer[:2] == (number + 500).to_bytes(2, "big")
        assert plc.connects == 1
        for user in users:
            user.writer.write_eof()
            assert await user.reader.read() == b""
        await plc.saw_close()
        await link.say(plant.order(plc.port, protocol="modbus"))
        await (await broker.user()).ask(read_registers(), 13)
        assert plc.connects == 2
