"""会议、活动保障: one plan that gathers rooms, places, meals, cars, persons and materials, and one bill."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import F, Q

from yiwang.areas.services.venues.models import AREA, YesNo
from yiwang.core.flow.models import Case
from yiwang.core.orgs.models import Scoped, ScopedQuerySet
from yiwang.core.rights.access import Access
from yiwang.core.rights.models import Role, User, Verb


class MeetingClass(models.TextChoices):
    """会议类别, in the words of the meeting clauses; an activity that is no meeting has none."""

    FIRST = "一类", "一类会议"
    SECOND = "二类", "二类会议"
    THIRD = "三类", "三类会议"
    FOURTH = "四类", "四类会议"
    NONE = "", "活动(不按会议分类)"


class EventState(models.TextChoices):
    """How far a plan has come."""

    DRAFT = "DRAFT", "拟稿"
    ASKED = "ASKED", "审批中"
    BACK = "BACK", "退回修改"
    APPROVED = "APPROVED", "已批准"
    REFUSED = "REFUSED", "未批准"
    CANCELLED = "CANCELLED", "已取消"
    CLOSED = "CLOSED", "已办结"


#: In these the plan may be changed by whoever keeps it.
EDITABLE = (EventState.DRAFT, EventState.BACK)


class LineKind(models.TextChoices):
    """What a line of the plan provides."""

    ROOM = "ROOM", "会议室、场所"
    LODGING = "LODGING", "住宿"
    MEAL = "MEAL", "用餐"
    CAR = "CAR", "车辆"
    STAFF = "STAFF", "服务人员"
    MATERIAL = "MATERIAL", "物资、资料"
    OTHER = "OTHER", "其他"


#: Who provides what: a plan concerns them as soon as it has such a line. A repairer provides nothing for a meeting.
PROVIDES: dict[Role, tuple[LineKind, ...]] = {
    Role.RECEPTION: (LineKind.ROOM, LineKind.LODGING, LineKind.STAFF),
    Role.CANTEEN: (LineKind.MEAL,),
    Role.DISPATCHER: (LineKind.CAR,),
    Role.KEEPER: (LineKind.MATERIAL,),
}


class EventQuerySet(ScopedQuerySet["Event"]):
    """Plans by who may see them."""

    def visible(self, access: Access) -> Self:
        """One's own; all of the organs for readers; there, for those who serve, the plans that they have a part in.

        A part is a line that their office provides, once the plan was submitted, or a task in its case.
        """
        if access.user.pk is None:
            return self.none()
        seen = Q(created_by=access.user.pk)
        if access.organ is None:
            return self.filter(seen)
        here = Q(**{f"l{access.organ.depth}": access.organ.pk})
        if access.may(Verb.READ, AREA):
            return self.filter(seen | here)
        kinds = {kind for role, some in PROVIDES.items() if access.has(role, AREA) for kind in some}
        if kinds:
            served = EventLine.objects.filter(kind__in=kinds).values("event")
            seen |= here & Q(pk__in=served) & ~Q(state=EventState.DRAFT)
        if access.may(Verb.HANDLE, AREA) or access.may(Verb.APPROVE, AREA):
            seen |= Q(case__in=Case.objects.visible(access).values("pk"))
        return self.filter(seen)


class Event(Scoped):
    """A meeting or an activity of `organ`. `participants` includes `staff`; days as the clauses count them.

    `banned` names what the clauses forbid and the plan has all the same (keys of engagements.meeting).
    """

    name = models.CharField("名称", max_length=120)
    meeting_class = models.CharField("类别", max_length=4, choices=MeetingClass.choices, blank=True)
    briefing = models.CharField("传达、布置类", max_length=3, choices=YesNo.choices, default=YesNo.NO)
    first_date = models.DateField("首日")
    last_date = models.DateField("末日")
    days = models.DecimalField("会期", max_digits=4, decimal_places=1)
    arrive_leave_days = models.DecimalField("报到和离开天数", max_digits=3, decimal_places=1, default=0)
    participants = models.PositiveIntegerField("参会人数")
    staff = models.PositiveIntegerField("其中工作人员", default=0)
    banned = models.JSONField("禁止事项", default=list, blank=True)
    purpose = models.CharField("事由和要求", max_length=500, blank=True)
    state = models.CharField("状态", max_length=10, choices=EventState.choices, default=EventState.DRAFT)
    case = models.BigIntegerField("审批", null=True, blank=True)
    created_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="经办人")
    created_at = models.DateTimeField("拟稿时间")
    closed_at = models.DateTimeField("办结时间", null=True, blank=True)

    objects = EventQuerySet.as_manager()

    class Meta(Scoped.Meta):
        verbose_name = "会议保障"
        indexes = [
            *Scoped.Meta.indexes,
            models.Index(fields=["first_date", "id"], name="event_first"),
            models.Index(fields=["created_by", "state"], name="event_person"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(last_date__gte=F("first_date")), name="event_dates"),
            models.CheckConstraint(condition=Q(participants__gt=0), name="event_participants"),
            models.CheckConstraint(condition=Q(staff__lte=F("participants")), name="event_staff"),
            models.CheckConstraint(condition=Q(state__in=EventState.values), name="event_state_known"),
            models.CheckConstraint(condition=Q(meeting_class__in=MeetingClass.values), name="event_class_known"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def number(self) -> str:
        """The number on papers and in messages."""
        return f"HB{self.pk:06}"


class Cost(models.TextChoices):
    """Which figure of the meeting clauses a line belongs to."""

    LODGING = "lodging_cost", "住宿费"
    MEAL = "meal_cost", "伙食费"
    OTHER = "other_cost", "其他费用"


class EventLine(Scoped):
    """One line of plan and bill: `quantity` × `price` (fen) = `amount` (fen), paid by `payer`. `organ` is the event's.

    A room that was booked is `booking` (its id); other things are named: `reference` is what their own register calls it.
    """

    event = models.ForeignKey(Event, models.PROTECT, related_name="lines", verbose_name="会议保障")
    kind = models.CharField("种类", max_length=8, choices=LineKind.choices)
    what = models.CharField("内容", max_length=120)
    when = models.CharField("时间", max_length=60, blank=True)
    quantity = models.DecimalField("数量", max_digits=10, decimal_places=2)
    unit = models.CharField("单位", max_length=10, blank=True)
    price = models.BigIntegerField("单价", default=0)
    amount = models.BigIntegerField("金额", default=0)
    payer = models.CharField("付款方", max_length=60, blank=True)
    responsible = models.CharField("负责人", max_length=60, blank=True)
    reference = models.CharField("凭据", max_length=60, blank=True)
    booking = models.BigIntegerField("预约", null=True, blank=True)

    objects = ScopedQuerySet["EventLine"].as_manager()

    class Meta(Scoped.Meta):
        verbose_name = "会议保障项目"
        indexes = [*Scoped.Meta.indexes, models.Index(fields=["event", "id"], name="event_line_event")]
        constraints = [
            models.CheckConstraint(condition=Q(quantity__gt=0), name="event_line_quantity"),
            models.CheckConstraint(condition=Q(price__gte=0, amount__gte=0), name="event_line_money"),
            models.CheckConstraint(condition=Q(kind__in=LineKind.values), name="event_line_kind_known"),
            models.UniqueConstraint(
                fields=["booking"], condition=Q(booking__isnull=False), name="event_line_booking_once"
            ),
        ]

    def __str__(self) -> str:
        return self.what


class EventTask(Scoped):
    """A task of the plan: what, by when, by whom. `organ` is the event's."""

    event = models.ForeignKey(Event, models.PROTECT, related_name="tasks", verbose_name="会议保障")
    what = models.CharField("任务", max_length=120)
    due_at = models.DateTimeField("完成时限")
    responsible = models.CharField("负责人", max_length=60)
    done_at = models.DateTimeField("完成时间", null=True, blank=True)
    done_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="完成人")

    objects = ScopedQuerySet["EventTask"].as_manager()

    class Meta(Scoped.Meta):
        verbose_name = "会议保障任务"
        indexes = [*Scoped.Meta.indexes, models.Index(fields=["event", "due_at"], name="event_task_event")]
        constraints = [
            models.CheckConstraint(
                condition=Q(done_at=None, done_by=None) | Q(done_at__isnull=False, done_by__isnull=False),
                name="event_task_done",
            )
        ]

    def __str__(self) -> str:
        return self.what
