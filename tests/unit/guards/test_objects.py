"""Compiled object rules say what the rules say, object by object."""

from math import nan

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guards.objects import Before, ObjectLimits
from policies.rules import AddressRange, ObjectRule, Rate, Rules

_ranges = st.tuples(st.integers(0, 9), st.integers(0, 9)).map(lambda p: AddressRange(first=min(p), last=max(p)))
_rules = st.builds(
    ObjectRule,
    table=st.sampled_from(["class1", "tag"]),
    addresses=st.none() | st.lists(_ranges, max_size=2).map(tuple),
    names=st.none() | st.lists(st.sampled_from(["1", "2", "*", "A*"]), min_size=1, max_size=2).map(tuple),
    minimum=st.none() | st.integers(0, 3),
    maximum=st.none() | st.integers(3, 6),
    step=st.none() | st.integers(1, 4),
    rate=st.none() | st.builds(Rate, change=st.integers(1, 4), seconds=st.sampled_from([1, 60])),
)
_lists = st.lists(st.lists(_rules, max_size=3).map(tuple), min_size=1, max_size=2).map(tuple)
_befores = st.none() | st.builds(Before, value=st.integers(0, 7), since_seconds=st.none() | st.integers(0, 70))


@given(
    lists=_lists,
    table=st.sampled_from(["class1", "tag", "class2"]),
    first=st.integers(0, 9),
    count=st.integers(1, 4),
    name=st.sampled_from(["", "1", "2", "abc"]),
)
def test_a_span_is_covered_if_each_of_its_objects_is_meant(
    lists: tuple[tuple[ObjectRule, ...], ...], table: str, first: int, count: int, name: str
) -> None:
    limits = ObjectLimits("enip", lists)
    each = [
        all(any(rule.means(table, address, name) for rule in rules) for rules in lists)
        for address in range(first, first + count)
    ]
    assert limits.cover(table, first, first + count - 1, name) == all(each)


@given(
    lists=_lists,
    first=st.integers(0, 9),
    values=st.lists(st.integers(0, 7) | st.just(nan), min_size=1, max_size=3),
    name=st.sampled_from(["", "1"]),
    before=_befores,
)
def test_values_are_admitted_if_each_list_has_a_rule_that_means_the_object_and_admits_its_value(
    lists: tuple[tuple[ObjectRule, ...], ...], first: int, values: list[float], name: str, before: Before | None
) -> None:
    def admitted(rules: tuple[ObjectRule, ...], address: int, value: float) -> bool:
        known = (None, None) if before is None else before
        return any(rule.means("class1", address, name) and rule.admits(value, *known) for rule in rules)

    limits = ObjectLimits("enip", lists)
    found = limits.cover("class1", first, first + len(values) - 1, name) and limits.admit(
        "class1", first, values, values, name=name, befores=[before] * len(values)
    )
    assert found == all(admitted(rules, first + at, value) for rules in lists for at, value in enumerate(values))


def limits(protocol: str, **rule: object) -> ObjectLimits:
    return ObjectLimits(protocol, Rules.model_validate({"writes": [rule]}).writes)


def test_without_rules_everything_is_covered_and_with_an_empty_list_nothing() -> None:
    assert ObjectLimits("enip", None).cover("tag", name="Any")
    assert not ObjectLimits("enip", ((),)).cover("tag", name="Any")


def test_a_table_of_another_protocol_gives_nothing() -> None:
    assert not limits("modbus", table="tag").cover("tag", name="Any")


def test_tags_know_no_case_and_node_ids_do() -> None:
    assert limits("enip", table="tag", names=["Motor.Speed"]).cover("tag", name="MOTOR.SPEED")
    assert not limits("opcua", table="node", names=["ns=2;s=Motor"]).cover("node", name="ns=2;s=MOTOR")


def test_an_object_without_a_number_is_none_of_a_range() -> None:
    assert not limits("enip", table="tag", addresses=[{"first": 0, "last": 9}]).cover("tag", name="Any")


def test_a_name_is_needed_where_a_rule_has_names() -> None:
    assert not limits("s7", table="db10", names=["4.3"]).cover("db10", 4)
    assert limits("s7", table="db10", names=["4.3"]).cover("db10", 4, name="4.3")


@pytest.mark.parametrize("bound", [{"minimum": 0}, {"maximum": 9}, {"step": 1}])
def test_what_is_no_number_is_out_of_every_bound(bound: dict[str, int]) -> None:
    bounded = limits("opcua", table="node", **bound)
    assert not bounded.admit("node", -1, [nan], [nan], befores=[Before(1)])
    assert limits("opcua", table="node").admit("node", -1, [nan], [nan])


def test_the_least_and_the_greatest_outcome_must_both_be_admitted() -> None:
    bounded = limits("modbus", table="holding", minimum=10, maximum=20)
    assert bounded.admit("holding", 0, [10], [20])
    assert not bounded.admit("holding", 0, [9], [20])
    assert not bounded.admit("holding", 0, [10], [21])


def test_a_change_is_refused_where_the_value_before_is_not_known() -> None:
    stepped = limits("modbus", table="holding", step=5)
    assert stepped.needs_values
    assert not stepped.admit("holding", 0, [7], [7])
    assert not stepped.admit("holding", 0, [7, 7], [7, 7], befores=[Before(5), None])
    assert stepped.admit("holding", 0, [7], [7], befores=[Before(5)])
    assert not stepped.admit("holding", 0, [7], [7], befores=[Before(1)])


@pytest.mark.parametrize(
    ("change", "since", "passes"),
    [(60, None, True), (61, None, False), (30, 30, True), (31, 30, False), (1, 0, False), (60, 600, True)],
)
def test_a_rate_gives_as_much_room_as_time_has_passed(change: int, since: float | None, passes: bool) -> None:
    ramped = limits("modbus", table="holding", rate={"change": 60, "seconds": 60})
    assert ramped.admit("holding", 0, [change], [change], befores=[Before(0, since)]) is passes
