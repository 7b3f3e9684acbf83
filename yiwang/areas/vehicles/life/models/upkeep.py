"""What a car needs to stay on the road: documents, inspection, insurance, maintenance; its violations; warnings of expiry."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from yiwang.areas.vehicles.life.models.fleet import Vehicle, known
from yiwang.core.orgs.models import Scoped, ScopedQuerySet


def _paid(prefix: str) -> models.CheckConstraint:
    """Money is not negative."""
    return models.CheckConstraint(
        condition=Q(amount=None) | Q(amount__gte=0),
        name=f"{prefix}_amount",
        violation_error_message="金额不能小于 0。",
    )


class DocumentKind(models.TextChoices):
    """Papers of a car."""

    LICENCE = "LICENCE", "行驶证"
    TITLE = "TITLE", "机动车登记证书"
    PARKING = "PARKING", "停放证明"
    OTHER = "OTHER", "其他证照"


class VehicleDocument(Scoped):
    """证照 of a car, with the day from which it no longer holds (`valid_to`, none: for ever)."""

    vehicle = models.ForeignKey(Vehicle, models.CASCADE, related_name="documents", verbose_name="车辆")
    kind = models.CharField("证照", max_length=8, choices=DocumentKind.choices)
    number = models.CharField("证号", max_length=40)
    valid_to = models.DateField("有效期止", null=True, blank=True)
    keeper = models.CharField("保管人", max_length=40, blank=True)
    note = models.CharField("备注", max_length=200, blank=True)

    objects = ScopedQuerySet["VehicleDocument"].as_manager()

    class Meta(Scoped.Meta):
        verbose_name = "车辆证照"
        constraints = [
            *known("vehicle_document", kind=DocumentKind.values),
            models.UniqueConstraint(
                fields=["vehicle", "kind", "number"],
                name="vehicle_document_once",
                violation_error_message="这辆车已登记了这份证照。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.number}"


class Upkeep(models.TextChoices):
    """Kinds of maintenance; the words of the dataset."""

    SERVICE = "SERVICE", "保养"
    REPAIR = "REPAIR", "维修"
    ACCIDENT = "ACCIDENT", "事故维修"
    TYRES = "TYRES", "轮胎"
    OTHER = "OTHER", "其他"


class Maintenance(Scoped):
    """维修保养: one visit to a workshop. Amount in fen, odometer in kilometres."""

    number = models.CharField("单号", max_length=40, unique=True)
    vehicle = models.ForeignKey(Vehicle, models.PROTECT, related_name="maintenance", verbose_name="车辆")
    kind = models.CharField("类别", max_length=8, choices=Upkeep.choices)
    on_date = models.DateField("送修日期")
    done_date = models.DateField("完成日期", null=True, blank=True)
    odometer = models.PositiveIntegerField("里程表读数", null=True, blank=True)
    items = models.CharField("项目", max_length=300, blank=True)
    supplier = models.CharField("供应商", max_length=80, blank=True)
    amount = models.BigIntegerField("金额", null=True, blank=True)
    warranty_until = models.DateField("质保至", null=True, blank=True)
    note = models.CharField("备注", max_length=200, blank=True)

    objects = ScopedQuerySet["Maintenance"].as_manager()

    class Meta(Scoped.Meta):
        verbose_name = "车辆维修保养"
        indexes = [
            *Scoped.Meta.indexes,
            models.Index(fields=["on_date", "id"], name="maintenance_on_date"),
            models.Index(fields=["vehicle", "on_date"], name="maintenance_of_car"),
        ]
        constraints = [
            *known("maintenance", kind=Upkeep.values),
            _paid("maintenance"),
            models.CheckConstraint(
                condition=Q(done_date=None) | Q(done_date__gte=F("on_date")),
                name="maintenance_done",
                violation_error_message="完成日期不能早于送修日期。",
            ),
        ]

    def __str__(self) -> str:
        return self.number


class InspectionResult(models.TextChoices):
    """What the inspection found."""

    PASSED = "PASSED", "合格"
    FAILED = "FAILED", "不合格"
    EXEMPT = "EXEMPT", "免检"


class Inspection(Scoped):
    """年检: one inspection; the car may drive until `valid_to`. Amount in fen."""

    vehicle = models.ForeignKey(Vehicle, models.CASCADE, related_name="inspections", verbose_name="车辆")
    on_date = models.DateField("检验日期")
    result = models.CharField("结果", max_length=6, choices=InspectionResult.choices, default=InspectionResult.PASSED)
    valid_to = models.DateField("有效期止")
    station = models.CharField("检验机构", max_length=80, blank=True)
    amount = models.BigIntegerField("金额", null=True, blank=True)
    note = models.CharField("备注", max_length=200, blank=True)

    objects = ScopedQuerySet["Inspection"].as_manager()

    class Meta(Scoped.Meta):
        verbose_name = "车辆年检"
        indexes = [*Scoped.Meta.indexes, models.Index(fields=["on_date", "id"], name="inspection_on_date")]
        constraints = [
            *known("inspection", result=InspectionResult.values),
            _paid("inspection"),
            models.UniqueConstraint(
                fields=["vehicle", "on_date"],
                name="inspection_once",
                violation_error_message="这辆车这一天已登记了年检。",
            ),
            models.CheckConstraint(
                condition=Q(valid_to__gte=F("on_date")),
                name="inspection_period",
                violation_error_message="有效期止不能早于检验日期。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.vehicle} {self.on_date}"


class InsuranceKind(models.TextChoices):
    """Kinds of insurance."""

    COMPULSORY = "COMPULSORY", "交强险"
    COMMERCIAL = "COMMERCIAL", "商业险"


class Insurance(Scoped):
    """保险: one policy, [starts_date, ends_date). Amount in fen."""

    number = models.CharField("保单号", max_length=40, unique=True)
    vehicle = models.ForeignKey(Vehicle, models.CASCADE, related_name="policies", verbose_name="车辆")
    kind = models.CharField("险种", max_length=10, choices=InsuranceKind.choices)
    insurer = models.CharField("保险公司", max_length=80)
    starts_date = models.DateField("起保日期")
    ends_date = models.DateField("终止日期")
    amount = models.BigIntegerField("保费", null=True, blank=True)
    note = models.CharField("备注", max_length=200, blank=True)

    objects = ScopedQuerySet["Insurance"].as_manager()

    class Meta(Scoped.Meta):
        verbose_name = "车辆保险"
        constraints = [
            *known("insurance", kind=InsuranceKind.values),
            _paid("insurance"),
            models.CheckConstraint(
                condition=Q(ends_date__gt=F("starts_date")),
                name="insurance_period",
                violation_error_message="终止日期要晚于起保日期。",
            ),
        ]

    def __str__(self) -> str:
        return self.number


class ViolationState(models.TextChoices):
    """What became of a violation."""

    OPEN = "OPEN", "未处理"
    DONE = "DONE", "已处理"
    APPEAL = "APPEAL", "申诉中"


class Violation(Scoped):
    """违章: what the traffic police decided. Amount in fen; `driver` is who drove, as written."""

    number = models.CharField("决定书编号", max_length=40, unique=True)
    vehicle = models.ForeignKey(Vehicle, models.PROTECT, related_name="violations", verbose_name="车辆")
    driver = models.CharField("驾驶员", max_length=40, blank=True)
    on_date = models.DateField("违章日期")
    location = models.CharField("地点", max_length=120, blank=True)
    content = models.CharField("违章行为", max_length=200)
    points = models.PositiveSmallIntegerField("记分", default=0)
    amount = models.BigIntegerField("罚款", null=True, blank=True)
    state = models.CharField("状态", max_length=6, choices=ViolationState.choices, default=ViolationState.OPEN)
    closed_date = models.DateField("处理日期", null=True, blank=True)

    objects = ScopedQuerySet["Violation"].as_manager()

    class Meta(Scoped.Meta):
        verbose_name = "车辆违章"
        indexes = [*Scoped.Meta.indexes, models.Index(fields=["on_date", "id"], name="violation_on_date")]
        constraints = [*known("violation", state=ViolationState.values), _paid("violation")]

    def __str__(self) -> str:
        return self.number


class ExpiryNotice(models.Model):
    """A warning that was given: which paper of which car runs out when, and how many days ahead it was told."""

    vehicle = models.ForeignKey(Vehicle, models.CASCADE, related_name="expiry_notices", verbose_name="车辆")
    what = models.CharField("证照", max_length=20)
    until = models.DateField("有效期止")
    days = models.PositiveSmallIntegerField("提前天数")
    on_date = models.DateField("提醒日期")

    class Meta:
        verbose_name = "到期提醒"
        constraints = [models.UniqueConstraint(fields=["vehicle", "what", "until", "days"], name="expiry_notice_once")]

    def __str__(self) -> str:
        return f"{self.vehicle} {self.what} {self.until}"
