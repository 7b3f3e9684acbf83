"""Where the header of an office form stands and what it says, flattened to paths: (人员情况, 其中, 正科)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from yiwang.kit.refusal import Refusal, Where
from yiwang.kit.sheets.cells import (
    ROWS_AHEAD,
    SERIAL_LABEL,
    TITLE,
    TITLE_END,
    filled,
    is_column_numbers,
    is_label,
    is_meta,
    is_note,
)
from yiwang.kit.sheets.grid import Cell, Grid, Merge
from yiwang.kit.sheets.words import compact, half_width, split_unit, tidy

DEEPEST = 6  # rows of a header
MEASURES = re.compile("㎡|公顷|元|升|米")
COUNTS = re.compile("人数|间数|数量|台数|辆数|个数|套数|户数|份数|次数|比例|率$|号$|名称|备注|日期|时间|人$")


@dataclass(frozen=True)
class ColumnHead:
    """One column: 0-based index in the grid, header path from the outside in, the unit that the header names ("" if none).

    `follows` tells equal paths apart: the last word of the nearest column to the left that stands alone with its path
    (the second 间数 under 其中 follows 公共服务用房面积).
    """

    index: int
    path: tuple[str, ...]
    unit: str = ""
    follows: str = ""

    @property
    def label(self) -> str:
        """The innermost word, "" for a column without header."""
        return self.path[-1] if self.path else ""

    @property
    def is_serial(self) -> bool:
        """Whether the column only numbers the rows."""
        return len(self.path) == 1 and SERIAL_LABEL.fullmatch(compact(self.path[0])) is not None


def _cells(merge: Merge) -> int:
    return (min(merge[2] - merge[0], DEEPEST) + 1) * (merge[3] - merge[1] + 1)


@dataclass(frozen=True)
class Group:
    """A label and the columns it stands over, 0-based and inclusive; `row` is its last row."""

    row: int
    first: int
    last: int
    text: str
    merged: bool


@dataclass(frozen=True)
class Header:
    """The header block, 0-based rows inclusive; `numbers` is the row of column numbers, if any."""

    top: int
    bottom: int
    numbers: int | None
    columns: tuple[ColumnHead, ...]

    @property
    def body(self) -> int:
        """The first row under it."""
        return (self.bottom if self.numbers is None else self.numbers) + 1


class Block:
    """A growing header: which labels stand over which columns."""

    def __init__(self, grid: Grid, top: int) -> None:
        self.grid = grid
        self.top = self.bottom = top
        near = [merge for merge in grid.merges if top <= merge[0] <= top + DEEPEST]
        self.merges = {(merge[0], merge[1]): merge for merge in near}
        if sum(_cells(merge) for merge in near) > (2 * DEEPEST + 1) * grid.width:  # they lie upon each other
            raise Refusal("layout.merges", "合并单元格互相重叠,请取消合并后再上传", where=Where(sheet=grid.name))
        self.under = {  # cells that a merge covers beyond its first
            (row, column)
            for r1, c1, r2, c2 in near
            for row in range(r1, min(r2, top + DEEPEST) + 1)
            for column in range(c1, c2 + 1)
            if (row, column) != (r1, c1)
        }
        self.groups: list[Group] = []
        self.taken: set[int] = set()  # columns in which a label stands, at this row or above
        self._read(top)

    def cells(self, row: int) -> list[tuple[int, Cell]]:
        """The filled cells of a row that are no merge's shadow."""
        if row >= self.grid.height:
            return []
        return [(column, cell) for column, cell in filled(self.grid.rows[row]) if (row, column) not in self.under]

    def grow(self) -> None:
        """Takes rows in while they finish what stands open above them."""
        while True:
            target = max([group.row for group in self.groups])
            if target == self.bottom and self._continues(self.bottom + 1):
                target = self.bottom + 1
            if target == self.bottom or target - self.top >= DEEPEST:
                return
            for row in range(self.bottom + 1, target + 1):
                self.bottom = row
                self._read(row)

    def _continues(self, row: int) -> bool:
        cells = self.cells(row)
        if len(cells) < 2 or not all(is_label(cell) for _, cell in cells) or is_meta(cells):
            return False
        closed = self._closed()
        return all(column not in closed for column, _ in cells)

    def _closed(self) -> set[int]:
        owner: dict[int, Group] = {}
        for group in self.groups:
            for column in range(group.first, group.last + 1):
                owner[column] = group
        return {column for column, group in owner.items() if group.first == group.last}

    def _read(self, row: int) -> None:
        """Adds the groups of a row. An unmerged label reaches right over columns that nobody labels, inside its parent."""
        cells = self.cells(row)
        self.taken |= {column for column, _ in cells}
        for column, cell in cells:
            merge = self.merges.get((row, column))
            bottom, last = (merge[2], merge[3]) if merge else (row, column)
            edge = last if merge else self._edge(column)
            while last < edge and last + 1 not in self.taken:
                last += 1
            self.groups.append(Group(bottom, column, last, tidy(str(cell)), merged=merge is not None))

    def _edge(self, column: int) -> int:
        parents = [group.last for group in self.groups if group.first <= column <= group.last]
        return min(parents, default=self.grid.width - 1)

    def heads(self) -> list[ColumnHead]:
        """The flattened columns: those with a leaf of their own, and bare ones in which the body holds something."""
        used = used_columns(self.grid, self.bottom + 1)
        columns = []
        for column in range(self.grid.width):
            groups = [group for group in self.groups if group.first <= column <= group.last]
            leaf = groups[-1] if groups else None
            own = leaf is not None and leaf.first == column
            if own or (leaf and leaf.merged and column in used):
                columns.append(_head(column, [group.text for group in groups]))
            elif column in used:
                columns.append(ColumnHead(column, ()))
        return _told_apart(columns)


