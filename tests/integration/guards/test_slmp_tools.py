"""pymcprotocol and a simulated MELSEC station as a process, with the guard between them, in every kind of frame."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import product
from typing import Any

import pytest
from pymcprotocol import Type3E, Type4E
from pymcprotocol.mcprotocolerror import MCProtocolError, UnsupportedComandError

from guards.effects import Verdict
from policies.rules import Rules, Tier
from tests.integration.guards.wire import GuardedPort, guarded
from tests.simulators.running import simulator
from tests.unit.guards.slmp.traffic import KINDS as TRAFFIC
from tests.unit.guards.slmp.traffic import D, Kind, M

pytestmark = pytest.mark.integration
READ_ONLY = Rules(tiers=frozenset({Tier.READ}), routes=frozenset({"0/255"}))
OPERATING = Rules.model_validate(
    {
        "tiers": {"read", "operate"},
        "writes": [{"table": "d", "addresses": [{"first": 100, "last": 109}], "maximum": 1000}, {"table": "m"}],
    }
)
READING = Rules(tiers=frozenset({Tier.READ, Tier.OPERATE}), read_before_write=True)
ENGINEERING = Rules(tiers=frozenset({Tier.READ, Tier.OPERATE, Tier.PROGRAM}))
KINDS = list(product((Type3E, Type4E), ("binary", "ascii"), ("Q", "iQ-R")))
each = pytest.mark.parametrize(("frame", "code", "series"), KINDS)


class Tool:
    """A connected client, called in a thread."""

    def __init__(self, frame: type[Type3E] = Type3E, code: str = "binary", series: str = "Q") -> None:
        self.client = frame(plctype=series)
        self.client.setaccessopt(commtype=code, timer_sec=20)

    async def do(self, name: str, *arguments: object) -> Any:
        async with asyncio.timeout(30):
            return await asyncio.to_thread(getattr(self.client, name), *arguments)

    async def refused(self, name: str, *arguments: object) -> str:
        with pytest.raises((MCProtocolError, UnsupportedComandError)) as caught:
            await self.do(name, *arguments)
        return getattr(caught.value, "errorcode", "0xC059")


@asynccontextmanager
async def plant(rules: Rules, tool: Tool) -> AsyncIterator[tuple[Tool, GuardedPort]]:
    """Run a station and a guarded port before it, and connect the tool to that; yield a tool at the station itself."""
    direct = Tool()
    async with simulator("slmp_plc") as port, guarded(rules, port, protocol="slmp") as guarded_port:
        await direct.do("connect", "127.0.0.1", port)
        await tool.do("connect", "127.0.0.1", guarded_port.port)
        try:
            yield direct, guarded_port
        finally:
            tool.client.close()
            direct.client.close()


@each
async def test_reads_pass_and_everything_else_is_refused_and_the_client_goes_on(
    frame: type[Type3E], code: str, series: str
) -> None:
    tool = Tool(frame, code, series)
    async with plant(READ_ONLY, tool) as (direct, port):
        await direct.do("batchwrite_wordunits", "D100", [42, -1])
        assert await tool.do("batchread_wordunits", "D100", 2) == [42, -1]
        assert await tool.do("batchread_bitunits", "M10", 3) == [0, 0, 0]
        assert await tool.do("randomread", ["D100"], ["D100"]) == ([42], [-65494])
        assert (await tool.do("read_cputype"))[0] == "Q03UDVCPU"
        for refused in (
            ("batchwrite_wordunits", "D100", [7]),
            ("batchwrite_bitunits", "M10", [1, 1]),
            ("randomwrite", ["D100"], [7], [], []),
            ("remote_stop",),
            ("remote_run", 0),
            ("remote_latchclear",),
            ("remote_unlock", "secret" if series == "iQ-R" else "pass"),
        ):
            assert await tool.refused(*refused) == "0xC059"
        assert await tool.do("batchread_wordunits", "D100", 2) == [42, -1]
        reached = {op.function_code for op in port.operations if op.verdict is Verdict.ALLOWED and not op.is_response}
        assert reached == {0x0401, 0x0403, 0x0101}
        assert {op.reason for op in port.operations if op.is_response} == {""}


@each
async def test_a_write_within_its_bounds_is_seen_in_the_station_and_others_are_not(
    frame: type[Type3E], code: str, series: str
) -> None:
    tool = Tool(frame, code, series)
    async with plant(OPERATING, tool) as (direct, _):
        await tool.do("batchwrite_wordunits", "D100", [1000, 5])
        await tool.do("batchwrite_bitunits", "M10", [1, 0, 1])
        assert await tool.refused("batchwrite_wordunits", "D100", [1001]) == "0xC060"
        assert await tool.refused("batchwrite_wordunits", "D109", [1, 1]) == "0xC05B"
        assert await tool.refused("randomwrite", ["D100"], [1], ["D110"], [1]) == "0xC05B"
        assert await tool.refused("remote_stop") == "0xC059"
        await tool.do("randomwrite", ["D102"], [7], ["D104"], [9])
        assert await direct.do("batchread_wordunits", "D100", 6) == [1000, 5, 7, 0, 9, 0]
        assert await direct.do("batchread_bitunits", "M10", 3) == [1, 0, 1]
        assert await direct.do("batchread_wordunits", "D109", 2) == [0, 0]


async def test_an_engineer_stops_the_station() -> None:
    tool = Tool(Type4E)
    async with plant(ENGINEERING, tool) as (_, port):
        await tool.do("remote_stop")
        assert [op.exception_code for op in port.operations if op.is_response] == [None]


async def test_what_the_station_refuses_comes_through() -> None:
    tool = Tool()
    async with plant(ENGINEERING, tool) as (_, port):
        assert await tool.refused("batchread_wordunits", "D4090", 10) == "0xC056"
        assert port.operations[-1].exception_code == 0xC056


async def test_another_station_is_not_reached() -> None:
    tool = Tool()
    tool.client.setaccessopt(network=1, pc=2)
    async with plant(READ_ONLY, tool) as (_, port):
        assert await tool.refused("batchread_wordunits", "D100", 1) == "0xCF70"
        assert port.operations[-1].route == "1/2"


@each
async def test_the_guard_reads_before_a_write_and_the_client_does_not_notice(
    frame: type[Type3E], code: str, series: str
) -> None:
    tool = Tool(frame, code, series)
    async with plant(READING, tool) as (direct, port):
        await direct.do("batchwrite_wordunits", "D100", [42, 43])
        for values in ([1, 2], [3, 4]):
            await tool.do("batchwrite_wordunits", "D100", values)
        await tool.do("batchwrite_bitunits", "M10", [1, 0, 1])
        await tool.do("randomwrite", ["D101", "D200"], [5, 6], ["D210"], [0x10002])
        await tool.do("randomwrite_bitunits", ["M12"], [0])
        assert await tool.do("batchread_wordunits", "D100", 2) == [3, 5]
        assert await tool.do("batchread_bitunits", "M10", 3) == [1, 0, 0]
    writes = [one for one in port.operations if one.function.startswith("device_write") and not one.is_response]
    assert [one.before for one in writes] == [(42, 43), (1, 2), (0, 0, 0), (4, 0, 0, 0), (1,)]
    assert [one.values for one in writes] == [(1, 2), (3, 4), (1, 0, 1), (5, 6, 2, 1), (0,)]
    assert all(one.is_before_read for one in writes)


@pytest.mark.parametrize("kind", TRAFFIC, ids=str)
async def test_what_stood_in_blocks_is_what_the_station_held(kind: Kind) -> None:
    blocks = (D, 100, (7, 8)), (M, 32, (0x8001,))
    async with plant(READING, Tool()) as (direct, port):
        await direct.do("batchwrite_wordunits", "D100", [42, -1])
        await direct.do("batchwrite_bitunits", "M33", [1])
        reader, writer = await asyncio.open_connection("127.0.0.1", port.port)
        writer.write(kind.blocks(*blocks))
        done = kind.response()
        async with asyncio.timeout(20):
            assert await reader.readexactly(len(done)) == done
        writer.close()
        await writer.wait_closed()
        assert await direct.do("batchread_wordunits", "D100", 2) == [7, 8]
    (write,) = [one for one in port.operations if one.function == "device_write_block" and not one.is_response]
    assert (write.before, write.is_before_read) == ((42, 0xFFFF, 0, 1, *[0] * 14), True)
