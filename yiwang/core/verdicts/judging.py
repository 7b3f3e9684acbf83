"""Judging rows of registers: many in sets, one while it is typed; and what a save may do in the face of a verdict."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from typing import Any

from yiwang.core.datasets import Column, Dataset
from yiwang.core.rights.access import Access
from yiwang.core.standards.book import Lawbook, load
from yiwang.core.standards.bulk import judge_records
from yiwang.core.standards.judge import Judge
from yiwang.core.standards.records import Record, fold
from yiwang.core.standards.verdict import Verdict, VerdictKind
from yiwang.core.verdicts.sources import SourceRow, source_of
from yiwang.kit.refusal import Refusal

#: Up to so many records one by one: setting the tables of the bulk evaluator up takes as long as judging these.
FEW = 500
#: Rows of a register are folded by the stable id of their subject: two persons may have one name.
_ID = "subject@id"
Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Judged:
    """A verdict with the row of the register it is about (the first, where several make one record) and the facts."""

    row: SourceRow
    verdict: Verdict
    facts: dict[str, Any]


@lru_cache(maxsize=2)
def judge_of(book: Lawbook) -> Judge:
    """The evaluator for single records of a lawbook, kept."""
    return Judge(book)


@lru_cache(maxsize=200)
def _by_id(book: Lawbook, key: str) -> Dataset:
    dataset = book.datasets[key]
    return replace(dataset, columns=(*dataset.columns, Column(key=_ID, label=_ID)), subject=(_ID,))


def judge_rows(
    dataset: str, rows: Iterable[SourceRow], *, on: date, everything: bool = False, book: Lawbook | None = None
) -> tuple[dict[str, int], list[Judged]]:
    """Counts of verdicts by kind, and the verdicts that are not within (all of them with `everything`)."""
    book = book or load()
    declared, given = book.datasets[dataset], list(rows)
    texts = [{**row.values, "on": row.on, "region": row.region, _ID: row.subject} for row in given]
    records = fold(_by_id(book, dataset), texts, on=on, region="CN", numbers=range(len(given)))
    for record in records:
        record.subject = given[record.rows[0]].label
    if len(records) <= FEW:
        counts, found = _one_by_one(book, dataset, records, everything=everything)
    else:
        counts, found = judge_records(book, dataset, records, everything=everything)
    keys = declared.keys
    return counts, [
        Judged(given[record.rows[0]], verdict, {key: record.values.get(key) for key in keys})
        for record, verdict in found
    ]


def _one_by_one(
    book: Lawbook, dataset: str, records: Sequence[Record], *, everything: bool
) -> tuple[dict[str, int], list[tuple[Record, Verdict]]]:
    judge, counts, found = judge_of(book), {kind.value: 0 for kind in VerdictKind}, []
    for record in records:
        for verdict in judge.judge(dataset, record.values, on=record.on, region=record.region, subject=record.subject):
            counts[verdict.kind.value] += 1
            if everything or verdict.kind is not VerdictKind.WITHIN:
                found.append((record, verdict))
    return counts, found


def judge_subjects(dataset: str, subjects: Collection[str], *, on: date) -> list[Judged]:
    """Every verdict, those within too, on subjects as the registers have them now: before or after a change."""
    rows = source_of(dataset)(on=on, subjects=subjects)
    return judge_rows(dataset, rows, on=on, everything=True)[1]


def preview(dataset: str, row: Row | Sequence[Row], on: date, region: str) -> list[Verdict]:
    """Every verdict on a row as it is typed (several rows of one subject: on their sum). Nothing is stored."""
    rows = [row] if isinstance(row, Mapping) else list(row)
    book = load()
    records = fold(book.datasets[dataset], rows, on=on, region=region)
    return [verdict for _, verdict in _one_by_one(book, dataset, records, everything=True)[1]]


def gate(
    verdicts: Iterable[Verdict],
    *,
    approval: str,
    reason: str,
    access: Access,
    before: Iterable[Verdict] = (),
) -> None:
    """Let a save pass or refuse it with the clause.

    Hard and over: refused, unless an approval document (`approval`: its number or file) is attached by someone who
    may. Soft: a reason is required. What was as bad `before` the act is not the act's fault. 待核 and what cannot
    be determined never refuse. Refusals `verdict.over`, `verdict.approval-right`, `verdict.reason`.
    """
    known = {(one.topic, one.subject, one.clause): one for one in before}
    for verdict in verdicts:
        if not _worse(verdict, known.get((verdict.topic, verdict.subject, verdict.clause))):
            continue
        if verdict.kind is VerdictKind.OVER:
            _need_approval(verdict, approval, access)
        elif verdict.kind is VerdictKind.WARNING and not reason.strip():
            raise Refusal("verdict.reason", f"{_said(verdict)}请说明理由后再保存。", clause=verdict.clause)


def _worse(verdict: Verdict, before: Verdict | None) -> bool:
    if before is None or before.kind is not verdict.kind:
        return True
    return (verdict.excess or 0) > (before.excess or 0)


def _said(verdict: Verdict) -> str:
    """The verdict's message as a sentence that another may follow."""
    return f"{verdict.message.rstrip('。;')}。"


def _need_approval(verdict: Verdict, approval: str, access: Access) -> None:
    if not approval.strip():
        message = f"{_said(verdict)}确有批准的,请由主管附批准文件后再保存。"
        raise Refusal("verdict.over", message, clause=verdict.clause)
    if not access.approves(verdict.dataset.partition(".")[0]):
        message = f"{_said(verdict)}批准文件须由主管角色附上,您没有这个权限。"
        raise Refusal("verdict.approval-right", message, clause=verdict.clause)
