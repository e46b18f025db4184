"""The intersection of two sets of rules passes exactly what both pass."""

from hypothesis import given
from hypothesis import strategies as st

from guards.effects import Direction, Forward
from guards.modbus.guard import ModbusGuard
from policies.rules import AddressRange, ObjectRule, Rules, Table, Tier

_address_ranges = st.tuples(st.integers(0, 12), st.integers(0, 12)).map(
    lambda pair: AddressRange(first=min(pair), last=max(pair))
)
_objects = st.builds(
    ObjectRule,
    table=st.sampled_from([Table.HOLDING, Table.COILS]),
    addresses=st.lists(_address_ranges, min_size=1, max_size=2).map(tuple),
    minimum=st.none() | st.integers(0, 3),
    maximum=st.none() | st.integers(3, 6),
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


def test_the_tighter_number_wins_and_none_gives_way() -> None:
    both = Rules(max_rate=5, max_in_flight=4, upload=True).intersection(Rules(max_in_flight=2, upload=False))
    assert (both.max_rate, both.max_in_flight, both.upload) == (5, 2, False)


def test_a_tier_that_one_side_must_ask_for_is_asked_for() -> None:
    asking = Rules(tiers=frozenset({Tier.READ}), ask=frozenset({Tier.PROGRAM}))
    ceiling = Rules(tiers=frozenset({Tier.READ, Tier.OPERATE, Tier.PROGRAM}))
    both = asking.intersection(ceiling)
    assert (both.tiers, both.ask) == ({Tier.READ}, {Tier.PROGRAM})
    assert asking.intersection(Rules(tiers=frozenset({Tier.READ}))).ask == frozenset()
