"""Many rows in at once, with their ids: a tenth of the time of the ORM, which builds a statement for every thousand.

The ids are taken first, then the rows are written with them: executemany on SQLite, COPY on PostgreSQL. Constraints,
triggers and the transaction are the caller's and the database's; signals and `save()` are not called.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from django.db import connection, models

MANY = 1000
Prepare = Callable[[Any], Any]


def insert(model: type[models.Model], rows: Sequence[Mapping[str, Any]]) -> list[int]:
    """Insert rows given as complete dicts by attname, without the id; returns the ids, in the order of the rows.

    Inside a transaction: RuntimeError outside, where half of the rows could stay.
    """
    if not rows:
        return []
    if not connection.in_atomic_block:
        raise RuntimeError("insert() outside a transaction")
    fields = [field for field in model._meta.concrete_fields if not field.primary_key]
    prepare = [(field.attname, _preparation(field)) for field in fields]
    names = [str(field.column) for field in (model._meta.pk, *fields)]
    keys = _take_ids(model, len(rows))
    cells = (
        (key, *(row[name] if ready is None else ready(row[name]) for name, ready in prepare))
        for key, row in zip(keys, rows, strict=True)
    )
    table = connection.ops.quote_name(model._meta.db_table)
    columns = ", ".join(map(connection.ops.quote_name, names))
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            # Django does not wrap what COPY raises.
            with connection.wrap_database_errors, cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
                for row in cells:
                    copy.write_row(row)
        else:
            marks = ", ".join(["%s"] * len(names))
            cursor.executemany(f"INSERT INTO {table} ({columns}) VALUES ({marks})", list(cells))
    return keys


def _preparation(field: models.Field[Any, Any]) -> Prepare | None:
    """What a value must become for the database; None where it goes as it is."""
    plain = (models.CharField, models.TextField, models.IntegerField, models.ForeignKey)
    if isinstance(field, models.CharField) and field.choices:
        return lambda value: None if value is None else str(value)  # a member of an enumeration is written by its value
    if isinstance(field, plain) and not isinstance(field, models.FileField):
        return None
    if connection.vendor == "postgresql" and isinstance(field, models.DateField | models.DecimalField):
        return None
    return lambda value: field.get_db_prep_save(value, connection)


def _take_ids(model: type[models.Model], count: int) -> list[int]:
    """Ids nobody else gets: from the sequence; on SQLite the writer is alone until it commits."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            key = model._meta.pk.column
            cursor.execute("SELECT pg_get_serial_sequence(%s, %s)", [model._meta.db_table, key])
            (sequence,) = cursor.fetchone()
            cursor.execute("SELECT nextval(%s::regclass) FROM generate_series(1, %s)", [sequence, count])
            return [int(row[0]) for row in cursor.fetchall()]
        cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [model._meta.db_table])
        found = cursor.fetchone()
        first = (found[0] if found else 0) + 1
        return list(range(first, first + count))


def refresh_statistics(model: type[models.Model], inserted: int) -> None:
    """After many new rows the planner must count anew, or it sorts a whole table for one page. Outside a transaction."""
    if inserted >= MANY:
        with connection.cursor() as cursor:
            cursor.execute(f"ANALYZE {connection.ops.quote_name(model._meta.db_table)}")


def ranges(ids: Iterable[int]) -> list[list[int]]:
    """Sorted ids as runs: [1, 2, 3, 7] → [[1, 3], [7, 7]]."""
    runs: list[list[int]] = []
    for one in ids:
        if runs and runs[-1][1] == one - 1:
            runs[-1][1] = one
        else:
            runs.append([one, one])
    return runs
