"""What a reader hands on: the cells of one sheet from A1, typed, with what the eye sees and the values do not say."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from decimal import Decimal

Cell = str | Decimal | bool | dt.date | dt.datetime | None
Merge = tuple[int, int, int, int]  # first row, first column, last row, last column: 0-based, inclusive


def column_letters(index: int) -> str:
    """The letters of a 0-based column: 0 → A, 26 → AA."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def address(row: int, column: int) -> str:
    """The address of a 0-based cell as the user sees it: (0, 1) → B1."""
    return f"{column_letters(column)}{row + 1}"


@dataclass
class Grid:
    """One sheet. `rows[0][0]` is A1, every row has the same length, the number shown to users is index + 1.

    Empty cells are None, never "". Numbers are Decimal with at most 15 significant digits, which is what a spreadsheet
    shows and keeps faithfully; integral ones carry no point. A cell whose formula failed holds its word (`#REF!`).
    """

    name: str
    rows: list[list[Cell]]
    merges: list[Merge] = field(default_factory=list)
    formulas: int = 0  # cells that hold a formula; their last computed values are in `rows`
    uncomputed: tuple[
        str, ...
    ] = ()  # addresses of formulas without a value (the first 20): written by a program, never opened
    hidden: bool = False
    text_only: bool = False  # from CSV: every cell is text as it stood in the file

    @property
    def height(self) -> int:
        """The number of rows."""
        return len(self.rows)

    @property
    def width(self) -> int:
        """The number of columns."""
        return len(self.rows[0]) if self.rows else 0

    def cell(self, row: int, column: int) -> Cell:
        """The cell at a 0-based place, None beyond the edge."""
        if 0 <= row < self.height and 0 <= column < self.width:
            return self.rows[row][column]
        return None


def squared(rows: list[list[Cell]]) -> list[list[Cell]]:
    """The rows padded to one length, in place, without empty rows at the end."""
    while rows and all(cell is None for cell in rows[-1]):
        rows.pop()
    width = max((len(row) for row in rows), default=0)
    for row in rows:
        if len(row) < width:
            row.extend([None] * (width - len(row)))
    return rows
