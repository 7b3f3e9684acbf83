"""Units and words: spellings, brackets, lines that name the unit of a whole table."""

from __future__ import annotations

from decimal import Decimal

import pytest

from yiwang.kit.sheets.units import UNITS, converted, unit_of
from yiwang.kit.sheets.words import compact, half_width, is_nothing, split_unit, tidy, units_in


@pytest.mark.parametrize(
    ("word", "name"),
    [
        ("㎡", "㎡"),
        ("平方米", "㎡"),
        ("M2", "㎡"),
        ("万元", "万元"),
        (" L ", "升"),
        ("kWh", "千瓦时"),
        ("辆", "辆"),
        ("斤", None),
    ],
)
def test_unit_of(word: str, name: str | None) -> None:
    unit = unit_of(word)
    assert (unit.name if unit else None) == name


def test_every_unit_converts_to_its_base_and_back() -> None:
    for unit in UNITS.values():
        base = unit_of(unit.base)
        assert base is not None
        there = converted(Decimal("3.5"), unit, base)
        assert there is not None
        assert converted(there, base, unit) == Decimal("3.5")


def test_different_things_do_not_convert() -> None:
    assert converted(Decimal(1), UNITS["㎡"], UNITS["元"]) is None
    assert converted(Decimal(1), UNITS["间"], UNITS["辆"]) is None


@pytest.mark.parametrize(
    ("label", "words", "unit"),
    [
        ("使用面积\uff08㎡\uff09", "使用面积", "㎡"),
        ("使用面积(m2)", "使用面积", "㎡"),
        ("价格(单位:万元)", "价格", "万元"),
        ("购置价格[万元]", "购置价格", "万元"),
        ("价格/元", "价格", "元"),
        ("排气量(L)", "排气量", "升"),
        ("人员情况(人)", "人员情况", "人"),
        ("单位\uff08公章\uff09", "单位(公章)", ""),
        ("面积\n(平方米)", "面积", "㎡"),
        ("职工号/身份证号", "职工号/身份证号", ""),
        ("超出面积", "超出面积", ""),
        ("备\u3000注", "备注", ""),
        ("楼/层", "楼/层", ""),
    ],
)
def test_split_unit(label: str, words: str, unit: str) -> None:
    assert split_unit(label) == (words, unit)


@pytest.mark.parametrize(
    ("line", "units"),
    [
        ("单位\uff1a㎡", ["㎡"]),
        ("(单位:万元)", ["万元"]),
        ("单位:㎡、间", ["㎡", "间"]),
        ("金额单位:元", ["元"]),
        ("计量单位:平方米", ["㎡"]),
        ("说明:使用面积单位为平方米。", ["㎡"]),
        ("注:面积单位均为㎡,价格另计", ["㎡"]),
        ("单位:示例县财政局", []),
        ("填报单位:示例县", []),
        ("使用单位:人事处", []),
        ("无", []),
    ],
)
def test_units_in(line: str, units: list[str]) -> None:
    assert units_in(line) == units


@pytest.mark.parametrize("text", ["", " ", "\u3000", "-", "——", "/", "…", "*", "\uff0f"])
def test_is_nothing(text: str) -> None:
    assert is_nothing(text)


@pytest.mark.parametrize("text", ["0", "无", "a", "1/2"])
def test_is_something(text: str) -> None:
    assert not is_nothing(text)


def test_widths_and_spaces() -> None:
    assert half_width("\uff21\uff11\uff08㎡\uff09\u3000\uffe5\u200b") == "A1(㎡) ¥"
    assert compact(" 合  计 ") == "合计"
    assert tidy("示例县\r\n财政局\u3000A  B") == "示例县财政局 A B"
