"""照标准评价: contents, points, grades and the formula of service evaluation, as the lawbook has them on a day.

Nothing of it is written here: GB/T 43542 gives the contents (`SV-43542-2`), the grades and the formula (`SV-43542-4`).
Where the clause gives no points for the contents, those of the contract are taken, else all count alike.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from yiwang.core.standards.book import load
from yiwang.core.standards.schema import Clause, Document, Row
from yiwang.kit.expr import Expression, Type, compile_expression
from yiwang.kit.refusal import Refusal

CONTENTS, GRADES = "SV-43542-2", "SV-43542-4"
_CENT = Decimal("0.01")


@dataclass(frozen=True)
class Ground:
    """A clause beside a figure, with the attributes that `{% citation %}` reads."""

    clause: str
    document: str
    number: str
    article: str
    text: str
    note: str
    verified: bool
    version: str


@dataclass(frozen=True)
class Standard:
    """What holds on a day. `contents`: word → points (None where the clause gives none); `grades` downwards."""

    contents: dict[str, Decimal | None]
    grades: tuple[tuple[Decimal, str], ...]
    formula: Expression
    grounds: tuple[Ground, Ground]

    def weights(self, agreed: Mapping[str, int]) -> tuple[dict[str, Decimal], str]:
        """Points of each content, and where they come from: 条款, 合同 or 均分."""
        given = {word: points for word, points in self.contents.items() if points is not None}
        if len(given) == len(self.contents):
            return given, "条款"
        if agreed:
            return {word: Decimal(agreed[word]) for word in self.contents if agreed.get(word)}, "合同"
        return dict.fromkeys(self.contents, Decimal(1)), "均分"

    def total(self, department: Decimal, users: Decimal) -> Decimal:
        """The score by the clause's formula, two places."""
        score = self.formula.run({"dept_score": department, "user_score": users})
        return Decimal(score).quantize(_CENT, ROUND_HALF_UP)

    def grade(self, score: Decimal) -> str:
        """The word of the highest grade that the score reaches."""
        return next((word for least, word in self.grades if score >= least), "")


def weighted(points: Mapping[str, Decimal], weights: Mapping[str, Decimal]) -> Decimal:
    """The mean of scores of 100 by weight, two places."""
    total = sum(weights.values(), Decimal(0))
    return (sum((points[word] * weight for word, weight in weights.items()), Decimal(0)) / total).quantize(
        _CENT, ROUND_HALF_UP
    )


def standard(on: date) -> Standard:
    """What holds on the day. Refusal `score.no-clause` where one of the clauses does not."""
    contents, grades = _in_force(CONTENTS, on), _in_force(GRADES, on)
    formula = grades[1].formula
    if formula is None or formula.expression is None:
        raise _none(GRADES, on)
    rows = [row.cells for row in _rows(grades[1], on)]
    ranked = sorted(((Decimal(str(row["value"])), str(row["grade"])) for row in rows), reverse=True)
    numbers = {"dept_score": Type.NUMBER, "user_score": Type.NUMBER}
    return Standard(
        contents={str(row.cells["content"]): _points(row) for row in _rows(contents[1], on)},
        grades=tuple(ranked),
        formula=compile_expression(formula.expression, numbers),
        grounds=(_ground(*contents), _ground(*grades)),
    )


def _points(row: Row) -> Decimal | None:
    value = row.cells.get("value")
    return None if value is None else Decimal(str(value))


def _in_force(key: str, on: date) -> tuple[Document, Clause]:
    """The clause with its document, if it holds on the day; both ends are inclusive."""
    try:
        document, clause = load().document_of(key), load().clause(key)
    except KeyError:
        raise _none(key, on) from None
    begin = clause.effective_from or document.effective_from
    end = clause.effective_to or document.effective_to
    if begin is None or on < begin or (end is not None and on > end):
        raise _none(key, on)
    return document, clause


def _rows(clause: Clause, on: date) -> list[Row]:
    return [
        row
        for row in clause.table
        if (row.effective_from is None or row.effective_from <= on)
        and (row.effective_to is None or on <= row.effective_to)
    ]


def _none(key: str, on: date) -> Refusal:
    return Refusal("score.no-clause", f"{on} 没有现行的物业服务评价条款,不能照标准评价;请核对评价日期。", clause=key)


def _ground(document: Document, clause: Clause) -> Ground:
    return Ground(
        clause=clause.id,
        document=document.title,
        number=document.document_number or "",
        article=clause.article or "",
        text=clause.paraphrase,
        note=clause.note or "",
        verified=clause.verified and document.dates_verified,
        version=load().versions[clause.id],
    )
