"""Folding rows into records, boxes of days, questions to the lawbook, and the shipped cases in bulk."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yiwang.core.datasets.types import Column, Dataset, Kind
from yiwang.core.standards import queries
from yiwang.core.standards.book import load
from yiwang.core.standards.bulk import judge_records
from yiwang.core.standards.cases import read_cases, typed
from yiwang.core.standards.cells import Box, subtract
from yiwang.core.standards.judge import Judge
from yiwang.core.standards.records import Record, fold
from yiwang.core.standards.regions import canonical_region, chain
from yiwang.kit.refusal import Refusal

ON = date(2026, 11, 22)
ROOMS = Dataset(
    key="demo.rooms",
    label="房间",
    subject=("person", "organ"),
    sums={"area": "area / coalesce(sharers, 1)"},
    columns=(
        Column(key="person", label="姓名"),
        Column(key="organ", label="单位"),
        Column(key="rank", label="职级"),
        Column(key="area", label="面积", kind=Kind.NUMBER),
        Column(key="sharers", label="共用", kind=Kind.INTEGER),
    ),
)


def row(**facts: Any) -> dict[str, Any]:
    return {"person": "甲", "organ": "某局", "rank": "正处级", "area": Decimal(20), "sharers": None} | facts


def folded(*rows: dict[str, Any]) -> list[Record]:
    return fold(ROOMS, rows, on=ON, region="CN")


def test_rooms_of_one_person_are_added_up_and_shared_ones_divided() -> None:
    (record,) = folded(row(), row(area=Decimal(12), sharers=Decimal(2)))
    assert record.values["area"] == Decimal(26)
    assert record.rows == [1, 2]
    assert record.subject == "甲 · 某局"


def test_an_unknown_part_makes_the_sum_unknown() -> None:
    (record,) = folded(row(), row(area=None))
    assert record.values["area"] is None


def test_rows_that_disagree_leave_the_fact_unknown() -> None:
    (record,) = folded(row(), row(rank="副处级"))
    assert record.values["rank"] is None
    assert record.conflicts == ("rank",)


def test_another_day_or_place_is_another_record() -> None:
    records = folded(row(), row(on=date(2012, 1, 1)), row(region="440000"))
    assert [(each.on, each.region) for each in records] == [(ON, "CN"), (date(2012, 1, 1), "CN"), (ON, "440000")]


def test_nobody_is_not_one_person() -> None:
    assert len(folded(row(person=None, organ=None), row(person="", organ=""))) == 2


def test_row_numbers_are_the_callers() -> None:
    (record,) = fold(ROOMS, [row(), row()], on=ON, region="CN", numbers=[7, 9])
    assert record.rows == [7, 9]


@pytest.mark.parametrize(
    ("text", "code"), [("", "CN"), ("CN", "CN"), ("000000", "CN"), ("100000", "CN"), (None, "CN"), ("441303", "441303")]
)
def test_regions(text: str | None, code: str) -> None:
    assert canonical_region(text) == code


@pytest.mark.parametrize("text", ["44", "广东", "4413031", "44130x"])
def test_what_is_no_region_is_refused(text: str) -> None:
    with pytest.raises(Refusal, match="行政区划"):
        canonical_region(text)


def test_the_chain_of_regions() -> None:
    assert chain("441303") == ("441303", "441300", "440000", "CN")
    assert chain("441300") == ("441300", "440000", "CN")
    assert chain("CN") == ("CN",)


DAY = date(2020, 1, 1)
boxes = st.lists(
    st.tuples(st.integers(0, 9), st.integers(1, 5), st.integers(101, 120), st.integers(0, 12)).map(
        lambda b: (DAY + timedelta(b[0]), DAY + timedelta(b[0] + b[1]), b[2], b[2] + b[3])
    ),
    max_size=4,
)


def points(found: list[Box]) -> list[tuple[date, int]]:
    return [(b[0] + timedelta(n), m) for b in found for n in range((b[1] - b[0]).days) for m in range(b[2], b[3] + 1)]


@settings(max_examples=60, deadline=None)
@given(whole=boxes.map(lambda found: found[:1]), holes=boxes)
def test_taking_boxes_out_of_a_box(whole: list[Box], holes: list[Box]) -> None:
    left = points(subtract(whole, holes))
    assert len(left) == len(set(left))
    assert set(left) == set(points(whole)) - set(points(holes))


def test_the_shipped_cases_in_bulk() -> None:
    """Every worked case once more through DuckDB: `judge_records` raises if the two evaluators disagree."""
    book = load()
    judge = Judge(book)
    by_dataset: dict[str, list[Record]] = {}
    for _, case in read_cases():
        dataset = book.datasets[case.dataset]
        rows = [typed(dataset, case.facts | each) for each in case.rows]
        by_dataset.setdefault(case.dataset, []).extend(fold(dataset, rows, on=case.on, region=case.region))
    for key, records in by_dataset.items():
        counts, verdicts = judge_records(book, key, records, everything=True)
        alone = [v for r in records for v in judge.judge(key, r.values, on=r.on, region=r.region, subject=r.subject)]
        assert [verdict for _, verdict in verdicts] == alone
        assert sum(counts.values()) == len(alone)


def test_the_room_limit_over_time() -> None:
    facts = {"organ_tier": "市级机关", "rank": "正局(处)级"}
    spans = queries.timeline(load(), "offices.person_area", facts, region="CN")
    assert [(queries.since(s.start), s.limit, s.candidate.verified) for s in spans] == [
        ("2000-01-01", Decimal(12), False),
        ("2014-11-24", Decimal(24), True),
    ]
    assert queries.limit_at(load(), "offices.person_area", {}, on=ON, region="CN") is None


def test_what_changed_when_the_new_standard_came() -> None:
    ended, begun = queries.diff(load(), date(2014, 11, 23), date(2014, 11, 24), region="CN")
    assert "JTZ-1999-2250/room" in {each.clause.id for each in ended}
    assert "FGTZ-2014-2674/room" in {each.clause.id for each in begun}


@pytest.mark.parametrize(
    ("text", "clause"), [("陪餐", "ZBF-2013-22/companions"), ("办公室 休息室", "FGTZ-2014-2674/rest-room")]
)
def test_search_finds_words_of_two_characters(text: str, clause: str) -> None:
    assert clause in [found.id for _, _, found in queries.search(load(), text)]


def test_search_for_nothing() -> None:
    assert queries.search(load(), "  ") == []
    assert queries.search(load(), "量子纠缠") == []
