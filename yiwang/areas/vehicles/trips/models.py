"""出车: yards, drivers, trips and who drives them with which car.

A trip is wanted by its organ; a car and a driver are held for it by an assignment, from `held_from` to `held_to`
(positioning and return included). Longitudes and latitudes are WGS-84 degrees, money is fen, distances kilometres.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from yiwang.areas.vehicles.life.models import Body, RentalContract, Vehicle
from yiwang.areas.vehicles.trips.said import DONE_WORDS
from yiwang.areas.vehicles.trips.terms import PoolRule, Sharing, Tariff
from yiwang.core.orgs.models import Person, Scoped, ScopedQuerySet
from yiwang.core.rights.models import User


class Position(models.Model):
    """A place on the map: WGS-84 degrees, six decimals (a decimetre)."""

    longitude = models.DecimalField("经度", max_digits=9, decimal_places=6, null=True, blank=True)
    latitude = models.DecimalField("纬度", max_digits=9, decimal_places=6, null=True, blank=True)

    class Meta:
        abstract = True


class Depot(Scoped, Position):
    """车场: where cars stand. `organ` keeps it; cars of several organs may stand in one."""

    name = models.CharField("车场", max_length=60)
    sort_key = models.CharField("拼音", max_length=120, editable=False)
    address = models.CharField("地址", max_length=160, blank=True)
    places = models.PositiveIntegerField("车位数", default=0)

    objects = ScopedQuerySet["Depot"].as_manager()

    class Meta(Scoped.Meta):
        verbose_name = "车场"
        indexes = [*Scoped.Meta.indexes, models.Index(fields=["sort_key", "id"], name="depot_sort_key")]
        constraints = [
            models.UniqueConstraint(
                fields=["organ", "name"], name="depot_name_once", violation_error_message="这个单位已有这个车场。"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Landmark(Scoped, Position):
    """常用地点: what people call a place, and where it is. The organ keeps it for all below it."""

    name = models.CharField("地点", max_length=60)
    sort_key = models.CharField("拼音", max_length=120, editable=False)
    address = models.CharField("地址", max_length=160, blank=True)

    objects = ScopedQuerySet["Landmark"].as_manager()

    class Meta(Scoped.Meta):
        verbose_name = "常用地点"
        indexes = [*Scoped.Meta.indexes, models.Index(fields=["sort_key", "id"], name="landmark_sort_key")]
        constraints = [
            models.UniqueConstraint(
                fields=["organ", "name"], name="landmark_name_once", violation_error_message="这个单位已有这个地点。"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class DriverState(models.TextChoices):
    """Whether a driver may be given trips."""

    ON_DUTY = "ON_DUTY", "在岗"
    ON_LEAVE = "ON_LEAVE", "休假"
    LEFT = "LEFT", "离岗"


class Licence(models.TextChoices):
    """准驾车型 of a Chinese driving licence, the larger include the smaller."""

    A1 = "A1", "A1 大型客车"
    A2 = "A2", "A2 重型牵引挂车"
    B1 = "B1", "B1 中型客车"
    B2 = "B2", "B2 大型货车"
    C1 = "C1", "C1 小型汽车"
    C2 = "C2", "C2 小型自动挡汽车"


class Driver(Scoped):
    """驾驶员. `user` is the log-in of the driver's phone; `person` the payroll's row where there is one."""

    name = models.CharField("姓名", max_length=60)
    sort_key = models.CharField("拼音", max_length=120, editable=False)
    person = models.ForeignKey(Person, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="人员")
    user = models.OneToOneField(User, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="账号")
    phone = models.CharField("电话", max_length=30, blank=True)
    licence = models.CharField("准驾车型", max_length=2, choices=Licence.choices, default=Licence.C1)
    licence_number = models.CharField("驾驶证号", max_length=30, blank=True)
    licence_until = models.DateField("驾驶证有效期至", null=True, blank=True)
    depot = models.ForeignKey(Depot, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="车场")
    state = models.CharField("状态", max_length=8, choices=DriverState.choices, default=DriverState.ON_DUTY)

    objects = ScopedQuerySet["Driver"].as_manager()

    class Meta(Scoped.Meta):
        verbose_name = "驾驶员"
        indexes = [*Scoped.Meta.indexes, models.Index(fields=["sort_key", "id"], name="driver_sort_key")]

    def __str__(self) -> str:
        return self.name

    @property
    def account(self) -> User | None:
        """Whose phone it is: the driver's own account, else that of the person."""
        if self.user_id or self.person_id is None:
            return self.user
        return User.objects.filter(person=self.person_id).first()


