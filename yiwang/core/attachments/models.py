"""附件: a file kept with a record. The bytes lie in the storage under a name the server made; the row says whose they are."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from yiwang.core.orgs.models import Scoped, ScopedQuerySet
from yiwang.core.rights.models import User


class AttachmentState(models.TextChoices):
    """Whether the file may be handed out."""

    HELD = "HELD", "待查毒"
    CLEAN = "CLEAN", "可下载"
    INFECTED = "INFECTED", "含病毒,已拦下"
    REMOVED = "REMOVED", "已删除"


#: States in which the bytes are kept.
KEPT = (AttachmentState.HELD, AttachmentState.CLEAN)


class AttachmentQuerySet(ScopedQuerySet["Attachment"]):
    """Attachments by what they are about and how they stand."""

    def about(self, thing: str) -> AttachmentQuerySet:
        """Those of one record that were not removed, in the order of adding."""
        return self.filter(about=thing).exclude(state=AttachmentState.REMOVED).order_by("pk")


class Attachment(Scoped):
    """`about` names the record as the ledger does ("flow.case:12"). `digest` is of the bytes as kept (SHA-256), `size` in bytes.

    `path` is in the storage, relative; it stays on a removed row until the bytes are gone. `signature`: what the scanner found.
    """

    # The file stays with the organ where it was added: the record it belongs to says who sees it, not the organ.
    stays_with_organ = True

    about = models.CharField("所属", max_length=80)
    label = models.CharField("说明", max_length=60, blank=True)
    name = models.CharField("文件名", max_length=200)
    path = models.CharField("存放", max_length=120, blank=True)
    kind = models.CharField("类型", max_length=120)
    size = models.BigIntegerField("大小")
    digest = models.CharField("摘要", max_length=64)
    width = models.PositiveIntegerField("宽", null=True)
    height = models.PositiveIntegerField("高", null=True)
    state = models.CharField("状态", max_length=10, choices=AttachmentState.choices)
    signature = models.CharField("病毒", max_length=200, blank=True)
    user = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="上传人")
    added_at = models.DateTimeField("上传时间")
    scanned_at = models.DateTimeField("查毒时间", null=True)
    removed_at = models.DateTimeField("删除时间", null=True)

    objects = AttachmentQuerySet.as_manager()

    class Meta(Scoped.Meta):
        verbose_name = "附件"
        indexes = [
            *Scoped.Meta.indexes,
            models.Index(fields=["about", "id"], name="attachment_about"),
            models.Index(fields=["state", "id"], condition=Q(state__in=["HELD", "REMOVED"]), name="attachment_to_do"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=AttachmentState.values), name="attachment_state_known"),
            models.CheckConstraint(condition=Q(size__gt=0), name="attachment_not_empty"),
            models.CheckConstraint(
                condition=~Q(path="") | Q(state__in=[AttachmentState.INFECTED, AttachmentState.REMOVED]),
                name="attachment_has_bytes",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def image(self) -> bool:
        """Whether a page may show it as a picture."""
        return self.width is not None and self.state == AttachmentState.CLEAN

    @property
    def ready(self) -> bool:
        """Whether it may be downloaded."""
        return self.state == AttachmentState.CLEAN
