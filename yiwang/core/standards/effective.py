"""The effective table: rows expanded to single cells, with explicit periods, per topic and region."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cached_property
from itertools import product
from typing import TYPE_CHECKING, Any

from yiwang.core.datasets import Dataset
from yiwang.core.standards import ladders as ladder
from yiwang.core.standards.ladders import Ladders, Vocabulary
from yiwang.core.standards.regions import canonical_region, chain
from yiwang.core.standards.rules import (
    ALWAYS,
    Rule,
    compile_rule,
    fault,
    figure,
    is_hard,
    period,
    seasons,
    selected,
)
from yiwang.core.standards.schema import Row

if TYPE_CHECKING:
    from yiwang.core.standards.book import Lawbook

Key = tuple[str, ...]
UNKNOWN = ""  # the key of a fact that is missing, present only where a row covers every rung


@dataclass(frozen=True, eq=False)
class Candidate:
    """A figure that may decide: one row for one region and period, or a formula (row None, value None)."""

    rule: Rule
    row: int | None
    value: Decimal | None
    start: date
    stop: date  # half-open
    days: tuple[tuple[int, int], ...]  # month-day ranges, both ends included
    region: str
    verified: bool
    hard: bool
    modality: str = ""
    cell: Mapping[str, Any] = field(default_factory=dict)

    @property
    def rank(self) -> tuple[int, int]:
        """The lower wins at one region: higher priority first, a season before the rest of the year."""
        return (-self.rule.check.priority, 0 if self.days != ALWAYS else 1)

    def holds(self, on: date) -> bool:
        """In force on this day."""
        if not self.start <= on < self.stop:
            return False
        if self.days is ALWAYS:
            return True
        day = on.month * 100 + on.day
        return any(low <= day <= high for low, high in self.days)


def overlap(left: Candidate, right: Candidate) -> bool:
    """Whether both are in force on some day."""
    if left.start >= right.stop or right.start >= left.stop:
        return False
    return any(a <= d and c <= b for a, b in left.days for c, d in right.days)


@dataclass(eq=False)
class Stream:
    """The checks of one topic on one dataset that compete; `beside` for a check that is judged in addition."""

    dataset: Dataset
    topic: str
    beside: bool
    dims: tuple[str, ...]
    rules: list[Rule] = field(default_factory=list)
    cells: dict[tuple[str, Key], list[Candidate]] = field(default_factory=dict)
    frames: dict[str, list[Candidate]] = field(default_factory=dict)  # a clause as a whole, for a cell without a row

    @cached_property
    def regions(self) -> frozenset[str]:
        """The regions that have rows of their own."""
        return frozenset(self.frames)

    def candidates(self, key: Key, region: str, on: date) -> Iterator[Candidate]:
        """What may decide for this cell, best first."""
        for link in chain(region):
            if link in self.regions:
                for candidate in self.cells.get((link, key), ()):
                    if candidate.holds(on):
                        yield candidate

    def in_force(self, region: str, on: date) -> Iterator[Candidate]:
        """The clauses in force, best first, whatever their cells."""
        for link in chain(region):
            for candidate in self.frames.get(link, ()):
                if candidate.holds(on):
                    yield candidate


def build_streams(book: Lawbook) -> dict[str, list[Stream]]:
    """dataset key → its streams, in the order of the topics. Faults are refused (`lawbook.check`, `lawbook.overlap`)."""
    streams: dict[tuple[str, str], Stream] = {}
    for document, clause in book.clauses():
        for number, check in enumerate(clause.checks):
            if check.dataset not in book.datasets:
                raise fault(document, clause, f"没有数据集 {check.dataset}")
            dataset = book.datasets[check.dataset]
            rule = compile_rule(document, clause, number, dataset, book.ladders, book.versions[clause.id])
            _join(streams, rule, book.ladders)
    for stream in streams.values():
        _fill(stream, book.ladders)
    result: dict[str, list[Stream]] = {key: [] for key in book.datasets}
    for key in sorted(streams):
        result[streams[key].dataset.key].append(streams[key])
    return result


def _join(streams: dict[tuple[str, str], Stream], rule: Rule, ladders: Ladders) -> None:
    beside = rule.check.combine == "and"
    name = f"{rule.clause.id}#{rule.number}" if beside else ""
    dims = rule.check.limit.table or ()
    for dim in dims:
        if dim not in rule.dataset.keys:
            raise fault(rule.document, rule.clause, f"{rule.dataset.key} 没有 {dim} 列")
        vocabulary = rule.dataset.column(dim).vocabulary
        if vocabulary and vocabulary not in ladders:
            raise fault(rule.document, rule.clause, f"没有词表 {vocabulary}")
    stream = streams.setdefault((rule.check.topic, name), Stream(rule.dataset, rule.check.topic, beside, ()))
    if stream.dataset is not rule.dataset:
        raise fault(rule.document, rule.clause, f"主题 {rule.check.topic} 已用于数据集 {stream.dataset.key}")
    stream.dims = tuple(dict.fromkeys((*stream.dims, *dims)))
    stream.rules.append(rule)


def _fill(stream: Stream, ladders: Ladders) -> None:
    base: dict[tuple[str, Key], list[Candidate]] = {}
    for rule in stream.rules:
        for candidate, single, all_keys in _expand(stream, rule, ladders):
            for key in single:
                _refuse_twin(base.setdefault((candidate.region, key), []), candidate, key)
            for key in all_keys:
                stream.cells.setdefault((candidate.region, key), []).append(candidate)
            _frame(stream, candidate)
    for cell in stream.cells.values():
        cell.sort(key=lambda candidate: candidate.rank)
    for frame in stream.frames.values():
        frame.sort(key=lambda candidate: candidate.rank)


def _frame(stream: Stream, candidate: Candidate) -> None:
    """Note the clause for this region and period, once; it is verified where its clause and document are."""
    rule = candidate.rule
    frames = stream.frames.setdefault(candidate.region, [])
    same = (rule, candidate.start, candidate.stop)
    if any((frame.rule, frame.start, frame.stop) == same for frame in frames):
        return
    verified = rule.document.dates_verified and rule.clause.verified
    hard = rule.check.strength == "hard" if rule.check.strength else is_hard(rule.clause.modality)
    frames.append(
        Candidate(
            rule,
            None,
            None,
            candidate.start,
            candidate.stop,
            ALWAYS,
            candidate.region,
            verified,
            hard,
            rule.clause.modality or "",
        )
    )


def _refuse_twin(others: list[Candidate], candidate: Candidate, key: Key) -> None:
    for other in others:
        same_condition = other.rule.check.applies == candidate.rule.check.applies and (
            other.rule.document.scope == candidate.rule.document.scope
        )
        if same_condition and other.rank == candidate.rank and overlap(other, candidate):
            raise _twin(other, candidate, key)
    others.append(candidate)


def _twin(left: Candidate, right: Candidate, key: Key) -> Exception:
    """Two rows in force for one cell at one time and place."""
    return fault(
        right.rule.document,
        right.rule.clause,
        f"与 {left.rule.clause.id} 在同一格({'·'.join(key) or '全部'},{right.region})同时有效:"
        f"{left.start}–{left.stop} 与 {right.start}–{right.stop}",
    )


def _expand(stream: Stream, rule: Rule, ladders: Ladders) -> Iterator[tuple[Candidate, list[Key], list[Key]]]:
    """Each row as a candidate, with its single cells and with every key that leads to it."""
    if rule.check.limit.table is None:
        candidate = _candidate(rule, None, None)
        sets = [_everything(stream, dim, ladders) for dim in stream.dims]
        yield candidate, *_keys(sets)
        return
    for index, row in enumerate(rule.clause.table):
        if not selected(rule, row):
            continue
        value = figure(rule, row)
        if value is None:
            continue
        tier_sets = _tiers(stream, rule, row, ladders)
        candidate = _candidate(rule, index, value)
        single: list[Key] = []
        every: list[Key] = []
        for tiers in tier_sets:
            sets = [_cell(stream, rule, row, dim, tiers, ladders) for dim in stream.dims]
            more_single, more_every = _keys(sets)
            single += more_single
            every += more_every
        yield candidate, list(dict.fromkeys(single)), list(dict.fromkeys(every))


def _candidate(rule: Rule, index: int | None, value: Decimal | None) -> Candidate:
    row = rule.clause.table[index] if index is not None else None
    start, stop = period(rule.document, rule.clause, row)
    verified = rule.clause.verified if row is None or row.verified is None else row.verified
    modality = (row.modality if row else None) or rule.clause.modality
    hard = rule.check.strength == "hard" if rule.check.strength else is_hard(modality)
    region = canonical_region((row.region if row else None) or rule.document.region)
    return Candidate(
        rule=rule,
        row=index,
        value=value,
        start=start,
        stop=stop,
        days=seasons(row) if row else ALWAYS,
        region=region,
        verified=verified and rule.document.dates_verified,
        hard=hard,
        modality=modality or "",
        cell=row.cells if row else {},
    )


#: The rungs a row covers in one dimension, and the keys that lead to it: the rungs, unions of them, UNKNOWN if it covers all.
Cover = tuple[list[str], list[str]]


def _keys(sets: list[Cover]) -> tuple[list[Key], list[Key]]:
    return list(product(*(single for single, _ in sets))), list(product(*(every for _, every in sets)))


def _vocabulary(stream: Stream, dim: str, ladders: Ladders) -> Vocabulary | None:
    name = stream.dataset.column(dim).vocabulary
    return ladders[name] if name else None


def _everything(stream: Stream, dim: str, ladders: Ladders) -> Cover:
    vocabulary = _vocabulary(stream, dim, ladders)
    if vocabulary is None:
        raise fault(
            stream.rules[0].document,
            stream.rules[0].clause,
            f"主题 {stream.topic} 的 {dim} 没有词表,每一行都要写明",
        )
    return _cover(vocabulary, frozenset(vocabulary.labels))


def _cover(vocabulary: Vocabulary, labels: frozenset[str]) -> Cover:
    single = [label for label in vocabulary.labels if label in labels]
    unions = [vocabulary.compose(union) for union in _unions(vocabulary) if union <= labels]
    unknown = [UNKNOWN] if len(single) == len(vocabulary.labels) else []
    return single, single + unions + unknown


def _unions(vocabulary: Vocabulary) -> set[frozenset[str]]:
    """The groups of several rungs that some word stands for."""
    groups = set(vocabulary.words.values()) | set(vocabulary.by_tier.values())
    return {group for group in groups if len(group) > 1}


def _tiers(stream: Stream, rule: Rule, row: Row, ladders: Ladders) -> list[str | None]:
    """The tiers that a row names, one at a time, since the words for ranks differ by tier."""
    if ladder.TIER not in stream.dims:
        return [None]
    word = row.cells.get(rule.check.limit.columns.get(ladder.TIER, ladder.TIER))
    if word is None:
        return [None]
    found = ladders[ladder.TIER].resolve(str(word))
    if not found:
        raise fault(rule.document, rule.clause, f"层级“{word}”不在词表中")
    return list(found) if len(found) < len(ladders[ladder.TIER].labels) else [None]


def _cell(stream: Stream, rule: Rule, row: Row, dim: str, tier: str | None, ladders: Ladders) -> Cover:
    """What the row covers in this dimension."""
    word = row.cells.get(rule.check.limit.columns.get(dim, dim))
    vocabulary = _vocabulary(stream, dim, ladders)
    if word is None or dim not in (rule.check.limit.table or ()):
        return _everything(stream, dim, ladders)
    if vocabulary is None:
        text = key_text(word)
        return [text], [text]
    if dim == ladder.TIER and tier is not None:
        return [tier], [tier]
    found = vocabulary.resolve(str(word), tier)
    if not found:
        raise fault(rule.document, rule.clause, f"“{word}”不在词表 {vocabulary.name} 中{f'({tier})' if tier else ''}")
    return _cover(vocabulary, found)


def key_text(value: object) -> str:
    """A fact as part of a key."""
    if value is None:
        return UNKNOWN
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal | int | float):
        return format(Decimal(str(value)).normalize(), "f")
    return ladder.normal(str(value))
