"""The look-up `among`: a column among many values given as one parameter, however many they are.

`in` writes a placeholder for each value, which costs more than the query itself and is bounded by the database. Here
SQLite gets one JSON list, PostgreSQL one array. Values: whole numbers, texts, dates; never None.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from django.db.models import Field, ForeignKey, Lookup


def condition(column: str, mark: str, vendor: str) -> str:
    """SQL: the column is among the values of one parameter, which `listed` makes; `mark` is its placeholder."""
    return f"{column} = ANY({mark})" if vendor == "postgresql" else f"{column} IN (SELECT value FROM json_each({mark}))"


def numbered(column: str, mark: str, vendor: str) -> str:
    """As `condition`, for whole numbers: hashed once, where ANY walks the array for every row of a CTE on PostgreSQL."""
    if vendor == "postgresql":
        return f"{column} IN (SELECT unnest({mark}::bigint[]))"
    return condition(column, mark, vendor)


def listed(values: Iterable[Any], vendor: str) -> Any:
    """The values as one parameter."""
    return list(values) if vendor == "postgresql" else json.dumps(list(values), ensure_ascii=False, default=str)


class Among(Lookup[Any]):
    """`filter(number__among=numbers)`."""

    lookup_name = "among"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        """The condition and its parameters."""
        left, parameters = self.process_lhs(compiler, connection)
        vendor = connection.vendor
        return condition(left, "%s", vendor), [*parameters, listed(self.rhs, vendor)]


Field.register_lookup(Among)
ForeignKey.register_lookup(Among)
