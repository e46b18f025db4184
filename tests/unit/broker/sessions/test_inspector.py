from dataclasses import dataclass, field

import pytest

from broker.recordings.errors import RecorderFailedError
from broker.sessions.inspector import RecordingInspector
from guards.effects import Direction, Effect, Forward, Operation, Reply
from guards.modbus.guard import ModbusGuard
from policies.rules import Rules, Tier
from recording.chunks import Leg

READ = bytes.fromhex("000100000006010300000002")
WRITE = bytes.fromhex("000200000006010600050064")
ANSWER = bytes.fromhex("00010000000701030400010002")


@dataclass
class FakeRecorder:
    """A recorder that takes everything, until it is told to fail."""

    taken: list[tuple[Direction, bytes, Leg]] = field(default_factory=list)
    operations: list[Operation] = field(default_factory=list)
    has_room: bool = True
    fails: bool = False

    def offer(self, _stream: int, direction: Direction, data: bytes, leg: Leg = Leg.BOTH) -> bool:
        if self.fails:
            raise RecorderFailedError("disk full")
        self.taken.append((direction, data, leg))
        return self.has_room

    def operation(self, _stream: int, operation: Operation) -> bool:
        self.operations.append(operation)
        return self.has_room


def make(
    recorder: FakeRecorder, *, guarded: bool = True, required: bool = True
) -> tuple[RecordingInspector, list[str]]:
    calls: list[str] = []
    guard = ModbusGuard(Rules(tiers=frozenset({Tier.READ})), device_timeout_seconds=30) if guarded else None
    inspector = RecordingInspector(
        1,
        recorder,
        guard,
        required=required,
        on_full=lambda: calls.append("full"),
        on_operation=lambda _: calls.append("operation"),
    )
    return inspector, calls


def forwarded(effects: object) -> list[bytes]:
    return [effect.data for effect in effects if isinstance(effect, Forward)]  # type: ignore[attr-defined]


def test_what_passes_unchanged_is_recorded_once_for_both_sides() -> None:
    recorder = FakeRecorder()
    inspector, _ = make(recorder)
    assert forwarded(inspector.inspect(Direction.TO_ASSET, READ, 0.0)) == [READ]
    assert recorder.taken == [(Direction.TO_ASSET, READ, Leg.BOTH)]


def test_a_refused_request_is_recorded_on_the_users_side_with_the_refusal() -> None:
    recorder = FakeRecorder()
    inspector, _ = make(recorder)
    effects: list[Effect] = list(inspector.inspect(Direction.TO_ASSET, WRITE, 0.0))
    assert forwarded(effects) == []
    [reply] = [effect for effect in effects if isinstance(effect, Reply)]
    assert recorder.taken == [
        (Direction.TO_ASSET, WRITE, Leg.USER),
        (Direction.TO_USER, reply.data, Leg.USER),
    ]


def test_a_request_that_waits_its_turn_is_recorded_when_it_reaches_the_asset() -> None:
    recorder = FakeRecorder()
    inspector, _ = make(recorder)
    inspector.inspect(Direction.TO_ASSET, READ, 0.0)
    second = b"\x00\x09" + READ[2:]
    assert forwarded(inspector.inspect(Direction.TO_ASSET, second, 0.1)) == []
    inspector.inspect(Direction.TO_USER, ANSWER, 0.2)
    assert (Direction.TO_ASSET, second, Leg.USER) in recorder.taken
    assert (Direction.TO_ASSET, second, Leg.ASSET) in recorder.taken


def test_nothing_is_handed_back_to_forward_when_the_recorder_does_not_take_it() -> None:
    recorder = FakeRecorder(fails=True)
    for guarded in (True, False):
        inspector, _ = make(recorder, guarded=guarded)
        with pytest.raises(RecorderFailedError, match="disk full"):
            inspector.inspect(Direction.TO_ASSET, READ, 0.0)


def test_where_a_recording_is_only_wished_for_the_stream_outlives_its_recorder() -> None:
    recorder = FakeRecorder(fails=True)
    inspector, _ = make(recorder, required=False)
    assert forwarded(inspector.inspect(Direction.TO_ASSET, READ, 0.0)) == [READ]
    recorder.fails = False
    inspector.inspect(Direction.TO_USER, ANSWER, 0.1)
    assert recorder.taken == []


def test_a_recorder_without_room_asks_for_a_pause() -> None:
    inspector, calls = make(FakeRecorder(has_room=False), guarded=False)
    inspector.inspect(Direction.TO_ASSET, b"anything", 0.0)
    assert calls == ["full"]


def test_an_opaque_stream_passes_as_it_is() -> None:
    recorder = FakeRecorder()
    inspector, _ = make(recorder, guarded=False)
    assert forwarded(inspector.inspect(Direction.TO_USER, b"\x00garbage", 0.0)) == [b"\x00garbage"]
    assert recorder.taken == [(Direction.TO_USER, b"\x00garbage", Leg.BOTH)]


class Leaving(ModbusGuard):
    """A guard that speaks first, and says good-bye."""

    def opened(self, now_monotonic: float) -> list[Effect]:
        return [Reply(Direction.TO_ASSET, b"start")]

    def good_bye(self, now_monotonic: float) -> list[Effect]:
        return [Reply(Direction.TO_ASSET, b"stop")]


def leaving(recorder: FakeRecorder) -> RecordingInspector:
    guard = Leaving(Rules(), device_timeout_seconds=30)
    return RecordingInspector(1, recorder, guard, required=True, on_full=lambda: None, on_operation=lambda _: None)


def test_what_a_guard_says_by_itself_is_recorded_on_the_assets_side() -> None:
    recorder = FakeRecorder()
    inspector = leaving(recorder)
    assert list(inspector.opened(0.0)) == [Reply(Direction.TO_ASSET, b"start")]
    assert list(inspector.good_bye(1.0)) == [Reply(Direction.TO_ASSET, b"stop")]
    assert recorder.taken == [(Direction.TO_ASSET, b"start", Leg.ASSET), (Direction.TO_ASSET, b"stop", Leg.ASSET)]


def test_a_good_bye_that_cannot_be_recorded_is_not_said() -> None:
    with pytest.raises(RecorderFailedError):
        leaving(FakeRecorder(fails=True)).good_bye(0.0)


def test_an_opaque_stream_has_no_words_of_its_own() -> None:
    inspector, _ = make(FakeRecorder(), guarded=False)
    assert [*inspector.opened(0.0), *inspector.good_bye(0.0)] == []


def test_what_must_be_asked_for_is_handed_on_with_its_fingerprint() -> None:
    asked: list[tuple[Operation, bytes]] = []
    guard = ModbusGuard(Rules(ask=frozenset({Tier.OPERATE})), device_timeout_seconds=30)
    inspector = RecordingInspector(
        1, FakeRecorder(), guard, required=True, on_full=lambda: None, on_operation=lambda _: None,
        on_ask=lambda operation, fingerprint: asked.append((operation, fingerprint)),
    )  # fmt: skip
    assert forwarded(inspector.inspect(Direction.TO_ASSET, WRITE, 0.0)) == []
    ((operation, fingerprint),) = asked
    assert (operation.objects, operation.values, len(fingerprint)) == (("holding 5",), (100,), 32)
    guard.arm(fingerprint, 60.0)
    assert forwarded(inspector.inspect(Direction.TO_ASSET, WRITE, 1.0)) == [WRITE]