class Purpose(models.TextChoices):
    """事由类别 of a trip."""

    CONFIDENTIAL = "CONFIDENTIAL", "机要通信"
    EMERGENCY = "EMERGENCY", "应急处置"
    ENFORCEMENT = "ENFORCEMENT", "执法执勤"
    MEETING = "MEETING", "参加会议"
    RESEARCH = "RESEARCH", "调研检查"
    RECEPTION = "RECEPTION", "公务接待"
    TRAINING = "TRAINING", "参加培训"
    OTHER = "OTHER", "其他公务"
    PRIVATE = "PRIVATE", "个人事务"


class TripState(models.TextChoices):
    """How far a trip has come."""

    REQUESTED = "REQUESTED", "待审批"
    APPROVED = "APPROVED", "待派车"
    ASSIGNED = "ASSIGNED", "已派车"
    ACCEPTED = "ACCEPTED", "已接单"
    UNDER_WAY = "UNDER_WAY", "行驶中"
    WAITING = "WAITING", "到达等候"
    DONE = "DONE", "待确认"
    CONFIRMED = "CONFIRMED", "已确认"
    SETTLED = "SETTLED", "已结算"
    CANCELLED = "CANCELLED", "已取消"
    NO_SHOW = "NO_SHOW", "乘车人未到"
    REFUSED = "REFUSED", "未获批准"
    POOLED = "POOLED", "已拼入他单"


#: The states in which a trip holds its car and driver.
HOLDING = (TripState.ASSIGNED, TripState.ACCEPTED, TripState.UNDER_WAY, TripState.WAITING)
#: The states that are not left any more.
ENDED = (TripState.SETTLED, TripState.CANCELLED, TripState.NO_SHOW, TripState.REFUSED)


class Provision(models.TextChoices):
    """Which answer a request got."""

    OWN = "OWN", "本单位车辆"
    SHARED = "SHARED", "跨单位调用"
    RENTAL = "RENTAL", "社会租赁"


