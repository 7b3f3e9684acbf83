"""Cells as clerks fill them: each notation to its value, each trap to its refusal."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yiwang.kit.refusal import Refusal, Where
from yiwang.kit.sheets import clean
from yiwang.kit.sheets.clean import Quantity

D = Decimal


def wide(text: str) -> str:
    """A text as a Chinese input method types it."""
    return text.translate({code: code + 0xFEE0 for code in range(0x21, 0x7F)} | {0x20: 0x3000})


DAY = dt.date(2014, 12, 3)
MONTH = dt.date(2014, 12, 1)


@pytest.mark.parametrize(
    ("cell", "value", "unit"),
    [
        (D("18.5"), "18.5", ""),
        ("18.5", "18.5", ""),
        ("18.5㎡", "18.5", "㎡"),
        (wide("12.5") + "平方米", "12.5", "㎡"),
        ("30 m2", "30", "㎡"),
        ("30(平方米)", "30", "㎡"),
        ("1,234.5", "1234.5", ""),
        ("1,234,567", "1234567", ""),
        ("12.8万元", "12.8", "万元"),
        (wide("1,800CC"), "1800", "毫升"),
        ("30" + wide("(㎡)"), "30", "㎡"),
        ("\uffe5180,000", "180000", "元"),
        ("¥180,000", "180000", "元"),
        ("¥18.5万元", "18.5", "万元"),
        ("180000元整", "180000", "元"),
        ("1.2万", "12000", ""),
        ("0.5亿元", "0.5", "亿元"),
        ("1.8L", "1.8", "升"),
        ("1800cc", "1800", "毫升"),
        ("30%", "30", "%"),
        ("3辆", "3", "辆"),
        ("5 间", "5", "间"),
        ("12人", "12", "人"),
        ("约30㎡", "30", "㎡"),
        ("-3", "-3", ""),
        (".5", "0.5", ""),
        ("1.5E+05", "150000", ""),
    ],
)
def test_quantity(cell: Any, value: str, unit: str) -> None:
    assert clean.quantity(cell) == Quantity(D(value), unit)


@pytest.mark.parametrize("cell", [None, "", " ", "\u3000", "/", "-", "—", "无", "N/A", "——", "\uff0f"])
def test_nothing_is_no_number(cell: Any) -> None:
    assert clean.quantity(cell) is None
    assert clean.number(cell, unit="㎡") is None


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("张三", "number.not-a-number"),
        ("10-20", "number.several"),
        ("18.5/12", "number.several"),
        ("1,23", "number.several"),
        ("18万5", "number.several"),
        ("30多", "number.unit"),
        ("30桶", "number.unit"),
        ("$5", "number.currency"),
        ("#REF!", "cell.formula-error"),
        ("9" * 80, "number.not-a-number"),
        (True, "number.not-a-number"),
        (DAY, "number.not-a-number"),
    ],
)
def test_what_is_no_number_is_refused(cell: Any, code: str) -> None:
    place = Where(row=7, column="面积")
    with pytest.raises(Refusal) as caught:
        clean.quantity(cell, where=place)
    assert caught.value.code == code
    assert caught.value.where == place


@pytest.mark.parametrize(
    ("cell", "unit", "assumed", "value"),
    [
        ("12.8万元", "元", "", "128000"),
        (D("12.8"), "元", "万元", "128000"),
        ("128000元", "元", "万元", "128000"),
        ("128000", "万元", "元", "12.8"),
        ("1800ml", "升", "", "1.8"),
        ("1.2万㎡", "㎡", "", "12000"),
        (D(30), "㎡", "", "30"),
        ("30", "", "", "30"),
    ],
)
def test_numbers_in_the_wanted_unit(cell: Any, unit: str, assumed: str, value: str) -> None:
    assert clean.number(cell, unit=unit, assumed=assumed) == D(value)


def test_a_unit_that_measures_something_else_is_refused() -> None:
    with pytest.raises(Refusal, match="单位是㎡,应为元") as caught:
        clean.number("30㎡", unit="元")
    assert caught.value.code == "number.unit"
    with pytest.raises(Refusal):
        clean.number("3间", unit="辆")


def test_counts_are_whole() -> None:
    assert clean.integer("12人", unit="人") == 12
    with pytest.raises(Refusal) as caught:
        clean.integer(D("3.5"))
    assert caught.value.code == "number.not-whole"


@given(st.decimals(allow_nan=False, allow_infinity=False, places=2, min_value=0, max_value=10**9))
def test_a_number_reads_the_same_however_it_is_typed(value: Decimal) -> None:
    cells = (value, str(value), f"{value:,}", wide(f"{value:,}"), f"\u3000{value}㎡\n")
    assert {clean.number(cell) for cell in cells} == {value}


@pytest.mark.parametrize(
    ("cell", "day"),
    [
        ("2014.12", MONTH),
        ("2014年12月", MONTH),
        ("2014-12", MONTH),
        ("2014/12", MONTH),
        (D("2014.12"), MONTH),
        ("2014年12月3日", DAY),
        ("2014 年 12 月 3 日", DAY),
        ("2014-12-03", DAY),
        ("2014/12/3", DAY),
        ("2014.12.3", DAY),
        ("20141203", DAY),
        (D(20141203), DAY),
        (wide("2014") + "年" + wide("12") + "月3日", DAY),
        (wide("2014-12-03"), DAY),
        ("2014-12-03 10:20", DAY),
        ("2014-12-03T10:20:30", DAY),
        ("二〇一四年十二月三日", DAY),
        ("二○一四年十月二十日", dt.date(2014, 10, 20)),
        ("二〇二四年二月二十九日", dt.date(2024, 2, 29)),
        (DAY, DAY),
        (dt.datetime(2014, 12, 3, 9), DAY),
        (None, None),
        ("", None),
        ("/", None),
        ("无", None),
    ],
)
def test_dates(cell: Any, day: dt.date | None) -> None:
    assert clean.date(cell) == day


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("2014.2.30", "date.no-such-day"),
        ("2014-13-01", "date.no-such-day"),
        ("1014-12-01", "date.no-such-day"),
        ("20141332", "date.no-such-day"),
        ("12/3/2014", "date.not-a-date"),
        ("去年", "date.not-a-date"),
        ("14.12.3", "date.not-a-date"),
        (D(41976), "date.not-a-date"),
        (D("2014.1"), "date.ambiguous"),
        ("2014年", "date.only-year"),
        (D(2014), "date.only-year"),
        (True, "date.not-a-date"),
        ("#VALUE!", "cell.formula-error"),
    ],
)
def test_what_is_no_day_is_refused(cell: Any, code: str) -> None:
    with pytest.raises(Refusal) as caught:
        clean.date(cell)
    assert caught.value.code == code


def test_day_counts_and_years_where_the_column_says_so() -> None:
    assert clean.date(D(41976), serial=True) == DAY
    assert clean.date(D("41976.75"), serial=True) == DAY
    assert clean.date("2014年", year_alone=True) == dt.date(2014, 1, 1)
    assert clean.date(D(2014), year_alone=True, serial=True) == dt.date(2014, 1, 1)


@given(st.dates(dt.date(1900, 1, 1), dt.date(2100, 12, 31)))
def test_a_day_reads_the_same_in_every_notation(day: dt.date) -> None:
    y, m, d = day.year, day.month, day.day
    cells = (f"{y}年{m}月{d}日", f"{y}.{m}.{d}", f"{y}/{m:02}/{d:02}", day.isoformat(), f"{y}{m:02}{d:02}")
    assert {clean.date(cell) for cell in cells} == {day}


@pytest.mark.parametrize("cell", ["√", "✓", " 是 ", "有", "Y", "y", "1", D(1), True, "☑"])
def test_yes(cell: Any) -> None:
    assert clean.boolean(cell) is True


@pytest.mark.parametrize("cell", ["×", "否", "无", "N", "x", "0", D(0), False])
def test_no(cell: Any) -> None:
    assert clean.boolean(cell) is False


@pytest.mark.parametrize("cell", [None, "", "□", "/"])
def test_neither(cell: Any) -> None:
    assert clean.boolean(cell) is None


@pytest.mark.parametrize("cell", ["也许", "是/否", D(2), "共用"])
def test_unclear_answers_are_refused(cell: Any) -> None:
    with pytest.raises(Refusal) as caught:
        clean.boolean(cell)
    assert caught.value.code == "bool.unclear"


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("911100001000013428", "911100001000013428"),
        (wide("91110000100001342X"), "91110000100001342X"),
        (" 9111 0000 ", "91110000"),
        ("'012345", "012345"),
        (D(441303), "441303"),
        (D(123456789012345), "123456789012345"),
        (None, None),
        ("—", None),
    ],
)
def test_codes(cell: Any, code: str | None) -> None:
    assert clean.code(cell) == code


@pytest.mark.parametrize(
    "cell", [D("1.23E+17"), D("123456789012345678"), D("1.23456789012346E+17"), "1.23E+17", D("12.5")]
)
def test_a_code_that_became_a_number_is_refused(cell: Any) -> None:
    with pytest.raises(Refusal, match="文本") as caught:
        clean.code(cell)
    assert caught.value.code == "code.number"


@pytest.mark.parametrize(
    ("cell", "words"),
    [
        ("\u3000示例县\n财政局 ", "示例县财政局"),
        ("姓\u3000名", "姓名"),
        ("Zhang  San\nLi", "Zhang San Li"),
        ("张\u200b三\u202e", "张三"),
        (D("18.50"), "18.50"),
        (D("1E+3"), "1000"),
        (True, "是"),
        (False, "否"),
        (DAY, "2014-12-03"),
        ("  ", None),
        ("/", None),
        (None, None),
    ],
)
def test_text(cell: Any, words: str | None) -> None:
    assert clean.text(cell) == words


@pytest.mark.parametrize(
    ("cell", "entries"),
    [
        ("张三、李四", ["张三", "李四"]),
        ("张三\n李四\r\n王五", ["张三", "李四", "王五"]),
        ("张三\uff0c李四\uff1b王五/赵六", ["张三", "李四", "王五", "赵六"]),
        ("20090021、20090022", ["20090021", "20090022"]),
        ("张三", ["张三"]),
        (D(20090021), ["20090021"]),
        ("、", []),
        (None, []),
    ],
)
def test_several(cell: Any, entries: list[str]) -> None:
    assert clean.several(cell) == entries


def test_a_failed_formula_is_no_text() -> None:
    with pytest.raises(Refusal) as caught:
        clean.text("#N/A")
    assert caught.value.code == "cell.formula-error"
