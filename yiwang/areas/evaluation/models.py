"""创建评价: an organ's assessment under a programme, the points of each item by each level, certificates and 公示."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from yiwang.areas.evaluation.tables import Programme, Table, by_digest, programme
from yiwang.core.flow.models import Case
from yiwang.core.orgs.models import Organ, Scoped, ScopedQuerySet
from yiwang.core.rights.models import User


class State(models.TextChoices):
    """How far an assessment has come."""

    DRAFT = "DRAFT", "自评中"
    REVIEWING = "REVIEWING", "评审中"
    REACHED = "REACHED", "已建成"
    FAILED = "FAILED", "未达标"
    REFUSED = "REFUSED", "评审退出"


class Level(models.IntegerChoices):
    """Who gives points, from below."""

    SELF = 0, "自评"
    FIRST = 1, "初审"
    SECOND = 2, "复核"
    LAST = 3, "审定"


class AssessmentQuerySet(ScopedQuerySet["Assessment"]):
    """Assessments by state."""

    def reached(self) -> AssessmentQuerySet:
        """Those that were recognised."""
        return self.filter(state=State.REACHED)


class Assessment(Scoped):
    """申报: one organ, one programme, one year. `document` and `digest` name the table it is judged by for ever."""

    programme = models.CharField("创建项目", max_length=20)
    year = models.PositiveSmallIntegerField("评价年度")
    document = models.CharField("评分表", max_length=60)
    digest = models.CharField("评分表摘要", max_length=64)
    on_date = models.DateField("申报日期")
    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.DRAFT)
    case = models.ForeignKey(Case, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="评审")
    score = models.DecimalField("得分", max_digits=6, decimal_places=2, null=True, blank=True)
    decided_on = models.DateField("评定日期", null=True, blank=True)
    note = models.CharField("说明", max_length=300, blank=True)

    objects = AssessmentQuerySet.as_manager()

    class Meta(Scoped.Meta):
        verbose_name = "创建申报"
        indexes = [*Scoped.Meta.indexes, models.Index(fields=["programme", "state"], name="creation_programme")]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=State.values), name="creation_state"),
            models.UniqueConstraint(
                fields=["organ", "programme", "year"],
                condition=Q(state__in=("DRAFT", "REVIEWING", "REACHED")),
                name="creation_once",
                violation_error_message="这个单位这一年已申报了这个项目。",
            ),
            models.CheckConstraint(
                condition=Q(state__in=("DRAFT", "REVIEWING")) | Q(decided_on__isnull=False), name="creation_decided"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organ} {self.declared.label} {self.year}"

    @property
    def declared(self) -> Programme:
        """The programme."""
        return programme(self.programme)

    @property
    def table(self) -> Table:
        """The table it is judged by."""
        found = by_digest(self.programme, self.document)
        assert found is not None
        return found


class Source(models.TextChoices):
    """What a self-given score rests on."""

    PROVED = "PROVED", "台账证明"
    EVIDENCE = "EVIDENCE", "附件证明"
    LEFT_OUT = "LEFT_OUT", "不涉及"


class Mark(models.Model):
    """One item of an assessment: what it rests on, and what each level gave. Attachments hang on `evaluation.mark`."""

    assessment = models.ForeignKey(Assessment, models.CASCADE, related_name="marks", verbose_name="申报")
    item = models.CharField("细目", max_length=80)
    place = models.PositiveSmallIntegerField("序号")
    source = models.CharField("依据", max_length=8, choices=Source.choices, default=Source.EVIDENCE)
    measure = models.DecimalField("实测", max_digits=14, decimal_places=4, null=True, blank=True)
    fact = models.JSONField("事实", default=dict, blank=True)
    said = models.CharField("自评说明", max_length=300, blank=True)

    class Meta:
        verbose_name = "评分细目"
        ordering = ("place",)
        constraints = [models.UniqueConstraint(fields=["assessment", "item"], name="creation_mark_once")]

    def __str__(self) -> str:
        return self.item


class Given(models.Model):
    """Points that a level gave to an item; a later row of the same level goes before an earlier one. Never changed."""

    mark = models.ForeignKey(Mark, models.CASCADE, related_name="given", verbose_name="细目")
    level = models.PositiveSmallIntegerField("级次", choices=Level.choices)
    points = models.DecimalField("得分", max_digits=6, decimal_places=2)
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="评分人")
    organ = models.ForeignKey(Organ, models.PROTECT, related_name="+", verbose_name="评分单位")
    at = models.DateTimeField("时间")
    note = models.CharField("意见", max_length=200, blank=True)

    class Meta:
        verbose_name = "评分"
        constraints = [models.CheckConstraint(condition=Q(points__gte=0), name="creation_given_points")]

    def __str__(self) -> str:
        return f"{self.get_level_display()} {self.points}"


class Publication(Scoped):
    """公示 of a quarter: figures as they were, fixed by their hash. Corrected by a new version, never changed."""

    stays_with_organ = True

    year = models.PositiveSmallIntegerField("年度")
    quarter = models.PositiveSmallIntegerField("季度")
    version = models.PositiveSmallIntegerField("版次", default=1)
    title = models.CharField("标题", max_length=120)
    facts = models.TextField("内容")  # canonical JSON; the digest is of exactly this text
    digest = models.CharField("摘要", max_length=64)
    reason = models.CharField("更正原因", max_length=200, blank=True)
    user = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="公示人")
    published_at = models.DateTimeField("公示时间")

    objects = ScopedQuerySet["Publication"].as_manager()

    class Meta(Scoped.Meta):
        verbose_name = "公示"
        constraints = [
            models.UniqueConstraint(fields=["organ", "year", "quarter", "version"], name="publication_version_once"),
            models.CheckConstraint(condition=Q(quarter__gte=1, quarter__lte=4), name="publication_quarter"),
            models.CheckConstraint(condition=Q(version=1) | ~Q(reason=""), name="publication_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.title} 第{self.version}版"
