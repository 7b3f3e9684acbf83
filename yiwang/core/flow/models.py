"""Definitions, cases, steps, tasks and what was said on them (流程定义、事项、环节、待办、经过)."""

from __future__ import annotations

from datetime import date, datetime
from typing import ClassVar, Self

from django.db import models
from django.db.models import Exists, OuterRef, Q

from yiwang.core.flow.people import mine
from yiwang.core.orgs.models import Scoped, ScopedQuerySet
from yiwang.core.rights.access import Access
from yiwang.core.rights.models import User, Verb
from yiwang.core.standards.regions import chain


class DefinitionState(models.TextChoices):
    """Where a definition stands. A draft has open points or waits for its day."""

    DRAFT = "DRAFT", "草稿"
    IN_FORCE = "IN_FORCE", "现行"
    RETIRED = "RETIRED", "停用"


class CaseState(models.TextChoices):
    """Where a case stands. Everything but OPEN is final."""

    OPEN = "OPEN", "办理中"
    DONE = "DONE", "办结"
    REFUSED = "REFUSED", "驳回"
    WITHDRAWN = "WITHDRAWN", "撤回"
    VOID = "VOID", "作废"


class StepState(models.TextChoices):
    """One visit of a node. ARRIVED waits at a join; REDO was done and is to be done again (its opinions stay)."""

    OPEN = "OPEN", "办理中"
    DONE = "DONE", "已办"
    VOID = "VOID", "终止"
    REDO = "REDO", "重办"
    ARRIVED = "ARRIVED", "已到汇合点"


class TaskKind(models.TextChoices):
    """Why somebody has a task."""

    MAIN = "MAIN", "主办"
    BEFORE = "BEFORE", "前加签"
    AFTER = "AFTER", "后加签"
    ESCALATED = "ESCALATED", "逾期升级"


class TaskState(models.TextChoices):
    """WAIT stands behind another's signature."""

    WAIT = "WAIT", "等待"
    OPEN = "OPEN", "待办"
    DONE = "DONE", "已办"
    VOID = "VOID", "终止"


class EventVerb(models.TextChoices):
    """What was done on a case: one row an act."""

    APPLY = "APPLY", "申请"
    APPROVE = "APPROVE", "同意"
    REJECT = "REJECT", "驳回"
    SEND_BACK = "SEND_BACK", "退回"
    WITHDRAW = "WITHDRAW", "撤回"
    TRANSFER = "TRANSFER", "转办"
    ADD_SIGNER = "ADD_SIGNER", "加签"
    COPY = "COPY", "抄送"
    URGE = "URGE", "催办"
    COMMENT = "COMMENT", "留言"
    ATTACH = "ATTACH", "附件"
    PAUSE = "PAUSE", "暂停计时"
    RESUME = "RESUME", "恢复计时"
    VOID = "VOID", "作废"
    OVERDUE = "OVERDUE", "逾期"


class PartyKind(models.TextChoices):
    """What somebody has to do with a case."""

    APPLICANT = "APPLICANT", "申请人"
    SIGNER = "SIGNER", "办理人"
    COPIED = "COPIED", "抄送"


class DefinitionQuerySet(models.QuerySet["Definition"]):
    """Definitions by day and place."""

    def in_force(self, key: str, on: date, region: str = "CN") -> Definition | None:
        """The definition of a process on a day at a place: the nearest region's, of those the newest; None."""
        places = chain(region)
        rows = self.filter(key=key, region__in=places, state=DefinitionState.IN_FORCE, valid_from__lte=on)
        found = list(rows.filter(Q(valid_to=None) | Q(valid_to__gt=on)).defer("xml"))
        return min(found, key=lambda row: (places.index(row.region), -row.version), default=None)


