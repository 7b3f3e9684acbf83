"""A third form of an expression: its tree as JSON, for an evaluator that runs elsewhere (the browser).

A node is a list whose head is a word: `["col", name]`, `["num", "0.3"]`, `["text", "…"]`, `["bool", true]`, an operator with
its parts (`["+", a, b]`, `["<=", a, b]`, `["and", a, b]`), `["case", [[when, then], …], else | null]`. Days stand as ISO
text, which compares as days do. Meaning, unknown and rounding are those of `semantics.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import sqlglot
from sqlglot import exp

from yiwang.kit.expr.compiler import ARITHMETIC, COMPARISONS, Type, compile_expression

Tree = list[Any]


def as_tree(text: str, columns: Mapping[str, Type]) -> Tree:
    """The tree of an expression over these columns. ExpressionError as `compile_expression` raises it."""
    compile_expression(text, columns)
    return _Grower(columns).node(sqlglot.parse_one(text, dialect="duckdb"))


class _Grower:
    def __init__(self, columns: Mapping[str, Type]) -> None:
        self.columns = columns

    def node(self, tree: exp.Expression) -> Tree:
        if type(tree) in COMPARISONS:
            return [COMPARISONS[type(tree)], self.node(tree.this), self.node(tree.expression)]
        if type(tree) in ARITHMETIC:
            sign = ARITHMETIC[type(tree)]
            if sign == "-" and self._is_day(tree.this):
                sign = "days"
            return [sign, self.node(tree.this), self.node(tree.expression)]
        return _GROW[type(tree)](self, tree)

    def _is_day(self, tree: exp.Expression) -> bool:
        return compile_expression(tree.sql(dialect="duckdb"), self.columns).type is Type.DATE

    def column(self, tree: exp.Expression) -> Tree:
        return ["col", tree.name]

    def literal(self, tree: exp.Expression) -> Tree:
        return ["text" if tree.args.get("is_string") else "num", str(tree.this)]

    def boolean(self, tree: exp.Expression) -> Tree:
        return ["bool", bool(tree.this)]

    def inner(self, tree: exp.Expression) -> Tree:
        return self.node(tree.this)

    def pair(self, tree: exp.Expression) -> Tree:
        return ["and" if isinstance(tree, exp.And) else "or", self.node(tree.this), self.node(tree.expression)]

    def single(self, tree: exp.Expression) -> Tree:
        return [type(tree).__name__.lower(), self.node(tree.this)]

    def date_part(self, tree: exp.Expression) -> Tree:
        inner = tree.this
        while isinstance(inner, exp.TsOrDsToDate | exp.Cast):
            inner = inner.this
        return [type(tree).__name__.lower(), self.node(inner)]

    def membership(self, tree: exp.Expression) -> Tree:
        return ["in", self.node(tree.this), [self.node(one) for one in tree.expressions]]

    def between(self, tree: exp.Expression) -> Tree:
        subject = self.node(tree.this)
        return ["and", [">=", subject, self.node(tree.args["low"])], ["<=", subject, self.node(tree.args["high"])]]

    def is_null(self, tree: exp.Expression) -> Tree:
        return ["null", self.node(tree.this)]

    def case(self, tree: exp.Expression) -> Tree:
        pairs = [[self.node(branch.this), self.node(branch.args["true"])] for branch in tree.args["ifs"]]
        default = tree.args.get("default")
        return ["case", pairs, self.node(default) if default else None]

    def many(self, tree: exp.Expression) -> Tree:
        return [type(tree).__name__.lower(), [self.node(tree.this), *(self.node(one) for one in tree.expressions)]]

    def rounding(self, tree: exp.Expression) -> Tree:
        places = int(tree.args["decimals"].name) if tree.args.get("decimals") else 0
        return ["round", self.node(tree.this), places]


_GROW: dict[type[exp.Expression], Callable[[_Grower, exp.Expression], Tree]] = {
    exp.Column: _Grower.column,
    exp.Literal: _Grower.literal,
    exp.Boolean: _Grower.boolean,
    exp.Paren: _Grower.inner,
    exp.Neg: _Grower.single,
    exp.And: _Grower.pair,
    exp.Or: _Grower.pair,
    exp.Not: _Grower.single,
    exp.In: _Grower.membership,
    exp.Between: _Grower.between,
    exp.Is: _Grower.is_null,
    exp.Case: _Grower.case,
    exp.Coalesce: _Grower.many,
    exp.Least: _Grower.many,
    exp.Greatest: _Grower.many,
    exp.Round: _Grower.rounding,
    exp.Floor: _Grower.single,
    exp.Ceil: _Grower.single,
    exp.Abs: _Grower.single,
    exp.Year: _Grower.date_part,
    exp.Month: _Grower.date_part,
    exp.Day: _Grower.date_part,
}
