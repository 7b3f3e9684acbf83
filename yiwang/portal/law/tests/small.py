"""A small made-up lawbook: an old and a new document on rooms, a stricter local one, a formula, one that is not judged."""

from __future__ import annotations

from functools import cache
from typing import Any

from yiwang.core.datasets.types import Column, Dataset, Kind
from yiwang.core.standards.book import Lawbook
from yiwang.core.standards.ladders import Ladders, LaddersFile
from yiwang.core.standards.schema import Document

TIERS = {"codes": [{"code": "CENTRAL", "label": "中央机关"}, {"code": "CITY", "label": "市级机关"}]}
RANKS = {
    "codes": [{"code": "D", "label": "正处级"}, {"code": "DD", "label": "副处级"}, {"code": "S", "label": "科员"}],
    "words": [{"words": ["处级"], "rungs": ["D", "DD"]}],
}
LADDERS = Ladders([LaddersFile.model_validate({"tiers": TIERS, "ranks": RANKS})])
SPACE = Dataset(
    key="demo.space",
    label="办公室使用情况",
    subject=("person",),
    columns=(
        Column(key="person", label="姓名"),
        Column(key="organ_tier", label="机关层级", vocabulary="organ_tier"),
        Column(key="rank", label="职级", vocabulary="rank"),
        Column(key="area", label="使用面积", kind=Kind.NUMBER, unit="㎡"),
        Column(key="heads", label="人数", kind=Kind.INTEGER),
        Column(key="leased", label="是否租用", kind=Kind.BOOL),
        Column(key="since", label="起用日期", kind=Kind.DATE),
    ),
)


def _clause(key: str, **fields: Any) -> dict[str, Any]:
    return {
        "id": key, "subject": "办公室面积", "kind": "limit", "modality": "不得超过", "paraphrase": "每人办公室面积有上限。",
        "verified": True, "evidence": "full_text",
    } | fields  # fmt: skip


def _document(code: str, title: str, clauses: list[dict[str, Any]], **fields: Any) -> Document:
    data = {
        "code": code, "title": title, "document_number": f"示发〔{code}〕", "document_number_verified": True,
        "dates_verified": True, "jurisdiction": "全国", "clauses": clauses,
    }  # fmt: skip
    return Document.model_validate(data | fields)


def _check(**fields: Any) -> dict[str, Any]:
    limit = {"table": ["organ_tier", "rank"]}
    return {"topic": "demo.room", "dataset": "demo.space", "measure": "area", "relation": "<=", "limit": limit} | fields


def _rows(*figures: int) -> list[dict[str, Any]]:
    ranks = ("处级", "科员")
    return [
        {"organ_tier": "市级机关", "rank": rank, "value": value} for rank, value in zip(ranks, figures, strict=True)
    ]


OLD = _document(
    "OLD", "旧标准", [_clause("OLD/room", article="表1", table=_rows(12, 6), checks=[_check()])],
    effective_from="2000-01-01", effective_to="2014-11-23", dates_verified=False,
)  # fmt: skip
NEW = _document(
    "NEW", "新标准",
    [
        _clause(
            "NEW/room", article="表1", table=_rows(24, 9), checks=[_check(applies="organ_tier <> '中央机关'")]
        ),
        _clause("NEW/hall", subject="会议室", paraphrase="会议室按人数计算。", checks=[
            _check(topic="demo.hall", limit={"expression": "case when heads <= 50 then 50 else heads * 2 end"})
        ]),
        _clause("NEW/scope", subject="适用范围", kind="process", modality="适用", paraphrase="适用于各级机关。", unjudged="process"),
    ],
    effective_from="2014-11-24", replaces=["OLD"],
)  # fmt: skip
LOCAL = _document(
    "LOCAL", "示例市规定", [_clause("LOCAL/room", table=[{"rank": "科员", "organ_tier": "市级机关", "value": 8}], checks=[_check()])],
    effective_from="2020-01-01", region="990100", jurisdiction="示例市",
)  # fmt: skip


@cache
def book() -> Lawbook:
    """The lawbook, built once."""
    return Lawbook([OLD, NEW, LOCAL], LADDERS, {"demo.space": SPACE})
