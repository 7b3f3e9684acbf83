"""What the pages of a meter show: its months, its readings with what was used between them, who shares it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import pairwise

from django.db.models import OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from yiwang.areas.energy.meters.models import WHOLE, Form, Meter, MeterShare
from yiwang.areas.energy.use.dial import Mark, step
from yiwang.areas.energy.use.models import Reading, UseMonth
from yiwang.areas.energy.use.series import Figure, by_meter
from yiwang.core.rights.access import Access
from yiwang.core.rights.models import Verb


@dataclass(frozen=True)
class Shown:
    """A reading with what was used since the one before it (None for the first)."""

    reading: Reading
    used: Decimal | None


def history(meter: Meter, most: int = 26) -> list[Shown]:
    """The latest readings, the newest first."""
    rows = list(meter.readings.select_related("user").order_by("-day")[: most + 1])
    rows.reverse()
    found = [Shown(rows[0], None)] if rows and len(rows) <= most else []
    multiplier = meter.multiplier
    for before, after in pairwise(rows):
        multiplier = before.multiplier or multiplier
        found.append(Shown(after, step(_mark(before), _mark(after), meter.digits) * multiplier))
    return found[::-1]


def _mark(row: Reading) -> Mark:
    return Mark(row.day, row.value, row.start, row.multiplier, row.rolled, row.estimated)


def months(meter: Meter, since: date, until: date) -> dict[date, Figure]:
    """What the meter used, whoever bears it."""
    rows = UseMonth.objects.filter(meter=meter)
    return by_meter(rows, since, until).get((meter.pk, meter.kind), {})


def shares(meter: Meter, on: date) -> list[tuple[MeterShare, Decimal]]:
    """Who shares it on the day, with per cent."""
    rows = meter.shares.filter(valid_from__lte=on).exclude(valid_to__lte=on).select_related("organ")
    return [(one, Decimal(one.part) * 100 / WHOLE) for one in rows.order_by("-part", "pk")]


@dataclass(frozen=True)
class Due:
    """A meter whose reading of this month is wanted; `last`: the day and the figure of the latest one."""

    meter: Meter
    last: date | None
    value: Decimal | None
    due: date
    late: int


def due(access: Access, today: date, *, most: int = 200) -> list[Due]:
    """Meters that the user may read whose reading of the month is due by today and not there. One query.

    A reading within the five days before the due day counts for it.
    """
    latest = Reading.objects.filter(meter=OuterRef("pk")).order_by("-day")
    rows: QuerySet[Meter] = access.scope(Meter.objects.filter(form=Form.INDEX, valid_from__lte=today), Verb.WRITE)
    rows = rows.exclude(valid_to__lte=today).select_related("organ")
    rows = rows.annotate(
        last=Subquery(latest.values("day")[:1]),
        shown=Subquery(latest.values("value")[:1]),
        began=Coalesce(Subquery(latest.values("start")[:1]), Subquery(latest.values("value")[:1])),
    )
    found = []
    for one in rows.order_by("organ__sort_key", "sort_key", "pk"):
        wanted = today.replace(day=one.read_day)
        if wanted > today or (one.last and (wanted - one.last).days <= 5):
            continue
        found.append(Due(one, one.last, one.began, wanted, (today - wanted).days))
    return found[:most]


def named(access: Access, number: str) -> Meter | None:
    """The meter of this number that the user may write."""
    rows: QuerySet[Meter] = access.scope(Meter.objects.filter(number=number), Verb.WRITE)
    return rows.select_related("organ").first()


def line_of(months: dict[date, Figure], places: Sequence[date]) -> list[Decimal | None]:
    """The quantities at these months, None where there is none."""
    return [months[month].quantity if month in months else None for month in places]
