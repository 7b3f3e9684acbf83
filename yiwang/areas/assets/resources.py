"""台账 of equipment and furniture."""

from __future__ import annotations

from yiwang.areas.assets.models import Asset
from yiwang.desk.kinds import Column, Feed, Resource, register

ASSET = register(
    Resource(
        key="assets.asset",
        label="资产卡片",
        model=Asset,
        columns=(
            Column(path="code", sort="code", synonyms=("资产编码", "卡片编号"), example="TY2024000123"),
            Column(path="name", sort="sort_key", synonyms=("名称",), example="联想台式机"),
            Column(path="item", synonyms=("资产类别", "品目名称"), example="台式计算机"),
            Column(path="category", brief=False, synonyms=("国标分类", "资产分类代码")),
            Column(path="organ", synonyms=("使用单位",)),
            Column(path="holder", synonyms=("保管人", "领用人"), example="王敏/1000234"),
            Column(path="building", brief=False, synonyms=("楼", "存放地点")),
            Column(path="room_number", synonyms=("房间号", "存放房间")),
            Column(path="price", money=True, synonyms=("原值", "购置金额", "价格"), example="4800"),
            Column(path="acquired_date", sort="acquired_date", synonyms=("购置日期", "入账日期"), example="2024-05-01"),
            Column(path="state", synonyms=("使用状况", "资产状态")),
            Column(path="scrapped_date", brief=False),
            Column(path="note", brief=False),
        ),
        natural=("code",),
        pinyin=(("sort_key", "name"),),
        filters=("organ", "item", "state", "acquired_date"),
        search=("code", "name", "item"),
        words=(
            ("register", "登记"),
            ("transfer", "调拨"),
            ("scrap", "报废"),
            ("deposit", "入仓"),
            ("draw", "出仓"),
        ),
        feeds=(
            Feed(dataset="assets.purchase", subject=("id",)),
            Feed(dataset="assets.holding", subject=("organ_id",), own=False),
        ),
    )
)
