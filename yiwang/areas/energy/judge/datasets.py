"""The typed views of the judging of energy. No Django here."""

from __future__ import annotations

from yiwang.areas.energy.judge.rules import CHOICES
from yiwang.core.datasets import Column, Dataset, Kind, register

ORGAN = Column(key="organ", label="单位", required=True, synonyms=("单位名称", "公共机构"), example="示例省统计局")
ENERGY = Column(key="energy", label="能源品种", required=True, synonyms=("品种",), example="电力")
MONTH = Column(key="month", label="月份", required=True, note="写成 2026-03", example="2026-03")

WATCH = register(
    Dataset(
        key="energy.watch",
        label="用能预警线索",
        synonyms=("能耗异常线索", "用能疑点"),
        columns=(
            Column(key="kind", label="规则", choices=tuple(label for _, label in CHOICES), required=True),
            ENERGY,
            ORGAN,
            MONTH,
            Column(key="measure", label="实测", kind=Kind.NUMBER, required=True, note="单位随规则"),
            Column(
                key="threshold", label="阈值", kind=Kind.NUMBER, required=True, note="当时当地有效的阈值,单位随规则"
            ),
            Column(key="note", label="说明"),
        ),
        subject=("kind", "organ", "energy", "month"),
        note="一行一条线索;阈值见“预警阈值”台账和《公共机构用能预警提示规则》",
    )
)

NIGHT = register(
    Dataset(
        key="energy.night_month",
        label="夜间用能占比",
        synonyms=("夜间负荷",),
        subject=("organ", "energy_kind", "month"),
        note="一行一个单位一个品种一个月;由逐时读数汇总,夜间指 23 时至次日 6 时。",
        columns=(
            ORGAN,
            Column(key="energy_kind", label="品种代码", required=True, example="ELECTRICITY"),
            MONTH,
            Column(key="night_share", label="夜间占比", kind=Kind.NUMBER, unit="%", required=True, example="24.5"),
        ),
    )
)

TARGET = register(
    Dataset(
        key="energy.target_year",
        label="节能目标完成情况",
        synonyms=("年度目标完成", "用能控制量"),
        subject=("organ", "energy", "year"),
        note="一行一个单位一个品种一个已结束的年度;含下级单位的用量。",
        columns=(
            ORGAN,
            ENERGY,
            Column(key="year", label="年度", kind=Kind.INTEGER, required=True, example="2025"),
            Column(key="amount", label="控制量", kind=Kind.NUMBER, required=True, note="单位随品种", example="120000"),
            Column(key="actual", label="实际用量", kind=Kind.NUMBER, note="单位随品种", example="118000"),
            Column(key="met", label="完成目标", kind=Kind.BOOL, example="是"),
        ),
    )
)