class Definition(models.Model):
    """One version of a process. File, digest and graph are never updated; state and period by the verbs alone."""

    key = models.CharField("流程", max_length=60)
    version = models.PositiveIntegerField("版本")
    name = models.CharField("名称", max_length=80)
    area = models.CharField("业务", max_length=20)
    xml = models.BinaryField("文件")
    sha = models.CharField("摘要", max_length=64)
    graph = models.JSONField("流程图")
    points = models.JSONField("待完善", default=list)  # what a draft still lacks, in sentences
    state = models.CharField("状态", max_length=8, choices=DefinitionState.choices, default=DefinitionState.DRAFT)
    region = models.CharField("适用地区", max_length=6, default="CN")
    valid_from = models.DateField("起", null=True, blank=True)
    valid_to = models.DateField("止", null=True, blank=True)
    shipped = models.BooleanField("随平台", default=False)
    made_by = models.CharField("上传", max_length=40)  # as the ledger names him
    made_at = models.DateTimeField("上传时间", null=True)

    objects = DefinitionQuerySet.as_manager()

    class Meta:
        verbose_name = "流程定义"
        constraints = [
            models.UniqueConstraint(fields=["key", "version"], name="flow_definition_version"),
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gt=models.F("valid_from")), name="flow_definition_half_open"
            ),
            models.CheckConstraint(
                condition=Q(state=DefinitionState.DRAFT) | Q(valid_from__isnull=False), name="flow_definition_dated"
            ),
        ]
        indexes = [models.Index(fields=["key", "state", "region"], name="flow_definition_find")]

    def __str__(self) -> str:
        return f"{self.name} 第{self.version}版"


class Counter(models.Model):
    """The last number of a process in a year. Taken by UPDATE in the opening's transaction: no gap, no twin."""

    process = models.CharField("流程", max_length=60)
    year = models.PositiveSmallIntegerField("年份")
    last = models.PositiveIntegerField("末号", default=0)

    class Meta:
        verbose_name = "编号"
        constraints = [models.UniqueConstraint(fields=["process", "year"], name="flow_counter_once")]

    def __str__(self) -> str:
        return f"{self.process} {self.year} {self.last}"


class CaseQuerySet(ScopedQuerySet["Case"]):
    """Cases by who has to do with them."""

    def visible(self, access: Access) -> Self:
        """What the user may see: cases he has to do with, and those of the subtree whose area he may read."""
        party = Exists(Party.objects.filter(mine(access, "user"), case=OuterRef("pk")))
        return self.filter(party | _scoped(access))

    def opened_by(self, access: Access) -> Self:
        """我发起的."""
        return self._party(access, PartyKind.APPLICANT)

    def copied_to(self, access: Access) -> Self:
        """抄送我的."""
        return self._party(access, PartyKind.COPIED)

    def handled_by(self, access: Access) -> Self:
        """已办: cases on which the user has done a task (other than his own application)."""
        done = Task.objects.filter(case=OuterRef("pk"), done_by=access.user.pk).exclude(role="applicant")
        return self.filter(Exists(done))

    def _party(self, access: Access, kind: PartyKind) -> Self:
        return self.filter(Exists(Party.objects.filter(case=OuterRef("pk"), user=access.user.pk, kind=kind)))


def _scoped(access: Access) -> Q:
    """Cases of the subtree in the areas that the user may read."""
    areas = access.areas(Verb.READ)
    if access.organ is None or areas == frozenset():
        return Q(pk__in=[])
    within = Q(**{f"l{access.organ.depth}": access.organ.pk})
    return within if areas is None else within & Q(area__in=areas)


