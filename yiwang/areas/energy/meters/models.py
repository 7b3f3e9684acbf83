"""Meters, terms of virtual ones, shares, tariffs, bills and statements. Money in fen; quantities in the kind's unit."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from yiwang.areas.energy.words import ENERGIES, YES_NO
from yiwang.core.orgs.models import Scoped, ScopedQuerySet
from yiwang.core.places.models import Building
from yiwang.core.rights.models import User

KINDS = [(one.code, one.label) for one in ENERGIES.values()]
#: A share is kept in ten-thousandths, so that thirds need no fraction.
WHOLE = 10_000


class Form(models.TextChoices):
    """How a meter says what was used."""

    INDEX = "INDEX", "抄表(表底数)"
    BILLED = "BILLED", "按账单登记"
    VIRTUAL = "VIRTUAL", "虚拟表(由其他表算出)"


class Purpose(models.TextChoices):
    """分项计量 (公共建筑): what the energy is used for."""

    WHOLE = "WHOLE", "总表"
    LIGHTING = "LIGHTING", "照明插座"
    AIR = "AIR", "空调"
    POWER = "POWER", "动力"
    SPECIAL = "SPECIAL", "特殊用能"
    KITCHEN = "KITCHEN", "食堂"
    DATA = "DATA", "机房"


class Meter(Scoped):
    """计量器具. `organ` reads it and pays. A reading times `multiplier` is a quantity; `digits`: whole digits of the dial.

    `counts`: part of the organ's total. A sub-meter below a counting meter of its kind is never counted twice.
    """

    number = models.CharField("表号", max_length=40, unique=True)
    name = models.CharField("名称", max_length=80)
    sort_key = models.CharField("拼音", max_length=160, editable=False)
    kind = models.CharField("能源种类", max_length=11, choices=KINDS)
    form = models.CharField("计量方式", max_length=7, choices=Form.choices, default=Form.INDEX)
    purpose = models.CharField("分项", max_length=8, choices=Purpose.choices, default=Purpose.WHOLE)
    building = models.ForeignKey(Building, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="楼")
    position = models.CharField("安装位置", max_length=120, blank=True)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name="上级表"
    )
    multiplier = models.DecimalField("倍率", max_digits=10, decimal_places=3, default=1)
    digits = models.PositiveSmallIntegerField("整数位数", null=True, blank=True)
    counts = models.BooleanField("计入单位总量", choices=YES_NO, default=True)
    read_day = models.PositiveSmallIntegerField("每月抄表日", default=1)
    valid_from = models.DateField("启用日期")
    valid_to = models.DateField("停用日期", null=True, blank=True, help_text="当天起停用")

    objects = ScopedQuerySet["Meter"].as_manager()

    class Meta(Scoped.Meta):
        verbose_name = "计量器具"
        indexes = [*Scoped.Meta.indexes, models.Index(fields=["sort_key", "id"], name="meter_sort_key")]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=list(ENERGIES)), name="meter_kind", violation_error_message="没有这个能源种类。"
            ),
            models.CheckConstraint(
                condition=Q(multiplier__gt=0), name="meter_multiplier", violation_error_message="倍率要大于 0。"
            ),
            models.CheckConstraint(
                condition=Q(digits=None) | Q(digits__gte=3, digits__lte=10),
                name="meter_digits",
                violation_error_message="整数位数是表盘小数点前的位数,应在 3 到 10 之间。",
            ),
            models.CheckConstraint(
                condition=Q(read_day__gte=1, read_day__lte=28),
                name="meter_read_day",
                violation_error_message="每月抄表日应在 1 到 28 之间。",
            ),
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gt=F("valid_from")),
                name="meter_period",
                violation_error_message="停用日期要晚于启用日期。",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def unit(self) -> str:
        """Of its quantities."""
        return ENERGIES[self.kind].unit


class MeterTerm(Scoped):
    """A virtual meter is the sum of `factor` times each source: whole minus part, or a share of a main meter."""

    meter = models.ForeignKey(Meter, models.CASCADE, related_name="terms", verbose_name="虚拟表")
    source = models.ForeignKey(Meter, models.PROTECT, related_name="used_by", verbose_name="取数的表")
    factor = models.DecimalField("系数", max_digits=7, decimal_places=4, default=1)

    objects = ScopedQuerySet["MeterTerm"].as_manager()

    class Meta(Scoped.Meta):
        verbose_name = "虚拟表算式"
        constraints = [
            models.UniqueConstraint(
                fields=["meter", "source"], name="meterterm_once", violation_error_message="这块表已在算式里。"
            ),
            models.CheckConstraint(
                condition=~Q(meter=F("source")), name="meterterm_itself", violation_error_message="不能取自己的数。"
            ),
            models.CheckConstraint(
                condition=~Q(factor=0), name="meterterm_factor", violation_error_message="系数不能是 0。"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.factor} × {self.source_id}"


class MeterShare(Scoped):
    """分摊: an organ's part of a meter over a half-open period, in ten-thousandths. The parts of a day are WHOLE."""

    stays_with_organ = True

    meter = models.ForeignKey(Meter, models.CASCADE, related_name="shares", verbose_name="计量器具")
    part = models.PositiveSmallIntegerField("份额(万分之)")
    ground = models.CharField("依据", max_length=120, blank=True)
    valid_from = models.DateField("起始日期")
    valid_to = models.DateField("终止日期", null=True, blank=True)

    objects = ScopedQuerySet["MeterShare"].as_manager()

    class Meta(Scoped.Meta):
        verbose_name = "分摊份额"
        constraints = [
            models.CheckConstraint(condition=Q(part__gt=0, part__lte=WHOLE), name="metershare_part"),
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gt=F("valid_from")), name="metershare_period"
            ),
            models.UniqueConstraint(fields=["meter", "organ", "valid_from"], name="metershare_once"),
        ]

    def __str__(self) -> str:
        return f"{self.organ} {self.part}"


