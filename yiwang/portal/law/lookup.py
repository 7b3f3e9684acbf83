"""在某日、某地、某职级,上限是多少: the question, the fields it needs, the answer with what it prevailed over."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from yiwang.core.datasets import Column, Kind
from yiwang.core.standards.book import Lawbook
from yiwang.core.standards.effective import Candidate, Stream
from yiwang.core.standards.queries import limit_at
from yiwang.core.standards.records import resolve
from yiwang.core.standards.regions import NATION, canonical_region
from yiwang.core.standards.rules import Rule


@dataclass(frozen=True)
class Field:
    """One fact that the figure may depend on. `options` are the words of its ladder; `needed`: a cell of the table."""

    column: Column
    options: list[str]
    value: str
    needed: bool
    problem: str = ""


@dataclass(frozen=True)
class Answer:
    """The figure (None: there is none, or a fact is missing), the row it stands in, what else is in force."""

    limit: Decimal | None
    chosen: Candidate | None
    others: list[Candidate]
    missing: list[str]
    odd: list[str] = field(default_factory=list)


def topics(book: Lawbook) -> list[tuple[str, list[tuple[str, str]]]]:
    """(dataset label, [(topic, label)]) for the choice, in the order of the datasets."""
    groups = []
    for key, streams in book.streams.items():
        offered = [(stream.topic, label_of(stream)) for stream in streams if not stream.beside]
        if offered:
            groups.append((book.datasets[key].label, offered))
    return groups


def label_of(stream: Stream) -> str:
    """What a topic regulates, in the words of the nation's latest clause on it, the one with the larger table first."""

    def weight(rule: Rule) -> tuple[bool, bool, date, int]:
        return rule.document.region == NATION, rule.document.dates_verified, rule.start, len(rule.clause.table)

    return max(stream.rules, key=weight).clause.subject


def names_of(stream: Stream) -> list[str]:
    """The columns that decide the figure: the cells of the tables first, then what conditions and formulas read."""
    further: dict[str, None] = {}
    for rule in stream.rules:
        for expression in (rule.applies, rule.limit):
            further |= dict.fromkeys(sorted(expression.names)) if expression else {}
        further |= dict.fromkeys(rule.check.limit.counts)
    names = dict.fromkeys(stream.dims) | further
    return [name for name in names if name not in ("on", "region")]


def fields(book: Lawbook, stream: Stream, given: Mapping[str, str]) -> list[Field]:
    """The form of a topic with what was given."""
    result = []
    for name in names_of(stream):
        column = stream.dataset.column(name)
        options = list(book.ladders[column.vocabulary].labels) if column.vocabulary else []
        text = given.get(name, "").strip()
        problem = "请填数字" if text and read(column, text) is None else ""
        result.append(Field(column, options, text, name in stream.dims, problem))
    return result


def read(column: Column, text: str) -> Any:
    """A field's text as a fact; None where it is empty or no such thing."""
    if not text:
        return None
    if column.kind in (Kind.NUMBER, Kind.INTEGER):
        try:
            return Decimal(text.replace(",", ""))
        except InvalidOperation:
            return None
    if column.kind is Kind.BOOL:
        return text in ("是", "true", "1")
    if column.kind is Kind.DATE:
        try:
            return date.fromisoformat(text)
        except ValueError:
            return None
    return text


def answer(book: Lawbook, stream: Stream, given: Mapping[str, str], *, on: date, region: str) -> Answer:
    """The answer. Refusal `region.malformed`."""
    facts: dict[str, Any] = {name: read(stream.dataset.column(name), given.get(name, "")) for name in names_of(stream)}
    facts |= {"on": on, "region": canonical_region(region)}
    resolved = resolve(stream.dataset, facts, book.ladders)
    odd = [f"{stream.dataset.column(name).label}“{word}”" for name, word in resolved.odd.items()]
    missing = [stream.dataset.column(dim).label for dim in stream.dims if facts.get(dim) is None]
    found = limit_at(book, stream, facts, on=on, region=region)
    if found is None:
        return Answer(None, None, _in_force(stream, on, region), missing, odd)
    limit, chosen = found
    if limit is None and chosen.rule.limit is not None:
        lacking = [name for name in sorted(chosen.rule.limit.needed) if facts.get(name) is None]
        missing += [stream.dataset.column(name).label for name in lacking]
    others = [each for each in _in_force(stream, on, region) if each.rule is not chosen.rule]
    return Answer(limit, chosen, others, missing if limit is None else [], odd)


def _in_force(stream: Stream, on: date, region: str) -> list[Candidate]:
    """The clauses of the topic in force, nearest first."""
    return list(stream.in_force(canonical_region(region), on))
