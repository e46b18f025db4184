"""What a connection of S7comm-plus is for decides, through broker and agent; frames are those of a real CPU."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from tests.e2e.devices import Device
from tests.e2e.plant import Plant, patience
from tests.e2e.tunnel import Tunnel
from tests.unit.guards.pcap import CAPTURES, WHY_SKIPPED, segments
from tests.unit.guards.s7.test_plus import CPU, CREATE, GET, SET, SETS, request
from tests.unit.guards.s7.traffic import ENGINEERING, HMI, connect, tpkt

CAPTURE = CAPTURES / "s7comm" / "s7comm_plus.pcap"
pytestmark = [pytest.mark.e2e, pytest.mark.integration, pytest.mark.asyncio(loop_scope="session")]
captured = pytest.mark.skipif(not CAPTURE.exists(), reason=WHY_SKIPPED)
EVERYTHING = "tiers: [read, operate, program], upload: true"
CALLING, CALLED, LEAVING, DATA = 0xE0, 0xD0, 0x80, 0xF0
REFUSED, ENDED = tpkt("06 80 0007 0000 00"), tpkt("06 80 0007 0009 00")
"""Disconnect requests to the tool, before and after its call was confirmed (ISO/IEC 8073, 13.5)."""
CALLED_CPU, LEFT = ("connect", "read", "allowed"), ("disconnect", "read", "allowed")
READ = ("get_multi_variables", "read", "allowed")
FUNCTION = slice(47, 49)
SAME = slice(47, 53)
"""Function, two unused bytes and sequence number, behind the digest of version 3."""


class Talk:
    """What HMI and CPU of the capture said to each other: requests in their order, and the answers that came."""

    def __init__(self) -> None:
        said = [segment for segment in segments(CAPTURE) if 49154 in {segment.source[1], segment.target[1]}]
        self.requests = [each.data for each in said if each.target[1] == 102]
        answers = {each.data[SAME]: each.data for each in said if each.source[1] == 102}
        self.answers = {each: answers[each[SAME]] for each in self.requests if each[SAME] in answers}

    def asks(self, function: int) -> list[bytes]:
        """Return the requests of a function."""
        return [each for each in self.requests if int.from_bytes(each[FUNCTION], "big") == function]


class Cpu:
    """Confirms every connection and says what a real CPU said; without such a talk it says back what it hears.

    One device only for one connection at a time: what is left of half a frame is kept between calls.
    """

    def __init__(self, talk: Talk | None = None) -> None:
        self.heard: list[bytes] = []
        self._talk = talk
        self._rest = b""

    def __call__(self, data: bytes) -> bytes:
        self._rest += data
        said = b""
        while len(self._rest) >= 4 and len(self._rest) >= (length := int.from_bytes(self._rest[2:4], "big")):
            frame, self._rest = self._rest[:length], self._rest[length:]
            self.heard.append(frame)
            said += self._answer(frame)
        return said

    def _answer(self, frame: bytes) -> bytes:
        if frame[5] == CALLING:
            return frame[:5] + bytes([CALLED]) + frame[8:10] + b"\0\x09" + frame[10:]
        if frame[5] != DATA:
            return b""
        return self._talk.answers.get(frame, b"") if self._talk else frame


class Tool:
    """What an HMI or TIA Portal has open: one transport connection after the other."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer

    async def ask(self, frame: bytes) -> bytes:
        """Send a frame; return the next one that comes."""
        self._writer.write(frame)
        head = await self._reader.readexactly(4)
        return head + await self._reader.readexactly(int.from_bytes(head[2:], "big") - 4)

    async def call(self, whom: bytes) -> int:
        """Call; return the code of the answer."""
        return (await self.ask(connect(whom)))[5]


@asynccontextmanager
async def engineer(plant: Plant, asset: str) -> AsyncIterator[tuple[Tunnel, Tool]]:
    """A tool at the engineer's end of a session."""
    async with plant.tunnel(asset) as tunnel, patience():
        yield tunnel, Tool(*await tunnel.connect())


async def recorded(plant: Plant, tunnel: Tunnel) -> list[tuple[str, str, str]]:
    """Return what the recording says that the tool wanted: function, tier, verdict."""
    return [(each["function"], each["tier"], each["verdict"]) for each in await plant.operations_of(tunnel.session)]


