"""预防性巡检: plans, the rounds they make, and what was seen at each point."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from yiwang.areas.services.catalogue.models import Item
from yiwang.areas.services.orders.models import PatrolObject, Spot, Team, WorkOrder
from yiwang.core.orgs.models import Scoped, ScopedQuerySet
from yiwang.core.places.models import Building
from yiwang.core.rights.models import User


class Makes(models.TextChoices):
    """What a plan makes when it is due."""

    ROUND = "ROUND", "巡检"
    ORDER = "ORDER", "巡检并派保养工单"


class PatrolPlan(Scoped):
    """巡检计划: one object in one building, so many times a year, by a team, over a half-open period."""

    building = models.ForeignKey(Building, models.PROTECT, related_name="+", verbose_name="楼栋")
    patrol_object = models.CharField("巡检对象", max_length=14, choices=PatrolObject.choices)
    times = models.PositiveSmallIntegerField("每年次数")
    team = models.ForeignKey(Team, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="班组")
    makes = models.CharField("到期", max_length=6, choices=Makes.choices, default=Makes.ROUND)
    item = models.ForeignKey(Item, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="服务事项")
    valid_from = models.DateField("起始日期")
    valid_to = models.DateField("终止日期", null=True, blank=True, help_text="当天起不再巡检")

    objects = ScopedQuerySet["PatrolPlan"].as_manager()

    class Meta(Scoped.Meta):
        verbose_name = "巡检计划"
        constraints = [
            models.UniqueConstraint(
                fields=["building", "patrol_object", "valid_from"],
                name="patrol_plan_once",
                violation_error_message="这栋楼的这类对象从同一天起已有巡检计划。",
            ),
            models.CheckConstraint(
                condition=Q(times__gt=0, times__lte=366),
                name="patrol_plan_times",
                violation_error_message="每年次数应为 1 至 366。",
            ),
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gt=F("valid_from")),
                name="patrol_plan_period",
                violation_error_message="终止日期要晚于起始日期。",
            ),
            models.CheckConstraint(
                condition=Q(patrol_object__in=PatrolObject.values),
                name="patrol_plan_object_known",
                violation_error_message="巡检对象不在代码表内。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.building.name} · {self.get_patrol_object_display()}"


class RoundState(models.TextChoices):
    """What became of a round."""

    DUE = "DUE", "待巡检"
    DONE = "DONE", "已巡检"
    MISSED = "MISSED", "漏检"


class Round(Scoped):
    """巡检任务: one due round of a plan, from a day to the day before another."""

    plan = models.ForeignKey(PatrolPlan, models.PROTECT, related_name="rounds", verbose_name="巡检计划")
    start_date = models.DateField("起")
    due_date = models.DateField("应于此日前")
    state = models.CharField("状态", max_length=6, choices=RoundState.choices, default=RoundState.DUE)
    done_at = models.DateTimeField("完成时间", null=True, blank=True)
    done_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="巡检人")
    note = models.CharField("说明", max_length=300, blank=True)
    order = models.ForeignKey(
        WorkOrder, models.PROTECT, null=True, blank=True, related_name="rounds", verbose_name="保养工单"
    )

    objects = ScopedQuerySet["Round"].as_manager()

    class Meta(Scoped.Meta):
        verbose_name = "巡检任务"
        indexes = [
            *Scoped.Meta.indexes,
            models.Index(fields=["state", "due_date"], name="round_due"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["plan", "start_date"], name="round_once"),
            models.CheckConstraint(condition=Q(due_date__gt=F("start_date")), name="round_period"),
            models.CheckConstraint(
                condition=(Q(state="DONE") & Q(done_at__isnull=False)) | (~Q(state="DONE") & Q(done_at=None)),
                name="round_done_at",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.plan} {self.start_date}"


class Look(models.Model):
    """What was seen at a point, in a round or in passing. `results`: {check: "" where sound, else what is wrong}."""

    round = models.ForeignKey(
        Round, models.PROTECT, null=True, blank=True, related_name="looks", verbose_name="巡检任务"
    )
    spot = models.ForeignKey(Spot, models.PROTECT, related_name="looks", verbose_name="点位")
    at = models.DateTimeField("时间")
    user = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="巡检人")
    results = models.JSONField("结果", default=dict)
    order = models.ForeignKey(
        WorkOrder, models.PROTECT, null=True, blank=True, related_name="looks", verbose_name="工单"
    )

    class Meta:
        verbose_name = "巡检记录"
        indexes = [models.Index(fields=["spot", "id"], name="look_spot")]
        constraints = [
            models.UniqueConstraint(
                fields=["round", "spot"], condition=Q(round__isnull=False), name="look_once_a_round"
            )
        ]

    def __str__(self) -> str:
        return f"{self.spot_id} {self.at:%Y-%m-%d}"

    @property
    def faults(self) -> dict[str, str]:
        """What was not sound."""
        return {check: wrong for check, wrong in self.results.items() if wrong}
