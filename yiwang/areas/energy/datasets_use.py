"""Datasets that follow from meters and readings. No Django here."""

from __future__ import annotations

from yiwang.areas.energy.words import ENERGIES, INSTITUTIONS
from yiwang.core.datasets import Column, Dataset, Kind, register

_ORGAN = Column(key="organ", label="单位", required=True, synonyms=("单位名称", "公共机构"), example="示例省统计局")
_YEAR = Column(
    key="year", label="年度", kind=Kind.INTEGER, unit="年", required=True, synonyms=("年份",), example="2025"
)
_KIND = Column(
    key="energy_kind",
    label="能源种类代码",
    kind=Kind.CODE,
    choices=tuple(ENERGIES),
    required=True,
    note="、".join(f"{one.code} {one.label}({one.unit})" for one in ENERGIES.values()),
    example="ELECTRICITY",
)


def _figure(key: str, label: str, unit: str = "", *, note: str = "", example: str = "") -> Column:
    return Column(key=key, label=label, kind=Kind.NUMBER, unit=unit, note=note, example=example)


MONTH = register(
    Dataset(
        key="energy.consumption_month",
        label="能源资源月消费量",
        synonyms=("能源资源消费统计台账", "月度能耗"),
        subject=("organ", "month", "energy_kind"),
        note="一行一个单位一个月一种能源或水;由抄表、账单和分摊算出,跨月的按天数分。",
        columns=(
            _ORGAN,
            Column(key="month", label="月份", required=True, example="2026-03"),
            _KIND,
            Column(key="energy", label="能源种类", example="电力"),
            _figure("quantity", "消费量", example="1240"),
            Column(key="unit", label="计量单位", example="kWh"),
            Column(key="fen", label="费用(分)", kind=Kind.INTEGER, unit="分", example="76942"),
            _figure("kgce", "折标准煤", "kgce", note="水和没有系数的能源为空"),
            _figure("kgco2", "二氧化碳", "kgCO2", note="水和没有因子的能源为空"),
            Column(key="unverified", label="系数待核", kind=Kind.BOOL),
            Column(key="estimated", label="含估读", kind=Kind.BOOL),
        ),
    )
)
ORGAN_YEAR = register(
    Dataset(
        key="energy.organ_year",
        label="公共机构年度能源资源消费",
        subject=("organ", "year"),
        note="一行一个在名录库的单位一年;指标由月消费量和用能人数、面积算出。",
        columns=(
            _ORGAN,
            _YEAR,
            Column(
                key="institution_kind",
                label="公共机构分类代码",
                kind=Kind.CODE,
                choices=tuple(INSTITUTIONS),
                note="、".join(f"{code} {label}" for code, label in INSTITUTIONS.items()),
                example="01",
            ),
            _figure("energy_user_count", "用能人数", "人"),
            _figure("building_area", "建筑面积", "m2"),
            _figure("electricity_kwh", "用电量", "kWh"),
            _figure("total_energy_tce", "综合能耗", "tce"),
            _figure("water_m3", "用水量", "m3"),
            _figure("renewable_share", "可再生能源占比", "%"),
            _figure("kgco2", "二氧化碳", "kgCO2"),
            _figure("vehicle_fuel_kgce", "公务用车用油折标", "kgce"),
            _figure("energy_per_capita_kgce", "人均综合能耗", "kgce/人"),
            _figure("energy_per_area_kgce", "单位建筑面积能耗", "kgce/m2", note="扣除公务用车用油"),
            _figure("water_per_capita", "人均用水量", "m3/人"),
            Column(key="months", label="有数月份", kind=Kind.INTEGER, unit="个", note="用电有数的月份数"),
        ),
    )
)
READING = register(
    Dataset(
        key="energy.reading",
        label="抄表",
        synonyms=("抄表记录", "抄表台账"),
        subject=("meter", "day"),
        note="一行一块表一天的表底数;可由接口写入。",
        columns=(
            Column(key="meter", label="表号", required=True, synonyms=("表计编号", "户号"), example="DB-0001"),
            Column(key="day", label="抄表日期", kind=Kind.DATE, required=True, example="2026-03-01"),
            _figure("value", "读数", example="12345.6"),
            _figure("start", "新表起数", note="当天换表的,填新表的起数;读数填旧表的止数"),
            Column(key="rolled", label="过零", kind=Kind.BOOL),
            Column(key="estimated", label="估读", kind=Kind.BOOL),
            Column(key="note", label="说明"),
        ),
    )
)
WATER = register(
    Dataset(
        key="energy.water_balance",
        label="用水计量率",
        synonyms=("水平衡", "次级水计量率"),
        subject=("organ", "year"),
        note="一行一个单位一年;总水表都有分表的单位才有,只算总表和分表都有数、没有估读的月份。",
        columns=(
            _ORGAN,
            _YEAR,
            Column(key="months", label="有数月份", kind=Kind.INTEGER, unit="个", example="12"),
            _figure("main_m3", "总表用水量", "m3", example="5070"),
            _figure("sub_m3", "分表用水量", "m3", example="4930"),
            _figure("sub_rate", "次级水计量率", "%", note="分表 ÷ 总表", example="97.24"),
        ),
    )
)
