"""空白表: the tables of a scheme as sheets to print and fill by hand; a sheet a table, with head, codes and the line to sign."""

from __future__ import annotations

import re
from tempfile import TemporaryFile
from typing import IO, Any

from django.http import FileResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_GET

from yiwang.areas.reporting import files, opening
from yiwang.areas.reporting.figures import scheme_of
from yiwang.areas.reporting.models import PeriodKind, SchemeRevision
from yiwang.areas.reporting.schemes.schema import Item, Scheme, Table
from yiwang.areas.reporting.workbook import head_of
from yiwang.core.rights.middleware import AccessRequest
from yiwang.kit.sheets.write import HEADER, Book, Pen, text_width

#: Lines that a floating table has room for.
ROOM = 20
PERIODS = {PeriodKind.MONTH: "    年    月", PeriodKind.QUARTER: "    年第    季度", PeriodKind.YEAR: "    年"}
SIGNED = ("单位负责人:", "统计负责人:", "填表人:", "联系电话:", "报出日期:    年  月  日")
FIXED = ("指标名称", "计量单位", "代码", "本期")
CELL: dict[str, Any] = {"border": 1, "text_wrap": True, "valign": "vcenter"}
TITLE: dict[str, Any] = {"bold": True, "font_size": 16, "align": "center", "valign": "vcenter"}
PLAIN: dict[str, Any] = {"valign": "vcenter"}
A4 = 9


@require_GET
def blank(request: AccessRequest, pk: int) -> FileResponse:
    """The forms of one revision of the organ's own schemes."""
    organ = opening.configurer(request.access)
    row = get_object_or_404(SchemeRevision, pk=pk, organ=organ)
    file: IO[bytes] = TemporaryFile()  # noqa: SIM115 (the response closes it)
    write_forms(file, scheme_of(row).scheme)
    return files.sent(file, f"{row.title}_{row.revision}_空白表.xlsx")


def write_forms(target: IO[bytes], scheme: Scheme) -> None:
    """Every table of the scheme as a form, in its order."""
    with Book(target, large=False) as book:
        for number, table in enumerate(scheme.tables, 1):
            _form(book.pen(table.title), scheme, table, number)


def _form(pen: Pen, scheme: Scheme, table: Table, number: int) -> None:
    heads = [head_of(item) for item in table.items] if table.floating else list(FIXED)
    last = max(len(heads) - 1, 3)
    _page(pen, table, last)
    pen.sheet.merge_range(0, 0, 0, last, "", pen.format(TITLE))
    pen.cell(0, 0, table.title, TITLE)
    pen.sheet.set_row(0, 30)
    pen.cell(1, 0, "填报单位:", PLAIN)
    pen.cell(1, last - 1, f"表号:{scheme.key}-{number}", PLAIN)
    pen.cell(2, 0, f"报告期:{PERIODS[PeriodKind(scheme.period)]}", PLAIN)
    pen.cell(2, last - 1, f"制度:{scheme.title}({scheme.revision})", PLAIN)
    for column, head in enumerate(heads):
        pen.cell(3, column, head, HEADER)
    end = _rows(pen, table) if table.floating else _items(pen, table)
    _foot(pen, scheme, table, end)


def _page(pen: Pen, table: Table, last: int) -> None:
    """A4, as wide as the paper, the head on each page."""
    pen.sheet.set_paper(A4)
    if last > 4:
        pen.sheet.set_landscape()
    pen.sheet.fit_to_pages(1, 0)
    pen.sheet.repeat_rows(3)
    pen.sheet.set_footer("&C第 &P 页 共 &N 页")
    widths = [max(12, text_width(head_of(item)) + 2) for item in table.items] if table.floating else [44, 14, 10, 22]
    for column, width in enumerate(widths):
        pen.sheet.set_column(column, column, min(width, 44))


def _items(pen: Pen, table: Table) -> int:
    """A line an item: its name, unit, code, and room for the figure; the row after."""
    for row, item in enumerate(table.items, 4):
        for column, text in enumerate((item.label, item.unit, item.code or f"{row - 3:02d}", _room(item))):
            pen.cell(row, column, text, CELL | ({"align": "center"} if column in (1, 2) else {}))
    return 4 + len(table.items)


def _room(item: Item) -> str:
    """What stands in the cell to fill: nothing, or among what is to be chosen."""
    return "".join(f"□{choice} " for choice in item.choices).strip()


def _rows(pen: Pen, table: Table) -> int:
    """The codes under the heads, then empty lines; the row after."""
    for column, item in enumerate(table.items):
        pen.cell(4, column, item.code or f"{column + 1:02d}", CELL | {"align": "center"})
        for row in range(5, 5 + ROOM):
            pen.cell(row, column, "", CELL)
    return 5 + ROOM


def _foot(pen: Pen, scheme: Scheme, table: Table, row: int) -> None:
    """The line to sign and the remarks: what is computed, what is asked, until when."""
    for column, words in enumerate(SIGNED[:4]):
        pen.cell(row, column, words, PLAIN)
    pen.cell(row + 1, 0, SIGNED[4], PLAIN)
    made = [f"{item.label} = {_words(item.derived, scheme)}" for item in table.items if item.derived]
    asked = [item.label for item in table.items if item.required]
    notes = [f"说明:1. 报告期末后 {scheme.due_days} 日内报送;按计量单位填完整数字,不写“万”。"]
    notes += [f"2. 必填:{'、'.join(asked)}。"] if asked else []
    notes += [f"{len(notes) + 1}. 由其他指标算出:{';'.join(made)}。"] if made else []
    notes += [f"{len(notes) + 1}. {table.note}"] if table.note else []
    for at, text in enumerate(notes, row + 2):
        pen.cell(at, 0, text, PLAIN)


def _words(expression: str, scheme: Scheme) -> str:
    """A formula with the items' names for their keys."""
    named = {item.key: item.label for _, item in scheme.all_items()}
    return re.sub(r"[a-z][a-z0-9_]*", lambda found: named.get(found[0], found[0]), expression)
