"""A supplier's statement as rows: the table is found and its columns matched by core.intake; what was chosen is kept by the caller.

Statements differ by supplier and not by month: who has once said which header is what is not asked again.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.core.files.base import ContentFile

from yiwang.core.intake.catalogue import Catalogue
from yiwang.core.intake.evidence import face_of
from yiwang.core.intake.headers import assign
from yiwang.core.intake.mapping import Layout, fingerprint
from yiwang.core.intake.matching import match_sheet
from yiwang.core.intake.reading import read_table
from yiwang.core.intake.result import Problem
from yiwang.core.intake.workbook import Sheet
from yiwang.core.registers import sheets
from yiwang.core.registers.register import Register
from yiwang.core.standards.book import load
from yiwang.kit.refusal import Refusal


@dataclass(frozen=True)
class Choice:
    """A column with the header that it is read from ("" for none)."""

    key: str
    label: str
    header: str
    needed: bool


@dataclass(frozen=True)
class StatementRows:
    """The rows by their line with cleaned values, what could not be read, the choices made, all headers, columns still wanted."""

    rows: Mapping[int, Mapping[str, Any]]
    problems: Collection[Problem]
    choices: list[Choice]
    headers: list[str]
    missing: list[str] = field(default_factory=list)

    @property
    def columns(self) -> dict[str, str]:
        """Column → header, to be remembered."""
        return {one.key: one.header for one in self.choices if one.header}


def read_statement(
    content: bytes, name: str, *, register: Register, needed: Collection[str], columns: Mapping[str, str]
) -> StatementRows:
    """The first table of the file. `columns`: what was chosen or remembered (column → header); the rest is guessed.

    Refusals of `kit.sheets`, `import.empty`.
    """
    for sheet in sheets.opened(ContentFile(content, name=name)):
        if sheet.table is not None:
            return _table(sheet, register, needed, columns)
    raise Refusal("import.empty", "文件里没有找到表头和数据行,请检查是不是对账单。")


def _table(sheet: Sheet, register: Register, needed: Collection[str], columns: Mapping[str, str]) -> StatementRows:
    assert sheet.table is not None
    ladders = load().ladders
    face = face_of(sheet.file, sheet.grid, sheet.table, ladders)
    headers = [header.name for header in face.headers]
    chosen = {header: key for key, header in columns.items() if header in headers}
    layout = Layout(fingerprint=fingerprint(face.headers), dataset=register.key, columns=chosen)
    catalogue = Catalogue({register.key: register.sheet}, measured={register.key: register.natural})
    try:
        match = match_sheet(face, catalogue, ladders, given=register.key, layout=layout)
    except Refusal:  # columns that nobody knows yet: they are asked, the others are kept
        match = None
    found = match.columns if match else assign(face.headers, register.sheet, fit=face.fit, known=chosen)
    by_column = {one.column: one.header.name for one in found.matches if one.column}
    by_column |= {key: header for header, key in chosen.items()}
    choices = [
        Choice(bound.key, bound.label, by_column.get(bound.key, ""), bound.key in needed) for bound in register.inputs
    ]
    missing = [one.label for one in choices if one.needed and not one.header]
    if missing or match is None:
        return StatementRows({}, [], choices, headers, missing or ["表头"])
    table = read_table(match, sheet.table, sheet.grid, ladders)
    return StatementRows({row.number: row.values for row in table.rows}, table.problems, choices, headers)
