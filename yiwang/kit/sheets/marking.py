"""The workbook that goes back to the clerk: the rows as they came, the bad cells coloured, what is wrong beside them."""

from __future__ import annotations

import contextlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from xlsxwriter.exceptions import OverlappingRange

from yiwang.kit.sheets.grid import Cell, Grid, address
from yiwang.kit.sheets.write import HEADER, LARGE, MAX_TEXT, Book, Pen

SUMMARY_SHEET = "核对结果"
MESSAGE_HEADER = "核对意见"
FILLS = {"error": "#F8D7DA", "warning": "#FFF3CD", "info": "#E2E8F0"}
WORDS = {"error": "错误", "warning": "提醒", "info": "说明"}
NOTE_CHARACTERS = 500
NOTES = 2_000  # comments a sheet; beyond that the colour and the last column have to do


@dataclass(frozen=True)
class Mark:
    """Something to say about a row or a cell: `row` as the user sees it, `column` 0-based or None for the whole row."""

    sheet: str
    row: int
    message: str
    column: int | None = None
    severity: str = "error"  # error | warning | info


def mark_workbook(
    target: Path | str | IO[bytes],
    grids: Sequence[Grid],
    marks: Iterable[Mark],
    *,
    heads: Mapping[str, int] | None = None,
    bad_rows_only: bool = False,
) -> None:
    """Writes the marked copy of the grids: a summary sheet with links, then each sheet with its messages in a last column.

    `heads` gives for a sheet the number of its header's last row (1 if not given). Row numbers stay those of the
    original. With `bad_rows_only` only the rows down to the header and those with marks are written, and one more
    column says each row's original number.
    """
    by_row: dict[tuple[str, int], list[Mark]] = defaultdict(list)
    for mark in sorted(marks, key=lambda mark: (mark.row, -1 if mark.column is None else mark.column)):
        by_row[mark.sheet, mark.row].append(mark)
    large = sum(grid.height for grid in grids) > LARGE
    with Book(target, large=large) as book:
        _summary(book, grids, by_row, linked=not bad_rows_only)
        for grid in grids:
            copy = Copy(book.pen(grid.name), grid, by_row, (heads or {}).get(grid.name, 1), bad_rows_only)
            copy.write(merges=not large and not bad_rows_only)


def _summary(book: Book, grids: Sequence[Grid], by_row: Mapping[tuple[str, int], list[Mark]], *, linked: bool) -> None:
    pen = book.pen(SUMMARY_SHEET)
    for column, (word, width) in enumerate((("工作表", 18), ("位置", 10), ("类别", 8), ("意见", 90))):
        pen.cell(0, column, word, HEADER)
        pen.sheet.set_column(column, column, width)
    pen.sheet.freeze_panes(1, 0)
    order = {grid.name: at for at, grid in enumerate(grids)}
    every = sorted((key for key in by_row if key[0] in order), key=lambda key: (order[key[0]], key[1]))
    line = 0
    for key in every:
        for mark in by_row[key]:
            line += 1
            _summary_line(pen, line, mark, linked=linked and line <= 60_000)
    if line == 0:
        pen.cell(1, 0, "没有发现问题", {})


def _summary_line(pen: Pen, line: int, mark: Mark, *, linked: bool) -> None:
    place = f"第 {mark.row} 行" if mark.column is None else address(mark.row - 1, mark.column)
    pen.cell(line, 0, mark.sheet, {})
    if linked:  # a link inside the workbook, made from the sheet's own name: never from a cell's text
        target = f"internal:'{mark.sheet.replace(chr(39), chr(39) * 2)}'!{address(mark.row - 1, mark.column or 0)}"
        pen.sheet.write_url(line, 1, target, string=place)
    else:
        pen.cell(line, 1, place, {})
    pen.cell(line, 2, WORDS[mark.severity], {"bg_color": FILLS[mark.severity]})
    pen.cell(line, 3, mark.message, {"text_wrap": True})


class Copy:
    """One sheet copied with its marks."""

    def __init__(
        self, pen: Pen, grid: Grid, by_row: Mapping[tuple[str, int], list[Mark]], head: int, bad_rows_only: bool
    ) -> None:
        self.pen = pen
        self.grid = grid
        self.by_row = by_row
        self.head = head
        self.bad_rows_only = bad_rows_only
        self.notes = 0

    def write(self, *, merges: bool) -> None:
        """Writes the rows in their order and, where they stand as in the original, their merges."""
        last = self.grid.width
        self.pen.sheet.set_column(0, max(last - 1, 0), 12)
        self.pen.sheet.set_column(last, last, 60)
        if merges:
            self._merge()
        at = 0
        for index in range(self.grid.height):
            if self.bad_rows_only and index >= self.head and (self.grid.name, index + 1) not in self.by_row:
                continue
            self._row(at, index)
            at += 1

    def _merge(self) -> None:
        style = self.pen.format({"align": "center", "valign": "vcenter", "text_wrap": True})
        for r1, c1, r2, c2 in self.grid.merges:
            if (r1, c1) != (r2, c2):
                with contextlib.suppress(
                    OverlappingRange
                ):  # a spoilt file may hold such; its cells are written all the same
                    self.pen.sheet.merge_range(r1, c1, r2, c2, "", style)

    def _row(self, at: int, index: int) -> None:
        marks = self.by_row.get((self.grid.name, index + 1), [])
        for column, value in enumerate(self.grid.rows[index]):
            self._cell(at, column, value, [mark for mark in marks if mark.column == column])
        last = self.grid.width
        if index + 1 == self.head:
            self.pen.cell(at, last, MESSAGE_HEADER, HEADER)
        elif marks:
            text = ";".join(mark.message for mark in marks)[:MAX_TEXT]
            self.pen.cell(at, last, text, {"text_wrap": True, "bg_color": _worst(marks)})
        if self.bad_rows_only and index >= self.head:
            self.pen.cell(at, last + 1, f"原第 {index + 1} 行", {})

    def _cell(self, at: int, column: int, value: Cell, marks: Sequence[Mark]) -> None:
        self.pen.cell(at, column, value, {"bg_color": _worst(marks)} if marks else {})
        if marks and self.notes < NOTES:
            self.notes += 1
            note = "\n".join(mark.message for mark in marks)[:NOTE_CHARACTERS]
            self.pen.sheet.write_comment(at, column, note, {"author": ""})


def _worst(marks: Sequence[Mark]) -> str:
    return FILLS[min((mark.severity for mark in marks), key=list(FILLS).index)]
