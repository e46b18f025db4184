"""Cursors are opaque: what a list gave out leads on, anything else is refused before a database sees it."""

import base64
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broker.http.paging import MAX_KEY, ForeignCursorError, decode_cursor, encode_cursor

TEXTS = st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\x00")))
NUMBERS = st.lists(st.integers(1 - MAX_KEY, MAX_KEY - 1))


def by_hand(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode()


@given(TEXTS)
def test_a_cursor_gives_back_the_texts_that_it_was_made_of(keys: list[str]) -> None:
    assert decode_cursor(encode_cursor(*keys), str, len(keys)) == keys


@given(NUMBERS)
def test_a_cursor_gives_back_the_numbers_that_it_was_made_of(keys: list[int]) -> None:
    assert decode_cursor(encode_cursor(*keys), int, len(keys)) == keys


@pytest.mark.parametrize(
    "cursor",
    [
        "", "x", "====", "\u00fc", by_hand({"a": 1}), by_hand([1]), by_hand([1, 2, 3]), by_hand([None, 1]),
        by_hand([1.5, 1]), by_hand([["a"], 1]), by_hand(["a", 1]), by_hand([True, 1]), by_hand([MAX_KEY, 1]),
        by_hand([1, 2])[:-3], base64.urlsafe_b64encode(b"\xff\xff").decode(), "W1tb" * 100_000,
    ],
)  # fmt: skip
def test_a_cursor_that_no_list_of_two_numbers_gave_out_is_refused(cursor: str) -> None:
    with pytest.raises(ForeignCursorError, match="cursor"):
        decode_cursor(cursor, int, 2)


@pytest.mark.parametrize("keys", [["a\x00", "b"], ["\ud800", "b"], ["a", 1], ["a"]])
def test_a_cursor_that_no_list_of_two_texts_gave_out_is_refused(keys: list[str | int]) -> None:
    with pytest.raises(ForeignCursorError):
        decode_cursor(by_hand(keys), str, 2)


@given(st.text(max_size=60))
def test_no_text_makes_a_cursor_raise_anything_else(text: str) -> None:
    try:
        keys = decode_cursor(text, str, 1)
    except ForeignCursorError:
        return
    assert len(keys) == 1
