"""Reporting periods as half-open spans: where one begins, ends, and which came before."""

from __future__ import annotations

from datetime import date, timedelta

from yiwang.areas.reporting.models import PeriodKind
from yiwang.kit.refusal import Refusal

MONTHS = {PeriodKind.MONTH: 1, PeriodKind.QUARTER: 3, PeriodKind.YEAR: 12}


def shifted(first: date, months: int) -> date:
    """The first day of the month so many months later (earlier, if negative)."""
    number = first.year * 12 + first.month - 1 + months
    return date(number // 12, number % 12 + 1, 1)


def stop_of(kind: str, start: date) -> date:
    """The day after the last one. Refusal `return.period-start` where the day begins no such period."""
    months = MONTHS[PeriodKind(kind)]
    if start.day != 1 or (start.month - 1) % months:
        words = {1: "每月1日", 3: "季度首月1日", 12: "1月1日"}[months]
        raise Refusal("return.period-start", f"{PeriodKind(kind).label}的报告期应从{words}开始。")
    return shifted(start, months)


def start_before(kind: str, start: date) -> date:
    """Where the period before begins."""
    return shifted(start, -MONTHS[PeriodKind(kind)])


def year_before(start: date) -> date:
    """Where the same period of the year before begins."""
    return shifted(start, -12)


def last_day(stop: date) -> date:
    """The last day of a period that ends before `stop`."""
    return stop - timedelta(days=1)


def containing(kind: str, day: date) -> date:
    """Where the period that holds the day begins."""
    months = MONTHS[PeriodKind(kind)]
    return date(day.year, (day.month - 1) // months * months + 1, 1)
