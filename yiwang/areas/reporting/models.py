"""报表: revisions of schemes, reporting periods, the returns that they ask for, and every version of them.

A return belongs to the organ that reports (`l1…l5` as for all registers: rights follow today's tree). `p1…p5` are the organ's
ancestors as of the period's last day, itself included: consolidation and completeness follow them, and do not change when
organs are moved later.
"""

from __future__ import annotations

from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from yiwang.core.orgs.models import Organ, Scoped, ScopedQuerySet

PATH = ("p1", "p2", "p3", "p4", "p5")


class PeriodKind(models.TextChoices):
    """How long a reporting period is."""

    MONTH = "month", "月报"
    QUARTER = "quarter", "季报"
    YEAR = "year", "年报"


class RevisionState(models.TextChoices):
    """What may be done with a revision."""

    DRAFT = "DRAFT", "草稿"
    ISSUED = "ISSUED", "已发布"
    RETIRED = "RETIRED", "已停用"


class SchemeRevision(Scoped):
    """报表制度 of an organ, one revision: the whole text, and what of it is searched by. An issued one does not change."""

    key = models.CharField("制度代号", max_length=40)
    revision = models.CharField("版本", max_length=20)
    title = models.CharField("名称", max_length=200)
    kind = models.CharField("周期", max_length=7, choices=PeriodKind.choices)
    valid_from = models.DateField("起")
    valid_to = models.DateField("止", null=True, blank=True)
    text = models.TextField("内容")
    state = models.CharField("状态", max_length=7, choices=RevisionState.choices, default=RevisionState.DRAFT)
    shipped = models.BooleanField("随平台提供", default=False)

    stays_with_organ = True
    objects = ScopedQuerySet["SchemeRevision"].as_manager()

    class Meta(Scoped.Meta):
        verbose_name = "报表制度"
        constraints = [
            models.UniqueConstraint(
                fields=["organ", "key", "revision"], name="scheme_once", violation_error_message="已有这个版本。"
            ),
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gt=F("valid_from")),
                name="scheme_half_open",
                violation_error_message="止期应晚于起期。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title}({self.revision})"


class PeriodState(models.TextChoices):
    """Whether returns of a period are still taken."""

    OPEN = "OPEN", "填报中"
    CLOSED = "CLOSED", "已锁定"


class ReportingPeriod(Scoped):
    """报告期 [valid_from, valid_to) of a scheme, opened by `organ` for itself and all below it."""

    revision = models.ForeignKey(SchemeRevision, models.PROTECT, related_name="periods", verbose_name="报表制度")
    scheme = models.CharField("制度代号", max_length=40)  # repeats revision.key, for the constraint
    kind = models.CharField("周期", max_length=7, choices=PeriodKind.choices)
    valid_from = models.DateField("起")
    valid_to = models.DateField("止")
    due_date = models.DateField("报送期限")
    state = models.CharField("状态", max_length=6, choices=PeriodState.choices, default=PeriodState.OPEN)
    reminded_on = models.DateField("审核单位最近提醒", null=True, editable=False)

    stays_with_organ = True
    objects = ScopedQuerySet["ReportingPeriod"].as_manager()

    class Meta(Scoped.Meta):
        verbose_name = "报告期"
        constraints = [
            models.UniqueConstraint(
                fields=["organ", "scheme", "valid_from"], name="period_once", violation_error_message="这一期已经布置。"
            ),
            models.CheckConstraint(condition=Q(valid_to__gt=F("valid_from")), name="period_half_open"),
        ]

    @property
    def name(self) -> str:
        """2026年10月、2026年第三季度、2025年."""
        year, month = self.valid_from.year, self.valid_from.month
        if self.kind == PeriodKind.MONTH:
            return f"{year}年{month}月"
        if self.kind == PeriodKind.QUARTER:
            return f"{year}年第{'一二三四'[(month - 1) // 3]}季度"
        return f"{year}年"

    def __str__(self) -> str:
        return f"{self.revision.title} {self.name}"


class PeerFigures(models.Model):
    """The medians of the peer group (same tier and kind) in the period before, taken when the period was opened."""

    period = models.ForeignKey(ReportingPeriod, models.CASCADE, related_name="peers", verbose_name="报告期")
    tier = models.CharField("层级", max_length=10)
    kind = models.CharField("性质", max_length=20)
    units = models.PositiveIntegerField("单位数")
    values = models.JSONField("中位数")

    class Meta:
        verbose_name = "同类单位中位数"
        constraints = [models.UniqueConstraint(fields=["period", "tier", "kind"], name="peer_once")]

    def __str__(self) -> str:
        return f"{self.tier} {self.kind}"


