"""The history is numbered without gaps, bounded, and honest about what it has forgotten."""

import pytest

from broker.cluster.bus import Event
from broker.events.history import History


def filled(count: int, kept: int = 10) -> History:
    history = History(kept=kept)
    for number in range(count):
        history.add(Event("policy.applied", {"policy": f"p{number + 1}"}))
    return history


@pytest.mark.parametrize(("after", "expected"), [(0, [1, 2, 3]), (2, [3]), (3, [])])
def test_what_came_after_a_number_is_told_in_order(after: int, expected: list[int]) -> None:
    missed = filled(3).since(after)
    assert missed is not None
    assert [(seq, event.ids["policy"]) for seq, event in missed] == [(seq, f"p{seq}") for seq in expected]


def test_it_reaches_back_to_its_bound_and_not_further() -> None:
    history = filled(25)
    assert [seq for seq, _ in history.since(15) or ()] == list(range(16, 26))
    assert history.since(14) is None


def test_a_number_that_was_never_given_out_is_not_known() -> None:
    assert filled(3).since(4) is None


def test_an_empty_history_has_missed_nothing() -> None:
    assert filled(0).since(0) == []


def test_each_process_has_an_epoch_of_its_own() -> None:
    assert filled(0).epoch != filled(0).epoch