def _head(index: int, texts: list[str]) -> ColumnHead:
    path: list[str] = []
    units: list[str] = []
    for text in texts:
        words, unit = split_unit(text)
        parts = [part for part in re.split(r"(?<=^其中)[::、]", words) if part]
        path += [part for part in parts if not path or part != path[-1]]
        units.append(unit)
    unit = units[-1] if units else ""
    outer = next((unit for unit in reversed(units) if unit), "")
    if not unit and path and not (COUNTS.search(path[-1]) and MEASURES.search(outer)):
        unit = outer
    return ColumnHead(index, tuple(path), unit)


def _told_apart(columns: list[ColumnHead]) -> list[ColumnHead]:
    paths = [column.path for column in columns]
    result, before = [], ""
    for column in columns:
        twin = paths.count(column.path) > 1 and bool(column.path)
        result.append(ColumnHead(column.index, column.path, column.unit, before) if twin else column)
        before = before if twin else column.label
    return result


def used_columns(grid: Grid, first: int) -> set[int]:
    """The columns in which any of the next rows holds something."""
    rows = grid.rows[first : first + 10 * ROWS_AHEAD]
    return {column for row in rows for column, cell in enumerate(row) if cell is not None and cell != ""}


def starts_header(grid: Grid, row: int) -> bool:
    """Whether a header could begin at this row: several labels over at least half of the table, no line of blanks."""
    block = Block(grid, row)
    cells = block.cells(row)
    if len({compact(str(cell)) for _, cell in cells}) < 2 or is_meta(cells):
        return False
    if any(isinstance(cell, str) and TITLE.fullmatch(half_width(tidy(cell))) for _, cell in cells):
        return False
    if sum(1 for _, cell in cells if not is_label(cell)) * 4 > len(cells) or is_note(str(cells[0][1])):
        return False
    return _spans_enough(grid, block, cells)


def _spans_enough(grid: Grid, block: Block, cells: list[tuple[int, Cell]]) -> bool:
    used = used_columns(grid, block.top) or {0}
    covered = {column for group in block.groups for column in range(group.first, group.last + 1)}
    if len(covered & used) * 2 < len(used):
        return False
    if len(cells) > 2 or len(used) <= 3:
        return True
    below = block.cells(block.top + 1)
    return len(below) > 2 and not any(TITLE_END.fullmatch(half_width(tidy(str(cell)[:80]))) for _, cell in cells)


def find_header(grid: Grid, first: int = 0) -> Header | None:
    """The first header at or below a 0-based row, or None. Looks at the next 60 rows."""
    for top in range(first, min(grid.height, first + ROWS_AHEAD)):
        if starts_header(grid, top):
            return _header(grid, top)
    return None


def _header(grid: Grid, top: int) -> Header:
    block = Block(grid, top)
    block.grow()
    columns = tuple(block.heads())
    after = block.bottom + 1
    numbered = is_column_numbers(block.cells(after), len(columns))
    return Header(top, block.bottom, after if numbered else None, columns)
