"""A return as a workbook: the template out, the filled one in, the marked one back. All or nothing.

A fixed table is a sheet with a line an item (编号, 指标, 单位, 本期, …), a floating one a sheet with its rows. What cannot be taken is
said by row and column. Faults `return.…` of the cells, and `.book` (another unit's or period's file), `.half` (sheets or lines
are missing), `.total` (a derived figure that does not follow from the others), `.item`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import IO, Any

from yiwang.areas.reporting.figures import all_facts, beside, scheme_of
from yiwang.areas.reporting.models import Return
from yiwang.areas.reporting.schemes.cells import loaded, loaded_rows, stored, value_of
from yiwang.areas.reporting.schemes.compiled import Compiled, shown
from yiwang.areas.reporting.schemes.schema import Item, Table
from yiwang.kit.refusal import Refusal, Where
from yiwang.kit.sheets.grid import Cell, Grid
from yiwang.kit.sheets.marking import Mark, mark_workbook
from yiwang.kit.sheets.read import read
from yiwang.kit.sheets.write import ColumnSpec, SheetSpec, sheet_name, write_workbook

KEY, LABEL, UNIT, NOW = "编号", "指标", "单位", "本期"
HEADS = (KEY, LABEL, UNIT, NOW, "上期", "上年同期", "说明")


def title_of(row: Return) -> str:
    """The line above each table, by which a workbook is known again."""
    return f"{row.organ_name}|{row.period}|{row.period.scheme}/{row.period.revision.revision}"


def write_template(target: IO[bytes], row: Return) -> None:
    """The workbook of a return, with what its draft holds and the figures beside."""
    one = scheme_of(row.period.revision)
    figures = beside(row, one)
    last, year = stored(figures.last), stored(figures.year)
    values, rows = row.draft.get("values", {}), row.draft.get("rows", {})
    sheets: list[SheetSpec] = []
    for table in one.scheme.tables:
        name = sheet_name(table.title, [sheet.name for sheet in sheets])
        if table.floating:
            columns = [ColumnSpec(header=head_of(item), choices=item.choices, note=item.note) for item in table.items]
            lines = [[cell_of(item, each.get(item.key)) for item in table.items] for each in rows.get(table.key, ())]
        else:
            columns = [ColumnSpec(header=head) for head in HEADS]
            lines = [
                [
                    item.key,
                    item.label,
                    item.unit,
                    cell_of(item, values.get(item.key)),
                    cell_of(item, last.get(item.key)),
                    cell_of(item, year.get(item.key)),
                    _remark(item),
                ]
                for item in table.items
            ]
        sheets.append(SheetSpec(name=name, title=title_of(row), columns=columns, rows=lines))
    write_workbook(target, sheets)


def head_of(item: Item) -> str:
    """The head of an item's column."""
    return f"{item.label}({item.unit})" if item.unit else item.label


def cell_of(item: Item, text: Any) -> Cell:
    """A stored value as a cell."""
    if text is None:
        return None
    return Decimal(str(text)) if item.numeric else str(text)


def _remark(item: Item) -> str:
    words = ["自动计算,不用填" if item.derived else "必填" if item.required else "", "、".join(item.choices), item.note]
    return ";".join(word for word in words if word)


@dataclass
class Read:
    """What a workbook says: a draft, and what stands against it."""

    draft: dict[str, Any] = field(default_factory=lambda: {"values": {}, "rows": {}})
    faults: list[Refusal] = field(default_factory=list)
    marks: list[Mark] = field(default_factory=list)
    grids: list[Grid] = field(default_factory=list)
    heads: dict[str, int] = field(default_factory=dict)

    def fault(self, refusal: Refusal, column: int | None = None) -> None:
        """Keep it, with its place in the file."""
        self.faults.append(refusal)
        if refusal.where.row:
            self.marks.append(Mark(refusal.where.sheet, refusal.where.row, refusal.message, column))


def read_workbook(path: Path, row: Return) -> Read:
    """The figures of a workbook. Refusal `sheet.…` where it cannot be opened at all, `return.book` where it is another's."""
    one = scheme_of(row.period.revision)
    found = Read(grids=read(path))
    sheets = {grid.name: grid for grid in found.grids if not grid.hidden}
    taken: list[str] = []
    for table in one.scheme.tables:
        name = sheet_name(table.title, taken)
        taken.append(name)
        grid = sheets.get(name)
        if grid is None:
            found.fault(Refusal("return.half", f"缺少工作表“{name}”,请用下载的表格整份填写。", where=Where(sheet=name)))
            continue
        _refuse_other(grid, row)
        (_floating if table.floating else _fixed)(found, table, grid)
    if not found.faults:
        check_totals(found, one)
    return found


