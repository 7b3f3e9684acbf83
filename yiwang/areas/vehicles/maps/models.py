"""电子围栏: areas on the map that rules and pages speak of. GeoJSON polygons in WGS-84 degrees."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from yiwang.core.orgs.models import Scoped, ScopedQuerySet


class GeofenceKind(models.TextChoices):
    """What an area is for."""

    APPROVED = "APPROVED", "批准活动范围"
    YARD = "YARD", "车场"
    SCENIC = "SCENIC", "旅游景区"
    LEISURE = "LEISURE", "娱乐休闲场所"
    DINING = "DINING", "餐饮场所"
    MALL = "MALL", "商场"
    RESIDENCE = "RESIDENCE", "居民区"
    SENSITIVE = "SENSITIVE", "其他敏感场所"


#: Where a car of an office is not expected to stand for long.
SENSITIVE = (
    GeofenceKind.SCENIC,
    GeofenceKind.LEISURE,
    GeofenceKind.DINING,
    GeofenceKind.MALL,
    GeofenceKind.RESIDENCE,
    GeofenceKind.SENSITIVE,
)


class Geofence(Scoped):
    """电子围栏: an area that `organ` drew; it counts for the organ and all below it, over a half-open period.

    `polygon` is the text of a GeoJSON Polygon, empty until somebody draws it: such a fence counts nowhere.
    """

    name = models.CharField("名称", max_length=60)
    sort_key = models.CharField("拼音", max_length=120, editable=False)
    kind = models.CharField("类别", max_length=10, choices=GeofenceKind.choices)
    polygon = models.TextField("范围", blank=True)
    valid_from = models.DateField("起始日期")
    valid_to = models.DateField("终止日期", null=True, blank=True, help_text="当天起失效")
    note = models.CharField("备注", max_length=200, blank=True)

    objects = ScopedQuerySet["Geofence"].as_manager()

    class Meta(Scoped.Meta):
        verbose_name = "电子围栏"
        indexes = [
            *Scoped.Meta.indexes,
            models.Index(fields=["sort_key", "id"], name="geofence_sort_key"),
            models.Index(fields=["organ", "kind"], name="geofence_organ"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=GeofenceKind.values), name="geofence_kind_known"),
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gt=F("valid_from")),
                name="geofence_half_open",
                violation_error_message="终止日期要晚于起始日期。",
            ),
            models.UniqueConstraint(
                fields=["organ", "name"],
                name="geofence_once",
                violation_error_message="这个单位已有同名的电子围栏。",
            ),
        ]

    def __str__(self) -> str:
        return self.name
