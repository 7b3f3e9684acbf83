"""会议室 and other places that can be booked: the place, the rules in force on a day, and who has it when."""

from __future__ import annotations

from datetime import date, datetime
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from yiwang.areas.services.venues.fields import HoursField, RolesField
from yiwang.core.orgs.models import Dated, Scoped, ScopedQuerySet
from yiwang.core.places.models import Building
from yiwang.core.rights.access import Access
from yiwang.core.rights.models import User, Verb
from yiwang.kit.slots import Slot

AREA = "services"


class VenueKind(models.TextChoices):
    """What is booked."""

    MEETING_ROOM = "MEETING_ROOM", "会议室"
    ACTIVITY_ROOM = "ACTIVITY_ROOM", "活动室"
    HALL = "HALL", "场馆"
    COURT = "COURT", "球场"
    CHARGER = "CHARGER", "充电位"
    OTHER = "OTHER", "其他"


class VenueState(models.TextChoices):
    """Whether it can be booked at all."""

    OPEN = "OPEN", "开放"
    SUSPENDED = "SUSPENDED", "暂停"


class VenueQuerySet(ScopedQuerySet["Venue"]):
    """Venues by who may see and book them."""

    def ruled(self, on: date) -> Self:
        """Those that have a rule on the day: without one nothing can be booked."""
        rules = VenueRule.objects.in_force(on).filter(venue=models.OuterRef("pk"))
        return self.filter(models.Exists(rules))

    def offered(self, access: Access, on: date) -> Self:
        """Those that the organ of the access may book on the day by the circle of their rule, and those it manages."""
        organ = access.organ
        if organ is None or not access.granted:
            return self.none()
        above = [getattr(organ, f"l{level}") for level in range(1, organ.depth + 1)]
        circles = Q(circle=Circle.ORGAN, venue__organ=organ.pk)
        circles |= Q(circle=Circle.SUBTREE, venue__organ__in=above)
        circles |= Q(circle=Circle.PROVINCE, venue__l1=above[0])
        rules = VenueRule.objects.in_force(on).filter(circles, venue=models.OuterRef("pk"))
        mine = Q(**{f"l{organ.depth}": organ.pk}) if access.may(Verb.READ, AREA) else Q(pk__in=[])
        return self.filter(models.Exists(rules) | mine)


