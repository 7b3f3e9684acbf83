"""Small made-up worlds: ladders, a dataset, and random lawbooks and records over them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from yiwang.core.datasets.types import Column, Dataset, Kind
from yiwang.core.standards.ladders import Ladders, LaddersFile
from yiwang.core.standards.schema import Document

LADDERS = Ladders(
    [
        LaddersFile.model_validate(
            {
                "tiers": {
                    "codes": [{"code": "CENTRAL", "label": "中央机关"}, {"code": "CITY", "label": "市级机关"}],
                    "words": [{"words": ["各级机关"], "codes": "all"}, {"words": ["市直"], "codes": ["CITY"]}],
                },
                "ranks": {
                    "codes": [
                        {"code": "DG", "label": "正厅级"},
                        {"code": "D", "label": "正处级"},
                        {"code": "DD", "label": "副处级"},
                        {"code": "S", "label": "科员"},
                    ],
                    "words": [
                        {"words": ["处级"], "rungs": ["D", "DD"]},
                        {"words": ["各级"], "rungs": "all"},
                        {"words": ["正局级"], "by_tier": {"CENTRAL": ["DG"], "CITY": ["D"]}},
                        {"words": ["处级及以下"], "rungs": ["D", "DD", "S"]},
                    ],
                },
            }
        )
    ]
)
PERSON = Dataset(
    key="demo.person",
    label="人",
    subject=("person",),
    columns=(
        Column(key="person", label="姓名"),
        Column(key="organ_tier", label="层级", vocabulary="organ_tier"),
        Column(key="rank", label="职级", vocabulary="rank"),
        Column(key="area", label="面积", kind=Kind.NUMBER, unit="㎡"),
        Column(key="heads", label="人数", kind=Kind.INTEGER),
        Column(key="flag", label="是否", kind=Kind.BOOL),
        Column(key="day", label="日子", kind=Kind.DATE),
    ),
)
REGIONS = ["CN", "440000", "441300", "441303", "110000"]
DAYS = [date(year, month, day) for year in (2000, 2014, 2020) for month, day in ((1, 1), (3, 31), (11, 24), (12, 31))]
APPLIES = [
    None,
    "organ_tier <> '市级机关'",
    "flag",
    "heads > 3 and flag",
    "area between 10 and 30 or rank = '科员'",
    "day >= '2014-01-01'",
    "rank in ('正厅级', '正处级') or flag is null",
]
MEASURES = [
    "area",
    "area / heads",
    "coalesce(area, 0) + 1",
    "case when flag then area else heads * 2.5 end",
    "greatest(area, heads)",
]
FORMULAS = [
    "10",
    "case when heads <= 2 then 8 when heads < 4 then (10 - heads) / 3 else 6 end",
    "floor(heads / 3) + 3",
    "round(heads * 1.005, 2)",
    "least(area, 20) * 0.9",
]
COUNTS = [{"heads": "正处级", "area": "科员"}, {"heads": "处级"}, {"area": "正局级", "heads": "正厅级"}]
SEASONS: list[tuple[str, ...]] = [(), (), ("11-01/03-31",), ("07-01/09-30", "12-01/12-31")]
TIER_WORDS = ["中央机关", "市级机关", "市直", "各级机关"]
RANK_WORDS = ["正厅级", "处级", "正局级", "副处级", "科员", "处级及以下", "各级"]


@st.composite
def rows(draw: st.DrawFn, dims: tuple[str, ...]) -> dict[str, Any]:
    """One row of a table."""
    row: dict[str, Any] = {"value": draw(st.sampled_from([0, 9, 12.5, 20, 30]))}
    if "organ_tier" in dims:
        row["organ_tier"] = draw(st.sampled_from(TIER_WORDS))
    if "rank" in dims:
        row["rank"] = draw(st.sampled_from(RANK_WORDS[:1] + RANK_WORDS[1:]))
        if row["rank"] == "正局级" and row.get("organ_tier", "各级机关") == "各级机关":
            row["rank"] = "正厅级"
    for key, choices in (
        ("verified", [None, None, True, False]),
        ("region", [None, None, *REGIONS]),
        ("seasons", SEASONS),
        ("modality", [None, "一般不得超过"]),
        ("effective_from", [None, None, *DAYS]),
        ("effective_to", [None, None, *DAYS]),
    ):
        row[key] = draw(st.sampled_from(choices))
    return row


@st.composite
def checks(draw: st.DrawFn, priority: int) -> tuple[dict[str, Any], tuple[str, ...] | None]:
    """A check, and the dimensions of its table if it has one."""
    dims = draw(st.sampled_from([("organ_tier", "rank"), ("rank",), None]))
    limit: dict[str, Any] = {"expression": draw(st.sampled_from(FORMULAS))} if dims is None else {"table": dims}
    topic = draw(st.sampled_from(["t1", "t2"]))
    if (
        priority and draw(st.integers(0, 3)) == 0
    ):  # the first document is never a sum, so that there is a topic to add up
        dims, topic = None, "t3"
        limit = {"sum_of": "t1", "counts": draw(st.sampled_from(COUNTS))}
    check = {
        "topic": "t1" if not priority else topic,
        "dataset": PERSON.key,
        "measure": draw(st.sampled_from(MEASURES)),
        "relation": draw(st.sampled_from(["<=", "<", ">=", ">", "="])),
        "limit": limit,
        "applies": draw(st.sampled_from(APPLIES)),
        "combine": draw(st.sampled_from(["nearest", "nearest", "nearest", "and"])) if priority else "nearest",
        "priority": priority,
        "gap": draw(st.sampled_from(["undetermined", "none"])),
        "strength": draw(st.sampled_from([None, None, "hard", "soft"])),
    }
    return check, dims


@st.composite
def documents(draw: st.DrawFn, number: int) -> Document:
    """A document with one clause of one check."""
    check, dims = draw(checks(number))
    return Document.model_validate(
        {
            "code": f"D{number}",
            "title": f"第{number}号",
            "document_number_verified": True,
            "effective_from": draw(st.sampled_from([None, *DAYS])),
            "effective_to": draw(st.sampled_from([None, None, *DAYS])),
            "dates_verified": draw(st.booleans()),
            "jurisdiction": "某地",
            "region": draw(st.sampled_from(REGIONS)),
            "scope": draw(st.sampled_from([None, None, None, "organ_tier = '中央机关'"])),
            "clauses": [
                {
                    "id": f"D{number}/a",
                    "subject": "某事",
                    "kind": "limit",
                    "modality": draw(st.sampled_from(["不得", "原则上不得", None])),
                    "paraphrase": "……",
                    "table": draw(st.lists(rows(dims), min_size=1, max_size=4)) if dims else [],
                    "verified": draw(st.booleans()),
                    "evidence": "news",
                    "checks": [check],
                }
            ],
        }
    )


def numbers() -> st.SearchStrategy[Decimal | None]:
    """Figures with up to four places, on and around the limits, or unknown."""
    return st.one_of(
        st.none(),
        st.sampled_from([Decimal(text) for text in ("9", "9.0001", "12.5", "20", "29.9999", "30", "6", "8", "2.3333")]),
        st.decimals(min_value=0, max_value=1000, places=4),
    )


@st.composite
def facts(draw: st.DrawFn) -> dict[str, Any]:
    """One record's facts."""
    return {
        "organ_tier": draw(st.sampled_from([None, "", "外星机关", *TIER_WORDS])),
        "rank": draw(st.sampled_from([None, "怪级", *RANK_WORDS])),
        "area": draw(numbers()),
        "heads": draw(st.one_of(st.none(), st.integers(0, 6).map(Decimal))),
        "flag": draw(st.sampled_from([None, True, False])),
        "day": draw(st.sampled_from([None, *DAYS])),
    }
