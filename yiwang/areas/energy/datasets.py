"""Datasets of energy and water use of public institutions."""

from __future__ import annotations

import yiwang.areas.energy.datasets_use
import yiwang.areas.energy.judge.datasets  # noqa: F401
from yiwang.core.datasets import Column, Dataset, Kind, register

ORGAN = Column(
    key="organ", label="单位", required=True, synonyms=("单位名称", "公共机构", "填报单位"), example="示例省统计局"
)
BUILDING = Column(key="building", label="建筑", synonyms=("建筑名称", "楼宇", "楼名"), example="1号楼")
YEAR = Column(key="year", label="年度", kind=Kind.INTEGER, unit="年", synonyms=("年份", "报告年度"), example="2025")


def number(key: str, label: str, unit: str, *synonyms: str, example: str = "", note: str = "") -> Column:
    """A column with a measured figure."""
    return Column(key=key, label=label, kind=Kind.NUMBER, unit=unit, synonyms=synonyms, example=example, note=note)


DATA_CENTRE = register(
    Dataset(
        key="energy.data_centre",
        label="数据中心能效",
        synonyms=("数据中心", "绿色数据中心"),
        subject=("organ", "data_centre"),
        note="一行一个数据中心(自建或采购服务)。",
        columns=(
            ORGAN,
            Column(
                key="data_centre",
                label="数据中心",
                required=True,
                synonyms=("机房", "数据中心名称"),
                example="政务云数据中心",
            ),
            number("pue", "电能比(PUE)", "", "PUE", "电能比", "电能利用效率", example="1.28"),
            number("renewable_share", "可再生能源使用率", "%", "可再生能源占比", "绿电占比", example="32"),
        ),
    )
)

TEMPERATURE = register(
    Dataset(
        key="energy.temperature",
        label="空调温度",
        synonyms=("空调温度检查", "室内温度抽查"),
        subject=("building", "room"),
        note="一行一处检查。",
        columns=(
            ORGAN,
            BUILDING,
            Column(key="room", label="房间", synonyms=("房号", "部位"), example="301"),
            Column(key="season", label="季节", vocabulary="season", synonyms=("供冷供热",), example="夏季"),
            number("set_point", "设定温度", "℃", "空调设定温度", "温度", example="26"),
            Column(
                key="special_use",
                label="特殊用途",
                kind=Kind.BOOL,
                synonyms=("有特殊温度要求",),
                note="机房、档案库、医疗等对温度有特定要求的",
                example="否",
            ),
        ),
    )
)

LIFT = register(
    Dataset(
        key="energy.lift",
        label="电梯停靠",
        synonyms=("电梯运行",),
        subject=("building", "lift"),
        columns=(
            ORGAN,
            BUILDING,
            Column(key="lift", label="电梯", required=True, synonyms=("电梯编号",), example="1号梯"),
            Column(
                key="lowest_stop",
                label="首层以外最低停靠楼层",
                kind=Kind.INTEGER,
                unit="层",
                synonyms=("最低停靠楼层",),
                example="4",
            ),
        ),
    )
)

BUILDING_USE = register(
    Dataset(
        key="energy.building",
        label="建筑能耗",
        synonyms=("办公建筑能耗", "建筑非供暖能耗"),
        subject=("organ", "building"),
        note="一行一栋建筑一年。",
        columns=(
            ORGAN,
            BUILDING,
            YEAR,
            Column(
                key="building_class",
                label="建筑类别",
                vocabulary="building_class",
                synonyms=("类别",),
                note="A类可自然通风;B类需机械通风、集中空调",
                example="A类",
            ),
            Column(
                key="climate_zone",
                label="气候区",
                vocabulary="climate_zone",
                synonyms=("气候分区",),
                example="夏热冬冷",
            ),
            number("energy_kwh", "非供暖能耗", "kWh", "非供暖用能量", "年用电量", example="560000"),
            number("building_area", "建筑面积", "m2", "面积", example="10000"),
        ),
    )
)

QUOTA = register(
    Dataset(
        key="energy.quota",
        label="能耗定额",
        synonyms=("能耗定额对标", "用能定额"),
        subject=("organ", "indicator"),
        note="一行一个单位一项指标一年;约束值抄自当地定额标准。",
        columns=(
            ORGAN,
            YEAR,
            Column(key="indicator", label="指标", required=True, synonyms=("指标名称",), example="人均综合能耗"),
            number("actual", "实际值", "", "实绩", "本年值", example="380"),
            number("limit_value", "约束值", "", "定额", "定额约束值", example="400", note="与实际值同一单位"),
            Column(
                key="explained",
                label="已书面说明",
                kind=Kind.BOOL,
                synonyms=("书面说明",),
                note="超定额时填写",
                example="否",
            ),
        ),
    )
)

USERS = register(
    Dataset(
        key="energy.users",
        label="用能人数",
        synonyms=("用能人数核算",),
        subject=("organ", "year"),
        note="党政机关用能人数的折算:外来人员按在机关时间折成日平均人数。",
        columns=(
            ORGAN,
            YEAR,
            number("energy_user_count", "用能人数", "人", "填报用能人数", example="1118"),
            number("regular_staff", "在编人员", "人", "在编人数", example="800"),
            number("long_term_staff", "长期编外人员", "人", "长期聘用人员", "编外人员", example="235"),
            number("support_staff", "工勤保障人员", "人", "工勤人员", example="80"),
            number("visitor_person_days", "外来人员人日数", "人日", "外来人日", example="900"),
            number("days_in_year", "折算天数", "天", "分母天数", example="365", note="365 或当年工作日数"),
        ),
    )
)

ANNUAL = register(
    Dataset(
        key="energy.annual",
        label="能耗年报指标",
        synonyms=("公共机构能耗年报", "能源资源消费年报"),
        subject=("organ", "year"),
        note="一行一个单位一年:人均、单位面积指标与总量核对。",
        columns=(
            ORGAN,
            YEAR,
            number("total_energy_kgce", "综合能耗", "kgce", "能源消费总量", "综合能源消费量", example="74146"),
            number("vehicle_fuel_kgce", "公务用车用油折标", "kgce", "车辆用油折标", example="4146"),
            number("building_area", "建筑面积", "m2", example="3500"),
            number("energy_user_count", "用能人数", "人", example="200"),
            number("water_use", "用水量", "m3", "年用水量", "用水总量", example="5070"),
            number("water_user_count", "用水人数", "人", example="200"),
            number("energy_per_capita_kgce", "人均综合能耗", "kgce/人", "人均能耗", example="370.73"),
            number("energy_per_area_kgce", "单位建筑面积能耗", "kgce/m2", "单位面积能耗", example="20"),
            number("water_per_capita", "人均用水量", "m3/人", "人均水耗", example="25.35"),
        ),
    )
)