class Trip(Scoped):
    """用车: a journey that `organ` wants. Instants are aware; `ends_at` is when the car is expected to be free.

    `host` is the trip in whose car it rides (POOLED). `case` is the id of the approval. An urgent trip may run first and bring its papers until `papers_due`.
    """

    number = models.CharField("单号", max_length=20, unique=True)
    case = models.BigIntegerField("审批", null=True, blank=True)
    applicant = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="申请人")
    passengers = models.PositiveSmallIntegerField("乘车人数")
    party = models.CharField("乘车人", max_length=200, blank=True)
    contact = models.CharField("联系电话", max_length=30, blank=True)
    purpose = models.CharField("事由类别", max_length=12, choices=Purpose.choices)
    reason = models.CharField("用车事由", max_length=200)
    route = models.CharField("路线", max_length=300, blank=True)
    document = models.CharField("依据文件", max_length=120, blank=True)
    use = models.CharField("车辆用途", max_length=14, blank=True)
    body = models.CharField("车型", max_length=8, choices=Body.choices, blank=True)
    starts_at = models.DateTimeField("出发时间")
    ends_at = models.DateTimeField("预计结束")
    returns = models.BooleanField("往返", default=True)
    wait_minutes = models.PositiveIntegerField("等候分钟", default=0)
    sharing = models.BooleanField("同意拼车", default=False)
    urgent = models.BooleanField("紧急", default=False)
    papers_due = models.DateTimeField("补办截止", null=True, blank=True)
    papers_at = models.DateTimeField("补办时间", null=True, blank=True)
    kilometres = models.PositiveIntegerField("预计公里", default=0)
    host = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="guests", verbose_name="同车的用车"
    )
    key = models.CharField("提交标识", max_length=60, blank=True, editable=False)
    state = models.CharField("状态", max_length=10, choices=TripState.choices, default=TripState.REQUESTED)
    provision = models.CharField("保障方式", max_length=8, choices=Provision.choices, blank=True)
    ended_reason = models.CharField("取消或未批准的原因", max_length=200, blank=True)
    stars = models.PositiveSmallIntegerField("满意度", null=True, blank=True)
    comment = models.CharField("评价", max_length=200, blank=True)
    charge = models.BigIntegerField("结算金额", null=True, blank=True)
    lines = models.JSONField("结算明细", default=list, blank=True)
    settled_at = models.DateTimeField("结算时间", null=True, blank=True)
    requested_at = models.DateTimeField("申请时间")
    told_at = models.DateTimeField("催办补办", null=True, blank=True, editable=False)

    objects = ScopedQuerySet["Trip"].as_manager()

    class Meta(Scoped.Meta):
        verbose_name = "用车"
        indexes = [
            *Scoped.Meta.indexes,
            models.Index(fields=["state", "starts_at"], name="trip_state_start"),
            models.Index(fields=["applicant", "state"], name="trip_applicant"),
            models.Index(fields=["case"], name="trip_case"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")),
                name="trip_half_open",
                violation_error_message="预计结束要晚于出发时间。",
            ),
            models.CheckConstraint(condition=Q(passengers__gt=0), name="trip_passengers"),
            models.UniqueConstraint(fields=["applicant", "key"], condition=~Q(key=""), name="trip_key_once"),
            models.CheckConstraint(condition=Q(state__in=TripState.values), name="trip_state_known"),
            models.CheckConstraint(condition=~Q(state="POOLED") | Q(host__isnull=False), name="trip_pooled_with"),
            models.CheckConstraint(condition=Q(stars=None) | Q(stars__gte=1, stars__lte=5), name="trip_stars"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def when(self) -> str:
        """12-01 09:00–10:30, over midnight with the second day, local."""
        first, last = timezone.localtime(self.starts_at), timezone.localtime(self.ends_at)
        return f"{first:%m-%d %H:%M}–{last:{'%H:%M' if first.date() == last.date() else '%m-%d %H:%M'}}"

    @property
    def day(self) -> date:
        """The local day on which it begins."""
        return timezone.localtime(self.starts_at).date()

    @property
    def where(self) -> str:
        """The way in words."""
        return self.route


class Stop(Position):
    """途经点: the places of a trip in their order; the first is where it begins, the last where it goes."""

    trip = models.ForeignKey(Trip, models.CASCADE, related_name="stops", verbose_name="用车")
    order = models.PositiveSmallIntegerField("次序")
    name = models.CharField("地点", max_length=120)

    class Meta:
        verbose_name = "途经点"
        ordering = ("trip_id", "order")
        constraints = [models.UniqueConstraint(fields=["trip", "order"], name="stop_order_once")]

    def __str__(self) -> str:
        return self.name


class AssignmentQuerySet(ScopedQuerySet["Assignment"]):
    """Assignments by time."""

    def live(self) -> Self:
        """Those that hold their car and driver, or did so until the trip ended."""
        return self.filter(released_at=None)

    def meeting(self, first: datetime, last: datetime) -> Self:
        """Those whose hold meets [first, last)."""
        return self.filter(held_from__lt=last, held_to__gt=first)


class Assignment(Scoped):
    """派车: a car and a driver held for a trip. `organ` is who lends the car; a rented one has no car of ours.

    One live assignment (`released_at` is null) a trip; those of one car, and of one driver, never overlap. Odometer in
    kilometres, as the driver reads it.
    """

    trip = models.ForeignKey(Trip, models.PROTECT, related_name="assignments", verbose_name="用车")
    vehicle = models.ForeignKey(
        Vehicle, models.PROTECT, null=True, blank=True, related_name="assignments", verbose_name="车辆"
    )
    driver = models.ForeignKey(
        Driver, models.PROTECT, null=True, blank=True, related_name="assignments", verbose_name="驾驶员"
    )
    held_from = models.DateTimeField("占用起")
    held_to = models.DateTimeField("占用止")
    assigned_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="派车人")
    assigned_at = models.DateTimeField("派车时间")
    why = models.CharField("派车理由", max_length=300, blank=True)
    accepted_at = models.DateTimeField("接单", null=True, blank=True)
    inspected_at = models.DateTimeField("出车检查", null=True, blank=True)
    started_at = models.DateTimeField("出车", null=True, blank=True)
    arrived_at = models.DateTimeField("到达", null=True, blank=True)
    ended_at = models.DateTimeField("收车", null=True, blank=True)
    odometer_start = models.PositiveIntegerField("出车里程表", null=True, blank=True)
    odometer_end = models.PositiveIntegerField("收车里程表", null=True, blank=True)
    waiting_since = models.DateTimeField("等候起", null=True, blank=True)
    waited_minutes = models.PositiveIntegerField("已等候分钟", default=0)
    checks = models.JSONField("出车检查项", default=dict, blank=True)
    released_at = models.DateTimeField("解除", null=True, blank=True)
    released_reason = models.CharField("解除原因", max_length=200, blank=True)
    rental = models.ForeignKey(
        RentalContract, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="租赁合同"
    )
    second = models.ForeignKey(
        Driver, models.PROTECT, null=True, blank=True, related_name="second_assignments", verbose_name="第二驾驶员"
    )
    rented_body = models.CharField("租用车型", max_length=8, choices=Body.choices, blank=True)
    rented = models.CharField("租用车辆和驾驶员", max_length=80, blank=True)

    objects = AssignmentQuerySet.as_manager()

    class Meta(Scoped.Meta):
        verbose_name = "派车"
        indexes = [
            *Scoped.Meta.indexes,
            models.Index(fields=["vehicle", "held_from"], name="assignment_vehicle"),
            models.Index(fields=["driver", "held_from"], name="assignment_driver"),
            models.Index(fields=["second", "held_from"], name="assignment_second"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(held_to__gt=F("held_from")), name="assignment_half_open"),
            models.UniqueConstraint(fields=["trip"], condition=Q(released_at=None), name="assignment_one_live"),
            models.CheckConstraint(condition=Q(second=None) | ~Q(second=F("driver")), name="assignment_two_drivers"),
            models.CheckConstraint(
                condition=Q(odometer_end=None) | Q(odometer_end__gte=F("odometer_start")),
                name="assignment_odometer",
                violation_error_message="收车里程表不能小于出车里程表。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.trip} · {self.vehicle or '社会租赁'}"


class DriveAct(models.Model):
    """行车记录: one act of a driver, once for the key that his phone gave it: a bad network sends it twice."""

    assignment = models.ForeignKey(Assignment, models.CASCADE, related_name="acts", verbose_name="派车")
    user = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="操作人")
    act = models.CharField("动作", max_length=12)
    key = models.CharField("标识", max_length=64)
    at = models.DateTimeField("时间")

    class Meta:
        verbose_name = "行车记录"
        ordering = ("at", "pk")
        constraints = [models.UniqueConstraint(fields=["user", "key"], name="drive_act_once")]

    def __str__(self) -> str:
        return f"{self.assignment_id} {self.act}"

    @property
    def word(self) -> str:
        """What was done, in words."""
        return DONE_WORDS.get(self.act, self.act)


class OutageKind(models.TextChoices):
    """Why a car or a driver cannot be sent for a while."""

    MAINTENANCE = "MAINTENANCE", "维修保养"
    SEALED = "SEALED", "封存停驶"
    OFF = "OFF", "驾驶员休息"
    OTHER = "OTHER", "其他"


class Outage(Scoped):
    """停用时段 of a car or of a driver, half-open. `organ` is theirs."""

    vehicle = models.ForeignKey(
        Vehicle, models.PROTECT, null=True, blank=True, related_name="outages", verbose_name="车辆"
    )
    driver = models.ForeignKey(
        Driver, models.PROTECT, null=True, blank=True, related_name="outages", verbose_name="驾驶员"
    )
    kind = models.CharField("原因", max_length=12, choices=OutageKind.choices)
    since = models.DateTimeField("起")
    until = models.DateTimeField("止")
    note = models.CharField("说明", max_length=200, blank=True)

    objects = ScopedQuerySet["Outage"].as_manager()

    class Meta(Scoped.Meta):
        verbose_name = "停用时段"
        indexes = [*Scoped.Meta.indexes, models.Index(fields=["until", "since"], name="outage_time")]
        constraints = [
            models.CheckConstraint(
                condition=Q(until__gt=F("since")), name="outage_half_open", violation_error_message="止要晚于起。"
            ),
            models.CheckConstraint(
                condition=Q(vehicle=None, driver__isnull=False) | Q(vehicle__isnull=False, driver=None),
                name="outage_of_one",
                violation_error_message="停用时段要么填车辆,要么填驾驶员。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.vehicle or self.driver} {self.get_kind_display()}"


class LoanState(models.TextChoices):
    """What the lender said."""

    ASKED = "ASKED", "待出借单位同意"
    AGREED = "AGREED", "同意"
    DECLINED = "DECLINED", "不同意"
    WITHDRAWN = "WITHDRAWN", "已撤回"


class Loan(Scoped):
    """跨单位调用: a car of another pool is asked for, for one trip. `organ` lends it, by its arrangement `sharing`."""

    trip = models.ForeignKey(Trip, models.PROTECT, related_name="loans", verbose_name="用车")
    sharing = models.ForeignKey(Sharing, models.PROTECT, related_name="+", verbose_name="共享约定")
    vehicle = models.ForeignKey(
        Vehicle, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="指定车辆"
    )
    price = models.BigIntegerField("预计费用", default=0)
    state = models.CharField("状态", max_length=9, choices=LoanState.choices, default=LoanState.ASKED)
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="提出人")
    asked_at = models.DateTimeField("提出时间")
    answered_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="答复人"
    )
    answered_at = models.DateTimeField("答复时间", null=True, blank=True)
    reason = models.CharField("答复说明", max_length=200, blank=True)

    objects = ScopedQuerySet["Loan"].as_manager()

    class Meta(Scoped.Meta):
        verbose_name = "跨单位调用"
        indexes = [*Scoped.Meta.indexes, models.Index(fields=["state", "asked_at"], name="loan_state")]
        constraints = [
            models.UniqueConstraint(
                fields=["trip", "sharing"],
                condition=Q(state__in=[LoanState.ASKED, LoanState.AGREED]),
                name="loan_one_open",
            ),
            models.CheckConstraint(condition=Q(state__in=LoanState.values), name="loan_state_known"),
        ]

    def __str__(self) -> str:
        return f"{self.trip} ← {self.organ}"


class ExpenseKind(models.TextChoices):
    """What a driver pays on the way."""

    FUEL = "FUEL", "加油"
    CHARGE = "CHARGE", "充电"
    TOLL = "TOLL", "过路过桥"
    PARKING = "PARKING", "停车"
    OTHER = "OTHER", "其他"


class Expense(models.Model):
    """途中费用 as the driver declares it: fen; litres or kWh where it is fuel or charge."""

    assignment = models.ForeignKey(Assignment, models.CASCADE, related_name="expenses", verbose_name="派车")
    kind = models.CharField("费用", max_length=8, choices=ExpenseKind.choices)
    amount = models.BigIntegerField("金额")
    quantity = models.DecimalField("数量", max_digits=8, decimal_places=2, null=True, blank=True)
    note = models.CharField("说明", max_length=120, blank=True)
    at = models.DateTimeField("时间")

    class Meta:
        verbose_name = "途中费用"
        ordering = ("at", "pk")
        constraints = [
            models.CheckConstraint(
                condition=Q(amount__gte=0), name="expense_amount", violation_error_message="金额不能小于 0。"
            ),
            models.CheckConstraint(condition=Q(kind__in=ExpenseKind.values), name="expense_kind_known"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.amount / 100:.2f}"


__all__ = ["PoolRule", "Sharing", "Tariff"]
