"""Questions to the lawbook: what is in force, how a value changed, what differs between two dates, what is judged."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Any

from yiwang.core.standards.book import Lawbook
from yiwang.core.standards.effective import Candidate, Stream, key_text
from yiwang.core.standards.ladders import normal
from yiwang.core.standards.records import resolve
from yiwang.core.standards.regions import canonical_region, chain
from yiwang.core.standards.rules import EVER, period
from yiwang.core.standards.schema import Clause, Document


@dataclass(frozen=True)
class InForce:
    """A clause in force on a day at a place."""

    document: Document
    clause: Clause
    start: date
    stop: date  # half-open; date.max while open

    @property
    def verified(self) -> bool:
        """Whether clause and dates are verified as a whole (a row may still differ)."""
        return self.clause.verified and self.document.dates_verified


def in_force(book: Lawbook, *, on: date, region: str) -> list[InForce]:
    """Every clause in force on this day at this place, nation first."""
    links = chain(canonical_region(region))
    found = []
    for document, clause in book.clauses():
        start, stop = period(document, clause, None)
        places = {canonical_region(row.region) for row in clause.table if row.region} | {
            canonical_region(document.region)
        }
        if start <= on < stop and places & set(links):
            found.append(InForce(document, clause, start, stop))
    return found


def diff(book: Lawbook, before: date, after: date, *, region: str) -> tuple[list[InForce], list[InForce]]:
    """The clauses that ended and those that began between two days, at this place."""
    old = {each.clause.id: each for each in in_force(book, on=before, region=region)}
    new = {each.clause.id: each for each in in_force(book, on=after, region=region)}
    ended = [each for key, each in old.items() if key not in new]
    begun = [each for key, each in new.items() if key not in old]
    return ended, begun


@dataclass(frozen=True)
class Span:
    """A stretch of time in which one figure decides. `limit` is None for a formula whose facts are not all given."""

    start: date
    stop: date
    limit: Decimal | None
    candidate: Candidate


def limit_at(
    book: Lawbook, topic: str | Stream, facts: Mapping[str, Any], *, on: date, region: str
) -> tuple[Decimal | None, Candidate] | None:
    """The figure of a topic for these facts on this day at this place, and the row it stands in; None if there is none."""
    stream = topic if isinstance(topic, Stream) else book.stream(topic)
    resolved = resolve(stream.dataset, facts, book.ladders)
    keys = _keys(stream, resolved.keys, resolved.values)
    for candidate in stream.candidates(keys, canonical_region(region), on):
        applies = candidate.rule.applies
        if applies is None or applies.run(resolved.values) is not False:
            return _figure(candidate, resolved.values), candidate
    return None


def _keys(stream: Stream, coded: Mapping[str, str], values: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(
        coded.get(dim, "") if stream.dataset.column(dim).vocabulary else key_text(values.get(dim))
        for dim in stream.dims
    )


def _figure(candidate: Candidate, values: Mapping[str, Any]) -> Decimal | None:
    if candidate.rule.limit is None:
        return candidate.value
    value: Decimal | None = candidate.rule.limit.run(values)
    return value


def timeline(book: Lawbook, topic: str | Stream, facts: Mapping[str, Any], *, region: str) -> list[Span]:
    """How the figure of a topic for these facts changed over time at this place, oldest first; gaps are left out."""
    stream = topic if isinstance(topic, Stream) else book.stream(topic)
    resolved = resolve(stream.dataset, facts, book.ladders)
    keys = _keys(stream, resolved.keys, resolved.values)
    place = canonical_region(region)
    involved = [each for link in chain(place) for each in stream.cells.get((link, keys), ())]
    cuts = sorted({each.start for each in involved} | {each.stop for each in involved})
    spans: list[Span] = []
    for start, stop in pairwise(cuts):
        found = limit_at(book, stream, facts, on=start, region=place)
        if found is None:
            continue
        figure, candidate = found
        if spans and spans[-1].candidate is candidate and spans[-1].stop == start:
            spans[-1] = Span(spans[-1].start, stop, figure, candidate)
        else:
            spans.append(Span(start, stop, figure, candidate))
    return spans


def until(day: date) -> str:
    """The last day of a half-open period as published (inclusive), or 现行."""
    return "现行" if day == EVER else date.fromordinal(day.toordinal() - 1).isoformat()


def since(day: date) -> str:
    """The first day, or 不详 where it is not known."""
    return "不详" if day == date.min else day.isoformat()


JUDGED, NOT_YET, UNJUDGED, PENDING = "judged", "not_yet", "unjudgeable", "unverified"


def state_of(document: Document, clause: Clause) -> str:
    """Coverage: judged; judged but 待核 (no row is verified, or the document's dates are not); not judgeable; not yet."""
    if clause.unjudged:
        return UNJUDGED
    if not clause.checks:
        return NOT_YET
    some = clause.verified or any(row.verified for row in clause.table)
    return JUDGED if some and document.dates_verified else PENDING


def coverage(book: Lawbook) -> Iterator[tuple[Document, dict[str, int]]]:
    """Per document: clauses judged, judged but 待核, not judgeable, not yet."""
    for document in book.documents.values():
        counts = dict.fromkeys((JUDGED, PENDING, UNJUDGED, NOT_YET), 0)
        for clause in document.clauses:
            counts[state_of(document, clause)] += 1
        yield document, counts


def search(book: Lawbook, text: str, *, most: int = 50) -> list[tuple[int, Document, Clause]]:
    """Clauses that hold every word of the text, best first (a hit in title, number or subject weighs more).

    A scan of a few hundred clauses takes about a millisecond; a trigram index would find nothing for words of two characters.
    """
    words = [normal(word).lower() for word in text.split() if word.strip()]
    if not words:
        return []
    found = []
    for document, clause in book.clauses():
        score = sum(_score(word, document, clause) for word in words)
        if all(_score(word, document, clause) for word in words):
            found.append((score, document, clause))
    found.sort(key=lambda each: -each[0])
    return found[:most]


def _score(word: str, document: Document, clause: Clause) -> int:
    fields = (
        (8, clause.subject),
        (6, clause.id),
        (5, document.title),
        (5, document.document_number or ""),
        (4, clause.article or ""),
        (3, clause.paraphrase),
        (1, " ".join(str(value) for row in clause.table for value in row.cells.values())),
        (1, clause.note or ""),
    )
    return sum(weight for weight, field in fields if word in normal(field).lower())
