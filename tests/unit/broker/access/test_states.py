"""The tables of states."""

from datetime import timedelta

import pytest

from broker.access.errors import RequestClosedError
from broker.access.states import STEPS, GrantState, RequestState, check_step, grant_state, state_now
from tests.unit.broker.fakes import START

LATER = START + timedelta(hours=1)


def test_every_state_has_its_steps_and_nothing_leads_back_to_pending() -> None:
    assert set(STEPS) == set(RequestState)
    assert all(RequestState.PENDING not in steps for steps in STEPS.values())


@pytest.mark.parametrize("closed", [state for state in RequestState if state is not RequestState.PENDING])
@pytest.mark.parametrize("wanted", list(RequestState))
def test_what_is_decided_stays_decided(closed: RequestState, wanted: RequestState) -> None:
    with pytest.raises(RequestClosedError):
        check_step(closed, wanted)


def test_what_waits_beyond_its_time_has_expired() -> None:
    assert state_now(RequestState.PENDING, LATER, START) is RequestState.PENDING
    assert state_now(RequestState.PENDING, START, START) is RequestState.EXPIRED
    assert state_now(RequestState.APPROVED, START, LATER) is RequestState.APPROVED


@pytest.mark.parametrize(
    ("revoked_at", "ends_at", "usable_until", "expected"),
    [
        (None, None, LATER, GrantState.WAITING),
        (None, None, START, GrantState.ENDED),
        (None, LATER, START, GrantState.ACTIVE),
        (None, START, LATER, GrantState.ENDED),
        (START, LATER, LATER, GrantState.REVOKED),
    ],
)
def test_a_grants_state_follows_from_its_times(revoked_at, ends_at, usable_until, expected) -> None:  # type: ignore[no-untyped-def]
    state = grant_state(revoked_at=revoked_at, ends_at=ends_at, usable_until=usable_until, now=START)
    assert state is expected
