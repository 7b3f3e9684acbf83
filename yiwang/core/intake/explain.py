"""How a verdict was computed, in words: which rows make the measure, which figures make the limit, what remains."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from yiwang.core.datasets import Dataset, Kind
from yiwang.core.intake.result import CheckResult, Finding, plain
from yiwang.core.standards.book import Lawbook
from yiwang.core.standards.effective import Stream, key_text
from yiwang.core.standards.ladders import RANK
from yiwang.core.standards.records import Record, resolve
from yiwang.core.standards.rules import column_types
from yiwang.core.standards.schema import Check
from yiwang.core.standards.verdict import BOUND, Verdict, VerdictKind
from yiwang.kit.expr import compile_expression

MOST_PARTS = 12


def facts(dataset: Dataset, values: dict[str, Any], check: Check | None) -> list[tuple[str, str]]:
    """The known facts that the check reads, and the subject's place, as (label, words with unit) in the order of the columns."""
    needed = read_by(check, dataset) | {"room"} if check else set(dataset.keys)
    found = []
    for column in dataset.columns:
        value = values.get(column.key)
        if value is None or value == "" or column.key not in needed:
            continue
        words = plain(value) if isinstance(value, Decimal | bool) else str(value)
        found.append((column.label, f"{words} {column.unit}".strip() if column.kind is Kind.NUMBER else words))
    return found


def read_by(check: Check, dataset: Dataset) -> set[str]:
    """The columns that a check reads."""
    words = " ".join((check.measure, check.applies or "", check.limit.expression or ""))
    named = {key for key in dataset.keys if re.search(rf"\b{key}\b", words)}
    return named | set(check.limit.table or ()) | set(check.limit.counts)


def how(finding: Finding, result: CheckResult, book: Lawbook, rows: dict[tuple[int, int], list[dict[str, Any]]]) -> str:
    """One or two sentences. `rows`: place → values of the rows read there."""
    verdict, dataset = finding.verdict, book.datasets[finding.verdict.dataset]
    parts = [_measure(finding, result, dataset, rows), _limit(verdict, finding.record, book, dataset), _rest(verdict)]
    return ";".join(part for part in parts if part)


def _measure(
    finding: Finding, result: CheckResult, dataset: Dataset, rows: dict[tuple[int, int], list[dict[str, Any]]]
) -> str:
    """The sum over the rows of a folded record; nothing to explain otherwise."""
    verdict = finding.verdict
    key = next((key for key in dataset.sums if dataset.column(key).label == verdict.label), None)
    if key is None or verdict.measure is None or len(finding.places) == 1 == _sharers(finding, rows):
        return ""
    part = compile_expression(dataset.sums[key], column_types(dataset))
    terms = []
    for place in finding.places[:MOST_PARTS]:
        values = _of_subject(rows.get(place, []), dataset, finding.record)
        value = part.run(values) if values else None
        shared = values.get("sharers") if values else None
        split = f"({plain(values.get(key))} ÷ {plain(shared)} 人)" if shared and shared > 1 else ""
        terms.append(f"{result.where(place)} {plain(value)}{split}")
    more = f" + 另 {len(finding.places) - MOST_PARTS} 行" if len(finding.places) > MOST_PARTS else ""
    return f"{verdict.label} {plain(verdict.measure)} = {' + '.join(terms)}{more}"


def _of_subject(candidates: Sequence[dict[str, Any]], dataset: Dataset, record: Record) -> dict[str, Any]:
    """The values of the record's own row, where several persons share one row of the sheet."""
    for values in candidates:
        if all(values.get(key) == record.values.get(key) for key in dataset.subject):
            return values
    return candidates[0] if candidates else {}


def _sharers(finding: Finding, rows: dict[tuple[int, int], list[dict[str, Any]]]) -> Decimal | int:
    shared = (values.get("sharers") for values in rows.get(finding.places[0], []))
    return max((number for number in shared if number), default=1)


def _limit(verdict: Verdict, record: Record, book: Lawbook, dataset: Dataset) -> str:
    """Which row of the table, which formula, or which sum of counts × figures gave the limit."""
    if verdict.limit is None:
        return ""
    check = check_of(verdict, book)
    bound, unit = BOUND[verdict.relation], verdict.unit
    figure = f"{bound} {plain(verdict.limit)} {unit}".rstrip()
    if check is not None and check.limit.sum_of:
        return f"{figure} = {_terms(check, verdict, record, book, dataset)}"
    if check is not None and check.limit.expression and not check.limit.expression.replace(".", "").isdigit():
        return f"{figure},按本条算式"
    words = "、".join(
        str(value) for key, value in verdict.cell.items() if isinstance(value, str) and key not in ("op", "unit")
    )
    return f"{figure}(表中:{words})" if words else figure


def check_of(verdict: Verdict, book: Lawbook) -> Check | None:
    """The check of the clause that gave this verdict."""
    checks = [check for check in book.clause(verdict.clause).checks if check.topic == verdict.topic]
    return next((check for check in checks if check.dataset == verdict.dataset), None)


def _terms(check: Check, verdict: Verdict, record: Record, book: Lawbook, dataset: Dataset) -> str:
    """县级正职 1×30 + 正科级 4×18 …"""
    stream = book.stream(str(check.limit.sum_of))
    found = resolve(dataset, record.values, book.ladders)
    terms = []
    for column, word in check.limit.counts.items():
        count = found.values.get(column)
        figure = _figure(stream, found.keys, word, verdict, book) if count else None
        if count and figure is not None:
            terms.append(f"{dataset.column(column).label} {plain(count)}×{plain(figure)}")
    return " + ".join(terms) or "0"


def _figure(stream: Stream, keys: dict[str, str], word: str, verdict: Verdict, book: Lawbook) -> Decimal | None:
    rank = book.ladders[RANK].canonical(word, keys.get("organ_tier")) or ""
    key = tuple(rank if dim == RANK else keys.get(dim, key_text(None)) for dim in stream.dims)
    found = next(iter(stream.candidates(key, verdict.region, verdict.on)), None)
    return found.value if found else None


def _rest(verdict: Verdict) -> str:
    """What remains: the difference, or what is missing."""
    if verdict.kind is VerdictKind.UNDETERMINED:
        return f"缺少:{'、'.join(verdict.missing)}" if verdict.missing else verdict.message
    if verdict.measure is None or verdict.limit is None or not verdict.excess:
        return ""
    more, less = (
        (verdict.measure, verdict.limit) if verdict.measure > verdict.limit else (verdict.limit, verdict.measure)
    )
    return f"{plain(more)} − {plain(less)} = {plain(verdict.excess)} {verdict.unit}".rstrip()
