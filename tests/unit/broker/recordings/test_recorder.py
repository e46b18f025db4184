"""The recorder: takes before anything passes, stores in order, asks for a pause, and fails closed."""

import asyncio
from dataclasses import replace

import pytest

from broker.recordings.errors import RecorderFailedError
from broker.recordings.recorder import BATCH, RecorderLimits
from guards.effects import Direction, Operation, Verdict
from policies.rules import Tier
from recording.chunks import MAX_PAYLOAD_BYTES, Kind, Leg
from recording.export import json_object
from recording.verify import State
from tests.unit.broker.recordings.fakes import FakeSink, chunks_of, proof_of, recording_to

SMALL = RecorderLimits(pause_bytes=2000, fail_bytes=8000, flush_seconds=0.01, stall_seconds=30)
DENIED_WRITE = Operation(
    Direction.TO_ASSET, "modbus", 6, "write_single_register", Tier.OPERATE, Verdict.DENIED, values=(7,), reason="tier"
)


async def test_what_was_offered_is_stored_in_order_and_proves_whole() -> None:
    sink = FakeSink()
    async with recording_to(sink) as bench:
        for number in range(50):
            assert bench.recorder.offer(1, Direction.TO_ASSET, b"q%d" % number)
            assert bench.recorder.offer(1, Direction.TO_USER, b"a%d" % number, Leg.USER)
        await bench.recorder.close("user_ended")
    data = bytes(sink.data)
    assert proof_of(data).state is State.WHOLE
    assert [chunk.payload for chunk in chunks_of(data)][:4] == [b"q0", b"a0", b"q1", b"a1"]
    assert bench.summaries[0].counts.chunks == 100
    assert bench.summaries[0].size_bytes == len(data)
    assert bench.summaries[0].last_link == proof_of(data).last_link
    assert sink.is_closed


async def test_it_is_stored_soon_although_the_session_goes_on() -> None:
    sink = FakeSink()
    async with recording_to(sink) as bench:
        sink.appended.clear()
        bench.recorder.offer(1, Direction.TO_ASSET, b"first words")
        await asyncio.to_thread(sink.appended.wait)
        verification = proof_of(bytes(sink.data))
        assert (verification.state, verification.segments) == (State.OPEN, 1)


async def test_operations_and_events_are_json_with_their_marks() -> None:
    sink = FakeSink()
    async with recording_to(sink) as bench:
        bench.recorder.event("stream_opened", {"agent": "agt_1"}, stream=1)
        bench.recorder.operation(1, DENIED_WRITE)
        await bench.recorder.close("user_ended")
    event, operation = chunks_of(bytes(sink.data))
    assert (event.kind, event.stream) == (Kind.EVENT, 1)
    assert json_object(event) == {"event": "stream_opened", "agent": "agt_1"}
    assert (operation.is_write, operation.is_denied, operation.is_response) == (True, True, False)
    assert json_object(operation)["values"] == [7]
    assert bench.summaries[0].counts.denials == 1


async def test_a_slow_store_asks_for_a_pause_and_tells_when_there_is_room() -> None:
    sink = FakeSink()
    async with recording_to(sink, SMALL) as bench:
        sink.gate.clear()
        assert bench.recorder.offer(1, Direction.TO_ASSET, bytes(1000))
        assert not bench.recorder.offer(1, Direction.TO_ASSET, bytes(1000))
        assert not bench.drains.is_set()
        sink.gate.set()
        await bench.drains.wait()
        assert bench.recorder.offer(1, Direction.TO_ASSET, b"more")
    assert not bench.failures


async def test_who_does_not_pause_is_cut_before_memory_runs_out() -> None:
    sink = FakeSink()
    async with recording_to(sink, SMALL) as bench:
        sink.gate.clear()
        with pytest.raises(RecorderFailedError):
            for _ in range(9):
                bench.recorder.offer(1, Direction.TO_ASSET, bytes(1000))
        assert len(bench.failures) == 1
        assert bench.recorder.pending_bytes < 10_000
        sink.gate.set()


async def test_a_full_disk_fails_the_recorder_once_and_nothing_more_is_taken() -> None:
    sink = FakeSink()
    async with recording_to(sink) as bench:
        sink.is_full = True
        bench.recorder.offer(1, Direction.TO_ASSET, b"lost")
        await bench.failed.wait()
        with pytest.raises(RecorderFailedError, match="full"):
            bench.recorder.offer(1, Direction.TO_ASSET, b"never")
        await bench.recorder.close("recording_failed")
    assert bench.failures == ["The disk is full."]
    assert bench.summaries[0].failure == "The disk is full."
    assert proof_of(bytes(sink.data)).state is State.OPEN


async def test_a_store_that_takes_nothing_fails_the_recorder() -> None:
    sink = FakeSink()
    async with recording_to(sink, RecorderLimits(flush_seconds=0.01, stall_seconds=0.05)) as bench:
        sink.gate.clear()
        bench.recorder.offer(1, Direction.TO_ASSET, b"stuck")
        await bench.failed.wait()
        assert "took nothing" in bench.failures[0]
        sink.gate.set()


async def test_a_closed_recorder_takes_nothing_and_closes_once() -> None:
    sink = FakeSink()
    async with recording_to(sink) as bench:
        await asyncio.gather(bench.recorder.close("one"), bench.recorder.close("two"))
        with pytest.raises(RecorderFailedError):
            bench.recorder.event("late", {})
    assert [summary.reason.code for summary in bench.summaries] == ["one"]


async def test_much_at_once_makes_segments_of_a_mebibyte() -> None:
    sink = FakeSink()
    async with recording_to(sink) as bench:
        for _ in range(48):
            bench.recorder.offer(1, Direction.TO_USER, bytes(65536))
        await bench.recorder.close("user_ended")
    assert bench.summaries[0].segments in (3, 4)
    assert bench.summaries[0].counts.bytes_to_user == 48 * 65536


async def test_what_cannot_be_written_down_fails_the_recorder_whoever_comes_next() -> None:
    sink = FakeSink()
    async with recording_to(sink) as bench:
        too_much = replace(DENIED_WRITE, values=("x" * 2 * MAX_PAYLOAD_BYTES,))
        assert bench.recorder.operation(1, too_much)
        with pytest.raises(RecorderFailedError):
            for _ in range(BATCH):
                bench.recorder.offer(2, Direction.TO_ASSET, b"of another stream")
        assert len(bench.failures) == 1
        with pytest.raises(RecorderFailedError):
            bench.recorder.offer(2, Direction.TO_ASSET, b"never")


async def test_bytes_operations_and_events_keep_the_order_in_which_they_came() -> None:
    sink = FakeSink()
    async with recording_to(sink) as bench:
        for number in range(BATCH):
            bench.recorder.offer(1, Direction.TO_ASSET, b"%d" % number)
            bench.recorder.operation(1, DENIED_WRITE)
            if number % 10 == 9:
                bench.recorder.event("warned", {})
        await bench.recorder.close("user_ended")
    kinds = [chunk.kind for chunk in chunks_of(bytes(sink.data))]
    pair = [Kind.BYTES, Kind.OPERATION]
    assert kinds == [*(pair * 10 + [Kind.EVENT]) * (BATCH // 10), *pair * (BATCH % 10)]
