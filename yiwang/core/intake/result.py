"""What a check of sheets gives: what was read and how, the verdicts with their records, and the JSON of `yiwang check`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from yiwang.core.datasets import Dataset
from yiwang.core.intake.matching import SheetMatch
from yiwang.core.standards.records import Record
from yiwang.core.standards.verdict import Verdict, VerdictKind
from yiwang.core.standards.verdict import plain as plain_figure

#: Kinds in the order in which a person wants to read them.
ORDER = (VerdictKind.OVER, VerdictKind.WARNING, VerdictKind.UNDETERMINED, VerdictKind.UNVERIFIED, VerdictKind.WITHIN)
WORDS = {
    VerdictKind.OVER: "超标",
    VerdictKind.WARNING: "提醒",
    VerdictKind.UNDETERMINED: "无法判定",
    VerdictKind.UNVERIFIED: "待核",
    VerdictKind.WITHIN: "在标准内",
}
SIGNS = {
    VerdictKind.OVER: "▲",
    VerdictKind.WARNING: "!",
    VerdictKind.UNDETERMINED: "?",
    VerdictKind.UNVERIFIED: "…",
    VerdictKind.WITHIN: "✓",
}


@dataclass(frozen=True, slots=True)
class Problem:
    """A cell (or a whole row, `header` empty) that could not be read as what its column is; the fact stays unknown."""

    row: int
    header: str
    code: str
    message: str


@dataclass(frozen=True, slots=True)
class Skipped:
    """A row that is no record, and what it is taken for."""

    row: int
    what: str
    text: str = ""


@dataclass(slots=True)
class SheetRow:
    """One row of a dataset, from one row of the sheet (or from a part of it, when several persons share a cell)."""

    number: int  # as in the file, from 1
    values: dict[str, Any]


@dataclass
class Table:
    """One sheet as it was read."""

    match: SheetMatch
    rows: list[SheetRow] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    claims: dict[str, dict[int, Any]] = field(default_factory=dict)  # header name → row → the clerk's own figure
    notes: list[str] = field(default_factory=list)  # units and headings as they were understood

    @property
    def dataset(self) -> Dataset | None:
        """What the sheet was taken for."""
        return self.match.dataset


@dataclass(frozen=True, slots=True)
class Finding:
    """A verdict with the record it is about and the places of its rows: (index of the table, row number)."""

    verdict: Verdict
    record: Record
    places: tuple[tuple[int, int], ...]

    @property
    def row(self) -> int:
        """The row number in the file; of the first row, where several make one record."""
        return self.places[0][1]


@dataclass(frozen=True, slots=True)
class Difference:
    """A figure that the clerk worked out by hand and that comes out otherwise."""

    table: int
    row: int
    subject: str
    header: str
    stated: Decimal | bool
    computed: Decimal | bool
    unit: str
    clause: str
    citation: str


@dataclass
class CheckResult:
    """Everything about one check."""

    lawbook: str
    on: date
    region: str
    tables: list[Table] = field(default_factory=list)
    checked: dict[str, int] = field(default_factory=dict)  # dataset → records judged
    counts: Counter[str] = field(default_factory=Counter)  # kind → verdicts, also those that are not kept
    by_clause: dict[str, Counter[str]] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)  # all, or those that are not within
    differences: list[Difference] = field(default_factory=list)

    @property
    def over(self) -> bool:
        """Whether a hard clause is broken."""
        return self.counts[VerdictKind.OVER] > 0

    def where(self, place: tuple[int, int]) -> str:
        """A place in words: file, sheet, row."""
        table = self.tables[place[0]]
        files = {one.match.face.file for one in self.tables}
        file = f"{table.match.face.file} " if len(files) > 1 else ""
        return f"{file}{table.match.face.sheet} 第 {place[1]} 行"

    def as_dict(self) -> dict[str, Any]:
        """The JSON of `yiwang check`."""
        return {**self.head(), "verdicts": list(self.verdicts())}

    def head(self) -> dict[str, Any]:
        """The JSON without its verdicts."""
        return {
            "lawbook": self.lawbook,
            "on": self.on.isoformat(),
            "region": self.region,
            "checked": self.checked,
            "counts": {kind.value: self.counts[kind] for kind in VerdictKind},
        }

    def verdicts(self) -> Iterator[dict[str, Any]]:
        """The kept verdicts as JSON-ready data, in the order of datasets and rows."""
        for finding in self.findings:
            verdict = finding.verdict
            yield {
                "dataset": verdict.dataset,
                "row": finding.row,
                "subject": verdict.subject,
                "clause": verdict.clause,
                "document": verdict.document,
                "article": verdict.article,
                "kind": verdict.kind.value,
                "measure": number(verdict.measure),
                "limit": number(verdict.limit),
                "excess": number(verdict.excess),
                "unit": verdict.unit,
                "on": verdict.on.isoformat(),
                "region": verdict.region,
                "message": verdict.message,
            }


def number(value: Decimal | None) -> int | float | None:
    """A figure as JSON has it."""
    if value is None:
        return None
    return int(value) if value == value.to_integral_value() else float(value)


def plain(value: Decimal | bool | None) -> str:
    """A figure for people: grouped by three, no idle zeros; 是 and 否 for yes and no."""
    return ("是" if value else "否") if isinstance(value, bool) else plain_figure(value)


def skipped(table: Table) -> list[str]:
    """The rows that are no records, in a sentence for each kind."""
    groups: dict[str, list[int]] = {}
    for row in table.skipped:
        groups.setdefault(row.what, []).append(row.row)
    return [f"不作记录:{what} {len(numbers):,} 行({_listed(numbers)})" for what, numbers in groups.items()]


def _listed(numbers: list[int]) -> str:
    shown = "、".join(str(number) for number in numbers[:12])
    return f"第 {shown} 行" + ("等" if len(numbers) > 12 else "")
