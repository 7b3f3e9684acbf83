"""办公用品: stores, what they keep, movements, requests, quotas, stocktakes.

Stock is the sum of its movements; `Stock.quantity` repeats it so that taking can be one conditional update. What was asked for
belongs to the organ that asked, the stock to the organ that keeps the store.
"""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from yiwang.areas.services.reach import serves, within
from yiwang.core.orgs.models import Organ, Scoped, ScopedQuerySet
from yiwang.core.rights.access import Access
from yiwang.core.rights.models import Role, User, Verb


class Store(Scoped):
    """库房. It serves its organ and everything below it."""

    name = models.CharField("名称", max_length=60)
    location = models.CharField("位置", max_length=100, blank=True)
    note = models.CharField("备注", max_length=200, blank=True)

    objects = ScopedQuerySet["Store"].as_manager()

    class Meta(Scoped.Meta):
        verbose_name = "库房"
        constraints = [
            models.UniqueConstraint(
                fields=["organ", "name"], name="store_once", violation_error_message="本单位已有同名库房。"
            )
        ]

    def __str__(self) -> str:
        return self.name


class Supply(Scoped):
    """用品目录: one article as the organ buys it. Price in fen for one unit, for orientation."""

    code = models.CharField("编码", max_length=30)
    name = models.CharField("名称", max_length=60)
    sort_key = models.CharField("拼音", max_length=120, editable=False)
    category = models.CharField("类别", max_length=30)
    specification = models.CharField("规格", max_length=60, blank=True)
    unit = models.CharField("计量单位", max_length=10)
    price = models.BigIntegerField("参考单价", default=0)
    approve_above = models.PositiveIntegerField("超过须审批", null=True, blank=True)

    objects = ScopedQuerySet["Supply"].as_manager()

    class Meta(Scoped.Meta):
        verbose_name = "办公用品"
        indexes = [*Scoped.Meta.indexes, models.Index(fields=["sort_key", "id"], name="supply_sort_key")]
        constraints = [
            models.UniqueConstraint(
                fields=["organ", "code"], name="supply_once", violation_error_message="本单位已有这个编码。"
            ),
            models.CheckConstraint(
                condition=Q(price__gte=0), name="supply_price", violation_error_message="参考单价不能小于 0。"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Stock(Scoped):
    """库存: how many of an article a store has. `organ` is the store's. Only verbs change `quantity`."""

    store = models.ForeignKey(Store, models.PROTECT, related_name="stocks", verbose_name="库房")
    supply = models.ForeignKey(Supply, models.PROTECT, related_name="stocks", verbose_name="用品")
    quantity = models.IntegerField("库存数量", default=0, editable=False)
    minimum = models.PositiveIntegerField("最低库存", default=0)

    objects = ScopedQuerySet["Stock"].as_manager()

    class Meta(Scoped.Meta):
        verbose_name = "库存"
        constraints = [
            models.UniqueConstraint(
                fields=["store", "supply"], name="stock_once", violation_error_message="这个库房已有这种用品的库存。"
            ),
            models.CheckConstraint(
                condition=Q(quantity__gte=0), name="stock_never_negative", violation_error_message="库存不能小于 0。"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.store_id} {self.supply_id}"


class RequestState(models.TextChoices):
    """How far a request has come."""

    PENDING = "PENDING", "待审批"
    APPROVED = "APPROVED", "待发放"
    PARTIAL = "PARTIAL", "部分发放"
    DONE = "DONE", "已发放"
    REJECTED = "REJECTED", "未批准"
    CANCELLED = "CANCELLED", "已取消"


#: What the keeper may issue on, and what counts against a quota.
ISSUABLE = (RequestState.APPROVED, RequestState.PARTIAL)
COUNTED = (RequestState.PENDING, *ISSUABLE, RequestState.DONE)


class RequestQuerySet(ScopedQuerySet["SupplyRequest"]):
    """Requests by who may see them."""

    def visible(self, access: Access) -> RequestQuerySet:
        """One's own; those of the organ for whoever reads or approves there; those on the store for its keepers."""
        seen = Q(user=access.user.pk)
        if access.may(Verb.READ, "services") or access.may(Verb.APPROVE, "services"):
            seen |= within(access)
        if serves(access, Role.KEEPER):
            seen |= within(access, "store__")
        return self.filter(seen)


class SupplyRequest(Scoped):
    """领用申请. `organ` is the one that asks, `user` the person."""

    user = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="申请人")
    store = models.ForeignKey(Store, models.PROTECT, related_name="requests", verbose_name="库房")
    reason = models.CharField("用途", max_length=200, blank=True)
    state = models.CharField("状态", max_length=9, choices=RequestState.choices)
    asked_date = models.DateField("申请日期")
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="审批人")
    opinion = models.CharField("审批意见", max_length=200, blank=True)

    objects = RequestQuerySet.as_manager()

    class Meta(Scoped.Meta):
        verbose_name = "领用申请"
        indexes = [
            *Scoped.Meta.indexes,
            models.Index(fields=["user", "id"], name="supply_request_user"),
            models.Index(fields=["store", "state", "id"], name="supply_request_store"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=RequestState.values), name="supply_request_state_known")
        ]

    def __str__(self) -> str:
        return f"领用 {self.pk}"


