"""A scheme compiled: its checks and derived items as closures, SQL and trees; and the judge of one return.

What a check of the fixed tables sees: each item by its key; the same of the period before (`last_`), of a year before
(`year_`), the median of the peer group (`peer_`); of a floating table the sum of a column (`sum_`) and the number of its
rows (`rows_`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache
from graphlib import CycleError, TopologicalSorter
from typing import Any

from yiwang.areas.reporting.schemes.schema import (
    FIGURE_IN_MESSAGE,
    LAST,
    PEER,
    ROWS,
    SUM,
    YEAR,
    Check,
    Item,
    Scheme,
    Table,
)
from yiwang.kit.expr import Expression, ExpressionError, Type, compile_expression
from yiwang.kit.expr.tree import Tree, as_tree

Values = Mapping[str, Any]  # Decimal, text, date or None by item key
_TYPES = {"number": Type.NUMBER, "integer": Type.NUMBER, "date": Type.DATE, "text": Type.TEXT, "choice": Type.TEXT}


class Unsound(ValueError):
    """An expression of a scheme that does not compile; `place` says where it stands."""

    def __init__(self, place: str, reason: str) -> None:
        super().__init__(f"{place}:{reason}")
        self.place, self.reason = place, reason


@dataclass(frozen=True)
class Message:
    """What an edit check says. `row` counts from 1 in the floating table `table`; 0 is the fixed part."""

    check: str
    level: str
    text: str
    items: tuple[str, ...] = ()
    table: str = ""
    row: int = 0

    @property
    def hard(self) -> bool:
        """Whether it stands in the way of submitting."""
        return self.level == "hard"

    @property
    def mark(self) -> str:
        """Under which a reason for it is kept."""
        return f"{self.check}:{self.row}" if self.row else self.check


@lru_cache(maxsize=4096)
def _tree(text: str, columns: tuple[tuple[str, Type], ...]) -> Tree:
    return as_tree(text, dict(columns))


@dataclass(frozen=True)
class Rule:
    """A check compiled: it says something where `fails` is true."""

    check: Check
    fails: Expression
    items: tuple[str, ...]
    columns: tuple[tuple[str, Type], ...]

    @property
    def tree(self) -> Tree:
        """For the browser; grown when it is asked for."""
        return _tree(self.fails.text, self.columns)

    def says(self, facts: Values, row: int = 0) -> Message | None:
        """The message, if it fails."""
        if self.fails.run(facts) is not True:
            return None
        return Message(
            self.check.key, self.check.level, filled(self.check.message, facts), self.items, self.check.table, row
        )


@dataclass(frozen=True)
class Compiled:
    """The whole. `derived` stand in the order in which they must be computed."""

    scheme: Scheme
    columns: dict[str, Type]
    rules: tuple[Rule, ...]
    row_rules: dict[str, tuple[Rule, ...]]
    derived: tuple[tuple[Item, Expression, Tree], ...]
    row_columns: dict[str, dict[str, Type]] = field(default_factory=dict)


def shown(value: Any) -> str:
    """A figure in a message: grouped, without needless zeros."""
    if value is None:
        return "—"
    if isinstance(value, Decimal):
        text = f"{value:,f}"
        return text.rstrip("0").rstrip(".") if "." in text else text
    return str(value)


def filled(message: str, facts: Values) -> str:
    """The message with its figures."""
    return FIGURE_IN_MESSAGE.sub(lambda found: shown(facts.get(found[1])), message)


def columns_of(scheme: Scheme) -> dict[str, Type]:
    """What the checks of the fixed tables may name."""
    found: dict[str, Type] = {}
    for key, item in scheme.items.items():
        found[key] = _TYPES[item.type]
        prefixes = (LAST, YEAR, PEER) if item.numeric else (LAST, YEAR)
        found |= {prefix + key: _TYPES[item.type] for prefix in prefixes}
    for table in scheme.floating.values():
        found[ROWS + table.key] = Type.NUMBER
        found |= {SUM + item.key: Type.NUMBER for item in table.items if item.numeric}
    return found


def row_columns(table: Table) -> dict[str, Type]:
    """What a check of a floating table may name: the columns of the row."""
    return {item.key: _TYPES[item.type] for item in table.items}


def compiled(scheme: Scheme) -> Compiled:
    """Compile every expression. Unsound names the first one that is not sound, and why."""
    columns = columns_of(scheme)
    per_table = {key: row_columns(table) for key, table in scheme.floating.items()}
    rules: list[Rule] = []
    rows: dict[str, list[Rule]] = {key: [] for key in per_table}
    for number, check in enumerate(scheme.checks):
        place = f"checks[{number}] {check.key}"
        if check.table and check.table not in per_table:
            raise Unsound(place, f"没有浮动行表“{check.table}”")
        names = per_table[check.table] if check.table else columns
        (rows[check.table] if check.table else rules).append(_rule(check, names, place))
    derived = _ordered(scheme, columns)
    return Compiled(scheme, columns, tuple(rules), {key: tuple(some) for key, some in rows.items()}, derived, per_table)


def _rule(check: Check, names: dict[str, Type], place: str) -> Rule:
    that = _expression(check.that, names, Type.BOOL, f"{place}.that")
    text = f"not ({check.that})"
    if check.when:
        _expression(check.when, names, Type.BOOL, f"{place}.when")
        text = f"({check.when}) and {text}"
    unknown = [one for one in (*check.items, *FIGURE_IN_MESSAGE.findall(check.message)) if one not in names]
    if unknown:
        raise Unsound(place, f"没有这个指标:{'、'.join(unknown)}")
    own = tuple(dict.fromkeys(_own(name) for name in sorted(that.names) if _own(name) in names))
    fails = _expression(text, names, Type.BOOL, place)
    return Rule(check, fails, check.items or own, tuple(names.items()))


def _own(name: str) -> str:
    """The item that a name speaks of."""
    for prefix in (LAST, YEAR, PEER):
        if name.startswith(prefix):
            return name.removeprefix(prefix)
    return name


def _expression(text: str, names: dict[str, Type], kind: Type, place: str) -> Expression:
    try:
        found = compile_expression(text, names)
    except ExpressionError as error:
        raise Unsound(place, str(error)) from None
    if found.type is not kind:
        raise Unsound(place, f"应得出 {kind}:{text}")
    return found


def _ordered(scheme: Scheme, columns: dict[str, Type]) -> tuple[tuple[Item, Expression, Tree], ...]:
    """The derived items, each after those that it reads."""
    for table in scheme.floating.values():
        for item in table.items:
            if item.derived or item.fill:
                raise Unsound(f"{table.key}.{item.key}", "浮动行的指标不能推算或取数")
    made = {
        key: (item, _expression(item.derived, columns, Type.NUMBER, f"{key}.derived"), as_tree(item.derived, columns))
        for key, item in scheme.items.items()
        if item.derived
    }
    graph = {key: {name for name in found[1].names if name in made} for key, found in made.items()}
    try:
        return tuple(made[key] for key in TopologicalSorter(graph).static_order())
    except CycleError as error:
        raise Unsound(f"{error.args[1][0]}.derived", f"推算成环:{' → '.join(error.args[1])}") from None


@dataclass(frozen=True)
class Beside:
    """The figures beside the present ones; empty where there are none."""

    last: Values = field(default_factory=dict)
    year: Values = field(default_factory=dict)
    peer: Values = field(default_factory=dict)


Rows = Mapping[str, Sequence[Values]]


def facts_of(one: Compiled, values: Values, rows: Rows, beside: Beside) -> dict[str, Any]:
    """Everything that the checks may name, derived items included."""
    facts: dict[str, Any] = {key: values.get(key) for key, item in one.scheme.items.items() if not item.derived}
    for prefix, others in ((LAST, beside.last), (YEAR, beside.year), (PEER, beside.peer)):
        facts |= {prefix + key: value for key, value in others.items() if prefix + key in one.columns}
    for key, table in one.scheme.floating.items():
        given = rows.get(key, ())
        facts[ROWS + key] = Decimal(len(given))
        for item in table.items:
            if item.numeric:
                known = [row[item.key] for row in given if row.get(item.key) is not None]
                facts[SUM + item.key] = sum(known, Decimal(0))
    for item, expression, _ in one.derived:
        value = expression.run(facts)
        facts[item.key] = None if value is None else round_to(value, item.places)
    return facts


def round_to(value: Decimal, places: int) -> Decimal:
    """Half away from zero."""
    from yiwang.kit.expr.semantics import rounded

    return rounded(value, places)


def judged(one: Compiled, values: Values, rows: Rows | None = None, beside: Beside | None = None) -> list[Message]:
    """What the edit checks say of one return, hard ones first; required items that are blank among them."""
    rows = rows or {}
    facts = facts_of(one, values, rows, beside or Beside())
    found = [*_missing(one, facts, rows)]
    found += [message for rule in one.rules if (message := rule.says(facts))]
    for key, rules in one.row_rules.items():
        for number, row in enumerate(rows.get(key, ()), 1):
            found += [message for rule in rules if (message := rule.says(row, number))]
    return sorted(found, key=lambda message: not message.hard)


def _missing(one: Compiled, facts: Values, rows: Rows) -> Iterable[Message]:
    for key, item in one.scheme.items.items():
        if item.required and not item.derived and facts.get(key) is None:
            yield Message(f"required_{key}", "hard", f"“{item.label}”必填。", (key,))
    for name, table in one.scheme.floating.items():
        for number, row in enumerate(rows.get(name, ()), 1):
            for item in table.items:
                if item.required and row.get(item.key) is None:
                    text = f"{table.title}第 {number} 行“{item.label}”必填。"
                    yield Message(f"required_{item.key}", "hard", text, (item.key,), name, number)
