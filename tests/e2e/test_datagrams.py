"""UDP through the whole chain: datagrams reach the device as they were sent, and everything ends as it should."""

import asyncio
import re
import sys
from pathlib import Path

import pytest

from client.connecting.datagrams import Patience
from tests.e2e.plant import Plant, patience
from tests.e2e.test_wicket import signed_in
from tests.unit.tunnel.udp import udp

pytestmark = [pytest.mark.e2e, pytest.mark.integration, pytest.mark.asyncio(loop_scope="session")]
TALK = (
    "import socket, sys; s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); s.settimeout(20);"
    "s.connect((sys.argv[1], int(sys.argv[2])));"
    "s.send(b'how deep'); sys.exit(0 if s.recv(100) == b'how deep' else 1)"
)


async def test_datagrams_keep_their_borders_through_client_broker_and_agent(plant: Plant) -> None:
    async with udp(echo=True) as device:
        asset = await plant.add_opaque_datagrams("udp-echo", device.port)
        async with plant.datagrams(asset) as tunnel, udp(to=tunnel.address) as tool:
            for datagram in (b"one", b"two" * 400, bytes(2048)):
                assert await tool.ask(datagram) == datagram
            tool.say(bytes(2049))
            assert await tool.ask(b"after one too large") == b"after one too large"
        assert device.received == [b"one", b"two" * 400, bytes(2048), b"after one too large"]
        assert "1 datagrams were dropped" in await tunnel.hears("datagrams_dropped")


async def test_one_tool_has_the_port_until_it_is_silent_and_others_are_told_of(plant: Plant) -> None:
    async with udp(echo=True) as device:
        asset = await plant.add_opaque_datagrams("udp-one-tool", device.port)
        async with plant.datagrams(asset) as tunnel, udp(to=tunnel.address) as first, udp(to=tunnel.address) as second:
            assert await first.ask(b"mine") == b"mine"
            second.say(b"not yours")
            assert f"127.0.0.1:{second.port} is ignored" in await tunnel.hears("port_taken")
            assert await first.ask(b"still mine") == b"still mine"
        assert device.received == [b"mine", b"still mine"]
        assert second.received == []


async def test_a_silent_tool_gives_way_to_the_next_that_speaks(plant: Plant) -> None:
    async with udp(echo=True) as device:
        asset = await plant.add_opaque_datagrams("udp-next-tool", device.port)
        async with plant.datagrams(asset, patience=Patience(keep=0.0)) as tunnel:
            async with udp(to=tunnel.address) as first:
                assert await first.ask(b"first") == b"first"
            async with udp(to=tunnel.address) as second:
                assert await second.ask(b"second") == b"second"


async def test_a_stream_that_is_silent_for_long_ends_and_the_next_datagram_opens_another(plant: Plant) -> None:
    async with udp(echo=True) as device:
        asset = await plant.add_opaque_datagrams("udp-idle", device.port)
        short = Patience(idle=0.3, again=0.0)
        async with plant.datagrams(asset, patience=short) as tunnel, udp(to=tunnel.address) as tool:
            assert await tool.ask(b"before") == b"before"
            await tunnel.hears("idle")
            assert await tool.ask(b"after") == b"after"


async def test_a_cut_session_takes_nothing_more_to_the_device(plant: Plant) -> None:
    async with udp(echo=True) as device:
        asset = await plant.add_opaque_datagrams("udp-cut", device.port)
        async with plant.datagrams(asset) as tunnel, udp(to=tunnel.address) as tool:
            assert await tool.ask(b"here") == b"here"
            await plant.apis["operator-1"].post(f"/sessions/{tunnel.session}/kill", reason="the plant wants it back")
            await tunnel.hears("killed")
            tool.say(b"again at once: nobody opens a stream for it")
        assert device.received == [b"here"]


async def test_the_ceiling_holds_for_datagrams_too(plant: Plant) -> None:
    async with udp() as device:
        await plant.allow("udp-held", allow="opaque: true")
        asset = await plant.add_asset("udp-held", "udp", device.port)
        plant.widen_ceiling("udp-held", device.port, "protocols: [tcp], opaque: true")
        async with plant.datagrams(asset) as tunnel, udp(to=tunnel.address) as tool:
            tool.say(b"let me in")
            assert "ceiling" in await tunnel.hears("dial_failed")
        assert device.received == []


async def test_the_command_opens_a_udp_port_and_the_export_holds_udp_packets(plant: Plant, tmp_path: Path) -> None:
    async with udp(echo=True) as device:
        asset = await plant.add_opaque_datagrams("udp-command", device.port)
        wicket = await signed_in(plant, "engineer", WICKET_HOME=str(tmp_path / "home"))
        async with patience(60):
            code, printed, errors = await wicket.run(
                "connect", asset, "--", sys.executable, "-c", TALK, "{host}", "{port}"
            )
        assert code == 0, printed + errors
        assert "(UDP)" in errors
        assert device.received == [b"how deep"]
        recording = re.search(r"recorded as (\S+?)\.", errors)
    assert recording is not None
    capture = await exported(plant, recording[1])
    assert capture.count(b"how deep") == 2
    assert capture.count(b"\x45\x00\x00\x24") == 2, "an IPv4 packet with 8 bytes of UDP's head and 8 of payload"


async def exported(plant: Plant, recording: str) -> bytes:
    """The recording as a capture, once it is closed."""
    async with patience():
        while (await plant.apis["auditor"].get(f"/recordings/{recording}"))["state"] == "open":  # noqa: ASYNC110
            await asyncio.sleep(0.05)
    found: bytes = await plant.apis["auditor"].get(f"/recordings/{recording}/export", format="pcapng")
    return found
