"""The chip of a deadline and spans in words."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from yiwang.core.workdays.calendar import WorkCalendar
from yiwang.portal.cases.clocks import clock, words

#: Thursday and Friday are off, the Saturday after is worked.
CALENDAR = WorkCalendar({date(2026, 4, 2): False, date(2026, 4, 3): False, date(2026, 4, 4): True})
ZONE = ZoneInfo("Asia/Shanghai")


def at(day: int, hour: int = 9) -> datetime:
    return datetime(2026, 4, day, hour, tzinfo=ZONE)


@pytest.mark.parametrize(
    ("due", "now", "kind", "text"),
    [
        (at(1, 17), at(1), "warning", "今天到期"),
        (at(4, 17), at(1), "warning", "剩 1 个工作日"),  # two days off, the Saturday counts
        (at(7, 17), at(1), "info", "剩 3 个工作日"),
        (at(1, 17), at(1, 18), "over", "刚刚逾期"),
        (at(1, 17), at(4, 18), "over", "逾期 1 个工作日"),
        (at(1, 17), at(3, 18), "over", "刚刚逾期"),  # no working day has passed
        (at(3, 17), at(1, 18), "warning", "下个工作日前到期"),
    ],
)
def test_the_time_left_in_working_days(due: datetime, now: datetime, kind: str, text: str) -> None:
    found = clock(due, now, CALENDAR)
    assert found is not None
    assert (found.kind, found.text) == (kind, text)
    assert found.sign or kind == "info"


def test_no_deadline_and_a_clock_that_stands() -> None:
    assert clock(None, at(1), CALENDAR) is None
    paused = clock(at(1, 17), at(7), CALENDAR, paused=True)
    assert paused is not None
    assert paused.text == "暂停计时"


@pytest.mark.parametrize(
    ("minutes", "text"),
    [
        (0, "不到 1 分钟"),
        (5, "5 分钟"),
        (60, "1 小时"),
        (185, "3 小时 5 分"),
        (24 * 60, "1 天"),
        (26 * 60, "1 天 2 小时"),
    ],
)
def test_spans_as_people_say_them(minutes: int, text: str) -> None:
    assert words(timedelta(minutes=minutes)) == text
