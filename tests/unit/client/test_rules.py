"""Which tiers a request or grant gives, in a word."""

from client.rules import what_passes

BOTH = {"tiers": ["operate", "read"]}


def test_a_request_that_names_no_tier_asks_for_all_that_the_policy_gives() -> None:
    assert what_passes({"tiers": [], "rules": BOTH}) == "read, operate"


def test_a_request_that_names_tiers_asks_for_these() -> None:
    assert what_passes({"tiers": ["read"], "rules": BOTH}) == "read"


def test_what_no_guard_reads_is_said_to_be_everything() -> None:
    assert what_passes({"tiers": [], "rules": {"tiers": [], "opaque": True}}) == "everything, uninspected"


def test_nothing_is_said_to_be_nothing() -> None:
    assert what_passes({"tiers": [], "rules": {"tiers": []}}) == "nothing"
