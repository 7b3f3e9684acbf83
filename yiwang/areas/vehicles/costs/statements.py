"""A supplier's statement as bills; the table is read as every statement is (`core.registers.statements`)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils import timezone

from yiwang.areas.vehicles.costs.bills import Bill
from yiwang.areas.vehicles.costs.models import Cost
from yiwang.core.registers.register import Column, Register
from yiwang.core.registers.statements import StatementRows, read_statement

#: The columns that a statement may have, as a register would have them; the headers of fuel-card and toll systems beside.
ROWS = Register(
    key="vehicles.statement-row",
    label="用车费用对账单",
    model=Cost,
    columns=(
        Column(path="vehicle__plate", label="车牌号", synonyms=("车牌", "车牌号码", "车号", "车辆号牌", "加油车牌号", "通行车牌")),
        Column(path="number", synonyms=("流水号", "交易流水号", "交易号", "单据号", "小票号", "通行流水号", "发票号码")),
        Column(path="location", label="时间", synonyms=("交易时间", "加油时间", "通行时间", "出口时间", "消费时间", "日期", "交易日期")),
        Column(path="amount", money=True, synonyms=("金额(元)", "交易金额", "消费金额", "实付金额", "通行费", "合计金额")),
        Column(path="quantity", synonyms=("升数", "加油量", "加油升数", "电量", "充电电量", "数量(升)")),
        Column(path="odometer", unit="公里", synonyms=("里程", "里程数", "公里数", "当前里程")),
        Column(path="card", synonyms=("加油卡号", "ETC卡号", "卡片号")),
        Column(path="merchant", label="地点", synonyms=("网点", "加油站", "油站名称", "站点", "出口站", "收费站", "交易地点")),
        Column(path="item", synonyms=("油品", "商品名称", "品名", "摘要")),
        Column(path="note", synonyms=("说明",)),
    ),
    natural=("number",),
)  # fmt: skip
#: Register column → field of a bill. Two stand in columns of other fields: a register's column is a field of its model.
_FIELDS = {
    "vehicle_plate": "plate", "number": "number", "location": "at", "amount": "amount", "quantity": "quantity",
    "odometer": "odometer", "card": "card", "merchant": "location", "item": "item", "note": "note",
}  # fmt: skip
NEEDED = ("vehicle_plate", "number", "location", "amount")


@dataclass(frozen=True)
class Read(StatementRows):
    """The rows of a statement, and the bills that they are."""

    bills: list[Bill] = field(default_factory=list)


def read(content: bytes, name: str, *, merchant: str, kind: str, columns: Mapping[str, str]) -> Read:
    """The first table of the file. `columns`: what was chosen or remembered (column → header); the rest is guessed.

    Refusals of `kit.sheets`, `import.empty`.
    """
    found = read_statement(content, name, register=ROWS, needed=NEEDED, columns=columns)
    bills = {number: _bill(number, values, merchant, kind) for number, values in found.rows.items()}
    for problem in found.problems:
        if problem.row in bills and problem.code != "number.negative":  # which the check says better
            bills[problem.row].refuse(problem.code, problem.message, problem.header)
    return Read(**vars(found), bills=list(bills.values()))


def _bill(number: int, row: Mapping[str, Any], merchant: str, kind: str) -> Bill:
    given = {name: row.get(key) for key, name in _FIELDS.items()}
    return bill_of(number, {**given, "merchant": merchant, "kind": kind})


def bill_of(row: int, given: Mapping[str, Any]) -> Bill:
    """A bill from words and figures; what cannot be read is None and refused by the check."""
    amount, odometer = figure(given.get("amount")), figure(given.get("odometer"))
    return Bill(
        row=row,
        kind=str(given.get("kind", "")),
        plate=_text(given.get("plate")),
        number=_text(given.get("number"))[:60],
        merchant=_text(given.get("merchant"))[:80],
        at=moment(given.get("at")),
        amount=None if amount is None else int((amount * 100).to_integral_value()),
        quantity=figure(given.get("quantity")),
        odometer=None if odometer is None or odometer < 0 else int(odometer),
        location=_text(given.get("location"))[:120],
        card=_text(given.get("card"))[:40],
        item=_text(given.get("item"))[:120],
        note=_text(given.get("note"))[:200],
    )


def _text(value: Any) -> str:
    return "" if value is None else str(value).strip()


def figure(value: Any) -> Decimal | None:
    """A number, grouped or not; None for what is none."""
    text = _text(value).replace(",", "").replace("¥", "").replace("元", "")
    try:
        found = Decimal(text)
    except ArithmeticError:
        return None
    return found if found.is_finite() and abs(found) < 10**10 else None


def moment(value: Any) -> datetime | None:
    """An instant written as 2026-03-01 08:30, 2026/3/1 8:30:00, 20260301083000, or a day (then noon)."""
    text = _text(value).replace("/", "-").replace("年", "-").replace("月", "-").replace("日", "").replace("T", " ")
    if text.isdigit() and len(text) in (8, 14):
        text = f"{text[:4]}-{text[4:6]}-{text[6:8]} {text[8:10]}:{text[10:12]}:{text[12:]}" if len(text) == 14 else f"{text[:4]}-{text[4:6]}-{text[6:]}"  # fmt: skip
    day, _, clock = text.partition(" ")
    parts = day.split("-")
    if len(parts) == 3 and all(part.isdigit() for part in parts):
        day = f"{int(parts[0]):04}-{int(parts[1]):02}-{int(parts[2]):02}"
    clock = clock.strip() or "12:00"
    if clock[1:2] == ":":
        clock = f"0{clock}"
    try:
        found = datetime.fromisoformat(f"{day} {clock}")
    except ValueError:
        return None
    return found if timezone.is_aware(found) else timezone.make_aware(found)
