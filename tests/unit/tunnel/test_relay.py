import asyncio
from collections.abc import Callable, Iterable

import pytest

from guards.effects import Cut, Direction, Effect, Forward, Reply
from tests.unit.tunnel.conftest import Peer, Wires, until
from tunnel.ends import WRITE_HIGH_WATER_BYTES, End
from tunnel.frames import MAX_DATA_BYTES, CutFrame, Eof, Notice, frame_cut, frame_data, frame_eof, frame_notice
from tunnel.relay import MAX_KEPT_BYTES, EndedBy, Inspector, Relay, RelayEnd


class FakeInspector:
    """Judges with a function; ticks and the asset's end are scripted."""

    def __init__(self, judge: Callable[[Direction, bytes], Iterable[Effect]]) -> None:
        self._judge = judge
        self.tick_at: float | None = None
        self.on_time: list[Effect] = []
        self.on_gone: list[Effect] = []
        self.first_words: list[Effect] = []
        self.last_words: list[Effect] = []
        self.good_byes = 0

    def opened(self, now_monotonic: float) -> Iterable[Effect]:
        return self.first_words

    def inspect(self, direction: Direction, data: bytes, now_monotonic: float) -> Iterable[Effect]:
        return self._judge(direction, data)

    def on_tick(self, now_monotonic: float) -> Iterable[Effect]:
        self.tick_at = None
        return self.on_time

    def next_tick_monotonic(self) -> float | None:
        return self.tick_at

    def asset_gone(self, now_monotonic: float) -> Iterable[Effect]:
        return self.on_gone

    def good_bye(self, now_monotonic: float) -> Iterable[Effect]:
        self.good_byes += 1
        return self.last_words


def forward(direction: Direction, data: bytes) -> list[Effect]:
    return [Forward(direction, data)]


class Stream:
    """A relay between a user that speaks frames and a plain device (the agent's shape)."""

    def __init__(self, left: End, user: Peer, right: End, device: Peer) -> None:
        self.left, self.user, self.right, self.device = left, user, right, device
        self.ended: asyncio.Future[RelayEnd] = asyncio.get_running_loop().create_future()
        self.notices: list[Notice] = []

    def relay(self, inspector: Inspector | None = None, **settings: float | None) -> Relay:
        relay = Relay(
            self.left,
            self.right,
            inspector,
            idle_seconds=settings.pop("idle_seconds", None),
            on_end=self.ended.set_result,
            on_notice=self.notices.append,
            **settings,
        )
        relay.start()
        return relay

    async def end(self) -> RelayEnd:
        async with asyncio.timeout(10):
            return await self.ended


@pytest.fixture
async def stream(wires: Wires) -> Stream:
    return Stream(*await wires.framed(), *await wires.plain())


async def test_payload_passes_both_ways(stream: Stream) -> None:
    relay = stream.relay()
    stream.user.send(frame_data(b"read") + frame_data(b"write"))
    assert await stream.device.plain(9) == b"readwrite"
    stream.device.send(b"values")
    assert await stream.user.payload(6) == b"values"
    assert (relay.bytes_to_asset, relay.bytes_to_user) == (9, 6)


async def test_what_came_before_the_relay_started_is_delivered(stream: Stream) -> None:
    stream.left.preload(frame_data(b"first")[:6])
    stream.user.send(frame_data(b"first")[6:] + frame_eof())
    stream.device.send(b"banner")
    stream.device.writer.write_eof()
    await until(lambda: bool(stream.left._held[6:] and stream.right._held))
    stream.relay()
    assert await stream.device.plain_end() == b"first"
    assert await stream.user.payload(6) == b"banner"
    assert await stream.user.next() == Eof()


async def test_two_framed_legs_are_joined_frame_by_frame(wires: Wires) -> None:
    stream = Stream(*await wires.framed(), *await wires.framed())
    stream.relay()
    data = bytes(range(256)) * 4096
    for at in range(0, len(data), MAX_DATA_BYTES):
        stream.user.send(frame_data(data[at : at + MAX_DATA_BYTES]))
    assert await stream.device.payload(len(data)) == data


