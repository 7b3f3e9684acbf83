"""Parsing, checking and compiling: every node is on a list, typed, and becomes a closure and a piece of SQL."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from functools import lru_cache
from typing import Any

import sqlglot
from sqlglot import exp

from yiwang.kit.expr import semantics as do

Record = Mapping[str, Any]
Closure = Callable[[Record], Any]
MAX_LENGTH = 4000


class Type(StrEnum):
    """What an expression gives."""

    NUMBER = "number"
    TEXT = "text"
    BOOL = "bool"
    DATE = "date"


class ExpressionError(ValueError):
    """The text is not in the subset, or its types do not fit; the message says which part."""


@dataclass(frozen=True)
class Node:
    """A compiled part: its type, its closure, its SQL."""

    type: Type
    run: Closure
    sql: str
    literal: Any = None


@dataclass(frozen=True)
class Expression:
    """A compiled expression. `names` are the columns it reads, `needed` those whose absence makes it unknown."""

    text: str
    type: Type
    run: Closure
    sql: str
    names: frozenset[str]
    needed: frozenset[str]


COMPARISONS: dict[type[exp.Expression], str] = {
    exp.EQ: "=",
    exp.NEQ: "<>",
    exp.LT: "<",
    exp.LTE: "<=",
    exp.GT: ">",
    exp.GTE: ">=",
}
ARITHMETIC: dict[type[exp.Expression], str] = {exp.Add: "+", exp.Sub: "-", exp.Mul: "*", exp.Div: "/"}


@lru_cache(maxsize=4096)
def _compile(text: str, columns: tuple[tuple[str, Type], ...], prefix: str) -> Expression:
    if len(text) > MAX_LENGTH:
        raise ExpressionError(f"表达式过长({len(text)} 字符)")
    try:
        statements = sqlglot.parse(text, dialect="duckdb")
        tree = statements[0] if len(statements) == 1 else None
        if tree is None:
            raise ExpressionError(f"应是一个表达式:{text}")
        node = _Compiler(dict(columns), prefix).node(tree)
    except (sqlglot.errors.SqlglotError, RecursionError) as error:
        reason = (str(error).splitlines() or [""])[0]
        raise ExpressionError(f"不是合法的表达式:{text[:200]}({reason})") from error
    names = frozenset(column.name for column in tree.find_all(exp.Column))
    optional = {column.name for holder in tree.find_all(exp.Coalesce, exp.Is) for column in holder.find_all(exp.Column)}
    outside = frozenset(
        column.name for column in tree.find_all(exp.Column) if not column.find_ancestor(exp.Coalesce, exp.Is)
    )
    return Expression(text, node.type, node.run, node.sql, names, (names - optional) | outside)


def compile_expression(text: str, columns: Mapping[str, Type], *, prefix: str = "") -> Expression:
    """Compile `text` over columns of the given types. ExpressionError names what is not allowed or does not fit.

    `prefix` is put before every column in the SQL (`"r."`).
    """
    return _compile(text, tuple(sorted(columns.items())), prefix)


class _Compiler:
    def __init__(self, columns: Mapping[str, Type], prefix: str) -> None:
        self.columns = columns
        self.prefix = prefix

    def node(self, tree: exp.Expression) -> Node:
        method = _METHODS.get(type(tree))
        if method is None:
            raise ExpressionError(f"不允许:{tree.sql(dialect='duckdb')}")
        return method(self, tree)

    def typed(self, tree: exp.Expression, kind: Type) -> Node:
        node = self.node(tree)
        if node.type is not kind:
            raise ExpressionError(f"应为 {kind}:{tree.sql(dialect='duckdb')}")
        return node

    def column(self, tree: exp.Expression) -> Node:
        name = tree.name
        if name not in self.columns or tree.args.get("table"):
            raise ExpressionError(f"没有这一列:{tree.sql(dialect='duckdb')}")
        return Node(self.columns[name], lambda record: record.get(name), f'{self.prefix}"{name}"')

    def literal(self, tree: exp.Expression) -> Node:
        if tree.args.get("is_string"):
            text = str(tree.this)
            quoted = text.replace("'", "''")
            return Node(Type.TEXT, lambda _: text, f"'{quoted}'", text)
        try:
            number = Decimal(str(tree.this))
        except InvalidOperation as error:
            raise ExpressionError(f"不是数:{tree.this}") from error
        return Node(Type.NUMBER, lambda _: number, f"CAST({number:f} AS {do.SQL_NUMBER})", number)

    def boolean(self, tree: exp.Expression) -> Node:
        value = bool(tree.this)
        return Node(Type.BOOL, lambda _: value, "TRUE" if value else "FALSE", value)

    def paren(self, tree: exp.Expression) -> Node:
        return self.node(tree.this)

    def arithmetic(self, tree: exp.Expression) -> Node:
        sign = ARITHMETIC[type(tree)]
        left, right = self.typed(tree.this, Type.NUMBER), self.typed(tree.expression, Type.NUMBER)
        function = do.ARITHMETIC[sign]
        sql = do.arithmetic_sql(sign, _factor(sign, left), _factor(sign, right))
        return Node(Type.NUMBER, lambda record: function(left.run(record), right.run(record)), sql)

    def minus(self, tree: exp.Expression) -> Node:
        """The difference of two numbers; of two dates, the days from the right one to the left one."""
        left, right = self.alike([tree.this, tree.expression])
        if left.type is not Type.DATE:
            return self.arithmetic(tree)
        sql = f"CAST(date_diff('day', {right.sql}, {left.sql}) AS {do.SQL_NUMBER})"
        return Node(Type.NUMBER, lambda record: do.strict(do.days, left.run(record), right.run(record)), sql)

    def negative(self, tree: exp.Expression) -> Node:
        inner = self.typed(tree.this, Type.NUMBER)
        return Node(Type.NUMBER, lambda record: do.strict(lambda x: -x, inner.run(record)), f"(-{inner.sql})")

    def comparison(self, tree: exp.Expression) -> Node:
        sign = COMPARISONS[type(tree)]
        left, right = self.alike([tree.this, tree.expression])
        return Node(Type.BOOL, _compare(do.COMPARE[sign], left, right), f"({left.sql} {sign} {right.sql})")

    def alike(self, trees: Sequence[exp.Expression]) -> list[Node]:
        """Compile parts that must have one type; a text literal beside a date becomes a date."""
        nodes = [self.node(tree) for tree in trees]
        if any(node.type is Type.DATE for node in nodes):
            nodes = [_as_date(node) for node in nodes]
        if len({node.type for node in nodes}) > 1:
            raise ExpressionError(f"类型不同:{' / '.join(tree.sql(dialect='duckdb') for tree in trees)}")
        return nodes

    def logic(self, tree: exp.Expression) -> Node:
        left, right = self.typed(tree.this, Type.BOOL), self.typed(tree.expression, Type.BOOL)
        function, word = (do.all_of, "AND") if isinstance(tree, exp.And) else (do.any_of, "OR")
        return Node(
            Type.BOOL,
            lambda record: function(left.run(record), right.run(record)),
            f"({left.sql} {word} {right.sql})",
        )

    def negation(self, tree: exp.Expression) -> Node:
        inner = self.typed(tree.this, Type.BOOL)
        return Node(Type.BOOL, lambda record: do.strict(lambda x: not x, inner.run(record)), f"(NOT {inner.sql})")

    def membership(self, tree: exp.Expression) -> Node:
        items = tree.expressions
        if not items or tree.args.get("query") or not all(isinstance(item, exp.Literal) for item in items):
            raise ExpressionError(f"in 只接受一列常量:{tree.sql(dialect='duckdb')}")
        subject, *choices = self.alike([tree.this, *items])
        values = frozenset(choice.literal for choice in choices)
        listed = ", ".join(choice.sql for choice in choices)
        within = _compare(lambda value, _: value in values, subject, choices[0])
        return Node(Type.BOOL, within, f"({subject.sql} IN ({listed}))")

    def between(self, tree: exp.Expression) -> Node:
        subject, low, high = self.alike([tree.this, tree.args["low"], tree.args["high"]])
        return Node(
            Type.BOOL,
            lambda record: do.between(subject.run(record), low.run(record), high.run(record)),
            f"({subject.sql} BETWEEN {low.sql} AND {high.sql})",
        )

    def is_null(self, tree: exp.Expression) -> Node:
        if not isinstance(tree.expression, exp.Null):
            raise ExpressionError(f"只允许 is null:{tree.sql(dialect='duckdb')}")
        inner = self.node(tree.this)
        return Node(Type.BOOL, lambda record: inner.run(record) is None, f"({inner.sql} IS NULL)")

    def case(self, tree: exp.Expression) -> Node:
        branches = tree.args["ifs"]
        default = tree.args.get("default")
        if tree.this is not None:
            raise ExpressionError("只允许 case when 条件 then 值")
        conditions = [self.typed(branch.this, Type.BOOL) for branch in branches]
        values = self.alike([branch.args["true"] for branch in branches] + ([default] if default else []))
        otherwise = values.pop() if default else None
        pairs = list(zip(conditions, values, strict=True))
        parts = "".join(f" WHEN {c.sql} IS NULL THEN NULL WHEN {c.sql} THEN {v.sql}" for c, v in pairs)
        tail = f" ELSE {otherwise.sql}" if otherwise else ""
        runs = [(c.run, v.run) for c, v in pairs]
        last = otherwise.run if otherwise else None
        return Node(values[0].type, lambda record: do.case(runs, last, record), f"(CASE{parts}{tail} END)")

    def coalesce(self, tree: exp.Expression) -> Node:
        nodes = self.alike([tree.this, *tree.expressions])
        runs = [node.run for node in nodes]
        sql = f"coalesce({', '.join(node.sql for node in nodes)})"
        return Node(nodes[0].type, lambda record: do.first(runs, record), sql)

    def extreme(self, tree: exp.Expression) -> Node:
        word, function = ("greatest", max) if isinstance(tree, exp.Greatest) else ("least", min)
        nodes = self.alike([tree.this, *tree.expressions])
        runs = [node.run for node in nodes]
        unknown = " OR ".join(f"{node.sql} IS NULL" for node in nodes)
        sql = f"(CASE WHEN {unknown} THEN NULL ELSE {word}({', '.join(node.sql for node in nodes)}) END)"

        def run(record: Record) -> Any:
            values = [each(record) for each in runs]
            return None if any(value is None for value in values) else function(values)

        return Node(nodes[0].type, run, sql)

    def rounding(self, tree: exp.Expression) -> Node:
        inner = self.typed(tree.this, Type.NUMBER)
        if isinstance(tree, exp.Round):
            places = int(tree.args["decimals"].name) if tree.args.get("decimals") else 0
            return Node(
                Type.NUMBER,
                lambda record: do.strict(lambda x: do.rounded(x, places), inner.run(record)),
                f"CAST(round({inner.sql}, {places}) AS {do.SQL_NUMBER})",
            )
        word = {"Floor": "floor", "Ceil": "ceil", "Abs": "abs"}[type(tree).__name__]
        function = do.STEP[word]
        return Node(
            Type.NUMBER,
            lambda record: do.strict(function, inner.run(record)),
            f"CAST({word}({inner.sql}) AS {do.SQL_NUMBER})",
        )

    def date_part(self, tree: exp.Expression) -> Node:
        word = {"Year": "year", "Month": "month", "Day": "day"}[type(tree).__name__]
        inner = self.typed(_bare(tree.this), Type.DATE)
        return Node(
            Type.NUMBER,
            lambda record: do.strict(lambda day: Decimal(getattr(day, word)), inner.run(record)),
            f"CAST({word}({inner.sql}) AS {do.SQL_NUMBER})",
        )


def _compare(function: Callable[[Any, Any], bool], left: Node, right: Node) -> Closure:
    """Unknown if a side is. Written out, and apart for a constant on the right: conditions are most of a judge's work."""
    one, other, constant = left.run, right.run, right.literal
    if constant is not None:

        def beside_constant(record: Record) -> bool | None:
            value = one(record)
            return None if value is None else function(value, constant)

        return beside_constant

    def both(record: Record) -> bool | None:
        a = one(record)
        if a is None:
            return None
        b = other(record)
        return None if b is None else function(a, b)

    return both


