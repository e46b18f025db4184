"""A session that somebody of the plant must watch: while nobody does, nothing of its user reaches the asset."""

from dataclasses import replace

from broker.audit.log import Actor
from broker.sessions.live import LiveSession
from tests.unit.broker.sessions.conftest import Bench, FakeRelay, events_of
from tunnel.ids import StreamId

OPERATOR, COLLEAGUE = Actor("usr_op", "op"), Actor("usr_two", "two")


def with_stream(session: LiveSession, name: str, *, is_guarded: bool = False, is_ours: bool = False) -> FakeRelay:
    relay = FakeRelay()
    stream = session.add_stream(StreamId(name), "agt_1", is_ours=is_ours)
    stream.is_guarded = is_guarded
    session.attach(stream, relay)
    return relay


def test_it_begins_with_nobody_watching(bench: Bench) -> None:
    session = bench.session(supervised=True)
    assert session.is_unwatched
    assert session.armed.is_unwatched
    assert with_stream(session, "str_one").is_held


def test_one_whose_policy_does_not_ask_for_it_waits_for_nobody(bench: Bench) -> None:
    session = bench.session()
    assert not session.is_unwatched
    assert not with_stream(session, "str_one").is_held
    session.supervise(watcher := session.watch(is_presence=False), OPERATOR)
    session.unwatch(watcher)
    assert bench.watched == []


def test_input_goes_with_the_first_who_watches_and_stops_with_the_last(bench: Bench) -> None:
    session = bench.session(supervised=True)
    relay = with_stream(session, "str_one")
    first, second = (session.watch(is_presence=False) for _ in range(2))
    session.supervise(first, OPERATOR)
    session.supervise(second, COLLEAGUE)
    session.unwatch(first)
    assert not relay.is_held
    assert not session.armed.is_unwatched
    session.unwatch(second)
    assert relay.is_held
    assert session.armed.is_unwatched
    assert bench.watched == [(True, "usr_op"), (False, "usr_two")]


def test_who_only_looks_on_does_not_count(bench: Bench) -> None:
    session = bench.session(supervised=True)
    session.watch(is_presence=True)
    session.watch(is_presence=False)
    assert session.is_unwatched


def test_who_loses_the_right_goes_on_hearing_and_counts_no_more(bench: Bench) -> None:
    session = bench.session(supervised=True)
    watcher = session.watch(is_presence=False)
    session.supervise(watcher, OPERATOR)
    session.lose_supervisor(watcher)
    assert session.is_unwatched
    session.unwatch(watcher)
    assert bench.watched == [(True, "usr_op"), (False, "usr_op")]
    assert events_of(watcher) == ["opened", "watched", "unwatched"]


def test_users_and_watchers_are_told(bench: Bench) -> None:
    session = bench.session(supervised=True)
    relay, own = with_stream(session, "str_one"), session.watch(is_presence=True)
    assert own.get_nowait().details["unwatched"] is True
    session.supervise(watcher := session.watch(is_presence=False), OPERATOR)
    session.unwatch(watcher)
    assert events_of(own) == ["watched", "unwatched"]
    assert [notice.code for notice in relay.notices] == ["watched", "unwatched"]


def test_guarded_streams_are_not_held_nor_is_the_brokers_own_look(bench: Bench) -> None:
    session = bench.session(supervised=True)
    guarded = with_stream(session, "str_one", is_guarded=True)
    ours = with_stream(session, "str_two", is_ours=True)
    session.supervise(watcher := session.watch(is_presence=False), OPERATOR)
    session.unwatch(watcher)
    assert not guarded.is_held
    assert not ours.is_held


def test_a_policy_that_begins_to_ask_for_it_stops_input_at_once(bench: Bench) -> None:
    session = bench.session()
    relay = with_stream(session, "str_one")
    session.must_be_watched()
    assert relay.is_held
    assert bench.watched == [(False, "system")]


def test_more_time_under_a_policy_that_does_not_ask_for_it_any_more_releases_input(bench: Bench) -> None:
    session = bench.session(supervised=True)
    relay = with_stream(session, "str_one")
    session.renew(replace(session.terms, obligations=replace(session.terms.obligations, supervised=False)))
    assert not relay.is_held
    assert not session.armed.is_unwatched