async def test_a_users_half_close_reaches_the_device_and_the_answer_still_comes(stream: Stream) -> None:
    stream.relay()
    stream.user.send(frame_data(b"last question") + frame_eof())
    assert await stream.device.plain_end() == b"last question"
    stream.device.send(b"answer")
    assert await stream.user.payload(6) == b"answer"


async def test_a_devices_half_close_reaches_the_user_and_the_user_may_go_on(stream: Stream) -> None:
    stream.relay()
    stream.device.send(b"bye")
    stream.device.writer.write_eof()
    assert await stream.user.payload(3) == b"bye"
    assert await stream.user.next() == Eof()
    stream.user.send(frame_data(b"still here"))
    assert await stream.device.plain(10) == b"still here"


async def test_a_devices_half_close_counts_once_however_often_reading_is_paused(stream: Stream) -> None:
    relay = stream.relay()
    stream.device.writer.write_eof()
    assert await stream.user.next() == Eof()
    for _ in range(3):
        relay.pause("recorder")
        relay.resume("recorder")
        await asyncio.sleep(0.001)
    stream.user.send(frame_data(b"still here"))
    assert await stream.device.plain(10) == b"still here"


async def test_after_both_half_closes_the_stream_ends_regularly(stream: Stream) -> None:
    relay = stream.relay()
    stream.user.send(frame_data(b"q") + frame_eof())
    assert await stream.device.plain_end() == b"q"
    stream.device.writer.close()
    assert [await stream.user.next(), await stream.user.next()] == [Eof(), CutFrame("closed")]
    stream.user.send(frame_cut("closed"))
    assert await stream.end() == RelayEnd("closed", "", 1, 0, EndedBy.USER)
    await relay.wait_closed()


async def test_a_user_that_reads_slowly_still_gets_everything_before_the_end(wires: Wires) -> None:
    stream = Stream(*await wires.framed(), *await wires.framed())
    stream.user.writer.transport.pause_reading()
    stream.relay()
    data = bytes(range(256)) * 40_000
    for at in range(0, len(data), MAX_DATA_BYTES):
        stream.device.send(frame_data(data[at : at + MAX_DATA_BYTES]))
    stream.device.send(frame_eof())
    stream.user.send(frame_eof())
    assert await stream.device.next() == Eof()
    stream.user.writer.transport.resume_reading()
    assert await stream.user.payload(len(data)) == data
    assert [await stream.user.next(), await stream.user.next()] == [Eof(), CutFrame("closed")]


async def test_a_peer_may_say_goodbye_and_leave_while_the_other_side_is_still_slow(wires: Wires) -> None:
    stream = Stream(*await wires.framed(), *await wires.framed())
    stream.relay()
    stream.device.send(frame_eof())
    assert await stream.user.next() == Eof()
    stream.left.pause_writing()
    stream.user.send(frame_eof())
    assert [await stream.device.next(), await stream.device.next()] == [Eof(), CutFrame("closed")]
    stream.device.send(frame_cut("closed"))
    stream.device.writer.close()
    async with asyncio.timeout(10):
        await stream.right.wait_lost()
    stream.user.send(frame_cut("closed"))
    assert (await stream.end()).code == "closed"


async def test_a_device_that_does_not_read_stops_the_user(stream: Stream) -> None:
    """Bytes in flight are bounded: kernel buffers, one write buffer over its limit by one chunk, and what TLS holds."""
    relay = stream.relay()
    stream.device.writer.transport.pause_reading()
    while not stream.right.blocked:
        stream.user.send(frame_data(bytes(MAX_DATA_BYTES)))
        await asyncio.sleep(0)
    accepted = relay.bytes_to_asset
    for _ in range(40):
        stream.user.send(frame_data(bytes(MAX_DATA_BYTES)))
        await asyncio.sleep(0.001)
    assert relay.bytes_to_asset <= accepted + MAX_DATA_BYTES
    assert stream.right._transport.get_write_buffer_size() <= WRITE_HIGH_WATER_BYTES + 2 * MAX_DATA_BYTES


