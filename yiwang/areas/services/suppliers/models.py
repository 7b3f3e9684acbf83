"""购买服务: suppliers, contracts with their terms, acceptance, evaluation, payments.

A contract is whole: when its organ is merged the contract goes over to the heir as it is. Therefore its days are called
`begin_date` and `end_date` (the first day on which it no longer holds), not `valid_from` and `valid_to`, whose rows are
cut in two at a handover. What hangs on a contract has no organ of its own and is reached through it.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Self

from django.db import models
from django.db.models import F, Q

from yiwang.core.orgs.models import Scoped, ScopedQuerySet
from yiwang.core.places.models import Building
from yiwang.core.rights.access import Access
from yiwang.core.rights.models import User, Verb
from yiwang.kit.fields import CreditCodeField


class SupplierState(models.TextChoices):
    """Whether new contracts may be made with a supplier."""

    ACTIVE = "ACTIVE", "合作中"
    STOPPED = "STOPPED", "停止合作"


class Supplier(Scoped):
    """供应商, as an organ knows it. `organ` keeps the record."""

    name = models.CharField("名称", max_length=120)
    sort_key = models.CharField("拼音", max_length=240, editable=False)
    credit_code = CreditCodeField("统一社会信用代码")
    services = models.CharField("服务范围", max_length=200, blank=True)
    contact = models.CharField("联系人", max_length=40, blank=True)
    phone = models.CharField("联系电话", max_length=30, blank=True)
    state = models.CharField("状态", max_length=8, choices=SupplierState.choices, default=SupplierState.ACTIVE)
    note = models.CharField("备注", max_length=200, blank=True)

    objects = ScopedQuerySet["Supplier"].as_manager()

    class Meta(Scoped.Meta):
        verbose_name = "供应商"
        indexes = [*Scoped.Meta.indexes, models.Index(fields=["sort_key", "id"], name="supplier_sort_key")]
        constraints = [
            models.UniqueConstraint(
                fields=["organ", "credit_code"],
                name="supplier_once",
                violation_error_message="本单位已登记这家供应商。",
            ),
            models.CheckConstraint(
                condition=Q(state__in=SupplierState.values),
                name="supplier_state_known",
                violation_error_message="状态不在代码表内。",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Procurement(models.TextChoices):
    """采购方式."""

    OPEN = "OPEN", "公开招标"
    INVITED = "INVITED", "邀请招标"
    CONSULTATION = "CONSULTATION", "竞争性磋商"
    NEGOTIATION = "NEGOTIATION", "竞争性谈判"
    INQUIRY = "INQUIRY", "询价"
    SINGLE = "SINGLE", "单一来源"
    FRAMEWORK = "FRAMEWORK", "框架协议"
    DIRECT = "DIRECT", "限额以下自行采购"


class Frequency(models.TextChoices):
    """评价频次; the label is the word of the clause."""

    MONTHLY = "MONTHLY", "月度"
    QUARTERLY = "QUARTERLY", "季度"
    YEARLY = "YEARLY", "年度"


class ContractQuerySet(ScopedQuerySet["Contract"]):
    """Contracts by who may see them and by how much time they have left."""

    def visible(self, access: Access) -> Self:
        """Those within the organ, for whoever reads or approves there; none for others."""
        allowed = access.may(Verb.READ, "services") or access.may(Verb.APPROVE, "services")
        return self.within(access.organ) if allowed and access.organ else self.none()

    def running(self, on: date) -> Self:
        """In force on the day."""
        return self.filter(begin_date__lte=on, end_date__gt=on)


class Contract(Scoped):
    """合同. Money in fen. `accepted` is the sum of what was accepted, `paid` of payments approved; both kept by verbs.

    `deductions`: [[score, percent], …] downwards: from this score on so much of the accepted amount is paid.
    `weights`: {content: points} where the clause gives no points of its own.
    """

    number = models.CharField("合同编号", max_length=40)
    name = models.CharField("合同名称", max_length=120)
    supplier = models.ForeignKey(Supplier, models.PROTECT, related_name="contracts", verbose_name="供应商")
    procurement = models.CharField("采购方式", max_length=12, choices=Procurement.choices, default=Procurement.OPEN)
    price = models.BigIntegerField("合同价")
    begin_date = models.DateField("开始日期")
    end_date = models.DateField("终止日期", help_text="当天起失效")
    frequency = models.CharField("评价频次", max_length=9, choices=Frequency.choices, default=Frequency.QUARTERLY)
    deductions = models.JSONField("付款扣减档", default=list, blank=True, editable=False)
    weights = models.JSONField("评价权重", default=dict, blank=True, editable=False)
    accepted = models.BigIntegerField("已验收", default=0, editable=False)
    paid = models.BigIntegerField("已批付款", default=0, editable=False)
    note = models.CharField("备注", max_length=200, blank=True)

    objects = ContractQuerySet.as_manager()

    class Meta(Scoped.Meta):
        verbose_name = "合同"
        indexes = [
            *Scoped.Meta.indexes,
            models.Index(fields=["end_date", "id"], name="contract_end"),
            models.Index(fields=["number", "id"], name="contract_number"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["organ", "number"], name="contract_once", violation_error_message="本单位已有这个合同编号。"
            ),
            models.CheckConstraint(
                condition=Q(end_date__gt=F("begin_date")),
                name="contract_period",
                violation_error_message="终止日期要晚于开始日期。",
            ),
            models.CheckConstraint(
                condition=Q(price__gt=0), name="contract_price", violation_error_message="合同价要大于 0。"
            ),
            models.CheckConstraint(
                condition=Q(accepted__lte=F("price")),
                name="contract_accepted",
                violation_error_message="合同价不能低于已经验收的金额。",
            ),
            models.CheckConstraint(
                condition=Q(paid__gte=0, paid__lte=F("accepted")),
                name="contract_paid",
                violation_error_message="付款不能超过已经验收的金额。",
            ),
            models.CheckConstraint(
                condition=Q(procurement__in=Procurement.values, frequency__in=Frequency.values),
                name="contract_words_known",
                violation_error_message="采购方式或评价频次不在代码表内。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.name}"

    @property
    def payable(self) -> int:
        """What was accepted and not yet paid, in fen."""
        return self.accepted - self.paid

    @property
    def balance(self) -> int:
        """What of the price is not paid, in fen."""
        return self.price - self.paid


class ContractScope(models.Model):
    """What a contract covers: a service, in a building or everywhere (no building)."""

    contract = models.ForeignKey(Contract, models.CASCADE, related_name="scope", verbose_name="合同")
    service = models.CharField("服务事项", max_length=60)
    building = models.ForeignKey(Building, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="楼")
    requirement = models.CharField("要求", max_length=200, blank=True)

    class Meta:
        verbose_name = "合同范围"
        indexes = [models.Index(fields=["service"], name="contract_scope_service")]

    def __str__(self) -> str:
        return self.service


class PaymentStage(models.Model):
    """付款计划: one planned payment. Amount in fen."""

    contract = models.ForeignKey(Contract, models.CASCADE, related_name="stages", verbose_name="合同")
    name = models.CharField("期次", max_length=60)
    due_date = models.DateField("计划付款日期")
    amount = models.BigIntegerField("金额")

    class Meta:
        verbose_name = "付款计划"
        ordering = ["due_date", "id"]
        constraints = [models.CheckConstraint(condition=Q(amount__gt=0), name="payment_stage_amount")]

    def __str__(self) -> str:
        return self.name


class AcceptanceResult(models.TextChoices):
    """验收结论."""

    PASSED = "PASSED", "合格"
    CORRECTED = "CORRECTED", "整改后合格"
    FAILED = "FAILED", "不合格"


class Acceptance(models.Model):
    """验收: what was delivered in a half-open period, and how much of the price it is worth (fen; 0 if it failed).

    Periods of one contract do not overlap.
    """

    contract = models.ForeignKey(Contract, models.PROTECT, related_name="acceptances", verbose_name="合同")
    valid_from = models.DateField("起")
    valid_to = models.DateField("止")
    quantity = models.DecimalField("数量", max_digits=12, decimal_places=2, null=True, blank=True)
    unit = models.CharField("计量单位", max_length=20, blank=True)
    defects = models.CharField("缺陷", max_length=500, blank=True)
    result = models.CharField("结论", max_length=9, choices=AcceptanceResult.choices)
    amount = models.BigIntegerField("验收金额")
    paid = models.BigIntegerField("已批付款", default=0)
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="验收人")
    accepted_date = models.DateField("验收日期")

    class Meta:
        verbose_name = "验收"
        ordering = ["valid_from", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(valid_to__gt=F("valid_from")), name="acceptance_period"),
            models.CheckConstraint(
                condition=(Q(result="FAILED") & Q(amount=0)) | (~Q(result="FAILED") & Q(amount__gt=0)),
                name="acceptance_amount",
            ),
            models.CheckConstraint(condition=Q(paid__gte=0, paid__lte=F("amount")), name="acceptance_paid"),
            models.CheckConstraint(condition=Q(result__in=AcceptanceResult.values), name="acceptance_result_known"),
        ]

    def __str__(self) -> str:
        return f"{self.valid_from} – {self.valid_to}"


class Evaluation(models.Model):
    """服务评价: the score of a period by the clauses in force on its day. Scores of 100, two places.

    `parts`: [{content, weight, points}]; `clauses`: {clause id: hash of the version}; `ground`: where the weights come from.
    """

    contract = models.ForeignKey(Contract, models.PROTECT, related_name="evaluations", verbose_name="合同")
    frequency = models.CharField("频次", max_length=9, choices=Frequency.choices)
    valid_from = models.DateField("起")
    valid_to = models.DateField("止")
    parts = models.JSONField("分项", default=list)
    ground = models.CharField("权重来源", max_length=10)
    department = models.DecimalField("主管部门评分", max_digits=5, decimal_places=2)
    users = models.DecimalField("服务对象评分", max_digits=5, decimal_places=2)
    score = models.DecimalField("得分", max_digits=5, decimal_places=2)
    grade = models.CharField("等次", max_length=10)
    clauses = models.JSONField("条款版本", default=dict)
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="评价人")
    on_date = models.DateField("评价日期")

    class Meta:
        verbose_name = "服务评价"
        ordering = ["valid_from", "id"]
        constraints = [
            models.UniqueConstraint(fields=["contract", "frequency", "valid_from"], name="evaluation_once"),
            models.CheckConstraint(condition=Q(valid_to__gt=F("valid_from")), name="evaluation_period"),
            models.CheckConstraint(condition=Q(score__gte=0, score__lte=Decimal(100)), name="evaluation_score"),
        ]

    def __str__(self) -> str:
        return f"{self.get_frequency_display()} {self.score}"


class PaymentState(models.TextChoices):
    """How far a payment has come. APPROVED and RECORDED count against the contract."""

    PROPOSED = "PROPOSED", "待审批"
    APPROVED = "APPROVED", "已批准"
    RECORDED = "RECORDED", "已付款"
    REJECTED = "REJECTED", "已驳回"
    VOID = "VOID", "已作废"


class Payment(models.Model):
    """付款 on one acceptance. Money in fen; `suggested` is what the score makes due, None where nothing can be said."""

    contract = models.ForeignKey(Contract, models.PROTECT, related_name="payments", verbose_name="合同")
    acceptance = models.ForeignKey(Acceptance, models.PROTECT, related_name="payments", verbose_name="验收")
    stage = models.ForeignKey(
        PaymentStage, models.SET_NULL, null=True, blank=True, related_name="payments", verbose_name="期次"
    )
    suggested = models.BigIntegerField("建议金额", null=True, blank=True)
    score = models.DecimalField("得分", max_digits=5, decimal_places=2, null=True, blank=True)
    amount = models.BigIntegerField("金额")
    reason = models.CharField("说明", max_length=300, blank=True)
    state = models.CharField("状态", max_length=8, choices=PaymentState.choices, default=PaymentState.PROPOSED)
    proposed_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="申请人")
    proposed_date = models.DateField("申请日期")
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="审批人")
    decided_date = models.DateField("审批日期", null=True, blank=True)
    opinion = models.CharField("审批意见", max_length=300, blank=True)
    paid_date = models.DateField("付款日期", null=True, blank=True)
    voucher = models.CharField("凭证号", max_length=60, blank=True)

    class Meta:
        verbose_name = "付款"
        ordering = ["id"]
        indexes = [models.Index(fields=["state", "id"], name="payment_state")]
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="payment_amount"),
            models.CheckConstraint(condition=Q(state__in=PaymentState.values), name="payment_state_known"),
            models.CheckConstraint(
                condition=(Q(state="RECORDED") & Q(paid_date__isnull=False) & ~Q(voucher=""))
                | (~Q(state="RECORDED") & Q(paid_date=None)),
                name="payment_recorded_dated",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.contract_id} {self.amount}"


class ExpiryWarning(models.Model):
    """到期提醒: a contract was said to end within so many days. Once for each of 90, 30 and 7."""

    contract = models.ForeignKey(Contract, models.CASCADE, related_name="warnings", verbose_name="合同")
    days = models.PositiveSmallIntegerField("提前天数")
    end_date = models.DateField("终止日期")
    on_date = models.DateField("提醒日期")

    class Meta:
        verbose_name = "合同到期提醒"
        constraints = [models.UniqueConstraint(fields=["contract", "days", "end_date"], name="expiry_warning_once")]

    def __str__(self) -> str:
        return f"{self.contract_id} {self.days}"