class Tariff(Scoped):
    """单价 of a kind over a half-open period: thousandths of a yuan for a unit. Used where no bill says what was paid."""

    kind = models.CharField("能源种类", max_length=11, choices=KINDS)
    price = models.DecimalField("单价", max_digits=10, decimal_places=4)
    supplier = models.CharField("供应单位", max_length=80, blank=True)
    valid_from = models.DateField("起始日期")
    valid_to = models.DateField("终止日期", null=True, blank=True, help_text="当天起失效")

    objects = ScopedQuerySet["Tariff"].as_manager()

    class Meta(Scoped.Meta):
        verbose_name = "能源单价"
        indexes = [*Scoped.Meta.indexes, models.Index(fields=["valid_from", "id"], name="tariff_from")]
        constraints = [
            models.CheckConstraint(
                condition=Q(price__gte=0), name="energy_tariff_price", violation_error_message="单价不能小于 0。"
            ),
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gt=F("valid_from")),
                name="energy_tariff_period",
                violation_error_message="终止日期要晚于起始日期。",
            ),
            models.UniqueConstraint(
                fields=["organ", "kind", "valid_from"],
                name="energy_tariff_once",
                violation_error_message="这个单位这种能源这一天已有单价。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.price}"


class UtilityForm(Scoped):
    """对账单格式: which column of a supplier's statement is what; remembered from the last time. `columns`: field → header."""

    supplier = models.CharField("供应单位", max_length=80)
    columns = models.JSONField("列的对应", default=dict)
    used_at = models.DateTimeField("最近使用")

    objects = ScopedQuerySet["UtilityForm"].as_manager()

    class Meta(Scoped.Meta):
        verbose_name = "能源对账单格式"
        constraints = [models.UniqueConstraint(fields=["organ", "supplier"], name="utilityform_once")]

    def __str__(self) -> str:
        return self.supplier


class UtilityStatement(Scoped):
    """能源对账单: a supplier's file that was taken in. The same file is taken once. Amount in fen, of the rows kept."""

    supplier = models.CharField("供应单位", max_length=80)
    file_name = models.CharField("文件", max_length=200)
    digest = models.CharField("摘要", max_length=64)
    rows = models.PositiveIntegerField("行数")
    kept = models.PositiveIntegerField("入账行数")
    amount = models.BigIntegerField("金额")
    user = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="导入人")
    taken_at = models.DateTimeField("导入时间")

    objects = ScopedQuerySet["UtilityStatement"].as_manager()

    class Meta(Scoped.Meta):
        verbose_name = "能源对账单"
        constraints = [models.UniqueConstraint(fields=["organ", "digest"], name="utilitystatement_once")]

    def __str__(self) -> str:
        return f"{self.supplier} {self.file_name}"


class EnergyBill(Scoped):
    """账单: what a supplier charged for a meter over [valid_from, valid_to). Quantity in thousandths, amount in fen."""

    meter = models.ForeignKey(Meter, models.PROTECT, related_name="bills", verbose_name="计量器具")
    # A statement may leave these two out; whoever writes the row always has them.
    number = models.CharField("账单号", max_length=60, blank=True)
    supplier = models.CharField("供应单位", max_length=80, blank=True)
    quantity = models.BigIntegerField("用量")
    amount = models.BigIntegerField("金额")
    valid_from = models.DateField("起始日期", blank=True)
    valid_to = models.DateField("截止日期")
    statement = models.ForeignKey(
        UtilityStatement, models.PROTECT, null=True, blank=True, related_name="bills", verbose_name="对账单"
    )

    objects = ScopedQuerySet["EnergyBill"].as_manager()

    class Meta(Scoped.Meta):
        verbose_name = "能源账单"
        indexes = [*Scoped.Meta.indexes, models.Index(fields=["meter", "valid_from"], name="energybill_meter")]
        constraints = [
            models.CheckConstraint(condition=Q(quantity__gte=0, amount__gte=0), name="energybill_figures"),
            models.CheckConstraint(condition=Q(valid_to__gt=F("valid_from")), name="energybill_period"),
            models.UniqueConstraint(fields=["meter", "number"], name="energybill_once"),
        ]

    def __str__(self) -> str:
        return self.number
