"""A sign on its way into the register: what a rule found, in the words and figures that are kept."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from yiwang.areas.vehicles.watch import evidence
from yiwang.areas.vehicles.watch.loading import Batch, midnight
from yiwang.areas.vehicles.watch.moves import Hit
from yiwang.areas.vehicles.watch.rules import RULES

CENT = Decimal("0.01")


@dataclass(frozen=True)
class Found:
    """One sign as found now. `organ`, `order`, `vehicle`: ids."""

    subject: str
    rule: str
    vehicle: int
    organ: int
    day: date
    measure: Decimal
    threshold: Decimal
    note: str
    began_at: datetime | None = None
    ended_at: datetime | None = None
    order: int | None = None
    evidence: dict[str, Any] = field(default_factory=dict)


def of_hit(batch: Batch, hit: Hit) -> Found:
    """A hit of a rule over points."""
    car = batch.cars[hit.car]
    order = batch.assignments[hit.order] if hit.order >= 0 else None
    bound = RULES[hit.rule].key in ("AREA", "DETOUR", "ODOMETER") and order is not None
    tail = f"o{order.pk}" if bound and order else f"{batch.day:%Y%m%d}"
    start = midnight(batch.day)
    began, ended = (start + timedelta(seconds=round(moment)) for moment in (hit.began, hit.ended))
    return Found(
        subject=f"{hit.rule}:{car.pk}:{tail}",
        rule=hit.rule,
        vehicle=car.pk,
        organ=car.organ,
        day=batch.day,
        measure=decimal(hit.measure),
        threshold=decimal(batch.table.limits[hit.rule][hit.car]),
        note=_note(batch, hit, began, ended),
        began_at=began,
        ended_at=ended,
        order=order.pk if order else None,
        evidence=evidence.of_hit(batch, hit),
    )


def decimal(value: float) -> Decimal:
    """Two places, as kept."""
    return Decimal(str(round(value, 4))).quantize(CENT)


def _note(batch: Batch, hit: Hit, began: datetime, ended: datetime) -> str:
    """One sentence of when, what and how far."""
    span = f"{timezone.localtime(began):%H:%M} 至 {timezone.localtime(ended):%H:%M}"
    driven = float(batch.points.driven[hit.first : hit.last].sum()) / 1000
    order = batch.assignments[hit.order].trip.number if hit.order >= 0 else ""
    words = {
        "MOVED": f"没有派车单,离开原地最远 {hit.measure / 1000:.1f} 公里,行驶 {driven:.1f} 公里",
        "HOURS": f"{_rest(batch)}行驶 {hit.measure:.1f} 公里,没有应急派车单",
        "AREA": f"派车单 {order},离批准的路线和范围最远 {hit.measure:.1f} 公里",
        "DETOUR": f"派车单 {order},行驶 {driven:.1f} 公里,比计划路线多 {hit.measure:.0f}%",
        "STOP": f"在“{batch.listed[hit.place].name if hit.place >= 0 else ''}”停留 {hit.measure:.0f} 分钟",
        "SPEED": f"最高车速 {hit.measure:.0f} 公里/小时",
        "ODOMETER": f"派车单 {order},轨迹里程 {driven:.1f} 公里,与里程表相差 {hit.measure:.0f}%",
    }
    return f"{span},{words[hit.rule]}。"


def _rest(batch: Batch) -> str:
    return "非工作时段" if batch.table.workday else "休息日"