async def test_what_waited_for_a_slow_device_arrives_unchanged(stream: Stream) -> None:
    stream.relay()
    stream.device.writer.transport.pause_reading()
    sent = 0
    while not stream.right.blocked:
        stream.user.send(frame_data(bytes([sent % 251]) * 100_000))
        sent += 1
        await asyncio.sleep(0)
    stream.user.send(frame_data(bytes([252]) * 100_000))
    stream.device.writer.transport.resume_reading()
    expected = b"".join(bytes([i % 251]) * 100_000 for i in range(sent)) + bytes([252]) * 100_000
    assert await stream.device.plain(len(expected)) == expected


async def test_a_user_that_does_not_read_refusals_is_not_read_either(stream: Stream) -> None:
    relay = stream.relay(FakeInspector(lambda _, data: [Reply(Direction.TO_USER, data)]))
    stream.user.writer.transport.pause_reading()
    while not stream.left.blocked:
        stream.user.send(frame_data(bytes(MAX_DATA_BYTES)))
        await asyncio.sleep(0)
    replied = relay.bytes_to_user
    for _ in range(20):
        stream.user.send(frame_data(bytes(MAX_DATA_BYTES)))
        await asyncio.sleep(0.001)
    assert relay.bytes_to_user <= replied + MAX_DATA_BYTES


async def test_a_user_that_is_first_refused_when_it_no_longer_reads_is_not_read_either(stream: Stream) -> None:
    def judge(direction: Direction, data: bytes) -> list[Effect]:
        return forward(direction, data) if direction is Direction.TO_USER else [Reply(Direction.TO_USER, data)]

    relay = stream.relay(FakeInspector(judge))
    stream.user.writer.transport.pause_reading()
    while not stream.left.blocked:
        stream.device.send(bytes(MAX_DATA_BYTES))
        await asyncio.sleep(0)
    forwarded = relay.bytes_to_user
    for _ in range(20):
        stream.user.send(frame_data(bytes(MAX_DATA_BYTES)))
        await asyncio.sleep(0.001)
    assert relay.bytes_to_user <= forwarded + MAX_DATA_BYTES


async def test_a_device_that_does_not_read_for_a_while_is_still_heard_through_an_inspector(stream: Stream) -> None:
    stream.relay(FakeInspector(forward))
    stream.device.writer.transport.pause_reading()
    while not stream.right.blocked:
        stream.user.send(frame_data(bytes(MAX_DATA_BYTES)))
        await asyncio.sleep(0)
    stream.device.send(b"answer")
    assert await stream.user.payload(6) == b"answer"


async def test_a_pause_holds_both_directions_until_every_token_has_resumed(stream: Stream) -> None:
    relay = stream.relay()
    relay.pause("recorder")
    relay.pause("supervision")
    stream.user.send(frame_data(b"up"))
    stream.device.send(b"down")
    relay.resume("recorder")
    for _ in range(20):
        await asyncio.sleep(0.001)
    assert (relay.bytes_to_asset, relay.bytes_to_user) == (0, 0)
    relay.resume("supervision")
    assert await stream.device.plain(2) == b"up"
    assert await stream.user.payload(4) == b"down"


async def test_a_notice_reaches_the_user(stream: Stream) -> None:
    stream.relay().notify(Notice("ending", "a minute left"))
    assert await stream.user.next() == Notice("ending", "a minute left")


async def test_a_peers_notice_is_handed_to_whoever_wants_it(stream: Stream) -> None:
    stream.relay()
    stream.user.send(frame_notice(Notice("ending", "a minute left")) + frame_data(b"x"))
    assert await stream.device.plain(1) == b"x"
    assert stream.notices == [Notice("ending", "a minute left")]


