"""A sweep at the inspector and at the session: what crosses the limit does not pass, and a throttle makes it wait."""

from dataclasses import dataclass, field

from broker.sessions.inspector import RecordingInspector
from guards.effects import Cut, Direction, Forward, Operation, Verdict
from guards.modbus.guard import ModbusGuard
from policies.rules import Rules, Tier
from recording.chunks import Leg
from tests.unit.broker.sessions.conftest import Bench, FakeRelay
from tests.unit.broker.sessions.test_inspector import FakeRecorder
from tunnel.ids import StreamId

READ = bytes.fromhex("000100000006010300000002")
OTHER = bytes.fromhex("000200000006020300000002")


@dataclass
class FakeWatch:
    """Stops at the second unit, and remembers what was on record by then."""

    recorder: FakeRecorder
    calls: list[int] = field(default_factory=list)

    def must_stop(self, operation: Operation, _now_monotonic: float) -> str:
        return "sweeps" if operation.unit == 2 and not operation.is_response else ""

    def stop(self) -> None:
        self.calls.append(len(self.recorder.operations))


def watched(max_in_flight: int = 4) -> tuple[RecordingInspector, FakeRecorder, FakeWatch]:
    recorder = FakeRecorder()
    watch = FakeWatch(recorder)
    rules = Rules(tiers=frozenset({Tier.READ}), max_in_flight=max_in_flight)
    inspector = RecordingInspector(
        1, recorder, ModbusGuard(rules, device_timeout_seconds=30), required=True, on_full=lambda: None,
        on_operation=lambda _: None, sweeps=watch,
    )  # fmt: skip
    return inspector, recorder, watch


def test_what_crosses_the_limit_never_reaches_the_device_and_is_on_record_as_refused() -> None:
    inspector, recorder, watch = watched()
    assert [type(each) for each in inspector.inspect(Direction.TO_ASSET, READ, 0.0)] == [Forward]
    effects = list(inspector.inspect(Direction.TO_ASSET, OTHER, 0.0))
    assert effects == [Cut("sweeping", "sweeps")]
    assert recorder.taken[-1] == (Direction.TO_ASSET, OTHER, Leg.USER)
    assert (recorder.operations[-1].verdict, recorder.operations[-1].reason) == (Verdict.DENIED, "sweeps")
    assert watch.calls == [2]


def test_what_waited_for_its_turn_is_stopped_when_it_comes() -> None:
    inspector, _, watch = watched(max_in_flight=1)
    list(inspector.inspect(Direction.TO_ASSET, READ, 0.0))
    list(inspector.inspect(Direction.TO_ASSET, OTHER, 0.0))
    assert watch.calls == []
    answer = bytes.fromhex("00010000000701030400010002")
    assert list(inspector.inspect(Direction.TO_USER, answer, 0.1)) == [Cut("sweeping", "sweeps")]
    assert watch.calls == [3]


def test_a_brake_stops_reading_and_lets_go_by_itself(bench: Bench) -> None:
    session = bench.session()
    relay, later = FakeRelay(), FakeRelay()
    session.attach(session.add_stream(StreamId("str_a"), "agt_a"), relay)
    session.brake(2.0)
    session.attach(session.add_stream(StreamId("str_b"), "agt_a"), later)
    assert relay.paused
    assert later.paused
    bench.loop.advance(1.9)
    assert relay.paused
    bench.loop.advance(0.2)
    assert not relay.paused
    assert not later.paused


def test_a_brake_and_a_full_recorder_wait_for_each_other(bench: Bench) -> None:
    session = bench.session()
    relay = FakeRelay()
    session.attach(session.add_stream(StreamId("str_a"), "agt_a"), relay)
    session.pause()
    session.brake(2.0)
    session.resume()
    assert relay.paused
    session.pause()
    bench.loop.advance(3)
    assert relay.paused
    session.resume()
    assert not relay.paused
