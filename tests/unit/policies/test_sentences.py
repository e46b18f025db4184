"""Sentences of the policies: each takes what it has places for, and says it in English."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from policies.sentences import ENGLISH, Words, say, say_why, together

AT = datetime(2026, 3, 2, 8, tzinfo=UTC)


def test_moments_lengths_and_words_are_written_for_people() -> None:
    assert str(say("freeze_ends", at=AT)) == "It ends 2026-03-02 08:00 UTC."
    berlin = AT.astimezone(ZoneInfo("Europe/Berlin"))
    assert str(say("window_opens", at=berlin)) == "The window next opens Mon 2026-03-02 09:00 Europe/Berlin."
    assert str(say("ask_at_most", most=timedelta(hours=4))) == "Ask for at most 4h."
    assert str(say("gives", tiers=Words(("operate", "read")))) == "It gives: operate, read."
    assert str(say("gives", tiers=Words(()))) == "It gives: nothing."


def test_somebodys_own_words_stay_as_they_are() -> None:
    assert str(say("not_who", user="{reason} %s")) == "The policy does not mean {reason} %s."


def test_a_reason_is_said_where_there_is_one_and_ends_once() -> None:
    assert str(say_why("asset_locked", " crane works. ")) == "The asset is locked: crane works."
    assert str(say_why("asset_locked", "")) == "The asset is locked."


@pytest.mark.parametrize("values", [{}, {"user": "a", "more": "b"}, {"usr": "a"}])
def test_a_sentence_takes_exactly_its_places(values: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="not_who"):
        say("not_who", **values)


def test_each_sentence_that_may_have_a_reason_has_both_forms() -> None:
    for key in ENGLISH:
        if key.endswith("_because"):
            assert key.removesuffix("_because") in ENGLISH


def test_several_are_said_one_behind_the_other() -> None:
    assert together(say("reason_missing"), None, say("say_the_work")) == "A reason is required. Say what the work is."
