"""Expressions: what is refused, what is unknown, and that Python and DuckDB agree."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yiwang.kit.expr import ExpressionError, Type, compile_expression

COLUMNS = {"x": Type.NUMBER, "y": Type.NUMBER, "t": Type.TEXT, "d": Type.DATE, "b": Type.BOOL}
CON = duckdb.connect(":memory:", config={"threads": 1})


def run(text: str, **facts: Any) -> Any:
    return compile_expression(text, COLUMNS).run(facts)


def in_duckdb(text: str, facts: dict[str, Any]) -> Any:
    sql = compile_expression(text, COLUMNS).sql
    row = CON.execute(
        f"SELECT {sql} FROM (SELECT CAST($x AS DECIMAL(18,4)) x, CAST($y AS DECIMAL(18,4)) y, "
        "CAST($t AS VARCHAR) t, CAST($d AS DATE) d, CAST($b AS BOOLEAN) b)",
        {key: str(value) if isinstance(value, Decimal) else value for key, value in facts.items()},
    ).fetchone()
    assert row is not None
    return row[0]


@pytest.mark.parametrize(
    "text",
    [
        "sleep(1)",
        "(select 1)",
        "x || 'a'",
        "x % 2",
        "t like '%a%'",
        "x in (select 1)",
        "x in (y)",
        "x in ()",
        "z + 1",
        "other.x",
        "x = 'a'",
        "d >= '2020-13-01'",
        "b + 1",
        "not x",
        "case t when 'a' then 1 end",
        "t is 'a'",
        "x; drop table x",
        "read_csv('/etc/passwd')",
        "x::text",
        "",
        "x +",
        "x" + " + x" * 2000,
        "(" * 1900 + "x" + ")" * 1900,
    ],
)
def test_what_is_not_on_the_list_is_refused(text: str) -> None:
    with pytest.raises(ExpressionError):
        compile_expression(text, COLUMNS)


@pytest.mark.parametrize(
    ("text", "facts", "answer"),
    [
        ("x + y * 2", {"x": Decimal(1), "y": Decimal(2)}, Decimal(5)),
        ("x / y", {"x": Decimal(1), "y": Decimal(0)}, None),
        ("x / y", {"x": Decimal(1), "y": Decimal(3)}, Decimal("0.3333333333")),
        ("case when x <= 200 then 8 else 6 end", {"x": Decimal(200)}, Decimal(8)),
        ("case when x <= 200 then 8 else 6 end", {"x": None}, None),
        ("coalesce(x, 1) * y", {"x": None, "y": Decimal(7)}, Decimal(7)),
        ("least(x, y)", {"x": None, "y": Decimal(7)}, None),
        ("t in ('甲', '乙')", {"t": "乙"}, True),
        ("t not in ('甲')", {"t": None}, None),
        ("b or x > 1", {"b": None, "x": Decimal(2)}, True),
        ("b and x > 1", {"b": None, "x": Decimal(0)}, False),
        ("d between '2020-01-01' and '2020-12-31'", {"d": date(2020, 12, 31)}, True),
        ("year(d) = 2020 and month(d) = 2", {"d": date(2020, 2, 29)}, True),
        ("x is not null", {"x": None}, False),
        ("ceil((x - 100) / 30)", {"x": Decimal(101)}, Decimal(1)),
        ("round(x, 1)", {"x": Decimal("-0.25")}, Decimal("-0.3")),
    ],
)
def test_what_it_gives(text: str, facts: dict[str, Any], answer: Any) -> None:
    assert run(text, **facts) == answer
    assert in_duckdb(text, dict.fromkeys(COLUMNS) | facts) == answer


def test_the_facts_it_needs() -> None:
    expression = compile_expression("case when y > 1 then x / coalesce(y, 1) end", COLUMNS)
    assert expression.names == {"x", "y"}
    assert expression.needed == {"x", "y"}
    assert compile_expression("x / coalesce(y, 1)", COLUMNS).needed == {"x"}
    assert compile_expression("y is null", COLUMNS).needed == set()


ATOMS = st.sampled_from(["x", "y", "2", "0.09", "3", "100"])


def arithmetic() -> st.SearchStrategy[str]:
    return st.recursive(
        ATOMS,
        lambda inner: st.one_of(
            st.tuples(inner, st.sampled_from("+-*/"), inner).map(lambda p: f"({p[0]} {p[1]} {p[2]})"),
            inner.map(lambda each: f"floor({each})"),
            inner.map(lambda each: f"round({each}, 2)"),
            st.tuples(inner, inner).map(lambda p: f"least({p[0]}, {p[1]})"),
            st.tuples(inner, inner, inner).map(lambda p: f"case when {p[0]} < {p[1]} then {p[2]} else 1 end"),
            st.tuples(inner, inner).map(lambda p: f"coalesce({p[0]}, {p[1]})"),
        ),
        max_leaves=5,
    )


FIGURES = st.one_of(st.none(), st.decimals(min_value=-999, max_value=999, places=4))


@settings(max_examples=80, deadline=None)
@given(text=arithmetic(), x=FIGURES, y=FIGURES)
def test_python_and_duckdb_agree(text: str, x: Decimal | None, y: Decimal | None) -> None:
    facts = {"x": x, "y": y, "t": None, "d": None, "b": None}
    try:
        there = in_duckdb(text, facts)
    except duckdb.Error as error:
        assert "ecimal" in str(error) or "overflow" in str(error).lower() or "range" in str(error).lower()
        return
    here = run(text, **facts)
    assert (here is None) == (there is None)
    if here is not None:
        # A quotient is an IEEE division; the last of ten places may differ in a chain of them.
        assert abs(here - there) <= max(abs(there), Decimal(1)) * Decimal("1e-8")
