"""One workbook for many units: a county hands in for its schools. Out with a line a unit, in again, each unit by itself.

A fixed table is a sheet with a line a unit and a column an item; a floating one has any number of lines a unit. A unit is known by
its 信用代码, else by its name. Lines that are wrong are refused with their unit, by row and column; the others go in. Refusals of the
whole: `return.half` (a sheet or its heads are missing), `return.book` (another period's), `return.units` (too many); of lines:
`return.unit-unknown`, `.unit-twice`, those of the cells, `.total`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import IO, Any

from yiwang.areas.reporting import receiving
from yiwang.areas.reporting.figures import scheme_of
from yiwang.areas.reporting.models import FILLABLE, Outcome, Receipt, ReportingPeriod, Return
from yiwang.areas.reporting.receiving import File
from yiwang.areas.reporting.schemes.cells import stored
from yiwang.areas.reporting.schemes.schema import Item, Table
from yiwang.areas.reporting.workbook import Read, cell_of, check_totals, head_of, header_of, take_cell
from yiwang.core.rights.access import Access
from yiwang.core.rights.models import Verb
from yiwang.kit.refusal import Refusal, Where
from yiwang.kit.sheets.grid import Grid
from yiwang.kit.sheets.marking import Mark, mark_workbook
from yiwang.kit.sheets.read import read
from yiwang.kit.sheets.write import ColumnSpec, SheetSpec, sheet_name, write_workbook

CODE, NAME = "信用代码", "单位"
#: Units of one workbook: more would keep the browser waiting for minutes.
UNITS = 500


def title_of(period: ReportingPeriod) -> str:
    """The line above each table."""
    return f"多个单位|{period}|{period.scheme}/{period.revision.revision}"


def fillable(period: ReportingPeriod, access: Access) -> list[Return]:
    """The returns that the user may fill now, by name."""
    rows = access.scope(Return.objects.filter(period=period, state__in=FILLABLE), Verb.WRITE)
    return list(rows.select_related("organ").order_by("organ_name", "pk")[:UNITS])


def write_template(target: IO[bytes], period: ReportingPeriod, rows: Sequence[Return]) -> None:
    """The workbook of these returns, with what their drafts hold."""
    sheets: list[SheetSpec] = []
    for table in scheme_of(period.revision).scheme.tables:
        columns = [ColumnSpec(header=CODE, format="@"), ColumnSpec(header=NAME)]
        columns += [ColumnSpec(header=head_of(item), choices=item.choices, note=item.note) for item in table.items]
        lines = [
            [
                row.organ.credit_code or None,
                row.organ_name,
                *(cell_of(item, kept.get(item.key)) for item in table.items),
            ]
            for row in rows
            for kept in _kept(row, table)
        ]
        name = sheet_name(table.title, [sheet.name for sheet in sheets])
        sheets.append(SheetSpec(name=name, title=title_of(period), columns=columns, rows=lines))
    write_workbook(target, sheets)


def _kept(row: Return, table: Table) -> list[dict[str, Any]]:
    if table.floating:
        return list(row.draft.get("rows", {}).get(table.key, []))
    return [row.draft.get("values", {})]


@dataclass
class Unit(Read):
    """The lines of one unit; `places`: the row of its line in each fixed sheet; `filled`: whether it says anything."""

    row: Return | None = None
    lines: dict[str, int] = field(default_factory=dict)
    filled: bool = False


@dataclass
class Many:
    """What the workbook says: the units in their order, and lines that are nobody's."""

    grids: list[Grid]
    heads: dict[str, int] = field(default_factory=dict)
    units: dict[int, Unit] = field(default_factory=dict)
    nobody: Read = field(default_factory=Read)


def read_many(path: Path, period: ReportingPeriod, access: Access) -> Many:
    """The units of a workbook. Refusals of the whole; nothing is written."""
    one = scheme_of(period.revision)
    found = Many(read(path))
    sheets = {grid.name: grid for grid in found.grids if not grid.hidden}
    known = _Known(access.scope(Return.objects.filter(period=period), Verb.WRITE).select_related("organ"))
    taken: list[str] = []
    for table in one.scheme.tables:
        taken.append(sheet_name(table.title, taken))
        grid = sheets.get(taken[-1])
        if grid is None:
            raise Refusal("return.half", f"缺少工作表“{taken[-1]}”,请用下载的表格整份填写。")
        title = str(grid.cell(0, 0) or "")
        if "|" in title and title != title_of(period):
            raise Refusal("return.book", f"这份表格是“{title}”的,不是“{title_of(period)}”的。")
        _sheet(found, known, table, grid)
    if len(found.units) > UNITS:
        raise Refusal("return.units", f"一份表格最多 {UNITS} 个单位,请分成几份。")
    for unit in found.units.values():
        if not unit.faults:
            check_totals(unit, one)
    return found