class Case(Scoped):
    """事项: a request moving through one definition, which it keeps. `seq` is the lock: every verb updates it first.

    A case that a call activity opened has `parent_step` and the `root` of its tree; the verbs lock the root.
    """

    #: A case is history of the organ that asked.
    stays_with_organ: ClassVar[bool] = True
    #: Rows belong to areas row by row.
    area_by: ClassVar[str] = "area"

    definition = models.ForeignKey(Definition, models.PROTECT, related_name="cases", verbose_name="流程定义")
    process = models.CharField("流程", max_length=60)
    area = models.CharField("业务", max_length=20)
    number = models.CharField("编号", max_length=40, unique=True)
    title = models.CharField("事由", max_length=200)
    applicant = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="申请人")
    subject_kind = models.CharField("对象类别", max_length=60, blank=True)
    subject_id = models.CharField("对象", max_length=60, blank=True)
    facts = models.JSONField("内容", default=dict)
    state = models.CharField("状态", max_length=9, choices=CaseState.choices, default=CaseState.OPEN)
    parent_step = models.ForeignKey(
        "Step", models.PROTECT, null=True, blank=True, related_name="children", verbose_name="上级环节"
    )
    root = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="descendants", verbose_name="主事项"
    )
    opened_at = models.DateTimeField("提交时间")
    closed_at = models.DateTimeField("结束时间", null=True, blank=True)
    paused_at = models.DateTimeField("暂停时间", null=True, blank=True)
    approvals = models.JSONField("批准文件", default=list)  # [{clause, subject, excess, number, by}]
    seq = models.PositiveIntegerField(default=0, editable=False)

    objects = CaseQuerySet.as_manager()

    class Meta(Scoped.Meta):
        verbose_name = "事项"
        constraints = [
            models.CheckConstraint(
                condition=Q(state=CaseState.OPEN, closed_at=None)
                | (~Q(state=CaseState.OPEN) & Q(closed_at__isnull=False)),
                name="flow_case_closed",
            )
        ]
        indexes = [
            *Scoped.Meta.indexes,
            models.Index(fields=["process", "state", "-id"], name="flow_case_process"),
            models.Index(fields=["subject_kind", "subject_id"], name="flow_case_subject"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"

    @property
    def is_open(self) -> bool:
        """Whether it can still be acted upon."""
        return self.state == CaseState.OPEN


class Step(models.Model):
    """环节: one visit of a node, or one arrival at a join. `block`: the visit of the split it lies in (None: in none)."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="steps", verbose_name="事项")
    node = models.CharField("节点", max_length=100)
    name = models.CharField("名称", max_length=100)
    via = models.CharField("流向", max_length=100, blank=True)
    block = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="并行段")
    state = models.CharField("状态", max_length=7, choices=StepState.choices, default=StepState.OPEN)
    opened_at = models.DateTimeField("开始")
    closed_at = models.DateTimeField("结束", null=True, blank=True)
    clock_from = models.DateTimeField("计时起点", null=True, blank=True)
    days = models.PositiveSmallIntegerField("工作日", null=True, blank=True)
    hours = models.DecimalField("工作小时", max_digits=6, decimal_places=2, null=True, blank=True)
    due_at = models.DateTimeField("期限", null=True, blank=True)
    overdue_at = models.DateTimeField("逾期处理", null=True, blank=True)
    verdicts = models.JSONField("标准判定", default=list)

    class Meta:
        verbose_name = "环节"
        indexes = [
            models.Index(fields=["due_at"], condition=Q(state="OPEN", overdue_at=None), name="flow_step_due"),
        ]

    def __str__(self) -> str:
        return self.name


class TaskQuerySet(models.QuerySet["Task"]):
    """Tasks by who is to do them."""

    def waiting_for(self, access: Access) -> Self:
        """待办: open tasks of the user and of those for whom he acts; the longest waiting first."""
        rows = self.filter(mine(access), state=TaskState.OPEN)
        return rows.select_related("case", "case__organ", "case__applicant", "step").order_by("pk")

    def unassigned(self, access: Access) -> Self:
        """待分派: open tasks that nobody could be found for, where the user may configure."""
        areas = access.areas(Verb.CONFIGURE)
        if access.organ is None or areas == frozenset():
            return self.none()
        rows = self.filter(state=TaskState.OPEN, who=None, **{f"case__l{access.organ.depth}": access.organ.pk})
        return rows if areas is None else rows.filter(case__area__in=areas)

    def overdue(self, now: datetime) -> Self:
        """Open tasks whose step is past its due instant."""
        return self.filter(state=TaskState.OPEN, step__due_at__lt=now)


class Task(models.Model):
    """待办: what one person is to do in a step. `who` None: nobody was found, an administrator assigns it."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="tasks", verbose_name="事项")
    step = models.ForeignKey(Step, models.PROTECT, related_name="tasks", verbose_name="环节")
    who = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="办理人")
    role = models.CharField("角色", max_length=100, blank=True)
    kind = models.CharField("类别", max_length=9, choices=TaskKind.choices, default=TaskKind.MAIN)
    added = models.BooleanField("加签", default=False)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="added_tasks", verbose_name="由谁加签"
    )
    state = models.CharField("状态", max_length=4, choices=TaskState.choices, default=TaskState.OPEN)
    verdict = models.CharField("结论", max_length=10, choices=EventVerb.choices, blank=True)
    opinion = models.TextField("意见", blank=True)
    taken_from = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="转自")
    done_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="经办")
    on_behalf_of = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="代谁办理"
    )
    batch = models.BooleanField("可批量", default=False)
    opened_at = models.DateTimeField("开始")
    closed_at = models.DateTimeField("结束", null=True, blank=True)

    objects = TaskQuerySet.as_manager()

    class Meta:
        verbose_name = "待办"
        constraints = [
            models.UniqueConstraint(
                fields=["step", "who"], condition=Q(state__in=["OPEN", "WAIT"]), name="flow_task_one_each"
            )
        ]
        indexes = [
            models.Index(fields=["who", "id"], condition=Q(state="OPEN"), name="flow_task_waiting"),
            models.Index(fields=["done_by", "case"], name="flow_task_done"),
            models.Index(fields=["case", "state"], name="flow_task_case"),
        ]

    def __str__(self) -> str:
        return f"{self.step_id} {self.get_kind_display()}"


