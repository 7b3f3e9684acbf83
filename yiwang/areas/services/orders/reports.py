"""服务月报: promises kept, mean and p90 times, marks, cost; by item, team or supplier, and month over month.

Counted from the orders that were reported in the period and are finished; what is still running is counted apart.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import QuerySet

from yiwang.areas.services.orders.clocks import CLOCKS
from yiwang.areas.services.orders.models import OrderState, WorkOrder
from yiwang.areas.services.orders.register import reading
from yiwang.core.rights.access import Access
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
_COLUMNS = (
    "state", "reported_at", "responded_at", "finished_at", "paused_seconds", "score", "labour_cost", "parts_cost",
    "reopened", "reported_date", *(name for pair in _PROMISES for name in pair),
)  # fmt: skip


def figures(access: Access, since: date, until: date, by: str = "item") -> list[Figures]:
    """A row for each group of the orders reported from `since` up to the day before `until`; the most orders first.

    One query. Refusal `order.report` for a grouping that there is not.
    """
    if by not in BY:
        raise Refusal("order.report", "没有这种汇总方式。")
    (key, label), _ = BY[by]
    groups: dict[str, Figures] = {}
    for row in _rows(access, since, until).values(key, label, *_COLUMNS).iterator(chunk_size=2000):
        name = str(row[key] if row[key] is not None else "")
        group = groups.get(name) or groups.setdefault(name, Figures(name, row[label] or NOBODY.get(by, "未填")))
        _add(group, row)
    return sorted(groups.values(), key=lambda one: (-one.reported, one.label))


def months(access: Access, until: date, number: int = 12) -> list[tuple[date, Figures]]:
    """The last `number` months up to that of the day before `until`, each with its figures. One query."""
    last = date(until.year, until.month, 1) if until.day > 1 else _before(until)
    starts = [last]
    while len(starts) < number:
        starts.append(_before(starts[-1]))
    found: dict[date, Figures] = defaultdict(lambda: Figures("", ""))
    for row in _rows(access, starts[-1], until).values(*_COLUMNS).iterator(chunk_size=2000):
        _add(found[row["reported_date"].replace(day=1)], row)
    return [(start, found[start]) for start in reversed(starts)]


def _before(month: date) -> date:
    """The first day of the month before."""
    return date(month.year - (month.month == 1), (month.month - 2) % 12 + 1, 1)


def _rows(access: Access, since: date, until: date) -> QuerySet[WorkOrder]:
    rows = reading(access).scope(WorkOrder.objects.all())
    return rows.filter(reported_date__gte=since, reported_date__lt=until).order_by()


def _add(group: Figures, row: dict[str, Any]) -> None:
    group.reported += 1
    state = row["state"]
    if state == OrderState.CANCELLED:
        group.cancelled += 1
        return
    if state not in (OrderState.FINISHED, OrderState.CLOSED):
        group.running += 1
        return
    group.finished += 1
    group.reopened += bool(row["reopened"])
    group.cost += row["labour_cost"] + row["parts_cost"]
    if row["score"] is not None:
        group.scores.append(row["score"])
    _times(group, row)


def _times(group: Figures, row: dict[str, Any]) -> None:
    reported, finished = row["reported_at"], row["finished_at"]
    if row["responded_at"] is not None:
        group.respond.append(int((row["responded_at"] - reported).total_seconds()) // 60)
    group.finish.append(int((finished - reported).total_seconds() - row["paused_seconds"]) // 60)
    promised = [(row[by], row[done] or finished) for by, done in _PROMISES if row[by] is not None]
    group.promised += bool(promised)
    group.kept += bool(promised) and all(done <= by for by, done in promised)
