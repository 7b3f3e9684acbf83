"""Working days over weekends, holidays and worked weekends; office time; due instants."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from yiwang.core.workdays.calendar import WorkCalendar
from yiwang.core.workdays.shipped import shipped

BEIJING = ZoneInfo("Asia/Shanghai")
STATE = WorkCalendar({row.day: row.works for row in shipped()})
PLAIN = WorkCalendar({})


def at(month: int, day: int, hour: int, minute: int = 0, year: int = 2026) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=BEIJING)


@pytest.mark.parametrize(
    ("day", "works"),
    [
        (date(2026, 3, 2), True),  # a Monday
        (date(2026, 3, 1), False),  # a Sunday
        (date(2026, 10, 1), False),  # 国庆
        (date(2026, 10, 7), False),
        (date(2026, 9, 20), True),  # a Sunday that is worked
        (date(2026, 10, 10), True),
        (date(2026, 10, 8), True),
        (date(2026, 2, 14), True),  # a Saturday before 春节
        (date(2026, 2, 23), False),
        (date(2025, 1, 28), False),  # 除夕, off since 2025
        (date(2024, 2, 9), True),  # 除夕 of 2024 was not in the notice
        (date(2024, 5, 11), True),
        (date(2027, 2, 5), False),
    ],
)
def test_state_holidays(day: date, works: bool) -> None:
    assert STATE.is_workday(day) is works


def test_days_of_a_year_agree_with_the_notice() -> None:
    """The notices of 2025 and 2026 give 28 and 33 days off in a row with weekends, and as many worked weekends as said."""
    worked = {year: sum(row.works for row in shipped() if row.day.year == year) for year in (2024, 2025, 2026, 2027)}
    assert worked == {2024: 8, 2025: 5, 2026: 6, 2027: 0}
    assert {row.verified for row in shipped() if row.day.year == 2027} == {False}
    assert all(row.number for row in shipped() if row.day.year < 2027)


def test_a_worked_day_is_a_weekend_and_no_day_comes_twice() -> None:
    rows = list(shipped())
    assert len({row.day for row in rows}) == len(rows)
    assert all(row.day.weekday() >= 5 for row in rows if row.works)


@pytest.mark.parametrize(
    ("start", "n", "end"),
    [
        (date(2026, 3, 2), 1, date(2026, 3, 3)),
        (date(2026, 3, 6), 1, date(2026, 3, 9)),  # over a weekend
        (date(2026, 9, 30), 1, date(2026, 10, 8)),  # over 国庆
        (date(2026, 9, 30), 3, date(2026, 10, 10)),  # the worked Saturday counts
        (date(2026, 2, 13), 1, date(2026, 2, 14)),
        (date(2026, 3, 2), 0, date(2026, 3, 2)),
        (date(2026, 3, 1), 0, date(2026, 3, 2)),
        (date(2026, 10, 8), -1, date(2026, 9, 30)),
    ],
)
def test_g04_nth_working_day(start: date, n: int, end: date) -> None:
    assert STATE.add_workdays(start, n) == end


def test_between_is_the_inverse_of_adding() -> None:
    for start in (date(2026, 9, 25), date(2026, 2, 10), date(2026, 4, 30)):
        for n in range(1, 25):
            end = STATE.add_workdays(start, n)
            assert STATE.workdays_between(start, end) == n
            assert STATE.workdays_between(end, start) == -n


def test_due_is_the_close_of_business() -> None:
    assert STATE.due_after(at(9, 30, 16), days=1) == at(10, 8, 17, 30)
    assert STATE.due_after(datetime(2026, 3, 1, 20, 0, tzinfo=UTC), days=1) == at(3, 3, 17, 30)  # 3 March in Beijing


@pytest.mark.parametrize(
    ("start", "hours", "end"),
    [
        (at(3, 2, 9), 2, at(3, 2, 11)),
        (at(3, 2, 11), 2, at(3, 2, 15)),  # over noon
        (at(3, 2, 17), 1, at(3, 3, 9)),  # over night
        (at(3, 6, 17), 1, at(3, 9, 9)),  # over the weekend
        (at(3, 1, 10), 0.5, at(3, 2, 9)),  # begins on a Sunday
        (at(3, 2, 9), 7, at(3, 3, 9)),
    ],
)
def test_office_hours(start: datetime, hours: float, end: datetime) -> None:
    assert PLAIN.add_work_hours(start, hours) == end
    assert PLAIN.work_time(start, end) == timedelta(hours=hours)


def test_office_time_between_is_never_negative() -> None:
    assert PLAIN.work_time(at(3, 3, 9), at(3, 2, 9)) == timedelta()
    assert PLAIN.work_time(at(3, 7, 9), at(3, 8, 18)) == timedelta()


def test_a_naive_instant_is_a_programming_error() -> None:
    with pytest.raises(ValueError, match="naive"):
        PLAIN.due_after(datetime(2026, 3, 2), days=1)


def test_a_calendar_without_working_days_ends() -> None:
    closed = WorkCalendar({date(2020, 1, 1) + timedelta(days=n): False for n in range(9000)})
    with pytest.raises(ValueError, match="no 1-th"):
        closed.add_workdays(date(2026, 1, 1), 1)
