"""Working days and office time (工作日、工作时间): pure arithmetic over the days of the calendar.

Instants are aware; days are those of the platform's time zone. A period of n working days begins the day after it is
set going and ends with the close of business of its last day (民法典 art. 201, 203).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from django.utils import timezone

#: Office hours, where settings.WORK_HOURS says nothing else.
HOURS = ((time(8, 30), time(12, 0)), (time(14, 0), time(17, 30)))
DAY = timedelta(days=1)
SATURDAY = 5
#: No clock looks farther than this; a calendar without a working day would run for ever.
FAR = 4000

Span = tuple[time, time]


@dataclass(frozen=True)
class WorkCalendar:
    """The days that differ (day → whether it is worked) and the office hours of a working day."""

    days: Mapping[date, bool]
    hours: tuple[Span, ...] = HOURS
    unverified: frozenset[int] = field(default_factory=frozenset)  # years without a published notice

    def is_workday(self, day: date) -> bool:
        """Whether the day is worked: as the calendar says, else Monday to Friday."""
        return self.days.get(day, day.weekday() < SATURDAY)

    def add_workdays(self, start: date, n: int) -> date:
        """The n-th working day after `start` (before it, if n is negative). 0: `start`, or the next working day."""
        if n == 0:
            return start if self.is_workday(start) else self.add_workdays(start, 1)
        step, left, day = (DAY, n, start) if n > 0 else (-DAY, -n, start)
        for _ in range(FAR):
            day += step
            left -= self.is_workday(day)
            if left == 0:
                return day
        raise ValueError(f"no {n}-th working day within {FAR} days of {start}")

    def workdays_between(self, start: date, end: date) -> int:
        """How many working days lie in (start, end]; negative if `end` is the earlier one."""
        if end < start:
            return -self.workdays_between(end, start)
        return sum(self.is_workday(start + DAY * number) for number in range(1, (end - start).days + 1))

    def due_after(self, start: datetime, *, days: int) -> datetime:
        """The close of business of the n-th working day after `start`."""
        return self._at(self.add_workdays(_local(start).date(), days), self.hours[-1][1])

    def add_work_hours(self, start: datetime, hours: Decimal | float) -> datetime:
        """The instant at which so many hours of office time have passed since `start`."""
        left, moment = timedelta(seconds=round(float(hours) * 3600)), _local(start)
        day = moment.date()
        for _ in range(FAR):
            for opens, closes in self._spans(day):
                begin = max(opens, moment)
                if begin < closes:
                    if closes - begin >= left:
                        return begin + left
                    left -= closes - begin
            day += DAY
        raise ValueError(f"{hours} hours of work do not fit into {FAR} days")

    def work_time(self, start: datetime, end: datetime) -> timedelta:
        """The office time that passed between two instants; nothing if `end` is the earlier one."""
        begin, finish = _local(start), _local(end)
        total, day = timedelta(), begin.date()
        while day <= finish.date():
            for opens, closes in self._spans(day):
                total += max(min(closes, finish) - max(opens, begin), timedelta())
            day += DAY
        return total

    def _spans(self, day: date) -> Iterable[tuple[datetime, datetime]]:
        if not self.is_workday(day):
            return ()
        return [(self._at(day, opens), self._at(day, closes)) for opens, closes in self.hours]

    @staticmethod
    def _at(day: date, moment: time) -> datetime:
        return timezone.make_aware(datetime.combine(day, moment))


def _local(moment: datetime) -> datetime:
    if timezone.is_naive(moment):
        raise ValueError("a naive instant: say which zone")
    return timezone.localtime(moment)
