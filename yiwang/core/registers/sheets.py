"""The workbook of a register: a file read as its rows (intake finds the table and its columns), and the blank to fill in."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from tempfile import NamedTemporaryFile, TemporaryFile
from typing import IO, Any

from django.core.files.base import File

from yiwang.core.intake import mapping as answers
from yiwang.core.intake.catalogue import Catalogue
from yiwang.core.intake.evidence import face_of
from yiwang.core.intake.matching import Question, SheetMatch, match_sheet
from yiwang.core.intake.reading import read_table
from yiwang.core.intake.result import Problem
from yiwang.core.intake.template import EXAMPLE, REMARK
from yiwang.core.intake.workbook import Sheet, Source, read_sources
from yiwang.core.registers import sight
from yiwang.core.registers.register import Bound, Register, Show
from yiwang.core.rights.access import Access
from yiwang.core.standards.book import load
from yiwang.kit.refusal import Refusal, Where
from yiwang.kit.sheets.grid import Cell
from yiwang.kit.sheets.marking import Mark, mark_workbook
from yiwang.kit.sheets.write import ColumnSpec, SheetSpec, write_workbook

FORMATS = {Show.MONEY: "#,##0.00", Show.NUMBER: "", Show.DATE: "yyyy-mm-dd"}


@dataclass(frozen=True)
class Read:
    """The rows of the table that was taken, with the number each has in the file."""

    rows: Sequence[tuple[int, Mapping[str, Any]]]
    problems: list[Problem]
    questions: list[Question]
    notes: list[str]
    sheet: Sheet
    match: SheetMatch


def read(register: Register, file: File[bytes], mapping: Mapping[str, Any]) -> Read:
    """The first sheet that is a table of this register. `mapping`: answers to its questions, as intake keeps them.

    Refusals of `kit.sheets`, `sheet.columns-missing`, `import.empty`.
    """
    known = answers.Mapping.model_validate(mapping or {})
    reason = Refusal("import.empty", "文件里没有找到表头和数据行,请用模板填写。")
    for sheet in opened(file):
        if sheet.table is not None:
            try:
                found = _read(register, sheet, known)
            except Refusal as refusal:
                reason = Refusal(refusal.code, refusal.message, where=Where(sheet=sheet.grid.name))
                continue
            if found.rows:
                return found
    raise reason


def opened(file: File[bytes]) -> list[Sheet]:
    """The tables of an uploaded file. Refusals of `kit.sheets`."""
    with NamedTemporaryFile(suffix=Path(file.name or "").suffix) as copy:  # storage need not be a disk; reading does
        with file.open() as source:
            for some in source.chunks():
                copy.write(some)
        copy.flush()
        return read_sources([Source(Path(copy.name))])


def _read(register: Register, sheet: Sheet, known: answers.Mapping) -> Read:
    catalogue = Catalogue({register.key: register.sheet}, measured={register.key: register.natural})
    ladders = load().ladders
    assert sheet.table is not None
    face = face_of(sheet.file, sheet.grid, sheet.table, ladders)
    layout = known.of(answers.fingerprint(face.headers))
    match = match_sheet(face, catalogue, ladders, given=register.key, layout=layout)
    table = read_table(match, sheet.table, sheet.grid, ladders)
    rows = [(row.number, row.values) for row in table.rows]
    return Read(rows, table.problems, match.questions, table.notes, sheet, match)


def marked(read: Read, errors: Collection[Refusal]) -> IO[bytes]:
    """The workbook as it came, with every refusal beside its row and the cell coloured."""
    places = {one.column: one.header.index for one in read.match.columns.matches if one.column and read.match.dataset}
    columns = {
        column.label: places.get(column.key) for column in (read.match.dataset.columns if read.match.dataset else ())
    }
    columns |= {one.header.name: one.header.index for one in read.match.columns.matches}
    grid = read.sheet.grid
    marks = [
        Mark(sheet=grid.name, row=error.where.row, message=error.message, column=columns.get(error.where.column))
        for error in errors
        if error.where.row
    ]
    file: IO[bytes] = TemporaryFile()  # noqa: SIM115 (whoever keeps it closes it)
    bottom = read.sheet.table.bottom if read.sheet.table else 1
    mark_workbook(file, [grid], marks, heads={grid.name: bottom})
    file.seek(0)
    return file


def head(bound: Bound) -> str:
    """The header of a column: its label, and its unit in brackets."""
    return f"{bound.label}({bound.unit})" if bound.unit else bound.label


def blank(register: Register, access: Access) -> IO[bytes]:
    """The workbook to fill in, without the columns that the user may not fill: headers with notes, drop-downs, one example row that is no record."""
    specs, example, closed = list[ColumnSpec](), list[Cell](), sight.closed(register, access)
    for bound in (one for one in register.inputs if one.key not in closed):
        note = "\n".join(filter(None, ("必填" if bound.required else "", bound.column.note)))
        choices = tuple(bound.choices.values())
        format_ = FORMATS.get(bound.show, "@")
        specs.append(ColumnSpec(header=head(bound), format=format_, choices=choices, note=note))
        example.append(_example(bound))
    specs.append(ColumnSpec(header=REMARK, width=26))
    file: IO[bytes] = TemporaryFile()  # noqa: SIM115 (the response closes it)
    sheet = SheetSpec(name=register.label, columns=specs, rows=[[*example, EXAMPLE]], examples=1)
    write_workbook(file, [sheet])
    file.seek(0)
    return file


def _example(bound: Bound) -> Cell:
    text = bound.column.example or next(iter(bound.choices.values()), "")
    if not text:
        return None
    if bound.numeric:
        return Decimal(text)
    return date.fromisoformat(text) if bound.show is Show.DATE else text
