"""Many returns at once: the same checks as SQL over a wide table in DuckDB, one pass over the columns.

The table has a row a unit: `unit`, the items that are typed in, and of the figures beside them (`last_`, `year_`, `peer_`, `sum_`,
`rows_`) those that the checks name. Floating rows are judged one by one elsewhere; a property test holds this file and
`compiled.judged` to the same answers.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from yiwang.areas.reporting.schemes.compiled import Compiled, Message, filled
from yiwang.areas.reporting.schemes.schema import FIGURE_IN_MESSAGE, Item
from yiwang.kit.expr import Type
from yiwang.kit.expr.semantics import SQL_NUMBER

if TYPE_CHECKING:
    import duckdb

#: Figures as they lie in the table: twelve digits and four places.
STORED = "DECIMAL(18,4)"
_SQL_TYPES = {Type.NUMBER: STORED, Type.TEXT: "VARCHAR", Type.DATE: "DATE", Type.BOOL: "BOOLEAN"}


@dataclass(frozen=True)
class Failure:
    """A check that failed for a unit, with its message."""

    unit: int
    message: Message


def needed(one: Compiled) -> dict[str, Type]:
    """The columns that the checks read, typed; derived items are made here and not among them."""
    made = {item.key for item, _, _ in one.derived}
    names = {name for rule in one.rules for name in rule.fails.names}
    names |= {name for _, expression, _ in one.derived for name in expression.names}
    names |= {name for rule in one.rules for name in FIGURE_IN_MESSAGE.findall(rule.check.message)}
    names |= {key for key, item in one.scheme.items.items() if not item.derived}
    return {name: kind for name, kind in one.columns.items() if name in names - made}


def create(one: Compiled, table: str) -> str:
    """The statement that makes the empty table."""
    columns = ", ".join(f'"{name}" {_SQL_TYPES[kind]}' for name, kind in needed(one).items())
    return f'CREATE TABLE "{table}" (unit BIGINT, {columns})'


def _source(one: Compiled, table: str) -> str:
    """The table with its derived items, each in a step of its own, since they may read one another."""
    inner = f'"{table}"'
    for item, expression, _ in one.derived:
        inner = f'(SELECT *, {_rounded(item, expression.sql)} AS "{item.key}" FROM {inner})'
    return inner


def _rounded(item: Item, sql: str) -> str:
    return f"CAST(round({sql}, {item.places}) AS {SQL_NUMBER})"


def tests(one: Compiled) -> list[tuple[str, str]]:
    """Every test as (mark, condition that it fails): required items first, then the checks of the fixed tables."""
    found = [
        (f"required_{key}", f'"{key}" IS NULL')
        for key, item in one.scheme.items.items()
        if item.required and not item.derived
    ]
    return found + [(rule.check.key, rule.fails.sql) for rule in one.rules]


def count(con: duckdb.DuckDBPyConnection, one: Compiled, table: str) -> dict[str, int]:
    """How many units fail each test: no messages, one aggregate."""
    every = tests(one)
    sums = ", ".join(f"count(*) FILTER (WHERE {sql})" for _, sql in every)
    row = con.execute(f"SELECT {sums} FROM {_source(one, table)}").fetchone()
    return {mark: number for (mark, _), number in zip(every, row or (), strict=True) if number}


def failures(con: duckdb.DuckDBPyConnection, one: Compiled, table: str) -> Iterator[Failure]:
    """Every failure with its message, unit by unit. Only what failed leaves DuckDB."""
    every = tests(one)
    flags = ", ".join(f"coalesce({sql}, false) AS c{number}" for number, (_, sql) in enumerate(every))
    marks = ", ".join(f"CASE WHEN c{number} THEN {number} END" for number in range(len(every)))
    names = sorted({name for rule in one.rules for name in FIGURE_IN_MESSAGE.findall(rule.check.message)})
    figures = "".join(f', "{name}"' for name in names)
    anyone = " OR ".join(f"c{number}" for number in range(len(every)))
    statement = (
        f"SELECT unit, list_filter([{marks}], lambda x: x IS NOT NULL){figures}"
        f" FROM (SELECT unit{figures}, {flags} FROM {_source(one, table)}) WHERE {anyone}"
    )
    says = _says(one)
    cursor = con.execute(statement)
    while rows := cursor.fetchmany(4096):
        for unit, failed, *values in rows:
            facts = dict(zip(names, values, strict=True))
            for number in failed:
                yield Failure(unit, says[number](facts))


def _says(one: Compiled) -> list[Any]:
    """For each test what makes its message of the figures."""

    def required(key: str, item: Item) -> Any:
        message = Message(f"required_{key}", "hard", f"“{item.label}”必填。", (key,))
        return lambda facts: message

    def rule(check: Any, items: tuple[str, ...]) -> Any:
        return lambda facts: Message(check.key, check.level, filled(check.message, facts), items)

    found = [required(k, item) for k, item in one.scheme.items.items() if item.required and not item.derived]
    return found + [rule(each.check, each.items) for each in one.rules]
