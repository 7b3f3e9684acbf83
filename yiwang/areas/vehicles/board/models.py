"""排班方案: what the planner proposes for a day of a pool, line by line; and trips that could share a car."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from yiwang.areas.vehicles.life.models import Vehicle
from yiwang.areas.vehicles.trips.models import Driver, Trip
from yiwang.core.orgs.models import Scoped, ScopedQuerySet
from yiwang.core.rights.models import User


class DayPlanState(models.TextChoices):
    """What became of a plan."""

    PROPOSED = "PROPOSED", "待采用"
    ACCEPTED = "ACCEPTED", "已采用"
    DISCARDED = "DISCARDED", "已放弃"


class DayPlan(Scoped):
    """排班方案 of `organ` (with all below it) for a day. Costs in fen: of the plan, of first come first served, and the bound.

    One proposed plan a pool and day; making another discards it. `job`: the background job that still improves it.
    """

    day = models.DateField("日期")
    state = models.CharField("状态", max_length=10, choices=DayPlanState.choices, default=DayPlanState.PROPOSED)
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="排班人")
    made_at = models.DateTimeField("排班时间")
    solver = models.CharField("算法", max_length=20, blank=True)
    cost = models.BigIntegerField("方案成本", default=0)
    fcfs = models.BigIntegerField("先到先派成本", null=True, blank=True)
    bound = models.BigIntegerField("成本下界", null=True, blank=True)
    unserved = models.JSONField("没有排上", default=list)  # [{"trip": id, "number": …, "code": …, "sentence": …}]
    notes = models.JSONField("说明", default=list)
    job = models.BigIntegerField("后台任务", null=True, blank=True)
    ended_at = models.DateTimeField("办结时间", null=True, blank=True)

    objects = ScopedQuerySet["DayPlan"].as_manager()

    class Meta(Scoped.Meta):
        verbose_name = "排班方案"
        constraints = [
            models.CheckConstraint(condition=Q(state__in=DayPlanState.values), name="day_plan_state_known"),
            models.UniqueConstraint(
                fields=["organ", "day"], condition=Q(state="PROPOSED"), name="day_plan_one_proposed"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organ} {self.day}"


class WayFactor(models.Model):
    """绕行系数 of ways from so many metres on (great circle), as our own cars drove them: medians and how many ways they rest on."""

    least = models.PositiveIntegerField("直线距离起", unique=True)
    factor = models.DecimalField("绕行系数", max_digits=5, decimal_places=3)
    kmh = models.DecimalField("时速", max_digits=5, decimal_places=1)
    sample = models.PositiveIntegerField("样本数")
    at = models.DateTimeField("校准时间")

    class Meta:
        verbose_name = "绕行系数"
        ordering = ("least",)
        constraints = [models.CheckConstraint(condition=Q(factor__gte=1, kmh__gt=0), name="way_factor_sound")]

    def __str__(self) -> str:
        return f"{self.least} m: {self.factor}"


class DayLineState(models.TextChoices):
    """What became of a line."""

    PROPOSED = "PROPOSED", "待采用"
    ACCEPTED = "ACCEPTED", "已派车"
    REFUSED = "REFUSED", "没有派成"
    DISCARDED = "DISCARDED", "未采用"


class DayPlanLine(models.Model):
    """One trip of a plan with its car and driver. `before`: the car it has now, where the plan would change it.

    `leave_at` is when the car sets out for it. Metres; fen.
    """

    plan = models.ForeignKey(DayPlan, models.CASCADE, related_name="lines", verbose_name="方案")
    trip = models.ForeignKey(Trip, models.PROTECT, related_name="+", verbose_name="用车")
    vehicle = models.ForeignKey(Vehicle, models.PROTECT, related_name="+", verbose_name="车辆")
    driver = models.ForeignKey(Driver, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="驾驶员")
    before = models.ForeignKey(
        Vehicle, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="原派车辆"
    )
    kept = models.BooleanField("与现在一样", default=False)
    leave_at = models.DateTimeField("出场")
    empty_metres = models.PositiveIntegerField("空驶", default=0)
    loaded_metres = models.PositiveIntegerField("载客行驶", default=0)
    cost = models.BigIntegerField("成本", default=0)
    why = models.CharField("理由", max_length=300, blank=True)
    state = models.CharField("状态", max_length=10, choices=DayLineState.choices, default=DayLineState.PROPOSED)
    said = models.CharField("没有派成的原因", max_length=300, blank=True)

    class Meta:
        verbose_name = "排班明细"
        ordering = ("leave_at", "pk")
        constraints = [
            models.UniqueConstraint(fields=["plan", "trip"], name="day_plan_line_once"),
            models.CheckConstraint(condition=Q(state__in=DayLineState.values), name="day_plan_line_state_known"),
        ]

    def __str__(self) -> str:
        return f"{self.trip} {self.vehicle}"


class PoolingState(models.TextChoices):
    """How far a suggestion has come."""

    SUGGESTED = "SUGGESTED", "待各方同意"
    AGREED = "AGREED", "已拼车"
    DECLINED = "DECLINED", "不拼"


class Pooling(Scoped):
    """拼车建议 of `organ` for a day: trips that could share a car if all agree. `saving` in fen.

    When all have agreed the trips become one: that of `host`, with one car and one driver.
    """

    day = models.DateField("日期")
    state = models.CharField("状态", max_length=10, choices=PoolingState.choices, default=PoolingState.SUGGESTED)
    saving = models.BigIntegerField("约省")
    sentence = models.CharField("说明", max_length=500)
    host = models.ForeignKey(Trip, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="主单")
    made_at = models.DateTimeField("提出时间")
    ended_at = models.DateTimeField("办结时间", null=True, blank=True)

    objects = ScopedQuerySet["Pooling"].as_manager()

    class Meta(Scoped.Meta):
        verbose_name = "拼车建议"
        indexes = [*Scoped.Meta.indexes, models.Index(fields=["organ", "day"], name="pooling_day")]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=PoolingState.values), name="pooling_state_known"),
        ]

    def __str__(self) -> str:
        return f"{self.organ} {self.day}"


class PoolMember(models.Model):
    """One trip of a suggestion: when it is picked up and set down, and who said yes for it."""

    pooling = models.ForeignKey(Pooling, models.CASCADE, related_name="members", verbose_name="拼车建议")
    trip = models.ForeignKey(Trip, models.PROTECT, related_name="poolings", verbose_name="用车")
    pickup_at = models.DateTimeField("上车")
    arrival_at = models.DateTimeField("下车")
    shift_minutes = models.SmallIntegerField("比原定晚", default=0)
    detour_minutes = models.PositiveSmallIntegerField("路上多", default=0)
    agreed_at = models.DateTimeField("同意时间", null=True, blank=True)
    agreed_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="同意人")

    class Meta:
        verbose_name = "拼车成员"
        ordering = ("pickup_at", "pk")
        constraints = [models.UniqueConstraint(fields=["pooling", "trip"], name="pool_member_once")]

    def __str__(self) -> str:
        return str(self.trip)
