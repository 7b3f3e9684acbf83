"""服务目录: items in classes, each with its five elements, and the service level by urgency. The nearest organ's row wins."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from yiwang.core.orgs.models import Scoped, ScopedQuerySet


class ServiceClass(models.TextChoices):
    """The four classes; the labels are those of clause SV-DEMO-1."""

    OFFICE = "OFFICE", "办公保障"
    PROPERTY = "PROPERTY", "物业服务"
    SAFETY = "SAFETY", "安全与出行"
    LIVING = "LIVING", "生活服务"


class Urgency(models.TextChoices):
    """紧急程度, in the words of the standards."""

    EMERGENCY = "EMERGENCY", "应急"
    NORMAL = "NORMAL", "一般报修"
    PARTS = "PARTS", "需购件或外协"


class Item(Scoped):
    """服务事项. `organ` set it up; it holds for the organ and all below it that have no row of the same code.

    `roles` may ask (codes of Role joined by 、; empty: whoever may apply). `process` is the key of the process that a
    request goes through; empty: none, or the form's own. `orders`: faults under it become work orders; one that costs more
    than `approval_limit` (fen) needs an approval before it is done.
    """

    code = models.CharField("编号", max_length=20)
    service_class = models.CharField("大类", max_length=10, choices=ServiceClass.choices)
    name = models.CharField("事项", max_length=60)
    organization = models.CharField("服务组织", max_length=300, blank=True)
    staff = models.CharField("服务人员", max_length=300, blank=True)
    content = models.CharField("服务内容", max_length=500, blank=True)
    requirement = models.CharField("服务要求", max_length=500, blank=True)
    emergency = models.CharField("应急响应", max_length=300, blank=True)
    roles = models.CharField("谁可申请", max_length=200, blank=True)
    process = models.CharField("流程", max_length=60, blank=True)
    orders = models.PositiveSmallIntegerField("受理报修", default=0, choices=((1, "是"), (0, "否")))
    approval_limit = models.BigIntegerField("须审批的维修费", default=500_000)
    state = models.CharField("状态", max_length=8, default="OPEN", choices=(("OPEN", "开放"), ("CLOSED", "停办")))

    objects = ScopedQuerySet["Item"].as_manager()

    class Meta(Scoped.Meta):
        verbose_name = "服务事项"
        indexes = [*Scoped.Meta.indexes, models.Index(fields=["code", "id"], name="item_code")]
        constraints = [
            models.UniqueConstraint(
                fields=["organ", "code"], name="item_once", violation_error_message="这个单位已有这个编号的服务事项。"
            ),
            models.CheckConstraint(
                condition=Q(service_class__in=ServiceClass.values),
                name="item_class_known",
                violation_error_message="大类不在代码表内。",
            ),
            models.CheckConstraint(
                condition=Q(approval_limit__gte=0),
                name="item_approval_limit",
                violation_error_message="须审批的维修费不能小于 0。",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class ServiceLevel(Scoped):
    """服务水平: minutes from the report within which is answered, arrived, finished, or a plan given (答复方案).

    `code` is an item's; empty: all items. Empty minutes: nothing is promised. Without a row up to the root, the
    clause holds (`levels.py`).
    """

    code = models.CharField("事项编号", max_length=20, blank=True, help_text="空着就是全部事项")
    urgency = models.CharField("紧急程度", max_length=10, choices=Urgency.choices)
    respond_minutes = models.PositiveIntegerField("响应", null=True, blank=True)
    arrive_minutes = models.PositiveIntegerField("到场", null=True, blank=True)
    finish_minutes = models.PositiveIntegerField("完成", null=True, blank=True)
    plan_minutes = models.PositiveIntegerField("答复方案", null=True, blank=True)

    objects = ScopedQuerySet["ServiceLevel"].as_manager()

    class Meta(Scoped.Meta):
        verbose_name = "服务水平"
        constraints = [
            models.UniqueConstraint(
                fields=["organ", "code", "urgency"],
                name="level_once",
                violation_error_message="这个单位这个事项的这种紧急程度已有服务水平。",
            ),
            models.CheckConstraint(
                condition=Q(urgency__in=Urgency.values),
                name="level_urgency_known",
                violation_error_message="紧急程度不在代码表内。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code or '全部事项'} · {self.get_urgency_display()}"
