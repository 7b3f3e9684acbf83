"""The state holidays that ship with the platform: years that the table does not know yet are filled in."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path

import yaml

from yiwang.core.workdays.models import CalendarRevision, Holiday

FILE = Path(__file__).parent / "data" / "holidays.yaml"


@lru_cache(maxsize=1)
def _years() -> list[dict[str, object]]:
    years: list[dict[str, object]] = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return years


def shipped() -> Iterator[Holiday]:
    """Unsaved rows of the file."""
    for year in _years():
        number = str(year.get("number", ""))
        for holiday in year["holidays"]:  # type: ignore[attr-defined]
            first, last = holiday["free"]
            off = [first + timedelta(days=one) for one in range((last - first).days + 1)]
            days: list[tuple[date, bool]] = [(day, False) for day in off]
            days += [(day, True) for day in holiday.get("worked", ())]
            for day, works in days:
                yield Holiday(day=day, works=works, name=holiday["name"], number=number, verified=bool(number))


def fill(using: str = "default") -> int:
    """Write the shipped days of years that have no row yet; how many. A year that somebody keeps is left alone."""
    known = {day.year for day in Holiday.objects.using(using).values_list("day", flat=True)}
    rows = [row for row in shipped() if row.day.year not in known]
    Holiday.objects.using(using).bulk_create(rows)
    if rows:
        renew(using)
    return len(rows)


def renew(using: str = "default") -> None:
    """A new token: calendars in memory are out of date."""
    CalendarRevision.objects.using(using).update_or_create(pk=1, defaults={"token": uuid.uuid4().hex})