class ReturnState(models.TextChoices):
    """Where a return stands."""

    DUE = "DUE", "待填报"
    FILLING = "FILLING", "填报中"
    SUBMITTED = "SUBMITTED", "待审核"
    SENT_BACK = "SENT_BACK", "已退回"
    ACCEPTED = "ACCEPTED", "已审核"
    LOCKED = "LOCKED", "已锁定"


#: States in which the figures may be changed while the period is open.
FILLABLE = (ReturnState.DUE, ReturnState.FILLING, ReturnState.SENT_BACK)
HANDED_IN = (ReturnState.SUBMITTED, ReturnState.ACCEPTED, ReturnState.LOCKED)


class Return(Scoped):
    """报表: what one organ reports for one period. The draft is in it; what was handed in is in its versions."""

    period = models.ForeignKey(ReportingPeriod, models.PROTECT, related_name="returns", verbose_name="报告期")
    p1 = models.BigIntegerField(null=True, editable=False)
    p2 = models.BigIntegerField(null=True, editable=False)
    p3 = models.BigIntegerField(null=True, editable=False)
    p4 = models.BigIntegerField(null=True, editable=False)
    p5 = models.BigIntegerField(null=True, editable=False)
    organ_name = models.CharField("单位名称", max_length=120)  # as of the period
    state = models.CharField("状态", max_length=9, choices=ReturnState.choices, default=ReturnState.DUE)
    due_date = models.DateField("报送期限")
    first_date = models.DateField("首次报送日期", null=True, blank=True)
    amended = models.BooleanField("更正过", default=False)
    accepted = models.BooleanField("曾审核通过", default=False)
    reviewers = models.JSONField("逐级审核单位", default=list)  # ids, from below
    step = models.PositiveSmallIntegerField("审核级次", default=0)
    reviewer = models.ForeignKey(
        Organ, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="待审核单位"
    )
    exception_until = models.DateField("例外开放至", null=True, blank=True)
    exception_reason = models.CharField("例外原因", max_length=200, blank=True)
    reminded_on = models.DateField("最近提醒", null=True, editable=False)
    number = models.PositiveIntegerField("版次", default=0)
    current = models.ForeignKey(
        "ReturnVersion", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="现行版"
    )
    draft = models.JSONField("草稿", default=dict)  # {"values": {…}, "rows": {table: [{…}]}, "reasons": {mark: text}}
    mark = models.PositiveIntegerField("草稿版次", default=0)
    draft_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="填报人"
    )

    stays_with_organ = True
    objects = ScopedQuerySet["Return"].as_manager()

    class Meta(Scoped.Meta):
        verbose_name = "报表"
        constraints = [models.UniqueConstraint(fields=["period", "organ"], name="return_once")]
        indexes = [
            *Scoped.Meta.indexes,
            models.Index(fields=["reviewer", "state"], name="return_reviewer"),
            models.Index(fields=["organ", "period"], name="return_organ"),
        ]

    def __str__(self) -> str:
        return f"{self.organ_name} {self.period}"

    def missing(self, on: date) -> bool:
        """未报: the deadline is over, and nothing was ever handed in."""
        return self.first_date is None and self.due_date < on

    @property
    def word(self) -> str:
        """The state in words, as of today."""
        return "未报" if self.missing(timezone.localdate()) else self.get_state_display()


class Source(models.TextChoices):
    """By which way figures came in."""

    GRID = "GRID", "在线填报"
    WORKBOOK = "WORKBOOK", "表格导入"
    API = "API", "接口"


class ReturnVersion(models.Model):
    """One version as it was handed in; never changed. `facts` are the figures with the derived ones, as text."""

    return_row = models.ForeignKey(Return, models.PROTECT, related_name="versions", verbose_name="报表")
    number = models.PositiveIntegerField("版次")
    values = models.JSONField("填报数")
    rows = models.JSONField("浮动行")
    reasons = models.JSONField("说明")
    facts = models.JSONField("全部指标")
    digest = models.CharField("摘要", max_length=64)
    source = models.CharField("来源", max_length=8, choices=Source.choices)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="报送人")
    at = models.DateTimeField("报送时间")
    late = models.BooleanField("迟报")
    reason = models.CharField("更正原因", max_length=200, blank=True)

    class Meta:
        verbose_name = "报表版本"
        constraints = [models.UniqueConstraint(fields=["return_row", "number"], name="return_version_once")]

    def __str__(self) -> str:
        return f"第 {self.number} 版"


