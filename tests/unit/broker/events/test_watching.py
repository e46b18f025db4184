"""A watched session is told in batches, in order, once, and to its very end."""

import json
from datetime import datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broker.audit.log import Actor
from broker.events.frames import MAX_FRAME_BYTES, Watch
from broker.events.watching import BATCH_SECONDS, MAX_BATCH, Watched
from broker.events.watchlist import Watchlist
from broker.http.principal import Principal, Role
from broker.sessions.gate import Action
from broker.sessions.ledger import KEPT_OPERATIONS
from broker.sessions.live import LiveSession
from broker.sessions.states import EndCode
from broker.sessions.watchers import MAX_WATCHER_EVENTS, Watcher
from guards.effects import Direction, Operation, Verdict
from policies.rules import Tier
from tests.unit.broker.events.test_seeing import person
from tests.unit.broker.sessions.conftest import Bench

READ = Operation(Direction.TO_ASSET, "modbus", 3, "read_holding_registers", Tier.READ, Verdict.ALLOWED, unit=1)
DENIED = Operation(
    Direction.TO_ASSET, "modbus", 6, "write_single_register", Tier.OPERATE, Verdict.DENIED, unit=1,
    objects=("holding 100",), values=(7,), reason="not in the policy",
)  # fmt: skip
LONG = Operation(Direction.TO_USER, "modbus", 3, "read", Tier.READ, Verdict.ALLOWED, values=tuple(range(60000, 60125)))


class Look:
    """Somebody who looks on; time goes by from one look to the next."""

    def __init__(self, session: LiveSession, after: int | None = None) -> None:
        self.watched = Watched(session, session.watch(is_presence=False), after)
        self.now = 0.0

    def frames(self, later: float = BATCH_SECONDS) -> list[dict[str, Any]]:
        self.now += later
        return [json.loads(text) for text in self.watched.next_frames(self.now)]

    def numbers(self, later: float = BATCH_SECONDS) -> list[int]:
        return [item["number"] for frame in self.frames(later) for item in frame.get("items", [])]


@pytest.fixture
def session(bench: Bench) -> LiveSession:
    return bench.session()


def say(session: LiveSession, count: int, operation: Operation = READ) -> None:
    for _ in range(count):
        session.ledger.take(1, operation)


def test_an_operation_is_told_as_a_recording_holds_it_with_number_time_and_stream(session: LiveSession) -> None:
    say(session, 1, DENIED)
    [frame, opened] = Look(session).frames()
    [item] = frame["items"]
    assert (frame["kind"], frame["session"], frame["dropped"]) == ("operations", "ses_aaaa", 0)
    assert datetime.fromisoformat(item.pop("at")).tzinfo is not None
    assert item == {
        "number": 1, "stream": 1, "direction": "to_asset", "protocol": "modbus", "function_code": 6,
        "function": "write_single_register", "tier": "operate", "verdict": "denied", "unit": 1,
        "objects": ["holding 100"], "values": [7], "reason": "not in the policy",
    }  # fmt: skip
    assert opened["event"]["kind"] == "opened"


def test_each_operation_is_told_once_and_in_order(session: LiveSession) -> None:
    look = Look(session)
    say(session, 3)
    assert look.numbers() == [1, 2, 3]
    say(session, 2)
    assert look.numbers() == [4, 5]
    assert look.numbers() == []


def test_batches_come_four_times_a_second_and_hold_five_hundred_at_most(session: LiveSession) -> None:
    look = Look(session)
    say(session, 800)
    assert len(look.numbers()) == MAX_BATCH
    assert look.numbers(BATCH_SECONDS / 2) == []
    assert look.numbers(BATCH_SECONDS / 2) == list(range(MAX_BATCH + 1, 801))


def test_a_batch_of_long_operations_stays_within_a_frame(session: LiveSession) -> None:
    look = Look(session)
    say(session, MAX_BATCH, LONG)
    texts = [text for text in look.watched.next_frames(1.0) if '"operations"' in text]
    assert len(texts) == 1
    assert 0 < len(texts[0]) < MAX_FRAME_BYTES + 2000
    first = [item["number"] for item in json.loads(texts[0])["items"]]
    assert first + look.numbers(2.0) == list(range(1, MAX_BATCH + 1))


def test_who_comes_back_with_a_number_misses_nothing_and_hears_nothing_twice(session: LiveSession) -> None:
    say(session, 5)
    assert Look(session, after=3).numbers() == [4, 5]


