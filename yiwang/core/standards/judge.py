"""The evaluator for one record: a few look-ups and closures, microseconds after the lawbook is loaded."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from yiwang.core.standards.book import Lawbook
from yiwang.core.standards.effective import Candidate, Stream, key_text
from yiwang.core.standards.ladders import JOIN, RANK, TIER
from yiwang.core.standards.records import Facts, resolve, subject_of
from yiwang.core.standards.regions import NATION, canonical_region
from yiwang.core.standards.verdict import Verdict, VerdictKind
from yiwang.kit.expr import Expression
from yiwang.kit.expr.semantics import COMPARE, ten_places

ZERO = Decimal(0)
FOUR = Decimal("0.0001")


def settle(value: Decimal | None) -> Decimal | None:
    """A figure to four places, half away from zero: what is compared is what is shown."""
    if value is None:
        return None
    if value % FOUR == 0:
        return value
    return ten_places(value).quantize(FOUR, rounding="ROUND_HALF_UP")


class Judge:
    """Judges records of any dataset under one lawbook."""

    def __init__(self, book: Lawbook) -> None:
        self.book = book

    def judge(
        self, dataset: str, record: Mapping[str, Any], *, on: date, region: str, subject: str | None = None
    ) -> list[Verdict]:
        """Every verdict on this record: one per topic in force at this date and place that applies to it.

        KeyError for an unknown dataset; Refusal `region.malformed` for a region that is no code.
        """
        declared = self.book.datasets[dataset]
        facts = resolve(declared, record, self.book.ladders)
        place = canonical_region(region)
        facts.values |= {"on": on, "region": None if place == NATION else place}  # expressions may ask for both
        who = subject_of(declared, record) if subject is None else subject
        verdicts = (self._stream(stream, facts, on, place, who) for stream in self.book.streams[dataset])
        return [verdict for verdict in verdicts if verdict is not None]

    def _stream(self, stream: Stream, facts: Facts, on: date, region: str, who: str) -> Verdict | None:
        keys = tuple([_key(stream, facts, dim) for dim in stream.dims]) if stream.dims else ()
        for candidate in stream.candidates(keys, region, on):
            truth = _truth(candidate, facts)
            if truth is False:
                continue
            return self._decide(stream, candidate, facts, truth, on, region, who)
        for frame in stream.in_force(region, on):
            truth = _truth(frame, facts)
            if truth is False:
                continue
            if frame.rule.check.gap == "none" and truth and not self._absent(stream, facts):
                return None
            missing = list(dict.fromkeys(self._unknown(frame, facts, truth) + self._absent(stream, facts)))
            return _verdict(stream, frame, facts, on, region, who, missing=missing, gap=not missing)
        return None

    def _decide(
        self,
        stream: Stream,
        candidate: Candidate,
        facts: Facts,
        truth: bool | None,
        on: date,
        region: str,
        who: str,
    ) -> Verdict:
        rule = candidate.rule
        measure = settle(rule.measure.run(facts.values))
        limit, missing, verified = candidate.value, [], candidate.verified
        if rule.limit is not None:
            limit = rule.limit.run(facts.values)
            if limit is None:
                missing += _lacking(rule.limit, facts)
        elif rule.check.limit.sum_of is not None:
            limit, missing, verified = self._sum(candidate, facts, on, region)
        if measure is None:
            missing = _lacking(rule.measure, facts) + missing
        missing = self._unknown(candidate, facts, truth) + missing
        return _verdict(
            stream, candidate, facts, on, region, who,
            measure=measure, limit=settle(limit), missing=list(dict.fromkeys(missing)), verified=verified,
        )  # fmt: skip

    def _sum(self, candidate: Candidate, facts: Facts, on: date, region: str) -> tuple[Decimal | None, list[str], bool]:
        """Σ count × the other topic's figure for that rank; unknown if a figure is needed and there is none."""
        check = candidate.rule.check
        other = self.book.stream(str(check.limit.sum_of))
        tier = facts.keys.get(TIER)
        if all(facts.values.get(column) is None for column in check.limit.counts):
            return None, list(check.limit.counts), candidate.verified
        total, verified, missing = ZERO, candidate.verified, []
        for column, word in check.limit.counts.items():
            count = facts.values.get(column)
            if not count:
                continue
            rank = self.book.ladders[RANK].canonical(word, tier) or ""
            keys = tuple([rank if dim == RANK else _key(other, facts, dim) for dim in other.dims])
            found = next(iter(other.candidates(keys, region, on)), None)
            if found is None or found.value is None:
                missing += [dim for dim in other.dims if dim != RANK and not facts.keys.get(dim)] or [column]
                continue
            total += count * found.value
            verified = verified and found.verified
        return (None if missing else total), missing, verified

    def _unknown(self, candidate: Candidate, facts: Facts, truth: bool | None) -> list[str]:
        rule = candidate.rule
        return _lacking(rule.applies, facts) if truth is None and rule.applies else []

    def _absent(self, stream: Stream, facts: Facts) -> list[str]:
        return [dim for dim in stream.dims if not _key(stream, facts, dim)]


