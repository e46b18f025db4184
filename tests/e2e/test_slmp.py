"""pymcprotocol reaches a simulated MELSEC station through broker and agent, within policy and ceiling."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from pymcprotocol import Type3E, Type4E
from pymcprotocol.mcprotocolerror import MCProtocolError, UnsupportedComandError

from tests.e2e.plant import Plant, patience
from tests.simulators.running import simulator
from tests.unit.guards.slmp.traffic import NEW, OLD
from tests.unit.tunnel.udp import udp

pytestmark = [pytest.mark.e2e, pytest.mark.integration, pytest.mark.asyncio(loop_scope="session")]
CEILING = "tiers: [read, operate], routes: ['0/255']"
EVERYTHING, LOOKING = "tiers: [read, operate, program], upload: true", "tiers: [read]"
Do = Callable[..., Awaitable[Any]]


@asynccontextmanager
async def engineer(plant: Plant, asset: str, kind: type[Type3E] = Type4E) -> AsyncIterator[Do]:
    """A connected client at the engineer's end of a session."""
    client = kind()
    client.setaccessopt(timer_sec=20)

    async def do(name: str, *arguments: object) -> Any:
        async with patience():
            return await asyncio.to_thread(getattr(client, name), *arguments)

    async with plant.tunnel(asset) as tunnel:
        await do("connect", "127.0.0.1", tunnel.port)
        try:
            yield do
        finally:
            client.close()


async def test_a_session_reads_moves_what_it_was_given_and_is_refused_the_rest_inside_the_protocol(
    plant: Plant,
) -> None:
    allow = "tiers: [read, program], writes: [{table: d, addresses: '100', min: 0, max: 1000}]"
    async with simulator("slmp_plc") as port:
        asset = await plant.add_guarded("slmp", "slmp", port, ceiling=CEILING, allow=allow)
        async with engineer(plant, asset) as do:
            await do("batchwrite_wordunits", "D100", [1000])
            with pytest.raises(MCProtocolError, match="0xC060"):
                await do("batchwrite_wordunits", "D100", [1001])
            with pytest.raises(MCProtocolError, match="0xC05B"):
                await do("batchwrite_wordunits", "D101", [1])
            with pytest.raises(UnsupportedComandError):
                await do("remote_stop")
            assert await do("batchread_wordunits", "D100", 2) == [1000, 0]


async def test_a_session_over_udp_does_what_one_over_tcp_does(plant: Plant) -> None:
    allow = "tiers: [read, program], writes: [{table: d, addresses: '100', min: 0, max: 1000}]"
    async with simulator("slmp_plc", "udp") as port:
        asset = await plant.add_guarded("slmp-over-udp", "slmp-udp", port, ceiling=CEILING, allow=allow)
        async with plant.datagrams(asset) as tunnel, udp(to=tunnel.address) as tool:
            for kind in (OLD, NEW):
                assert await tool.ask(kind.write(100, 1000)) == kind.response()
                assert await tool.ask(kind.write(100, 1001)) == kind.refusal(0xC060, 0x1401)
                assert await tool.ask(kind.write(101, 1)) == kind.refusal(0xC05B, 0x1401)
                assert await tool.ask(kind.request(0x1002, 0, b"\1\0")) == kind.refusal(0xC059, 0x1002)
                elsewhere = (0, 1, 0x03FF, 0)
                assert await tool.ask(kind.request(0x0101, route=elsewhere)) == kind.refusal(
                    0xCF70, 0x0101, route=elsewhere
                )
                assert await tool.ask(kind.read(100, 2)) == kind.response(kind.words(1000, 0))


@pytest.mark.parametrize("kind", [Type3E, Type4E])
async def test_a_reading_session_reads_and_every_write_is_refused_inside_the_protocol(
    plant: Plant, kind: type[Type3E]
) -> None:
    async with simulator("slmp_plc") as port:
        asset = await plant.add_guarded(
            f"slmp-look-{kind.__name__.lower()}", "slmp", port, ceiling=EVERYTHING, allow=LOOKING
        )
        async with engineer(plant, asset, kind) as do:
            for refused in (
                ("batchwrite_wordunits", "D100", [7]),
                ("batchwrite_bitunits", "M8", [1]),
                ("remote_stop",),
            ):
                with pytest.raises(UnsupportedComandError):  # which is what it calls C059, and nothing else
                    await do(*refused)
                assert await do("batchread_wordunits", "D100", 1) == [0]


async def test_a_reading_session_over_udp_does_what_one_over_tcp_does(plant: Plant) -> None:
    async with simulator("slmp_plc", "udp") as port:
        asset = await plant.add_guarded("slmp-look-udp", "slmp-udp", port, ceiling=EVERYTHING, allow=LOOKING)
        async with plant.datagrams(asset) as tunnel, udp(to=tunnel.address) as tool:
            assert await tool.ask(NEW.read(100, 1)) == NEW.response(NEW.words(0))
            assert await tool.ask(NEW.write(100, 7)) == NEW.refusal(0xC059, 0x1401)
            assert await tool.ask(NEW.request(0x1002, 0, b"\1\0")) == NEW.refusal(0xC059, 0x1002)
            assert await tool.ask(NEW.read(100, 1)) == NEW.response(NEW.words(0))
