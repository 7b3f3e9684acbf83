"""Readings of meters, and what was used of them by month and organ. Quantities in thousandths of the kind's unit."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import Q

from yiwang.areas.energy.meters.models import KINDS, Meter
from yiwang.core.orgs.models import Scoped, ScopedQuerySet
from yiwang.core.rights.models import User


class Source(models.TextChoices):
    """Where a reading comes from."""

    HAND = "HAND", "手工抄表"
    FILE = "FILE", "文件导入"
    METER = "METER", "自动采集"
    OTHER = "OTHER", "接口写入"


class Reading(Scoped):
    """抄表: what the dial showed at the beginning of a day. `start`: where the new meter began, if it was replaced then.

    `multiplier`: of the time from this reading on, where it changed. `estimated`: nobody read it.
    """

    meter = models.ForeignKey(Meter, models.PROTECT, related_name="readings", verbose_name="计量器具")
    day = models.DateField("日期")
    value = models.DecimalField("读数", max_digits=14, decimal_places=3)
    start = models.DecimalField("新表起数", max_digits=14, decimal_places=3, null=True, blank=True)
    multiplier = models.DecimalField("新倍率", max_digits=10, decimal_places=3, null=True, blank=True)
    rolled = models.BooleanField("过零", default=False)
    estimated = models.BooleanField("估读", default=False)
    source = models.CharField("来源", max_length=5, choices=Source.choices, default=Source.HAND)
    user = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="抄表人")
    note = models.CharField("说明", max_length=120, blank=True)

    objects = ScopedQuerySet["Reading"].as_manager()

    class Meta(Scoped.Meta):
        verbose_name = "抄表记录"
        indexes = [*Scoped.Meta.indexes, models.Index(fields=["day", "id"], name="reading_day")]
        constraints = [
            models.UniqueConstraint(
                fields=["meter", "day"], name="reading_once", violation_error_message="这块表这一天已有读数。"
            ),
            models.CheckConstraint(condition=Q(value__gte=0), name="reading_value"),
            models.CheckConstraint(condition=Q(start=None) | Q(start__gte=0), name="reading_start"),
            models.CheckConstraint(condition=Q(multiplier=None) | Q(multiplier__gt=0), name="reading_multiplier"),
        ]

    def __str__(self) -> str:
        return f"{self.meter_id} {self.day} {self.value}"


class UseMonthQuerySet(ScopedQuerySet["UseMonth"]):
    """What was used."""

    def counted(self) -> Self:
        """Without sub-meters and the parts of virtual ones: sums never count twice."""
        return self.filter(counted=True)


class UseMonth(Scoped):
    """月用量: an organ's part of a meter's use in a month, worked out from readings, bills and shares; never typed.

    `month` is its first day; `days` of it are covered by readings or bills.
    """

    stays_with_organ = True

    meter = models.ForeignKey(Meter, models.CASCADE, related_name="uses", verbose_name="计量器具")
    kind = models.CharField("能源种类", max_length=11, choices=KINDS)
    month = models.DateField("月份")
    quantity = models.BigIntegerField("用量")
    fen = models.BigIntegerField("费用", default=0)
    days = models.PositiveSmallIntegerField("有数天数")
    estimated = models.BooleanField("含估读", default=False)
    counted = models.BooleanField("计入总量", default=True)

    objects = UseMonthQuerySet.as_manager()

    class Meta(Scoped.Meta):
        verbose_name = "月用量"
        indexes = [
            *Scoped.Meta.indexes,
            models.Index(fields=["organ", "month", "kind"], name="usemonth_organ"),
            models.Index(fields=["month", "kind"], name="usemonth_month"),
        ]
        constraints = [models.UniqueConstraint(fields=["meter", "organ", "month"], name="usemonth_once")]

    def __str__(self) -> str:
        return f"{self.meter_id} {self.month:%Y-%m} {self.quantity}"


class HourValue(models.Model):
    """自动采集: what a meter that reports by itself showed last within an hour. `hour`: hours since 1970 (UTC).

    A reading that comes again, or late within its hour, changes nothing or moves `at` on: nothing is counted twice.
    """

    meter = models.ForeignKey(Meter, models.CASCADE, related_name="+", verbose_name="计量器具")
    hour = models.IntegerField("小时")
    at = models.BigIntegerField("时刻")
    value = models.BigIntegerField("读数")

    class Meta:
        verbose_name = "小时读数"
        constraints = [models.UniqueConstraint(fields=["meter", "hour"], name="hourvalue_once")]

    def __str__(self) -> str:
        return f"{self.meter_id} {self.hour} {self.value}"


class NightMonth(models.Model):
    """夜间用能: what an hourly read meter used in a month at night and in all, over the hours that were read on both sides.

    In thousandths of the dial, worked out from `HourValue` (`mqtt.nights`), never typed.
    """

    meter = models.ForeignKey(Meter, models.CASCADE, related_name="+", verbose_name="计量器具")
    month = models.DateField("月份")
    night = models.BigIntegerField("夜间用量")
    whole = models.BigIntegerField("用量")
    hours = models.PositiveSmallIntegerField("有数小时")

    class Meta:
        verbose_name = "夜间用能"
        constraints = [models.UniqueConstraint(fields=["meter", "month"], name="nightmonth_once")]

    def __str__(self) -> str:
        return f"{self.meter_id} {self.month:%Y-%m}"
