"""Sites (院落), buildings and floors. Rooms belong to the area of office space."""

from __future__ import annotations

from django.core.validators import MinValueValidator
from django.db import models

from yiwang.core.orgs.models import Region, Scoped, ScopedQuerySet


class Structure(models.TextChoices):
    """多层、高层: the standards give them different coefficients."""

    MULTI_STOREY = "MULTI_STOREY", "多层"
    HIGH_RISE = "HIGH_RISE", "高层"


class Site(Scoped):
    """院落. `organ` manages it."""

    name = models.CharField("名称", max_length=80)
    sort_key = models.CharField("拼音", max_length=160, editable=False)
    region = models.ForeignKey(Region, models.PROTECT, verbose_name="行政区划")
    address = models.CharField("坐落", max_length=160, blank=True)

    objects = ScopedQuerySet["Site"].as_manager()

    class Meta(Scoped.Meta):
        verbose_name = "院落"
        constraints = [models.UniqueConstraint(fields=["organ", "name"], name="site_name_once")]

    def __str__(self) -> str:
        return self.name


class Building(Scoped):
    """楼. Areas in square metres. `organ` is the site's."""

    site = models.ForeignKey(Site, models.PROTECT, related_name="buildings", verbose_name="院落")
    name = models.CharField("名称", max_length=60)
    sort_key = models.CharField("拼音", max_length=120, editable=False)
    floors = models.PositiveSmallIntegerField("地上层数", validators=[MinValueValidator(1)])
    built_year = models.PositiveSmallIntegerField("建成年份", null=True, blank=True)
    structure = models.CharField("结构形式", max_length=14, choices=Structure.choices)
    gross_floor_area = models.DecimalField("建筑面积", max_digits=12, decimal_places=2)
    usable_area = models.DecimalField("使用面积", max_digits=12, decimal_places=2)

    objects = ScopedQuerySet["Building"].as_manager()

    class Meta(Scoped.Meta):
        verbose_name = "楼"
        constraints = [
            models.UniqueConstraint(fields=["site", "name"], name="building_name_once"),
            models.CheckConstraint(condition=models.Q(gross_floor_area__gt=0), name="building_gross_positive"),
            models.CheckConstraint(
                condition=models.Q(usable_area__gt=0, usable_area__lte=models.F("gross_floor_area")),
                name="building_usable_not_above_gross",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Floor(Scoped):
    """层. `number` counts from 1 upwards, −1 downwards; `label` is what the lift says."""

    building = models.ForeignKey(Building, models.PROTECT, related_name="levels", verbose_name="楼")
    number = models.SmallIntegerField("楼层")
    label = models.CharField("楼层名", max_length=20)

    objects = ScopedQuerySet["Floor"].as_manager()

    class Meta:
        verbose_name = "楼层"
        constraints = [
            models.UniqueConstraint(fields=["building", "number"], name="floor_number_once"),
            models.CheckConstraint(condition=~models.Q(number=0), name="floor_number_not_zero"),
        ]

    def __str__(self) -> str:
        return self.label
