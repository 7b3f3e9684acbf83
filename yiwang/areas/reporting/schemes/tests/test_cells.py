"""What clerks type: accepted as meant, or refused with the reason."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from yiwang.areas.reporting.schemes.cells import loaded, loaded_rows, stored, value_of
from yiwang.areas.reporting.schemes.schema import Item
from yiwang.areas.reporting.schemes.tests.test_schemes import ONE
from yiwang.kit.refusal import Refusal, Where

POWER = Item(key="power", label="用电量", unit="千瓦时")
PEOPLE = Item(key="people", label="人数", unit="人", type="integer", most=Decimal(100_000))
KIND = Item(key="kind", label="类别", type="choice", choices=("机关", "学校"))
DAY = Item(key="day", label="日期", type="date")
NOTE = Item(key="note", label="说明", type="text")


@pytest.mark.parametrize(
    ("item", "cell", "value"),
    [
        (POWER, "1,234.50", Decimal("1234.50")),
        (POWER, "１２．５", Decimal("12.5")),
        (POWER, " 7 ", Decimal(7)),
        (POWER, Decimal("3.25"), Decimal("3.25")),
        (POWER, "", None),
        (POWER, None, None),
        (PEOPLE, "12.0", Decimal("12.0")),
        (KIND, "学校", "学校"),
        (DAY, "2026-03-01", date(2026, 3, 1)),
        (DAY, date(2026, 3, 1), date(2026, 3, 1)),
        (NOTE, "  有\n换行 ", "有换行"),
        (NOTE, "—", None),
    ],
)
def test_accepted(item: Item, cell: Any, value: Any) -> None:
    assert value_of(item, cell) == value


@pytest.mark.parametrize(
    ("item", "cell", "code", "says"),
    [
        (POWER, "3.2万", "scale", "请按千瓦时填写完整数字"),
        (POWER, "12万千瓦时", "scale", "不要写"),
        (POWER, "120度", "unit", "单位是千瓦时"),
        (POWER, "-5", "negative", "不能是负数"),
        (POWER, Decimal(-1), "negative", "不能是负数"),
        (POWER, "约100", "text", "应是数字"),
        (POWER, "1 2 3a", "text", "应是数字"),
        (POWER, "=1+1", "text", "应是数字"),
        (POWER, "1,23", "text", "应是数字"),
        (POWER, True, "text", "应是数字"),
        (POWER, "1" * 13, "large", "请核对单位"),
        (POWER, "1.005", "places", "最多 2 位小数"),
        (PEOPLE, "1.5", "places", "应是整数"),
        (PEOPLE, "100001", "large", "超过 100000"),
        (KIND, "医院", "choice", "机关、学校之一"),
        (DAY, "去年", "date", "应是日期"),
        (NOTE, "长" * 201, "long", "最多 200 个字"),
    ],
)
def test_refused(item: Item, cell: Any, code: str, says: str) -> None:
    where = Where(row=7, column="本期")
    with pytest.raises(Refusal) as caught:
        value_of(item, cell, where)
    assert caught.value.code == f"return.{code}"
    assert says in caught.value.message
    assert caught.value.where == where


def test_kept_and_read_again() -> None:
    """What is stored reads as it was; blanks and zeros are told apart."""
    values = {"area": Decimal("30.50"), "users": Decimal(0), "opened": date(2026, 1, 2), "kind": "机关", "gas": None}
    kept = stored(values)
    assert kept == {"area": "30.5", "users": "0", "opened": "2026-01-02", "kind": "机关"}
    del values["gas"]
    assert loaded(ONE.scheme.items, {**kept, "gone": "1"}) == values
    assert loaded_rows(ONE.scheme, {"rooms": [{"room": "101", "size": "2"}]}) == {
        "rooms": [{"room": "101", "size": Decimal(2)}]
    }
