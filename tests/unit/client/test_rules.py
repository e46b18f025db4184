"""An approver reads what is given, not how it is stored."""

from client.rules import in_words, what_passes
from policies.rules import AddressRange, ObjectRule, Rate, Rules, Scan, ScanAction, Tier

BOUNDED = Rules(
    tiers=frozenset({Tier.OPERATE, Tier.READ}),
    units=frozenset({2, 1}),
    writes=(
        ObjectRule(
            table="holding",
            addresses=(AddressRange(first=100, last=119), AddressRange(first=7, last=7)),
            minimum=0,
            maximum=800,
        ),
    ),
    ask=frozenset({Tier.PROGRAM}),
    max_rate=5,
)


def words(**rules: object) -> list[str]:
    return in_words(Rules(**rules).model_dump(mode="json"))  # type: ignore[arg-type]


def test_rules_are_told_in_phrases() -> None:
    assert in_words(BOUNDED.model_dump(mode="json")) == [
        "tiers read, operate",
        "writes only holding 100-119, 7 (from 0, up to 800)",
        "units 1, 2",
        "an operator is asked for program",
        "at most 5 requests a second",
    ]


def test_names_and_how_fast_a_value_may_change_are_told() -> None:
    rule = ObjectRule(table="tag", names=("Pump_*",), step=5, rate=Rate(change=20, seconds=60))
    assert words(writes=(rule,), routes=frozenset({"1/0"})) == [
        "tiers none",
        "writes only tag Pump_* (by at most 5, by at most 20 a minute)",
        "routes 1/0",
    ]


def test_of_several_lists_each_is_told() -> None:
    one, other = (ObjectRule(table=table) for table in ("coils", "holding"))
    assert words(reads=((one, other), (other,)))[1:] == [
        "reads only coils any or holding any",
        "reads only holding any",
    ]


def test_what_else_is_given_or_watched_for_is_told() -> None:
    scan = Scan(limit=50, seconds=60, action=ScanAction.CUT)
    assert words(upload=True, scan=(scan,), opaque=True)[1:] == [
        "programs may be read out",
        "more than 50 objects in 60 s: cut",
        "where no guard knows the protocol, every byte passes uninspected",
    ]


def test_an_empty_list_gives_nothing_and_says_so() -> None:
    assert words(reads=(), units=frozenset()) == ["tiers none", "reads only nothing", "units none"]


def test_a_request_that_names_no_tier_asks_for_all_that_the_policy_gives() -> None:
    rules = BOUNDED.model_dump(mode="json")
    assert what_passes({"tiers": [], "rules": rules}) == "read, operate"
    assert what_passes({"tiers": ["read"], "rules": rules}) == "read"
    assert what_passes({"tiers": [], "rules": Rules(opaque=True).model_dump(mode="json")}) == "everything, uninspected"
