"""Rows on their way into the database: plain tuples with ids given here, written in bulk, sealed by a Merkle root."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.core.management.color import no_style
from django.db import connection, models

from yiwang.kit.digest import merkle_root

CHUNK = 5000
Row = tuple[Any, ...]


class Table:
    """The rows of one model that are not yet written. Columns not named get the model's default."""

    def __init__(self, model: type[models.Model], *columns: str) -> None:
        self.model = model
        fields = {field.attname: field for field in model._meta.concrete_fields if not field.primary_key}
        unknown = set(columns) - set(fields)
        if unknown:
            raise ValueError(f"{model._meta.label} has no {', '.join(sorted(unknown))}")
        rest = [name for name in fields if name not in columns]
        self.columns = ("id", *columns, *rest)
        self._defaults = tuple(fields[name].get_default() for name in rest)
        self._places = {name: place for place, name in enumerate(self.columns)}
        self._first = self._next = 1
        self.rows: list[Row] = []

    def add(self, *values: Any) -> int:
        """A row; returns its id."""
        key = self._next
        self._next += 1
        self.rows.append((key, *values, *self._defaults))
        return key

    def get(self, key: int, column: str) -> Any:
        """A value of a row that is not yet written."""
        return self.rows[key - self._first][self._places[column]]

    def change(self, key: int, **values: Any) -> None:
        """Change a row that is not yet written."""
        row = list(self.rows[key - self._first])
        for column, value in values.items():
            row[self._places[column]] = value
        self.rows[key - self._first] = tuple(row)

    def flush(self) -> str:
        """Write the rows and forget them; returns the Merkle root over them."""
        rows = self.forget()
        for start in range(0, len(rows), CHUNK):
            _write(self.model._meta.db_table, self._names(), rows[start : start + CHUNK])
        return merkle_root(_leaf(row) for row in rows)

    def forget(self) -> list[Row]:
        """The rows that wait, which this table then no longer holds."""
        rows, self.rows, self._first = self.rows, [], self._next
        return rows

    @property
    def count(self) -> int:
        """Rows added so far, written or not."""
        return self._next - 1

    def _names(self) -> list[str]:
        """Database columns in the order of the rows."""
        by_name = {field.attname: str(field.column) for field in self.model._meta.concrete_fields}
        return [by_name[name] for name in self.columns]


def _leaf(row: Row) -> bytes:
    """What is sealed of a row: its values as text."""
    return "\x1f".join("" if value is None else str(value) for value in row).encode()


def _write(table: str, columns: Sequence[str], rows: Iterable[Row]) -> None:
    """COPY on PostgreSQL, executemany on SQLite."""
    quoted = ", ".join(connection.ops.quote_name(column) for column in columns)
    name = connection.ops.quote_name(table)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY {name} ({quoted}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
        else:
            marks = ", ".join(["%s"] * len(columns))
            cursor.executemany(f"INSERT INTO {name} ({quoted}) VALUES ({marks})", list(_plain(rows)))


def _plain(rows: Iterable[Row]) -> Iterator[Row]:
    """Values as SQLite takes them: decimals and dates as text."""
    for row in rows:
        yield tuple(str(value) if isinstance(value, Decimal | date) else value for value in row)


def after_load(models_: Sequence[type[models.Model]]) -> None:
    """Tell PostgreSQL where ids go on (they were given here) and how large the tables have become.

    Without statistics its plans for the first questions take minutes instead of seconds.
    """
    statements = connection.ops.sequence_reset_sql(no_style(), models_)
    if connection.vendor == "postgresql":
        statements += [f"ANALYZE {connection.ops.quote_name(model._meta.db_table)}" for model in models_]
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
