"""What others say of the cars (监督检查, 投诉举报), and who rents cars to the organs (社会化租赁) at which rates."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from yiwang.areas.vehicles.life.models.fleet import Body, Vehicle, known
from yiwang.core.orgs.models import Scoped, ScopedQuerySet


class Supervision(Scoped):
    """监督检查: one problem, or none, that an inspection found at `organ`."""

    number = models.CharField("检查编号", max_length=40, unique=True)
    vehicle = models.ForeignKey(
        Vehicle, models.SET_NULL, null=True, blank=True, related_name="supervisions", verbose_name="车辆"
    )
    on_date = models.DateField("检查日期")
    inspector = models.CharField("检查单位", max_length=80)
    content = models.CharField("检查内容", max_length=300)
    problem = models.CharField("发现问题", max_length=300, blank=True)
    measure = models.CharField("处理情况", max_length=300, blank=True)
    closed_date = models.DateField("整改完成日期", null=True, blank=True)

    objects = ScopedQuerySet["Supervision"].as_manager()

    class Meta(Scoped.Meta):
        verbose_name = "监督检查"
        indexes = [*Scoped.Meta.indexes, models.Index(fields=["on_date", "id"], name="supervision_on_date")]
        constraints = [
            models.CheckConstraint(
                condition=Q(closed_date=None) | Q(closed_date__gte=F("on_date")),
                name="supervision_closed",
                violation_error_message="整改完成日期不能早于检查日期。",
            )
        ]

    def __str__(self) -> str:
        return self.number


class Channel(models.TextChoices):
    """Where a complaint came from."""

    HOTLINE = "HOTLINE", "12345"
    LETTER = "LETTER", "信访"
    WEB = "WEB", "网络"
    PHONE = "PHONE", "电话"
    OTHER = "OTHER", "其他"


class Outcome(models.TextChoices):
    """What the check of a complaint found."""

    OPEN = "OPEN", "待核查"
    TRUE = "TRUE", "属实"
    PARTLY = "PARTLY", "部分属实"
    UNTRUE = "UNTRUE", "不属实"


class Complaint(Scoped):
    """投诉举报 about the cars of `organ`. Who complained is not kept."""

    number = models.CharField("受理编号", max_length=40, unique=True)
    vehicle = models.ForeignKey(
        Vehicle, models.SET_NULL, null=True, blank=True, related_name="complaints", verbose_name="车辆"
    )
    channel = models.CharField("来源", max_length=8, choices=Channel.choices, default=Channel.HOTLINE)
    on_date = models.DateField("受理日期")
    content = models.CharField("投诉内容", max_length=300)
    finding = models.CharField("核查结论", max_length=8, choices=Outcome.choices, default=Outcome.OPEN)
    measure = models.CharField("处理情况", max_length=300, blank=True)
    closed_date = models.DateField("办结日期", null=True, blank=True)

    objects = ScopedQuerySet["Complaint"].as_manager()

    class Meta(Scoped.Meta):
        verbose_name = "投诉举报"
        indexes = [*Scoped.Meta.indexes, models.Index(fields=["on_date", "id"], name="complaint_on_date")]
        constraints = [
            *known("complaint", channel=Channel.values, finding=Outcome.values),
            models.CheckConstraint(
                condition=Q(closed_date=None) | (Q(closed_date__gte=F("on_date")) & ~Q(finding=Outcome.OPEN)),
                name="complaint_closed",
                violation_error_message="办结要写核查结论,办结日期不能早于受理日期。",
            ),
        ]

    def __str__(self) -> str:
        return self.number


class SupplierState(models.TextChoices):
    """Whether a firm may still be asked."""

    ACTIVE = "ACTIVE", "可用"
    STOPPED = "STOPPED", "停用"


class RentalSupplier(Scoped):
    """租赁供应商: a firm that rents cars to `organ` and those below it."""

    name = models.CharField("名称", max_length=80)
    sort_key = models.CharField("拼音", max_length=240, editable=False)
    credit_code = models.CharField("统一社会信用代码", max_length=18)
    contact = models.CharField("联系人", max_length=40, blank=True)
    phone = models.CharField("联系电话", max_length=30, blank=True)
    state = models.CharField("状态", max_length=8, choices=SupplierState.choices, default=SupplierState.ACTIVE)
    note = models.CharField("备注", max_length=200, blank=True)

    objects = ScopedQuerySet["RentalSupplier"].as_manager()

    class Meta(Scoped.Meta):
        verbose_name = "租赁供应商"
        indexes = [*Scoped.Meta.indexes, models.Index(fields=["sort_key", "id"], name="rentalsupplier_sort_key")]
        constraints = [
            *known("rental_supplier", state=SupplierState.values),
            models.UniqueConstraint(
                fields=["organ", "credit_code"],
                name="rental_supplier_once",
                violation_error_message="这家供应商已登记。",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class RentalContract(Scoped):
    """定点租赁合同 of `organ`, which those below it may use; [starts_date, ends_date). Limit in fen, none: no limit."""

    number = models.CharField("合同号", max_length=40, unique=True)
    supplier = models.ForeignKey(RentalSupplier, models.PROTECT, related_name="contracts", verbose_name="供应商")
    starts_date = models.DateField("起始日期")
    ends_date = models.DateField("终止日期")
    limit = models.BigIntegerField("合同限额", null=True, blank=True)
    note = models.CharField("备注", max_length=200, blank=True)

    objects = ScopedQuerySet["RentalContract"].as_manager()

    class Meta(Scoped.Meta):
        verbose_name = "租赁合同"
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_date__gt=F("starts_date")),
                name="rental_contract_period",
                violation_error_message="终止日期要晚于起始日期。",
            ),
            models.CheckConstraint(
                condition=Q(limit=None) | Q(limit__gt=0),
                name="rental_contract_limit",
                violation_error_message="合同限额要大于 0。",
            ),
        ]

    def __str__(self) -> str:
        return self.number


class RateUnit(models.TextChoices):
    """What a rental rate is per."""

    DAY = "DAY", "每天"
    HALF_DAY = "HALF_DAY", "每半天"
    HOUR = "HOUR", "每小时"
    KM = "KM", "每公里"


class RentalRate(Scoped):
    """租赁单价 of a contract for a kind of body, in fen."""

    contract = models.ForeignKey(RentalContract, models.CASCADE, related_name="rates", verbose_name="合同")
    body = models.CharField("车型", max_length=8, choices=Body.choices)
    unit = models.CharField("计价", max_length=8, choices=RateUnit.choices)
    price = models.BigIntegerField("单价")
    includes = models.CharField("包含", max_length=100, blank=True)

    objects = ScopedQuerySet["RentalRate"].as_manager()

    class Meta(Scoped.Meta):
        verbose_name = "租赁单价"
        constraints = [
            *known("rental_rate", body=Body.values, unit=RateUnit.values),
            models.UniqueConstraint(
                fields=["contract", "body", "unit"],
                name="rental_rate_once",
                violation_error_message="这份合同已定了这种车型的这种单价。",
            ),
            models.CheckConstraint(
                condition=Q(price__gte=0), name="rental_rate_price", violation_error_message="单价不能小于 0。"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.contract} {self.get_body_display()} {self.get_unit_display()}"