@captured
@pytest.mark.parametrize(
    ("function", "denied"),
    [(SETS, ("set_multi_variables", "operate", "denied")), (SET, ("set_variable", "program", "denied"))],
)
async def test_an_hmi_of_a_reading_session_reads_and_its_first_write_ends_the_connection(
    plant: Plant, function: int, denied: tuple[str, str, str]
) -> None:
    talk = Talk()
    cpu = Cpu(talk)
    async with Device(cpu) as device:
        asset = await plant.add_guarded(
            f"s7-plus-look-{function}", "s7", device.port, ceiling=EVERYTHING, allow="tiers: [read]"
        )
        async with engineer(plant, asset) as (tunnel, tool):
            assert await tool.call(HMI) == CALLED
            reads = talk.asks(GET)
            for each in reads:
                assert await tool.ask(each) == talk.answers[each]
            assert await tool.ask(talk.asks(function)[0]) == ENDED
            assert (await tunnel.end()).code == "s7_plus_refused"
            assert await (await device.call()).end()
        assert await recorded(plant, tunnel) == [CALLED_CPU, *[READ] * len(reads), denied, LEFT]
        assert [*cpu.heard[:-1], cpu.heard[-1][5]] == [connect(HMI), *reads, LEAVING]


@captured
async def test_an_hmi_of_an_operating_session_sets_process_data_and_nothing_else(plant: Plant) -> None:
    talk = Talk()
    cpu = Cpu(talk)
    async with Device(cpu) as device:
        asset = await plant.add_guarded(
            "s7-plus-operate", "s7", device.port, ceiling=EVERYTHING, allow="tiers: [read, operate]"
        )
        async with engineer(plant, asset) as (tunnel, tool):
            assert await tool.call(HMI) == CALLED
            passes = talk.asks(GET)[:1] + talk.asks(SETS)
            for each in passes:
                assert await tool.ask(each) == talk.answers[each]
            assert await tool.ask(talk.asks(SET)[0]) == ENDED
            assert (await tunnel.end()).code == "s7_plus_refused"
            assert await (await device.call()).end()
        assert await recorded(plant, tunnel) == [
            CALLED_CPU,
            READ,
            *[("set_multi_variables", "operate", "allowed")] * 2,
            ("set_variable", "program", "denied"),
            LEFT,
        ]
        assert [*cpu.heard[:-1], cpu.heard[-1][5]] == [connect(HMI), *passes, LEAVING]


async def test_an_engineering_connection_is_refused_to_who_may_not_program_and_an_hmi_may_still_be_called(
    plant: Plant,
) -> None:
    cpu = Cpu()
    async with Device(cpu) as device:
        asset = await plant.add_guarded(
            "s7-plus-no-program", "s7", device.port, ceiling=EVERYTHING, allow="tiers: [read, operate]"
        )
        async with engineer(plant, asset) as (tunnel, tool):
            assert await tool.ask(connect(ENGINEERING)) == REFUSED
            assert cpu.heard == []
            assert await tool.call(HMI) == CALLED
            assert cpu.heard == [connect(HMI)]
        assert await recorded(plant, tunnel) == [("connect", "program", "denied"), CALLED_CPU, LEFT]


async def test_an_engineering_connection_of_a_programming_session_is_open_to_everything(plant: Plant) -> None:
    cpu, sent = Cpu(), [request(CREATE, CPU), request(SET, CPU)]
    async with Device(cpu) as device:
        asset = await plant.add_guarded(
            "s7-plus-program", "s7", device.port, ceiling=EVERYTHING, allow="tiers: [read, operate, program]"
        )
        async with engineer(plant, asset) as (tunnel, tool):
            assert await tool.call(ENGINEERING) == CALLED
            assert [await tool.ask(each) for each in sent] == sent
            assert cpu.heard == [connect(ENGINEERING), *sent]
        assert await recorded(plant, tunnel) == [
            ("connect", "program", "allowed"),
            ("create_object", "program", "allowed"),
            ("set_variable", "program", "allowed"),
            LEFT,
        ]
