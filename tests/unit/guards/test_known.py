"""Known values: fresh, bounded, and unknown from a write to its confirmation."""

from guards.known import FRESH_SECONDS, MAX_SIGHTINGS, KnownValues, Sightings
from guards.objects import Before


def test_a_value_is_known_until_it_is_stale() -> None:
    known = KnownValues()
    known.saw("a", 7, 100)
    assert known.before("a", 100 + FRESH_SECONDS) == Before(7)
    assert known.before("a", 100.1 + FRESH_SECONDS) is None
    assert known.before("b", 100) is None


def test_from_a_write_to_its_confirmation_nothing_is_known() -> None:
    known = KnownValues()
    known.saw("a", 7, 100)
    known.wrote("a", 101)
    assert known.before("a", 101) is None
    known.saw("a", 8, 102)
    assert known.before("a", 103) == Before(8, 2)


def test_an_answer_to_what_was_asked_before_a_write_is_no_news() -> None:
    known = KnownValues()
    asked = known.moment
    known.wrote("a", 100)
    known.saw("a", 7, 101, asked=asked)
    known.saw("b", 8, 101, asked=asked)
    assert known.before("a", 101) is None
    assert known.before("b", 101) == Before(8)
    known.saw("a", 9, 102, asked=known.moment)
    assert known.before("a", 102) == Before(9, 2)


def test_an_old_answer_is_no_news_even_when_the_write_was_forgotten() -> None:
    known = KnownValues(max_objects=2)
    asked = known.moment
    for key in "abc":
        known.wrote(key, 100)
    known.saw("a", 7, 101, asked=asked)
    assert known.before("a", 101) is None


def test_what_is_written_under_one_key_is_unknown_under_all_of_its_place() -> None:
    known = KnownValues()
    for unit in (1, 2):
        known.saw((unit, "a"), unit, 100)
    known.wrote((2, "a"), 101, place="a")
    assert known.before((1, "a"), 101, place="a") is None
    known.saw((1, "a"), 5, 102)
    assert known.before((1, "a"), 103, place="a") == Before(5, 2)
    assert known.before((2, "a"), 103, place="a") is None


def test_forgotten_values_leave_when_they_were_written() -> None:
    known = KnownValues()
    known.wrote("a", 100)
    known.saw("a", 1, 101)
    known.forget_values()
    assert known.before("a", 102) is None
    known.saw("a", 2, 102)
    assert known.before("a", 103) == Before(2, 3)


def test_only_so_many_objects_are_remembered() -> None:
    known = KnownValues(max_objects=2)
    for key in "abc":
        known.saw(key, 1, 100)
    assert [known.before(key, 100) is not None for key in "abc"] == [False, True, True]


def test_writing_to_many_objects_does_not_win_back_the_room_of_the_first() -> None:
    known = KnownValues(max_objects=2)
    for at, key in enumerate("abc"):
        known.wrote(key, 100 + at)
    known.saw("a", 1, 105)
    assert known.before("a", 105) == Before(1, 5)


def test_an_answer_that_comes_after_a_later_write_is_not_what_was_before_the_next_one() -> None:
    seen = Sightings()
    read, first_write = seen.went(), seen.went()
    seen.wrote("unit", 5, 5, 100, asked=first_write)
    seen.saw("unit", 5, (9,), 100, asked=first_write)
    seen.saw("unit", 4, (1, 2), 101, asked=read)
    assert seen.before("unit", 4, 5, 102) == (1, 9)
    second_write = seen.went()
    seen.wrote("unit", 5, 5, 102, asked=second_write)
    seen.saw("unit", 5, (2,), 103, asked=read)
    assert seen.before("unit", 5, 5, 104) == ()


def test_a_forgotten_write_leaves_no_room_for_answers_to_what_was_asked_before_it() -> None:
    seen = Sightings()
    read, write = seen.went(), seen.went()
    seen.wrote("unit", 5, 5, 100, asked=write)
    seen.saw("unit", 5, (7,), 100, asked=read)
    for _ in range(MAX_SIGHTINGS):
        seen.saw("other", 1, (0,), 100, asked=seen.went())
    seen.saw("unit", 5, (7,), 100, asked=read)
    assert seen.before("unit", 5, 5, 101) == ()
