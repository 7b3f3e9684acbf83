"""The evaluator for one record and the evaluator in DuckDB agree, over random lawbooks, places, dates and gaps."""

from __future__ import annotations

from datetime import date
from typing import Any

import duckdb
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from yiwang.core.standards.book import Lawbook
from yiwang.core.standards.bulk import BulkJudge, prepare, records_table, results
from yiwang.core.standards.judge import Judge
from yiwang.core.standards.records import Record
from yiwang.core.standards.schema import Document
from yiwang.core.standards.tests.worlds import DAYS, LADDERS, PERSON, REGIONS, documents, facts
from yiwang.kit.refusal import Refusal

Answer = tuple[int, str, str, int | None, Any, Any]


def world(found: list[Document]) -> Lawbook | None:
    try:
        return Lawbook(found, LADDERS, {PERSON.key: PERSON})
    except Refusal as refusal:
        assert refusal.code == "lawbook.check"
        assert "同时有效" in refusal.message
        return None


def one_by_one(book: Lawbook, records: list[Record]) -> set[Answer]:
    judge = Judge(book)
    return {
        (number, verdict.clause, verdict.kind.value, verdict.row, verdict.measure, verdict.limit)
        for number, record in enumerate(records)
        for verdict in judge.judge(PERSON.key, record.values, on=record.on, region=record.region)
    }


def all_at_once(book: Lawbook, records: list[Record]) -> set[Answer]:
    con = duckdb.connect(":memory:", config={"threads": 1})
    try:
        bulk = BulkJudge(book, PERSON, con)
        prepare(bulk, "records", records_table(book, PERSON, records))
        return {
            (rid, candidate.rule.clause.id, kind, candidate.row, measure, limit)
            for rid, _, candidate, measure, limit, kind in results(bulk, "records")
        }
    finally:
        con.close()


def records_of(rows: list[tuple[dict[str, Any], date, str]]) -> list[Record]:
    return [Record(values, on, region, f"第{n}人", [n]) for n, (values, on, region) in enumerate(rows)]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
@given(
    found=st.integers(1, 5).flatmap(lambda n: st.tuples(*(documents(number) for number in range(n)))),
    rows=st.lists(st.tuples(facts(), st.sampled_from(DAYS), st.sampled_from(REGIONS)), min_size=1, max_size=12),
)
def test_they_agree(found: tuple[Document, ...], rows: list[tuple[dict[str, Any], date, str]]) -> None:
    book = world(list(found))
    assume(book is not None)
    assert book is not None
    records = records_of(rows)
    assert one_by_one(book, records) == all_at_once(book, records)
