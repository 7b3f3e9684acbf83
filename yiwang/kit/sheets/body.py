"""The rows under a header: each gets a kind and a block, merged cells are filled down, notes and blanks are set apart."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import pairwise

from yiwang.kit.refusal import Refusal, Where
from yiwang.kit.sheets.cells import (
    CATEGORY,
    CHINESE_NUMERAL,
    ENUMERATED,
    GRAND,
    HEADER_WORDS,
    NUMBERED,
    SUBTOTAL,
    filled,
    is_column_numbers,
    is_ellipsis,
    is_label,
    is_meta,
    is_note,
    pairs_of,
    total_word,
)
from yiwang.kit.sheets.grid import Cell, Grid
from yiwang.kit.sheets.headers import ColumnHead, Header, starts_header
from yiwang.kit.sheets.table import BodyRow, RowKind
from yiwang.kit.sheets.words import compact, tidy

MERGED_CELLS = 500_000  # that vertical merges may cover before the layout is refused
SHOWN = 5  # row numbers named in one doubt


@dataclass
class Body:
    """The rows with what was found among them."""

    rows: list[BodyRow] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    meta: dict[str, str] = field(default_factory=dict)
    doubts: list[str] = field(default_factory=list)
    following: int | None = None


def read_body(grid: Grid, header: Header) -> Body:
    """All rows under the header up to the end or to the next table."""
    reader = Reader(grid, header)
    reader.read()
    reader.settle()
    reader.fill()
    return reader.body


class Reader:
    """Reads a body in three steps: kinds row by row, then what only the rows below can tell, then fills and blocks."""

    def __init__(self, grid: Grid, header: Header) -> None:
        self.grid = grid
        self.header = header
        self.body = Body()
        self.serial = next((head.index for head in header.columns if head.is_serial), None)
        self.left = min((head.index for head in header.columns), default=0)
        self.labels = self._header_words()
        self.down, self.wide = self._merges()
        self.in_notes = False

    def _header_words(self) -> list[frozenset[str]]:
        rows = self.grid.rows[self.header.top : self.header.bottom + 1]
        words = [frozenset(compact(str(cell)) for _, cell in filled(row)) for row in rows]
        return [found for found in words if len(found) > 1]

    def _merges(self) -> tuple[dict[int, list[tuple[int, int, int]]], dict[int, int]]:
        """Vertical merges as row → (column, first row, rows); single-row merges as row → columns covered."""
        down: dict[int, list[tuple[int, int, int]]] = {}
        wide: dict[int, int] = {}
        cost = 0
        for r1, c1, r2, c2 in self.grid.merges:
            if r1 < self.header.body:
                continue
            wide[r1] = max(wide.get(r1, 0), c2 - c1 + 1)
            cost += r2 - r1 + 1
            if cost > MERGED_CELLS:
                raise Refusal("layout.merges", "合并单元格太多,请取消合并后再上传", where=Where(sheet=self.grid.name))
            for row in range(r1, r2 + 1) if r2 > r1 else ():
                down.setdefault(row, []).append((c1, r1, r2 - r1 + 1))
        return down, wide

    # --- first step: kinds ------------------------------------------------------------------------------------------

    def read(self) -> None:
        """Gives every row a kind by itself; stops where another table begins."""
        for index in range(self.header.body, self.grid.height):
            cells = filled(self.grid.rows[index])
            if self._another_table(index, cells):
                self._give_back(index)
                return
            kind = self._kind(index, cells)
            self.in_notes = (kind is RowKind.NOTE and not is_meta(cells)) or (self.in_notes and kind is RowKind.BLANK)
            self.body.rows.append(BodyRow(index + 1, self.grid.rows[index], kind))

    def _kind(self, index: int, cells: list[tuple[int, Cell]]) -> RowKind:
        if not cells or self._only_serial(cells):
            return RowKind.BLANK
        if is_ellipsis(cells):
            return RowKind.ELLIPSIS
        if self._repeats(cells):
            return RowKind.REPEAT
        if word := total_word(cells):
            return RowKind.TOTAL if GRAND.fullmatch(word) else RowKind.SUBTOTAL
        if self._is_note(cells):
            return RowKind.NOTE
        return RowKind.HEADING if self._is_heading(index, cells) else RowKind.DATA

    def _only_serial(self, cells: list[tuple[int, Cell]]) -> bool:
        return len(cells) == 1 and cells[0][0] == self.serial and str(cells[0][1]).strip().isdecimal()

    def _repeats(self, cells: list[tuple[int, Cell]]) -> bool:
        if len(cells) < 2 or not isinstance(cells[0][1], str):
            numbers = self.header.numbers is not None
            return numbers and len(cells) > 2 and is_column_numbers(cells, len(self.header.columns))
        return frozenset(compact(str(cell)) for _, cell in cells) in self.labels

    def _is_note(self, cells: list[tuple[int, Cell]]) -> bool:
        first = cells[0][1]
        if not isinstance(first, str):
            return False
        if is_meta(cells) and all(isinstance(cell, str) for _, cell in cells):
            return True
        if len({str(cell) for _, cell in cells}) > 2:
            return False
        if self.in_notes or is_note(first):
            return len(cells) <= 2
        return len(cells) == 1 and (len(first) > 60 or ("。" in first and bool(NUMBERED.match(first))))

    def _is_heading(self, index: int, cells: list[tuple[int, Cell]]) -> bool:
        column, first = cells[0]
        if not isinstance(first, str):
            return False
        word = compact(first)
        if column == self.serial and CHINESE_NUMERAL.fullmatch(word) and len(cells) > 1:
            return True
        if len({str(cell) for _, cell in cells}) > 1:
            return False
        near = column <= self.left + 1 or self.wide.get(index, 0) >= 3
        return near and index not in self.down and (bool(ENUMERATED.match(word)) or len(self.header.columns) > 2)

    # --- another table below ------------------------------------------------------------------------------------------

    def _another_table(self, index: int, cells: list[tuple[int, Cell]]) -> bool:
        if len(cells) < 3 or not self.body.rows or self.body.rows[-1].kind in (RowKind.DATA, RowKind.ELLIPSIS):
            return False
        if self._repeats(cells) or is_meta(cells) or not all(is_label(cell) for _, cell in cells):
            return False
        known = sum(1 for _, cell in cells if HEADER_WORDS.search(str(cell)))
        return known * 5 >= len(cells) * 3 and starts_header(self.grid, index)

    def _give_back(self, index: int) -> None:
        """Gives the lines directly above the next header to it: its title and its line of blanks."""
        rows = self.body.rows
        while rows and rows[-1].kind in (RowKind.HEADING, RowKind.BLANK, RowKind.NOTE):
            if rows[-1].kind is RowKind.NOTE and not is_meta(filled(rows[-1].cells)):
                break
            rows.pop()
        while rows and rows[-1].kind is RowKind.DATA and is_meta(filled(rows[-1].cells)):
            rows.pop()
        self.body.following = (rows[-1].number if rows else self.header.body) + 1

    # --- second step: what the rows below tell -----------------------------------------------------------------------

    def settle(self) -> None:
        """From the bottom up: headings and lines of blanks without data below are notes; the last 合计 is the total."""
        data_below = False
        for row in reversed(self.body.rows):
            cells = filled(row.cells)
            if not data_below and (row.kind is RowKind.HEADING or (row.kind is RowKind.DATA and is_meta(cells))):
                row.kind = RowKind.NOTE
            if row.kind is RowKind.SUBTOTAL:
                row.kind = self._sum_kind(row, cells, data_below=data_below)
            data_below = data_below or row.kind is RowKind.DATA
        for row in self.body.rows:
            if row.kind is RowKind.NOTE:
                self._keep_note(filled(row.cells))

    def _sum_kind(self, row: BodyRow, cells: list[tuple[int, Cell]], *, data_below: bool) -> RowKind:
        word = total_word(cells)
        first = row.number == self.header.body + 1
        plain = not SUBTOTAL.fullmatch(word) and not word.startswith("其中")
        return RowKind.TOTAL if plain and (first or not data_below) else RowKind.SUBTOTAL

    def _keep_note(self, cells: list[tuple[int, Cell]]) -> None:
        words = [tidy(str(cell)) for _, cell in cells]
        if is_meta(cells) and not is_note(words[0]):
            for _, cell in cells:
                self.body.meta |= {key: value for key, value in pairs_of(str(cell)).items() if value}
        else:
            self.body.notes.append(" ".join(words))

    # --- third step: fills and blocks -----------------------------------------------------------------------------------

    def fill(self) -> None:
        """Fills merged cells down and gives each row its block."""
        for row in self.body.rows:
            self._fill_merged(row)
        category = self._category()
        self._fill_sparse(category)
        self._fill_continued()
        self._assign_blocks(category)

    def _fill_merged(self, row: BodyRow) -> None:
        spans = self.down.get(row.number - 1)
        if not spans or row.kind is RowKind.NOTE:
            return
        row.cells = list(row.cells)
        for column, first, count in spans:
            row.cells[column] = self.grid.cell(first, column)
            row.spans[column] = (first + 1, count)

    def _data(self) -> list[BodyRow]:
        return [row for row in self.body.rows if row.kind is RowKind.DATA]

    def _category(self) -> ColumnHead | None:
        """The column at the left that names blocks: merged over most rows, or filled at the first row of each only."""
        candidates = [head for head in self.header.columns[:3] if not head.is_serial and head.path][:1]
        rows = self._data()
        for head in candidates:
            merged = sum(1 for row in rows if head.index in row.spans)
            holes = [row for row in rows if row.cells[head.index] is None]
            words = rows and isinstance(rows[0].cells[head.index], str)
            if words and (merged * 2 > len(rows) or (holes and CATEGORY.search(head.label))):
                return head
        return None

    def _fill_sparse(self, head: ColumnHead | None) -> None:
        if head is None:
            return
        above: Cell = None
        numbers = []
        for row in self._data():
            if row.cells[head.index] is None:
                row.cells = [*row.cells[: head.index], above, *row.cells[head.index + 1 :]]
                row.guessed += (head.index,)
                numbers.append(row.number)
            above = row.cells[head.index]
        if numbers:
            self.body.doubts.append(f"“{head.label}”列有空格,按上一行补齐:{_listed(numbers)}")

    def _fill_continued(self) -> None:
        """A row without a serial and without the cells right of it goes on with the row above: a second room."""
        rows = self._data()
        if self.serial is None or sum(1 for row in rows if row.cells[self.serial] is not None) * 2 <= len(rows):
            return
        numbers = []
        for above, row in pairwise(rows):
            columns = self._leading_holes(row)
            if len(columns) > 1 and any(above.cells[column] is not None for column in columns[1:]):
                row.cells = [above.cells[at] if at in columns else cell for at, cell in enumerate(row.cells)]
                row.guessed += tuple(columns)
                numbers.append(row.number)
        if numbers:
            self.body.doubts.append(f"没有序号的行按上一行的续行处理:{_listed(numbers)}")

    def _leading_holes(self, row: BodyRow) -> list[int]:
        assert self.serial is not None
        columns = []
        for column in range(self.serial, len(row.cells)):
            if row.cells[column] is not None:
                break
            columns.append(column)
        return columns

    def _assign_blocks(self, category: ColumnHead | None) -> None:
        heading: str | None = None
        named: str | None = None
        for row in self.body.rows:
            if row.kind is RowKind.HEADING:
                heading = named = _heading_text(row)
            elif row.kind is RowKind.DATA and category is not None:
                word = row.cells[category.index]
                named = tidy(str(word)) if word is not None else heading
            if row.kind not in (RowKind.TOTAL, RowKind.NOTE, RowKind.REPEAT):
                row.block = named
        self._doubt_serials()

    def _doubt_serials(self) -> None:
        if self.serial is None:
            return
        rows = [row for row in self._data() if self.serial not in row.guessed]
        seen = Counter(
            (row.block, row.cells[self.serial])
            for row in rows
            if isinstance(row.cells[self.serial], Decimal) and self.serial not in row.spans
        )
        restarts = sum(1 for row in rows if row.cells[self.serial] == 1)
        twice = [str(serial) for (_, serial), count in seen.items() if count > 1]
        if twice and restarts == 1:
            self.body.doubts.append(f"序号有重复:{'、'.join(twice[:SHOWN])}")


def _heading_text(row: BodyRow) -> str:
    words = [tidy(str(cell)) for _, cell in filled(row.cells) if isinstance(cell, str)]
    return "、".join(dict.fromkeys(words[:2])) if CHINESE_NUMERAL.fullmatch(compact(words[0])) else words[0]


def _listed(numbers: list[int]) -> str:
    shown = "、".join(f"第 {number} 行" for number in numbers[:SHOWN])
    return shown + (f" 等 {len(numbers)} 行" if len(numbers) > SHOWN else "")
