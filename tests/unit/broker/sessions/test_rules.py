"""What a session may say: the policy's rules within what the inventory fences."""

from broker.access.terms import fenced
from broker.inventory.facts import Limits, ServiceFacts
from policies.rules import Rules, Tier


def opened(rules: Rules, **service: object) -> Rules:
    facts = ServiceFacts("svc_1", "plc", "enip", "10.0.0.5", 44818, guarded=True, **service)  # type: ignore[arg-type]
    return fenced(rules, facts)


def test_the_inventorys_fences_hold_whatever_the_policy_says() -> None:
    left = opened(Rules(), units=frozenset({1, 2}), routes=frozenset({"1/0"}))
    assert (left.units, left.routes) == ({1, 2}, {"1/0"})


def test_of_two_fences_only_what_both_name_is_left() -> None:
    rules = Rules(units=frozenset({2, 3}), routes=frozenset({"1/0", "1/2"}))
    left = opened(rules, units=frozenset({1, 2}), routes=frozenset({"1/2", "1/3"}))
    assert (left.units, left.routes) == ({2}, {"1/2"})


def test_without_fences_the_policys_rules_stay_as_they_are() -> None:
    rules = Rules(tiers=frozenset({Tier.READ}), routes=frozenset({"1/0"}), writes=[{"table": "tag", "names": ["A*"]}])
    assert opened(rules) == rules


def test_the_services_rate_is_never_exceeded() -> None:
    assert opened(Rules(max_rate=50), limits=Limits(max_rate=5)).max_rate == 5
