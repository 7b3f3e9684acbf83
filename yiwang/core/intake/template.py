"""Blank workbooks: one sheet a dataset, Chinese headers with notes, drop-downs from the vocabularies, one example row.

The example row carries EXAMPLE in its last column. It is no record as long as it is unchanged: reading the blank back
judges nobody. Whoever types over it and forgets the mark is read nevertheless (see `reading`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path

from xlsxwriter.exceptions import XlsxWriterException

from yiwang.core.datasets import Column, Dataset, Kind
from yiwang.core.standards.ladders import Ladders
from yiwang.kit.refusal import Refusal, Where
from yiwang.kit.sheets.grid import Cell
from yiwang.kit.sheets.write import ColumnSpec, SheetSpec, write_workbook

REMARK = "填写说明"
EXAMPLE = "示例行(填写时请删除)"
KINDS = {
    Kind.TEXT: "文字",
    Kind.CODE: "代码(按文字保存)",
    Kind.NUMBER: "数字",
    Kind.INTEGER: "整数",
    Kind.DATE: "日期,如 2026-11-22",
    Kind.BOOL: "是或否(可打 √)",
}
FORMATS = {Kind.CODE: "@", Kind.DATE: "yyyy-mm-dd"}
WORDS_IN_NOTE = 40


def note(column: Column, ladders: Ladders) -> str:
    """What stands in the note of a header: kind and unit, whether it is needed, meaning, words."""
    lines = [KINDS[column.kind] + (f",单位:{column.unit}" if column.unit else "")]
    if column.required:
        lines.append("必填")
    if column.note:
        lines.append(column.note)
    if column.vocabulary in ladders:
        lines.append("可填:" + "、".join(ladders[column.vocabulary].labels[:WORDS_IN_NOTE]))
    return "\n".join([*lines, f"字段:{column.key}"])


def example(column: Column) -> Cell:
    """The example as a typed cell; None if the column has none."""
    text = column.example
    if not text:
        return None
    if column.kind in (Kind.NUMBER, Kind.INTEGER):
        return Decimal(text)
    return dt.date.fromisoformat(text) if column.kind is Kind.DATE else text


def sheet(dataset: Dataset, ladders: Ladders) -> SheetSpec:
    """The blank sheet of a dataset: its columns in their order, then the column with the mark of the example row."""
    columns = [_column(column, ladders) for column in dataset.columns]
    about = f"{dataset.label}({dataset.key})\n{dataset.note}".strip()
    about += "\n第 2 行是示例行,填写时请删除;原样留着不会被判定"
    columns.append(ColumnSpec(header=REMARK, width=28, note=about))
    row = [*(example(column) for column in dataset.columns), EXAMPLE]
    return SheetSpec(name=dataset.label, columns=columns, rows=[row], examples=1)


def _column(column: Column, ladders: Ladders) -> ColumnSpec:
    words = ladders[column.vocabulary].labels if column.vocabulary in ladders else ()
    return ColumnSpec(
        header=column.label,
        format=FORMATS.get(column.kind, ""),
        choices=("是", "否") if column.kind is Kind.BOOL else words,
        note=note(column, ladders),
    )


def write_template(datasets: Sequence[Dataset], ladders: Ladders, path: Path) -> None:
    """Write a blank workbook with a sheet for each dataset; refuses (`template.unwritable`) a place that cannot be written."""
    try:
        write_workbook(path, [sheet(dataset, ladders) for dataset in datasets])
    except (OSError, XlsxWriterException) as error:
        raise Refusal("template.unwritable", f"模板写不下去:{error}", where=Where(file=path.name)) from None
