"""用车费用: designated suppliers, statements and how they are read, bills, budgets. Money in fen, instants aware."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from yiwang.areas.vehicles.life.models import Vehicle
from yiwang.areas.vehicles.trips.models import Assignment, Expense
from yiwang.core.orgs.models import Scoped, ScopedQuerySet
from yiwang.core.rights.models import User


class CostKind(models.TextChoices):
    """What was paid for."""

    FUEL = "FUEL", "加油"
    CHARGE = "CHARGE", "充电"
    TOLL = "TOLL", "过路过桥"
    PARKING = "PARKING", "停车"
    REPAIR = "REPAIR", "维修保养"
    INSURANCE = "INSURANCE", "保险"
    FINE = "FINE", "罚款"
    WASH = "WASH", "洗车"
    RENTAL = "RENTAL", "租赁"
    OTHER = "OTHER", "其他"


#: What is counted in litres or kilowatt-hours.
ENERGY = (CostKind.FUEL, CostKind.CHARGE)
UNITS = {CostKind.FUEL: "升", CostKind.CHARGE: "千瓦时", CostKind.PARKING: "小时"}


class DesignatedSupplier(Scoped):
    """定点供应商 for one kind of cost, over a half-open period; serves `organ` and all below it. WGS-84 degrees."""

    name = models.CharField("供应商", max_length=80)
    sort_key = models.CharField("拼音", max_length=160, editable=False)
    kind = models.CharField("类别", max_length=9, choices=CostKind.choices)
    contract = models.CharField("合同编号", max_length=60, blank=True)
    address = models.CharField("地址", max_length=160, blank=True)
    longitude = models.DecimalField("经度", max_digits=9, decimal_places=6, null=True, blank=True)
    latitude = models.DecimalField("纬度", max_digits=9, decimal_places=6, null=True, blank=True)
    valid_from = models.DateField("起始日期")
    valid_to = models.DateField("终止日期", null=True, blank=True, help_text="当天起失效")

    objects = ScopedQuerySet["DesignatedSupplier"].as_manager()

    class Meta(Scoped.Meta):
        verbose_name = "定点供应商"
        indexes = [*Scoped.Meta.indexes, models.Index(fields=["sort_key", "id"], name="designatedsupplier_sort_key")]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=CostKind.values), name="designated_kind", violation_error_message="没有这个类别。"
            ),
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gt=F("valid_from")),
                name="designated_period",
                violation_error_message="终止日期要晚于起始日期。",
            ),
            models.UniqueConstraint(
                fields=["organ", "name", "kind"],
                name="designated_once",
                violation_error_message="这个单位已登记了这家供应商的这个类别。",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class StatementForm(Scoped):
    """对账单格式: which column of a supplier's statement is what; remembered from the last time. `columns`: field → header."""

    merchant = models.CharField("商户", max_length=80)
    kind = models.CharField("类别", max_length=9, choices=CostKind.choices)
    columns = models.JSONField("列的对应", default=dict)
    used_at = models.DateTimeField("最近使用")

    objects = ScopedQuerySet["StatementForm"].as_manager()

    class Meta(Scoped.Meta):
        verbose_name = "对账单格式"
        constraints = [models.UniqueConstraint(fields=["organ", "merchant", "kind"], name="statement_form_once")]

    def __str__(self) -> str:
        return f"{self.merchant} {self.get_kind_display()}"


class Statement(Scoped):
    """对账单: a supplier's file that was taken in; `organ` took it in. Amount in fen, of the rows that were kept."""

    merchant = models.CharField("商户", max_length=80)
    kind = models.CharField("类别", max_length=9, choices=CostKind.choices)
    file_name = models.CharField("文件", max_length=200)
    digest = models.CharField("摘要", max_length=64)
    rows = models.PositiveIntegerField("行数")
    kept = models.PositiveIntegerField("入账行数")
    amount = models.BigIntegerField("入账金额")
    user = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="导入人")
    taken_at = models.DateTimeField("导入时间")

    objects = ScopedQuerySet["Statement"].as_manager()

    class Meta(Scoped.Meta):
        verbose_name = "对账单"

    def __str__(self) -> str:
        return f"{self.merchant} {self.file_name}"


