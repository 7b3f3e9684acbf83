"""配备更新 and 处置: the plan of a year with its lines, each of which becomes a car; and how a car goes."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from yiwang.areas.vehicles.life.models.fleet import Body, Energy, PurchaseCase, Use, Vehicle, VehiclePurchase, known
from yiwang.core.orgs.models import Organ, Scoped, ScopedQuerySet


class PlanState(models.TextChoices):
    """How far a plan has come."""

    DRAFT = "DRAFT", "拟定"
    ASKED = "ASKED", "报批中"
    APPROVED = "APPROVED", "已批准"
    REFUSED = "REFUSED", "未批准"


class LineState(models.TextChoices):
    """How far a car that is wanted has come. From PLANNED to BOUGHT the line holds a place of the quota."""

    DRAFT = "DRAFT", "拟定"
    PLANNED = "PLANNED", "已列入计划"
    ASKED = "ASKED", "购置报批中"
    BOUGHT = "BOUGHT", "已购置待登记"
    REGISTERED = "REGISTERED", "已登记"
    RELEASED = "RELEASED", "已取消"


HOLDING = (LineState.PLANNED, LineState.ASKED, LineState.BOUGHT)


class ProvisionPlan(Scoped):
    """年度配备更新计划 of one organ; a second one of the same year is a supplement. `case` is the id of its case."""

    year = models.PositiveSmallIntegerField("年度")
    part = models.PositiveSmallIntegerField("第几份", default=1)
    reason = models.CharField("编制说明", max_length=500, blank=True)
    exempt = models.BooleanField("新能源不能满足需要", default=False)
    exempt_reason = models.CharField("不能满足的理由", max_length=200, blank=True)
    state = models.CharField("状态", max_length=8, choices=PlanState.choices, default=PlanState.DRAFT)
    case = models.BigIntegerField("事项", null=True, blank=True)
    made_date = models.DateField("拟定日期")

    objects = ScopedQuerySet["ProvisionPlan"].as_manager()

    class Meta(Scoped.Meta):
        verbose_name = "配备更新计划"
        constraints = [*known("provision_plan", state=PlanState.values)]

    def __str__(self) -> str:
        more = f"(补充 {self.part - 1})" if self.part > 1 else ""
        return f"{self.organ} {self.year} 年配备更新计划{more}"


class PlanLine(Scoped):
    """One car wanted: of a plan, or without one where a purchase was asked for outside it. Price in fen.

    `replaces`: the car that it takes the place of. `case` is the id of the purchase's case.
    """

    plan = models.ForeignKey(
        ProvisionPlan, models.CASCADE, null=True, blank=True, related_name="lines", verbose_name="计划"
    )
    use = models.CharField("用途", max_length=14, choices=Use.choices)
    body = models.CharField("车型", max_length=8, choices=Body.choices)
    energy = models.CharField("能源", max_length=12, choices=Energy.choices)
    situation = models.CharField("情形", max_length=10, choices=PurchaseCase.choices, default=PurchaseCase.ORDINARY)
    price = models.BigIntegerField("预算单价")
    displacement = models.DecimalField("排气量", max_digits=4, decimal_places=2, null=True, blank=True)
    reason = models.CharField("理由", max_length=300)
    approval = models.CharField("批准文号", max_length=80, blank=True)
    replaces = models.ForeignKey(
        Vehicle, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="更新的旧车"
    )
    state = models.CharField("状态", max_length=10, choices=LineState.choices, default=LineState.DRAFT)
    case = models.BigIntegerField("事项", null=True, blank=True)
    purchase = models.OneToOneField(
        VehiclePurchase, models.SET_NULL, null=True, blank=True, related_name="line", verbose_name="购置"
    )

    objects = ScopedQuerySet["PlanLine"].as_manager()

    class Meta(Scoped.Meta):
        verbose_name = "计划车辆"
        indexes = [
            *Scoped.Meta.indexes,
            models.Index(fields=["organ", "use", "state"], name="plan_line_places"),
            models.Index(fields=["case"], name="plan_line_case"),
        ]
        constraints = [
            *known("plan_line", use=Use.values, body=Body.values, energy=Energy.values),
            *known("plan_line", situation=PurchaseCase.values, state=LineState.values),
            models.CheckConstraint(
                condition=Q(price__gt=0), name="plan_line_price", violation_error_message="预算单价要大于 0。"
            ),
            models.UniqueConstraint(
                fields=["replaces"],
                condition=~Q(state=LineState.RELEASED),
                name="plan_line_replaces_once",
                violation_error_message="这辆旧车已在另一份计划中更新。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_use_display()} {self.get_body_display()}"


class DisposalMethod(models.TextChoices):
    """How a car goes; the words of the process."""

    SCRAP = "SCRAP", "报废"
    AUCTION = "AUCTION", "拍卖"
    TRANSFER = "TRANSFER", "调拨"


class DisposalState(models.TextChoices):
    """How far a disposal has come."""

    ASKED = "ASKED", "报批中"
    DONE = "DONE", "已处置"
    REFUSED = "REFUSED", "未批准"


class Disposal(Scoped):
    """处置 of one car: why, how, what it brought. Money in fen. `target`: the organ that a transferred car goes to."""

    vehicle = models.ForeignKey(Vehicle, models.PROTECT, related_name="disposals", verbose_name="车辆")
    method = models.CharField("处置方式", max_length=8, choices=DisposalMethod.choices)
    reason = models.CharField("处置理由", max_length=300)
    approval = models.CharField("批准文号", max_length=80, blank=True)
    target = models.ForeignKey(Organ, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="调入单位")
    years_used = models.DecimalField("已使用年限", max_digits=4, decimal_places=1)
    mileage = models.PositiveIntegerField("里程")
    original_value = models.BigIntegerField("账面原值")
    income = models.BigIntegerField("处置收入", null=True, blank=True)
    state = models.CharField("状态", max_length=8, choices=DisposalState.choices, default=DisposalState.ASKED)
    case = models.BigIntegerField("事项", null=True, blank=True)
    asked_date = models.DateField("申请日期")
    disposed_date = models.DateField("处置日期", null=True, blank=True)

    objects = ScopedQuerySet["Disposal"].as_manager()

    class Meta(Scoped.Meta):
        verbose_name = "车辆处置"
        constraints = [
            *known("disposal", method=DisposalMethod.values, state=DisposalState.values),
            models.UniqueConstraint(
                fields=["vehicle"],
                condition=Q(state=DisposalState.ASKED),
                name="disposal_one_open",
                violation_error_message="这辆车正在报批处置。",
            ),
            models.CheckConstraint(
                condition=Q(original_value__gte=0) & (Q(income=None) | Q(income__gte=0)), name="disposal_money"
            ),
            models.CheckConstraint(
                condition=~Q(state=DisposalState.DONE) | Q(disposed_date__isnull=False), name="disposal_dated"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.vehicle} {self.get_method_display()}"
