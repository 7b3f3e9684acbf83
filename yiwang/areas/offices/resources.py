"""台账 of office space: sites, buildings, floors, rooms, titles, and who uses which room."""

from __future__ import annotations

from yiwang.areas.offices.models import Occupancy, Room, Title
from yiwang.core.places.models import Building, Floor, Site
from yiwang.core.rights.naming import Naming
from yiwang.desk.kinds import Column, Feed, Resource, register

PERSON_SPACE = Feed(dataset="offices.person_space", subject=("person_id", "organ_id"))

ROOM = register(
    Resource(
        key="offices.room",
        label="房间",
        model=Room,
        columns=(
            Column(path="number", sort="number", example="0612", synonyms=("房间号", "房间编号", "门牌号")),
            Column(path="building", synonyms=("楼", "楼号", "建筑名称", "大楼"), example="行政中心/A座"),
            Column(path="floor", synonyms=("层", "所在楼层"), note="与楼层台账的名称一致"),
            Column(path="organ", synonyms=("管理单位", "使用单位")),
            Column(path="kind", synonyms=("房间用途", "实际用途", "类别")),
            Column(path="usable_area", unit="㎡", sort="usable_area", synonyms=("面积", "实用面积"), example="18.00"),
            Column(path="state", synonyms=("使用状态",)),
            Column(path="note", brief=False),
        ),
        natural=("building", "number"),
        filters=("organ", "building", "kind", "state"),
        search=("number",),
        feeds=(
            Feed(
                dataset="offices.person_space", subject=("occupancies__person_id", "occupancies__organ_id"), own=False
            ),
            Feed(dataset="offices.organ_space", subject=("organ_id",), own=False),
        ),
        related=(("offices.occupancy", "room"),),
        naming=Naming(
            model=Room,
            show=("building__name", "number"),
            find=(("building__site__name", "building__name", "number"), ("building__name", "number")),
            narrow="organ",
        ),
    )
)

OCCUPANCY = register(
    Resource(
        key="offices.occupancy",
        label="使用情况",
        model=Occupancy,
        columns=(
            Column(path="room", synonyms=("房号", "使用房间"), example="行政中心/A座/0612"),
            Column(path="person", synonyms=("使用人姓名", "姓名"), example="王敏/1000234"),
            Column(path="organ", synonyms=("使用单位",)),
            Column(path="room__usable_area", label="使用面积", unit="㎡", edit=False),
            Column(path="share", note="共用时本人所占的部分,0 到 1;不填就按人数平分", synonyms=("分摊",)),
            Column(path="valid_from", sort="valid_from", synonyms=("起用时间", "入驻日期"), example="2024-05-01"),
            Column(path="valid_to", synonyms=("腾退日期", "止用时间"), note="从这一天起不再使用"),
            Column(path="note", brief=False),
        ),
        natural=("room", "person", "valid_from"),
        exclusive=("room", "person"),
        filters=("organ", "room", "person", "valid_from"),
        search=("room__number", "person__name"),
        feeds=(PERSON_SPACE,),
        ends="valid_to",
        words=(("occupy", "入驻"), ("vacate", "腾退"), ("share", "分摊")),
    )
)

TITLE = register(
    Resource(
        key="offices.title",
        label="权属",
        model=Title,
        columns=(
            Column(path="building", synonyms=("楼", "建筑名称"), example="行政中心/A座"),
            Column(path="organ", label="产权单位", synonyms=("权利人", "所有权人")),
            Column(path="certificate", synonyms=("不动产权证号", "房产证号", "证号")),
            Column(path="state", synonyms=("登记情况",)),
            Column(path="registered_date", synonyms=("发证日期",)),
            Column(path="gross_floor_area", unit="㎡", synonyms=("证载面积",), example="5200.00"),
            Column(path="note", brief=False),
        ),
        natural=("building", "organ"),
        filters=("organ", "building", "state", "registered_date"),
        search=("certificate", "building__name"),
    )
)

BUILDING = register(
    Resource(
        key="offices.building",
        label="楼栋",
        model=Building,
        columns=(
            Column(path="name", label="楼栋", sort="sort_key", synonyms=("楼名", "楼号", "建筑名称"), example="A座"),
            Column(path="site", synonyms=("院", "大院"), example="行政中心"),
            Column(path="organ", edit=False),
            Column(path="floors", sort="floors", synonyms=("层数", "楼层数"), example="12"),
            Column(path="built_year", synonyms=("建成时间", "竣工年份")),
            Column(path="structure", synonyms=("结构",)),
            Column(path="gross_floor_area", unit="㎡", sort="gross_floor_area", example="12000.00"),
            Column(path="usable_area", unit="㎡", sort="usable_area", example="7800.00"),
        ),
        natural=("site", "name"),
        owner="site",
        pinyin=(("sort_key", "name"),),
        filters=("organ", "site", "structure"),
        search=("name",),
        feeds=(Feed(dataset="offices.building", subject=("id",)),),
        related=(("offices.floor", "building"), ("offices.room", "building"), ("offices.title", "building")),
        naming=Naming(
            model=Building, show=("site__name", "name"), find=(("site__name", "name"), ("name",)), narrow="organ"
        ),
    )
)

FLOOR = register(
    Resource(
        key="offices.floor",
        label="楼层",
        model=Floor,
        columns=(
            Column(path="label", label="楼层", synonyms=("层", "楼层名称"), example="6层"),
            Column(path="building", example="行政中心/A座"),
            Column(path="number", label="层号", sort="number", note="地上从 1 起,地下为负", example="6"),
            Column(path="organ", edit=False),
        ),
        natural=("building", "number"),
        owner="building",
        filters=("organ", "building"),
        search=("label",),
        related=(("offices.room", "floor"),),
        naming=Naming(model=Floor, show=("label",), find=(("building__name", "label"), ("label",)), narrow="building"),
    )
)

SITE = register(
    Resource(
        key="offices.site",
        label="院落",
        model=Site,
        columns=(
            Column(path="name", label="院落", sort="sort_key", synonyms=("大院", "院区"), example="行政中心"),
            Column(path="organ", synonyms=("管理单位",)),
            Column(path="region", synonyms=("区划",)),
            Column(path="address", synonyms=("地址", "座落")),
        ),
        natural=("organ", "name"),
        pinyin=(("sort_key", "name"),),
        filters=("organ", "region"),
        search=("name", "address"),
        related=(("offices.building", "site"),),
        naming=Naming(model=Site, show=("name",), find=(("organ__name", "name"), ("name",)), narrow="organ"),
    )
)
