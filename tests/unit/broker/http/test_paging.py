"""Cursors are opaque: what a list gave out leads on, anything else is refused before a database sees it."""

import base64
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broker.http.errors import InvalidInputError
from broker.http.paging import MAX_KEY, decode_cursor, encode_cursor

KEYS = st.lists(st.one_of(st.text(st.characters(codec="utf-8", exclude_characters="\x00")), st.integers(-99, 99)))


def by_hand(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode()


@given(KEYS)
def test_a_cursor_gives_back_the_keys_that_it_was_made_of(keys: list[str | int]) -> None:
    assert decode_cursor(encode_cursor(*keys), len(keys)) == keys


@pytest.mark.parametrize(
    "cursor",
    [
        "", "x", "====", "\u00fc", by_hand({"a": 1}), by_hand([1]), by_hand([1, 2, 3]), by_hand([None, 1]),
        by_hand([1.5, 1]), by_hand([["a"], 1]), by_hand(["a\x00", 1]), by_hand(["\ud800", 1]), by_hand([MAX_KEY, 1]),
        by_hand([1, 2])[:-3], base64.urlsafe_b64encode(b"\xff\xff").decode(),
    ],
)  # fmt: skip
def test_a_cursor_that_no_list_of_two_keys_gave_out_is_refused(cursor: str) -> None:
    with pytest.raises(InvalidInputError, match="cursor"):
        decode_cursor(cursor, 2)


@given(st.text(max_size=60))
def test_no_text_makes_a_cursor_raise_anything_else(text: str) -> None:
    try:
        keys = decode_cursor(text, 1)
    except InvalidInputError:
        return
    assert len(keys) == 1
