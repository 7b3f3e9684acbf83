"""A supplier's statement as bills: the table is found and its columns matched by core.intake; what was chosen is remembered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.core.files.base import ContentFile
from django.utils import timezone

from yiwang.areas.vehicles.costs.bills import Bill
from yiwang.areas.vehicles.costs.models import Cost
from yiwang.core.intake.catalogue import Catalogue
from yiwang.core.intake.evidence import face_of
from yiwang.core.intake.headers import assign
from yiwang.core.intake.mapping import Layout, fingerprint
from yiwang.core.intake.matching import match_sheet
from yiwang.core.intake.reading import read_table
from yiwang.core.intake.workbook import Sheet
from yiwang.core.registers import sheets
from yiwang.core.registers.register import Column, Register
from yiwang.core.standards.book import load
from yiwang.kit.refusal import Refusal

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
class Choice:
    """A column with the header that it is read from ("" for none)."""

    key: str
    label: str
    header: str
    needed: bool


@dataclass(frozen=True)
class Read:
    """The bills of a statement, the choices that were made, all headers, and the columns still wanted."""

    bills: list[Bill]
    choices: list[Choice]
    headers: list[str]
    missing: list[str] = field(default_factory=list)

    @property
    def columns(self) -> dict[str, str]:
        """Column → header, to be remembered."""
        return {one.key: one.header for one in self.choices if one.header}


def read(content: bytes, name: str, *, merchant: str, kind: str, columns: Mapping[str, str]) -> Read:
    """The first table of the file. `columns`: what was chosen or remembered (column → header); the rest is guessed.

    Refusals of `kit.sheets`, `import.empty`.
    """
    for sheet in sheets.opened(ContentFile(content, name=name)):
        if sheet.table is not None:
            return _table(sheet, merchant, kind, columns)
    raise Refusal("import.empty", "文件里没有找到表头和数据行,请检查是不是对账单。")


def _table(sheet: Sheet, merchant: str, kind: str, columns: Mapping[str, str]) -> Read:
    assert sheet.table is not None
    ladders = load().ladders
    face = face_of(sheet.file, sheet.grid, sheet.table, ladders)
    headers = [header.name for header in face.headers]
    chosen = {header: key for key, header in columns.items() if header in headers}
    layout = Layout(fingerprint=fingerprint(face.headers), dataset=ROWS.key, columns=chosen)
    catalogue = Catalogue({ROWS.key: ROWS.sheet}, measured={ROWS.key: ROWS.natural})
    try:
        match = match_sheet(face, catalogue, ladders, given=ROWS.key, layout=layout)
    except Refusal:  # columns that nobody knows yet: they are asked, the others are kept
        match = None
    found = match.columns if match else assign(face.headers, ROWS.sheet, fit=face.fit, known=chosen)
    by_column = {one.column: one.header.name for one in found.matches if one.column}
    by_column |= {key: header for header, key in chosen.items()}
    choices = [
        Choice(bound.key, bound.label, by_column.get(bound.key, ""), bound.key in NEEDED) for bound in ROWS.inputs
    ]
    missing = [one.label for one in choices if one.needed and not one.header]
    if missing or match is None:
        return Read([], choices, headers, missing or ["表头"])
    table = read_table(match, sheet.table, sheet.grid, ladders)
    bills = {row.number: _bill(row.number, row.values, merchant, kind) for row in table.rows}
    for problem in table.problems:
        if problem.row in bills and problem.code != "number.negative":  # which the check says better
            bills[problem.row].refuse(problem.code, problem.message, problem.header)
    return Read(list(bills.values()), choices, headers)


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
