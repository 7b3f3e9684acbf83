"""Degree days of a place by month, for weather normalisation."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from yiwang.core.orgs.models import Scoped, ScopedQuerySet


class WeatherMonth(Scoped):
    """度日: heating (18 ℃) and cooling (26 ℃) degree days of a month, as GB 50176 defines them. Serves `organ` and all below."""

    month = models.DateField("月份", help_text="写当月 1 日")
    heating = models.DecimalField("采暖度日 HDD18", max_digits=7, decimal_places=1)
    cooling = models.DecimalField("空调度日 CDD26", max_digits=7, decimal_places=1)
    station = models.CharField("气象站", max_length=60, blank=True)

    objects = ScopedQuerySet["WeatherMonth"].as_manager()

    class Meta(Scoped.Meta):
        verbose_name = "度日"
        indexes = [*Scoped.Meta.indexes, models.Index(fields=["month", "id"], name="weathermonth_month")]
        constraints = [
            models.CheckConstraint(
                condition=Q(heating__gte=0, cooling__gte=0),
                name="weathermonth_figures",
                violation_error_message="度日不能小于 0。",
            ),
            models.UniqueConstraint(
                fields=["organ", "month"], name="weathermonth_once", violation_error_message="这个月的度日已登记。"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m}"
