"""A relay whose device speaks UDP: datagrams keep their borders, too much is dropped and counted."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from guards.datagrams import MAX_DATAGRAM_BYTES, framed
from guards.effects import Direction, Reply
from tests.unit.tunnel.conftest import Peer, Wires, until
from tests.unit.tunnel.test_relay import FakeInspector, forward
from tests.unit.tunnel.udp import Socket, udp
from tunnel.datagrams import MAX_HELD_DATAGRAMS, DatagramEnd
from tunnel.frames import CutFrame, Eof, frame_cut, frame_data, frame_eof
from tunnel.relay import EndedBy, Inspector, Relay, RelayEnd


class Stream:
    """A relay between a user that speaks frames and a device that speaks UDP (the agent's shape)."""

    def __init__(self, wires: Wires, user: Peer, left: object, device: Socket) -> None:
        self.user, self.device = user, device
        self.ended: asyncio.Future[RelayEnd] = asyncio.get_running_loop().create_future()
        self.right: DatagramEnd
        self._left, self._wires = left, wires

    async def dial(self, **settings: float) -> None:
        loop = asyncio.get_running_loop()
        _, self.right = await loop.create_datagram_endpoint(
            lambda: DatagramEnd(self._wires.buffer, **settings), remote_addr=self.device.address
        )

    def relay(self, inspector: Inspector | None = None, **settings: float | None) -> Relay:
        relay = Relay(
            self._left,  # type: ignore[arg-type]
            self.right,
            inspector,
            idle_seconds=settings.pop("idle_seconds", None),
            on_end=self.ended.set_result,
            **settings,  # type: ignore[arg-type]
        )
        relay.start()
        return relay

    @property
    def address(self) -> tuple[str, int]:
        assert self.right._transport is not None
        host, port = self.right._transport.get_extra_info("sockname")[:2]
        return host, port

    async def end(self) -> RelayEnd:
        async with asyncio.timeout(10):
            return await self.ended


@pytest.fixture
async def stream(wires: Wires) -> AsyncIterator[Stream]:
    left, user = await wires.framed()
    async with udp() as device:
        made = Stream(wires, user, left, device)
        await made.dial()
        yield made
        made.right.abort()
        async with asyncio.timeout(10):
            await made.right.wait_lost()


async def test_datagrams_keep_their_borders_both_ways_whatever_the_frames(stream: Stream) -> None:
    stream.relay()
    whole = framed(b"one") + framed(b"") + framed(bytes(MAX_DATAGRAM_BYTES))
    for at in range(0, len(whole), 500):
        stream.user.send(frame_data(whole[at : at + 500]))
    assert [(await stream.device.hear())[0] for _ in range(2)] == [b"one", bytes(MAX_DATAGRAM_BYTES)]
    assert stream.right.dropped == 1, "an empty one means nothing"
    for answer in (b"1", b"three"):
        stream.device.say(answer, stream.address)
    expected = framed(b"1") + framed(b"three")
    assert await stream.user.payload(len(expected)) == expected


async def test_bytes_that_are_no_datagram_end_the_stream_and_it_was_the_users_doing(stream: Stream) -> None:
    stream.relay()
    stream.user.send(frame_data(framed(b"sound") + b"\xff\xff"))
    end = await stream.end()
    assert (end.code, end.ended_by) == ("datagram_too_large", EndedBy.USER)
    assert await stream.user.next() == CutFrame("datagram_too_large", end.detail)
    assert (await stream.device.hear())[0] == b"sound"
    await stream.right.wait_lost()
    assert stream.device.received == [b"sound"]


async def test_who_is_not_the_device_is_not_heard(stream: Stream) -> None:
    stream.relay()
    async with udp() as other:
        other.say(b"I am the device", stream.address)
        stream.device.say(b"no, I am", stream.address)
        assert await stream.user.payload(10) == framed(b"no, I am")
        assert stream.right.dropped == 0


async def test_what_comes_while_nobody_reads_is_dropped_and_counted(stream: Stream) -> None:
    relay = stream.relay()
    relay.pause("full")
    stream.device.say(b"lost", stream.address)
    await until(lambda: stream.right.dropped == 1)
    relay.resume("full")
    stream.device.say(b"kept", stream.address)
    assert await stream.user.payload(6) == framed(b"kept")


async def test_what_comes_before_the_relay_is_held_up_to_its_bound(stream: Stream) -> None:
    for number in range(MAX_HELD_DATAGRAMS + 3):
        stream.device.say(bytes([number]), stream.address)
    await until(lambda: stream.right.dropped == 3)
    stream.relay()
    assert await stream.user.payload(3 * MAX_HELD_DATAGRAMS) == b"".join(
        framed(bytes([number])) for number in range(MAX_HELD_DATAGRAMS)
    )


async def test_more_than_the_rate_is_dropped_in_both_directions(wires: Wires) -> None:
    left, user = await wires.framed()
    async with udp() as device:
        slow = Stream(wires, user, left, device)
        now = 100.0
        _, slow.right = await asyncio.get_running_loop().create_datagram_endpoint(
            lambda: DatagramEnd(wires.buffer, per_second=2, monotonic=lambda: now), remote_addr=device.address
        )
        relay = slow.relay()
        user.send(frame_data(b"".join(framed(bytes([n])) for n in range(5))))
        assert [(await device.hear())[0] for _ in range(2)] == [b"\0", b"\1"]
        for n in range(5):
            device.say(bytes([n]), slow.address)
        assert await user.payload(6) == framed(b"\0") + framed(b"\1")
        await until(lambda: slow.right.dropped == 6)
        now += 1
        user.send(frame_data(framed(b"later")))
        assert (await device.hear())[0] == b"later"
        relay.cut("done")
        await slow.right.wait_lost()


async def test_one_that_is_larger_than_a_datagram_may_be_is_dropped(stream: Stream) -> None:
    stream.relay()
    stream.device.say(bytes(MAX_DATAGRAM_BYTES + 1), stream.address)
    await until(lambda: stream.right.dropped == 1)
    assert not stream.ended.done()


async def test_a_device_that_is_not_there_is_counted_and_the_stream_goes_on(stream: Stream) -> None:
    stream.relay()
    at = stream.device.port
    await stream.device.close()
    stream.user.send(frame_data(framed(b"anybody?")))
    await until(lambda: stream.right.unreachable == 1)
    async with udp(at) as returned:
        stream.user.send(frame_data(framed(b"again")))
        assert (await returned.hear())[0] == b"again"


async def test_a_user_who_says_no_more_ends_the_stream_regularly(stream: Stream) -> None:
    stream.relay()
    stream.user.send(frame_data(framed(b"last")) + frame_eof())
    assert (await stream.device.hear())[0] == b"last"
    assert await stream.user.next() == Eof()
    assert await stream.user.next() == CutFrame("closed")
    stream.user.send(frame_cut("closed"))
    assert (await stream.end()).code == "closed"


async def test_the_device_hears_good_bye_when_the_stream_is_cut_and_nothing_after_it(stream: Stream) -> None:
    inspector = FakeInspector(forward)
    inspector.last_words = [Reply(Direction.TO_ASSET, framed(b"bye"))]
    relay = stream.relay(inspector)
    relay.cut("killed", "by the plant")
    assert (await stream.device.hear())[0] == b"bye"
    stream.user.send(frame_data(framed(b"more")))
    assert await stream.user.next() == CutFrame("killed", "by the plant")
    await stream.right.wait_lost()
    assert stream.device.received == [b"bye"]


async def test_silence_and_the_deadline_end_it_as_they_end_any_stream(wires: Wires) -> None:
    for settings, code in (({"idle_seconds": 0.05}, "idle"), ({"not_after_monotonic": 0.0}, "deadline")):
        left, user = await wires.framed()
        async with udp() as device:
            made = Stream(wires, user, left, device)
            await made.dial()
            made.relay(**settings)
            assert (await made.end()).code == code
            await made.right.wait_lost()
