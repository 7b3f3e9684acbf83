"""资产: office equipment and furniture, one card an item."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from yiwang.core.orgs.models import Person, Scoped, ScopedQuerySet
from yiwang.core.places.models import Building


class AssetState(models.TextChoices):
    """What is done with an item."""

    IN_USE = "IN_USE", "在用"
    IDLE = "IDLE", "闲置"
    POOLED = "POOLED", "公物仓"
    SCRAPPED = "SCRAPPED", "已报废"


class Asset(Scoped):
    """资产卡片. `organ` keeps it; the holder is a person, a place, or both. Price in fen.

    `item` is the word of the standards' tables (台式计算机, 办公桌); `category` the code of GB/T 14885.
    The room is kept by building and number, since an area does not know another area's rows.
    """

    code = models.CharField("资产编号", max_length=40, unique=True)
    name = models.CharField("资产名称", max_length=80)
    sort_key = models.CharField("拼音", max_length=200, editable=False)
    item = models.CharField("品目", max_length=40)
    category = models.CharField("分类代码", max_length=12, blank=True)
    holder = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="使用人")
    building = models.ForeignKey(Building, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="楼栋")
    room_number = models.CharField("房号", max_length=30, blank=True)
    price = models.BigIntegerField("单价")
    acquired_date = models.DateField("取得日期")
    state = models.CharField("状态", max_length=10, choices=AssetState.choices, default=AssetState.IN_USE)
    scrapped_date = models.DateField("报废日期", null=True, blank=True)
    note = models.CharField("备注", max_length=200, blank=True)

    objects = ScopedQuerySet["Asset"].as_manager()

    class Meta(Scoped.Meta):
        verbose_name = "资产"
        indexes = [
            *Scoped.Meta.indexes,
            models.Index(fields=["sort_key", "id"], name="asset_sort_key"),
            models.Index(fields=["organ", "item", "state"], name="asset_stock"),
            models.Index(fields=["acquired_date", "id"], name="asset_acquired"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(price__gte=0), name="asset_price", violation_error_message="单价不能小于 0。"
            ),
            models.CheckConstraint(
                condition=Q(state__in=AssetState.values),
                name="asset_state_known",
                violation_error_message="状态不在代码表内。",
            ),
            models.CheckConstraint(
                condition=Q(state=AssetState.SCRAPPED, scrapped_date__isnull=False)
                | (~Q(state=AssetState.SCRAPPED) & Q(scrapped_date=None)),
                name="asset_scrapped_dated",
                violation_error_message="已报废的资产要有报废日期,没有报废的不能有。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.code}"