class Cost(Scoped):
    """费用: one bill of one car. `organ` keeps the car and pays. `amount` in fen, never negative; quantity in the kind's unit.

    `order` is the trip that it belongs to, found by car and time or given by hand (`order_by_hand`). `expense` is what a
    driver declared on his phone: until the supplier's statement brings the same bill, `statement` is empty.
    """

    kind = models.CharField("类别", max_length=9, choices=CostKind.choices)
    vehicle = models.ForeignKey(Vehicle, models.PROTECT, related_name="costs", verbose_name="车辆")
    number = models.CharField("凭证号", max_length=60)
    merchant = models.CharField("商户", max_length=80, blank=True)
    at = models.DateTimeField("时间")
    day = models.DateField("日期")
    amount = models.BigIntegerField("金额")
    quantity = models.DecimalField("数量", max_digits=10, decimal_places=2, null=True, blank=True)
    odometer = models.PositiveIntegerField("里程表读数", null=True, blank=True)
    location = models.CharField("地点", max_length=120, blank=True)
    longitude = models.DecimalField("经度", max_digits=9, decimal_places=6, null=True, blank=True)
    latitude = models.DecimalField("纬度", max_digits=9, decimal_places=6, null=True, blank=True)
    card = models.CharField("卡号", max_length=40, blank=True)
    item = models.CharField("项目", max_length=120, blank=True)
    order = models.ForeignKey(
        Assignment, models.SET_NULL, null=True, blank=True, related_name="costs", verbose_name="派车"
    )
    order_by_hand = models.BooleanField("人工对应", default=False)
    statement = models.ForeignKey(
        Statement, models.PROTECT, null=True, blank=True, related_name="costs", verbose_name="对账单"
    )
    expense = models.OneToOneField(
        Expense, models.SET_NULL, null=True, blank=True, related_name="bill", verbose_name="驾驶员申报"
    )
    note = models.CharField("备注", max_length=200, blank=True)

    objects = ScopedQuerySet["Cost"].as_manager()

    class Meta(Scoped.Meta):
        verbose_name = "用车费用"
        indexes = [
            *Scoped.Meta.indexes,
            models.Index(fields=["vehicle", "day"], name="cost_vehicle_day"),
            models.Index(fields=["day", "id"], name="cost_day"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=CostKind.values), name="cost_kind_known", violation_error_message="没有这个类别。"
            ),
            models.CheckConstraint(
                condition=Q(amount__gte=0), name="cost_amount", violation_error_message="金额不能小于 0。"
            ),
            models.CheckConstraint(
                condition=Q(quantity=None) | Q(quantity__gt=0),
                name="cost_quantity",
                violation_error_message="数量要大于 0。",
            ),
            models.UniqueConstraint(
                fields=["number", "merchant"],
                name="cost_number_once",
                violation_error_message="这家商户的这个凭证号已经入账。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.number}"

    @property
    def unit(self) -> str:
        """Of the quantity."""
        return UNITS.get(CostKind(self.kind), "")


class CostBudget(Scoped):
    """用车经费预算 of an organ for a year. `spent` moves only with bills, by one conditional update; never beyond `amount`."""

    year = models.PositiveSmallIntegerField("年度")
    amount = models.BigIntegerField("预算")
    spent = models.BigIntegerField("已用", default=0, editable=False)
    approval = models.CharField("批复文号", max_length=80, blank=True)

    objects = ScopedQuerySet["CostBudget"].as_manager()

    class Meta(Scoped.Meta):
        verbose_name = "用车经费预算"
        constraints = [
            models.UniqueConstraint(
                fields=["organ", "year"], name="cost_budget_once", violation_error_message="这个单位这一年已有预算。"
            ),
            models.CheckConstraint(
                condition=Q(spent__gte=0, spent__lte=F("amount")),
                name="cost_budget_never_oversold",
                violation_error_message="预算不能小于已用的金额。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organ} {self.year} 年"
