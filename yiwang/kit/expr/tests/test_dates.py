"""Dates in expressions: differences in days, the same from Python and from DuckDB."""

from __future__ import annotations

from datetime import date

import duckdb
import pytest

from yiwang.kit.expr import ExpressionError, Type, compile_expression

COLUMNS = {"submitted": Type.DATE, "period_end": Type.DATE, "days": Type.NUMBER}


@pytest.mark.parametrize(
    ("text", "submitted", "wanted"),
    [
        ("submitted - period_end", date(2010, 4, 15), 15),
        ("submitted - period_end", date(2010, 3, 30), -1),
        ("submitted - '2010-04-30'", date(2010, 4, 15), -15),
        ("submitted - period_end - 5", date(2010, 4, 15), 10),
        ("submitted - period_end", None, None),
    ],
)
def test_days_between(text: str, submitted: date | None, wanted: int | None) -> None:
    expression = compile_expression(text, COLUMNS)
    record = {"submitted": submitted, "period_end": date(2010, 3, 31)}
    row = "(select CAST($1 AS DATE) as submitted, DATE '2010-03-31' as period_end)"
    assert expression.type is Type.NUMBER
    assert expression.run(record) == wanted
    assert duckdb.execute(f"select {expression.sql} from {row}", [submitted]).fetchall() == [(wanted,)]


def test_a_date_less_a_number_is_refused() -> None:
    with pytest.raises(ExpressionError):
        compile_expression("submitted - days", COLUMNS)


def test_the_parts_of_a_date() -> None:
    expression = compile_expression("year(submitted) * 10000 + month(submitted) * 100 + day(submitted)", COLUMNS)
    assert expression.run({"submitted": date(2024, 2, 29)}) == 20240229
    row = "(select DATE '2024-02-29' as submitted)"
    assert duckdb.execute(f"select {expression.sql} from {row}").fetchall() == [(20240229,)]
