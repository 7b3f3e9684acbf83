"""办公用房: rooms, titles of buildings, and who uses which room from when to when."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from yiwang.core.orgs.models import Person, Scoped, ScopedQuerySet
from yiwang.core.places.models import Building, Floor


class RoomKind(models.TextChoices):
    """What a room is built for, as the construction standard sorts them."""

    OFFICE = "OFFICE", "办公室"
    SERVICE_ROOM = "SERVICE_ROOM", "服务用房"
    EQUIPMENT_ROOM = "EQUIPMENT_ROOM", "设备用房"
    ANCILLARY_ROOM = "ANCILLARY_ROOM", "附属用房"
    OPERATIONS_ROOM = "OPERATIONS_ROOM", "技术业务用房"


class RoomState(models.TextChoices):
    """What is done with a room now."""

    IN_USE = "IN_USE", "在用"
    IDLE = "IDLE", "闲置"
    LEASED_OUT = "LEASED_OUT", "出租"
    LENT = "LENT", "出借"
    DISPOSED = "DISPOSED", "已处置"


class Room(Scoped):
    """One room. `organ` has it in its charge; who sits in it is in Occupancy. Usable area in m², measured."""

    building = models.ForeignKey(Building, models.PROTECT, related_name="rooms", verbose_name="楼栋")
    floor = models.ForeignKey(Floor, models.PROTECT, null=True, blank=True, related_name="rooms", verbose_name="楼层")
    number = models.CharField("房号", max_length=30)
    kind = models.CharField("用途", max_length=20, choices=RoomKind.choices, default=RoomKind.OFFICE)
    usable_area = models.DecimalField("使用面积", max_digits=10, decimal_places=2)
    state = models.CharField("状态", max_length=12, choices=RoomState.choices, default=RoomState.IN_USE)
    note = models.CharField("备注", max_length=200, blank=True)

    objects = ScopedQuerySet["Room"].as_manager()

    class Meta(Scoped.Meta):
        verbose_name = "房间"
        indexes = [
            *Scoped.Meta.indexes,
            models.Index(fields=["number", "id"], name="room_number"),
            models.Index(fields=["usable_area", "id"], name="room_area"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["building", "number"], name="room_once", violation_error_message="同一楼栋已有这个房号。"
            ),
            models.CheckConstraint(
                condition=Q(usable_area__gt=0), name="room_area_positive", violation_error_message="使用面积要大于 0。"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=RoomKind.values),
                name="room_kind_known",
                violation_error_message="用途不在代码表内。",
            ),
            models.CheckConstraint(
                condition=Q(state__in=RoomState.values),
                name="room_state_known",
                violation_error_message="状态不在代码表内。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.building.name} {self.number}"


class TitleState(models.TextChoices):
    """How far the registration of a title has come."""

    REGISTERED = "REGISTERED", "已登记"
    PENDING = "PENDING", "办理中"
    UNREGISTERED = "UNREGISTERED", "未登记"
    DISPUTED = "DISPUTED", "有争议"


class Title(Scoped):
    """权属: whose a building is. `organ` is the owner organ (产权单位); gross floor area in square metres."""

    building = models.ForeignKey(Building, models.PROTECT, related_name="titles", verbose_name="楼栋")
    certificate = models.CharField("权属证号", max_length=60, blank=True)
    state = models.CharField("登记状态", max_length=12, choices=TitleState.choices, default=TitleState.UNREGISTERED)
    registered_date = models.DateField("登记日期", null=True, blank=True)
    gross_floor_area = models.DecimalField("建筑面积", max_digits=12, decimal_places=2)
    note = models.CharField("备注", max_length=200, blank=True)

    objects = ScopedQuerySet["Title"].as_manager()

    class Meta(Scoped.Meta):
        verbose_name = "权属"
        constraints = [
            models.UniqueConstraint(
                fields=["building", "organ"],
                name="title_once",
                violation_error_message="这个单位在这栋楼已有权属登记。",
            ),
            models.UniqueConstraint(
                fields=["certificate"],
                condition=~Q(certificate=""),
                name="title_certificate_once",
                violation_error_message="这个权属证号已登记在另一条权属上。",
            ),
            models.CheckConstraint(
                condition=Q(gross_floor_area__gt=0),
                name="title_area_positive",
                violation_error_message="建筑面积要大于 0。",
            ),
            models.CheckConstraint(
                condition=Q(state__in=TitleState.values),
                name="title_state_known",
                violation_error_message="登记状态不在代码表内。",
            ),
            models.CheckConstraint(
                condition=~Q(state=TitleState.REGISTERED) | ~Q(certificate=""),
                name="title_registered_has_certificate",
                violation_error_message="已登记的权属要有权属证号。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.building.name} {self.certificate or '未登记'}"


class Occupancy(Scoped):
    """入驻: a room used by an organ, and by a person of it where there is one, over a half-open period.

    `share` is the part of the room that counts for this person; without it the room is divided equally among
    all who use it on the day. No person is twice in one room at one time, nor twice from one day; a guard in the
    database (`apps.py`) holds what no plain constraint can.
    """

    room = models.ForeignKey(Room, models.PROTECT, related_name="occupancies", verbose_name="房间")
    person = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="使用人")
    valid_from = models.DateField("起用日期")
    valid_to = models.DateField("止用日期", null=True, blank=True, help_text="当天不再使用")
    share = models.DecimalField("分摊比例", max_digits=5, decimal_places=4, null=True, blank=True)
    note = models.CharField("备注", max_length=200, blank=True)

    objects = ScopedQuerySet["Occupancy"].as_manager()

    class Meta(Scoped.Meta):
        verbose_name = "使用情况"
        indexes = [
            *Scoped.Meta.indexes,
            models.Index(fields=["person", "valid_from"], name="occupancy_person"),
            models.Index(fields=["valid_from", "id"], name="occupancy_from"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["room", "person", "valid_from"],
                name="occupancy_once",
                violation_error_message="这个人在这间房从同一天起已有使用记录。",
            ),
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gt=F("valid_from")),
                name="occupancy_period",
                violation_error_message="止用日期要晚于起用日期。",
            ),
            models.CheckConstraint(
                condition=Q(share=None) | Q(share__gt=0, share__lte=1),
                name="occupancy_share",
                violation_error_message="分摊比例要大于 0,不超过 1。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.room} · {self.person or self.organ}"
