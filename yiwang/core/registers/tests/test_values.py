"""What a person writes becomes a value, and a value what a person reads."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from yiwang.areas.vehicles.models import VehiclePurchase
from yiwang.core.registers.register import Bound, Column, Show, bind
from yiwang.core.registers.values import exported, parse, writer
from yiwang.kit.refusal import Refusal


def bound(path: str, **more: Any) -> Bound:
    """A column of purchases."""
    return bind(VehiclePurchase, Column(path=path, **more))


PRICE = bound("price", money=True)
LITRES = bound("displacement", unit="升")


@pytest.mark.parametrize(
    ("column", "raw", "value"),
    [
        (PRICE, "178,000.50 元", 17_800_050),
        (PRICE, "17.8万元", 17_800_000),
        (PRICE, Decimal("0.01"), 1),
        (PRICE, 150000, 15_000_000),
        (LITRES, "1.8", Decimal("1.80")),
        (LITRES, "", None),
        (LITRES, "/", None),
        (bound("purchased_date"), "2025年3月1日", date(2025, 3, 1)),
        (bound("purchased_date"), date(2025, 3, 1), date(2025, 3, 1)),
        (bound("use"), "应急保障用车", "EMERGENCY"),
        (bound("use"), "EMERGENCY", "EMERGENCY"),
        (bound("case"), "", "ORDINARY"),
        (bound("note"), "  两  空格 ", "两空格"),
        (bound("note"), None, ""),
        (bound("vehicle"), "示A00001", "示A00001"),
        (bound("vehicle"), "", None),
    ],
)
def test_read(column: Bound, raw: Any, value: Any) -> None:
    """Units, widths, words and notations."""
    found = parse(column, raw)
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(
    ("column", "raw", "code"),
    [
        (PRICE, "", "value.missing"),
        (PRICE, "0.005", "value.places"),
        (PRICE, "30㎡", "number.unit"),
        (PRICE, "九千", "number.not-a-number"),
        (LITRES, "1.855", "value.places"),
        (LITRES, "1000", "value.large"),
        (bound("use"), "飞机", "value.word"),
        (bound("purchased_date"), "2025-02-30", "date.no-such-day"),
        (bound("number"), "长" * 41, "value.long"),
    ],
)
def test_refused(column: Bound, raw: Any, code: str) -> None:
    """With a stable code."""
    with pytest.raises(Refusal) as refused:
        parse(column, raw)
    assert refused.value.code == code


def test_written_and_exported() -> None:
    """Grouped by three for the eye, exact for the file."""
    assert [writer(PRICE)(17_800_050), writer(LITRES)(Decimal("1.80")), writer(LITRES)(None)] == [
        "178,000.50",
        "1.80",
        "—",
    ]
    assert writer(bound("use"))("EMERGENCY") == "应急保障用车"
    assert writer(bound("purchased_date"))(date(2025, 3, 1)) == "2025-03-01"
    assert writer(bound("note"))("") == "—"
    assert exported(PRICE, 17_800_050) == Decimal("178000.5")
    assert exported(bound("use"), "EMERGENCY") == "应急保障用车"
    assert exported(bound("note"), "") is None


def test_bound_from_the_model() -> None:
    """Label, kind and need follow from the field; a path over a link takes the link's label."""
    assert (PRICE.label, PRICE.show, PRICE.unit, PRICE.required) == ("单价", Show.MONEY, "元", True)
    assert (bound("organ").show, bound("organ").target.__name__) == (Show.LINK, "Organ")
    assert (bound("vehicle__plate", edit=False).label, bound("vehicle__plate").key) == ("车辆", "vehicle_plate")
    assert not bound("case").required
    sheet = bound("use", synonyms=("用车类别",)).sheet()
    assert (sheet.label, sheet.synonyms, sheet.required) == ("用途", ("用车类别",), True)
    assert "机要通信用车" in sheet.note
