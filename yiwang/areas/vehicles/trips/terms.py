"""约定: what holds for the trips of a pool from a day on. Prices in fen, periods half-open.

A pool is an organ with all that stands below it; the nearest rule or tariff above an organ is the one that counts.
"""

from __future__ import annotations

from datetime import date
from typing import Self, TypeVar

from django.db import models
from django.db.models import F, Q

from yiwang.areas.vehicles.life.models import Body
from yiwang.core.orgs.models import Dated, Organ, Scoped, ScopedQuerySet

M = TypeVar("M", bound=models.Model)


class TermsQuerySet(ScopedQuerySet[M]):
    """Terms as of a day, and those of the organs above one."""

    def in_force(self, on: date) -> Self:
        """valid_from ≤ day < valid_to."""
        return self.filter(Q(valid_to=None) | Q(valid_to__gt=on), valid_from__lte=on)

    def above(self, organ: Organ) -> Self:
        """Those of the organ itself and of the organs above it, the nearest first."""
        keys = [getattr(organ, f"l{level}") for level in range(1, organ.depth + 1)]
        return self.filter(organ__in=keys).order_by("-organ__depth", "-valid_from")


def _half_open(name: str) -> models.CheckConstraint:
    return models.CheckConstraint(
        condition=Q(valid_to=None) | Q(valid_to__gt=F("valid_from")),
        name=name,
        violation_error_message="止日要晚于起日。",
    )


def _positive(name: str, *columns: str) -> models.CheckConstraint:
    return models.CheckConstraint(
        condition=Q(**{f"{column}__gte": 0 for column in columns}),
        name=name,
        violation_error_message="金额不能小于 0。",
    )


class YesNo(models.TextChoices):
    """A choice that forms and workbooks show as 是 or 否."""

    YES = "YES", "是"
    NO = "NO", "否"


class PoolRule(Scoped, Dated):
    """调度规则 of a pool. Minutes, but `papers_hours`: the hours in which an urgent trip brings its papers."""

    papers_hours = models.PositiveSmallIntegerField("紧急用车补办小时", default=24)
    before_minutes = models.PositiveSmallIntegerField("出车前准备分钟", default=15)
    after_minutes = models.PositiveSmallIntegerField("收车后整备分钟", default=15)
    duty_minutes = models.PositiveSmallIntegerField("驾驶员每日执勤分钟", default=600)
    rest_minutes = models.PositiveSmallIntegerField("隔夜休息分钟", default=480)
    absent_minutes = models.PositiveSmallIntegerField("乘车人未到等候分钟", default=30)
    sealing = models.CharField("节假日封存停驶", max_length=3, choices=YesNo.choices, default=YesNo.YES)
    own_depot = models.CharField("只派本车场的驾驶员", max_length=3, choices=YesNo.choices, default=YesNo.NO)

    objects = TermsQuerySet["PoolRule"].as_manager()

    class Meta(Scoped.Meta):
        verbose_name = "调度规则"
        constraints = [_half_open("pool_rule_half_open")]

    def __str__(self) -> str:
        return f"{self.organ} {self.valid_from}"


class Tariff(Scoped, Dated):
    """用车收费标准 of a pool for a body ("": any). Waiting beyond `free_minutes`, overtime outside office hours."""

    body = models.CharField("车型", max_length=8, choices=Body.choices, blank=True)
    per_trip = models.BigIntegerField("每次", default=0)
    per_km = models.BigIntegerField("每公里", default=0)
    per_hour = models.BigIntegerField("每小时", default=0)
    waiting_hour = models.BigIntegerField("等候每小时", default=0)
    free_minutes = models.PositiveIntegerField("免费等候分钟", default=30)
    overtime_hour = models.BigIntegerField("非工作时间每小时加收", default=0)
    approval = models.CharField("依据文件", max_length=80, blank=True)

    objects = TermsQuerySet["Tariff"].as_manager()

    class Meta(Scoped.Meta):
        verbose_name = "用车收费标准"
        constraints = [
            _half_open("tariff_half_open"),
            _positive("tariff_positive", "per_trip", "per_km", "per_hour", "waiting_hour", "overtime_hour"),
        ]

    def __str__(self) -> str:
        return f"{self.organ} {self.get_body_display() or '各车型'}"


class Sharing(Scoped, Dated):
    """共享约定: `organ` lends cars of its pool to `borrower` and the organs below it, at these prices.

    `asking`: whether the lender is asked each time.
    """

    borrower = models.ForeignKey(Organ, models.PROTECT, related_name="+", verbose_name="调用范围(含下级)")
    asking = models.CharField("每次须车辆所属单位同意", max_length=3, choices=YesNo.choices, default=YesNo.YES)
    per_km = models.BigIntegerField("每公里", default=0)
    per_hour = models.BigIntegerField("每小时", default=0)
    per_trip = models.BigIntegerField("每次", default=0)

    objects = TermsQuerySet["Sharing"].as_manager()

    class Meta(Scoped.Meta):
        verbose_name = "共享约定"
        constraints = [
            _half_open("sharing_half_open"),
            _positive("sharing_positive", "per_km", "per_hour", "per_trip"),
        ]

    def __str__(self) -> str:
        return f"{self.organ} → {self.borrower}"

    @property
    def consent(self) -> bool:
        """Whether the lender is asked each time."""
        return self.asking == YesNo.YES
