"""Lengths of time as people write them."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.durations import format_duration, parse_duration, parse_time


@given(st.integers(1, 366 * 86400))
def test_what_is_written_reads_back(seconds: int) -> None:
    length = timedelta(seconds=seconds)
    assert parse_duration(format_duration(length)) == length


@pytest.mark.parametrize("text", ["", "0s", "4", "4 h", "h", "-4h", "4H", "1m1h", "367d", "٤h", 4, None])
def test_other_words_are_refused(text: object) -> None:
    with pytest.raises(ValueError, match="a length of time"):
        parse_duration(text)


@pytest.mark.parametrize("text", ["7:00", "24:00", "07:60", "0700", "", 700])
def test_a_time_of_day_has_two_digits_each(text: object) -> None:
    with pytest.raises(ValueError, match="time of day"):
        parse_time(text)
