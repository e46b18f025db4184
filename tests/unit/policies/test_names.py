"""Name patterns: exact, or a star for any run of characters, and never more work than the name is long."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.names import MAX_NAME_CHARACTERS, NamePattern, fold, is_pattern

FEW = "ab.*["


@pytest.mark.parametrize(
    ("pattern", "name", "is_meant"),
    [
        ("Pump1", "Pump1", True),
        ("Pump1", "pump1", False),
        ("Pump1", "Pump10", False),
        ("ns=2;s=Pump*", "ns=2;s=Pump", True),
        ("ns=2;s=Pump*", "ns=2;s=Pump7.Speed", True),
        ("ns=2;s=Pump*", "ns=21;s=Pump7", False),
        ("Motor[*].Speed", "Motor[3].Speed", True),
        ("Motor[*].Speed", "Motor[3].Speed.Max", False),
        ("a?c", "abc", False),
        ("a*a", "a", False),
        ("*", "", True),
        ("ab*ba", "aba", False),
        ("*ab*ab*", "xabyabz", True),
        ("*ab*ab*", "xaby", False),
    ],
)
def test_a_star_is_any_run_and_everything_else_itself(pattern: str, name: str, is_meant: bool) -> None:
    assert NamePattern(pattern).matches(name) is is_meant


@given(st.text(FEW, min_size=1, max_size=8), st.text(FEW, max_size=12))
def test_it_means_what_a_regular_expression_of_the_same_would(pattern: str, name: str) -> None:
    expression = ".*".join(map(re.escape, pattern.split("*")))
    assert NamePattern(pattern).matches(name) == (re.fullmatch(expression, name, re.DOTALL) is not None)


def test_a_name_that_is_too_long_is_never_meant_by_a_star() -> None:
    assert NamePattern("*").matches("a" * MAX_NAME_CHARACTERS)
    assert not NamePattern("*").matches("a" * (MAX_NAME_CHARACTERS + 1))


@pytest.mark.parametrize("text", ["", " a", "a ", "a\n", "a\x00b", "a" * 257, "*" * 9, 7, None, "a\u202eb"])
def test_what_cannot_be_a_pattern_is_seen(text: object) -> None:
    assert not is_pattern(text)


def test_folding_is_of_a_to_z_alone() -> None:
    assert fold("MOTOR.Äß1") == "motor.Äß1"
