"""Datasets of services: patrols of buildings and work orders."""

from __future__ import annotations

from yiwang.core.datasets import Column, Dataset, Kind, register

ORGAN = Column(
    key="organ", label="单位", required=True, synonyms=("单位名称", "使用单位"), example="示例省机关事务管理局"
)


def minutes(key: str, label: str, *synonyms: str, example: str) -> Column:
    """A column with a time span in minutes."""
    return Column(key=key, label=label, kind=Kind.NUMBER, unit="分钟", synonyms=synonyms, example=example)


PATROL = register(
    Dataset(
        key="services.patrol",
        label="物业巡检",
        synonyms=("房屋巡检", "巡视检查"),
        subject=("building", "patrol_object"),
        note="一行一栋楼一类对象一年的巡检次数;判定日期填当年12月31日。",
        columns=(
            ORGAN,
            Column(
                key="organ_tier",
                label="机关层级",
                vocabulary="organ_tier",
                synonyms=("层级", "单位层级"),
                example="省级机关",
            ),
            Column(key="building", label="建筑", required=True, synonyms=("建筑名称", "楼宇"), example="1号楼"),
            Column(
                key="patrol_object",
                label="巡检对象",
                vocabulary="patrol_object",
                synonyms=("巡视对象", "检查部位"),
                example="房屋结构",
            ),
            Column(
                key="times",
                label="年巡检次数",
                kind=Kind.INTEGER,
                unit="次/年",
                synonyms=("巡检次数", "检查次数"),
                example="4",
            ),
        ),
    )
)

WORK_ORDER = register(
    Dataset(
        key="services.work_order",
        label="报修工单",
        synonyms=("工单", "维修工单", "报修台账"),
        subject=("organ", "order_number"),
        note="一行一张工单;用时从报修算起。",
        columns=(
            ORGAN,
            Column(
                key="order_number", label="工单号", required=True, synonyms=("单号", "编号"), example="GD20261201001"
            ),
            Column(
                key="urgency", label="紧急程度", vocabulary="urgency", synonyms=("等级", "类型"), example="一般报修"
            ),
            minutes("arrive_minutes", "到场用时", "到场时间", example="12"),
            minutes("respond_minutes", "响应用时", "响应时间", example="20"),
            minutes("finish_minutes", "完成用时", "完成时间", "处理用时", example="600"),
            minutes("plan_minutes", "答复方案用时", "方案答复用时", example="1500"),
        ),
    )
)
