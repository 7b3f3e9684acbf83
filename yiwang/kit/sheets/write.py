"""Workbooks and text tables out: complete or refused, never cut, and inert: no text becomes a formula or a link.

`write_workbook` makes templates (drop-downs, notes, formats, frozen header) and exports of any length; `write_csv` the
same rows as text. The marked copy of what a user sent in is made by `marking.mark_workbook`.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import os
import tempfile
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import chain, islice
from pathlib import Path
from typing import IO, Any

import xlsxwriter

from yiwang.kit.refusal import Refusal, Where
from yiwang.kit.sheets.grid import Cell, column_letters
from yiwang.kit.sheets.words import half_width

DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n")
MAX_ROWS = 1_048_576
MAX_TEXT = 32_767
LISTED = 255  # characters that a drop-down may hold in itself; longer ones refer to a hidden sheet
OPTIONS_SHEET = "选项"
SAMPLED = 100  # rows looked at for the width of the columns
LARGE = 20_000  # rows from which on a workbook is written without keeping it in memory
FIRST_DAY = dt.date(1900, 3, 1)  # before it, spreadsheets count a day that never was
DIGITS = 15
BATCH = 2_000  # rows of a text table written at a time

HEADER = {"bold": True, "bg_color": "#E8EEF5", "border": 1, "text_wrap": True, "valign": "vcenter", "align": "center"}
TITLE = {"bold": True, "font_size": 14, "align": "center", "valign": "vcenter"}
EXAMPLE = {"italic": True, "font_color": "#6B7280"}
DATE = {"num_format": "yyyy-mm-dd"}
TIME = {"num_format": "yyyy-mm-dd hh:mm:ss"}


@dataclass(frozen=True, kw_only=True)
class ColumnSpec:
    """A column to write. `format` is a number format ("@" keeps codes as text, "#,##0.00"), `choices` make a drop-down."""

    header: str
    width: float | None = None  # in characters; None: by header and first rows
    format: str = ""
    choices: Sequence[str] = ()
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class SheetSpec:
    """A sheet to write: rows may be an iterator. `examples` rows come first and are set in grey."""

    name: str
    columns: Sequence[ColumnSpec]
    rows: Iterable[Sequence[Cell]] = ()
    title: str = ""
    examples: int = 0
    room: int = 5_000  # rows under the header for which drop-downs and formats hold
    remarks: Sequence[str] = ()  # lines under the table
    hidden: bool = False


def is_dangerous(text: str) -> bool:
    """Whether a spreadsheet might take a text for a formula: by its first sign, in full width or behind spaces too."""
    if text[:1].isalnum():  # nearly every cell: letters, figures, Chinese
        return False
    start = half_width(text[:80]).lstrip(" ")
    return start[:1] in DANGEROUS and bool(start.strip("-"))


def sheet_name(name: str, taken: Iterable[str] = ()) -> str:
    """A legal name of a sheet, at most 31 characters, unlike those taken (regardless of case)."""
    legal = "".join("_" if sign in "[]:*?/\\" or ord(sign) < 32 else sign for sign in name).strip("' ") or "工作表"
    used = {word.lower() for word in taken}
    found, number = legal[:31], 2
    while found.lower() in used:
        tail = f"({number})"
        found, number = legal[: 31 - len(tail)] + tail, number + 1
    return found


def text_width(text: str) -> int:
    """The width of a text in columns of a screen: a Chinese character takes two."""
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text)


class Pen:
    """Writes cells by type into one worksheet, keeping one format object for each set of properties."""

    def __init__(self, book: xlsxwriter.Workbook, sheet: Any, formats: dict[tuple[tuple[str, Any], ...], Any]) -> None:
        self.book = book
        self.sheet = sheet
        self.formats = formats

    def format(self, properties: dict[str, Any]) -> Any:
        """The format object of these properties, None for none."""
        if not properties:
            return None
        key = tuple(sorted(properties.items()))
        if key not in self.formats:
            self.formats[key] = self.book.add_format(properties)
        return self.formats[key]

    def cell(self, row: int, column: int, value: Cell, style: dict[str, Any]) -> None:
        """One cell at a 0-based place. Raises Refusal `write.…` instead of leaving anything out."""
        if row >= MAX_ROWS:
            raise Refusal("write.too-many-rows", f"行数超过工作簿的上限({MAX_ROWS} 行),请导出为 CSV 或缩小范围")
        if value is None or value == "":
            if style:
                self.sheet.write_blank(row, column, None, self.format(style))
        elif isinstance(value, str):
            self._text(row, column, value, style)
        elif isinstance(value, bool):
            self.sheet.write_boolean(row, column, value, self.format(style))
        elif isinstance(value, dt.date):
            self._date(row, column, value, style)
        else:
            self._number(row, column, value, style)

    def _text(self, row: int, column: int, text: str, style: dict[str, Any]) -> None:
        if len(text) > MAX_TEXT:
            place = Where(row=row + 1, column=column_letters(column))
            raise Refusal("write.long-cell", f"一格的文字超过 {MAX_TEXT} 个字,工作簿放不下,请导出为 CSV", where=place)
        if is_dangerous(text):
            style = style | {"quote_prefix": True}  # stays text even when somebody edits the cell
        self.sheet.write_string(row, column, text, self.format(style))

    def _number(self, row: int, column: int, value: Decimal, style: dict[str, Any]) -> None:
        finite = value.is_finite()
        if not finite or (len(str(value)) > DIGITS and len(value.normalize().as_tuple().digits) > DIGITS):
            self._text(row, column, format(value, "f") if finite else str(value), style)
        else:
            self.sheet.write_number(row, column, float(value), self.format(style))

    def _date(self, row: int, column: int, value: dt.date, style: dict[str, Any]) -> None:
        moment = isinstance(value, dt.datetime)
        day = value.date() if isinstance(value, dt.datetime) else value
        if day < FIRST_DAY or (isinstance(value, dt.datetime) and (value.tzinfo or value.microsecond)):
            self._text(row, column, value.isoformat(), style)
            return
        kept = {} if style.get("num_format", "@") == "@" else {"num_format": style["num_format"]}
        self.sheet.write_datetime(row, column, value, self.format(style | (TIME if moment else DATE) | kept))


class Book:
    """A workbook being written. `large` streams rows to disk; then they must come in order.

    A path gets the whole file at the end or, after an error, none: it is put together beside it and moved there.
    """

    def __init__(self, target: Path | str | IO[bytes], *, large: bool) -> None:
        self.folder = tempfile.TemporaryDirectory(prefix="yiwang-write-")
        self.final = Path(target) if isinstance(target, str | Path) else None
        self.part = self.final.with_name(f".{self.final.name}.part") if self.final else None
        options: dict[str, Any] = {
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
            "constant_memory": large,
            "tmpdir": self.folder.name,
        }
        self.book = xlsxwriter.Workbook(str(self.part) if self.part else target, options)
        self.formats: dict[tuple[tuple[str, Any], ...], Any] = {}
        self.names: list[str] = []
        self.options: dict[tuple[str, ...], str] = {}

    def __enter__(self) -> Book:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        try:
            if kind is None:
                self._write_options()
                self.book.close()
                if self.part and self.final:
                    os.replace(self.part, self.final)
        finally:
            self._clear()

    def _clear(self) -> None:
        for sheet in self.book.worksheets():
            if sheet.row_data_fh and not sheet.row_data_fh.closed:
                sheet.row_data_fh.close()
        self.folder.cleanup()
        if self.part:
            self.part.unlink(missing_ok=True)

    def pen(self, name: str) -> Pen:
        """A pen on a new sheet of this name, made legal and unlike the others."""
        found = sheet_name(name, [*self.names, OPTIONS_SHEET])
        self.names.append(found)
        return Pen(self.book, self.book.add_worksheet(found), self.formats)

    def source(self, choices: Sequence[str]) -> list[str] | str:
        """What a drop-down lists: the words, or where they stand on the hidden sheet if they are too many."""
        if len(",".join(choices)) <= LISTED and not any("," in word or '"' in word for word in choices):
            return list(choices)
        known = tuple(choices)
        if known not in self.options:
            letter = column_letters(len(self.options))
            self.options[known] = f"='{OPTIONS_SHEET}'!${letter}$1:${letter}${len(known)}"
        return self.options[known]

    def _write_options(self) -> None:
        if not self.options:
            return
        sheet = self.book.add_worksheet(OPTIONS_SHEET)
        for row in range(max(map(len, self.options))):
            for column, words in enumerate(self.options):
                if row < len(words):
                    sheet.write_string(row, column, words[row])
        sheet.hide()


def write_workbook(target: Path | str | IO[bytes], sheets: Iterable[SheetSpec], *, large: bool = False) -> None:
    """Writes the sheets as XLSX to a path or a buffer. With `large`, memory stays flat however many rows come.

    Raises Refusal `write.too-many-rows`, `write.long-cell`; then nothing is written.
    """
    with Book(target, large=large) as book:
        for spec in sheets:
            _write_sheet(book, spec)


def _write_sheet(book: Book, spec: SheetSpec) -> None:
    pen = book.pen(spec.name)
    rows = iter(spec.rows)
    sample = list(islice(rows, SAMPLED))
    top = _write_title(pen, spec)
    for column, head in enumerate(spec.columns):
        _set_column(pen, column, head, sample)
        pen.cell(top, column, head.header, HEADER)
        _add_help(book, pen, spec, top, column)
    pen.sheet.freeze_panes(top + 1, 0)
    last = _write_rows(pen, spec, top + 1, chain(sample, rows))
    for line, text in enumerate(spec.remarks):
        pen.cell(last + 1 + line, 0, text, {})
    if spec.hidden:
        pen.sheet.hide()


def _write_title(pen: Pen, spec: SheetSpec) -> int:
    if not spec.title:
        return 0
    pen.cell(0, 0, spec.title, TITLE if len(spec.columns) == 1 else TITLE | {"align": "left"})
    return 1


def _set_column(pen: Pen, column: int, head: ColumnSpec, sample: list[Sequence[Cell]]) -> None:
    widest = max(
        (text_width(str(row[column])[:80]) for row in sample if column < len(row) and row[column] is not None),
        default=0,
    )
    width = head.width or min(42, max(8, text_width(head.header) + 3, widest + 2))
    pen.sheet.set_column(column, column, width, pen.format({"num_format": head.format} if head.format else {}))


def _add_help(book: Book, pen: Pen, spec: SheetSpec, top: int, column: int) -> None:
    head = spec.columns[column]
    if head.note:
        pen.sheet.write_comment(top, column, head.note, {"author": "", "x_scale": 1.6, "y_scale": 1.2})
    if head.choices:
        rule = {
            "validate": "list",
            "source": book.source(head.choices),
            "error_title": "请从列表中选择",
            "error_message": f"“{head.header}”只能填列表中的值",
            "error_type": "warning",
        }
        rule["error_title"], rule["error_message"] = rule["error_title"][:32], rule["error_message"][:255]
        pen.sheet.data_validation(top + 1, column, top + spec.room, column, rule)


def _write_rows(pen: Pen, spec: SheetSpec, first: int, rows: Iterator[Sequence[Cell]]) -> int:
    styles = [{"num_format": head.format} if head.format else {} for head in spec.columns]
    at = first
    for at, row in enumerate(rows, first):
        example = EXAMPLE if at - first < spec.examples else {}
        for column, value in enumerate(row):
            if value is not None:
                pen.cell(at, column, value, styles[column] | example if column < len(styles) else example)
    return at


# --- text tables --------------------------------------------------------------------------------------------------------


def guarded(value: Cell) -> str:
    """A cell as text of a CSV file. Text that might be taken for a formula gets a ' in front; figures do not."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, dt.date):
        return value.isoformat()
    text = value.replace("\0", "")
    return f"'{text}" if is_dangerous(text) else text


def write_csv(target: Path | str | IO[bytes], header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> int:
    """Writes a text table as spreadsheets here open it: UTF-8 with a mark, CRLF. Returns the number of rows written."""
    return write_texts(target, header, ([guarded(cell) for cell in row] for row in rows))


def write_texts(target: Path | str | IO[bytes], header: Sequence[str], rows: Iterable[Sequence[str]]) -> int:
    """The same from cells that went through `guarded` already."""
    if isinstance(target, str | Path):
        with open(target, "wb") as file:
            return write_texts(file, header, rows)
    text = io.StringIO(newline="")
    text.write("\ufeff")
    writer = csv.writer(text)
    writer.writerow([guarded(word) for word in header])
    count, left = 0, iter(rows)
    while part := list(islice(left, BATCH)):
        count += len(part)
        writer.writerows(part)
        _flush(text, target)
    _flush(text, target)
    return count


def _flush(text: io.StringIO, target: IO[bytes]) -> None:
    target.write(text.getvalue().encode())
    text.seek(0)
    text.truncate()
