"""A cell of a sheet as a column of a dataset means it: one reading function a column, with its unit settled beforehand."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from yiwang.core.datasets import Column, Kind
from yiwang.core.intake.headers import Header
from yiwang.core.intake.words import bracketed
from yiwang.core.standards.regions import canonical_region
from yiwang.kit.refusal import Refusal, Where
from yiwang.kit.sheets import clean
from yiwang.kit.sheets.grid import Cell
from yiwang.kit.sheets.units import unit_of

Read = Callable[[Cell], Any]

MOST = (
    Decimal(10) ** 12
)  # figures beyond are slips of the keyboard, and the bulk judge keeps 14 digits before the point
LONGEST = 2_000  # characters of a text

TWO_NUMBERS = re.compile(r"\d\s+\d(?!\d\d(\D|$))")  # 12 18, but not 12 500

#: Units that are known so well that they must not be taken for a remark, and that are not converted.
FOREIGN = frozenset(
    (
        "亩",
        "坪",
        "平方英尺",
        "平方尺",
        "英尺",
        "英里",
        "加仑",
        "美元",
        "usd",
        "港元",
        "港币",
        "欧元",
        "英镑",
        "日元",
        "美金",
    )
)
COUNTS = frozenset(
    (
        "人",
        "间",
        "台",
        "个",
        "件",
        "套",
        "张",
        "把",
        "次",
        "份",
        "座",
        "幢",
        "栋",
        "层",
        "处",
        "组",
        "辆",
        "家",
        "人次",
        "户",
        "项",
    )
)


def settle_unit(header: Header, column: Column, where: Where) -> str:
    """The unit in which the figures under a header are, "" for the column's own.

    Refuses (`sheet.unit`) a unit that measures something else, or that is known but not converted.
    """
    if column.kind not in (Kind.NUMBER, Kind.INTEGER):
        return ""
    strange = next((word for part in header.path for word in bracketed(part) if word.lower() in FOREIGN), "")
    have, want = unit_of(header.unit), unit_of(column.unit)
    if strange or (have and want and have.base != want.base and not {have.base, want.base} <= COUNTS):
        given = strange or header.unit
        raise Refusal(
            "sheet.unit",
            f"“{header.name}”列的单位是“{given}”,应为“{column.unit or '个数'}”,不能换算;请换算后再填,或在对应关系文件的 units 里写明",
            where=where,
        )
    return have.name if have and want and have.base == want.base else ""


def changes(given: str, wanted: str) -> bool:
    """Whether figures in one unit become others in the other unit."""
    have, want = unit_of(given), unit_of(wanted)
    return bool(have and want and have.factor != want.factor)


def reader(column: Column, unit: str = "", *, serial: bool = False) -> Read:
    """How cells of this column are read; raises Refusal for a cell that cannot be trusted.

    `unit`: of the figures where a cell says none. `serial`: whether a bare number may be a day of the spreadsheet.
    """
    if column.kind is Kind.DATE:
        return lambda cell: clean.date(cell, serial=serial)
    if column.kind is Kind.BOOL:
        return clean.boolean
    if column.key == "region":
        return _place
    if column.kind is Kind.CODE:
        return clean.code
    if column.kind in (Kind.NUMBER, Kind.INTEGER):
        return _figures(column, unit)
    return _words


def _place(cell: Cell) -> str | None:
    code = clean.code(cell)
    return None if code is None else canonical_region(code)


def _words(cell: Cell) -> str | None:
    words = clean.text(cell)
    if words is not None and len(words) > LONGEST:
        raise Refusal("cell.too-long", f"文字太长({len(words):,} 个字)")
    return words


def _figures(column: Column, unit: str) -> Read:
    whole = column.kind is Kind.INTEGER
    counted = column.unit in COUNTS
    own = unit_of(column.unit)
    positive = own is not None and own.base in COUNTS | {"㎡", "元", "升", "年"}

    def read(cell: Cell) -> Decimal | None:
        if isinstance(cell, str) and TWO_NUMBERS.search(cell):
            raise Refusal("number.several", f"“{cell[:40]}”里不止一个数,请只填一个")
        found = clean.quantity(cell)
        if found is None:
            return None
        if found.unit and counted and found.unit in COUNTS:
            value: Decimal | None = found.value
        else:
            value = clean.number(cell, unit=column.unit, assumed=unit)
        assert value is not None
        if not value.is_finite() or abs(value) >= MOST:
            raise Refusal("number.too-large", f"“{str(cell)[:40]}”太大,请核对")
        if whole and value != value.to_integral_value():
            raise Refusal("number.not-whole", f"“{str(cell)[:40]}”应为整数")
        if value < 0 and positive:
            raise Refusal("number.negative", f"“{str(cell)[:40]}”是负数,请核对")
        return value

    return read
