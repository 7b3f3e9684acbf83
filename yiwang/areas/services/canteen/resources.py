"""台账 of canteens and dishes; menus, orders, waste and checks are on the pages."""

from __future__ import annotations

import yiwang.areas.services.catalogue.resources  # noqa: F401 (the hall of services opens the area)
from yiwang.areas.services.canteen.models import Canteen, Dish
from yiwang.areas.services.catalogue.registry import entry
from yiwang.areas.services.reach import may_open
from yiwang.core.registers.pages import guard
from yiwang.core.rights.models import Verb
from yiwang.core.rights.naming import Naming
from yiwang.desk.kinds import Column, Resource, page, register

page("services", "订餐", "services:canteen")
page("services", "团体订餐", "services:groups")
page("services", "后厨", "services:kitchen")
guard("services:canteen", lambda access: access.may(Verb.APPLY, "services"))
guard("services:groups", lambda access: access.may(Verb.APPLY, "services"))
guard("services:kitchen", lambda access: may_open(access, "services:kitchen"))
entry("13", "services:canteen", "订餐")
entry("13", "services:groups", "团体订餐")

CANTEEN = register(
    Resource(
        key="services.canteen",
        label="食堂",
        model=Canteen,
        columns=(
            Column(path="name", synonyms=("食堂名称",), example="机关第一食堂"),
            Column(path="organ"),
            Column(path="location", synonyms=("地点",), example="B座一层"),
            Column(path="lead_hours", unit="小时", synonyms=("提前小时",), example="12"),
            Column(path="opened_date", synonyms=("开办日期",), example="2020-01-01"),
        ),
        natural=("organ", "name"),
        filters=("organ",),
        search=("name",),
        order="name",
        words=(("weigh", "称重"),),
        naming=Naming(model=Canteen, show=("name",), find=(("organ__name", "name"), ("name",)), narrow="organ"),
    )
)

DISH = register(
    Resource(
        key="services.dish",
        label="菜品",
        model=Dish,
        columns=(
            Column(path="name", sort="sort_key", synonyms=("菜名",), example="番茄炒蛋"),
            Column(path="organ"),
            Column(path="category", synonyms=("分类",), example="素菜"),
            Column(path="allergens", synonyms=("过敏源",), example="蛋"),
            Column(path="price", money=True, synonyms=("单价",), example="6"),
        ),
        natural=("organ", "name"),
        filters=("organ", "category"),
        search=("name", "allergens"),
        pinyin=(("sort_key", "name"),),
        order="sort_key",
    )
)
