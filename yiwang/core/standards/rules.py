"""A check compiled: its expressions, its strength, and the figure of each row that it may use."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from functools import cached_property
from typing import TYPE_CHECKING

import sqlglot
from sqlglot import exp

from yiwang.core.datasets import Dataset, Kind
from yiwang.core.standards.schema import Check, Clause, Document, Row
from yiwang.kit.expr import Expression, ExpressionError, Type, compile_expression
from yiwang.kit.refusal import Refusal, Where

if TYPE_CHECKING:
    from yiwang.core.standards.ladders import Ladders

TYPES = {
    Kind.TEXT: Type.TEXT,
    Kind.CODE: Type.TEXT,
    Kind.NUMBER: Type.NUMBER,
    Kind.INTEGER: Type.NUMBER,
    Kind.DATE: Type.DATE,
    Kind.BOOL: Type.BOOL,
}
#: Words of a modality that make it soft: they advise, they do not forbid.
SOFT = ("原则上", "一般", "不宜", "宜", "优先", "鼓励", "提倡")
EVER = date.max
ALWAYS = ((101, 1231),)


def is_hard(modality: str | None) -> bool:
    """Whether the strength word forbids (不得、不应、应当 …) rather than advises (原则上、一般、不宜 …)."""
    return not any(word in (modality or "") for word in SOFT)


def column_types(dataset: Dataset) -> dict[str, Type]:
    """The expression type of each column."""
    return {column.key: TYPES[column.kind] for column in dataset.columns}


@dataclass(frozen=True, eq=False)
class Rule:
    """One check of one clause, compiled. `number` is its place among the clause's checks."""

    document: Document
    clause: Clause
    check: Check
    number: int
    dataset: Dataset
    applies: Expression | None
    measure: Expression
    limit: Expression | None
    start: date
    stop: date
    version: str

    @cached_property
    def label(self) -> str:
        """What is measured, in words."""
        return self.check.label or self._column("label") or self.clause.subject

    @cached_property
    def unit(self) -> str:
        """The unit of measure and limit."""
        return self.check.unit or self._column("unit") or ""

    def _column(self, attribute: str) -> str:
        names = self.measure.names
        if len(names) != 1 or self.measure.text != next(iter(names)):
            return ""
        return str(getattr(self.dataset.column(self.measure.text), attribute))


def compile_rule(
    document: Document, clause: Clause, number: int, dataset: Dataset, ladders: Ladders, version: str
) -> Rule:
    """Compile one check; a fault is refused with document, clause and reason (`lawbook.check`)."""
    check = clause.checks[number]
    types = column_types(dataset)
    try:
        parts = [part for part in (document.scope, check.applies) if part]
        applies = compile_expression(" and ".join(f"({part})" for part in parts), types) if parts else None
        measure = compile_expression(check.measure, types)
        limit = compile_expression(check.limit.expression, types) if check.limit.expression is not None else None
        for expression, wanted in ((applies, Type.BOOL), (measure, Type.NUMBER), (limit, Type.NUMBER)):
            if expression is not None:
                if expression.type is not wanted:
                    raise ExpressionError(f"应为 {wanted}:{expression.text}")
                _known_words(expression, dataset, ladders)
    except ExpressionError as error:
        raise fault(document, clause, str(error)) from error
    start, stop = period(document, clause, None)
    return Rule(document, clause, check, number, dataset, applies, measure, limit, start, stop, version)


def fault(document: Document, clause: Clause, reason: str) -> Refusal:
    """A refusal of a clause of the lawbook."""
    return Refusal("lawbook.check", f"条款 {clause.id}:{reason}", where=Where(file=document.code), clause=clause.id)


def _known_words(expression: Expression, dataset: Dataset, ladders: Ladders) -> None:
    """A text that is compared with a coded column must be a label of its vocabulary, or the condition never holds."""
    tree = sqlglot.parse_one(expression.text, dialect="duckdb")
    for node in tree.find_all(exp.EQ, exp.NEQ, exp.In):
        column = node.this
        if not isinstance(column, exp.Column):
            continue
        vocabulary = dataset.column(column.name).vocabulary
        if not vocabulary:
            continue
        if vocabulary not in ladders:
            raise ExpressionError(f"没有词表 {vocabulary}({dataset.key}.{column.name})")
        literals = node.expressions if isinstance(node, exp.In) else [node.expression]
        for literal in literals:
            if isinstance(literal, exp.Literal) and literal.name not in ladders[vocabulary].labels:
                raise ExpressionError(f"“{literal.name}”不在词表 {vocabulary} 中")


def period(document: Document, clause: Clause, row: Row | None) -> tuple[date, date]:
    """When a row is in force, half-open. A published end is inclusive; no start means since ever."""
    holders = [holder for holder in (row, clause, document) if holder is not None]
    start = next((holder.effective_from for holder in holders if holder.effective_from), date.min)
    end = next((holder.effective_to for holder in holders if holder.effective_to), None)
    return start, (end + timedelta(days=1) if end else EVER)


def seasons(row: Row) -> tuple[tuple[int, int], ...]:
    """The row's month-day ranges as numbers (1101, 331), one that wraps the year split in two."""
    if not row.seasons:
        return ALWAYS
    ranges: list[tuple[int, int]] = []
    for text in row.seasons:
        low, high = (int(part.replace("-", "")) for part in text.split("/"))
        ranges += [(low, high)] if low <= high else [(low, 1231), (101, high)]
    return tuple(ranges)


def figure(rule: Rule, row: Row) -> Decimal | None:
    """The row's figure in the dataset's unit; None where the row has none."""
    value = row.cells.get(rule.check.limit.value)
    if value is None:
        return None
    try:
        return Decimal(str(value)) * rule.check.limit.factor
    except InvalidOperation as error:
        raise fault(rule.document, rule.clause, f"“{value}”不是数") from error


def selected(rule: Rule, row: Row) -> bool:
    """Whether the row passes the check's `where`."""
    return all(row.cells.get(key) == wanted for key, wanted in rule.check.limit.where.items())