def test_who_names_no_number_begins_with_the_oldest_that_is_kept(session: LiveSession) -> None:
    say(session, KEPT_OPERATIONS + 5)
    [frame, _] = Look(session).frames()
    assert (frame["items"][0]["number"], frame["dropped"]) == (6, 0)


def test_what_fell_out_of_the_kept_is_told_as_a_number(session: LiveSession) -> None:
    look = Look(session, after=0)
    say(session, KEPT_OPERATIONS + 5)
    [frame, _] = look.frames()
    assert (frame["items"][0]["number"], frame["dropped"]) == (6, 5)


def test_a_number_from_the_future_begins_now(session: LiveSession) -> None:
    say(session, 5)
    look = Look(session, after=10**9)
    assert look.numbers() == []
    say(session, 1)
    assert look.numbers() == [6]


def test_after_the_end_all_that_is_left_is_told_and_the_end_last(session: LiveSession) -> None:
    look = Look(session)
    look.frames()
    say(session, 800)
    session.end(EndCode.KILLED, "enough")
    frames = look.frames(0)
    assert [item["number"] for frame in frames[:-1] for item in frame["items"]] == list(range(1, 801))
    assert frames[-1]["event"] == {"kind": "ended", "code": "killed", "reason": "enough"}
    assert look.watched.is_over


@given(st.lists(st.one_of(st.integers(0, 1500), st.sampled_from(["look", "leave"])), max_size=12))
def test_whatever_happens_in_between_each_operation_is_told_once_or_counted_as_dropped(
    steps: list[int | str],
) -> None:
    session = Bench().session()
    look, told = Look(session, after=0), 0
    for step in [*steps, *["look"] * 3]:
        if isinstance(step, int):
            say(session, step)
        elif step == "leave":
            look.watched.close()
            look = Look(session, after=told)
        else:
            for frame in look.frames():
                for number in (item["number"] for item in frame.get("items", [])[:1]):
                    assert number == told + frame["dropped"] + 1
                told = max([told, *(item["number"] for item in frame.get("items", []))])
    assert told == session.ledger.number


def test_events_that_were_lost_are_counted(session: LiveSession) -> None:
    look = Look(session)
    for number in range(MAX_WATCHER_EVENTS + 9):
        session.tell("warning", number=number)
    frames = look.frames()
    assert (len(frames), frames[0]["dropped"]) == (MAX_WATCHER_EVENTS, 10)
    assert "dropped" not in frames[1]


def test_who_looks_on_no_more_is_told_nothing(session: LiveSession) -> None:
    look = Look(session)
    look.frames()
    look.watched.close()
    session.tell("warning")
    assert look.frames() == []


class Judged:
    """Sessions of which somebody may do what stands in ``may``."""

    def __init__(self, session: LiveSession) -> None:
        self.session = session
        self.may = {Action.WATCH, Action.SUPERVISE}

    async def watch(self, _who: Principal, _session: str, *, is_presence: bool) -> tuple[LiveSession, Watcher]:
        watcher = self.session.watch(is_presence=is_presence)
        self.session.supervise(watcher, Actor("usr_op", "op"))
        return self.session, watcher

    def allows(self, _who: Principal, _session: LiveSession, action: Action) -> bool:
        return action in self.may


async def test_who_may_not_cut_any_more_goes_on_hearing_and_is_not_the_one_who_watches(bench: Bench) -> None:
    sessions, who = Judged(bench.session(supervised=True)), person("op", Role.OPERATOR)
    watchlist = Watchlist(sessions)  # type: ignore[arg-type]
    assert await watchlist.obey(who, Watch(watch="ses_aaaa")) is None
    assert watchlist.drop_forbidden(who) == []
    assert not sessions.session.is_unwatched
    sessions.may = {Action.WATCH}
    assert watchlist.drop_forbidden(who) == []
    assert sessions.session.is_unwatched
    assert watchlist


async def test_a_socket_that_ends_counts_no_more(bench: Bench) -> None:
    sessions, who = Judged(bench.session(supervised=True)), person("op", Role.OPERATOR)
    watchlist = Watchlist(sessions)  # type: ignore[arg-type]
    await watchlist.obey(who, Watch(watch="ses_aaaa"))
    watchlist.close()
    assert sessions.session.is_unwatched
