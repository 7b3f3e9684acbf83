"""台账 of supplies: stores, the catalogue, stock with its minimum, quotas. What moves is on the pages."""

from __future__ import annotations

from yiwang.areas.services.catalogue.registry import entry
from yiwang.areas.services.reach import may_open
from yiwang.areas.services.supplies.models import Stock, Store, Supply, SupplyQuota
from yiwang.core.registers.pages import guard
from yiwang.core.rights.models import Verb
from yiwang.core.rights.naming import Naming
from yiwang.desk.kinds import Column, Resource, page, register

page("services", "领用办公用品", "services:supplies")
page("services", "用品库房", "services:stores")
guard("services:supplies", lambda access: access.may(Verb.APPLY, "services"))
page("services", "用品消耗", "services:consumption")
guard("services:stores", lambda access: may_open(access, "services:stores"))
guard("services:consumption", lambda access: may_open(access, "services:consumption"))
entry("04", "services:supplies", "领用办公用品")

SUPPLY = register(
    Resource(
        key="services.supply",
        label="用品目录",
        model=Supply,
        columns=(
            Column(path="name", sort="sort_key", synonyms=("品名", "物品名称"), example="A4 复印纸"),
            Column(path="code", synonyms=("物品编码",), example="BG-001"),
            Column(path="organ", label="管理单位", synonyms=("单位",)),
            Column(path="category", synonyms=("分类",), example="纸品"),
            Column(path="specification", synonyms=("型号",), example="70g 500张/包"),
            Column(path="unit", synonyms=("单位名称", "量词"), example="包"),
            Column(path="price", money=True, synonyms=("单价",), example="22.50"),
            Column(path="approve_above", note="一次申请超过这个数量要审批;空着不审批", example="10"),
        ),
        natural=("organ", "code"),
        filters=("organ", "category"),
        search=("name", "code"),
        pinyin=(("sort_key", "name"),),
        order="sort_key",
        related=(("services.stock", "supply"), ("services.supply_quota", "supply")),
        naming=Naming(model=Supply, show=("name",), find=(("name", "code"), ("code",), ("name",)), narrow="organ"),
    )
)

STORE = register(
    Resource(
        key="services.store",
        label="库房",
        model=Store,
        columns=(
            Column(path="name", synonyms=("库房名称",), example="一号库"),
            Column(path="organ"),
            Column(path="location", synonyms=("地点",), example="A座地下一层"),
            Column(path="note", brief=False),
        ),
        natural=("organ", "name"),
        filters=("organ",),
        search=("name",),
        order="name",
        related=(("services.stock", "store"),),
        words=(("count", "盘点"),),
        naming=Naming(model=Store, show=("name",), find=(("organ__name", "name"), ("name",)), narrow="organ"),
    )
)

STOCK = register(
    Resource(
        key="services.stock",
        label="库存",
        model=Stock,
        columns=(
            Column(path="supply", example="A4 复印纸/BG-001"),
            Column(path="store", example="示例局/一号库"),
            Column(path="quantity", edit=False),
            Column(path="minimum", synonyms=("安全库存",), example="20"),
        ),
        natural=("store", "supply"),
        owner="store",
        filters=("store", "supply"),
        search=("supply__name",),
        words=(("receive", "入库"), ("scrap", "报废")),
    )
)

QUOTA = register(
    Resource(
        key="services.supply_quota",
        label="领用定额",
        model=SupplyQuota,
        columns=(
            Column(path="supply"),
            Column(path="organ"),
            Column(path="holder", synonyms=("限制对象",)),
            Column(path="period"),
            Column(path="quantity", example="2"),
        ),
        natural=("organ", "supply", "holder"),
        filters=("organ", "supply"),
        search=("supply__name",),
    )
)
