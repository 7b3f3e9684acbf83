"""垃圾分类, 绿色食堂, 数据中心, 光伏."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from yiwang.areas.energy.meters.models import Meter
from yiwang.areas.energy.words import YES_NO
from yiwang.core.orgs.models import Scoped, ScopedQuerySet
from yiwang.core.places.models import Building


class WasteMonth(Scoped):
    """生活垃圾分类: kilograms handed over in a month, by the four kinds of 《生活垃圾分类标志》(GB/T 19095)."""

    month = models.DateField("月份", help_text="写当月 1 日")
    recyclable = models.DecimalField("可回收物", max_digits=10, decimal_places=1, default=0)
    food = models.DecimalField("厨余垃圾", max_digits=10, decimal_places=1, default=0)
    hazardous = models.DecimalField("有害垃圾", max_digits=10, decimal_places=1, default=0)
    other = models.DecimalField("其他垃圾", max_digits=10, decimal_places=1, default=0)
    collector = models.CharField("收运单位", max_length=80, blank=True)

    objects = ScopedQuerySet["WasteMonth"].as_manager()

    class Meta(Scoped.Meta):
        verbose_name = "垃圾分类"
        indexes = [*Scoped.Meta.indexes, models.Index(fields=["month", "id"], name="wastemonth_month")]
        constraints = [
            models.CheckConstraint(
                condition=Q(recyclable__gte=0, food__gte=0, hazardous__gte=0, other__gte=0),
                name="wastemonth_figures",
                violation_error_message="重量不能小于 0。",
            ),
            models.UniqueConstraint(
                fields=["organ", "month"],
                name="wastemonth_once",
                violation_error_message="这个单位这个月已登记。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organ} {self.month:%Y-%m}"


class GreenCanteen(Scoped):
    """绿色食堂: a month of a canteen; food and its waste in kilograms, diners in person-times."""

    name = models.CharField("食堂", max_length=60)
    month = models.DateField("月份", help_text="写当月 1 日")
    diners = models.PositiveIntegerField("就餐人次")
    purchased = models.DecimalField("食材采购", max_digits=10, decimal_places=1, default=0)
    wasted = models.DecimalField("厨余", max_digits=10, decimal_places=1, default=0)
    smart_plate = models.BooleanField("按量取餐", choices=YES_NO, default=False)
    no_disposables = models.BooleanField("不用一次性餐具", choices=YES_NO, default=False)

    objects = ScopedQuerySet["GreenCanteen"].as_manager()

    class Meta(Scoped.Meta):
        verbose_name = "绿色食堂"
        indexes = [*Scoped.Meta.indexes, models.Index(fields=["month", "id"], name="greencanteen_month")]
        constraints = [
            models.CheckConstraint(
                condition=Q(purchased__gte=0, wasted__gte=0, wasted__lte=F("purchased")),
                name="greencanteen_figures",
                violation_error_message="厨余不能小于 0,也不会多于采购的食材;请核对单位是不是公斤。",
            ),
            models.UniqueConstraint(
                fields=["organ", "name", "month"],
                name="greencanteen_once",
                violation_error_message="这个食堂这个月已登记。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.month:%Y-%m}"


class DataCentre(Scoped):
    """数据中心 over a year: all it used and what its machines used, kWh; PUE is the first by the second."""

    name = models.CharField("数据中心", max_length=80)
    year = models.PositiveSmallIntegerField("年度")
    total_kwh = models.DecimalField("总用电", max_digits=14, decimal_places=1)
    machine_kwh = models.DecimalField("信息设备用电", max_digits=14, decimal_places=1)
    renewable_kwh = models.DecimalField("可再生能源用电", max_digits=14, decimal_places=1, default=0)
    racks = models.PositiveIntegerField("标准机架", default=0)

    objects = ScopedQuerySet["DataCentre"].as_manager()

    class Meta(Scoped.Meta):
        verbose_name = "数据中心"
        indexes = [*Scoped.Meta.indexes, models.Index(fields=["year", "id"], name="datacentre_year")]
        constraints = [
            models.CheckConstraint(
                condition=Q(machine_kwh__gt=0, total_kwh__gte=F("machine_kwh")),
                name="datacentre_machines",
                violation_error_message="信息设备用电要大于 0,也不会多于总用电;请核对两个数是不是填反了。",
            ),
            models.CheckConstraint(
                condition=Q(renewable_kwh__gte=0, renewable_kwh__lte=F("total_kwh")),
                name="datacentre_renewable",
                violation_error_message="可再生能源用电不能多于总用电。",
            ),
            models.UniqueConstraint(
                fields=["organ", "name", "year"],
                name="datacentre_once",
                violation_error_message="这个数据中心这一年已登记。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.year}"


class Photovoltaic(Scoped):
    """光伏: a plant on a roof. Power in kilowatts at peak, area in square metres; its meter counts what it makes."""

    name = models.CharField("光伏项目", max_length=80)
    building = models.ForeignKey(Building, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="楼")
    meter = models.ForeignKey(Meter, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="计量器具")
    peak_kw = models.DecimalField("装机容量", max_digits=9, decimal_places=2)
    roof_area = models.DecimalField("占用屋顶", max_digits=10, decimal_places=1, null=True, blank=True)
    contracted = models.BooleanField("合同能源管理", choices=YES_NO, default=False)
    connected_date = models.DateField("并网日期")
    valid_to = models.DateField("停运日期", null=True, blank=True)

    objects = ScopedQuerySet["Photovoltaic"].as_manager()

    class Meta(Scoped.Meta):
        verbose_name = "光伏"
        indexes = [*Scoped.Meta.indexes, models.Index(fields=["connected_date", "id"], name="photovoltaic_date")]
        constraints = [
            models.CheckConstraint(
                condition=Q(peak_kw__gt=0), name="photovoltaic_power", violation_error_message="装机容量要大于 0。"
            ),
            models.UniqueConstraint(
                fields=["organ", "name"], name="photovoltaic_once", violation_error_message="这个单位已登记这个项目。"
            ),
        ]

    def __str__(self) -> str:
        return self.name
