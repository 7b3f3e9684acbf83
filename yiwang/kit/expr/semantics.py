"""What each operator means, once for Python and once for DuckDB."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Context, Decimal
from typing import Any

#: Every intermediate result in DuckDB: 20 digits before the point, 10 after it.
SQL_NUMBER = "DECIMAL(30,10)"
PLACES = Decimal("1e-10")
ONE = Decimal(1)
_CONTEXT = Context(prec=60, rounding=ROUND_HALF_UP)

Record = Mapping[str, Any]


def ten_places(value: Decimal) -> Decimal:
    """Rounded half away from zero to ten places, as a DECIMAL cast does in DuckDB."""
    return value.quantize(PLACES, context=_CONTEXT)


def strict(function: Callable[..., Any], *values: Any) -> Any:
    """Unknown if any value is."""
    for value in values:
        if value is None:
            return None
    return function(*values)


def _multiply(left: Decimal | None, right: Decimal | None) -> Decimal | None:
    return None if left is None or right is None else ten_places(_CONTEXT.multiply(left, right))


def _divide(left: Decimal | None, right: Decimal | None) -> Decimal | None:
    if left is None or right is None or right == 0:
        return None
    return ten_places(Decimal(float(left) / float(right)))


def _add(left: Decimal | None, right: Decimal | None) -> Decimal | None:
    return None if left is None or right is None else _CONTEXT.add(left, right)


def _subtract(left: Decimal | None, right: Decimal | None) -> Decimal | None:
    return None if left is None or right is None else _CONTEXT.subtract(left, right)


ARITHMETIC: dict[str, Callable[[Any, Any], Any]] = {"+": _add, "-": _subtract, "*": _multiply, "/": _divide}
COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq,
    "<>": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def days(later: date, earlier: date) -> Decimal:
    """The days from one date to the other."""
    return Decimal((later - earlier).days)


def arithmetic_sql(sign: str, left: str, right: str) -> str:
    """The SQL of one arithmetic operation, with the rounding that Python does."""
    if sign == "/":
        return f"CAST(CAST({left} AS DOUBLE) / nullif(CAST({right} AS DOUBLE), 0) AS {SQL_NUMBER})"
    if sign == "*":
        return f"CAST({left} * {right} AS {SQL_NUMBER})"
    return f"CAST({left} {sign} {right} AS {SQL_NUMBER})"


def narrow(number: Decimal) -> str:
    """A constant in no more digits than it has: a product with it then needs no rounding, which costs more than the product."""
    text = f"{number:f}"
    whole, _, places = text.lstrip("-").partition(".")
    return f"CAST({text} AS DECIMAL({len(whole) + len(places)},{len(places)}))"


def all_of(left: bool | None, right: bool | None) -> bool | None:
    """Three-valued AND."""
    if left is False or right is False:
        return False
    return None if left is None or right is None else True


def any_of(left: bool | None, right: bool | None) -> bool | None:
    """Three-valued OR."""
    if left is True or right is True:
        return True
    return None if left is None or right is None else False


def between(value: Any, low: Any, high: Any) -> bool | None:
    """`low <= value <= high`, three-valued as SQL has it: false as soon as one side is false."""
    return all_of(strict(operator.ge, value, low), strict(operator.le, value, high))


def case(
    branches: Sequence[tuple[Callable[[Record], Any], Callable[[Record], Any]]],
    otherwise: Callable[[Record], Any] | None,
    record: Record,
) -> Any:
    """CASE WHEN; a condition that is unknown makes the whole unknown."""
    for condition, value in branches:
        truth = condition(record)
        if truth is None:
            return None
        if truth:
            return value(record)
    return otherwise(record) if otherwise else None


def first(runs: Iterable[Callable[[Record], Any]], record: Record) -> Any:
    """The first that is known."""
    for run in runs:
        value = run(record)
        if value is not None:
            return value
    return None


def rounded(value: Decimal, places: int) -> Decimal:
    """Half away from zero."""
    return value.quantize(Decimal(1).scaleb(-places), context=_CONTEXT)


STEP: dict[str, Callable[[Decimal], Decimal]] = {
    "floor": lambda value: value.to_integral_value(rounding=ROUND_FLOOR),
    "ceil": lambda value: value.to_integral_value(rounding=ROUND_CEILING),
    "abs": abs,
}
