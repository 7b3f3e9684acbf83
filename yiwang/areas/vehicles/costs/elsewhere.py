"""What cars cost by registers of their life: repairs, policies and fines. One that has a bill too is counted by the bill."""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from yiwang.areas.vehicles.costs.models import Cost, CostKind
from yiwang.areas.vehicles.life.models import Insurance, Maintenance, Violation

#: Kind of cost → the register and its day.
ELSEWHERE: dict[CostKind, tuple[type[Any], str]] = {
    CostKind.REPAIR: (Maintenance, "on_date"),
    CostKind.INSURANCE: (Insurance, "starts_date"),
    CostKind.FINE: (Violation, "on_date"),
}


def unbilled(kind: CostKind) -> QuerySet[Any]:
    """The rows of the register of this kind that have an amount and no bill: a bill of the car with the same number."""
    model: type[Any] = ELSEWHERE[kind][0]
    billed = Cost.objects.filter(vehicle=OuterRef("vehicle"), number=OuterRef("number"))
    rows: QuerySet[Any] = model.objects.exclude(amount=None)
    return rows.exclude(Exists(billed))
