"""用车统计: the figures of a month by organ, use and kind, worked out again while the month still changes; and 公示."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import F, Q

from yiwang.areas.vehicles.life.models import Body, Energy, Use
from yiwang.core.orgs.models import Scoped, ScopedQuerySet
from yiwang.core.rights.models import User


class FleetMonth(Scoped):
    """What the cars of an organ of one use, body and energy did in a month: sums, so that rows add up to any subtree.

    Days are car-days on working days; metres and fen; `rides` are journeys asked for, those that shared a car counted
    each, `pooled` are those that shared one. Derived from the registers by `stats.refresh`: no act of anybody.
    """

    month = models.DateField("月份")
    use = models.CharField("用途", max_length=14, choices=Use.choices)
    body = models.CharField("车型", max_length=8, choices=Body.choices)
    energy = models.CharField("能源", max_length=12, choices=Energy.choices)
    cars = models.PositiveIntegerField("车辆数", default=0)
    able = models.PositiveIntegerField("可用车日", default=0)
    used = models.PositiveIntegerField("出车车日", default=0)
    trips = models.PositiveIntegerField("出车次数", default=0)
    on_time = models.PositiveIntegerField("准点出车", default=0)
    rides = models.PositiveIntegerField("用车单数", default=0)
    pooled = models.PositiveIntegerField("拼车单数", default=0)
    metres = models.BigIntegerField("行驶米", default=0)
    empty = models.BigIntegerField("空驶米", default=0)
    cost = models.BigIntegerField("费用", default=0)
    energy_cost = models.BigIntegerField("油电费用", default=0)

    objects = ScopedQuerySet["FleetMonth"].as_manager()

    class Meta(Scoped.Meta):
        verbose_name = "用车月度统计"
        indexes = [*Scoped.Meta.indexes, models.Index(fields=["month", "organ"], name="fleet_month_organ")]
        constraints = [
            models.UniqueConstraint(fields=["organ", "month", "use", "body", "energy"], name="fleet_month_once"),
            models.CheckConstraint(
                condition=Q(on_time__lte=F("trips"), empty__gte=0, empty__lte=F("metres"), pooled__lte=F("rides")),
                name="fleet_month_shares",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organ} {self.month:%Y-%m}"


class MonthRun(models.Model):
    """When the figures of a month were worked out last."""

    month = models.DateField("月份", unique=True)
    at = models.DateTimeField("统计时间")

    class Meta:
        verbose_name = "统计时间"

    def __str__(self) -> str:
        return f"{self.month:%Y-%m}"


class Publicity(Scoped):
    """公务用车公示 of `organ` and all below it for a quarter: figures that stay as they were published.

    `figures` as shown; `digest` is the hash of them. A correction is the next version, which says why; nothing is changed.
    """

    stays_with_organ = True

    year = models.PositiveSmallIntegerField("年度")
    quarter = models.PositiveSmallIntegerField("季度")
    version = models.PositiveSmallIntegerField("版次", default=1)
    figures: models.JSONField[Any, Any] = models.JSONField("公示内容")
    digest = models.CharField("摘要", max_length=64)
    reason = models.CharField("更正说明", max_length=200, blank=True)
    published_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="公示人")
    published_at = models.DateTimeField("公示时间")

    objects = ScopedQuerySet["Publicity"].as_manager()

    class Meta(Scoped.Meta):
        verbose_name = "公务用车公示"
        constraints = [
            models.UniqueConstraint(fields=["organ", "year", "quarter", "version"], name="publicity_once"),
            models.CheckConstraint(condition=Q(quarter__gte=1, quarter__lte=4), name="publicity_quarter"),
            models.CheckConstraint(condition=Q(version=1) | ~Q(reason=""), name="publicity_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.organ} {self.year} 年第 {self.quarter} 季度"