def _refuse_other(grid: Grid, row: Return) -> None:
    title = str(grid.cell(0, 0) or "")
    if "|" in title and title != title_of(row):
        raise Refusal("return.book", f"这份表格是“{title}”的,不是“{title_of(row)}”的。", where=Where(sheet=grid.name))


def header_of(grid: Grid, words: Sequence[str]) -> tuple[int, dict[str, int]] | None:
    """The row of the header and the column of each head; None where there is none in the first ten rows."""
    for number, cells in enumerate(grid.rows[:10]):
        places = {str(cell).strip(): column for column, cell in enumerate(cells) if cell is not None}
        if all(word in places for word in words):
            return number, places
    return None


def _fixed(found: Read, table: Table, grid: Grid) -> None:
    header = header_of(grid, (KEY, NOW))
    if header is None:
        found.fault(Refusal("return.half", f"“{grid.name}”没有“编号”和“本期”两列,请用下载的表格填写。"))
        return
    top, places = header
    found.heads[grid.name] = top + 1
    items, seen = {item.key: item for item in table.items}, set[str]()
    column = places[NOW]
    for number in range(top + 1, grid.height):
        key = str(grid.cell(number, places[KEY]) or "").strip()
        where = Where(sheet=grid.name, row=number + 1, column=NOW)
        if not key:
            if grid.cell(number, column) is not None:
                found.fault(Refusal("return.item", "这一行没有编号,不知道是哪个指标。", where=where), column)
        elif key not in items or key in seen:
            word = "重复" if key in seen else "不在报表里"
            found.fault(Refusal("return.item", f"编号“{key[:40]}”{word}。", where=where), column)
        else:
            seen.add(key)
            take_cell(found, items[key], grid.cell(number, column), where, column)
    missing = [item.label for key, item in items.items() if key not in seen and not item.derived]
    if missing:
        words = "、".join(missing[:5])
        found.fault(Refusal("return.half", f"“{grid.name}”缺少 {len(missing)} 行:{words};请整份填写。"))


def take_cell(found: Read, item: Item, cell: Cell, where: Where, column: int) -> None:
    """Put what a cell says into the draft; a derived figure is kept apart, to be compared."""
    try:
        value = value_of(item, cell, where)
    except Refusal as refusal:
        found.fault(refusal, column)
        return
    kept = found.draft.setdefault("made" if item.derived else "values", {})
    kept |= stored({item.key: value})
    if item.derived and value is not None:
        found.draft.setdefault("places", {})[item.key] = (where, column)


def _floating(found: Read, table: Table, grid: Grid) -> None:
    heads = [head_of(item) for item in table.items]
    header = header_of(grid, heads)
    if header is None:
        found.fault(Refusal("return.half", f"“{grid.name}”的表头应有{'、'.join(heads)},请用下载的表格填写。"))
        return
    top, places = header
    found.heads[grid.name] = top + 1
    rows = found.draft["rows"].setdefault(table.key, [])
    for number in range(top + 1, grid.height):
        line: dict[str, Any] = {}
        for item in table.items:
            column = places[head_of(item)]
            where = Where(sheet=grid.name, row=number + 1, column=item.label)
            try:
                line[item.key] = value_of(item, grid.cell(number, column), where)
            except Refusal as refusal:
                found.fault(refusal, column)
        if kept := stored(line):
            rows.append(kept)


def check_totals(found: Read, one: Compiled) -> None:
    """A derived figure that was written must be what follows from the others, to its last place."""
    made, places = found.draft.pop("made", {}), found.draft.pop("places", {})
    values = loaded(one.scheme.items, found.draft["values"])
    facts = all_facts(one, values, loaded_rows(one.scheme, found.draft["rows"]))
    for key, text in made.items():
        want = facts.get(key)
        if want is None or Decimal(want) != Decimal(text):
            where, column = places[key]
            label = one.scheme.items[key].label
            right = shown(None if want is None else Decimal(want))
            message = f"“{label}”填的是 {shown(Decimal(text))},按各项算出来是 {right},合计不平。"
            found.fault(Refusal("return.total", message, where=where), column)


def write_marked(target: IO[bytes], found: Read) -> None:
    """The workbook as it came, with what is wrong beside each line."""
    mark_workbook(target, found.grids, found.marks, heads=found.heads)


def said(found: Read) -> Iterator[str]:
    """What is wrong, in sentences with their places."""
    return (str(one) for one in found.faults)
