"""The indicators: each a name, a definition, a formula, a unit, the clause it rests on, and the expression that is it.

The expression takes a table with the measures of `rollup.cube` (any engine's) and gives a column. What a page or a command
prints beside a figure is read from here, so that the words and the arithmetic cannot part.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import ibis
from ibis import Table

Column = Callable[[Table], Any]


@dataclass(frozen=True)
class Indicator:
    """One of them. `published`: its name in the published series; "" where none is published."""

    key: str
    label: str
    unit: str
    definition: str
    formula: str
    clause: str
    column: Column
    published: str = ""
    note: str = ""
    places: int = 2


def _ratio(above: Any, below: Any) -> Any:
    """Null over a denominator that is missing or not above nothing: an unknown is no zero."""
    return above / ibis.ifelse(below > 0, below, ibis.null("float64"))


def _change(now: Any, before: Any) -> Any:
    """Percent against the year before."""
    return (_ratio(now, before) - 1.0) * 100.0


ENERGY_PER_HEAD = Indicator(
    key="energy_per_head",
    label="人均综合能耗",
    unit="kgce/人",
    definition="一年的综合能耗除以用能人数;综合能耗是各种能源按当量值折成标准煤之和,不含水。",
    formula="人均综合能耗 = Σ(实物量 × 折标系数) ÷ 用能人数",
    clause="EN-IND-1",
    column=lambda t: _ratio(t.energy_kgce, t.users),
    published="人均综合能耗",
)
ENERGY_PER_AREA = Indicator(
    key="energy_per_area",
    label="单位建筑面积能耗",
    unit="kgce/m2",
    definition="一年的综合能耗减去公务用车用油(汽油)后除以建筑面积。",
    formula="单位建筑面积能耗 = (综合能耗 − 公务用车用油折标) ÷ 建筑面积",
    clause="EN-IND-2",
    column=lambda t: _ratio(t.energy_kgce - t.fuel_kgce, t.area),
    published="单位建筑面积能耗",
    note="公布的全国口径是否扣除用油未见到原文。",
)
WATER_PER_HEAD = Indicator(
    key="water_per_head",
    label="人均用水量",
    unit="m3/人",
    definition="一年的用水总量除以用水人数;没有另报用水人数的,用用能人数。",
    formula="人均用水量 = 用水总量 ÷ 用能人数",
    clause="EN-IND-3",
    column=lambda t: _ratio(t.water_m3, t.users),
    published="人均用水量",
)
CARBON_PER_HEAD = Indicator(
    key="carbon_per_head",
    label="人均碳排放",
    unit="kgCO2/人",
    definition="燃料燃烧、外购电力和热力的二氧化碳排放除以用能人数;电力按数据年的全国平均因子。",
    formula="人均碳排放 = Σ(实物量 × 排放因子) ÷ 用能人数",
    clause="EN-CO2-F",
    column=lambda t: _ratio(t.carbon_kg, t.users),
)
ELECTRICITY_PER_AREA = Indicator(
    key="electricity_per_area",
    label="单位建筑面积电耗",
    unit="kWh/m2",
    definition="一年的用电量除以建筑面积。",
    formula="单位建筑面积电耗 = 用电量 ÷ 建筑面积",
    clause="EN-IND-2",
    column=lambda t: _ratio(t.electricity_kwh, t.area),
)
ENERGY_CHANGE = Indicator(
    key="energy_change",
    label="综合能耗同比",
    unit="%",
    definition="综合能耗与上年同期相比的变化;上年同期是同一批单位报的上年数。",
    formula="综合能耗同比 = 本期 ÷ 上年同期 − 1",
    clause="EN-IND-1",
    column=lambda t: _change(t.energy_kgce, t.last_energy_kgce),
)
WATER_CHANGE = Indicator(
    key="water_change",
    label="用水量同比",
    unit="%",
    definition="用水总量与上年同期相比的变化。",
    formula="用水量同比 = 本期 ÷ 上年同期 − 1",
    clause="EN-IND-3",
    column=lambda t: _change(t.water_m3, t.last_water_m3),
)
INDICATORS = (
    ENERGY_PER_HEAD,
    ENERGY_PER_AREA,
    WATER_PER_HEAD,
    CARBON_PER_HEAD,
    ELECTRICITY_PER_AREA,
    ENERGY_CHANGE,
    WATER_CHANGE,
)
BY_KEY = {one.key: one for one in INDICATORS}
#: The three that the nation publishes.
PUBLISHED = tuple(one for one in INDICATORS if one.published)


def with_indicators(cube: Table) -> Table:
    """The cube with a column for each indicator."""
    return cube.mutate(**{one.key: one.column(cube) for one in INDICATORS})


LEVELS = ibis.schema({"scope": "string", "indicator": "string", "year": "int32", "value": "float64"})


def levels(cube: Table) -> Table:
    """Whole-year levels of the published indicators, all kinds: one row a node, year and indicator."""
    whole = with_indicators(cube.filter((cube.month == 0) & (cube.kind == 0)))
    scope = ibis.ifelse(whole.region == 0, "CN", whole.region.cast("string"))
    each = [
        whole.select(
            scope=scope, indicator=ibis.literal(one.key), year=whole.year, value=whole[one.key].cast("float64")
        )
        for one in PUBLISHED
    ]
    return ibis.union(*each)


def compared(found: Table, *, base: int, year: int) -> Table:
    """Two years of levels beside each other: scope, indicator, base, value, change and fall in percent.

    One that lacks either year is left out: there is nothing to compare.
    """
    before = found.filter(found.year == base).select("scope", "indicator", base=found.value)
    after = found.filter(found.year == year).select("scope", "indicator", value=found.value)
    both = before.join(after, ["scope", "indicator"])
    change = (both.value / both.base - 1.0) * 100.0
    return both.mutate(change=change, fall=-change).order_by("scope", "indicator")
