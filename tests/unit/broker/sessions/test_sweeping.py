"""A sweep at the inspector and at the session: what crosses the limit does not pass, and a throttle makes it wait."""

from dataclasses import dataclass, field

from broker.sessions.ending import Ending
from broker.sessions.inspector import RecordingInspector
from broker.sessions.live import LiveSession
from broker.sessions.states import EndCode
from broker.sessions.sweeping import Sweeping, SweepWatch
from guards.effects import Cut, Direction, Forward, Operation, Verdict
from guards.modbus.guard import ModbusGuard
from guards.sweeps import Sweeps
from policies.rules import Rules, Scan, ScanAction, Tier
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


class FakeTasks:
    """Keeps the names of what was to be done beside the relay."""

    def __init__(self) -> None:
        self.kept: list[str] = []

    def keep(self, name: str, _make: object, _backoff: object) -> None:
        self.kept.append(name)


class FakeKeeper:
    """Has no recorder, and ends sessions."""

    def recorder_of(self, _session: LiveSession) -> None:
        return None

    def cut(self, session: LiveSession, ending: Ending) -> None:
        session.end(ending.code, ending.detail)


def unit(number: int) -> Operation:
    return Operation(Direction.TO_ASSET, "modbus", 3, "read", Tier.READ, Verdict.ALLOWED, unit=number)


def sweeping(bench: Bench, action: ScanAction) -> tuple[LiveSession, SweepWatch, FakeTasks]:
    tasks = FakeTasks()
    service = Sweeping(None, None, FakeKeeper(), tasks)  # type: ignore[arg-type]
    session = bench.session()
    session.sweeps = Sweeps((Scan(limit=2, seconds=60, action=action),))
    watch = service.watch(session)
    assert watch is not None
    return session, watch, tasks


def test_a_cutting_rule_ends_the_session_and_tells_who_watches_why(bench: Bench) -> None:
    session, watch, tasks = sweeping(bench, ScanAction.CUT)
    watcher = session.watch(is_presence=False)
    assert [bool(watch.must_stop(unit(number), 0.0)) for number in range(3)] == [False, False, True]
    watch.stop()
    [(code, detail)] = bench.ends
    assert code is EndCode.SWEEPING
    assert "3 different sub-addresses" in detail
    told = [watcher.get_nowait() for _ in range(watcher.qsize())]
    assert [event.kind for event in told] == ["opened", "sweep", "ended"]
    assert told[1].details["swept"] == "sub-addresses"
    assert len(tasks.kept) == 1


def test_a_throttling_rule_brakes_and_alarms_once(bench: Bench) -> None:
    session, watch, tasks = sweeping(bench, ScanAction.THROTTLE)
    relay = FakeRelay()
    session.attach(session.add_stream(StreamId("str_a"), "agt_a"), relay)
    assert not any(watch.must_stop(unit(number), float(number)) for number in range(10))
    assert relay.paused
    assert bench.ends == []
    assert len(tasks.kept) == 1


def test_a_session_without_rules_is_not_watched(bench: Bench) -> None:
    assert Sweeping(None, None, FakeKeeper(), FakeTasks()).watch(bench.session()) is None  # type: ignore[arg-type]
