"""What the judge finds in the registers, beside what was planted."""

from __future__ import annotations

from collections.abc import Iterable

from yiwang.core.standards.verdict import VerdictKind
from yiwang.core.verdicts.judging import judge_rows
from yiwang.core.verdicts.sources import source_of, sourced
from yiwang.portal.demo.plants import Planted
from yiwang.portal.demo.shapes import TODAY

Found = set[tuple[str, str, str, str]]


def found() -> Found:
    """What the judge says of all registers, apart from 待核: dataset, topic, subject, kind. The meters' signs and what is
    made of them have tests of their own.
    """
    return {
        (dataset, one.verdict.topic, one.row.subject, one.verdict.kind.value)
        for dataset in sourced()
        if dataset not in ("energy.watch", "evaluation.assessment")
        for one in judge_rows(dataset, source_of(dataset)(on=TODAY), on=TODAY)[1]
        if one.verdict.kind is not VerdictKind.UNVERIFIED
    }


def expected(planted: Iterable[Planted]) -> Found:
    return {(one.dataset, one.topic, one.key, one.kind) for one in planted}
