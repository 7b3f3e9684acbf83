"""services.work_order: a row for each order that is finished, judged on the day it was reported."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date, datetime
from decimal import Decimal

from django.db.models import Q

import yiwang.kit.among  # noqa: F401 (registers the look-up)
from yiwang.areas.services.catalogue.models import Urgency
from yiwang.areas.services.orders.models import OrderState, WorkOrder
from yiwang.core.verdicts.sources import SourceRow, register_source

_URGENCIES = dict(Urgency.choices)


def _minutes(since: datetime, until: datetime | None, stood: int = 0) -> Decimal | None:
    """Begun minutes between two instants, without the seconds that the clock stood."""
    if until is None:
        return None
    return Decimal(-(-max(int((until - since).total_seconds()) - stood, 0) // 60))


def orders(*, on: date, subjects: Collection[str] | None = None) -> Iterator[SourceRow]:
    """Subject: id of the order. Cancelled ones and those still under way are not judged.

    What was never recorded on the way was done by the end: who finished had answered, come and said how.
    """
    mine = Q() if subjects is None else Q(pk__among=[int(one) for one in subjects if one.isdigit()])
    rows = WorkOrder.objects.filter(
        mine, reported_date__lte=on, state__in=(OrderState.FINISHED, OrderState.CLOSED), finished_at__isnull=False
    ).order_by("pk")
    columns = ("pk", "organ_id", "organ__name", "organ__region_id", "number", "urgency", "reported_date")
    times = ("reported_at", "responded_at", "arrived_at", "planned_at", "finished_at", "paused_seconds")
    for row in rows.values_list(*columns, *times).iterator(chunk_size=2000):
        key, organ, name, region, number, urgency, day, since, responded, arrived, planned, finished, stood = row
        yield SourceRow(
            subject=str(key),
            label=f"{name} · {number}",
            organ_id=organ,
            region=region,
            on=day,
            values={
                "organ": name,
                "order_number": number,
                "urgency": _URGENCIES[urgency],
                "respond_minutes": _minutes(since, responded or arrived or finished),
                "arrive_minutes": _minutes(since, arrived or finished),
                "plan_minutes": _minutes(since, planned or finished, 0 if planned else stood),
                "finish_minutes": _minutes(since, finished, stood),
            },
            url=f"/services/orders/{key}/",
        )


register_source("services.work_order", orders)