async def test_the_inspector_sees_everything_and_what_it_forwards_passes_unchanged(stream: Stream) -> None:
    seen = []

    def judge(direction: Direction, data: bytes) -> list[Effect]:
        seen.append((direction, data))
        return forward(direction, data)

    stream.relay(FakeInspector(judge))
    stream.user.send(frame_data(b"ask"))
    assert await stream.device.plain(3) == b"ask"
    stream.device.send(b"tell")
    assert await stream.user.payload(4) == b"tell"
    assert seen == [(Direction.TO_ASSET, b"ask"), (Direction.TO_USER, b"tell")]


async def test_what_the_inspector_does_not_forward_never_reaches_the_device(stream: Stream) -> None:
    def judge(direction: Direction, data: bytes) -> list[Effect]:
        return [Reply(Direction.TO_USER, b"no")] if data == b"stop the plant" else forward(direction, data)

    relay = stream.relay(FakeInspector(judge))
    stream.user.send(frame_data(b"stop the plant"))
    assert await stream.user.payload(2) == b"no"
    stream.user.send(frame_data(b"read"))
    assert await stream.device.plain(4) == b"read"
    assert relay.bytes_to_asset == 4


async def test_forwarded_bytes_longer_than_a_frame_are_divided(stream: Stream) -> None:
    data = bytes(range(256)) * 3000
    stream.relay(FakeInspector(lambda *_: [Forward(Direction.TO_USER, data)]))
    stream.device.send(b"x")
    assert await stream.user.payload(len(data)) == data


async def test_the_inspector_is_ticked_when_it_asked_to_be(stream: Stream) -> None:
    inspector = FakeInspector(lambda *_: [])
    inspector.tick_at = asyncio.get_running_loop().time() + 0.01
    inspector.on_time = [Reply(Direction.TO_USER, b"device is silent")]
    stream.relay(inspector)
    assert await stream.user.payload(16) == b"device is silent"


async def test_a_tick_asked_for_while_inspecting_comes_before_the_idle_time(stream: Stream) -> None:
    inspector = FakeInspector(lambda *_: [])
    inspector.on_time = [Cut("silent", "the device does not answer")]
    stream.relay(inspector, idle_seconds=600.0)
    inspector.tick_at = asyncio.get_running_loop().time() + 0.01
    stream.user.send(frame_data(b"x"))
    assert (await stream.end()).code == "silent"


async def test_the_inspector_answers_what_is_open_when_the_device_goes(stream: Stream) -> None:
    inspector = FakeInspector(forward)
    inspector.on_gone = [Reply(Direction.TO_USER, b"0A")]
    stream.relay(inspector)
    stream.device.writer.write_eof()
    assert await stream.user.payload(2) == b"0A"
    assert await stream.user.next() == Eof()


async def test_held_input_is_delivered_in_its_order_once_it_is_released(stream: Stream) -> None:
    relay = stream.relay(FakeInspector(forward))
    relay.hold_input()
    stream.user.send(frame_data(b"open "))
    stream.device.send(b"banner")
    assert await stream.user.payload(6) == b"banner"
    stream.user.send(frame_data(b"valve ") + frame_data(b"4") + frame_eof())
    await until(lambda: relay._keeps_eof)
    assert relay.bytes_to_asset == 0
    relay.release_input()
    assert await stream.device.plain_end() == b"open valve 4"
    assert relay.bytes_to_asset == 12


async def test_held_input_is_bounded_and_none_of_it_is_lost(stream: Stream) -> None:
    relay = stream.relay()
    relay.hold_input()
    said = bytes(range(256)) * (MAX_KEPT_BYTES // 256 * 20)
    for at in range(0, len(said), 16_384):
        stream.user.send(frame_data(said[at : at + 16_384]))
    await until(lambda: not stream.left._reading)
    assert relay._kept_bytes <= MAX_KEPT_BYTES + MAX_DATA_BYTES
    relay.release_input()
    assert await stream.device.plain(len(said)) == said


async def test_held_input_of_a_user_who_is_gone_reaches_nobody(stream: Stream) -> None:
    relay = stream.relay()
    relay.hold_input()
    stream.user.send(frame_data(b"open valve 4") + frame_cut("left"))
    assert (await stream.end()).bytes_to_asset == 0
    relay.release_input()
    assert await stream.device.plain_end() == b""