class CaseEvent(models.Model):
    """经过: one act on a case with what was said. Never changed, never deleted."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="events", verbose_name="事项")
    step = models.ForeignKey(Step, models.PROTECT, null=True, blank=True, related_name="events", verbose_name="环节")
    task = models.ForeignKey(Task, models.PROTECT, null=True, blank=True, related_name="events", verbose_name="待办")
    verb = models.CharField("动作", max_length=10, choices=EventVerb.choices)
    by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="经办")
    on_behalf_of = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="代谁")
    text = models.TextField("意见", blank=True)
    at = models.DateTimeField("时间")
    attachments = models.JSONField("附件", default=list)  # ids of core.attachments
    approval = models.CharField("批准文件", max_length=120, blank=True)
    data = models.JSONField("其他", default=dict)  # what the verb moved: persons by id, nodes, keys of facts

    class Meta:
        verbose_name = "经过"
        indexes = [models.Index(fields=["case", "id"], name="flow_event_case")]

    def __str__(self) -> str:
        return f"{self.case_id} {self.get_verb_display()}"


class Party(models.Model):
    """Who has to do with a case, and since when. A copied person's `read_at` is his receipt."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="parties", verbose_name="事项")
    user = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="人员")
    kind = models.CharField("关系", max_length=9, choices=PartyKind.choices)
    at = models.DateTimeField("时间")
    read_at = models.DateTimeField("已阅", null=True, blank=True)

    class Meta:
        verbose_name = "相关人"
        constraints = [models.UniqueConstraint(fields=["case", "user", "kind"], name="flow_party_once")]
        indexes = [models.Index(fields=["user", "kind", "case"], name="flow_party_user")]

    def __str__(self) -> str:
        return f"{self.case_id} {self.get_kind_display()}"


class Receipt(models.Model):
    """A verb that was done under a key of its caller: the same key again gives the same case and does nothing."""

    user = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="经办")
    key = models.CharField("凭据", max_length=80)
    verb = models.CharField("动作", max_length=20)
    asked = models.CharField("请求摘要", max_length=64)
    case = models.ForeignKey(Case, models.PROTECT, null=True, related_name="+", verbose_name="事项")

    class Meta:
        verbose_name = "请求凭据"
        constraints = [models.UniqueConstraint(fields=["user", "key"], name="flow_receipt_once")]

    def __str__(self) -> str:
        return f"{self.verb} {self.key}"
