"""The course of a figure over time: how what one row of a clause allows was and is regulated by other documents."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from yiwang.core.standards.book import Lawbook
from yiwang.core.standards.effective import Stream
from yiwang.core.standards.ladders import TIER
from yiwang.core.standards.queries import Span, timeline
from yiwang.core.standards.rules import Rule
from yiwang.core.standards.schema import Check, Clause, Row
from yiwang.kit import svg

#: So many rows of a table are looked at for the one to show first.
MOST = 40


@dataclass(frozen=True)
class Course:
    """One check's figure for the facts of one row, at one region, oldest first."""

    rule: Rule
    facts: Mapping[str, str]
    region: str
    spans: list[Span]

    @property
    def words(self) -> str:
        """The facts in words: 市级机关 · 正局(处)级."""
        return " · ".join(self.facts.values()) or "全部"

    def picture(self, *, today: date, marks: tuple[tuple[date, str], ...] = ()) -> str:
        """The drawing."""
        unit = self.rule.unit
        spans = [
            svg.Span(
                span.start,
                None if span.stop == date.max else span.stop,
                span.limit,
                (f"{svg.grouped(span.limit)} {unit}" if span.limit is not None else "按公式")
                + ("" if span.candidate.verified else " 待核"),
                span.candidate.verified,
            )
            for span in self.spans
        ]
        return svg.timeline(spans, title=f"{self.rule.label}:{self.words}", today=today, unit=unit, marks=marks)


def rules_of(book: Lawbook, clause: Clause) -> list[tuple[Stream, Rule]]:
    """The compiled checks of a clause with their streams."""
    return [
        (stream, rule)
        for streams in book.streams.values()
        for stream in streams
        for rule in stream.rules
        if rule.clause is clause
    ]


def rivals(stream: Stream) -> list[Rule]:
    """Every clause that regulates the same thing, oldest first."""
    return sorted(stream.rules, key=lambda rule: (rule.start, rule.document.region, rule.clause.id))


def facts_of(book: Lawbook, stream: Stream, check: Check, row: Row) -> dict[str, str]:
    """The facts of one row as a record would state them; of a group the first member."""
    facts: dict[str, str] = {}
    dims = sorted(check.limit.table or (), key=lambda dim: dim != TIER)
    for dim in dims:
        word = row.cells.get(check.limit.columns.get(dim, dim))
        vocabulary = stream.dataset.column(dim).vocabulary
        if word is None or not vocabulary:
            facts |= {dim: str(word)} if word is not None else {}
            continue
        ladder = book.ladders[vocabulary]
        found = ladder.resolve(str(word), facts.get(TIER)) or frozenset()
        facts[dim] = next((label for label in ladder.labels if label in found), str(word))
    return facts


def course(book: Lawbook, stream: Stream, rule: Rule, index: int | None, region: str) -> Course:
    """The course for a row (by its index), or for a formula (None)."""
    facts = {} if index is None else facts_of(book, stream, rule.check, rule.clause.table[index])
    place = region or (rule.clause.table[index].region if index is not None else "") or rule.document.region
    values: dict[str, Any] = dict(facts)
    return Course(rule, facts, place, timeline(book, stream, values, region=place))


def telling(book: Lawbook, stream: Stream, rule: Rule, rows: list[int], region: str) -> int:
    """Of the first rows the one whose figure changed most often; the first if none did."""
    drawn = {index: course(book, stream, rule, index, region) for index in rows[:MOST]}
    return max(drawn, key=lambda index: (len({span.limit for span in drawn[index].spans}), -index))
