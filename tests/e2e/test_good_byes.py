"""However a session ends, the device hears the protocol's own good-bye once, and then the FIN."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import pytest

from tests.e2e.devices import Device
from tests.e2e.plant import Plant, patience
from tests.e2e.tunnel import Tunnel
from tests.unit.guards.enip import cip
from tests.unit.guards.fins import traffic as fins
from tests.unit.guards.modbus.test_umas import RELEASE, TAKE, TAKEN
from tests.unit.guards.modbus.traffic import adu
from tests.unit.guards.s7 import traffic as s7

pytestmark = [pytest.mark.e2e, pytest.mark.integration, pytest.mark.asyncio(loop_scope="session")]


@dataclass(frozen=True, slots=True)
class Talk:
    """What a tool asks and the device tells, in turn, and what the device must hear at the end."""

    protocol: str
    said: tuple[tuple[bytes, bytes], ...]
    good_bye: bytes


CLOSING = cip.unconnected(cip.forward_close()).replace(b"\0\0\0\0\x0a\0", bytes(6))
TALKS = {
    # A connection of CIP and the session of the encapsulation (The CIP Networks Library, Volume 2, 2-4.5).
    "enip": Talk(
        "enip",
        ((cip.REGISTER, cip.REGISTERED), (cip.unconnected(cip.forward_open()), cip.unconnected(cip.opened(1, 2)))),
        CLOSING + cip.UNREGISTER,
    ),
    # The right to write, which nobody else gets while it is held (W342, 5-3-24).
    "fins": Talk(
        "fins",
        (
            (fins.NODE_ASKED, fins.NODE_TOLD),
            (fins.request(0x0C01, "ffff", sid=7), fins.response(0x0C01, sid=7)),
        ),
        fins.request(0x0C03, "ffff", sid=7),
    ),
    # The transport connection, of which a CPU has few (ISO 8073, 13.5).
    "s7": Talk("s7", ((s7.connect(), s7.CONFIRM), (s7.SETUP, s7.AGREED)), s7.tpkt("06 80 0009 0007 00")),
    # UMAS: a controller that stays reserved can be programmed by nobody.
    "umas": Talk("modbus", ((adu(TAKE), adu(TAKEN)),), adu(RELEASE, transaction=0)),
}


async def ended(plant: Plant, tunnel: Tunnel, tool: asyncio.StreamWriter) -> None:
    """The engineer ends the session."""
    await plant.apis["engineer"].post(f"/sessions/{tunnel.session['id']}/end")


async def killed(plant: Plant, tunnel: Tunnel, tool: asyncio.StreamWriter) -> None:
    """The plant cuts it."""
    await plant.apis["operator-1"].post(f"/sessions/{tunnel.session['id']}/kill", reason="The pump is needed.")
    await plant.lift_blocks()


async def vanished(plant: Plant, tunnel: Tunnel, tool: asyncio.StreamWriter) -> None:
    """The tool is gone without a word."""
    tool.transport.abort()


@pytest.mark.parametrize("way", [ended, killed, vanished])
@pytest.mark.parametrize("name", TALKS)
async def test_the_device_hears_good_bye_once_and_then_fin(
    plant: Plant, name: str, way: Callable[[Plant, Tunnel, asyncio.StreamWriter], Awaitable[None]]
) -> None:
    talk = TALKS[name]
    told = iter(answer for _, answer in talk.said)
    everything = "tiers: [read, operate, program]"
    async with Device(lambda _: next(told, b"")) as device:
        asset = await plant.add_guarded(
            f"bye-{name}-{way.__name__}", talk.protocol, device.port, ceiling=everything, allow=everything
        )
        async with plant.tunnel(asset) as tunnel, patience():
            reader, writer = await tunnel.connect()
            for asked, answer in talk.said:
                writer.write(asked)
                assert await reader.readexactly(len(answer)) == answer
            await way(plant, tunnel, writer)
            assert await (await device.call()).end() == "fin"
    assert device.received == b"".join(asked for asked, _ in talk.said) + talk.good_bye
