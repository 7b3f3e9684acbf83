"""The institutions and their yearly facts. Areas in square metres."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from yiwang.areas.energy.words import CLASSES, INSTITUTIONS, ZONES
from yiwang.core.orgs.models import Scoped, ScopedQuerySet


class Institution(Scoped):
    """公共机构: an organ in the register over a half-open period. Leaving needs a reason."""

    stays_with_organ = True

    kind = models.CharField("机构类型", max_length=3, choices=INSTITUTIONS.items())
    climate_zone = models.CharField("气候区", max_length=22, choices=ZONES.items(), blank=True)
    building_class = models.CharField("建筑类别", max_length=1, choices=CLASSES.items(), blank=True)
    contact = models.CharField("能源统计员", max_length=30, blank=True)
    valid_from = models.DateField("纳入日期")
    valid_to = models.DateField("移出日期", null=True, blank=True, help_text="当天起不再是名录库单位")
    reason = models.CharField("移出原因", max_length=120, blank=True)

    objects = ScopedQuerySet["Institution"].as_manager()

    class Meta(Scoped.Meta):
        verbose_name = "公共机构"
        indexes = [*Scoped.Meta.indexes, models.Index(fields=["valid_from", "id"], name="institution_from")]
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gt=F("valid_from")),
                name="institution_period",
                violation_error_message="移出日期要晚于纳入日期。",
            ),
            models.CheckConstraint(
                condition=Q(valid_to=None) | ~Q(reason=""),
                name="institution_reason",
                violation_error_message="移出名录库要写明原因。",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=list(INSTITUTIONS)),
                name="institution_kind",
                violation_error_message="没有这个机构类型。",
            ),
            models.UniqueConstraint(
                fields=["organ", "valid_from"],
                name="institution_once",
                violation_error_message="这个单位这一天已纳入名录库。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organ} {self.get_kind_display()}"


class InstitutionYear(Scoped):
    """用能人数与面积 of an organ in a year, as its kind counts them (GB/T 40498-2021 附录A). Area in square metres.

    `days` is what person-days are divided by: 365, or the working days where the local rule says so.
    """

    stays_with_organ = True

    year = models.PositiveSmallIntegerField("年度")
    regular = models.PositiveIntegerField("在编人员", default=0)
    long_term = models.PositiveIntegerField("长期编外人员", default=0)
    support = models.PositiveIntegerField("工勤保障人员", default=0)
    students = models.PositiveIntegerField("学生", default=0)
    student_days = models.PositiveSmallIntegerField("学生在校天数", default=0)
    visitor_days = models.PositiveIntegerField("外来人员人日数", default=0, help_text="会议、办事、门诊等按人日计")
    inpatient_days = models.PositiveIntegerField("住院床日数", default=0)
    days = models.PositiveSmallIntegerField("折算天数", default=365)
    area = models.DecimalField("建筑面积", max_digits=12, decimal_places=2, null=True, blank=True)

    objects = ScopedQuerySet["InstitutionYear"].as_manager()

    class Meta(Scoped.Meta):
        verbose_name = "用能人数"
        indexes = [*Scoped.Meta.indexes, models.Index(fields=["year", "id"], name="institutionyear_year")]
        constraints = [
            models.UniqueConstraint(
                fields=["organ", "year"],
                name="institutionyear_once",
                violation_error_message="这个单位这一年已登记用能人数。",
            ),
            models.CheckConstraint(
                condition=Q(days__gte=200, days__lte=366),
                name="institutionyear_days",
                violation_error_message="折算天数是 365(366)或当年工作日数,应在 200 到 366 之间。",
            ),
            models.CheckConstraint(
                condition=Q(student_days__lte=F("days")),
                name="institutionyear_student_days",
                violation_error_message="学生在校天数不能多于折算天数。",
            ),
            models.CheckConstraint(
                condition=Q(area=None) | Q(area__gt=0),
                name="institutionyear_area",
                violation_error_message="建筑面积要大于 0。",
            ),
            models.CheckConstraint(
                condition=Q(year__gte=2000, year__lte=2100),
                name="institutionyear_year",
                violation_error_message="年度不对,请写四位数字。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organ} {self.year} 年"
