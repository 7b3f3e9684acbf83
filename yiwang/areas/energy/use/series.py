"""Figures by organ, kind and month: what warnings, forecasts, indicators and returns are made of. One query each."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import cast

from django.db.models import Case, Max, QuerySet, Sum, When
from django.db.models.fields import IntegerField

from yiwang.areas.energy.use.models import UseMonth


@dataclass(frozen=True, slots=True)
class Figure:
    """What was used: quantity in the kind's unit, money in fen; `estimated`: part of it is."""

    quantity: Decimal
    fen: int
    estimated: bool = False


Series = dict[date, Figure]


def monthly(rows: QuerySet[UseMonth], since: date, until: date) -> dict[tuple[int, str], Series]:
    """(organ, kind) → month (first day) → figure, for months in [since, until), in their order. A month without a
    figure is absent, never 0. `rows`: within the caller's rights, `UseMonth.objects.counted()` for totals.
    """
    found: dict[tuple[int, str], Series] = {}
    for organ, kind, month, quantity, fen, estimated in _grouped(rows, since, until, "organ_id"):
        found.setdefault((organ, kind), {})[month] = Figure(Decimal(quantity) / 1000, fen, bool(estimated))
    return found


def by_meter(rows: QuerySet[UseMonth], since: date, until: date) -> dict[tuple[int, str], Series]:
    """(meter, kind) → month → figure, as `monthly`."""
    found: dict[tuple[int, str], Series] = {}
    for meter, kind, month, quantity, fen, estimated in _grouped(rows, since, until, "meter_id"):
        found.setdefault((meter, kind), {})[month] = Figure(Decimal(quantity) / 1000, fen, bool(estimated))
    return found


def _grouped(
    rows: QuerySet[UseMonth], since: date, until: date, by: str
) -> Iterable[tuple[int, str, date, int, int, int]]:
    doubt = Case(When(estimated=True, then=1), default=0, output_field=IntegerField())
    within = rows.filter(month__gte=since, month__lt=until).order_by(by, "kind", "month")
    summed = within.values(by, "kind", "month").annotate(q=Sum("quantity"), f=Sum("fen"), e=Max(doubt))
    return cast(
        "Iterable[tuple[int, str, date, int, int, int]]", summed.values_list(by, "kind", "month", "q", "f", "e")
    )
