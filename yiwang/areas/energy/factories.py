"""Rows for tests: institutions, meters, readings. Not for the application."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from itertools import count
from typing import Any

from yiwang.areas.energy.models import Institution, InstitutionYear, Meter, Reading, Tariff
from yiwang.areas.energy.use.computing import recompute
from yiwang.core.orgs.models import Organ
from yiwang.kit.pinyin import sort_key

_numbers = count(1)


def institution(at: Organ, kind: str = "01", **more: Any) -> Institution:
    """An organ in the register since 2020."""
    facts = {"climate_zone": "MILD", "building_class": "A", "valid_from": date(2020, 1, 1), **more}
    row = Institution(organ=at, kind=kind, **facts)
    row.place()
    row.save()
    return row


def year(at: Organ, year: int = 2026, **more: Any) -> InstitutionYear:
    """A hundred persons on two thousand square metres, unless said."""
    row = InstitutionYear(organ=at, year=year, **{"regular": 100, "area": Decimal(2000), **more})
    row.place()
    row.save()
    return row


def meter(at: Organ, kind: str = "ELECTRICITY", **more: Any) -> Meter:
    """A meter since 2020."""
    number = more.pop("number", f"B{next(_numbers):06}")
    facts = {"name": f"{number}号表", "valid_from": date(2020, 1, 1), **more}
    row = Meter(organ=at, kind=kind, number=number, sort_key=sort_key(facts["name"], limit=160), **facts)
    row.place()
    row.save()
    return row


def readings(of: Meter, *marks: tuple[date, str | int], work: bool = True, **more: Any) -> list[Reading]:
    """Readings by day; the months are worked out unless told not to."""
    rows = []
    for day, value in marks:
        row = Reading(meter=of, organ=of.organ, day=day, value=Decimal(value), **more)
        row.place()
        row.save()
        rows.append(row)
    if work:
        recompute([of.pk])
    return rows


def months(of: Meter, since: date, *uses: str | int) -> None:
    """A reading on each first of the month, so that the months use so much."""
    from yiwang.areas.energy.use.spread import following

    value, day = Decimal(0), since
    marks: list[tuple[date, str | int]] = [(day, 0)]
    for one in uses:
        day, value = following(day), value + Decimal(one)
        marks.append((day, str(value)))
    readings(of, *marks)


def tariff(at: Organ, price: str, kind: str = "ELECTRICITY", since: date = date(2020, 1, 1)) -> Tariff:
    """Yuan for a unit."""
    row = Tariff(organ=at, kind=kind, price=Decimal(price), valid_from=since)
    row.place()
    row.save()
    return row