class RequestLine(models.Model):
    """One article of a request: how many were asked for, issued, and brought back."""

    request = models.ForeignKey(SupplyRequest, models.CASCADE, related_name="lines", verbose_name="申请")
    supply = models.ForeignKey(Supply, models.PROTECT, related_name="+", verbose_name="用品")
    quantity = models.PositiveIntegerField("申请数量")
    issued = models.PositiveIntegerField("已发放", default=0)
    returned = models.PositiveIntegerField("已退回", default=0)

    class Meta:
        verbose_name = "领用明细"
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["request", "supply"], name="request_line_once"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="request_line_quantity"),
            models.CheckConstraint(condition=Q(issued__lte=F("quantity")), name="request_line_issued"),
            models.CheckConstraint(condition=Q(returned__lte=F("issued")), name="request_line_returned"),
        ]

    def __str__(self) -> str:
        return f"{self.supply_id} × {self.quantity}"

    @property
    def open(self) -> int:
        """How many are still to be issued."""
        return self.quantity - self.issued


class MovementKind(models.TextChoices):
    """Why stock changed."""

    RECEIVE = "RECEIVE", "入库"
    ISSUE = "ISSUE", "发放"
    RETURN = "RETURN", "退回"
    SCRAP = "SCRAP", "报废"
    COUNT = "COUNT", "盘点"


class Movement(models.Model):
    """出入库: one change of a stock, signed; never changed afterwards. `price` in fen for one unit, where it is known.

    `organ` is the one that consumed, for issues and returns.
    """

    stock = models.ForeignKey(Stock, models.PROTECT, related_name="movements", verbose_name="库存")
    kind = models.CharField("类型", max_length=8, choices=MovementKind.choices)
    quantity = models.IntegerField("数量")
    balance = models.IntegerField("结存")
    price = models.BigIntegerField("单价", null=True, blank=True)
    on_date = models.DateField("日期")
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="经办人")
    line = models.ForeignKey(
        RequestLine, models.PROTECT, null=True, blank=True, related_name="movements", verbose_name="领用明细"
    )
    organ = models.ForeignKey(Organ, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="领用单位")
    note = models.CharField("说明", max_length=200, blank=True)

    class Meta:
        verbose_name = "出入库"
        indexes = [
            models.Index(fields=["stock", "id"], name="movement_stock"),
            models.Index(fields=["organ", "on_date"], name="movement_organ"),
        ]
        constraints = [
            models.CheckConstraint(condition=~Q(quantity=0), name="movement_quantity"),
            models.CheckConstraint(condition=Q(balance__gte=0), name="movement_balance"),
            models.CheckConstraint(condition=Q(kind__in=MovementKind.values), name="movement_kind_known"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.quantity}"


class Holder(models.TextChoices):
    """Whom a quota binds."""

    PERSON = "PERSON", "每人"
    ORGAN = "ORGAN", "全单位"


class QuotaPeriod(models.TextChoices):
    """Over what time."""

    MONTH = "MONTH", "每月"
    QUARTER = "QUARTER", "每季度"
    YEAR = "YEAR", "每年"


class SupplyQuota(Scoped):
    """领用定额 of an article: for each person of the organ and below it, or for the organ as a whole."""

    supply = models.ForeignKey(Supply, models.PROTECT, related_name="quotas", verbose_name="用品")
    holder = models.CharField("对象", max_length=6, choices=Holder.choices)
    period = models.CharField("周期", max_length=7, choices=QuotaPeriod.choices)
    quantity = models.PositiveIntegerField("定额数量")

    objects = ScopedQuerySet["SupplyQuota"].as_manager()

    class Meta(Scoped.Meta):
        verbose_name = "领用定额"
        constraints = [
            models.UniqueConstraint(
                fields=["organ", "supply", "holder"],
                name="supply_quota_once",
                violation_error_message="这个单位这种用品已有同样的定额。",
            ),
            models.CheckConstraint(
                condition=Q(holder__in=Holder.values, period__in=QuotaPeriod.values),
                name="supply_quota_words_known",
                violation_error_message="有一项不在代码表内。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_holder_display()}{self.get_period_display()} {self.quantity}"


class Stocktake(models.Model):
    """盘点 of a store on a day. `lines`: [{stock, supply, book, counted}]."""

    store = models.ForeignKey(Store, models.PROTECT, related_name="stocktakes", verbose_name="库房")
    on_date = models.DateField("盘点日期")
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="盘点人")
    lines = models.JSONField("明细", default=list)
    note = models.CharField("说明", max_length=200, blank=True)

    class Meta:
        verbose_name = "盘点"
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.on_date} 盘点"

    @property
    def differences(self) -> int:
        """How many articles differed from the book."""
        return sum(line["book"] != line["counted"] for line in self.lines)
