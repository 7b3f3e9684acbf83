"""One of everything of the watch and of costs for a side."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from yiwang.areas.vehicles.costs.models import Cost, CostBudget, DesignatedSupplier, Statement
from yiwang.areas.vehicles.life.models import Vehicle
from yiwang.areas.vehicles.watch.models import Assessment, ListedPlace, Sign, Threshold, TrackReading
from yiwang.core.orgs.models import Organ, Scoped
from yiwang.core.rights.models import User

Named = Callable[[str], str]


def _saved(row: Scoped) -> int:
    row.place()
    row.save()
    return int(row.pk)


def fill(organ: Organ, car: int, named: Named, user: User) -> dict[str, Any]:
    """Ids by name."""
    now, today = timezone.now(), timezone.localdate()
    vehicle = Vehicle.objects.get(pk=car)
    since = date(2026, 1, 1)
    sign = Sign(
        organ=organ, vehicle=vehicle, subject=f"MOVED:{car}:{today:%Y%m%d}", rule="MOVED", day=today, measure=900,
        threshold=50, note=named("夜里出场"), found_at=now, evidence={"track": [[102.7, 25.0, 0], [102.8, 25.0, 600]]},
    )  # fmt: skip
    statement = Statement(
        organ=organ, merchant=named("石化"), kind="FUEL", file_name=named("对账单"), digest="0", rows=1, kept=1, amount=1,
        user=user, taken_at=now,
    )  # fmt: skip
    _saved(statement)
    cost = Cost(
        organ=organ, vehicle=vehicle, kind="FUEL", number=named("凭证"), merchant=named("石化"), at=now, day=today, amount=1,
        quantity=1, location=named("油站"), note=named("加油备注"), statement=statement,
    )  # fmt: skip
    reading = TrackReading(
        organ=organ, vehicle=vehicle, user=user, since=today, until=today, reason=named("核查投诉"), opened_at=now,
        expires_at=now + timedelta(minutes=30),
    )  # fmt: skip
    _saved(reading)
    _saved(CostBudget(organ=organ, year=2026, amount=100, approval=named("批复")))
    circle = {"longitude": 102, "latitude": 25, "valid_from": since}
    assessment = {
        "purpose": "核查",
        "risk": "行踪",
        "measures": "权限",
        "assessor": named("评估人"),
        "valid_from": since,
    }
    supplier = {"sort_key": "s", "kind": "FUEL", "valid_from": since}
    return {
        "sign": _saved(sign),
        "cost": _saved(cost),
        "vehicles.threshold": _saved(
            Threshold(organ=organ, rule="MOVED", name="上限", value=9, valid_from=since, ground=named("文件"))
        ),
        "vehicles.listed-place": _saved(ListedPlace(organ=organ, name=named("温泉"), kind="SCENIC", **circle)),
        "vehicles.assessment": _saved(
            Assessment(organ=organ, title=named("评估"), valid_to=date(2027, 1, 1), **assessment)
        ),
        "vehicles.designated-supplier": _saved(DesignatedSupplier(organ=organ, name=named("加油站"), **supplier)),
    }
