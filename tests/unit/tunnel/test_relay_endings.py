import asyncio
import socket
import struct

import pytest

from guards.effects import Cut, Direction, Effect, Forward
from tests.unit.tunnel.conftest import Wires
from tests.unit.tunnel.test_relay import FakeInspector, Stream, stream
from tunnel.frames import MAX_DATA_BYTES, CutFrame, frame_cut, frame_data, frame_eof
from tunnel.relay import EndedBy, Relay, RelayEnd

__all__ = ["stream"]


def soon(seconds: float) -> float:
    return asyncio.get_running_loop().time() + seconds


async def test_a_cut_tells_the_user_why_and_closes_the_device_with_fin(stream: Stream) -> None:
    relay = stream.relay()
    relay.cut("killed", "by the plant")
    assert await stream.user.next() == CutFrame("killed", "by the plant")
    assert await stream.user.next() is None
    assert await stream.device.plain_end() == b""
    stream.device.writer.close()
    assert await stream.end() == RelayEnd("killed", "by the plant", 0, 0, EndedBy.HERE)
    await relay.wait_closed()


async def test_after_a_cut_nothing_passes_in_either_direction(stream: Stream) -> None:
    relay = stream.relay()
    relay.cut("killed")
    stream.user.send(frame_data(b"one more write"))
    stream.device.send(b"one more value")
    assert await stream.device.plain_end() == b""
    assert await stream.user.next() == CutFrame("killed")
    assert (relay.bytes_to_asset, relay.bytes_to_user) == (0, 0)


async def test_what_is_buffered_for_the_device_does_not_reach_it_after_a_cut(stream: Stream) -> None:
    relay = stream.relay()
    stream.device.writer.transport.pause_reading()
    while not stream.right.blocked:
        stream.user.send(frame_data(bytes(MAX_DATA_BYTES)))
        await asyncio.sleep(0)
    buffered = stream.right._transport.get_write_buffer_size()
    relay.cut("killed")
    stream.device.writer.transport.resume_reading()
    assert buffered > 0
    assert len(await stream.device.plain_end()) <= relay.bytes_to_asset - buffered


async def test_what_is_buffered_for_the_asset_on_a_tunnel_leg_is_dropped_with_the_connection(wires: Wires) -> None:
    stream = Stream(*await wires.framed(), *await wires.framed())
    relay = stream.relay()
    stream.device.writer.transport.pause_reading()
    while not stream.right.blocked:
        stream.user.send(frame_data(bytes(MAX_DATA_BYTES)))
        await asyncio.sleep(0)
    relay.cut("killed")
    stream.device.writer.transport.resume_reading()
    received = 0
    while isinstance(piece := await stream.device.next(), bytes):
        received += len(piece)
    assert piece is None
    assert received < relay.bytes_to_asset


