"""A large `values_list` as the database sends it, with what turns a column's values into Python's.

Django converts every cell of every row. Where few values stand many times in a column, that is work to be done once a value.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.db import connections
from django.db.models import QuerySet
from django.db.models.query import ValuesListIterable

from yiwang.kit.sheets.write import guarded

#: Texts of one column that are remembered while a file is written.
KNOWN = 20_000

#: Where the parts of a cell stand in a fetched row, and the cell that is made of them.
Source = tuple[tuple[int, ...], Callable[..., Any]]


def raw(
    rows: QuerySet[Any, tuple[Any, ...]], *, chunk: int
) -> tuple[Iterator[list[tuple[Any, ...]]], dict[int, Callable[[Any], Any]]]:
    """The rows in lists of at most `chunk`, not yet converted; and a function for each column that needs one, by its place."""
    if rows._iterable_class is not ValuesListIterable:
        raise TypeError("values_list is wanted")
    connection: Any = connections[rows.db]
    compiler: Any = rows.query.get_compiler(using=rows.db)
    found = compiler.execute_sql(chunked_fetch=True, chunk_size=chunk)
    converters = compiler.get_converters([column for column, *_ in compiler.select])
    return found or iter(()), {at: _joined(connection, *one) for at, one in converters.items()}


def _joined(connection: Any, converters: list[Any], expression: Any) -> Callable[[Any], Any]:
    def convert(value: Any) -> Any:
        for one in converters:
            value = one(value, expression, connection)
        return value

    return convert


class _Known(dict[Any, str]):
    """The texts of a column of a CSV file by what the database sent."""

    def __init__(self, source: Source, converters: Mapping[int, Callable[[Any], Any]]) -> None:
        super().__init__()
        self.places, self.write = source
        self.converters = [(at, converters[place]) for at, place in enumerate(self.places) if place in converters]

    def __missing__(self, sent: Any) -> str:
        parts = list(sent) if len(self.places) > 1 else [sent]
        for at, convert in self.converters:
            parts[at] = convert(parts[at])
        value = self.write(*parts)
        text = self[sent] = guarded(Decimal(value) if isinstance(value, int) else value)
        return text

    def of(self, columns: Sequence[Sequence[Any]]) -> list[str]:
        """The text of each row."""
        if len(self) > KNOWN:
            self.clear()
        if len(self.places) == 1:
            return [self[value] for value in columns[self.places[0]]]
        return [self[value] for value in zip(*(columns[place] for place in self.places), strict=True)]


def texts(rows: QuerySet[Any, tuple[Any, ...]], sources: Sequence[Source], *, chunk: int) -> Iterator[Sequence[str]]:
    """The rows of a CSV file, each cell `guarded`, made column by column, which takes a fifth of the time."""
    parts, converters = raw(rows, chunk=chunk)
    known = [_Known(source, converters) for source in sources]
    for part in parts:
        columns = list(zip(*part, strict=True))
        yield from zip(*(one.of(columns) for one in known), strict=True)
