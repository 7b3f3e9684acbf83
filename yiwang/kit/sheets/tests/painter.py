"""Draws an office form cell by cell and remembers what it drew: the truth that a reader of the sheet must find again."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

import xlsxwriter


@dataclass(frozen=True)
class Col:
    """A column as one way of filling draws it: header path, key of the record, the unit said in the header."""

    path: tuple[str, ...]
    key: str = ""
    unit: str = ""


@dataclass(frozen=True)
class Line:
    """One row under the header as drawn: its number for users, its kind (as in layout.RowKind), its block, its record."""

    number: int
    kind: str
    block: str | None = None
    record: dict[str, Any] | None = None


@dataclass(frozen=True)
class Planted:
    """An error put in on purpose: where, in which field, and what the clerk did."""

    number: int
    field: str
    what: str


@dataclass
class Drawn:
    """One drawn sheet and its truth. `columns` are in order; two may have the same path, as in real forms."""

    sheet: str
    title: str
    meta: dict[str, str] = field(default_factory=dict)
    columns: list[Col] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    planted: list[Planted] = field(default_factory=list)
    hidden: bool = False

    @property
    def records(self) -> list[dict[str, Any]]:
        """The records in the order of their rows."""
        return [line.record for line in self.lines if line.record is not None]


@dataclass
class Filled:
    """One filled form: its file and the sheets in it, the register first unless the form says otherwise."""

    form: str
    way: int
    path: Path
    sheets: list[Drawn]

    def sheet(self, name: str) -> Drawn:
        """The drawn sheet of this name; KeyError if there is none."""
        for drawn in self.sheets:
            if drawn.sheet == name:
                return drawn
        raise KeyError(name)


# The punctuation that a Chinese input method writes, and the ideographic space between two characters.
WIDE = {ord(sign): ord(sign) + 0xFEE0 for sign in ":;(),"} | {ord(" "): 0x3000}


class Painter:
    """A pen on one worksheet (`wide`: full-width punctuation): `row` is where the next line goes (0-based), `drawn` is the truth so far."""

    def __init__(
        self,
        book: xlsxwriter.Workbook,
        sheet: str,
        columns: list[Col],
        *,
        left: int = 0,
        merge: bool = True,
        wide: bool = False,
    ) -> None:
        self.sheet = book.add_worksheet(sheet)
        self.columns = columns
        self.left = left
        self.merge = merge
        self.wide = wide
        self.row = 0
        self.drawn = Drawn(sheet, "")
        self.cell = book.add_format({"border": 1, "text_wrap": True})
        self.day = book.add_format({"border": 1, "num_format": "yyyy/m/d"})
        self.big = book.add_format({"bold": True, "font_size": 16, "align": "center"})
        self.drawn.columns = columns

    @property
    def right(self) -> int:
        """The 0-based last column."""
        return self.left + len(self.columns) - 1

    def title(self, text: str) -> None:
        """A title line over the whole width."""
        self._span(self.row, self.left, self.row, self.right, text, self.big)
        self.drawn.title = text
        self.row += 1

    def line(self, cells: dict[int, str], meta: dict[str, str] | None = None) -> None:
        """A line of words at given columns (0-based from the left edge), such as the line of blanks under the title."""
        for column, text in cells.items():
            self.sheet.write(self.row, self.left + column, self.typed(text))
        self.drawn.meta |= meta or {}
        self.row += 1

    def skip(self, rows: int = 1) -> None:
        """Leaves rows empty."""
        self.row += rows

    def header(self) -> None:
        """The header block, merged as a clerk merges it, or only its first cells filled."""
        depth = max(len(column.path) for column in self.columns)
        for level in range(depth):
            start = 0
            while start < len(self.columns):
                end = self._run(start, level)
                path = self.columns[start].path
                if len(path) > level:
                    bottom = depth - 1 if len(path) == level + 1 and end == start else level
                    self._span(
                        self.row + level, self.left + start, self.row + bottom, self.left + end, path[level], self.cell
                    )
                start = end + 1
        self.row += depth

    def numbers(self) -> None:
        """The row of column numbers under the header."""
        for index in range(len(self.columns)):
            self.sheet.write_number(self.row, self.left + index, index + 1, self.cell)
        self.row += 1

    def data(
        self, cells: dict[str, Any], record: dict[str, Any] | None, *, kind: str = "data", block: str | None = None
    ) -> int:
        """A row of the body, cells by record key; returns its number for users."""
        for index, column in enumerate(self.columns):
            self._write(self.left + index, cells.get(column.key) if column.key else None)
        self.row += 1
        self.drawn.lines.append(Line(self.row, kind, block, record))
        return self.row

    def heading(self, text: str) -> None:
        """A block heading over the whole width."""
        self._span(self.row, self.left, self.row, self.right, text, self.cell)
        self.row += 1
        self.drawn.lines.append(Line(self.row, "heading", text))

    def note(self, text: str) -> None:
        """A note under the table."""
        self._span(self.row, self.left, self.row, self.right, text, self.cell)
        self.row += 1
        self.drawn.notes.append(text)

    def blanks(self, rows: int) -> None:
        """Bordered rows without content, as forms have at their end."""
        for _ in range(rows):
            for index in range(len(self.columns)):
                self.sheet.write_blank(self.row, self.left + index, None, self.cell)
            self.row += 1

    def plant(self, number: int, field_: str, what: str) -> None:
        """Remembers an error put in on purpose."""
        self.drawn.planted.append(Planted(number, field_, what))

    def _run(self, start: int, level: int) -> int:
        path = self.columns[start].path[: level + 1]
        end = start
        while end + 1 < len(self.columns) and len(path) > level and self.columns[end + 1].path[: level + 1] == path:
            end += 1
        return end

    def typed(self, text: str) -> str:
        """The words with the punctuation of a Chinese input method, where this form is typed so."""
        return text.translate(WIDE) if self.wide else text

    def _span(self, r1: int, c1: int, r2: int, c2: int, words: str, style: Any) -> None:
        text = self.typed(words)
        if self.merge and (r1, c1) != (r2, c2):
            self.sheet.merge_range(r1, c1, r2, c2, text, style)
        else:
            self.sheet.write_string(r1, c1, text, style)

    def _write(self, column: int, value: Any) -> None:
        if value is None or value == "":
            self.sheet.write_blank(self.row, column, None, self.cell)
        elif isinstance(value, dt.date):
            self.sheet.write_datetime(self.row, column, value, self.day)
        elif isinstance(value, Decimal | int):
            self.sheet.write_number(self.row, column, float(value), self.cell)
        else:
            self.sheet.write_string(self.row, column, str(value), self.cell)
