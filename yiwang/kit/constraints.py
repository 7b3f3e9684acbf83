"""What the database would refuse, found beforehand and in sets: checks, unique values, periods that overlap.

The constraints of the models stay the law; this reads them, so that a person gets every wrong row with its sentence
instead of the first with a trace. Works on rows as dicts by attname (a link by its id), for any model.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connections, models
from django.db.models import F, Q

import yiwang.kit.among  # noqa: F401 (registers the look-up)

Values = dict[str, Any]
CHUNK = 500  # parameters of one statement
MANY = 5_000  # values of one parameter


@dataclass(frozen=True)
class Row:
    """A row to be written: whoever asked, its complete values by attname, the id of the record it replaces."""

    tag: Any
    values: Values
    pk: Any = None


@dataclass(frozen=True)
class Break:
    """A row that would be refused: by which constraint, the sentence, and the column concerned ("" if several)."""

    tag: Any
    name: str
    message: str
    attname: str = ""


def chunks(items: Iterable[Any], size: int = CHUNK) -> Iterator[list[Any]]:
    """Lists of at most `size` items: databases bound the number of parameters."""
    found = list(items)
    for start in range(0, len(found), size):
        yield found[start : start + size]


def key_of(row: Mapping[str, Any], names: Sequence[str]) -> tuple[Any, ...]:
    """The values under some names."""
    return tuple(row[name] for name in names)


def matches(
    rows: models.QuerySet[Any], names: Sequence[str], keys: Iterable[tuple[Any, ...]], wanted: Sequence[str]
) -> Iterator[Values]:
    """The stored rows that share a key under `names`, as dicts of pk, names and `wanted`. None is equal to None here."""
    columns = list(dict.fromkeys(["pk", *names, *wanted]))
    for some in chunks(sorted(set(keys), key=repr), MANY):  # neighbours share values: few rows come along unasked
        asked, condition = set(some), Q()
        for name, values in zip(names, zip(*some, strict=True), strict=True):
            if None not in values:
                condition &= Q(**{f"{name}__among": set(values)})
        for row in rows.filter(condition).values(*columns):
            if key_of(row, names) in asked:
                yield row


def breaks(model: type[models.Model], rows: Sequence[Row], natural: Sequence[str] = ()) -> Iterator[Break]:
    """Check and unique constraints of the model that rows would break; `natural` is a key that is known to be free."""
    for constraint in model._meta.constraints:
        if isinstance(constraint, models.CheckConstraint):
            for row in rows:
                if holds(constraint.condition, row.values) is False:
                    yield Break(row.tag, constraint.name, str(constraint.get_violation_error_message()))
    for name, names, condition, message in _uniques(model, natural):
        held = [row for row in rows if _concerned(row, names, condition)]
        stored = model._default_manager.filter(condition) if condition else model._default_manager.all()
        keys = (key_of(row.values, names) for row in held)
        holder: dict[tuple[Any, ...], Any] = {key_of(row, names): row["pk"] for row in matches(stored, names, keys, ())}
        for row in held:
            if holder.setdefault(key_of(row.values, names), row.pk or row) not in (row.pk, row):
                yield Break(row.tag, name, message, names[-1])


def _concerned(row: Row, names: Sequence[str], condition: Q | None) -> bool:
    return None not in key_of(row.values, names) and (condition is None or bool(holds(condition, row.values)))


def _uniques(model: type[models.Model], natural: Sequence[str]) -> Iterator[tuple[str, tuple[str, ...], Q | None, str]]:
    """(name, attnames, condition, sentence) of each unique field and constraint."""
    for field in model._meta.concrete_fields:
        if field.unique and not field.primary_key and [field.attname] != list(natural):
            yield field.name, (field.attname,), None, f"“{field.verbose_name}”已被别的记录使用。"
    for constraint in model._meta.constraints:
        if isinstance(constraint, models.UniqueConstraint):
            names = tuple(getattr(model._meta.get_field(name), "attname", name) for name in constraint.fields)
            if constraint.condition or set(names) != set(natural):
                message = str(constraint.get_violation_error_message())
                yield constraint.name, names, constraint.condition, message


def overlaps(model: type[models.Model], rows: Sequence[Row], names: Sequence[str]) -> Iterator[Break]:
    """Rows whose half-open period [valid_from, valid_to) overlaps that of another row with the same `names`."""
    held = [row for row in rows if _concerned(row, names, None)]
    ours = {row.pk for row in held}
    keys = (key_of(row.values, names) for row in held)
    known: dict[tuple[Any, ...], list[tuple[date, date]]] = defaultdict(list)
    for stored in matches(model._default_manager.all(), names, keys, ("valid_from", "valid_to")):
        if stored["pk"] not in ours:
            known[key_of(stored, names)].append((stored["valid_from"], stored["valid_to"] or date.max))
    for row in held:
        start, end = row.values["valid_from"], row.values["valid_to"] or date.max
        others = known[key_of(row.values, names)]
        if any(start < other_end and other < end for other, other_end in others):
            yield Break(row.tag, "overlap", "同一对象在这段时间已有记录,起止日期重叠。", "valid_from")
        others.append((start, end))


def holds(condition: Any, row: Mapping[str, Any]) -> bool | None:
    """Whether a Q holds for a row, in SQL's three values: None is unknown, and a check constraint lets it pass."""
    if not isinstance(condition, Q):
        return _leaf(condition[0], condition[1], row)
    results = [holds(child, row) for child in condition.children]
    decisive = condition.connector == Q.OR
    if decisive in results:
        result: bool | None = decisive
    else:
        result = None if None in results else not decisive
    return not result if condition.negated and result is not None else result


