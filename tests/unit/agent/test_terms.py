"""What a stream is held to: never more than either side allows."""

from dataclasses import replace
from ipaddress import ip_address

from agent.ceiling import Permit
from agent.terms import effective_rules, is_narrower
from policies.rules import Rules, Tier

READ, OPERATE, PROGRAM = frozenset({Tier.READ}), frozenset({Tier.READ, Tier.OPERATE}), frozenset({Tier.PROGRAM})


def permit(**rules: object) -> Permit:
    return Permit("press", ip_address("10.0.0.5"), 502, Rules.model_validate(rules), False, 2, 30)


def test_the_narrower_side_counts_each_way() -> None:
    assert effective_rules(Rules(tiers=OPERATE), permit(tiers=READ)).tiers == READ
    assert effective_rules(Rules(tiers=READ), permit(tiers=OPERATE)).tiers == READ
    assert effective_rules(Rules(tiers=READ, units=frozenset({1, 2})), permit(tiers=READ, units={2, 3})).units == {2}


def test_what_the_broker_asks_about_passes_here_only_under_the_ceiling() -> None:
    granted = Rules(tiers=READ, ask=PROGRAM)
    assert effective_rules(granted, permit(tiers=READ | PROGRAM)).tiers == READ | PROGRAM
    assert effective_rules(granted, permit(tiers=READ)).tiers == READ
    assert not effective_rules(granted, permit(tiers=READ | PROGRAM)).ask


def test_the_value_before_a_write_is_read_by_the_broker_alone() -> None:
    assert not effective_rules(Rules(read_before_write=True), permit(tiers=READ)).read_before_write


def test_objects_must_be_given_by_both() -> None:
    granted = Rules(tiers=OPERATE, writes=[{"table": "holding", "addresses": [{"first": 0, "last": 9}]}])
    held = effective_rules(granted, permit(tiers=OPERATE, writes=[{"table": "holding", "maximum": 5}]))
    assert held.writes is not None
    assert len(held.writes) == 2
    assert is_narrower(held, effective_rules(granted, permit(tiers=OPERATE)))


def test_pass_through_needs_both_sides() -> None:
    assert not effective_rules(Rules(opaque=True), permit()).opaque
    assert not effective_rules(Rules(), permit(opaque=True)).opaque
    assert effective_rules(Rules(opaque=True), permit(opaque=True)).opaque


def test_narrower_is_told_from_equal_and_wider() -> None:
    held = Rules(tiers=READ, units=frozenset({1}))
    assert not is_narrower(held, held)
    assert not is_narrower(Rules(tiers=OPERATE, units=frozenset({1, 2})), held)
    assert is_narrower(Rules(tiers=READ, units=frozenset({2})), held)
    assert is_narrower(Rules(units=frozenset({1})), held)
    assert is_narrower(Rules(tiers=READ), Rules(tiers=READ, upload=True))


def test_the_calm_rate_is_for_what_may_neither_program_nor_load() -> None:
    unknown = replace(permit(tiers=OPERATE | PROGRAM), calm_rate=10.0)
    assert effective_rules(Rules(tiers=OPERATE), unknown).max_rate == 10
    assert effective_rules(Rules(tiers=OPERATE, max_rate=3), unknown).max_rate == 3
    assert effective_rules(Rules(tiers=OPERATE, ask=PROGRAM), unknown).max_rate is None
    assert effective_rules(Rules(tiers=READ), permit(tiers=READ)).max_rate is None


def test_the_calm_rate_is_not_for_what_nobody_inspects() -> None:
    passed = replace(permit(tiers=READ, opaque=True), calm_rate=10.0)
    assert effective_rules(Rules(tiers=READ, opaque=True), passed).max_rate is None
