from datetime import timedelta

from broker.sessions.live import LiveSession
from broker.sessions.states import EndCode, SessionState
from broker.sessions.terms import HOLD_LIMIT
from policies.decision import Cut, Grace, Hold
from tests.unit.broker.sessions.conftest import START_MONOTONIC, Bench, FakeRelay, events_of, terms
from tunnel.ids import StreamId


def with_stream(session: LiveSession, name: str = "str_one1") -> FakeRelay:
    relay = FakeRelay()
    session.attach(session.add_stream(StreamId(name), "agt_1"), relay)
    return relay


def test_at_the_deadline_every_stream_is_cut_and_the_end_is_told_once(bench: Bench) -> None:
    session = bench.session(seconds=60)
    relays = [with_stream(session, "str_one1"), with_stream(session, "str_two2")]
    bench.loop.advance(59.9)
    assert [relay.cuts for relay in relays] == [[], []]
    bench.loop.advance(0.2)
    assert [relay.cuts[0][0] for relay in relays] == ["deadline", "deadline"]
    assert [code for code, _ in bench.ends] == [EndCode.DEADLINE]


def test_a_stream_that_comes_after_the_end_is_cut_at_once(bench: Bench) -> None:
    session = bench.session()
    stream = session.add_stream(StreamId("str_late"), "agt_1")
    session.end(EndCode.KILLED, "enough")
    relay = FakeRelay()
    session.attach(stream, relay)
    assert relay.cuts[0][0] == "killed"


def test_each_relay_carries_the_deadline_itself(bench: Bench) -> None:
    relay = with_stream(bench.session(seconds=60, at_expiry=Grace(timedelta(seconds=30))))
    assert relay.deadline == START_MONOTONIC + 90


def test_warnings_reach_the_streams_and_the_watchers(bench: Bench) -> None:
    session = bench.session(seconds=700, warn=(timedelta(minutes=10), timedelta(minutes=1)))
    relay, watcher = with_stream(session), session.watch(is_presence=True)
    bench.loop.advance(101)
    assert [notice.text for notice in relay.notices] == ["The session ends in 10 min."]
    bench.loop.advance(540)
    assert events_of(watcher) == ["opened", "warning", "warning"]


def test_grace_lets_what_is_open_go_on_for_its_time_and_no_longer(bench: Bench) -> None:
    session = bench.session(seconds=60, at_expiry=Grace(timedelta(seconds=30)))
    relay = with_stream(session)
    bench.loop.advance(61)
    assert session.state is SessionState.HELD
    assert relay.cuts == []
    bench.loop.advance(30)
    assert relay.cuts[0][0] == "deadline"


def test_hold_asks_the_plant_and_ends_when_nobody_answers(bench: Bench) -> None:
    session = bench.session(seconds=60, at_expiry=Hold())
    relay = with_stream(session)
    bench.loop.advance(61)
    assert (bench.holds, relay.cuts) == (1, [])
    bench.loop.advance(HOLD_LIMIT.total_seconds())
    assert relay.cuts[0][0] == "deadline"


def test_an_extension_moves_the_deadline_of_session_and_streams(bench: Bench) -> None:
    session = bench.session(seconds=60)
    relay, watcher = with_stream(session), session.watch(is_presence=True)
    session.renew(terms(seconds=600, at_expiry=Cut()))
    bench.loop.advance(120)
    assert relay.cuts == []
    assert relay.deadline == START_MONOTONIC + 600
    assert events_of(watcher) == ["opened", "extended"]
    bench.loop.advance(481)
    assert relay.cuts[0][0] == "deadline"


def test_a_session_that_nobody_comes_back_to_is_abandoned(bench: Bench) -> None:
    session = bench.session()
    with_stream(session)
    bench.loop.advance(500)
    session.remove_stream(StreamId("str_one1"))
    bench.loop.advance(119)
    assert bench.ends == []
    bench.loop.advance(2)
    assert [code for code, _ in bench.ends] == [EndCode.ABANDONED]


