"""The typed view of what the rules found: a row a sign. No Django here."""

from __future__ import annotations

from yiwang.areas.vehicles.columns import ORGAN, VEHICLE_USE
from yiwang.areas.vehicles.watch.rules import CHOICES
from yiwang.core.datasets import Column, Dataset, Kind, register

WATCH = register(
    Dataset(
        key="vehicles.watch",
        label="用车监督线索",
        synonyms=("用车异常线索", "公务用车疑点"),
        columns=(
            Column(key="kind", label="规则", choices=tuple(label for _, label in CHOICES), required=True),
            Column(key="plate", label="车牌号", required=True, synonyms=("车牌", "号牌号码"), example="示A10231"),
            ORGAN,
            VEHICLE_USE,
            Column(key="day", label="发生日期", kind=Kind.DATE, required=True, example="2026-03-01"),
            Column(key="began", label="起", note="写成 2026-03-01T23:12:00+08:00"),
            Column(key="ended", label="止"),
            Column(key="measure", label="实测", kind=Kind.NUMBER, required=True, note="单位随规则"),
            Column(
                key="threshold", label="阈值", kind=Kind.NUMBER, required=True, note="当日当地有效的阈值,单位随规则"
            ),
            Column(key="order", label="派车单号"),
            Column(key="note", label="说明"),
        ),
        subject=("kind", "plate", "day"),
        note="一行一条线索;阈值见“监督阈值”台账和《用车监督提示规则》",
    )
)