def _key(stream: Stream, facts: Facts, dim: str) -> str:
    if stream.dataset.column(dim).vocabulary:
        return facts.keys.get(dim, "")
    return key_text(facts.values.get(dim))


def _truth(candidate: Candidate, facts: Facts) -> bool | None:
    applies = candidate.rule.applies
    if applies is None:
        return True
    truth: bool | None = applies.run(facts.values)
    return truth


class _Reads(dict[str, Any]):
    """Facts that note which unknown ones an expression comes upon: those of a branch not taken are not missed."""

    def __init__(self, values: Mapping[str, Any]) -> None:
        super().__init__(values)
        self.unknown: set[str] = set()

    def get(self, key: str, default: Any = None) -> Any:
        value = super().get(key, default)
        if value is None:
            self.unknown.add(key)
        return value


def _lacking(expression: Expression, facts: Facts) -> list[str]:
    absent = [name for name in expression.needed if facts.values.get(name) is None]
    if len(absent) <= 1:
        return absent
    reads = _Reads(facts.values)
    expression.run(reads)
    return sorted(reads.unknown & expression.needed)


def _verdict(
    stream: Stream,
    candidate: Candidate,
    facts: Facts,
    on: date,
    region: str,
    who: str,
    *,
    measure: Decimal | None = None,
    limit: Decimal | None = None,
    missing: list[str],
    verified: bool | None = None,
    gap: bool = False,
) -> Verdict:
    rule = candidate.rule
    known = measure is not None and limit is not None and not missing
    broken = known and not COMPARE[rule.check.relation](measure, limit)
    trusted = candidate.verified if verified is None else verified
    column = stream.dataset.column
    several = _several(stream, facts) if gap else []
    return Verdict(
        dataset=stream.dataset.key,
        subject=who,
        topic=stream.topic,
        clause=rule.clause.id,
        document=rule.document.title,
        number=rule.document.document_number or "",
        article=rule.clause.article or "",
        kind=judge_kind(verified=trusted, known=known, broken=broken, hard=candidate.hard),
        modality=candidate.modality,
        measure=measure,
        label=rule.label,
        relation=rule.check.relation,
        limit=limit,
        excess=abs(measure - limit) if broken else (ZERO if known else None),  # type: ignore[operator]
        unit=rule.unit,
        on=on,
        region=region,
        row=candidate.row,
        cell=dict(candidate.cell),
        missing=tuple([column(name).label for name in missing]) if missing else (),
        version=rule.version,
        odd=tuple([f"{column(name).label}“{word}”对不上词表" for name, word in facts.odd.items()] + several)
        if facts.odd or several
        else (),
        gap=gap and not several,
    )


def _several(stream: Stream, facts: Facts) -> list[str]:
    """What to ask where a word stands for rungs whose figures differ."""
    dims = [dim for dim in stream.dims if dim in facts.keys and facts.values.get(dim) is None]
    return [f"{stream.dataset.column(dim).label}要写明是哪一种:{facts.keys[dim].replace(JOIN, '、')}" for dim in dims]


def judge_kind(*, verified: bool, known: bool, broken: bool, hard: bool) -> VerdictKind:
    """The answer from four yes-or-no questions. What is not verified never accuses and never asks."""
    if not verified:
        return VerdictKind.UNVERIFIED
    if not known:
        return VerdictKind.UNDETERMINED
    if not broken:
        return VerdictKind.WITHIN
    return VerdictKind.OVER if hard else VerdictKind.WARNING
