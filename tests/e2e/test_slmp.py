"""pymcprotocol reaches a simulated MELSEC station through broker and agent, within policy and ceiling."""

import asyncio
from typing import Any

import pytest
from pymcprotocol import Type4E
from pymcprotocol.mcprotocolerror import MCProtocolError, UnsupportedComandError

from tests.e2e.plant import Plant, patience
from tests.simulators.running import simulator

pytestmark = [pytest.mark.e2e, pytest.mark.integration, pytest.mark.asyncio(loop_scope="session")]
CEILING = "tiers: [read, operate], routes: ['0/255']"


async def test_a_session_reads_moves_what_it_was_given_and_is_refused_the_rest_inside_the_protocol(
    plant: Plant,
) -> None:
    allow = "tiers: [read, program], writes: [{table: d, addresses: '100', min: 0, max: 1000}]"
    client = Type4E()
    client.setaccessopt(timer_sec=20)

    async def do(name: str, *arguments: object) -> Any:
        async with patience():
            return await asyncio.to_thread(getattr(client, name), *arguments)

    async with simulator("slmp_plc") as port:
        asset = await plant.add_guarded("slmp", "slmp", port, ceiling=CEILING, allow=allow)
        async with plant.tunnel(asset) as tunnel:
            await do("connect", "127.0.0.1", tunnel.port)
            try:
                await do("batchwrite_wordunits", "D100", [1000])
                with pytest.raises(MCProtocolError, match="0xC060"):
                    await do("batchwrite_wordunits", "D100", [1001])
                with pytest.raises(MCProtocolError, match="0xC05B"):
                    await do("batchwrite_wordunits", "D101", [1])
                with pytest.raises(UnsupportedComandError):
                    await do("remote_stop")
                assert await do("batchread_wordunits", "D100", 2) == [1000, 0]
            finally:
                client.close()
