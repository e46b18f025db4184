"""Known values: fresh, bounded, and unknown from a write to its confirmation."""

from guards.known import FRESH_SECONDS, KnownValues
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
