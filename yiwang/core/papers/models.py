"""单据: a printed form that was issued: its facts as they were then, its number, and the code that its QR leads to."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from yiwang.core.orgs.models import Scoped, ScopedQuerySet
from yiwang.core.rights.models import User


class PaperState(models.TextChoices):
    """Whether the paper is good."""

    ISSUED = "ISSUED", "有效"
    VOID = "VOID", "已作废"


class Series(models.Model):
    """The numbers of a kind in a year: `last` was given out. The row is the lock of whoever takes the next one."""

    kind = models.CharField("种类", max_length=60)
    year = models.PositiveSmallIntegerField("年度")
    last = models.PositiveIntegerField("最后编号", default=0)

    class Meta:
        verbose_name = "单据编号"
        constraints = [models.UniqueConstraint(fields=["kind", "year"], name="series_once")]


class Paper(Scoped):
    """`organ` issued it. `subject` is the id of the record. `facts` are canonical JSON text; `digest` is of exactly that text.

    `labels` are those of the day of issue: what a fact is called may change with a process, a paper does not.
    """

    # What an organ has issued stays what it issued.
    stays_with_organ = True
    area_by: ClassVar[str] = "kind"

    kind = models.CharField("种类", max_length=60)
    subject = models.BigIntegerField("所属")
    year = models.PositiveSmallIntegerField("年度")
    number = models.PositiveIntegerField("序号")
    word = models.CharField("字号", max_length=20)
    title = models.CharField("名称", max_length=80)
    code = models.CharField("核验码", max_length=26, unique=True)
    facts = models.TextField("内容")
    labels = models.JSONField("栏目", default=list)  # [[key, label], …] in the order of printing
    digest = models.CharField("摘要", max_length=64)  # SHA-256
    state = models.CharField("状态", max_length=8, choices=PaperState.choices, default=PaperState.ISSUED)
    user = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="开具人")
    issued_date = models.DateField("开具日期")
    issued_at = models.DateTimeField("开具时间")
    void_reason = models.CharField("作废原因", max_length=200, blank=True)
    voided_at = models.DateTimeField("作废时间", null=True)

    objects = ScopedQuerySet["Paper"].as_manager()

    class Meta(Scoped.Meta):
        verbose_name = "单据"
        indexes = [
            *Scoped.Meta.indexes,
            models.Index(fields=["kind", "subject", "id"], name="paper_subject"),
            models.Index(fields=["user", "-id"], name="paper_user"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["kind", "year", "number"], name="paper_number_once"),
            models.CheckConstraint(condition=Q(number__gt=0), name="paper_number_positive"),
            models.CheckConstraint(
                condition=Q(state="ISSUED", void_reason="", voided_at=None)
                | (Q(state="VOID", voided_at__isnull=False) & ~Q(void_reason="")),
                name="paper_void_has_reason",
            ),
        ]

    def __str__(self) -> str:
        return self.full_number

    @property
    def full_number(self) -> str:
        """As it is printed: 整改〔2026〕0012号."""
        return f"{self.word}〔{self.year}〕{self.number:04}号"
