"""SLMP frames over UDP to a simulated MELSEC station as a process, with the guard between them, in every kind of frame.

No public client speaks SLMP over UDP, so the frames are the tests' own; the station is the one that pymcprotocol, a
client of other people's, is tested against over TCP.
"""

import asyncio

import pytest

from guards.effects import Verdict
from policies.rules import Rules, Tier
from tests.integration.guards.datagram_wire import guarded_datagrams
from tests.simulators.running import simulator
from tests.unit.guards.slmp.traffic import KINDS, NEW, OLD, Kind
from tests.unit.tunnel.udp import udp

pytestmark = pytest.mark.integration
READ_ONLY = Rules(tiers=frozenset({Tier.READ}), routes=frozenset({"0/255"}))
OPERATING = Rules.model_validate(
    {
        "tiers": {"read", "operate"},
        "writes": [{"table": "d", "addresses": [{"first": 100, "last": 109}], "maximum": 1000}],
    }
)


def refused(kind: Kind, end: int, command: int, sub: int | None = None) -> bytes:
    return kind.refusal(end, command, kind.sub if sub is None else sub)


async def test_reads_pass_and_everything_else_is_refused_and_the_tool_goes_on_in_every_kind_of_frame() -> None:
    async with (
        simulator("slmp_plc", "udp") as station,
        guarded_datagrams("slmp-udp", READ_ONLY, station) as port,
        udp(to=("127.0.0.1", station)) as direct,
        udp(to=("127.0.0.1", port.port)) as tool,
    ):
        assert await direct.ask(OLD.write(100, 42, 7)) == OLD.response()
        for kind in KINDS:
            assert await tool.ask(kind.read(100, 2)) == kind.response(kind.words(42, 7))
            assert await tool.ask(kind.write(100, 1)) == refused(kind, 0xC059, 0x1401)
            stop = kind.request(0x1002, 0, kind.number(1, 2))
            assert await tool.ask(stop) == refused(kind, 0xC059, 0x1002, 0)
            elsewhere = (1, 2, 0x03FF, 0)
            assert await tool.ask(kind.request(0x0101, route=elsewhere)) == kind.refusal(
                0xCF70, 0x0101, route=elsewhere
            )
            tool.say(kind.read(100) + b"\0")
            assert await tool.ask(kind.read(100, 2)) == kind.response(kind.words(42, 7))
        reached = {op.function_code for op in port.operations if op.verdict is Verdict.ALLOWED}
        assert reached == {0x0401}
        assert sum(op.verdict is Verdict.MALFORMED for op in port.operations) == len(KINDS)


async def test_a_write_within_its_bounds_is_seen_in_the_station_and_others_are_not() -> None:
    async with (
        simulator("slmp_plc", "udp") as station,
        guarded_datagrams("slmp-udp", OPERATING, station) as port,
        udp(to=("127.0.0.1", station)) as direct,
        udp(to=("127.0.0.1", port.port)) as tool,
    ):
        assert await tool.ask(NEW.write(100, 1000)) == NEW.response()
        assert await tool.ask(NEW.write(100, 1001)) == refused(NEW, 0xC060, 0x1401)
        assert await tool.ask(NEW.write(109, 1, 1)) == refused(NEW, 0xC05B, 0x1401)
        assert await direct.ask(OLD.read(100, 11)) == OLD.response(OLD.words(1000, *[0] * 10))


async def test_what_was_lost_on_the_way_is_said_again_with_its_serial_number_and_gets_through() -> None:
    async with (
        simulator("slmp_plc", "udp") as station,
        guarded_datagrams("slmp-udp", READ_ONLY, station) as port,
        udp(to=("127.0.0.1", port.port)) as tool,
    ):
        port.drop_next = 1
        tool.say(NEW.read(100))
        assert await tool.ask(NEW.read(100)) == NEW.response(NEW.words(0))


async def test_a_station_that_is_silent_is_answered_for() -> None:
    async with (
        simulator("slmp_plc", "udp") as station,
        guarded_datagrams("slmp-udp", READ_ONLY, station, device_timeout_seconds=0.1) as port,
        udp(to=("127.0.0.1", port.port)) as tool,
    ):
        port.drop_next = 1
        assert await tool.ask(OLD.read(100)) == refused(OLD, 0xCF71, 0x0401)
        async with asyncio.timeout(20):
            while await tool.ask(OLD.read(100)) != OLD.response(OLD.words(0)):  # its late answer might come yet
                pass
