"""Several users of one room."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from yiwang.core.intake.result import SheetRow
from yiwang.core.intake.sharing import settle, sharers_in, split_names, spread


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("张三、李四", ["张三", "李四"]),
        ("张三\n李四\n王五", ["张三", "李四", "王五"]),
        ("张三,李四;王五", ["张三", "李四", "王五"]),
        ("张三/李四", ["张三", "李四"]),
        ("张三\uff0c李四\uff1b王五", ["张三", "李四", "王五"]),
        ("欧阳修 司马光", ["欧阳修", "司马光"]),
        ("张 三", ["张 三"]),
        ("阿卜杜·买买提", ["阿卜杜·买买提"]),
        ("", []),
    ],
)
def test_names_in_a_cell(text: str, names: list[str]) -> None:
    assert split_names(text) == names


@pytest.mark.parametrize(
    ("remark", "count"),
    [
        ("3人共用", 3),
        ("三人合用", 3),
        ("\uff13人共用", 3),
        ("与郑七共用", 2),
        ("与郑七、王五共用", 3),
        ("两个人共用一间", 2),
        ("共用", 0),
        ("与档案局共用会议室", 2),
        ("含休息室", None),
        ("", None),
    ],
)
def test_sharers_in_a_remark(remark: str, count: int | None) -> None:
    assert sharers_in(remark) == count


def row(**values: Any) -> SheetRow:
    return SheetRow(5, values)


def test_names_become_rows_with_their_own_rank() -> None:
    rows, problems = spread(
        row(person="张三、李四", usable_area=Decimal(24), rank="正科级、科员"), {"rank": "正科级、科员"}, ""
    )
    assert [(one.values["person"], one.values["rank"], one.values["sharers"]) for one in rows] == [
        ("张三", "正科级", 2),
        ("李四", "科员", 2),
    ]
    assert not problems
    assert {one.number for one in rows} == {5}


def test_count_that_contradicts_the_names_is_not_guessed() -> None:
    rows, problems = spread(row(person="张三、李四", sharers=Decimal(3)), {}, "")
    assert [(one.values["sharers"], one.values["shared"]) for one in rows] == [(None, True)] * 2
    assert problems[0].code == "share.contradiction"


def test_shared_without_a_number_stays_open() -> None:
    rows, _ = spread(row(person="张三"), {}, "共用")
    assert rows[0].values["shared"] is True
    assert "sharers" not in rows[0].values


def test_remark_does_not_overrule_the_column() -> None:
    rows, _ = spread(row(person="张三", sharers=Decimal(4)), {}, "2人共用")
    assert rows[0].values["sharers"] == 4


def test_same_room_in_several_rows_tells_the_number() -> None:
    rows = [row(person=name, room="301", usable_area=Decimal(27), shared=True) for name in ("张三", "李四", "王五")]
    settle(rows)
    assert [one.values["sharers"] for one in rows] == [3, 3, 3]


def test_different_areas_of_one_room_stay_open() -> None:
    rows = [
        row(person=name, room="301", usable_area=Decimal(area), shared=True)
        for name, area in (("张三", 9), ("李四", 12))
    ]
    settle(rows)
    assert all("sharers" not in one.values for one in rows)