def _leaf(path: str, wanted: Any, row: Mapping[str, Any]) -> bool | None:
    name, _, lookup = path.partition("__")
    value = row[name] if name in row else row[f"{name}_id"]
    if isinstance(wanted, F):
        wanted = row[str(wanted.deconstruct()[1][0])]
    if lookup == "isnull" or (wanted is None and not lookup):
        return (value is None) is (wanted is None or bool(wanted))
    return None if value is None or wanted is None else _COMPARE[lookup](value, wanted)


_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "": lambda value, wanted: bool(value == wanted),
    "gt": lambda value, wanted: bool(value > wanted),
    "gte": lambda value, wanted: bool(value >= wanted),
    "lt": lambda value, wanted: bool(value < wanted),
    "lte": lambda value, wanted: bool(value <= wanted),
    "in": lambda value, wanted: value in wanted,
}


def install_no_overlap(using: str, table: str, names: Sequence[str], *, words: Sequence[str] = ()) -> None:
    """Run `no_overlap` where the table is; for a post_migrate handler."""
    connection = connections[using]
    if table in connection.introspection.table_names():
        with connection.cursor() as cursor:
            for statement in no_overlap(table, names, connection.vendor, words=words):
                cursor.execute(statement)


def _exclusion(table: str, name: str, keys: list[str]) -> str:
    """An exclusion constraint over boxes: two keys make a point, the days a line. Ids are exact in them up to 2⁵³.

    Ranges would say it more plainly and take three times as long to index; equality needs an extension.
    """
    pairs = [(*keys[start : start + 2], "0")[:2] for start in range(0, len(keys), 2)]
    boxes = [f"box(point({x}, {y}), point({x}, {y})) WITH &&" for x, y in pairs]
    first, last = "valid_from - date '1900-01-01'", "coalesce(valid_to - date '1900-01-01' - 1, 10000000)"
    boxes.append(f"box(point(0, {first}), point(0, {last})) WITH &&")
    known = " AND ".join(f"{key} IS NOT NULL" for key in keys)
    return (
        f"DO $$ BEGIN IF NOT EXISTS (SELECT 1 FROM pg_constraint WHERE conname = '{name}') THEN ALTER TABLE {table} "
        f"ADD CONSTRAINT {name} EXCLUDE USING gist ({', '.join(boxes)}) WHERE ({known}); END IF; END $$"
    )


def no_overlap(table: str, names: Sequence[str], vendor: str, *, words: Sequence[str] = ()) -> list[str]:
    """SQL that makes the database itself refuse overlapping periods of rows with the same `names` and `words`.

    Idempotent, to be run after every migration. SQLite: triggers, which a table rebuild drops. PostgreSQL: an
    exclusion constraint.
    """
    name = f"{table}_overlap"
    every = (*names, *words)
    if vendor == "postgresql":
        return [_exclusion(table, name, [*names, *(f"hashtext({word})" for word in words)])]
    same = " AND ".join(f"{key} = NEW.{key}" for key in every)
    found = (
        f"SELECT 1 FROM {table} WHERE {same} AND id <> NEW.id "
        f"AND valid_from < coalesce(NEW.valid_to, '9999-12-31') "
        f"AND NEW.valid_from < coalesce(valid_to, '9999-12-31')"
    )
    return [
        f"CREATE TRIGGER IF NOT EXISTS {name}_{verb} AFTER {verb} ON {table} WHEN EXISTS ({found}) "
        f"BEGIN SELECT RAISE(ABORT, '{name}'); END"
        for verb in ("insert", "update")
    ]
