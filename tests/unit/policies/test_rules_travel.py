"""Rules as they are stored and sent: short, and readable as they were written before there were more words."""

import json

import pytest
from pydantic import ValidationError

from policies.canonical import canonical_text
from policies.rules import Rules, Tier

STORED = {
    "tiers": ["read"],
    "upload": False,
    "units": [1],
    "reads": None,
    "writes": [
        {"table": "holding", "addresses": [{"first": 100, "last": 119}], "minimum": 0, "maximum": 1000},
        {"table": "coils", "addresses": [{"first": 7, "last": 7}], "minimum": None, "maximum": None},
    ],
    "ask": ["program"],
    "max_rate": 5.0,
    "max_in_flight": 1,
    "opaque": False,
}
"""A row of a grant as the version before wrote it."""
DIGESTED = (
    '{"ask":["program"],"max_rate":5.0,"tiers":["read"],"units":[1],"writes":'
    '[{"addresses":[{"first":100,"last":119}],"maximum":1000,"minimum":0,"table":"holding"},'
    '{"addresses":[{"first":7,"last":7}],"table":"coils"}]}'
)


def test_an_older_row_is_read_and_means_what_it_meant() -> None:
    rules = Rules.model_validate(STORED)
    assert rules.tiers == {Tier.READ}
    assert rules.writes is not None
    ((holding, coils),) = rules.writes
    assert (holding.table, holding.maximum) == ("holding", 1000)
    assert coils.means("coils", 7)
    assert not coils.means("coils", 8)


def test_what_was_approved_keeps_its_digest() -> None:
    assert canonical_text(Rules.model_validate(STORED)) == DIGESTED


@pytest.mark.parametrize("written", [[], [[]], ()])
def test_an_empty_list_still_gives_nothing(written: object) -> None:
    assert Rules.model_validate({"reads": written}).reads == ((),)
    assert json.loads(Rules.model_validate({"reads": written}).model_dump_json())["reads"] == []


def test_several_lists_travel_as_such() -> None:
    both = Rules(writes=[{"table": "tag"}]).intersection(Rules(writes=[{"table": "n7"}]))
    sent = both.model_dump_json(exclude_defaults=True)
    assert json.loads(sent) == {"writes": [[{"table": "tag"}], [{"table": "n7"}]]}
    assert Rules.model_validate_json(sent) == both


def test_an_empty_list_beside_another_travels_as_such() -> None:
    nothing = Rules(writes=[]).intersection(Rules(writes=[{"table": "n7"}]))
    assert nothing.writes == ((),)
    assert Rules.model_validate_json(nothing.model_dump_json()) == nothing


@pytest.mark.parametrize(
    "wrong",
    [
        {"units": [-1]},
        {"units": [2**32]},
        {"routes": [""]},
        {"writes": [{"table": "no table"}]},
        {"writes": [{"table": "tag", "minimum": "1"}]},
        {"writes": [{"table": "tag", "minimum": True}]},
        {"writes": [{"table": "tag", "maximum": float("nan")}]},
        {"writes": [{"table": "tag", "step": 0}]},
        {"writes": [{"table": "tag", "rate": {"change": 1, "seconds": 2}}]},
        {"writes": [{"table": "tag", "names": [""]}]},
        {"scan": [{"limit": 0, "seconds": 1, "action": "cut"}]},
    ],
    ids=str,
)
def test_what_no_rule_can_say_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Rules.model_validate(wrong)
