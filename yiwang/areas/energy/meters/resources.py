"""台账: 计量器具, 能源单价."""

from __future__ import annotations

from yiwang.areas.energy.meters.models import Meter, Tariff
from yiwang.core.rights.naming import Naming
from yiwang.desk.kinds import Column, Resource, register

METER = register(
    Resource(
        key="energy.meter",
        label="计量器具",
        model=Meter,
        columns=(
            Column(path="number", synonyms=("表计编号", "户号", "用户编号"), example="DB-0001"),
            Column(path="name", sort="sort_key", synonyms=("表计名称",), example="1号楼总电表"),
            Column(path="organ", synonyms=("单位",)),
            Column(path="kind", synonyms=("种类", "表类型"), example="电力"),
            Column(path="form", brief=False, example="抄表(表底数)"),
            Column(path="purpose", brief=False, synonyms=("分项用途",), example="总表"),
            Column(path="building", brief=False, synonyms=("楼栋", "建筑")),
            Column(path="position", brief=False, synonyms=("位置",), example="地下一层配电室"),
            Column(path="parent", brief=False, note="分表写上级表的表号"),
            Column(path="multiplier", synonyms=("互感器倍率", "综合倍率"), example="1"),
            Column(path="digits", brief=False, unit="位", note="小数点前的位数,表过零时要用", example="6"),
            Column(path="counts", brief=False, note="分表、出租部分的表填否", example="是"),
            Column(path="read_day", brief=False, unit="日", example="1"),
            Column(path="valid_from", brief=False, example="2020-01-01"),
            Column(path="valid_to", brief=False),
        ),
        natural=("number",),
        pinyin=(("sort_key", "name"),),
        filters=("organ", "kind", "form"),
        search=("number", "name", "position"),
        ends="valid_to",
        naming=Naming(model=Meter, show=("number",), find=(("number",),)),
        whole="energy:meter",
    )
)

TARIFF = register(
    Resource(
        key="energy.tariff",
        label="能源单价",
        model=Tariff,
        columns=(
            Column(path="organ", synonyms=("单位",), note="下级单位没有自己的单价时沿用"),
            Column(path="kind", synonyms=("种类",), example="电力"),
            Column(path="price", unit="元/单位", synonyms=("价格",), example="0.6205"),
            Column(path="supplier", synonyms=("供电公司", "供水公司"), example="示例供电公司"),
            Column(path="valid_from", sort="valid_from", example="2026-01-01"),
            Column(path="valid_to"),
        ),
        natural=("organ", "kind", "valid_from"),
        filters=("organ", "kind"),
        search=("supplier",),
        ends="valid_to",
    )
)
