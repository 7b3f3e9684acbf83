"""What the boards show: orders in columns with their clocks, the repairer's own, the reporter's own."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from yiwang.areas.services.orders.clocks import Clock, clocks
from yiwang.areas.services.orders.machine import dispatches
from yiwang.areas.services.orders.models import STANDING, OrderState, TeamMember, WorkOrder
from yiwang.areas.services.orders.teams import Candidate, pool, ranked
from yiwang.core.rights.access import Access

#: A column shows so many, the page of own orders too.
MOST = 60


@dataclass(frozen=True)
class Shown:
    """An order with its clocks; `next` is the verb that its one button does, `best` the team proposed."""

    order: WorkOrder
    clocks: list[Clock]
    late: bool
    next: str = ""
    best: Candidate | None = None


def _shown(order: WorkOrder, now: datetime, *, verb: str = "", best: Candidate | None = None) -> Shown:
    ticking = clocks(order, now)
    late = order.state not in (OrderState.FINISHED, OrderState.CLOSED) and any(one.kind == "over" for one in ticking)
    return Shown(order, ticking, late, verb, best)


def _full(rows: QuerySet[WorkOrder]) -> QuerySet[WorkOrder]:
    return rows.select_related("item", "team", "supplier", "repairer", "reporter", "organ")


def columns(access: Access, now: datetime) -> list[tuple[str, str, int, list[Shown]]]:
    """The dispatcher's board: key, heading, how many, the first of them: new, overdue, running, to be confirmed."""
    seen = WorkOrder.objects.visible(access)
    late = seen.late(now)
    running = seen.running().exclude(pk__in=late.values("pk")).exclude(state=OrderState.NEW)
    parts = [
        ("new", "待派工", seen.filter(state=OrderState.NEW).order_by("respond_by", "pk")),
        ("late", "超时", late.exclude(state=OrderState.NEW).order_by("finish_by", "pk")),
        ("running", "进行中", running.order_by("finish_by", "pk")),
        ("finished", "待确认", seen.filter(state=OrderState.FINISHED).order_by("finished_at", "pk")),
    ]
    return [(key, label, rows.count(), _column(key, rows, access, now)) for key, label, rows in parts]


def _column(key: str, rows: QuerySet[WorkOrder], access: Access, now: datetime) -> list[Shown]:
    orders = list(_full(rows)[: MOST if key != "new" else 20])
    if key != "new" or not dispatches(access):
        return [_shown(one, now) for one in orders]
    among = pool(orders, now)
    return [_shown(one, now, best=next(iter(ranked(one, among)), None)) for one in orders]


#: What the button of a repairer's order does.
NEXT = {
    OrderState.NEW: "accept",
    OrderState.ASSIGNED: "accept",
    OrderState.ACCEPTED: "arrive",
    OrderState.ARRIVED: "finish",
    OrderState.PAUSED: "resume",
}


def todo(access: Access, now: datetime) -> tuple[list[Shown], list[Shown]]:
    """What the user has taken, and what he could take: of his teams, given to nobody else."""
    me = access.user.pk
    own = _full(WorkOrder.objects.running().filter(repairer=me).exclude(state=OrderState.ASSIGNED))
    teams = TeamMember.objects.filter(user=me).values("team")
    free = _full(WorkOrder.objects.filter(state=OrderState.ASSIGNED, team__in=teams)).filter(repairer=None)
    given = _full(WorkOrder.objects.filter(state=OrderState.ASSIGNED, repairer=me))
    return _listed(own.order_by("finish_by", "pk"), now), [
        *_listed(given.order_by("arrive_by", "pk"), now),
        *_listed(free.order_by("arrive_by", "pk"), now),
    ]


def _listed(rows: Iterable[WorkOrder], now: datetime) -> list[Shown]:
    return [_shown(one, now, verb=NEXT.get(OrderState(one.state), "")) for one in list(rows)[:MOST]]


def reported(access: Access, now: datetime) -> list[Shown]:
    """The user's own reports, the latest first."""
    return [_shown(one, now) for one in _full(WorkOrder.objects.filter(reporter=access.user.pk)).order_by("-pk")[:MOST]]


def standing(order: WorkOrder) -> bool:
    """Whether the clock of the order stands."""
    return order.state in STANDING
