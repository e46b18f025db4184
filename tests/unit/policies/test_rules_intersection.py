"""The intersection of two sets of rules passes exactly what both pass."""

from hypothesis import given
from hypothesis import strategies as st

from guards.effects import Direction, Forward
from guards.modbus.guard import ModbusGuard
from guards.modbus.tables import Table
from guards.objects import NO_ADDRESS, Before, ObjectLimits
from policies.rules import AddressRange, ObjectRule, Rate, Rules, Tier

_address_ranges = st.tuples(st.integers(0, 12), st.integers(0, 12)).map(
    lambda pair: AddressRange(first=min(pair), last=max(pair))
)
_objects = st.builds(
    ObjectRule,
    table=st.sampled_from([Table.HOLDING, Table.COILS]),
    addresses=st.lists(_address_ranges, min_size=1, max_size=2).map(tuple),
    minimum=st.none() | st.integers(0, 3),
    maximum=st.none() | st.integers(3, 6),
    step=st.none() | st.just(2),
)
_rules = st.builds(
    Rules,
    tiers=st.frozensets(st.sampled_from(Tier)),
    ask=st.frozensets(st.sampled_from(Tier), max_size=1),
    units=st.none() | st.frozensets(st.integers(0, 3)),
    reads=st.none() | st.lists(_objects, max_size=3).map(tuple),
    writes=st.none() | st.lists(_objects, max_size=3).map(tuple),
)
_pdus = st.one_of(
    st.builds(lambda first, count: bytes([3, 0, first, 0, count]), st.integers(0, 13), st.integers(1, 3)),
    st.builds(lambda at, value: bytes([6, 0, at, 0, value]), st.integers(0, 13), st.integers(0, 7)),
    st.builds(lambda at, one, two: bytes([16, 0, at, 0, 2, 4, 0, one, 0, two]), *([st.integers(0, 7)] * 3)),
    st.builds(lambda at: bytes([5, 0, at, 0xFF, 0]), st.integers(0, 13)),
    st.just(bytes([90, 0, 2])),
)


def passes(rules: Rules, pdu: bytes, unit: int) -> bool:
    adu = bytes([0, 1, 0, 0, 0, len(pdu) + 1, unit]) + pdu
    effects = ModbusGuard(rules).receive(Direction.TO_ASSET, adu, 0.0)
    return any(isinstance(effect, Forward) for effect in effects)


@given(mine=_rules, theirs=_rules, pdu=_pdus, unit=st.integers(0, 3))
def test_a_request_passes_the_intersection_exactly_if_it_passes_both(
    mine: Rules, theirs: Rules, pdu: bytes, unit: int
) -> None:
    both = mine.intersection(theirs)
    assert passes(both, pdu, unit) == (passes(mine, pdu, unit) and passes(theirs, pdu, unit))


@given(mine=_rules, theirs=_rules)
def test_it_does_not_matter_who_comes_first(mine: Rules, theirs: Rules) -> None:
    one, other = mine.intersection(theirs), theirs.intersection(mine)
    assert (one.tiers, one.ask, one.units) == (other.tiers, other.ask, other.units)


_names = st.lists(st.sampled_from(["Pump1", "pump*", "*1", "Valve*", "*"]), min_size=1, max_size=2).map(tuple)
_tags = st.builds(
    ObjectRule,
    table=st.sampled_from(["tag", "node"]),
    names=st.none() | _names,
    minimum=st.none() | st.floats(-1, 1),
    step=st.none() | st.floats(0.5, 1.5),
    rate=st.none() | st.builds(Rate, change=st.floats(0.5, 1.5), seconds=st.sampled_from([1, 60])),
)
_tag_lists = st.none() | st.lists(_tags, max_size=3).map(tuple)
_befores = st.none() | st.builds(Before, value=st.floats(-2, 2), since_seconds=st.none() | st.floats(0, 100))


@given(
    mine=_tag_lists,
    theirs=_tag_lists,
    table=st.sampled_from(["tag", "node"]),
    name=st.sampled_from(["Pump1", "PUMP1", "Valve7", ""]),
    value=st.floats(-2, 2) | st.just(float("nan")),
    before=_befores,
)
def test_a_named_object_passes_the_intersection_exactly_if_it_passes_both(
    mine: tuple[ObjectRule, ...] | None,
    theirs: tuple[ObjectRule, ...] | None,
    table: str,
    name: str,
    value: float,
    before: Before | None,
) -> None:
    def passes(rules: Rules) -> bool:
        limits = ObjectLimits("enip" if table == "tag" else "opcua", rules.writes)
        return limits.cover(table, name=name) and limits.admit(
            table, NO_ADDRESS, [value], [value], name=name, befores=[before]
        )

    one, other = Rules(writes=mine), Rules(writes=theirs)
    assert passes(one.intersection(other)) == passes(other.intersection(one)) == (passes(one) and passes(other))


@given(mine=_tag_lists, theirs=_tag_lists)
def test_what_adds_nothing_is_left_out_and_what_is_the_same_stays_the_same(
    mine: tuple[ObjectRule, ...] | None, theirs: tuple[ObjectRule, ...] | None
) -> None:
    one, other = Rules(writes=mine), Rules(writes=theirs)
    both = one.intersection(other)
    assert one.intersection(one) == one
    assert both.intersection(one) == both.intersection(other) == both


def test_of_a_wide_and_a_narrow_list_the_narrow_one_is_left() -> None:
    narrow = Rules(writes=[{"table": "holding", "addresses": [{"first": 3, "last": 7}], "maximum": 10}])
    wide = Rules(
        writes=[
            {"table": "holding", "addresses": [{"first": 0, "last": 5}, {"first": 6, "last": 9}], "maximum": 20},
            {"table": "coils"},
        ]
    )
    assert wide.intersection(narrow).writes == narrow.intersection(wide).writes == narrow.writes


def test_two_long_lists_of_names_are_kept_beside_each_other_and_not_multiplied() -> None:
    one, other = (
        Rules(writes=[{"table": "tag", "names": [f"{word}{number}*"]} for number in range(200)]) for word in "AB"
    )
    assert [len(rules) for rules in one.intersection(other).writes or ()] == [200, 200]


def test_both_fences_hold_and_both_sweeps_are_watched_for() -> None:
    one = Rules(routes={"1/0", "1/2"}, scan=[{"limit": 5, "seconds": 60, "action": "cut"}], arm_seconds=30)
    other = Rules(routes={"1/2"}, scan=[{"limit": 9, "seconds": 10, "action": "throttle"}], read_before_write=True)
    both = one.intersection(other)
    assert (both.routes, both.arm_seconds, both.read_before_write) == ({"1/2"}, 30, True)
    assert [scan.limit for scan in both.scan] == [5, 9]
    assert one.intersection(Rules()).routes == one.routes


def test_the_tighter_number_wins_and_none_gives_way() -> None:
    both = Rules(max_rate=5, max_in_flight=4, upload=True).intersection(Rules(max_in_flight=2, upload=False))
    assert (both.max_rate, both.max_in_flight, both.upload) == (5, 2, False)


def test_a_tier_that_one_side_must_ask_for_is_asked_for() -> None:
    asking = Rules(tiers=frozenset({Tier.READ}), ask=frozenset({Tier.PROGRAM}))
    ceiling = Rules(tiers=frozenset({Tier.READ, Tier.OPERATE, Tier.PROGRAM}))
    both = asking.intersection(ceiling)
    assert (both.tiers, both.ask) == ({Tier.READ}, {Tier.PROGRAM})
    assert asking.intersection(Rules(tiers=frozenset({Tier.READ}))).ask == frozenset()
