"""The live sessions of a node: what has ended is known until its row says so."""

from broker.sessions.registry import LiveSessions
from broker.sessions.states import END_TEXT, EndCode
from tests.unit.broker.sessions.conftest import Bench


def test_a_session_that_ended_is_not_live_but_is_known_until_it_is_written_down(bench: Bench) -> None:
    sessions, session = LiveSessions(), bench.session()
    sessions.add(session)
    session.end(EndCode.DEADLINE)
    sessions.remove(session)
    assert sessions.get(session.facts.id) is None
    leaving = sessions.leaving(session.facts.id)
    assert leaving is not None
    assert (leaving.end_code, leaving.end_detail) == (EndCode.DEADLINE, END_TEXT[EndCode.DEADLINE])
    sessions.forget(session)
    assert sessions.leaving(session.facts.id) is None
