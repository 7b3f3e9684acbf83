"""A clause's table and checks in words that a clerk reads."""

from __future__ import annotations

from dataclasses import dataclass

import sqlglot
from sqlglot import exp

from yiwang.core.datasets import Dataset
from yiwang.core.standards.book import Lawbook
from yiwang.core.standards.schema import Check, Clause, Limit
from yiwang.portal.law.labels import EVIDENCE, RELATIONS, column, shown

#: Keys of a row that are marks of the row, not columns.
FIXED = {"verified", "evidence", "effective_from", "effective_to"}


@dataclass(frozen=True)
class Line:
    """One row of a clause's table as it is shown: heading, content and whether a number of each cell; its marks."""

    index: int
    cells: list[tuple[str, str, bool]]
    has_figure: bool
    verified: bool
    marks: str


@dataclass(frozen=True)
class Told:
    """A check in words. `steps`: what is measured, against what, when it applies, what it competes with."""

    topic: str
    dataset: Dataset
    steps: list[tuple[str, str]]


def headings(clause: Clause) -> list[str]:
    """The keys of a table's columns, in the order in which they first appear; marks are left out."""
    keys: dict[str, None] = {}
    for row in clause.table:
        keys.update(dict.fromkeys(row.cells))
    for key in ("modality", "region", "seasons"):
        if any(getattr(row, key) for row in clause.table):
            keys[key] = None
    return [key for key in keys if key not in FIXED]


def lines(clause: Clause) -> list[Line]:
    """The rows of a clause's table."""
    keys = headings(clause)
    figures = {check.limit.value for check in clause.checks if check.limit.table is not None}
    result = []
    for index, row in enumerate(clause.table):
        values = {key: row.cells.get(key, getattr(row, key, None)) for key in keys}
        cells = [(column(key), shown(value), _is_number(value)) for key, value in values.items()]
        verified = clause.verified if row.verified is None else row.verified
        marks = [EVIDENCE[row.evidence]] if row.evidence else []
        if row.effective_from or row.effective_to:
            marks.append(f"{shown(row.effective_from)} 至 {shown(row.effective_to)}")
        has_figure = any(row.cells.get(key) is not None for key in figures)
        result.append(Line(index, cells, has_figure, verified, ";".join(marks)))
    return result


def _is_number(value: object) -> bool:
    """Whether a cell's content stands to the right."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def tell(book: Lawbook, check: Check) -> Told:
    """One check in words."""
    dataset = book.datasets[check.dataset]
    measure = check.label or words(check.measure, dataset)
    unit = f"({check.unit})" if check.unit else ""
    steps = [
        ("对象", f"“{dataset.label}”的每条记录"),
        ("量", measure + unit if check.label == "" else f"{measure}{unit} = {words(check.measure, dataset)}"),
        ("应当", f"{RELATIONS[check.relation]} {_limit(check.limit, dataset, book)}"),
    ]
    if check.applies:
        steps.append(("条件", words(check.applies, dataset)))
    if check.limit.table is not None and check.gap == "none":
        steps.append(("表中没有的", "不归本条管"))
    how = "与其他规定同时适用" if check.combine == "and" else "同一事项以最近一级地区的有效规定为准"
    steps.append(("并列时", how))
    return Told(check.topic, dataset, steps)


def _limit(limit: Limit, dataset: Dataset, book: Lawbook) -> str:
    if limit.expression is not None:
        return words(limit.expression, dataset)
    if limit.sum_of is not None:
        parts = "、".join(f"{dataset.column(key).label}×{word}的标准" for key, word in limit.counts.items())
        return f"各职级标准之和:{parts}"
    by = "、".join(dataset.column(key).label for key in limit.table or ())
    where = "、".join(f"{column(key)}为{shown(value)}" for key, value in limit.where.items())
    factor = f",乘以 {limit.factor.normalize():f}" if limit.factor != 1 else ""
    return f"上表{'中' + where + '的' if where else ''}{column(limit.value)}" + (f"(按{by}查)" if by else "") + factor


_SIGNS: dict[type[exp.Expression], str] = {
    exp.EQ: "为", exp.NEQ: "不为", exp.LT: "小于", exp.LTE: "不超过", exp.GT: "大于", exp.GTE: "不少于",
    exp.Add: "+", exp.Sub: "−", exp.Mul: "×", exp.Div: "÷", exp.And: "且", exp.Or: "或",
}  # fmt: skip
_CALLS: dict[type[exp.Expression], str] = {
    exp.Floor: "向下取整", exp.Ceil: "向上取整", exp.Abs: "绝对值", exp.Round: "四舍五入", exp.Greatest: "取大",
    exp.Least: "取小", exp.Year: "年份", exp.Month: "月份",
}  # fmt: skip


def words(text: str, dataset: Dataset) -> str:
    """An expression over a dataset's columns in Chinese: `organ_tier <> '乡级机关'` → 机关层级不为乡级机关."""
    return _say(sqlglot.parse_one(text, dialect="duckdb"), dataset)


def _say(node: exp.Expression, dataset: Dataset) -> str:  # noqa: C901 (one branch a kind of node)
    if type(node) in _SIGNS:
        left, right = _say(node.this, dataset), _say(node.expression, dataset)
        space = " " if type(node) in (exp.Add, exp.Sub, exp.Mul, exp.Div) else ""
        joint = (
            f",{_SIGNS[type(node)]}" if isinstance(node, exp.And | exp.Or) else f"{space}{_SIGNS[type(node)]}{space}"
        )
        return f"{left}{joint}{right}"
    if type(node) in _CALLS:
        parts = [node.this, *node.expressions, *filter(None, [node.args.get("decimals")])]
        return f"{_CALLS[type(node)]}({'、'.join(_say(part, dataset) for part in parts)})"
    match node:
        case exp.Column():
            return dataset.column(node.name).label
        case exp.Literal():
            return str(node.this)
        case exp.Paren():
            return f"({_say(node.this, dataset)})"
        case exp.Not():
            return _not(node, dataset)
        case exp.Neg():
            return f"−{_say(node.this, dataset)}"
        case exp.Boolean():
            return "是" if node.this else "否"
        case exp.In():
            return f"{_say(node.this, dataset)}为{'、'.join(_say(one, dataset) for one in node.expressions)}之一"
        case exp.Between():
            low, high = (_say(node.args[key], dataset) for key in ("low", "high"))
            return f"{_say(node.this, dataset)}在 {low} 与 {high} 之间"
        case exp.Is():
            return f"{_say(node.this, dataset)}未填"
        case exp.Case():
            return _case(node, dataset)
        case exp.Coalesce():
            otherwise = "、".join(_say(one, dataset) for one in node.expressions)
            return f"{_say(node.this, dataset)}(未填按{otherwise})"
        case exp.Cast():
            return _say(node.this, dataset)
        case _:
            return node.sql(dialect="duckdb")


def _not(node: exp.Not, dataset: Dataset) -> str:
    if isinstance(node.this, exp.Is):
        return f"{_say(node.this.this, dataset)}已填"
    return f"不是({_say(node.this, dataset)})"


def _case(node: exp.Case, dataset: Dataset) -> str:
    arms = [f"{_say(arm.this, dataset)}时为 {_say(arm.args['true'], dataset)}" for arm in node.args["ifs"]]
    if default := node.args.get("default"):
        arms.append(f"其余为 {_say(default, dataset)}")
    return ",".join(arms)