def _factor(sign: str, node: Node) -> str:
    """The SQL of one side of an operation; a constant factor stands in its own few digits."""
    value = node.literal
    small = sign == "*" and value is not None and abs(value) < 10**10 and value.as_tuple().exponent >= -10
    return do.narrow(value) if small else node.sql


def _bare(tree: exp.Expression) -> exp.Expression:
    """The column inside what sqlglot wraps around the argument of year(), month() and day()."""
    while isinstance(tree, exp.TsOrDsToDate | exp.Cast):
        tree = tree.this
    return tree


def _as_date(node: Node) -> Node:
    if node.type is not Type.TEXT or node.literal is None:
        return node
    try:
        day = date.fromisoformat(node.literal)
    except ValueError as error:
        raise ExpressionError(f"不是日期:{node.literal}") from error
    return Node(Type.DATE, lambda _: day, f"DATE '{day.isoformat()}'", day)


_METHODS: dict[type[exp.Expression], Callable[[_Compiler, exp.Expression], Node]] = {
    exp.Column: _Compiler.column,
    exp.Literal: _Compiler.literal,
    exp.Boolean: _Compiler.boolean,
    exp.Paren: _Compiler.paren,
    exp.Neg: _Compiler.negative,
    exp.And: _Compiler.logic,
    exp.Or: _Compiler.logic,
    exp.Not: _Compiler.negation,
    exp.In: _Compiler.membership,
    exp.Between: _Compiler.between,
    exp.Is: _Compiler.is_null,
    exp.Case: _Compiler.case,
    exp.Coalesce: _Compiler.coalesce,
    exp.Least: _Compiler.extreme,
    exp.Greatest: _Compiler.extreme,
    exp.Round: _Compiler.rounding,
    exp.Floor: _Compiler.rounding,
    exp.Ceil: _Compiler.rounding,
    exp.Abs: _Compiler.rounding,
    exp.Year: _Compiler.date_part,
    exp.Month: _Compiler.date_part,
    exp.Day: _Compiler.date_part,
    **dict.fromkeys(ARITHMETIC, _Compiler.arithmetic),
    exp.Sub: _Compiler.minus,
    **dict.fromkeys(COMPARISONS, _Compiler.comparison),
}
