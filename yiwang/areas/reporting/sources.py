"""The returns as datasets: when they were handed in, and the running costs that they report."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db import models
from django.urls import reverse

from yiwang.areas.reporting.calendar import last_day
from yiwang.areas.reporting.models import PeriodKind, Return
from yiwang.core.orgs.models import Organ
from yiwang.core.registers.computed import register_computed
from yiwang.core.verdicts.sources import SourceRow, register_source

#: The words of the ladder `return_kind` for the schemes that clauses speak of.
KINDS = {"pi-energy": "公共机构能源资源消费统计", "running-cost": "机关运行成本统计"}
_PERIODS = {PeriodKind.MONTH: "月", PeriodKind.QUARTER: "季", PeriodKind.YEAR: "年"}
COSTS = ("operating_expense", "basic_public", "project_part", "total_cost", "staff", "cost_per_capita")


def _rows(on: date, subjects: Collection[str] | None) -> models.QuerySet[Return]:
    rows = Return.objects.filter(period__valid_to__lte=on).select_related("period", "organ").order_by("pk")
    if subjects is not None:
        rows = rows.filter(pk__in=[int(one) for one in subjects if one.isdigit()])
    return rows


def filings(*, on: date, subjects: Collection[str] | None = None) -> Iterator[SourceRow]:
    """reporting.filing: a row for each return of a period that has ended. Subject: the return."""
    for row in _rows(on, subjects).filter(period__scheme__in=KINDS).iterator(2000):
        yield SourceRow(
            subject=str(row.pk),
            label=f"{row.organ_name} {KINDS[row.period.scheme]} {row.period.name}",
            organ_id=row.organ_id,
            region=row.organ.region_id,
            on=on,
            values=_filing(row, on),
            url=reverse("reporting:return", args=[row.pk]),
        )


def _filing(row: Return, on: date) -> dict[str, Any]:
    """The columns of `reporting.filing` as they stand on a day."""
    return {
        "organ": row.organ_name,
        "return_kind": KINDS[row.period.scheme],
        "filing_period": _PERIODS[PeriodKind(row.period.kind)],
        "period_end": last_day(row.period.valid_to),
        "filing_year": Decimal(row.period.due_date.year),
        "submitted": row.first_date,
        "late": (row.first_date or on) > row.due_date,
    }


def filings_due(*, within: Organ, since: date, until: date) -> Iterator[dict[str, Any]]:
    """reporting.filing by query: the returns that fall due in [since, until), late as of its last day."""
    last = until - timedelta(days=1)
    rows = Return.objects.within(within).filter(period__scheme__in=KINDS, due_date__gte=since, due_date__lt=until)
    for row in rows.select_related("period", "organ").order_by("pk").iterator(2000):
        yield {**_filing(row, last), "organ_id": row.organ_id, "region": row.organ.region_id}


def running_costs(*, on: date, subjects: Collection[str] | None = None) -> Iterator[SourceRow]:
    """reporting.running_cost: a row for each running-cost return that was handed in. Subject: the return."""
    rows = _rows(on, subjects).filter(period__scheme="running-cost", current__isnull=False).select_related("current")
    for row in rows.iterator(2000):
        assert row.current is not None
        facts = row.current.facts
        figures = {key: Decimal(facts[key]) if key in facts else None for key in COSTS}
        year = row.period.valid_from.year
        yield SourceRow(
            subject=str(row.pk),
            label=f"{row.organ_name} {year}年运行成本",
            organ_id=row.organ_id,
            region=row.organ.region_id,
            on=last_day(row.period.valid_to),
            values={"organ": row.organ_name, "year": Decimal(year), **figures},
            url=reverse("reporting:return", args=[row.pk]),
        )


register_source("reporting.filing", filings)
register_source("reporting.running_cost", running_costs)
register_computed("reporting.filing", filings_due)
