"""Objects and values held against compiled rules, with and without what the objects are now."""

from guards.given import Access, Given, Touched
from guards.objects import Before
from guards.refusal import Cause
from policies.rules import Rules, Tier

SPEED, WORDS = Touched("tag", name="Speed"), Touched("n7", 3, 4)
STEPPED = Rules.model_validate(
    {"tiers": {"operate"}, "writes": [{"table": "tag", "step": 5}, {"table": "n7", "step": 5}]}
)


def refuses(*accesses: Access, befores: dict[Touched, list[Before | None]] | None = None) -> bool:
    known = befores or {}
    refusal = Given("enip", STEPPED).refuse_objects(
        Tier.OPERATE, accesses, lambda one: known.get(one, [None] * one.size)
    )
    assert refusal is None or refusal.cause is Cause.VALUE
    return refusal is not None


def test_a_change_is_held_against_what_each_object_is_now() -> None:
    known = {SPEED: [Before(10)], WORDS: [Before(10), Before(20)]}
    assert not refuses(Access(SPEED, (15,)), Access(WORDS, (15, 15)), befores=known)
    assert refuses(Access(SPEED, (16,)), befores=known)
    assert refuses(Access(WORDS, (15, 14)), befores=known)


def test_what_is_not_known_passes_no_rule_about_change() -> None:
    assert refuses(Access(SPEED, (10,)))
    assert refuses(Access(WORDS, (10, 20)), befores={WORDS: [Before(10), None]})
    assert Given("enip", STEPPED).refuse_objects(Tier.OPERATE, [Access(SPEED, (10,))]) is not None


def test_several_values_for_one_name_have_no_one_value_before() -> None:
    assert refuses(Access(SPEED, (10, 11)), befores={SPEED: [Before(10)]})


def test_values_are_needed_where_rules_bound_changes_only() -> None:
    bounded = Rules.model_validate({"tiers": {"operate"}, "writes": [{"table": "tag", "maximum": 5}]})
    assert [Given("enip", rules).needs_values for rules in (STEPPED, bounded, Rules())] == [True, False, False]


def test_what_comes_before_everything_needs_any_tier() -> None:
    assert Given("enip", Rules()).refuse_any() is not None
    for tiers in ({"tiers": {"firmware"}}, {"ask": {"read"}}):
        assert Given("enip", Rules.model_validate(tiers)).refuse_any() is None
