"""Weekly windows in wall time, where clocks change too."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.windows import WeeklyWindow

BERLIN = ZoneInfo("Europe/Berlin")
EVERY_DAY = frozenset(range(7))


def utc(day: int, hour: int, minute: int = 0, month: int = 10) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=UTC)


def test_a_window_is_open_from_its_first_moment_to_before_its_last() -> None:
    window = WeeklyWindow(BERLIN, frozenset({0}), time(7), time(17))
    assert window.end_of_open(utc(5, 5)) == utc(5, 15)
    assert window.end_of_open(utc(5, 4, 59)) is None
    assert window.end_of_open(utc(5, 15)) is None


def test_a_night_window_belongs_to_the_day_on_which_it_opens() -> None:
    window = WeeklyWindow(BERLIN, frozenset({4}), time(22), time(6))
    assert window.end_of_open(utc(10, 2)) == utc(10, 4)
    assert window.end_of_open(utc(9, 2)) is None


def test_adjoining_whole_days_are_one_window() -> None:
    window = WeeklyWindow(BERLIN, frozenset({0, 1, 2}))
    assert window.end_of_open(utc(5, 10)) == utc(7, 22)


def test_a_window_of_all_days_does_not_end_within_a_week() -> None:
    end = WeeklyWindow(BERLIN, EVERY_DAY).end_of_open(utc(5, 10))
    assert end is not None
    assert end > utc(5, 10) + timedelta(days=7)


def test_the_next_opening_is_found_over_the_weekend() -> None:
    window = WeeklyWindow(BERLIN, frozenset({0, 1, 2, 3, 4}), time(7), time(17))
    assert window.next_opening(utc(9, 16)) == utc(12, 5)


@pytest.mark.parametrize(
    ("opens", "closes", "probe", "end"),
    [
        pytest.param(
            time(1), time(5), utc(29, 0, 30, 3), utc(29, 3, 0, 3), id="a window over the gap is an hour shorter"
        ),
        pytest.param(time(2), time(5), utc(29, 1, 0, 3), utc(29, 3, 0, 3), id="an opening in the gap is the gap's end"),
        pytest.param(time(2), time(5), utc(29, 0, 59, 3), None, id="and not before"),
        pytest.param(time(1), time(2, 30), utc(29, 0, 15, 3), utc(29, 0, 30, 3), id="a close in the gap is early"),
        pytest.param(time(2, 15), time(2, 45), utc(29, 1, 5, 3), None, id="a window within the gap does not open"),
        pytest.param(time(1), time(5), utc(25, 1, 0), utc(25, 4, 0), id="a window over the fold is an hour longer"),
        pytest.param(time(2, 30), time(5), utc(25, 0, 45), None, id="an opening in the fold is its second"),
        pytest.param(time(2, 30), time(5), utc(25, 1, 30), utc(25, 4, 0), id="its second, and no later"),
        pytest.param(time(1), time(2, 30), utc(25, 0, 15), utc(25, 0, 30), id="a close in the fold is its first"),
    ],
)
def test_where_clocks_change_the_window_is_the_shorter_reading(
    opens: time, closes: time, probe: datetime, end: datetime | None
) -> None:
    assert WeeklyWindow(BERLIN, EVERY_DAY, opens, closes).end_of_open(probe) == end


@pytest.mark.parametrize(("zone", "day"), [("Africa/Cairo", utc(24, 0, 0, 4)), ("America/Havana", utc(1, 0, 0, 11))])
def test_whole_days_leave_no_hole_where_clocks_change_at_midnight(zone: str, day: datetime) -> None:
    window = WeeklyWindow(ZoneInfo(zone), EVERY_DAY)
    minutes = (day - timedelta(hours=12) + timedelta(minutes=30 * number) for number in range(96))
    assert all(window.end_of_open(at) is not None for at in minutes)


@given(
    at=st.datetimes(datetime(2020, 1, 1), datetime(2035, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001 - bounds are naive by contract
    zone=st.sampled_from(["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "UTC"]),
    opens=st.times(),
    closes=st.times(),
)
def test_inside_a_window_the_wall_clock_lies_between_its_times(
    at: datetime, zone: str, opens: time, closes: time
) -> None:
    opens, closes = opens.replace(second=0, microsecond=0), closes.replace(second=0, microsecond=0)
    window = WeeklyWindow(ZoneInfo(zone), EVERY_DAY, opens, closes)
    wall = at.astimezone(window.zone).time()
    if window.end_of_open(at) is not None:
        inside = opens <= wall < closes if opens < closes else wall >= opens or wall < closes
        assert inside or _clock_changes_near(at, window.zone)


def _clock_changes_near(at: datetime, zone: ZoneInfo) -> bool:
    day = timedelta(days=1)
    return (at - day).astimezone(zone).utcoffset() != (at + day).astimezone(zone).utcoffset()
