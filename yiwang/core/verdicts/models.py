"""问题: a verdict that somebody must act on, until it is closed; and everything that happened to it."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from django.db import models
from django.db.models import Q

from yiwang.core.orgs.models import Scoped, ScopedQuerySet
from yiwang.core.rights.models import User


class FindingKind(models.TextChoices):
    """The kinds of verdict that become findings. 待核 never does: it accuses nobody."""

    OVER = "over", "超标"
    WARNING = "warning", "提醒"
    UNDETERMINED = "undetermined", "无法判定"


class State(models.TextChoices):
    """How far a finding has come."""

    OPEN = "OPEN", "待交办"
    ASSIGNED = "ASSIGNED", "待整改"
    RECTIFYING = "RECTIFYING", "整改中"
    REVIEWING = "REVIEWING", "待复核"
    APPEALED = "APPEALED", "申诉中"
    CLOSED = "CLOSED", "已销号"


class Outcome(models.TextChoices):
    """Why a finding was closed."""

    REGISTER = "REGISTER", "台账已更正,自动销号"
    RECTIFIED = "RECTIFIED", "整改复核通过"
    EXCUSED = "EXCUSED", "经批准保留"
    APPEAL = "APPEAL", "申诉成立"


#: While what was excused stays as it is, it is not found again.
LASTING = (Outcome.EXCUSED, Outcome.APPEAL)


class FindingQuerySet(ScopedQuerySet["Finding"]):
    """Findings by what is left to do."""

    def pending(self) -> FindingQuerySet:
        """Not closed yet."""
        return self.exclude(state=State.CLOSED)

    def overdue(self, on: date) -> FindingQuerySet:
        """Not closed though the deadline is over."""
        return self.pending().filter(due_date__lt=on)


class Finding(Scoped):
    """One subject under one topic. `organ` answers for it. Figures are in `unit`; `facts` is the record as judged.

    Where several clauses of one topic are broken (a local one beside the nation's), the worst is the finding's and
    `others` holds the rest.
    """

    area_by: ClassVar[str] = "dataset"

    dataset = models.CharField("台账数据集", max_length=60)
    topic = models.CharField("事项", max_length=120)
    subject = models.CharField("对象编号", max_length=80)
    subject_label = models.CharField("对象", max_length=250)
    url = models.CharField("台账地址", max_length=250, blank=True)
    kind = models.CharField("判定", max_length=12, choices=FindingKind.choices)
    clause = models.CharField("条款", max_length=160, db_index=True)
    document = models.CharField("制度", max_length=200)
    number = models.CharField("文号", max_length=100, blank=True)
    article = models.CharField("条", max_length=100, blank=True)
    modality = models.CharField("力度", max_length=40, blank=True)
    version = models.CharField("条款版本", max_length=64)
    label = models.CharField("所测", max_length=120, blank=True)
    relation = models.CharField("关系", max_length=2, blank=True)
    measure = models.DecimalField("实际", max_digits=20, decimal_places=4, null=True, blank=True)
    limit = models.DecimalField("标准", max_digits=20, decimal_places=4, null=True, blank=True)
    excess = models.DecimalField("超出", max_digits=20, decimal_places=4, null=True, blank=True)
    unit = models.CharField("单位", max_length=30, blank=True)
    message = models.TextField("说明", blank=True)
    facts = models.JSONField("事实", default=dict, blank=True)
    others = models.JSONField("并列条款", default=list, blank=True)
    judged_on = models.DateField("判定日期")
    region = models.CharField("行政区划", max_length=12)
    state = models.CharField("状态", max_length=12, choices=State.choices, default=State.OPEN)
    outcome = models.CharField("销号方式", max_length=12, choices=Outcome.choices, blank=True)
    closed_by_register = models.BooleanField("随台账更正自动销号", default=False)
    handler = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="经办人")
    due_date = models.DateField("整改期限", null=True, blank=True)
    opened_date = models.DateField("发现日期")
    closed_date = models.DateField("销号日期", null=True, blank=True)

    objects = FindingQuerySet.as_manager()

    class Meta(Scoped.Meta):
        verbose_name = "问题"
        indexes = [
            *Scoped.Meta.indexes,
            models.Index(fields=["dataset", "subject"], name="finding_subject"),
            models.Index(fields=["handler", "state"], name="finding_handler"),
            models.Index(fields=["state", "due_date"], name="finding_due"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["topic", "subject"], condition=~Q(state="CLOSED"), name="finding_open_once"
            ),
            models.CheckConstraint(
                condition=(Q(state="CLOSED") & ~Q(outcome="") & Q(closed_date__isnull=False))
                | (~Q(state="CLOSED") & Q(outcome="") & Q(closed_date=None)),
                name="finding_closed_has_outcome",
            ),
            models.CheckConstraint(condition=Q(state__in=State.values), name="finding_state_known"),
            models.CheckConstraint(condition=Q(kind__in=FindingKind.values), name="finding_kind_known"),
        ]

    def __str__(self) -> str:
        return f"{self.subject_label}:{self.label or self.topic}"

    @property
    def on(self) -> date:
        """The day of the verdict, under the name that a verdict has for it."""
        return self.judged_on

    def overdue(self, on: date) -> bool:
        """Whether the deadline is over and the finding is not closed."""
        return self.due_date is not None and self.due_date < on and self.state != State.CLOSED


class Verb(models.TextChoices):
    """What was done to a finding."""

    OPEN = "OPEN", "发现"
    REFRESH = "REFRESH", "台账变化,重新判定"
    ASSIGN = "ASSIGN", "交办"
    EXTEND = "EXTEND", "延期"
    START = "START", "开始整改"
    RECTIFY = "RECTIFY", "提交整改"
    WITHDRAW = "WITHDRAW", "撤回"
    SEND_BACK = "SEND_BACK", "复核退回"
    CLOSE = "CLOSE", "销号"
    APPEAL = "APPEAL", "申诉"
    REJECT = "REJECT", "申诉驳回"


class FindingEvent(models.Model):
    """One step in the life of a finding. `at` is an instant; `figures` what was measured and allowed then."""

    finding = models.ForeignKey(Finding, models.PROTECT, related_name="events", verbose_name="问题")
    at = models.DateTimeField("时间")
    actor = models.CharField("经办", max_length=40)  # "user:7" or "system", as in the ledger
    verb = models.CharField("动作", max_length=12, choices=Verb.choices)
    state = models.CharField("此后状态", max_length=12, choices=State.choices)
    note = models.TextField("意见", blank=True)
    attachment = models.CharField("文号", max_length=200, blank=True)
    file = models.FileField("附件", upload_to="findings/%Y/%m/", blank=True)
    file_name = models.CharField("附件名", max_length=200, blank=True)
    file_digest = models.CharField("附件摘要", max_length=64, blank=True)  # SHA-256
    figures = models.JSONField("数值", default=dict, blank=True)

    class Meta:
        verbose_name = "问题经过"
        indexes = [models.Index(fields=["finding", "id"], name="finding_event_order")]

    def __str__(self) -> str:
        return f"{self.get_verb_display()} {self.at:%Y-%m-%d}"
