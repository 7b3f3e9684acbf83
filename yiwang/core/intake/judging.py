"""Rows of all sheets folded into records, judged and counted; the clerk's figures compared; doubtful units refused."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Any

from yiwang.core.datasets import Column, Dataset
from yiwang.core.intake.compare import Comparison
from yiwang.core.intake.result import CheckResult, Finding, Problem, SheetRow, Table
from yiwang.core.standards.book import Lawbook
from yiwang.core.standards.judge import Judge
from yiwang.core.standards.records import Record, fold
from yiwang.core.standards.verdict import Verdict, VerdictKind, plain
from yiwang.kit.refusal import Refusal
from yiwang.kit.sheets.units import unit_of

BULK = 2_000  # records from which the join in DuckDB is worth its start
MOST = Decimal(10) ** 13  # sums beyond are slips of the keyboard; the join keeps 14 digits before the point
PORTION = 20_000  # rows judged at a time: memory stays flat whatever the file
FAR = 100  # figures that are all this many times off their limits are in another unit
DETAILED = 2_000  # findings of a clause whose facts are kept where memory counts: as many as a report shows
NOTHING: dict[str, Any] = {}
NONE: Counter[str] = Counter()
FORGOTTEN = Record({}, date.min, "", "")
CONVERTIBLE = frozenset(("元", "㎡", "升", "公里"))

Place = tuple[int, int]
Placed = tuple[Place, SheetRow]
Judged = list[tuple[Record, Verdict]]


def judge_tables(result: CheckResult, book: Lawbook, *, everything: bool, release: bool = False) -> None:
    """Fill the result: `checked`, `counts`, `by_clause`, `findings`, `differences`. Rows are judged portion by portion.

    With `release`, the values of rows about which there is nothing to say are let go.
    """
    claims = Comparison(result.tables, book)
    for key, numbers in _by_dataset(result.tables).items():
        dataset = book.datasets[key]
        _refuse_doubtful_units(result, numbers, dataset, book)
        result.checked[key] = 0
        shared: set[Place] = set()
        for portion in _portions(result, numbers, dataset, shared):
            records, places = _records(result, portion, dataset)
            result.checked[key] += len(records)
            counts, kept = _judge(book, dataset, records, everything=everything or claims.any)
            result.counts.update(counts)
            findings = [Finding(verdict, record, tuple(places[row] for row in record.rows)) for record, verdict in kept]
            for finding in findings:
                claims.note(finding)
            claims.settle(places, shared)
            told = [one for one in findings if everything or one.verdict.kind is not VerdictKind.WITHIN]
            result.findings += _slimmed(portion, told, result.by_clause) if release else told
            for finding in told:
                result.by_clause.setdefault(finding.verdict.clause, Counter())[finding.verdict.kind] += 1
    result.differences = claims.differences()
    order = {key: place for place, key in enumerate(result.checked)}
    result.findings.sort(
        key=lambda one: (order[one.verdict.dataset], one.places[0], one.verdict.topic, one.verdict.subject)
    )


def _slimmed(portion: list[Placed], told: list[Finding], before: dict[str, Counter[str]]) -> Iterator[Finding]:
    """The findings, without the facts of those that no report shows any more; rows that nothing refers to are let go."""
    shown: set[Place] = set()
    for finding in told:
        verdict = finding.verdict
        if before.get(verdict.clause, NONE)[verdict.kind] < DETAILED:
            shown.update(finding.places)
            yield finding
        else:
            verdict.cell = NOTHING
            yield replace(finding, record=FORGOTTEN)
    for place, row in portion:
        if place not in shown:
            row.values = NOTHING


def _by_dataset(tables: Sequence[Table]) -> dict[str, list[int]]:
    """Dataset → the tables that were read as it."""
    found: dict[str, list[int]] = {}
    for number, table in enumerate(tables):
        if table.dataset is not None:
            found.setdefault(table.dataset.key, []).append(number)
    return found


def _portions(
    result: CheckResult, numbers: Sequence[int], dataset: Dataset, shared: set[Place]
) -> Iterator[list[Placed]]:
    """The rows with their places in portions of about PORTION, in their order; all rows of one subject in the same one.

    Fills `shared` with the places at which several rows stand: the users of one room.
    """
    rows = [((number, row.number), row) for number in numbers for row in result.tables[number].rows]
    shared.update(place for (place, _), (following, _) in pairwise(rows) if place == following)
    count = -(-len(rows) // PORTION)
    if count <= 1:
        yield rows
        return
    portions: list[list[Placed]] = [[] for _ in range(count)]
    first: dict[tuple[Any, ...], int] = {}
    for at, (place, row) in enumerate(rows):
        chosen = at // PORTION
        if dataset.sums:
            chosen = first.setdefault(tuple(row.values.get(key) for key in dataset.subject), chosen)
        portions[chosen].append((place, row))
    rows.clear()
    first.clear()
    while portions:
        yield portions.pop(0)


def _records(result: CheckResult, portion: list[Placed], dataset: Dataset) -> tuple[list[Record], list[Place]]:
    """The records, and for each row number in them the place where it stands.

    A row that does not say whose it is cannot be added to another: it is a record of its own whose sum is unknown.
    """
    places = [place for place, _ in portion]
    whole: list[tuple[int, SheetRow]] = []
    alone: list[tuple[int, SheetRow]] = []
    needed = [key for key in dataset.subject if dataset.sums and dataset.column(key).required]
    for number, (_, row) in enumerate(portion):
        nameless = any(row.values.get(key) in (None, "") for key in needed)
        (alone if nameless else whole).append((number, row))
    for _, row in alone:
        row.values = row.values | dict.fromkeys(dataset.sums)
    records = _fold(result, dataset, whole)
    for one in alone:
        records += [
            replace(record, subject=record.subject or f"第 {one[1].number} 行")
            for record in _fold(result, dataset, [one])
        ]
    for record in records:
        _bound(record, dataset, result, places)
    return records, places


def _fold(result: CheckResult, dataset: Dataset, rows: Sequence[tuple[int, SheetRow]]) -> list[Record]:
    values = (row.values for _, row in rows)
    return fold(dataset, values, on=result.on, region=result.region, numbers=(number for number, _ in rows))


def _bound(record: Record, dataset: Dataset, result: CheckResult, places: Sequence[Place]) -> None:
    """A sum too large to be true becomes unknown, and is reported."""
    for key, value in record.values.items():
        if isinstance(value, Decimal) and abs(value) >= MOST:
            record.values[key] = None
            table, row = places[record.rows[0]]
            label = dataset.column(key).label
            result.tables[table].problems.append(
                Problem(row, label, "number.too-large", f"合计 {plain(value)} 太大,请核对")
            )


def _judge(
    book: Lawbook, dataset: Dataset, records: list[Record], *, everything: bool
) -> tuple[dict[str, int], Judged]:
    """Counts by kind, and the verdicts that are not within (all with `everything`)."""
    if len(records) > BULK:
        from yiwang.core.standards.bulk import judge_records

        return judge_records(book, dataset.key, records, everything=everything)
    judge, counts, kept = Judge(book), Counter[str](), []
    for record in records:
        verdicts = judge.judge(dataset.key, record.values, on=record.on, region=record.region, subject=record.subject)
        counts.update(verdict.kind.value for verdict in verdicts)
        kept += [(record, one) for one in verdicts if everything or one.kind is not VerdictKind.WITHIN]
    return counts, kept


def _refuse_doubtful_units(result: CheckResult, numbers: Sequence[int], dataset: Dataset, book: Lawbook) -> None:
    """Refuse (`sheet.unit-doubtful`) a column whose figures are all far off every limit: 万元 typed under 元.

    Who states the unit in the mapping file is believed.
    """
    for key, (low, high) in _limits(book, dataset).items():
        column = dataset.column(key)
        for number in numbers:
            table = result.tables[number]
            figures = [value for row in table.rows if (value := row.values.get(key))]
            stated = table.match.layout is not None and key in table.match.layout.units
            if figures and not stated and (max(figures) * FAR < low or min(figures) > high * FAR):
                raise _doubtful(table, column, figures, low)


def _limits(book: Lawbook, dataset: Dataset) -> dict[str, tuple[Decimal, Decimal]]:
    """Measured column → the smallest and the largest figure that any table of the lawbook has for it."""
    found: dict[str, list[Decimal]] = {}
    for stream in book.streams[dataset.key]:
        for candidates in stream.cells.values():
            for candidate in candidates:
                measure = candidate.rule.measure
                plain_column = {measure.text} == set(measure.names)
                unit = unit_of(dataset.column(measure.text).unit) if plain_column else None
                if candidate.value and unit is not None and unit.base in CONVERTIBLE:
                    found.setdefault(measure.text, []).append(candidate.value)
    return {key: (min(values), max(values)) for key, values in found.items()}


def _doubtful(table: Table, column: Column, figures: Sequence[Decimal], low: Decimal) -> Refusal:
    shown = "、".join(plain(value) for value in figures[:3])
    return Refusal(
        "sheet.unit-doubtful",
        f"“{column.label}”列按“{column.unit}”读得 {shown},与各条款的上限({plain(low)} {column.unit} 起)相差太远,单位可能不对;"
        f"请在表头写明单位,如“{column.label}(万元)”,确实是“{column.unit}”的在对应关系文件写 units: {{{column.key}: {column.unit}}}",
        where=table.match.face.where,
    )
