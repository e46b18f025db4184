"""Sweeps are told from work by how many different things are touched, in bounded memory and whatever the verdict."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guards.effects import Direction, Operation, Verdict
from guards.sweeps import MAX_PAUSE_SECONDS, Kind, Sweep, Sweeps
from policies.rules import Scan, ScanAction, Tier

CUT = Scan(limit=3, seconds=60, action=ScanAction.CUT)
SLOW = Scan(limit=2, seconds=60, action=ScanAction.THROTTLE)


def operation(*objects: str, **more: Any) -> Operation:
    given = {"function_code": 3, "function": "read", "tier": Tier.READ, "verdict": Verdict.ALLOWED, "unit": 1, **more}
    return Operation(Direction.TO_ASSET, "modbus", objects=objects, **given)


def swept(sweeps: Sweeps, *operations: Operation, every: float = 1.0) -> list[Sweep | None]:
    return [sweeps.saw(each, at * every) for at, each in enumerate(operations)]


VARIED: dict[Kind, list[Operation]] = {
    Kind.OBJECTS: [operation(f"holding {number}") for number in range(6)],
    Kind.SUB_ADDRESSES: [operation("holding 0", unit=number) for number in range(6)],
    Kind.FUNCTIONS: [operation("holding 0", function_code=number, function=f"f{number}") for number in range(6)],
}


@pytest.mark.parametrize("kind", Kind)
def test_the_first_thing_above_the_limit_is_a_sweep(kind: Kind) -> None:
    found = swept(Sweeps((CUT,)), *VARIED[kind])
    assert found[:3] == [None, None, None]
    assert [each and each.of for each in found[3:]] == [kind] * 3


def test_routes_are_sub_addresses_too() -> None:
    found = swept(Sweeps((CUT,)), *(operation(unit=None, route=f"1/{slot}") for slot in range(4)))
    assert found[3] is not None
    assert found[3].of is Kind.SUB_ADDRESSES


def test_nodes_of_one_request_count_one_by_one_and_a_range_counts_once() -> None:
    assert Sweeps((CUT,)).saw(operation(*(f"node i={number}" for number in range(4))), 0.0) is not None
    assert Sweeps((CUT,)).saw(operation("holding 0-124"), 0.0) is None


def test_work_that_repeats_itself_is_no_sweep() -> None:
    polled = [operation(f"holding {number % 3}", unit=number % 3) for number in range(1000)]
    assert not any(swept(Sweeps((CUT,)), *polled, every=0.01))


def test_what_was_touched_long_ago_is_forgotten() -> None:
    assert not any(swept(Sweeps((CUT,)), *VARIED[Kind.OBJECTS], every=20.0))


def test_what_was_refused_counts_and_answers_do_not() -> None:
    denied = [operation(f"holding {number}", verdict=Verdict.DENIED) for number in range(4)]
    assert swept(Sweeps((CUT,)), *denied)[3] is not None
    answers = [operation(f"holding {number}", is_response=True) for number in range(4)]
    assert not any(swept(Sweeps((CUT,)), *answers))


def test_a_cut_goes_before_a_throttle() -> None:
    found = swept(Sweeps((SLOW, CUT)), *VARIED[Kind.OBJECTS][:4])
    assert [each and each.scan.action for each in found] == [None, None, ScanAction.THROTTLE, ScanAction.CUT]


def test_news_are_told_once_within_the_time_of_the_rule() -> None:
    found = swept(Sweeps((SLOW,)), *(operation(f"holding {number}") for number in range(100)))
    assert [at for at, each in enumerate(found) if each and each.is_news] == [2, 62]


@pytest.mark.parametrize(("limit", "seconds", "pause"), [(50, 60, 1.2), (1, 86_400, MAX_PAUSE_SECONDS)])
def test_a_pause_is_as_long_as_the_pace_of_the_rule_but_no_tool_times_out(
    limit: int, seconds: int, pause: float
) -> None:
    assert (
        Sweep(Scan(limit=limit, seconds=seconds, action=ScanAction.THROTTLE), Kind.OBJECTS, 2, True).pause_seconds
        == pause
    )


def test_without_rules_nothing_is_watched() -> None:
    assert not Sweeps(()).is_watching
    assert not any(swept(Sweeps(()), *VARIED[Kind.OBJECTS]))


@given(st.lists(st.tuples(st.integers(0, 8), st.floats(0, 30)), max_size=60))
def test_the_detector_says_what_a_plain_count_over_the_window_says(touches: list[tuple[int, float]]) -> None:
    sweeps, now, log = Sweeps((CUT,)), 0.0, list[tuple[float, int]]()
    for thing, wait in touches:
        now += wait
        lately = {each for at, each in log if at > now - CUT.seconds}
        found = sweeps.saw(operation(f"holding {thing}"), now)
        # Beyond the limit a thing may have been forgotten, and is new again: never fewer alarms than a plain count.
        if thing not in lately and len(lately) >= CUT.limit:
            assert found is not None
        elif len(lately) < CUT.limit:
            assert found is None
        log.append((now, thing))


def test_memory_is_bounded_by_the_limit() -> None:
    sweeps = Sweeps((CUT,))
    swept(sweeps, *(operation(f"holding {number}", unit=number) for number in range(500)), every=0.001)
    assert all(len(counter._times) <= CUT.limit + 1 for _, counter in sweeps._counters)
