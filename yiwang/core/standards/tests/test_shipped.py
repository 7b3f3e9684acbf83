"""The shipped lawbook hangs together: regions, seasons, formulas that repeat a table, both evaluators on every case."""

from __future__ import annotations

import csv
from collections import defaultdict
from datetime import date
from decimal import Decimal

import pytest

from yiwang.core.standards.book import SHIPPED, Lawbook, load
from yiwang.core.standards.bulk import judge_records
from yiwang.core.standards.cases import read_cases, typed
from yiwang.core.standards.judge import Judge
from yiwang.core.standards.records import Record, fold, resolve
from yiwang.core.standards.regions import chain
from yiwang.core.standards.verdict import VerdictKind

with (SHIPPED / "regions.csv").open(encoding="utf-8", newline="") as lines:
    REGIONS = {row["code"]: row for row in csv.DictReader(lines)}


@pytest.fixture(scope="module")
def book() -> Lawbook:
    return load()


def test_regions_form_a_tree() -> None:
    levels = {code: int(row["level"]) for code, row in REGIONS.items()}
    for code, row in REGIONS.items():
        if code == "CN":
            assert (row["level"], row["superior"]) == ("0", "")
        else:
            assert row["superior"] in chain(code)[1:]
            assert levels[row["superior"]] < levels[code]
    assert sum(level == 1 for level in levels.values()) == 34 + 1  # and the demo province
    assert sum(level == 2 for level in levels.values()) == 333


def test_every_region_of_a_row_is_known(book: Lawbook) -> None:
    named = {row.region for _, clause in book.clauses() for row in clause.table if row.region}
    assert {code for code in named if code not in REGIONS and not code.startswith("99")} == set()


def test_lodging_rows_are_placed_or_cannot_decide(book: Lawbook) -> None:
    stream = book.stream("engagements.lodging")
    for clause in {rule.clause.id: rule.clause for rule in stream.rules}.values():
        for row in clause.table:
            assert ("value" in row.cells) == (row.region is not None), row
            assert (row.cells["season"] == "旺季") == bool(row.seasons), row


def test_every_province_has_lodging_for_three_ranks(book: Lawbook) -> None:
    seen = defaultdict(set)
    for key in ("CX-2013-531/lodging-2014", "CX-2016-71/lodging-seen", "CX-2016-71/lodging-recall"):
        for row in book.clause(key).table:
            if row.region:
                seen[key.split("/")[0], row.region[:2]].add(row.cells["rank"])
    assert len(seen) == 2 * 31
    assert all(ranks == {"部级", "司局级", "其他人员"} for ranks in seen.values())


@pytest.mark.parametrize(("kind", "days", "factor"), [("一类", 31, "30.7"), ("二类", 40, "37"), ("三类", 30, "30")])
def test_long_training_repeats_the_quota(book: Lawbook, kind: str, days: int, factor: str) -> None:
    quota = next(
        row.cells["value"]
        for row in book.clause("CX-2016-540/quota").table
        if row.cells["training_class"] == kind and row.cells["item"] == "合计"
    )
    rule = next(rule for rule in book.stream("training.long").rules if rule.clause.id == "CX-2016-540/days")
    assert rule.limit is not None
    assert rule.limit.names == {"training_class", "days"}
    assert rule.limit.run({"training_class": kind, "days": Decimal(days)}) == quota * Decimal(factor)


def test_words_of_examples_are_on_the_ladders(book: Lawbook) -> None:
    for dataset in book.datasets.values():
        examples = {column.key: column.example for column in dataset.columns}
        facts = resolve(dataset, examples, book.ladders)
        assert not facts.odd, (dataset.key, facts.odd)


def test_no_header_leads_to_two_columns(book: Lawbook) -> None:
    for dataset in book.datasets.values():
        headers = [word for column in dataset.columns for word in {column.key, column.label, *column.synonyms}]
        assert len(headers) == len(set(headers)), (dataset.key, sorted(headers))


@pytest.mark.slow
def test_both_evaluators_agree_on_every_case(book: Lawbook) -> None:
    records: dict[str, list[Record]] = defaultdict(list)
    for _, case in read_cases():
        dataset = book.datasets[case.dataset]
        rows = [typed(dataset, case.facts | row) for row in case.rows]
        records[case.dataset] += fold(dataset, rows, on=case.on, region=case.region)
    for key, batch in records.items():
        counts, found = judge_records(book, key, batch, everything=True)
        assert sum(counts.values()) == len(found)


def test_a_reminder_without_a_strength_word_quotes_none(book: Lawbook) -> None:
    facts = {"organ_tier": "省级机关", "patrol_object": "房屋结构", "times": Decimal(3)}
    (verdict,) = Judge(book).judge("services.patrol", facts, on=date(2024, 12, 31), region="510000")
    assert verdict.kind is VerdictKind.WARNING
    assert "差 1 次/年(请说明理由)" in verdict.message
