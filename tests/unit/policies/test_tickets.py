"""Ticket patterns mean what regular expressions mean, without their danger."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.tickets import parse_ticket_pattern

atoms = st.sampled_from(
    ["a", "b", "[ab]", "[^a]", ".", r"\d", "a?", "b*", "[ab]+", "a{2}", "b{1,3}", "(a|ab)", "(ab)*"]
)


@given(st.lists(atoms, min_size=1, max_size=6), st.text("ab1", max_size=8))
def test_a_pattern_matches_what_a_regular_expression_matches(parts: list[str], ticket: str) -> None:
    pattern = "".join(parts)
    assert parse_ticket_pattern(pattern).matches(ticket) == bool(re.fullmatch(pattern, ticket))


@given(st.lists(atoms, min_size=1, max_size=6))
def test_an_example_is_a_ticket_that_matches(parts: list[str]) -> None:
    pattern = parse_ticket_pattern("".join(parts))
    assert pattern.example()
    assert pattern.matches(pattern.example())


def test_an_example_shows_the_form() -> None:
    assert parse_ticket_pattern("CHG-[0-9]{5}").example() == "CHG-56789"
    assert parse_ticket_pattern("(INC|CHG)[A-Z]?-[0-9]+").example() == "INCD-6"
    assert parse_ticket_pattern("[ä]").example() == "ä"


def test_the_whole_ticket_must_match() -> None:
    pattern = parse_ticket_pattern("CHG-[0-9]{5}")
    assert pattern.matches("CHG-10231")
    assert not any(map(pattern.matches, ["CHG-102312", "xCHG-10231", "CHG-10231\n", "", "CHG-١٢٣٤٥"]))


def test_a_pattern_that_stalls_backtracking_matchers_is_answered() -> None:
    assert not parse_ticket_pattern("(a|aa)*b").matches("a" * 64)
    assert not parse_ticket_pattern("a*a*a*a*a*a*a*a*a*a*b").matches("a" * 64)


def test_tickets_over_the_bound_never_match() -> None:
    assert not parse_ticket_pattern(".*").matches("a" * 65)


OUTSIDE = (
    *("", "a" * 129, "(a", "a)", "[", "[z-a]", "[a--b]"),
    *("*a", "a**", "a{65}", "a{3,2}", "a{0}", "(((a)))", "((a{64}){64}){2}"),
    *("(?=a)", "(?P<n>a)", r"\b", r"(a)\1", "^a", "a$"),
)


@pytest.mark.parametrize("pattern", OUTSIDE)
def test_what_lies_outside_the_language_is_refused(pattern: str) -> None:
    with pytest.raises(ValueError, match="ticket pattern"):
        parse_ticket_pattern(pattern)
