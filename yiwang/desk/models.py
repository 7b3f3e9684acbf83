"""Import jobs: one file on its way into one register; its progress can be seen, a broken-off run resumed."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from yiwang.core.orgs.models import Scoped, ScopedQuerySet
from yiwang.core.rights.models import User


class ImportState(models.TextChoices):
    """How far an import has come. DONE and FAILED are final; anything else can be run again from its file."""

    UPLOADED = "UPLOADED", "已上传"
    CHECKED = "CHECKED", "已试算"
    CONFIRMED = "CONFIRMED", "已确认"
    RUNNING = "RUNNING", "写入中"
    DONE = "DONE", "已完成"
    FAILED = "FAILED", "未通过"


class ImportJob(Scoped):
    """One file for one kind. `organ` is the one in whose name it was uploaded; counts are numbers of rows.

    `digest` is SHA-256 of the file: the same file confirmed twice changes nothing the second time. `errors` holds the
    first refusals as JSON (`Refusal.as_dict`), `error_count` all of them; `result` is the marked workbook.
    """

    area_by: ClassVar[str] = "kind"

    kind = models.CharField("台账", max_length=60)
    user = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="上传人")
    name = models.CharField("文件名", max_length=200)
    digest = models.CharField("文件摘要", max_length=64, db_index=True)
    file = models.FileField("文件", upload_to="imports/")
    result = models.FileField("标注结果", upload_to="imports/", blank=True)
    mapping = models.JSONField("字段对应", default=dict, blank=True)
    state = models.CharField("状态", max_length=10, choices=ImportState.choices, default=ImportState.UPLOADED)
    total = models.PositiveIntegerField("行数", default=0)
    done = models.PositiveIntegerField("已处理", default=0)
    created = models.PositiveIntegerField("新增", default=0)
    changed = models.PositiveIntegerField("更新", default=0)
    unchanged = models.PositiveIntegerField("未变", default=0)
    error_count = models.PositiveIntegerField("错误数", default=0)
    errors = models.JSONField("错误", default=list, blank=True)
    first = models.BigIntegerField("首条记录", null=True, blank=True)
    last = models.BigIntegerField("末条记录", null=True, blank=True)
    touched = models.JSONField("涉及记录", default=list, blank=True)  # [[first id, last id], …] created or changed
    entry = models.BigIntegerField("存证号", null=True, blank=True)
    on = models.DateField("业务日期")
    created_at = models.DateTimeField("上传时间")
    finished_at = models.DateTimeField("完成时间", null=True, blank=True)

    objects = ScopedQuerySet["ImportJob"].as_manager()

    class Meta(Scoped.Meta):
        verbose_name = "导入"
        constraints = [
            models.CheckConstraint(condition=models.Q(state__in=ImportState.values), name="import_state_known")
        ]

    def __str__(self) -> str:
        return f"{self.name} → {self.kind}"

    @classmethod
    def entries_of(cls, kind: str, pk: int) -> list[int]:
        """The ledger's entries of the files that this record came from or was changed by."""
        jobs = cls.objects.filter(kind=kind, state=ImportState.DONE, first__lte=pk, last__gte=pk)
        return [job.entry for job in jobs if job.entry and any(low <= pk <= high for low, high in job.touched)]


class Approval(Scoped):
    """批准文件: the document on which a record beyond a hard limit was kept. `record` is the id within `kind`."""

    area_by: ClassVar[str] = "kind"

    kind = models.CharField("台账", max_length=60)
    record = models.BigIntegerField("记录")
    number = models.CharField("文号", max_length=80, blank=True)
    name = models.CharField("文件名", max_length=200)
    digest = models.CharField("文件摘要", max_length=64)
    file = models.FileField("文件", upload_to="approvals/")
    user = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="附件人")

    objects = ScopedQuerySet["Approval"].as_manager()

    class Meta(Scoped.Meta):
        verbose_name = "批准文件"
        indexes = [*Scoped.Meta.indexes, models.Index(fields=["kind", "record"], name="approval_record")]

    def __str__(self) -> str:
        return f"{self.number} {self.name}".strip()
