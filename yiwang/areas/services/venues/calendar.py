"""What a day is: the one place where venues ask the calendar of holidays."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from yiwang.areas.services.venues.hours import DayKind
from yiwang.core.workdays.current import current


def day_kinds(days: Iterable[date]) -> dict[date, DayKind]:
    """The kind of each day; one small query. A day off that the calendar names is a holiday, weekends within it too."""
    calendar = current()
    return {
        day: DayKind.HOLIDAY
        if calendar.days.get(day) is False
        else DayKind.WORKDAY
        if calendar.is_workday(day)
        else DayKind.RESTDAY
        for day in days
    }


def is_workday(day: date) -> bool:
    """Whether it is one."""
    return current().is_workday(day)
