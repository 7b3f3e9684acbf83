"""When a patrol is due: the year in as many equal spans as the plan has rounds. Pure functions of days."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import pairwise

from yiwang.areas.services.patrols.models import PatrolPlan

Window = tuple[date, date]  # the first day, and the day before which the round must be done


def year_windows(year: int, times: int) -> list[Window]:
    """The half-open spans of a year: 4 rounds make quarters to the day, 24 half months; nothing is left between them."""
    first = date(year, 1, 1)
    length = (date(year + 1, 1, 1) - first).days
    edges = [first + timedelta(days=length * number // times) for number in range(times + 1)]
    return list(pairwise(edges))


def windows(plan: PatrolPlan, since: date, on: date) -> Iterator[Window]:
    """The spans of a plan that begin from `since` up to `on`, cut to the period of the plan, in order."""
    stop = plan.valid_to or date.max
    for year in range(max(since, plan.valid_from).year, on.year + 1):
        for start, due in year_windows(year, plan.times):
            begin, end = max(start, plan.valid_from), min(due, stop)
            if since <= begin <= on and begin < end:
                yield begin, end
