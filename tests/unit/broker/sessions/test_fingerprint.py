"""Before and after: what two looks say together, and when a session leaves time for the second."""

from datetime import timedelta

import pytest

from broker.sessions.fingerprint import Fingerprint, Outcome, Taken
from broker.sessions.live import CLOSING, LiveSession
from broker.sessions.states import EndCode
from policies.decision import Cut, Grace
from tests.unit.broker.sessions.conftest import START, Bench, FakeRelay
from tunnel.ids import StreamId

WHOLE, OTHER = Taken(START, {"mode": "run"}), Taken(START, {"mode": "stop"})
SILENT, EMPTY = Taken(START, {"mode": "run"}, "the device did not answer"), Taken(START)


async def nothing() -> None:
    """Look at nothing."""


def looked(before: Taken | None, after: Taken | None) -> Fingerprint:
    found = Fingerprint()
    found.before, found.after = before, after
    return found


@pytest.mark.parametrize(
    ("before", "after", "outcome", "reason"),
    [
        (None, None, Outcome.PENDING, ""),
        (WHOLE, None, Outcome.PENDING, ""),
        (WHOLE, WHOLE, Outcome.UNCHANGED, ""),
        (WHOLE, OTHER, Outcome.CHANGED, ""),
        (WHOLE, SILENT, Outcome.NOT_TAKEN, "after: the device did not answer"),
        (SILENT, None, Outcome.NOT_TAKEN, "before: the device did not answer"),
        (EMPTY, EMPTY, Outcome.NOT_TAKEN,
         "before: the device told nothing of itself; after: the device told nothing of itself"),
    ],
)  # fmt: skip
def test_only_two_whole_looks_are_compared(
    before: Taken | None, after: Taken | None, outcome: Outcome, reason: str
) -> None:
    found = looked(before, after)
    assert (found.outcome, found.reason) == (outcome, reason)


def test_a_look_that_was_cut_short_is_no_difference_even_where_it_told_something_else() -> None:
    assert looked(WHOLE, Taken(START, {"mode": "stop"}, "the device fell silent")).differences == []


def test_a_session_that_was_cut_says_why_it_was_not_looked_at_again() -> None:
    found = looked(WHOLE, None)
    found.conclude(START, "The session was cut by the plant.")
    assert (found.outcome, found.reason) == (Outcome.NOT_TAKEN, "after: The session was cut by the plant.")


def test_a_session_that_nobody_used_says_so() -> None:
    found = looked(None, None)
    found.conclude(START, "over")
    assert found.reason.startswith("before: nobody connected to the device")


def with_stream(session: LiveSession, name: str, *, is_ours: bool = False) -> FakeRelay:
    relay = FakeRelay()
    session.attach(session.add_stream(StreamId(name), "agt_one", is_ours=is_ours), relay)
    return relay


def test_a_session_is_finished_early_enough_for_the_second_look(bench: Bench) -> None:
    session = bench.session(seconds=600, fingerprint=True)
    with_stream(session, "str_user")
    assert session.fingerprint is not None
    session.fingerprint.look_again = nothing
    bench.loop.advance(584)
    assert bench.finishes == []
    bench.loop.advance(2)
    assert bench.finishes == [EndCode.DEADLINE]


@pytest.mark.parametrize(("at_expiry", "left"), [(Cut(), 600), (Grace(timedelta(minutes=5)), 900)])
def test_without_a_first_look_the_user_keeps_all_of_the_time(bench: Bench, at_expiry: Cut | Grace, left: int) -> None:
    with_stream(bench.session(seconds=600, at_expiry=at_expiry, fingerprint=True), "str_user")
    bench.loop.advance(left - 1)
    assert (bench.finishes, bench.ends) == ([], [])
    bench.loop.advance(2)
    assert [code for code, _ in bench.ends] == [EndCode.DEADLINE]


def test_an_extension_moves_the_second_look(bench: Bench) -> None:
    session = bench.session(seconds=600, fingerprint=True)
    with_stream(session, "str_user")
    assert session.fingerprint is not None
    session.fingerprint.look_again = nothing
    session.renew(bench.session(seconds=1200, fingerprint=True).terms)
    bench.loop.advance(1100)
    assert bench.finishes == [EndCode.ABANDONED]  # the second session, which was made for its terms only


def test_what_is_closed_to_its_user_still_carries_the_look(bench: Bench) -> None:
    session = bench.session(fingerprint=True)
    users, ours = with_stream(session, "str_user"), with_stream(session, "str_ours", is_ours=True)
    session.close_to_user()
    late = with_stream(session, "str_late")
    again = with_stream(session, "str_again", is_ours=True)
    assert [code for code, _ in users.cuts + late.cuts] == [CLOSING, CLOSING]
    assert ours.cuts + again.cuts == []
    session.end(EndCode.KILLED)
    assert [code for code, _ in again.cuts] == ["killed"]


def test_a_session_that_is_closing_is_not_abandoned_meanwhile(bench: Bench) -> None:
    session = bench.session(fingerprint=True)
    with_stream(session, "str_user")
    session.close_to_user()
    session.remove_stream(StreamId("str_user"))
    bench.loop.advance(300)
    assert bench.finishes == []