def test_a_watcher_keeps_a_session_from_being_abandoned(bench: Bench) -> None:
    session = bench.session()
    watcher = session.watch(is_presence=True)
    bench.loop.advance(1000)
    assert bench.ends == []
    session.unwatch(watcher)
    bench.loop.advance(121)
    assert [code for code, _ in bench.ends] == [EndCode.ABANDONED]


def test_who_only_looks_on_keeps_no_session_alive(bench: Bench) -> None:
    session = bench.session()
    watcher = session.watch(is_presence=False)
    assert not session.is_connected
    bench.loop.advance(121)
    assert [code for code, _ in bench.ends] == [EndCode.ABANDONED]
    assert events_of(watcher) == ["opened", "ended"]


def test_who_looks_on_and_leaves_again_does_not_lengthen_the_wait(bench: Bench) -> None:
    session = bench.session()
    bench.loop.advance(100)
    session.unwatch(session.watch(is_presence=False))
    bench.loop.advance(21)
    assert [code for code, _ in bench.ends] == [EndCode.ABANDONED]


def test_the_user_is_there_by_a_stream_or_by_watching(bench: Bench) -> None:
    session = bench.session()
    watcher = session.watch(is_presence=True)
    assert session.is_connected
    session.unwatch(watcher)
    assert not session.is_connected
    with_stream(session)
    assert session.is_connected


def test_a_hundred_streams_at_once_are_one_change(bench: Bench) -> None:
    session = bench.session()
    for number in range(100):
        with_stream(session, f"str_{number:04d}")
    bench.loop.advance(1)
    assert bench.changes == 1
    session.remove_stream(StreamId("str_0000"))
    bench.loop.advance(1)
    assert bench.changes == 2


def test_after_the_end_nothing_is_told_of_changes(bench: Bench) -> None:
    session = bench.session()
    with_stream(session)
    session.end(EndCode.KILLED)
    session.remove_stream(StreamId("str_one1"))
    bench.loop.advance(5)
    assert bench.changes == 0


def test_what_the_plant_says_reaches_the_streams_and_the_watchers(bench: Bench) -> None:
    session = bench.session()
    relay, watcher = with_stream(session), session.watch(is_presence=True)
    session.warn("Leave the valve as it is.")
    assert [(notice.code, notice.text) for notice in relay.notices] == [("warned", "Leave the valve as it is.")]
    assert events_of(watcher) == ["opened", "warned"]


def test_silence_for_the_idle_time_ends_the_session(bench: Bench) -> None:
    session = bench.session(idle=timedelta(seconds=40))
    relay = with_stream(session)
    bench.loop.advance(30)
    relay.bytes_to_asset += 12
    bench.loop.advance(35)
    assert bench.ends == []
    bench.loop.advance(30)
    assert [code for code, _ in bench.ends] == [EndCode.IDLE]


def test_a_full_recorder_pauses_every_stream_also_those_that_come_later(bench: Bench) -> None:
    session = bench.session()
    first = with_stream(session, "str_one1")
    session.pause()
    second = with_stream(session, "str_two2")
    assert first.paused
    assert second.paused
    session.resume()
    assert not first.paused
    assert not second.paused


def test_a_watcher_that_does_not_keep_up_loses_the_oldest_and_hears_the_end(bench: Bench) -> None:
    session = bench.session()
    watcher = session.watch(is_presence=True)
    for number in range(1000):
        session.tell("stream_opened", number=number)
    session.end(EndCode.KILLED)
    kinds = events_of(watcher)
    assert len(kinds) == watcher.maxsize
    assert watcher.lost == 1002 - watcher.maxsize
    assert kinds[-1] == "ended"


def test_the_bytes_of_closed_and_open_streams_add_up(bench: Bench) -> None:
    session = bench.session()
    first, second = with_stream(session, "str_one1"), with_stream(session, "str_two2")
    first.bytes_to_asset, second.bytes_to_asset, second.bytes_to_user = 10, 5, 7
    session.remove_stream(StreamId("str_one1"))
    assert session.carried == (15, 7)
