"""用能预警 and 节能目标: what the rules found, what people said of it, the figures set by organs, targets of plans."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from yiwang.areas.energy.judge.rules import CHOICES, NAMES, RULES, Rule
from yiwang.core.orgs.models import Scoped, ScopedQuerySet
from yiwang.core.rights.models import User


class Answer(models.TextChoices):
    """What somebody who looked says of a sign."""

    REAL = "REAL", "属实"
    FALSE = "FALSE", "误报"


class SignQuerySet(ScopedQuerySet["Sign"]):
    """Signs by whether they still stand."""

    def standing(self) -> SignQuerySet:
        """Not withdrawn by a later judgement or as a false alarm."""
        return self.filter(withdrawn_at=None)


class Sign(Scoped):
    """线索: what one rule found of one kind of energy of one organ. `measure`, `threshold` in the unit of the rule.

    `subject` names it for ever. What a later judgement finds no more is withdrawn, never deleted; a false alarm too, and
    it is not found again. `evidence`: what the picture shows (`picture`).
    """

    subject = models.CharField("编号", max_length=60, unique=True)
    rule = models.CharField("规则", max_length=10, choices=CHOICES)
    energy = models.CharField("品种代码", max_length=20)
    word = models.CharField("能源品种", max_length=30)
    month = models.DateField("月份")
    until = models.DateField("止", help_text="当月起不再涉及")
    measure = models.DecimalField("实测", max_digits=14, decimal_places=2)
    threshold = models.DecimalField("阈值", max_digits=14, decimal_places=2)
    note = models.CharField("说明", max_length=300, blank=True)
    evidence = models.JSONField("图示", default=dict, blank=True)
    found_at = models.DateTimeField("发现时间")
    withdrawn_at = models.DateTimeField("撤销时间", null=True, blank=True)
    answer = models.CharField("核实", max_length=5, choices=Answer.choices, blank=True)
    answered_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="核实人"
    )
    answered_at = models.DateTimeField("核实时间", null=True, blank=True)
    answer_note = models.CharField("核实情况", max_length=200, blank=True)

    objects = SignQuerySet.as_manager()

    class Meta(Scoped.Meta):
        verbose_name = "用能线索"
        indexes = [
            *Scoped.Meta.indexes,
            models.Index(fields=["month", "id"], name="energy_sign_month"),
            models.Index(fields=["l1", "rule", "energy", "answer"], name="energy_sign_answer"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(rule__in=list(RULES)), name="energy_sign_rule_known"),
            models.CheckConstraint(condition=Q(until__gt=F("month")), name="energy_sign_period"),
            models.CheckConstraint(
                condition=Q(answer="", answered_at=None) | Q(answer__in=Answer.values, answered_at__isnull=False),
                name="energy_sign_answered",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.word} {self.get_rule_display()} {self.month:%Y-%m}"

    @property
    def declared(self) -> Rule:
        """The rule."""
        return RULES[self.rule]


class Threshold(Scoped):
    """预警阈值: a figure of a rule, for all kinds of energy or one (`energy`), set for an organ and all below it over a
    half-open period; the nearest organ wins. Where nobody set one, the clause of the lawbook says it."""

    rule = models.CharField("规则", max_length=10, choices=CHOICES)
    name = models.CharField("项目", max_length=10, choices=[(name, name) for name in NAMES])
    energy = models.CharField("品种代码", max_length=20, blank=True, help_text="空:全部品种")
    value = models.DecimalField("数值", max_digits=10, decimal_places=2)
    valid_from = models.DateField("起始日期")
    valid_to = models.DateField("终止日期", null=True, blank=True, help_text="当天起失效")
    ground = models.CharField("依据文件", max_length=120, blank=True)

    objects = ScopedQuerySet["Threshold"].as_manager()

    class Meta(Scoped.Meta):
        verbose_name = "预警阈值"
        indexes = [*Scoped.Meta.indexes, models.Index(fields=["valid_from", "id"], name="energy_threshold_from")]
        constraints = [
            models.CheckConstraint(
                condition=Q(rule__in=list(RULES)),
                name="energy_threshold_rule",
                violation_error_message="没有这条规则。",
            ),
            models.CheckConstraint(
                condition=Q(name__in=list(NAMES)),
                name="energy_threshold_name",
                violation_error_message="没有这个项目。",
            ),
            models.CheckConstraint(
                condition=Q(value__gte=0), name="energy_threshold_value", violation_error_message="数值不能小于 0。"
            ),
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gt=F("valid_from")),
                name="energy_threshold_period",
                violation_error_message="终止日期要晚于起始日期。",
            ),
            models.UniqueConstraint(
                fields=["organ", "rule", "name", "energy", "valid_from"],
                name="energy_threshold_once",
                violation_error_message="这个单位的这一项从同一天起已有数值。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_rule_display()} {self.name}"


class PlanKind(models.TextChoices):
    """Which plan; its national targets stand in the lawbook."""

    P13 = "P13", "十三五"
    P14 = "P14", "十四五"
    FREE = "FREE", "自定"


class Plan(Scoped):
    """规划: the years it runs and the base year; made by an organ for itself and all below it."""

    name = models.CharField("名称", max_length=60)
    kind = models.CharField("类型", max_length=4, choices=PlanKind.choices)
    base_year = models.PositiveSmallIntegerField("基年")
    first_year = models.PositiveSmallIntegerField("首年")
    last_year = models.PositiveSmallIntegerField("末年")
    ground = models.CharField("依据文件", max_length=120)

    objects = ScopedQuerySet["Plan"].as_manager()

    class Meta(Scoped.Meta):
        verbose_name = "节能规划"
        constraints = [
            models.UniqueConstraint(
                fields=["organ", "name"], name="energy_plan_once", violation_error_message="已有同名规划。"
            ),
            models.CheckConstraint(
                condition=Q(base_year__lt=F("first_year"), last_year__gte=F("first_year")), name="energy_plan_years"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Target(Scoped):
    """目标: the most that an organ and all below it may use of one kind of energy in a year; `given`: handed down of it.

    In the unit of the kind of energy. The parts never exceed the whole: the database refuses it too.
    """

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="targets", verbose_name="规划")
    energy = models.CharField("品种代码", max_length=20)
    year = models.PositiveSmallIntegerField("年度")
    amount = models.DecimalField("控制量", max_digits=16, decimal_places=2)
    given = models.DecimalField("已分解", max_digits=16, decimal_places=2, default=0)

    objects = ScopedQuerySet["Target"].as_manager()

    class Meta(Scoped.Meta):
        verbose_name = "节能目标"
        constraints = [
            models.UniqueConstraint(fields=["plan", "organ", "energy", "year"], name="energy_target_once"),
            models.CheckConstraint(condition=Q(given__gte=0, amount__gte=F("given")), name="energy_target_balance"),
        ]

    def __str__(self) -> str:
        return f"{self.organ} {self.energy} {self.year}"
