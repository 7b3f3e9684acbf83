"""服务月报: promises kept, mean and p90 times, marks, cost; by item, team or supplier, and month over month.

Counted from the orders that were reported in the period and are finished; what is still running is counted apart.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import chain
from typing import Any, NamedTuple

from django.db.models import QuerySet

from yiwang.areas.services.orders.clocks import CLOCKS
from yiwang.areas.services.orders.models import OrderState, WorkOrder
from yiwang.areas.services.orders.register import reading
from yiwang.core.rights.access import Access
from yiwang.kit.columns import raw
from yiwang.kit.refusal import Refusal

#: by → (the columns that name a group, what it is called).
BY = {
    "item": (("item__code", "item__name"), "服务事项"),
    "team": (("team_id", "team__name"), "班组"),
    "supplier": (("supplier_id", "supplier__name"), "供应商"),
    "organ": (("organ_id", "organ__name"), "单位"),
}
NOBODY = {"team": "未派工", "supplier": "自有班组"}


@dataclass
class Figures:
    """One group. Times in minutes net of standing clocks; `kept` of `promised` orders; marks 1 to 5; cost in fen."""

    key: str
    label: str
    reported: int = 0
    finished: int = 0
    running: int = 0
    cancelled: int = 0
    promised: int = 0
    kept: int = 0
    reopened: int = 0
    cost: int = 0
    respond: list[int] = field(default_factory=list)
    finish: list[int] = field(default_factory=list)
    scores: list[int] = field(default_factory=list)

    @property
    def kept_share(self) -> float | None:
        """Per cent of the orders with a promise that kept all of it."""
        return round(100 * self.kept / self.promised, 1) if self.promised else None

    @property
    def score(self) -> float | None:
        """The mean mark."""
        return round(sum(self.scores) / len(self.scores), 2) if self.scores else None

    @property
    def mean_respond(self) -> float | None:
        """Mean minutes to the response."""
        return _mean(self.respond)

    @property
    def mean_finish(self) -> float | None:
        """Mean minutes to the end."""
        return _mean(self.finish)

    @property
    def p90_finish(self) -> int | None:
        """Minutes within which nine of ten were finished."""
        return p90(self.finish)


def _mean(values: list[int]) -> float | None:
    return round(sum(values) / len(values), 1) if values else None


def p90(values: Iterable[int]) -> int | None:
    """The smallest value that at least nine of ten do not exceed (nearest rank)."""
    ordered = sorted(values)
    return ordered[-(-len(ordered) * 9 // 10) - 1] if ordered else None


_PROMISES = [(by, done) for by, done, _ in CLOCKS]


def figures(access: Access, since: date, until: date, by: str = "item") -> list[Figures]:
    """A row for each group of the orders reported from `since` up to the day before `until`; the most orders first.

    One query. Refusal `order.report` for a grouping that there is not.
    """
    if by not in BY:
        raise Refusal("order.report", "没有这种汇总方式。")
    (key, label), _ = BY[by]
    groups: dict[str, Figures] = {}
    for (held, words), row in _orders(_rows(access, since, until), key, label):
        name = str(held if held is not None else "")
        group = groups.get(name) or groups.setdefault(name, Figures(name, words or NOBODY.get(by, "未填")))
        _add(group, row)
    return sorted(groups.values(), key=lambda one: (-one.reported, one.label))


def months(access: Access, until: date, number: int = 12) -> list[tuple[date, Figures]]:
    """The last `number` months up to that of the day before `until`, each with its figures. One query."""
    last = date(until.year, until.month, 1) if until.day > 1 else _before(until)
    starts = [last]
    while len(starts) < number:
        starts.append(_before(starts[-1]))
    found: dict[tuple[int, int], Figures] = defaultdict(lambda: Figures("", ""))
    for _, row in _orders(_rows(access, starts[-1], until)):
        _add(found[row.reported_date.year, row.reported_date.month], row)
    return [(start, found[start.year, start.month]) for start in reversed(starts)]


def _before(month: date) -> date:
    """The first day of the month before."""
    return date(month.year - (month.month == 1), (month.month - 2) % 12 + 1, 1)


def _rows(access: Access, since: date, until: date) -> QuerySet[WorkOrder]:
    rows = reading(access).scope(WorkOrder.objects.all())
    return rows.filter(reported_date__gte=since, reported_date__lt=until).order_by()


class _Order(NamedTuple):
    """What the figures need of an order. The instants only to be compared: as the database sends them."""

    state: str
    reported_at: datetime
    responded_at: datetime | None
    finished_at: datetime
    paused_seconds: int
    score: int | None
    labour_cost: int
    parts_cost: int
    reopened: int
    reported_date: date
    clocks: tuple[datetime | None, ...]


def _orders(rows: QuerySet[WorkOrder], *more: str) -> Iterator[tuple[tuple[Any, ...], _Order]]:
    """The orders, and beside each the columns `more`. Making an aware instant of each text took half of the time."""
    columns, first = _Order._fields[:-1], len(more)
    last = first + len(columns)
    chunks, _ = raw(rows.values_list(*more, *columns, *(name for pair in _PROMISES for name in pair)), chunk=2000)
    for row in chain.from_iterable(chunks):
        yield row[:first], _Order._make((*row[first:last], row[last:]))


def _add(group: Figures, row: _Order) -> None:
    group.reported += 1
    state = row.state
    if state == OrderState.CANCELLED:
        group.cancelled += 1
        return
    if state not in (OrderState.FINISHED, OrderState.CLOSED):
        group.running += 1
        return
    group.finished += 1
    group.reopened += bool(row.reopened)
    group.cost += row.labour_cost + row.parts_cost
    if row.score is not None:
        group.scores.append(row.score)
    _times(group, row)


def _times(group: Figures, row: _Order) -> None:
    reported, finished = row.reported_at, row.finished_at
    if row.responded_at is not None:
        group.respond.append(int((row.responded_at - reported).total_seconds()) // 60)
    group.finish.append(int((finished - reported).total_seconds() - row.paused_seconds) // 60)
    pairs = zip(row.clocks[::2], row.clocks[1::2], strict=True)
    promised = [(by, done or finished) for by, done in pairs if by is not None]
    group.promised += bool(promised)
    group.kept += bool(promised) and all(done <= by for by, done in promised)
