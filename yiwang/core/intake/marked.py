"""The marked workbook: the user's own sheets with the verdicts in a last column, coloured cells, notes with the clause."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from xlsxwriter.exceptions import XlsxWriterException

from yiwang.core.intake.explain import check_of
from yiwang.core.intake.result import SIGNS, WORDS, CheckResult, Finding, Table, plain
from yiwang.core.standards.book import Lawbook
from yiwang.core.standards.verdict import VerdictKind
from yiwang.kit.refusal import Refusal, Where
from yiwang.kit.sheets.grid import Grid
from yiwang.kit.sheets.marking import Mark, mark_workbook
from yiwang.kit.sheets.write import sheet_name

SEVERITY = {VerdictKind.OVER: "error", VerdictKind.WARNING: "warning"}


def write_marked(result: CheckResult, grids: Sequence[Grid], bottoms: Sequence[int], book: Lawbook, path: Path) -> None:
    """Write the sheets that were read, with their marks. `grids` and `bottoms` (last header row) go with `result.tables`.

    Refuses `marked.unwritable` where the place cannot be written.
    """
    names = _names(grids)
    copies: dict[str, Grid] = {}
    heads: dict[str, int] = {}
    for table, grid, bottom, name in zip(result.tables, grids, bottoms, names, strict=True):
        if table.dataset is not None and name not in copies:
            copies[name], heads[name] = replace(grid, name=name), bottom
    try:
        mark_workbook(path, list(copies.values()), _marks(result, names, book), heads=heads)
    except (OSError, XlsxWriterException) as error:
        raise Refusal("marked.unwritable", f"标注工作簿写不下去:{error}", where=Where(file=path.name)) from None


def _names(grids: Sequence[Grid]) -> list[str]:
    """A name for each table's sheet: two tables of one sheet share it, two sheets of one name in two files do not."""
    given: dict[int, str] = {}
    for grid in grids:
        if id(grid) not in given:
            given[id(grid)] = sheet_name(grid.name, given.values())
    return [given[id(grid)] for grid in grids]


def _marks(result: CheckResult, names: Sequence[str], book: Lawbook) -> Iterator[Mark]:
    for finding in result.findings:
        if finding.verdict.kind is not VerdictKind.WITHIN:
            yield from _finding(finding, result.tables, names, book)
    for number, table in enumerate(result.tables):
        places = {header.name: header.index for header in table.match.face.headers}
        for bad in table.problems:
            yield Mark(names[number], bad.row, bad.message, places.get(bad.header), "warning")
    for one in result.differences:
        places = {header.name: header.index for header in result.tables[one.table].match.face.headers}
        text = f"填 {plain(one.stated)},按条款应为 {plain(one.computed)} {one.unit};依据{one.citation}"
        yield Mark(names[one.table], one.row, text, places.get(one.header), "warning")


def _finding(finding: Finding, tables: Sequence[Table], names: Sequence[str], book: Lawbook) -> Iterator[Mark]:
    """A mark in each row of the record, at the measured cell where there is one."""
    verdict = finding.verdict
    check = check_of(verdict, book)
    text = f"{SIGNS[verdict.kind]} {WORDS[verdict.kind]}:{verdict.subject} {verdict.message}"
    for number, row in finding.places:
        match = tables[number].match.columns.of(check.measure) if check else None
        column = match.header.index if match else None
        yield Mark(names[number], row, text, column, SEVERITY.get(verdict.kind, "info"))
