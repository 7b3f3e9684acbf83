"""报修工单: places with a QR label, teams, work orders with their steps and parts."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q

from yiwang.areas.services.catalogue.models import Item, Urgency
from yiwang.areas.services.suppliers.models import Supplier
from yiwang.core.orgs.models import Scoped, ScopedQuerySet
from yiwang.core.places.models import Building
from yiwang.core.rights.models import Role, User, Verb

if TYPE_CHECKING:
    from yiwang.core.rights.access import Access


def new_token() -> str:
    """What the QR code of a spot carries: 96 random bits."""
    return secrets.token_urlsafe(12)


class SpotKind(models.TextChoices):
    """What kind of place a label hangs at."""

    ROOM = "ROOM", "房间"
    PUBLIC = "PUBLIC", "公共区域"
    EQUIPMENT = "EQUIPMENT", "设备设施"


class PatrolObject(models.TextChoices):
    """What is patrolled. The first five are those of the standard; nothing is asked of the others."""

    STRUCTURE = "STRUCTURE", "房屋结构"
    FACADE = "FACADE", "外墙饰面"
    CANOPY = "CANOPY", "雨篷"
    OUTDOOR_UNIT = "OUTDOOR_UNIT", "外机支撑"
    SHARED_PARTS = "SHARED_PARTS", "共用部位门窗楼梯通风道"
    PUBLIC_AREA = "PUBLIC_AREA", "公共区域"
    EQUIPMENT = "EQUIPMENT", "设备机房"


#: The objects that a clause knows.
JUDGED = (
    PatrolObject.STRUCTURE,
    PatrolObject.FACADE,
    PatrolObject.CANOPY,
    PatrolObject.OUTDOOR_UNIT,
    PatrolObject.SHARED_PARTS,
)


class Spot(Scoped):
    """点位: a place that has a QR label. `organ` looks after it. `token` is in the QR code and cannot be guessed.

    `checks` are what a patrol looks at there, joined by 、; `patrol_object` says which patrols pass it.
    """

    building = models.ForeignKey(Building, models.PROTECT, related_name="+", verbose_name="楼栋")
    name = models.CharField("点位", max_length=60)
    floor = models.CharField("楼层", max_length=20, blank=True)
    kind = models.CharField("类别", max_length=10, choices=SpotKind.choices, default=SpotKind.ROOM)
    patrol_object = models.CharField("巡检对象", max_length=14, choices=PatrolObject.choices, blank=True)
    checks = models.CharField("检查项", max_length=400, blank=True)
    token = models.CharField("二维码", max_length=24, unique=True, editable=False, default=new_token)

    objects = ScopedQuerySet["Spot"].as_manager()

    class Meta(Scoped.Meta):
        verbose_name = "点位"
        indexes = [*Scoped.Meta.indexes, models.Index(fields=["building", "patrol_object"], name="spot_object")]
        constraints = [
            models.UniqueConstraint(
                fields=["building", "name"], name="spot_once", violation_error_message="这栋楼已有这个点位。"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=SpotKind.values),
                name="spot_kind_known",
                violation_error_message="类别不在代码表内。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.building.name} {self.name}"

    @property
    def check_items(self) -> list[str]:
        """What a patrol looks at here."""
        return [one for one in self.checks.replace(",", "、").replace(",", "、").split("、") if one.strip()]


class Team(Scoped):
    """班组: own people or a supplier's. It serves the organ and all below it, in one building or everywhere.

    `skills`: codes of items joined by 、; empty: everything. `supplier`: whose people they are, None for own ones.
    """

    name = models.CharField("班组", max_length=60)
    skills = models.CharField("服务事项", max_length=200, blank=True)
    building = models.ForeignKey(Building, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="楼栋")
    supplier = models.ForeignKey(
        Supplier, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="供应商"
    )
    phone = models.CharField("电话", max_length=30, blank=True)
    duty = models.CharField("值班", max_length=100, blank=True)
    state = models.CharField("状态", max_length=8, default="OPEN", choices=(("OPEN", "在岗"), ("CLOSED", "停用")))

    objects = ScopedQuerySet["Team"].as_manager()

    class Meta(Scoped.Meta):
        verbose_name = "班组"
        constraints = [
            models.UniqueConstraint(
                fields=["organ", "name"], name="team_once", violation_error_message="这个单位已有这个班组。"
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def codes(self) -> set[str]:
        """The items it can do; empty: everything."""
        return {one.strip() for one in self.skills.replace(",", "、").replace(",", "、").split("、") if one.strip()}


class TeamMember(models.Model):
    """A user in a team. On duty on `weekdays` (1 Monday … 7) from `hour_from` up to `hour_to`; as of local time."""

    team = models.ForeignKey(Team, models.CASCADE, related_name="members", verbose_name="班组")
    user = models.ForeignKey(User, models.CASCADE, related_name="+", verbose_name="成员")
    leads = models.BooleanField("组长", default=False)
    weekdays = models.CharField("值班星期", max_length=7, default="12345")
    hour_from = models.PositiveSmallIntegerField("起", default=8)
    hour_to = models.PositiveSmallIntegerField("止", default=18)

    class Meta:
        verbose_name = "班组成员"
        constraints = [
            models.UniqueConstraint(fields=["team", "user"], name="team_member_once"),
            models.CheckConstraint(condition=Q(hour_from__lt=models.F("hour_to")), name="team_member_hours"),
            models.CheckConstraint(condition=Q(hour_to__lte=24), name="team_member_day"),
        ]

    def __str__(self) -> str:
        return f"{self.team_id} {self.user_id}"

    def on_duty(self, local: datetime) -> bool:
        """Whether on duty at this local time."""
        return str(local.isoweekday()) in self.weekdays and self.hour_from <= local.hour < self.hour_to


class OrderState(models.TextChoices):
    """How far a work order has come."""

    NEW = "NEW", "待派工"
    ASSIGNED = "ASSIGNED", "待接单"
    ACCEPTED = "ACCEPTED", "已接单"
    ARRIVED = "ARRIVED", "处理中"
    PAUSED = "PAUSED", "暂停"
    APPROVING = "APPROVING", "待审批"
    FINISHED = "FINISHED", "待确认"
    CLOSED = "CLOSED", "已办结"
    CANCELLED = "CANCELLED", "已取消"


#: Not over yet: somebody of the service has still to do something.
RUNNING = (
    OrderState.NEW,
    OrderState.ASSIGNED,
    OrderState.ACCEPTED,
    OrderState.ARRIVED,
    OrderState.PAUSED,
    OrderState.APPROVING,
)
#: The clock of the service level stands still.
STANDING = (OrderState.PAUSED, OrderState.APPROVING)


class Origin(models.TextChoices):
    """Where an order came from."""

    REPORT = "REPORT", "报修"
    PATROL = "PATROL", "巡检发现"
    PLAN = "PLAN", "计划保养"


class PauseReason(models.TextChoices):
    """Why the clock stands."""

    PARTS = "PARTS", "等配件"
    ACCESS = "ACCESS", "进不了现场"
    WEATHER = "WEATHER", "天气"
    OTHER = "OTHER", "其他"


class OrderQuerySet(ScopedQuerySet["WorkOrder"]):
    """Orders by who may see them and what is left to do."""

    def visible(self, access: Access) -> OrderQuerySet:
        """What is one's own, what one's teams have, and, for readers and dispatchers of services, all of the organ."""
        me = access.user.pk
        if me is None:
            return self.none()
        seen = Q(reporter=me) | Q(repairer=me) | Q(team__in=TeamMember.objects.filter(user=me).values("team"))
        organ = access.organ
        if organ and (access.may(Verb.READ, "services") or access.has(Role.DISPATCHER, "services")):
            seen |= Q(**{f"l{organ.depth}": organ.pk})
        return self.filter(seen)

    def running(self) -> OrderQuerySet:
        """Neither finished nor cancelled."""
        return self.filter(state__in=RUNNING)

    def late(self, now: datetime) -> OrderQuerySet:
        """Running, the clock going, and something promised not done in time."""
        return self.filter(state__in=[one for one in RUNNING if one not in STANDING]).filter(
            Q(respond_by__lt=now, responded_at=None)
            | Q(arrive_by__lt=now, arrived_at=None)
            | Q(finish_by__lt=now)
            | Q(plan_by__lt=now, planned_at=None)
        )


class WorkOrder(Scoped):
    """工单. `organ` is the one whose place it is. Instants in UTC; costs in fen; `…_by` the instants promised.

    A clock that stood still has moved the promises: `paused_seconds` is how long in all. `version` counts the verbs:
    updating it first is the lock. `supplier` without `team`: given to a supplier that has no accounts here.
    """

    number = models.CharField("工单号", max_length=30, unique=True)
    key = models.CharField("防重复键", max_length=60, blank=True, editable=False)
    item = models.ForeignKey(Item, models.PROTECT, related_name="+", verbose_name="服务事项")
    urgency = models.CharField("紧急程度", max_length=10, choices=Urgency.choices, default=Urgency.NORMAL)
    origin = models.CharField("来源", max_length=8, choices=Origin.choices, default=Origin.REPORT)
    problem = models.CharField("故障", max_length=500)
    spot = models.ForeignKey(Spot, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="点位")
    building = models.ForeignKey(Building, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="楼栋")
    location = models.CharField("地点", max_length=120)
    phone = models.CharField("联系电话", max_length=30, blank=True)
    reporter = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="报修人")
    team = models.ForeignKey(Team, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="班组")
    supplier = models.ForeignKey(
        Supplier, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="供应商"
    )
    repairer = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="维修人")
    state = models.CharField("状态", max_length=10, choices=OrderState.choices, default=OrderState.NEW)
    reported_date = models.DateField("报修日期")
    reported_at = models.DateTimeField("报修时间")
    responded_at = models.DateTimeField("响应时间", null=True, blank=True)
    accepted_at = models.DateTimeField("接单时间", null=True, blank=True)
    arrived_at = models.DateTimeField("到场时间", null=True, blank=True)
    planned_at = models.DateTimeField("答复方案时间", null=True, blank=True)
    finished_at = models.DateTimeField("完成时间", null=True, blank=True)
    closed_at = models.DateTimeField("办结时间", null=True, blank=True)
    respond_by = models.DateTimeField("应响应", null=True, blank=True)
    arrive_by = models.DateTimeField("应到场", null=True, blank=True)
    plan_by = models.DateTimeField("应答复方案", null=True, blank=True)
    finish_by = models.DateTimeField("应完成", null=True, blank=True)
    paused_at = models.DateTimeField("暂停时间", null=True, blank=True)
    pause_reason = models.CharField("暂停原因", max_length=8, choices=PauseReason.choices, blank=True)
    paused_seconds = models.BigIntegerField("暂停合计(秒)", default=0)
    labour_cost = models.BigIntegerField("人工费", default=0)
    parts_cost = models.BigIntegerField("材料费", default=0)
    solution = models.CharField("处理情况", max_length=500, blank=True)
    score = models.PositiveSmallIntegerField("评分", null=True, blank=True)
    score_reason = models.CharField("评价理由", max_length=300, blank=True)
    reopened = models.PositiveSmallIntegerField("返修次数", default=0)
    escalated_at = models.DateTimeField("升级时间", null=True, blank=True)
    estimate = models.BigIntegerField("预计费用", null=True, blank=True)
    approved_cost = models.BigIntegerField("批准费用", null=True, blank=True)
    case_id = models.BigIntegerField("审批事项", null=True, blank=True, editable=False)
    version = models.PositiveIntegerField(default=0, editable=False)

    objects = OrderQuerySet.as_manager()

    class Meta(Scoped.Meta):
        verbose_name = "工单"
        indexes = [
            *Scoped.Meta.indexes,
            models.Index(fields=["state", "finish_by"], name="order_state"),
            models.Index(fields=["reporter", "id"], name="order_reporter"),
            models.Index(fields=["repairer", "state"], name="order_repairer"),
            models.Index(fields=["team", "state"], name="order_team"),
            models.Index(fields=["reported_date", "id"], name="order_date"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["reporter", "key"], condition=~Q(key=""), name="order_key_once"),
            models.CheckConstraint(condition=Q(state__in=OrderState.values), name="order_state_known"),
            models.CheckConstraint(condition=Q(urgency__in=Urgency.values), name="order_urgency_known"),
            models.CheckConstraint(condition=Q(score=None) | Q(score__gte=1, score__lte=5), name="order_score"),
            models.CheckConstraint(condition=Q(labour_cost__gte=0, parts_cost__gte=0), name="order_cost"),
            models.CheckConstraint(
                condition=~Q(state__in=["ACCEPTED", "ARRIVED", "FINISHED"]) | Q(accepted_at__isnull=False),
                name="order_accepted_at",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def cost(self) -> int:
        """Labour and parts, in fen."""
        return self.labour_cost + self.parts_cost


class OrderEvent(models.Model):
    """One step in the life of an order."""

    order = models.ForeignKey(WorkOrder, models.CASCADE, related_name="events", verbose_name="工单")
    at = models.DateTimeField("时间")
    actor = models.CharField("经办", max_length=40)  # "user:7" or "system", as in the ledger
    behalf = models.CharField("代谁", max_length=40, blank=True)  # likewise, where a delegate acted
    verb = models.CharField("动作", max_length=16)
    state = models.CharField("此后状态", max_length=10, choices=OrderState.choices)
    note = models.CharField("说明", max_length=500, blank=True)

    class Meta:
        verbose_name = "工单经过"
        indexes = [models.Index(fields=["order", "id"], name="order_event_order")]

    def __str__(self) -> str:
        return f"{self.verb} {self.at:%Y-%m-%d}"


class OrderPart(models.Model):
    """A part that was used. Price of one in fen."""

    order = models.ForeignKey(WorkOrder, models.CASCADE, related_name="parts", verbose_name="工单")
    name = models.CharField("配件", max_length=60)
    quantity = models.PositiveIntegerField("数量")
    price = models.BigIntegerField("单价")

    class Meta:
        verbose_name = "配件"
        constraints = [models.CheckConstraint(condition=Q(quantity__gt=0, price__gte=0), name="order_part_positive")]

    def __str__(self) -> str:
        return self.name

    @property
    def total(self) -> int:
        """In fen."""
        return self.quantity * self.price
