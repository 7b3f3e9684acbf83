"""用车监督: what the rules found, the figures set by organs, the listed places, and who read whose track."""

from __future__ import annotations

from datetime import datetime

from django.db import models
from django.db.models import F, Q

from yiwang.areas.vehicles.life.models import Vehicle
from yiwang.areas.vehicles.trips.models import Assignment
from yiwang.areas.vehicles.watch.rules import CHOICES, NAMES, RULES, Rule
from yiwang.core.orgs.models import Scoped, ScopedQuerySet
from yiwang.core.rights.models import User


class SignQuerySet(ScopedQuerySet["Sign"]):
    """Signs by whether they still stand."""

    def standing(self) -> SignQuerySet:
        """Not withdrawn by a later judgement."""
        return self.filter(withdrawn_at=None)


class Sign(Scoped):
    """线索: what one rule found of one car. `measure` and `threshold` in the unit of the rule; `organ` keeps the car.

    `subject` names it for ever, so that a day judged again finds its own signs. One that a later judgement does not
    find any more is withdrawn, never deleted. `evidence`: what the picture shows (`watch.evidence`).
    """

    subject = models.CharField("编号", max_length=60, unique=True)
    rule = models.CharField("规则", max_length=10, choices=CHOICES)
    vehicle = models.ForeignKey(Vehicle, models.PROTECT, related_name="signs", verbose_name="车辆")
    order = models.ForeignKey(
        Assignment, models.SET_NULL, null=True, blank=True, related_name="signs", verbose_name="派车"
    )
    day = models.DateField("发生日期")
    began_at = models.DateTimeField("起", null=True, blank=True)
    ended_at = models.DateTimeField("止", null=True, blank=True)
    measure = models.DecimalField("实测", max_digits=14, decimal_places=2)
    threshold = models.DecimalField("阈值", max_digits=14, decimal_places=2)
    note = models.CharField("说明", max_length=300, blank=True)
    evidence = models.JSONField("图示", default=dict, blank=True)
    found_at = models.DateTimeField("发现时间")
    withdrawn_at = models.DateTimeField("撤销时间", null=True, blank=True)

    objects = SignQuerySet.as_manager()

    class Meta(Scoped.Meta):
        verbose_name = "用车线索"
        indexes = [
            *Scoped.Meta.indexes,
            models.Index(fields=["rule", "day"], name="sign_rule_day"),
            models.Index(fields=["vehicle", "day"], name="sign_vehicle_day"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(rule__in=list(RULES)), name="sign_rule_known"),
            models.CheckConstraint(
                condition=Q(ended_at=None) | Q(ended_at__gte=F("began_at")), name="sign_ends_after_it_began"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.vehicle} {self.get_rule_display()} {self.day}"

    @property
    def declared(self) -> Rule:
        """The rule."""
        return RULES[self.rule]


class Threshold(Scoped):
    """监督阈值: a figure of a rule, set for an organ and all below it over a half-open period; the nearest organ wins.

    Where nobody set one, the clause of the lawbook says it.
    """

    rule = models.CharField("规则", max_length=10, choices=CHOICES)
    name = models.CharField("项目", max_length=10, choices=[(name, name) for name in NAMES])
    value = models.DecimalField("数值", max_digits=10, decimal_places=2)
    valid_from = models.DateField("起始日期")
    valid_to = models.DateField("终止日期", null=True, blank=True, help_text="当天起失效")
    ground = models.CharField("依据文件", max_length=120, blank=True)

    objects = ScopedQuerySet["Threshold"].as_manager()

    class Meta(Scoped.Meta):
        verbose_name = "监督阈值"
        indexes = [*Scoped.Meta.indexes, models.Index(fields=["valid_from", "id"], name="threshold_valid_from")]
        constraints = [
            models.CheckConstraint(
                condition=Q(rule__in=list(RULES)),
                name="threshold_rule_known",
                violation_error_message="没有这条规则。",
            ),
            models.CheckConstraint(
                condition=Q(name__in=list(NAMES)), name="threshold_name_known", violation_error_message="没有这个项目。"
            ),
            models.CheckConstraint(
                condition=Q(value__gte=0), name="threshold_value", violation_error_message="数值不能小于 0。"
            ),
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gt=F("valid_from")),
                name="threshold_period",
                violation_error_message="终止日期要晚于起始日期。",
            ),
            models.UniqueConstraint(
                fields=["organ", "rule", "name", "valid_from"],
                name="threshold_once",
                violation_error_message="这个单位的这一项从同一天起已有数值。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_rule_display()} {self.name}"


class PlaceKind(models.TextChoices):
    """Kinds of places where an official car has nothing to do without an order."""

    ENTERTAINMENT = "ENTERTAINMENT", "娱乐场所"
    SCENIC = "SCENIC", "旅游景区"
    HOTEL = "HOTEL", "高档宾馆酒楼"
    GOLF = "GOLF", "高尔夫球场"
    CLUB = "CLUB", "会所"
    OTHER = "OTHER", "其他"


class ListedPlace(Scoped):
    """所列场所: a circle on the map; holds for the cars of `organ` and of all below it. WGS-84 degrees, radius in metres."""

    name = models.CharField("场所", max_length=80)
    kind = models.CharField("类型", max_length=13, choices=PlaceKind.choices)
    longitude = models.DecimalField("经度", max_digits=9, decimal_places=6)
    latitude = models.DecimalField("纬度", max_digits=9, decimal_places=6)
    radius = models.PositiveSmallIntegerField("半径", default=150)
    valid_from = models.DateField("起始日期")
    valid_to = models.DateField("终止日期", null=True, blank=True, help_text="当天起失效")

    objects = ScopedQuerySet["ListedPlace"].as_manager()

    class Meta(Scoped.Meta):
        verbose_name = "所列场所"
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=PlaceKind.values),
                name="listed_place_kind",
                violation_error_message="没有这种类型。",
            ),
            models.CheckConstraint(
                condition=Q(radius__gte=20, radius__lte=2000),
                name="listed_place_radius",
                violation_error_message="半径应在 20 到 2000 米之间。",
            ),
            models.CheckConstraint(
                condition=Q(longitude__gte=-180, longitude__lte=180, latitude__gte=-85, latitude__lte=85),
                name="listed_place_on_earth",
                violation_error_message="经度或纬度不对:经度在前,写成度的小数。",
            ),
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gt=F("valid_from")),
                name="listed_place_period",
                violation_error_message="终止日期要晚于起始日期。",
            ),
            models.UniqueConstraint(
                fields=["organ", "name"],
                name="listed_place_once",
                violation_error_message="这个单位已列了这个场所。",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class TrackReading(Scoped):
    """轨迹查阅: one user's look at the track of one car on some days, with the reason. `organ` keeps the car.

    Opened by `rights.open_track`, which posts the entry; holds until `expires_at`. Never changed, kept like the ledger.
    """

    user = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="查阅人")
    vehicle = models.ForeignKey(Vehicle, models.PROTECT, related_name="track_readings", verbose_name="车辆")
    since = models.DateField("轨迹起日")
    until = models.DateField("轨迹止日")
    reason = models.CharField("事由", max_length=200)
    document = models.CharField("依据文件", max_length=120, blank=True)
    opened_at = models.DateTimeField("查阅时间")
    expires_at = models.DateTimeField("有效至")

    objects = ScopedQuerySet["TrackReading"].as_manager()

    class Meta(Scoped.Meta):
        verbose_name = "轨迹查阅"
        indexes = [*Scoped.Meta.indexes, models.Index(fields=["user", "vehicle"], name="track_reading_user")]
        constraints = [
            models.CheckConstraint(condition=Q(until__gte=F("since")), name="track_reading_days"),
            models.CheckConstraint(condition=~Q(reason=""), name="track_reading_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.user.label} {self.vehicle} {self.since}"

    def holds(self, now: datetime) -> bool:
        """Whether the reading is still open."""
        return self.opened_at <= now < self.expires_at


class Assessment(Scoped):
    """个人信息保护影响评估: tracks of named persons are read only where one is in force for the organ or one above it.

    Kept for three years at least (个人信息保护法 art. 55, 56): never deleted.
    """

    title = models.CharField("名称", max_length=120)
    purpose = models.CharField("处理目的和方式", max_length=300)
    risk = models.CharField("对个人的影响和风险", max_length=300)
    measures = models.CharField("保护措施", max_length=300)
    assessor = models.CharField("评估人", max_length=60)
    valid_from = models.DateField("起始日期")
    valid_to = models.DateField("终止日期", help_text="当天起失效;到期重新评估")

    objects = ScopedQuerySet["Assessment"].as_manager()

    class Meta(Scoped.Meta):
        verbose_name = "个人信息影响评估"
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to__gt=F("valid_from")),
                name="assessment_period",
                violation_error_message="终止日期要晚于起始日期。",
            ),
            models.UniqueConstraint(
                fields=["organ", "title", "valid_from"],
                name="assessment_once",
                violation_error_message="这个单位这一天已登记了这项评估。",
            ),
        ]

    def __str__(self) -> str:
        return self.title
