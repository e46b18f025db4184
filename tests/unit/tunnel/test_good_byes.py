"""First words and last words: what an inspector says by itself when a stream begins, and before the device's FIN."""

import asyncio
import socket
import struct

import pytest

from guards.effects import Direction, Effect, Forward, Reply
from tests.unit.tunnel.conftest import Wires
from tests.unit.tunnel.test_relay import FakeInspector, Stream, forward, stream
from tunnel.frames import MAX_DATA_BYTES, CutFrame, Eof, frame_cut, frame_data, frame_eof
from tunnel.relay import MAX_GOOD_BYE_BYTES, EndedBy

__all__ = ["stream"]

BYE = b"unregister"


class Leaving(FakeInspector):
    """Forwards everything, and says good-bye."""

    def __init__(self, words: bytes = BYE) -> None:
        super().__init__(forward)
        self.last_words = [Reply(Direction.TO_ASSET, words)]


async def test_an_inspector_may_speak_first_to_either_side(stream: Stream) -> None:
    inspector = FakeInspector(forward)
    inspector.first_words = [Reply(Direction.TO_ASSET, b"start"), Reply(Direction.TO_USER, b"hello")]
    stream.left.preload(frame_data(b"early"))
    stream.relay(inspector)
    assert await stream.device.plain(10) == b"startearly"
    assert await stream.user.payload(5) == b"hello"


async def test_the_device_hears_good_bye_and_then_fin_when_the_stream_is_cut(stream: Stream) -> None:
    inspector = Leaving()
    relay = stream.relay(inspector)
    relay.cut("killed", "by the plant")
    assert await stream.device.plain_end() == BYE
    assert await stream.user.next() == CutFrame("killed", "by the plant")
    assert (await stream.end()).bytes_to_asset == 0
    assert inspector.good_byes == 1


async def test_the_device_hears_good_bye_when_the_user_has_finished(stream: Stream) -> None:
    inspector = Leaving()
    relay = stream.relay(inspector)
    stream.user.send(frame_data(b"last write") + frame_eof())
    assert await stream.device.plain_end() == b"last write" + BYE
    stream.device.send(b"last answer")
    stream.device.writer.write_eof()
    assert await stream.user.payload(11) == b"last answer"
    assert await stream.user.next() == Eof()
    stream.user.send(frame_cut("closed"))
    assert (await stream.end()).code == "closed"
    assert relay.bytes_to_asset == len(b"last write" + BYE)
    assert inspector.good_byes == 1


async def test_the_device_hears_good_bye_when_the_user_vanishes(stream: Stream) -> None:
    stream.relay(Leaving())
    stream.user.writer.transport.abort()
    assert await stream.device.plain_end() == BYE
    assert (await stream.end()).ended_by is EndedBy.USER


async def test_the_device_hears_good_bye_at_the_deadline(stream: Stream) -> None:
    stream.relay(Leaving(), not_after_monotonic=asyncio.get_running_loop().time() + 0.05)
    assert await stream.device.plain_end() == BYE
    assert (await stream.end()).code == "deadline"


async def test_a_tunnel_leg_carries_the_good_bye_before_the_cut(wires: Wires) -> None:
    stream = Stream(*await wires.framed(), *await wires.framed())
    relay = stream.relay(Leaving())
    stream.user.send(frame_data(b"read"))
    assert await stream.device.next() == b"read"
    relay.cut("killed")
    assert await stream.device.next() == BYE
    assert await stream.device.next() == CutFrame("killed")


async def test_nobody_says_good_bye_to_a_device_that_left(stream: Stream) -> None:
    inspector = Leaving()
    stream.relay(inspector)
    connection = stream.device.writer.get_extra_info("socket")
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    stream.device.writer.transport.abort()
    assert (await stream.end()).ended_by is EndedBy.ASSET
    assert inspector.good_byes == 0


async def test_a_good_bye_never_follows_what_must_not_be_delivered(stream: Stream) -> None:
    relay = stream.relay(Leaving())
    stream.device.writer.transport.pause_reading()
    while not stream.right.blocked:
        stream.user.send(frame_data(bytes(MAX_DATA_BYTES)))
        await asyncio.sleep(0)
    relay.cut("killed")
    stream.device.writer.transport.resume_reading()
    assert BYE not in await stream.device.plain_end()


async def test_a_broken_inspector_is_not_asked_for_last_words(stream: Stream) -> None:
    def judge(direction: Direction, data: bytes) -> list[Effect]:
        raise LookupError

    inspector = FakeInspector(judge)
    stream.relay(inspector)
    stream.user.send(frame_data(b"write"))
    assert (await stream.end()).code == "inspector_fault"
    assert inspector.good_byes == 0


@pytest.mark.parametrize(
    "effects",
    [
        [Forward(Direction.TO_ASSET, b"a write that waited")],
        [Reply(Direction.TO_USER, b"too late")],
        [Reply(Direction.TO_ASSET, bytes(MAX_GOOD_BYE_BYTES + 1))],
    ],
    ids=["forwarded", "to_user", "too_long"],
)
async def test_only_a_short_word_of_the_inspectors_own_is_sent(stream: Stream, effects: list[Effect]) -> None:
    inspector = Leaving()
    inspector.last_words = effects
    stream.relay(inspector).cut("killed")
    assert await stream.device.plain_end() == b""
    assert await stream.user.next() == CutFrame("killed")


async def test_an_error_in_the_good_bye_ends_the_stream_as_it_would_have_ended(stream: Stream) -> None:
    class Broken(Leaving):
        def good_bye(self, now_monotonic: float) -> list[Effect]:
            raise LookupError

    stream.relay(Broken()).cut("killed")
    assert await stream.device.plain_end() == b""
    assert (await stream.end()).code == "killed"