class ReturnEvent(models.Model):
    """What happened to a return."""

    return_row = models.ForeignKey(Return, models.CASCADE, related_name="events", verbose_name="报表")
    at = models.DateTimeField("时间")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="办理人"
    )
    organ = models.ForeignKey(Organ, models.PROTECT, null=True, related_name="+", verbose_name="办理单位")
    verb = models.CharField("办理", max_length=10)
    note = models.CharField("意见", max_length=400, blank=True)
    number = models.PositiveIntegerField("版次", default=0)

    class Meta:
        verbose_name = "报表办理记录"

    WORDS = {
        "submit": "报送", "amend": "更正报送", "withdraw": "撤回", "accept": "审核通过", "send_back": "退回",
        "except": "例外开放", "lock": "锁定", "remind": "催报",
    }  # fmt: skip

    def __str__(self) -> str:
        return self.word

    @property
    def word(self) -> str:
        """The verb in Chinese."""
        return self.WORDS.get(self.verb, self.verb)


class Outcome(models.TextChoices):
    """What became of an uploaded workbook."""

    HANDED = "HANDED", "已报送"
    TAKEN = "TAKEN", "已导入,未报送"
    REFUSED = "REFUSED", "没有收"


class Receipt(models.Model):
    """回执: what became of an uploaded workbook, or (with `whole`) of one unit's lines in a workbook of many.

    `said`: what was refused, by its place, or what stands in the way of handing in; `refused` counts all of it.
    """

    period = models.ForeignKey(ReportingPeriod, models.PROTECT, related_name="receipts", verbose_name="报告期")
    return_row = models.ForeignKey(
        Return, models.PROTECT, null=True, blank=True, related_name="receipts", verbose_name="报表"
    )
    whole = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="parts", verbose_name="总回执"
    )
    unit = models.CharField("单位", max_length=120)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="上传人")
    at = models.DateTimeField("时间")
    file_name = models.CharField("文件名", max_length=120)
    digest = models.CharField("文件摘要", max_length=64)
    outcome = models.CharField("结果", max_length=7, choices=Outcome.choices)
    version = models.ForeignKey(
        ReturnVersion, models.PROTECT, null=True, blank=True, related_name="receipts", verbose_name="版本"
    )
    mark = models.PositiveIntegerField("草稿版次", default=0)
    taken = models.PositiveIntegerField("收下的数", default=0)
    refused = models.PositiveIntegerField("没有收的", default=0)
    said = models.JSONField("意见", default=list)

    class Meta:
        verbose_name = "报表回执"
        indexes = [models.Index(fields=["return_row", "digest"], name="receipt_file")]

    def __str__(self) -> str:
        return self.number

    @property
    def number(self) -> str:
        """HZ20261008-00000042."""
        return f"HZ{timezone.localtime(self.at):%Y%m%d}-{self.pk:08d}"


class SpotCheck(Scoped):
    """抽查: a seeded sample of the returns below an organ; the same seed draws the same sample again."""

    period = models.ForeignKey(ReportingPeriod, models.PROTECT, related_name="spot_checks", verbose_name="报告期")
    seed = models.BigIntegerField("种子")
    share = models.DecimalField("比例", max_digits=5, decimal_places=4)
    population = models.PositiveIntegerField("总数")
    drawn_at = models.DateTimeField("抽取时间")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="抽取人")

    stays_with_organ = True
    objects = ScopedQuerySet["SpotCheck"].as_manager()

    class Meta(Scoped.Meta):
        verbose_name = "报表抽查"

    def __str__(self) -> str:
        return f"{self.period} 抽查"


class SpotCheckLine(models.Model):
    """A return of the sample and what was found."""

    spot_check = models.ForeignKey(SpotCheck, models.CASCADE, related_name="lines", verbose_name="抽查")
    return_row = models.ForeignKey(Return, models.PROTECT, related_name="+", verbose_name="报表")
    sound = models.BooleanField("属实", null=True)
    note = models.CharField("核查情况", max_length=400, blank=True)

    class Meta:
        verbose_name = "抽查报表"
        constraints = [models.UniqueConstraint(fields=["spot_check", "return_row"], name="spot_check_line_once")]

    def __str__(self) -> str:
        return str(self.return_row)
