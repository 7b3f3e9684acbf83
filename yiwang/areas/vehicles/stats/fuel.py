"""vehicles.fuel_month: what the cars filled and charged by month, by the bills. One query and the organs' names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Case, CharField, Count, Q, Sum, Value, When
from django.db.models.functions import TruncMonth

from yiwang.areas.vehicles.costs.models import ENERGY, Cost, CostKind
from yiwang.areas.vehicles.life.models import Powertrain
from yiwang.areas.vehicles.stats.datasets import FUELS
from yiwang.core.orgs.models import Organ
from yiwang.kit.among import Among  # noqa: F401 (registers the look-up)

#: What was filled: what the bill says, else what the car runs on, else petrol.
FUEL = Case(
    When(kind=CostKind.CHARGE, then=Value("电")),
    When(item__contains="柴", then=Value("柴油")),
    When(Q(item__contains="汽油") | Q(item__contains="#") | Q(item__contains="号"), then=Value("汽油")),
    When(item__contains="气", then=Value("天然气")),
    When(vehicle__powertrain=Powertrain.DIESEL, then=Value("柴油")),
    When(vehicle__powertrain=Powertrain.GAS, then=Value("天然气")),
    default=Value("汽油"),
    output_field=CharField(),
)


@dataclass(frozen=True, slots=True)
class Fuel:
    """What an organ filled of one fuel in a month: the fuel's unit, fen, and how many bills of it have no quantity."""

    organ: int
    month: date
    fuel: str
    quantity: Decimal
    amount: int
    bills: int
    unquantified: int


def fuel_rows(within: Organ, first: date, after: date) -> Iterator[Fuel]:
    """The bills of [first, after) of the subtree, summed up by organ, month and fuel."""
    rows = Cost.objects.filter(kind__in=ENERGY, day__gte=first, day__lt=after, **{f"l{within.depth}": within.pk})
    summed = (
        rows.order_by()
        .annotate(month=TruncMonth("day"), fuel=FUEL)
        .values_list("organ_id", "month", "fuel")
        .annotate(Sum("quantity"), Sum("amount"), n=Count("pk"), unknown=Count("pk", filter=Q(quantity=None)))
        .order_by("organ_id", "month", "fuel")
    )
    for organ, month, fuel, quantity, amount, bills, unknown in summed:
        yield Fuel(organ, month, fuel, Decimal(quantity or 0), amount, bills, unknown)


def month_rows(*, within: Organ, since: date, until: date) -> Iterator[Mapping[str, Any]]:
    """The months that begin in [since, until)."""
    first, after = _begins(since), _begins(until)
    found = list(fuel_rows(within, first, after)) if first < after else []
    organs = {
        pk: (name, region)
        for pk, name, region in Organ.objects.filter(pk__among=list({row.organ for row in found})).values_list(
            "pk", "name", "region_id"
        )
    }
    for row in found:
        name, region = organs[row.organ]
        yield {
            "organ_id": row.organ,
            "organ": name,
            "region": region,
            "on": row.month,
            "month": row.month,
            "fuel": row.fuel,
            "quantity": row.quantity,
            "unit": FUELS[row.fuel],
            "amount": row.amount,
            "bills": row.bills,
            "unquantified": row.unquantified,
        }


def _begins(day: date) -> date:
    """The first month that begins on the day or after it."""
    return day if day.day == 1 else date(day.year + (day.month == 12), day.month % 12 + 1, 1)
