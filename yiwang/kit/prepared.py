"""Queries that every request asks: built and compiled once, then only executed.

Django builds the SQL of a queryset anew each time, which costs some ten times what SQLite needs to answer by a key. Here
the queryset is built once with marks in place of its parameters; where the marks stand in the statement is remembered.
Only for statements whose shape does not depend on what is given: equality and order with one value each.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any, Generic, TypeVar

from django.db import connections, router
from django.db.models import QuerySet
from django.db.models import query as queries
from django.db.models.query import ModelIterable, ValuesListIterable

R = TypeVar("R")
_populators: Any = queries.get_related_populators

#: Values that nobody would ask for; the number of the parameter is added. Within 31 bits, so that every integer column takes them.
_WHOLE, _TEXT, _DAY = 2_147_400_000, "\x02prepared-mark-", date(2, 2, 2)
_INSTANT = datetime(1971, 2, 3, 4, 5, 6, tzinfo=UTC)


def _mark(kind: str, number: int) -> Any:
    """The mark of a parameter of this annotation."""
    marks: dict[str, Any] = {
        "int": _WHOLE + number,
        "str": f"{_TEXT}{number}",
        "date": _DAY + timedelta(days=number),
        "datetime": _INSTANT + timedelta(days=number),
    }
    return marks[kind]


def _adapted(connection: Any, value: Any) -> Any:
    """As the fields of this database hand it to the driver."""
    if isinstance(value, datetime):
        return connection.ops.adapt_datetimefield_value(value)
    return connection.ops.adapt_datefield_value(value) if isinstance(value, date) else value


class _Plan:
    """The compiled statement for one database."""

    def __init__(self, queryset: QuerySet[Any], marks: dict[str, Any], using: str) -> None:
        connection: Any = connections[using]
        compiler: Any = queryset.query.get_compiler(using=using)
        self.sql, params = compiler.as_sql()
        self.params = list(params)
        self.places = [
            (place, name, type(param))
            for name, mark in marks.items()
            for place, param in enumerate(params)
            if param == _adapted(connection, mark) and not isinstance(param, bool)
        ]
        if missing := set(marks) - {name for _, name, _ in self.places}:
            raise ValueError(f"the statement does not show {', '.join(sorted(missing))}")
        columns = [column for column, *_ in compiler.select]
        self.converters = [(at, *found) for at, found in compiler.get_converters(columns).items()]
        self.model: Any = None
        if issubclass(queryset._iterable_class, ModelIterable):
            info = compiler.klass_info
            fields = info["select_fields"]
            self.model, self.part = info["model"], slice(fields[0], fields[-1] + 1)
            self.names = [compiler.select[at][0].target.attname for at in range(fields[0], fields[-1] + 1)]
            self.related = _populators(info, compiler.select, using)
        elif queryset._iterable_class is not ValuesListIterable:
            raise TypeError("only rows and values_list are prepared")

    def fetch(self, using: str, given: dict[str, Any]) -> Iterator[Any]:
        """What the statement finds."""
        connection: Any = connections[using]
        params = self.params.copy()
        for place, name, kind in self.places:
            value = _adapted(connection, given[name])
            params[place] = kind(value) if isinstance(value, int) else value
        with connection.cursor() as cursor:
            cursor.execute(self.sql, params)
            rows: Sequence[Sequence[Any]] = cursor.fetchall()
        for found in rows:
            row = self._converted(found, connection)
            if self.model is None:
                yield row
                continue
            one = self.model.from_db(using, self.names, row[self.part])
            for populator in self.related:
                populator.populate(row, one)
            yield one

    def _converted(self, found: Sequence[Any], connection: Any) -> Sequence[Any]:
        if not self.converters:
            return found
        row = list(found)
        for at, converters, expression in self.converters:
            for converter in converters:
                row[at] = converter(row[at], expression, connection)
        return tuple(row)


class Prepared(Generic[R]):
    """A query with parameters, each one of int, str, date, datetime by the annotations of `build`."""

    def __init__(self, build: Callable[..., QuerySet[Any, R]]) -> None:
        self._build = build
        self._plans: dict[str, _Plan] = {}

    def __call__(self, **given: Any) -> list[R]:
        """The rows, as the queryset would have them."""
        using, plan = self._plan()
        return list(plan.fetch(using, given))

    def _plan(self) -> tuple[str, _Plan]:
        for using, plan in self._plans.items():
            return using, plan
        kinds = {name: str(one.annotation) for name, one in inspect.signature(self._build).parameters.items()}
        marks = {name: _mark(kind, number) for number, (name, kind) in enumerate(kinds.items())}
        queryset = self._build(**marks)
        using = router.db_for_read(queryset.model)
        self._plans[using] = _Plan(queryset, marks, using)
        return using, self._plans[using]


def prepared(build: Callable[..., QuerySet[Any, R]]) -> Prepared[R]:
    """A function from parameters to a queryset becomes one to a list; see the module."""
    return Prepared(build)
