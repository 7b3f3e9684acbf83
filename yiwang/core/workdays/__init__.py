"""Working days (工作日): the holiday calendar, and clocks that count in working days.

The functions ask the calendar of the moment (`current()`, one small query). Who counts many days takes it once.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal


def is_workday(day: date) -> bool:
    """Whether the day is worked."""
    from yiwang.core.workdays.current import current

    return current().is_workday(day)


def add_workdays(start: date, n: int) -> date:
    """The n-th working day after `start`; 0: `start`, or the next working day."""
    from yiwang.core.workdays.current import current

    return current().add_workdays(start, n)


def workdays_between(start: date, end: date) -> int:
    """How many working days lie in (start, end]."""
    from yiwang.core.workdays.current import current

    return current().workdays_between(start, end)


def due_after(start: datetime, *, days: int) -> datetime:
    """The close of business of the n-th working day after `start`."""
    from yiwang.core.workdays.current import current

    return current().due_after(start, days=days)


def add_work_hours(start: datetime, hours: Decimal | float) -> datetime:
    """The instant at which so many hours of office time have passed since `start`."""
    from yiwang.core.workdays.current import current

    return current().add_work_hours(start, hours)


def work_time(start: datetime, end: datetime) -> timedelta:
    """The office time that passed between two instants."""
    from yiwang.core.workdays.current import current

    return current().work_time(start, end)