class Venue(Scoped):
    """A place that can be booked. `organ` manages it; `code` is what its QR code at the door says ("": none yet)."""

    name = models.CharField("名称", max_length=60)
    sort_key = models.CharField("拼音", max_length=120, editable=False)
    kind = models.CharField("类别", max_length=14, choices=VenueKind.choices, default=VenueKind.MEETING_ROOM)
    building = models.ForeignKey(Building, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="楼栋")
    room = models.CharField("房号或位置", max_length=60, blank=True)
    seats = models.PositiveIntegerField("座位数")
    state = models.CharField("状态", max_length=10, choices=VenueState.choices, default=VenueState.OPEN)
    code = models.CharField("门牌码", max_length=22, blank=True, editable=False)
    note = models.CharField("说明", max_length=200, blank=True)

    objects = VenueQuerySet.as_manager()

    class Meta(Scoped.Meta):
        verbose_name = "场所"
        indexes = [*Scoped.Meta.indexes, models.Index(fields=["sort_key", "id"], name="venue_sort")]
        constraints = [
            models.UniqueConstraint(
                fields=["organ", "name"], name="venue_name_once", violation_error_message="本单位已有同名的场所。"
            ),
            models.UniqueConstraint(fields=["code"], condition=~Q(code=""), name="venue_code_once"),
            models.CheckConstraint(
                condition=Q(seats__gt=0), name="venue_seats", violation_error_message="座位数要大于 0。"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=VenueKind.values),
                name="venue_kind_known",
                violation_error_message="类别不在代码表内。",
            ),
            models.CheckConstraint(
                condition=Q(state__in=VenueState.values),
                name="venue_state_known",
                violation_error_message="状态不在代码表内。",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def where(self) -> str:
        """Building and room in words."""
        return " ".join(part for part in (self.building.name if self.building else "", self.room) if part)


class VenueEquipment(Scoped):
    """设备: what stands in a venue or can be brought there. `organ` is the venue's."""

    venue = models.ForeignKey(Venue, models.PROTECT, related_name="equipment", verbose_name="场所")
    name = models.CharField("设备", max_length=30)
    quantity = models.PositiveIntegerField("数量", default=1)
    note = models.CharField("备注", max_length=100, blank=True)

    objects = ScopedQuerySet["VenueEquipment"].as_manager()

    class Meta(Scoped.Meta):
        verbose_name = "场所设备"
        indexes = [*Scoped.Meta.indexes, models.Index(fields=["name", "id"], name="venue_equipment_name")]
        constraints = [
            models.UniqueConstraint(
                fields=["venue", "name"], name="venue_equipment_once", violation_error_message="这个场所已有这种设备。"
            ),
            models.CheckConstraint(
                condition=Q(quantity__gt=0),
                name="venue_equipment_quantity",
                violation_error_message="数量要大于 0。",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Circle(models.TextChoices):
    """Which organs may book."""

    ORGAN = "ORGAN", "仅本单位"
    SUBTREE = "SUBTREE", "本单位及下级"
    PROVINCE = "PROVINCE", "全省"


class Approval(models.TextChoices):
    """When somebody must approve first."""

    NEVER = "NEVER", "不需要"
    ABOVE = "ABOVE", "超过条件的"
    ALWAYS = "ALWAYS", "都需要"


class YesNo(models.TextChoices):
    """A choice that forms and workbooks show as 是 or 否."""

    YES = "YES", "是"
    NO = "NO", "否"


class VenueRuleQuerySet(ScopedQuerySet["VenueRule"]):
    """Rules as of a day."""

    def in_force(self, on: date) -> Self:
        """valid_from ≤ day < valid_to."""
        return self.filter(Q(valid_to=None) | Q(valid_to__gt=on), valid_from__lte=on)


class VenueRule(Scoped, Dated):
    """预约规则: how a venue may be booked for days in [valid_from, valid_to). `organ` is the venue's.

    `hours` is read by `hours.py`. An empty figure means no limit; minutes unless the name says otherwise. `price_hour`
    in fen, for organs outside the subtree of the venue's. Approval ABOVE: asked for when any condition that is set holds.
    """

    venue = models.ForeignKey(Venue, models.PROTECT, related_name="rules", verbose_name="场所")
    hours = HoursField("开放时间", max_length=200, default="工作日 08:00-18:00")
    circle = models.CharField("预约范围", max_length=8, choices=Circle.choices, default=Circle.SUBTREE)
    roles = RolesField("可预约的角色", max_length=100, blank=True)
    earliest_days = models.PositiveIntegerField("最早提前天数", null=True, blank=True)
    latest_minutes = models.PositiveIntegerField("最晚提前分钟", null=True, blank=True)
    shortest_minutes = models.PositiveIntegerField("最短分钟", default=15)
    longest_minutes = models.PositiveIntegerField("最长分钟", null=True, blank=True)
    before_minutes = models.PositiveIntegerField("会前准备分钟", default=0)
    after_minutes = models.PositiveIntegerField("会后整理分钟", default=0)
    most_open = models.PositiveIntegerField("每人未用预约上限", null=True, blank=True)
    approval = models.CharField("审批", max_length=6, choices=Approval.choices, default=Approval.NEVER)
    approval_minutes = models.PositiveIntegerField("超过多少分钟要审批", null=True, blank=True)
    approval_people = models.PositiveIntegerField("达到多少人要审批", null=True, blank=True)
    approval_outside = models.CharField("外单位要审批", max_length=3, choices=YesNo.choices, default=YesNo.NO)
    price_hour = models.BigIntegerField("外单位每小时费用", default=0)
    cancel_minutes = models.PositiveIntegerField("最晚取消提前分钟", default=0)
    early_minutes = models.PositiveIntegerField("可提前签到分钟", default=15)
    release_minutes = models.PositiveIntegerField("未签到释放分钟", null=True, blank=True)
    titles = models.CharField("向他人显示会议名称", max_length=3, choices=YesNo.choices, default=YesNo.NO)

    objects = VenueRuleQuerySet.as_manager()

    class Meta(Scoped.Meta):
        verbose_name = "预约规则"
        indexes = [*Scoped.Meta.indexes, models.Index(fields=["venue", "valid_from"], name="venue_rule_venue")]
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gt=F("valid_from")),
                name="venue_rule_half_open",
                violation_error_message="止日要晚于起日。",
            ),
            models.CheckConstraint(
                condition=Q(longest_minutes=None) | Q(longest_minutes__gte=F("shortest_minutes")),
                name="venue_rule_lengths",
                violation_error_message="最长时间不能短于最短时间。",
            ),
            models.CheckConstraint(
                condition=Q(price_hour__gte=0), name="venue_rule_price", violation_error_message="费用不能小于 0。"
            ),
            models.CheckConstraint(
                condition=Q(circle__in=Circle.values)
                & Q(approval__in=Approval.values)
                & Q(approval_outside__in=YesNo.values)
                & Q(titles__in=YesNo.values),
                name="venue_rule_words_known",
                violation_error_message="有一项不在代码表内。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.venue_id} {self.valid_from}"


class Frequency(models.TextChoices):
    """How a series repeats."""

    DAILY = "DAILY", "每天"
    WORKDAYS = "WORKDAYS", "每个工作日"
    WEEKLY = "WEEKLY", "每周"
    FORTNIGHTLY = "FORTNIGHTLY", "每两周"
    MONTHLY = "MONTHLY", "每月同一天"


class BookingSeries(Scoped):
    """周期预约: the pattern that its bookings were made from. Times are local, minutes after midnight."""

    venue = models.ForeignKey(Venue, models.PROTECT, related_name="series", verbose_name="场所")
    title = models.CharField("会议名称", max_length=120)
    frequency = models.CharField("周期", max_length=11, choices=Frequency.choices)
    first_date = models.DateField("首日")
    last_date = models.DateField("末日")
    starts_minute = models.PositiveSmallIntegerField("起")
    ends_minute = models.PositiveSmallIntegerField("止")
    exceptions = models.JSONField("除外日期", default=list, blank=True)
    booked_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="预约人")

    objects = ScopedQuerySet["BookingSeries"].as_manager()

    class Meta(Scoped.Meta):
        verbose_name = "周期预约"
        constraints = [
            models.CheckConstraint(condition=Q(last_date__gte=F("first_date")), name="booking_series_dates"),
            models.CheckConstraint(condition=Q(ends_minute__gt=F("starts_minute")), name="booking_series_times"),
        ]

    def __str__(self) -> str:
        return self.title


class BookingState(models.TextChoices):
    """How far a booking has come."""

    PENDING = "PENDING", "待审批"
    BOOKED = "BOOKED", "已预订"
    IN_USE = "IN_USE", "使用中"
    USED = "USED", "已使用"
    CANCELLED = "CANCELLED", "已取消"
    REFUSED = "REFUSED", "未批准"
    NO_SHOW = "NO_SHOW", "未到已释放"
    EXPIRED = "EXPIRED", "逾期未批"


#: In these states the venue is held.
LIVE = (BookingState.PENDING, BookingState.BOOKED, BookingState.IN_USE, BookingState.USED)
#: In these states it counts against the number that a person may hold.
OPEN = (BookingState.PENDING, BookingState.BOOKED)


class BookingQuerySet(ScopedQuerySet["Booking"]):
    """Bookings by time and by who may see them."""

    def live(self) -> Self:
        """Those that hold their venue."""
        return self.filter(state__in=LIVE)

    def meeting(self, first: datetime, last: datetime) -> Self:
        """Those whose hold, buffers included, meets [first, last)."""
        return self.filter(held_from__lt=last, held_to__gt=first)

    def visible(self, access: Access) -> Self:
        """One's own; for readers those of their organs; for who manages venues those of the venues."""
        if access.user.pk is None:
            return self.none()
        seen = Q(booked_by=access.user.pk)
        if access.organ is not None:
            level = f"l{access.organ.depth}"
            if access.may(Verb.READ, AREA):
                seen |= Q(**{level: access.organ.pk})
            if access.may(Verb.READ, AREA) or access.may(Verb.HANDLE, AREA):
                seen |= Q(**{f"venue__{level}": access.organ.pk})
        return self.filter(seen)


class Booking(Scoped):
    """预约: a venue from `starts_at` to `ends_at`, held with its buffers from `held_from` to `held_to`.

    `organ` is who booked. `price` in fen. `case` is the id of the approval, if one was asked for; `event` that of the
    meeting whose plan it belongs to.
    """

    venue = models.ForeignKey(Venue, models.PROTECT, related_name="bookings", verbose_name="场所")
    series = models.ForeignKey(
        BookingSeries, models.PROTECT, null=True, blank=True, related_name="bookings", verbose_name="周期预约"
    )
    title = models.CharField("会议名称", max_length=120)
    participants = models.PositiveIntegerField("人数")
    booked_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="预约人")
    contact = models.CharField("联系电话", max_length=30, blank=True)
    starts_at = models.DateTimeField("开始")
    ends_at = models.DateTimeField("结束")
    held_from = models.DateTimeField("占用起")
    held_to = models.DateTimeField("占用止")
    state = models.CharField("状态", max_length=10, choices=BookingState.choices)
    equipment = models.CharField("所需设备", max_length=200, blank=True)
    catering = models.CharField("茶水用餐", max_length=200, blank=True)
    note = models.CharField("说明", max_length=300, blank=True)
    reason = models.CharField("取消或未批准的原因", max_length=200, blank=True)
    price = models.BigIntegerField("费用", default=0)
    case = models.BigIntegerField("审批", null=True, blank=True)
    event = models.BigIntegerField("会议保障", null=True, blank=True)
    booked_at = models.DateTimeField("预约时间")
    arrived_at = models.DateTimeField("签到时间", null=True, blank=True)
    closed_at = models.DateTimeField("了结时间", null=True, blank=True)

    objects = BookingQuerySet.as_manager()

    class Meta(Scoped.Meta):
        verbose_name = "场所预约"
        indexes = [
            *Scoped.Meta.indexes,
            models.Index(fields=["venue", "held_from"], name="booking_venue_from"),
            models.Index(fields=["booked_by", "state"], name="booking_person"),
            models.Index(fields=["state", "starts_at"], name="booking_state"),
            models.Index(fields=["case"], name="booking_case"),
            models.Index(fields=["event"], name="booking_event"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="booking_half_open"),
            models.CheckConstraint(
                condition=Q(held_from__lte=F("starts_at"), held_to__gte=F("ends_at")), name="booking_held_around"
            ),
            models.CheckConstraint(condition=Q(participants__gt=0), name="booking_participants"),
            models.CheckConstraint(condition=Q(price__gte=0), name="booking_price"),
            models.CheckConstraint(condition=Q(state__in=BookingState.values), name="booking_state_known"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def number(self) -> str:
        """The number on papers and in messages."""
        return f"YY{self.pk:06}"

    @property
    def day(self) -> date:
        """The local day of its beginning."""
        return timezone.localtime(self.starts_at).date()

    @property
    def times(self) -> str:
        """12-01 09:00–10:30, local."""
        return f"{timezone.localtime(self.starts_at):%m-%d %H:%M}–{timezone.localtime(self.ends_at):%H:%M}"


class Waiting(Scoped):
    """候补: who wants to be told when a span of a venue becomes free. Nothing is held by it."""

    venue = models.ForeignKey(Venue, models.PROTECT, related_name="waiting", verbose_name="场所")
    person = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="候补人")
    starts_at = models.DateTimeField("开始")
    ends_at = models.DateTimeField("结束")
    asked_at = models.DateTimeField("登记时间")
    told_at = models.DateTimeField("通知时间", null=True, blank=True)

    objects = ScopedQuerySet["Waiting"].as_manager()

    class Meta(Scoped.Meta):
        verbose_name = "候补"
        constraints = [
            models.UniqueConstraint(fields=["venue", "person", "starts_at", "ends_at"], name="waiting_once"),
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="waiting_half_open"),
        ]
        indexes = [*Scoped.Meta.indexes, models.Index(fields=["venue", "starts_at"], name="waiting_venue")]

    def __str__(self) -> str:
        return f"{self.venue_id} {self.starts_at}"


#: The belt below the lock of `actions.py`.
SLOT = Slot(
    table="services_booking",
    key="venue_id",
    first="held_from",
    last="held_to",
    state="state",
    live=tuple(str(state.value) for state in LIVE),
)
