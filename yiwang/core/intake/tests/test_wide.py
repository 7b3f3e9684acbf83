"""Wide tables turned long."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from yiwang.core.intake import workbook
from yiwang.core.intake.mapping import Mapping
from yiwang.core.intake.result import Table
from yiwang.core.intake.tests.conftest import ON, Check, lines
from yiwang.core.standards.book import Lawbook

FLEET = [
    ["单位名称,编制数,,,实有数,,", ",机要通信用车,应急保障用车,执法执勤用车,机要通信用车,应急保障用车,执法执勤用车"],
    ["单位,机要通信用车/编制数,应急保障用车/编制数,机要通信用车/实有数,应急保障用车/实有数"],
]


def long_rows(table: Table) -> list[tuple[str, str, Decimal, Decimal]]:
    """(organ, use, quota, actual) of each row."""
    return [tuple(row.values.get(key) for key in ("organ", "vehicle_use", "quota", "actual")) for row in table.rows]  # type: ignore[misc]


def test_uses_under_two_figures(tmp_path: Path, check: Check) -> None:
    path = lines(tmp_path / "公务用车编制情况表.csv", [*FLEET[0], "甲局,1,2,,1,3,", "乙局,1,,4,1,,4"])
    plan, result = check(path)
    match = plan.matches()[0]
    assert match.dataset is not None
    assert (match.dataset.key, match.columns.wide) == ("vehicles.fleet", "vehicle_use")
    one, two, three, four = map(Decimal, (1, 2, 3, 4))
    assert long_rows(result.tables[0]) == [
        ("甲局", "机要通信用车", one, one),
        ("甲局", "应急保障用车", two, three),
        ("乙局", "机要通信用车", one, one),
        ("乙局", "执法执勤用车", four, four),
    ]
    assert [row.number for row in result.tables[0].rows] == [3, 3, 4, 4]


def test_ranks_as_headers_fill_the_only_figure(tmp_path: Path, check: Check) -> None:
    path = lines(
        tmp_path / "a.csv",
        ["姓名,单位,月份,正处级,副处级,正科级", "张三,甲局,2026-05,,800,", "李四,甲局,2026-05,1000,,"],
    )
    _, result = check(f"vehicles.allowance={path}")
    found = [(row.values["person"], row.values["rank"], row.values["amount"]) for row in result.tables[0].rows]
    assert found == [("张三", "副处级", 800), ("李四", "正处级", 1000)]


def test_settled_layout_is_read_the_same_again(tmp_path: Path, book: Lawbook, check: Check) -> None:
    path = lines(tmp_path / "公务用车编制情况表.csv", [*FLEET[0], "甲局,1,2,,1,3,"])
    plan, result = check(path)
    mapping = Mapping(layouts=plan.layouts())
    assert mapping.layouts[0].columns["编制数/机要通信用车"] == "quota@机要通信用车"
    again, repeated = check(path, mapping=mapping)
    assert again.matches()[0].how == "对应关系"
    assert long_rows(repeated.tables[0]) == long_rows(result.tables[0])


def test_one_word_alone_makes_no_wide_table(tmp_path: Path, book: Lawbook) -> None:
    path = lines(tmp_path / "a.csv", ["单位,核定编制数,实有数,应急保障用车", "甲局,1,1,1"])
    plan = workbook.plan(workbook.read_sources([workbook.Source(path, "vehicles.fleet")]), book, Mapping())
    assert plan.matches()[0].columns.wide == ""
    assert workbook.run(plan, book, on=ON, region="CN").checked == {"vehicles.fleet": 1}


@pytest.mark.parametrize("key", ["单位", "编制"])
def test_header_words_that_are_no_vocabulary_stay(key: str, tmp_path: Path, check: Check) -> None:
    path = lines(tmp_path / "a.csv", [f"单位,车辆用途,核定编制数,实有数,{key}备注", "甲局,机要通信用车,1,2,x"])
    plan, _ = check(f"vehicles.fleet={path}")
    assert plan.matches()[0].columns.wide == ""
