"""Cubes as pages read them: an edition says by which method and from which day's data, its cells hold the figures.

Editions are never changed: a method that changes, or data that is corrected, gives a new one, and the old series stands
beside it. `known_on` is the day of the data (known then), the edition's `year` the period that it is about.
"""

from __future__ import annotations

from typing import Self

from django.db import models

from yiwang.core.orgs.models import Scoped, ScopedQuerySet


class Origin(models.TextChoices):
    """Where the rows came from."""

    LAKE = "LAKE", "本平台台账"
    DEMO = "DEMO", "演示(虚构)"


class Edition(models.Model):
    """One reckoning of one year."""

    year = models.PositiveSmallIntegerField("年度")
    origin = models.CharField("来源", max_length=4, choices=Origin.choices)
    method = models.CharField("口径", max_length=40)
    method_label = models.CharField("口径名称", max_length=80)
    verified = models.BooleanField("系数已核实")
    known_on = models.DateField("数据截至")
    digest = models.CharField("数据摘要", max_length=64)

    class Meta:
        verbose_name = "汇总版本"
        constraints = [
            models.UniqueConstraint(fields=["year", "origin", "method", "known_on"], name="insight_edition_once")
        ]

    def __str__(self) -> str:
        return f"{self.year} {self.method_label} {self.known_on}"


class Figures(models.Model):
    """What a node or an organ used, and the indicators that `indicators.py` makes of it. Null: not known."""

    kind = models.PositiveSmallIntegerField("类别")
    users = models.FloatField("用能人数", null=True)
    area = models.FloatField("建筑面积", null=True)
    energy_kgce = models.FloatField("综合能耗")
    carbon_kg = models.FloatField("碳排放")
    water_m3 = models.FloatField("用水量")
    electricity_kwh = models.FloatField("用电量")
    energy_per_head = models.FloatField("人均综合能耗", null=True)
    energy_per_area = models.FloatField("单位建筑面积能耗", null=True)
    water_per_head = models.FloatField("人均用水量", null=True)
    carbon_per_head = models.FloatField("人均碳排放", null=True)
    electricity_per_area = models.FloatField("单位建筑面积电耗", null=True)
    energy_change = models.FloatField("综合能耗同比", null=True)
    water_change = models.FloatField("用水量同比", null=True)

    class Meta:
        abstract = True


#: The columns that come out of the cube as they are.
COPIED = (
    "users",
    "area",
    "energy_kgce",
    "carbon_kg",
    "water_m3",
    "electricity_kwh",
    "energy_per_head",
    "energy_per_area",
    "water_per_head",
    "carbon_per_head",
    "electricity_per_area",
    "energy_change",
    "water_change",
)


class CellQuerySet(models.QuerySet["Cell"]):
    """Cells by the region tree."""

    def within(self, code: str, level: int) -> Self:
        """The node and everything below it: equality on an ancestor column."""
        return self if level == 0 else self.filter(**{("", "province", "city", "region")[level]: code})


class Cell(Figures):
    """A node of the region tree × kind (0: all) × month (0: the year). `parent`: the node right above it."""

    edition = models.ForeignKey(Edition, models.CASCADE, related_name="cells", verbose_name="汇总版本")
    level = models.PositiveSmallIntegerField("级别")  # 0 nation, 1 province, 2 city, 3 county
    region = models.CharField("行政区划", max_length=6)
    name = models.CharField("名称", max_length=60)
    parent = models.CharField("上级区划", max_length=6)
    province = models.CharField(max_length=6)
    city = models.CharField(max_length=6)
    month = models.PositiveSmallIntegerField("月份")
    institutions = models.PositiveIntegerField("机构数", null=True)

    objects = CellQuerySet.as_manager()

    class Meta:
        verbose_name = "汇总数"
        constraints = [
            models.UniqueConstraint(fields=["edition", "region", "level", "kind", "month"], name="insight_cell_once")
        ]
        indexes = [models.Index(fields=["edition", "parent", "kind", "month"], name="insight_cell_parent")]

    def __str__(self) -> str:
        return f"{self.name} {self.month or '全年'}"


class OrganFigures(Scoped, Figures):
    """A year of one organ; `url` is where its months and bills are."""

    edition = models.ForeignKey(Edition, models.CASCADE, related_name="organs", verbose_name="汇总版本")
    region = models.CharField("行政区划", max_length=12)
    url = models.CharField("明细", max_length=200, blank=True)

    objects = ScopedQuerySet["OrganFigures"].as_manager()

    class Meta(Scoped.Meta):
        verbose_name = "单位年度汇总数"
        constraints = [models.UniqueConstraint(fields=["edition", "organ"], name="insight_organ_once")]
        indexes = [*Scoped.Meta.indexes, models.Index(fields=["edition", "region"], name="insight_organ_region")]

    def __str__(self) -> str:
        return f"{self.organ_id} {self.edition_id}"

    @property
    def tce(self) -> float:
        """Tonnes of coal equivalent."""
        return self.energy_kgce / 1000