class _Known:
    """The returns of the period that the user may fill, by code and by name; a name that two have is nobody's."""

    def __init__(self, rows: Iterable[Return]) -> None:
        self.codes: dict[str, Return] = {}
        self.names: dict[str, Return | None] = {}
        for row in rows:
            if row.organ.credit_code:
                self.codes[row.organ.credit_code] = row
            self.names[row.organ_name] = None if row.organ_name in self.names else row

    def find(self, code: str, name: str, where: Where) -> Return:
        found = self.codes.get(code) if code else self.names.get(name)
        if found is None:
            words = f"代码“{code[:20]}”" if code else f"“{name[:40]}”"
            message = f"{words}不是这一期由您填报的单位,请核对代码和名称。"
            raise Refusal("return.unit-unknown", message, where=where)
        if code and name and name not in (found.organ_name, found.organ.name):
            message = f"代码“{code[:20]}”是“{found.organ_name}”的,表里写的是“{name[:40]}”。"
            raise Refusal("return.unit-unknown", message, where=where)
        return found


def _sheet(found: Many, known: _Known, table: Table, grid: Grid) -> None:
    heads = [NAME, *(head_of(item) for item in table.items if not item.derived)]
    header = header_of(grid, heads)
    if header is None:
        raise Refusal("return.half", f"“{grid.name}”的表头应有{'、'.join(heads)[:200]},请用下载的表格填写。")
    top, places = header
    found.heads[grid.name] = top + 1
    for number in range(top + 1, grid.height):
        code, name = (_word(grid, number, places.get(head)) for head in (CODE, NAME))
        if not code and not name and not _says(table, grid, number, places):
            continue
        try:
            row = known.find(code, name, Where(sheet=grid.name, row=number + 1, column=CODE if code else NAME))
        except Refusal as refusal:
            if _says(table, grid, number, places):
                found.nobody.fault(refusal, places[NAME])
            continue
        unit = found.units.setdefault(row.pk, Unit(row=row))
        (_floating if table.floating else _fixed)(unit, table, grid, number, places)


def _word(grid: Grid, number: int, column: int | None) -> str:
    return "" if column is None else str(grid.cell(number, column) or "").strip()


def _says(table: Table, grid: Grid, number: int, places: dict[str, int]) -> bool:
    """Whether the line has anything in it beside the unit."""
    columns = (places.get(head_of(item)) for item in table.items)
    return any(column is not None and grid.cell(number, column) not in (None, "") for column in columns)


def _fixed(unit: Unit, table: Table, grid: Grid, number: int, places: dict[str, int]) -> None:
    if grid.name in unit.lines:
        where = Where(sheet=grid.name, row=number + 1, column=NAME)
        first = unit.lines[grid.name]
        unit.fault(
            Refusal("return.unit-twice", f"这个单位已在第 {first} 行填过,一张表只填一行。", where=where), places[NAME]
        )
        return
    unit.lines[grid.name] = number + 1
    unit.filled = unit.filled or _says(table, grid, number, places)
    for item, column in _columns(table, places):
        where = Where(sheet=grid.name, row=number + 1, column=item.label)
        take_cell(unit, item, grid.cell(number, column), where, column)


def _columns(table: Table, places: dict[str, int]) -> list[tuple[Item, int]]:
    return [(item, places[head_of(item)]) for item in table.items if head_of(item) in places]


def _floating(unit: Unit, table: Table, grid: Grid, number: int, places: dict[str, int]) -> None:
    line = Read()
    for item, column in _columns(table, places):
        take_cell(
            line, item, grid.cell(number, column), Where(sheet=grid.name, row=number + 1, column=item.label), column
        )
    unit.faults += line.faults
    unit.marks += line.marks
    if kept := stored(line.draft["values"]):
        unit.filled = True
        unit.draft["rows"].setdefault(table.key, []).append(kept)


# ── taking ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def take_many(
    *, period: ReportingPeriod, found: Many, file: File, submit: bool, access: Access, on: date, now: datetime
) -> Receipt:
    """Each unit by itself: taken, or refused alone; a receipt each, and one over all. The same file again has the same receipt."""
    whole = receiving.begin(period, file, access=access, now=now)
    parts = []
    for unit in found.units.values():
        if unit.row is not None and (unit.filled or unit.faults):
            given: dict[str, Any] = {"submit": submit, "access": access, "on": on, "now": now}
            parts.append(_one(unit, file, whole, **given))
            _mark(unit, parts[-1])
    return receiving.finish(whole, parts, [str(one) for one in found.nobody.faults])


def _one(
    unit: Unit, file: File, whole: Receipt, *, submit: bool, access: Access, on: date, now: datetime
) -> Receipt:  # fmt: skip
    assert unit.row is not None
    said = [str(fault) for fault in unit.faults]
    if not said:
        try:
            return receiving.take(
                pk=unit.row.pk, read=unit, file=file, submit=submit, access=access, on=on, now=now, whole=whole
            )
        except Refusal as refusal:
            said = [refusal.message]
    return receiving.refuse(unit.row, file, said, access=access, now=now, whole=whole)


def _mark(unit: Unit, receipt: Receipt) -> None:
    """What the checks say of a unit stands beside its line, as what its cells say does."""
    if unit.lines and not unit.faults:
        sheet, row = next(iter(unit.lines.items()))
        kind = "error" if receipt.outcome == Outcome.REFUSED else "warning"
        unit.marks += [Mark(sheet, row, text, severity=kind) for text in receipt.said]


def write_marked(target: IO[bytes], found: Many) -> None:
    """The workbook as it came, with what is wrong beside each line."""
    marks = [mark for unit in (found.nobody, *found.units.values()) for mark in unit.marks]
    mark_workbook(target, found.grids, marks, heads=found.heads)
