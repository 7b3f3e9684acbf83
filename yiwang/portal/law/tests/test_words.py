"""Clauses in words."""

from __future__ import annotations

import pytest

from yiwang.core.standards.book import load
from yiwang.portal.law import labels, words
from yiwang.portal.law.tests.small import SPACE, book


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("organ_tier <> '中央机关'", "机关层级不为中央机关"),
        ("area / coalesce(heads, 1)", "使用面积 ÷ 人数(未填按1)"),
        ("rank in ('正处级', '科员') and area > 9", "职级为正处级、科员之一,且使用面积大于9"),
        ("leased is null or not leased", "是否租用未填,或不是(是否租用)"),
        ("leased is not null", "是否租用已填"),
        ("area between 9 and 12", "使用面积在 9 与 12 之间"),
        ("case when heads <= 50 then 50 else heads * 2 end", "人数不超过50时为 50,其余为 人数 × 2"),
        ("round(area * 0.09, 1)", "四舍五入(使用面积 × 0.09、1)"),
        ("floor((area - 1) / 2)", "向下取整((使用面积 − 1) ÷ 2)"),
        ("since >= '2020-01-01' and leased = true", "起用日期不少于2020-01-01,且是否租用为是"),
        ("greatest(area, -heads)", "取大(使用面积、−人数)"),
    ],
)
def test_an_expression_in_words(expression: str, expected: str) -> None:
    assert words.words(expression, SPACE) == expected


def test_a_check_in_words() -> None:
    told = words.tell(book(), book().clause("NEW/room").checks[0])
    assert dict(told.steps) == {
        "对象": "“办公室使用情况”的每条记录",
        "量": "使用面积",
        "应当": "不超过 上表数值(按机关层级、职级查)",
        "条件": "机关层级不为中央机关",
        "并列时": "同一事项以最近一级地区的有效规定为准",
    }


def test_lines_carry_cells_and_marks() -> None:
    first = words.lines(book().clause("NEW/room"))[0]
    assert first.cells == [("机关层级", "市级机关", False), ("职级", "处级", False), ("数值", "24", True)]
    assert (first.has_figure, first.verified) == (True, True)


def test_a_clause_without_a_table_has_no_lines() -> None:
    assert words.lines(book().clause("NEW/hall")) == []


def test_every_check_of_the_shipped_lawbook_can_be_told_without_code() -> None:
    for _, clause in load().clauses():
        for check in clause.checks:
            for _, sentence in words.tell(load(), check).steps:
                assert "'" not in sentence, clause.id
                assert "case" not in sentence.lower(), clause.id


def test_every_column_of_the_shipped_tables_has_a_heading() -> None:
    keys = {key for _, clause in load().clauses() for key in words.headings(clause)}
    assert keys - set(labels.COLUMNS) == set()


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, "—"),
        (True, "是"),
        (False, "否"),
        (["甲", "乙"], "甲、乙"),
        (180000, "180,000"),
        (0.09, "0.09"),
        ("x", "x"),
    ],
)
def test_a_cell_as_it_is_shown(value: object, expected: str) -> None:
    assert labels.shown(value) == expected