async def test_a_user_that_does_not_read_its_cut_is_aborted(stream: Stream, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tunnel.ends.LINGER_SECONDS", 0.05)
    relay = stream.relay()
    stream.user.writer.transport.pause_reading()
    stream.device.writer.transport.pause_reading()
    relay.cut("killed")
    async with asyncio.timeout(10):
        await relay.wait_closed()


async def test_the_deadline_ends_the_stream(stream: Stream) -> None:
    stream.relay(not_after_monotonic=soon(0.02))
    assert (await stream.end()).code == "deadline"
    cut = await stream.user.next()
    assert isinstance(cut, CutFrame)
    assert cut.code == "deadline"


async def test_a_deadline_that_is_due_at_once_stands_beside_an_idle_time(stream: Stream) -> None:
    stream.relay(not_after_monotonic=soon(0.0002), idle_seconds=60)
    assert (await stream.end()).code == "deadline"


async def test_bytes_that_come_after_the_deadline_do_not_wait_for_the_timer(stream: Stream) -> None:
    relay = stream.relay()
    relay._not_after = soon(-1)
    stream.user.send(frame_data(b"too late"))
    assert (await stream.end()) == RelayEnd("deadline", "the time granted is over", 0, 0, EndedBy.HERE)


async def test_an_extension_moves_the_deadline(stream: Stream) -> None:
    relay = stream.relay(not_after_monotonic=soon(0.02))
    relay.extend(soon(600))
    await asyncio.sleep(0.05)
    stream.user.send(frame_data(b"still"))
    assert await stream.device.plain(5) == b"still"
    relay.extend(soon(-1))
    assert (await stream.end()).code == "deadline"


async def test_a_relay_that_starts_after_its_deadline_passes_nothing(stream: Stream) -> None:
    stream.left.preload(frame_data(b"x"))
    stream.relay(not_after_monotonic=soon(-1))
    assert await stream.end() == RelayEnd("deadline", "the time granted is over", 0, 0, EndedBy.HERE)


async def test_silence_ends_the_stream(stream: Stream) -> None:
    stream.relay(idle_seconds=0.02)
    assert (await stream.end()).code == "idle"


async def test_a_peer_that_only_sends_empty_frames_is_idle(stream: Stream) -> None:
    stream.relay(idle_seconds=0.05)
    while not stream.ended.done():
        stream.user.send(bytes(4))
        await asyncio.sleep(0.005)
    assert (await stream.end()).code == "idle"


async def test_a_users_cut_is_passed_on(wires: Wires) -> None:
    stream = Stream(*await wires.framed(), *await wires.framed())
    stream.relay()
    stream.user.send(frame_cut("quit", "the user stopped"))
    assert await stream.device.next() == CutFrame("quit", "the user stopped")
    assert await stream.end() == RelayEnd("quit", "the user stopped", 0, 0, EndedBy.USER)


async def test_a_device_that_resets_ends_the_stream_as_lost(stream: Stream) -> None:
    stream.relay()
    connection = stream.device.writer.get_extra_info("socket")
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    stream.device.writer.transport.abort()
    end = await stream.end()
    assert (end.code, end.ended_by) == ("lost", EndedBy.ASSET)
    cut = await stream.user.next()
    assert isinstance(cut, CutFrame)
    assert cut.code == "lost"


async def test_a_user_that_vanishes_ends_the_stream_as_lost(stream: Stream) -> None:
    stream.relay()
    stream.user.writer.transport.abort()
    end = await stream.end()
    assert (end.code, end.ended_by) == ("lost", EndedBy.USER)
    assert await stream.device.plain_end() == b""


async def test_a_user_that_vanishes_before_its_goodbye_was_heard_is_lost(stream: Stream) -> None:
    stream.relay()
    stream.user.send(frame_eof())
    stream.device.writer.write_eof()
    assert await stream.device.plain_end() == b""
    stream.user.writer.transport.abort()
    assert (await stream.end()).code == "lost"


async def test_a_side_that_was_gone_before_the_start_ends_the_relay_at_once(stream: Stream) -> None:
    stream.device.writer.transport.abort()
    stream.right.abort()
    await stream.right.wait_lost()
    stream.relay()
    assert stream.ended.result().code == "lost"


async def test_a_relay_that_was_cut_before_its_start_ends_once_and_passes_nothing(stream: Stream) -> None:
    ends: list[RelayEnd] = []
    relay = Relay(stream.left, stream.right, idle_seconds=None, on_end=ends.append)
    relay.cut("killed", "by the plant")
    relay.start()
    stream.user.send(frame_data(b"one more write"))
    assert await stream.user.next() == CutFrame("killed", "by the plant")
    assert await stream.device.plain_end() == b""
    stream.device.writer.close()
    await relay.wait_closed()
    assert ends == [RelayEnd("killed", "by the plant", 0, 0, EndedBy.HERE)]


async def test_broken_framing_cuts_both_sides(stream: Stream) -> None:
    stream.relay()
    stream.user.send(b"GET / HTTP/1.1\r\n\r\n")
    end = await stream.end()
    assert (end.code, end.ended_by, end.bytes_to_asset) == ("frame_unknown", EndedBy.USER, 0)
    assert await stream.device.plain_end() == b""


async def test_an_inspectors_cut_ends_the_stream_and_drops_what_it_said_after(stream: Stream) -> None:
    effects = [Cut("malformed", "not Modbus"), Forward(Direction.TO_ASSET, b"after the cut")]
    relay = stream.relay(FakeInspector(lambda *_: effects))
    stream.user.send(frame_data(b"garbage"))
    assert await stream.end() == RelayEnd("malformed", "not Modbus", 0, 0, EndedBy.HERE)
    assert await stream.device.plain_end() == b""
    assert relay.bytes_to_asset == 0


async def test_an_error_in_the_inspector_fails_closed_and_is_not_explained_to_the_peers(stream: Stream) -> None:
    def judge(direction: Direction, data: bytes) -> list[Effect]:
        raise LookupError("secret detail")

    stream.relay(FakeInspector(judge))
    stream.user.send(frame_data(b"write"))
    end = await stream.end()
    assert (end.code, end.bytes_to_asset, type(end.error)) == ("inspector_fault", 0, LookupError)
    assert await stream.user.next() == CutFrame("inspector_fault", "internal fault")


async def test_an_inspector_that_cuts_through_the_relay_forwards_nothing_more(stream: Stream) -> None:
    def judge(direction: Direction, data: bytes) -> list[Effect]:
        relay.cut("recorder_failed", "the disk is full")
        return [Forward(direction, data)]

    relay = stream.relay(FakeInspector(judge))
    stream.user.send(frame_data(b"write"))
    assert (await stream.end()).bytes_to_asset == 0
    assert await stream.device.plain_end() == b""


async def test_an_end_without_a_relay_can_be_discarded(stream: Stream) -> None:
    stream.user.send(frame_data(b"never delivered"))
    stream.left.discard()
    assert await stream.user.next() is None
