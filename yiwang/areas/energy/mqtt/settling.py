"""From the hours of a meter to its readings by day: what the dial showed last before midnight begins the day."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from django.db import transaction
from django.utils import timezone

from yiwang.areas.energy.meters.models import Meter
from yiwang.areas.energy.mqtt.store import HOUR
from yiwang.areas.energy.use.computing import recompute
from yiwang.areas.energy.use.dial import Mark, rolls, step
from yiwang.areas.energy.use.models import HourValue, Reading, Source
from yiwang.core.ledger.post import post
from yiwang.core.orgs.ancestors import columns_of
from yiwang.kit.among import Among  # noqa: F401 (registers the look-up)

log = logging.getLogger(__name__)
#: Days looked back at: later ones that come late are still taken.
BACK = 3


def midnight(day: date) -> int:
    """The hour since 1970 at which the local day begins."""
    return int(timezone.make_aware(datetime.combine(day, time())).timestamp()) // HOUR


@transaction.atomic
def settle(meters: Iterable[int], *, today: date, back: int = BACK) -> int:
    """Readings of these meters for the last days up to today, where nobody has entered one; how many were written.

    A step back that is no roll-over is left out and logged: the clerk enters a replacement. One entry.
    """
    ids = sorted(set(meters))
    days = [today - timedelta(days=number) for number in range(back, -1, -1)]
    shown = _shown(ids, days)
    known = Meter.objects.filter(pk__among=ids).select_related("organ").in_bulk()
    before = _before(ids, days[0])
    held = _held(ids, days[0])
    made: list[Reading] = []
    for pk, meter in known.items():
        last = before.get(pk)
        for day in days:
            if day in held[pk]:
                last = held[pk][day]
            elif (pk, day) in shown and (mark := _mark(day, shown[pk, day], last, meter)) is not None:
                made.append(_reading(meter, mark))
                last = mark
    Reading.objects.bulk_create(made, batch_size=500)
    if made:
        body = {"meters": len({one.meter_id for one in made}), "readings": len(made)}
        post(actor="system", act="energy.meter.receive", obj=f"energy.telemetry:{today}", body=body)
        recompute({one.meter_id for one in made})
    return len(made)


def _shown(ids: list[int], days: list[date]) -> dict[tuple[int, date], int]:
    """(meter, day) → what it showed last within the day before, in thousandths."""
    found: dict[tuple[int, date], int] = {}
    edges = {day: midnight(day) for day in days}
    first, last = edges[days[0]] - 24, edges[days[-1]]
    rows = HourValue.objects.filter(meter__among=ids, hour__gte=first, hour__lt=last).order_by("hour")
    for meter, hour, value in rows.values_list("meter_id", "hour", "value"):
        for day, edge in edges.items():
            if edge - 24 <= hour < edge:
                found[meter, day] = value
    return found


def _before(ids: list[int], day: date) -> dict[int, Mark]:
    rows = Reading.objects.filter(meter__among=ids, day__lt=day).order_by("day")
    return {row.meter_id: _of(row) for row in rows.filter(day__gte=day - timedelta(days=400))}


def _held(ids: list[int], day: date) -> dict[int, dict[date, Mark]]:
    found: dict[int, dict[date, Mark]] = defaultdict(dict)
    for row in Reading.objects.filter(meter__among=ids, day__gte=day):
        found[row.meter_id][row.day] = _of(row)
    return found


def _of(row: Reading) -> Mark:
    return Mark(row.day, row.value, row.start, row.multiplier, row.rolled, row.estimated)


def _mark(day: date, value: int, last: Mark | None, meter: Meter) -> Mark | None:
    mark = Mark(day, Decimal(value) / 1000)
    if last is None or step(last, mark, meter.digits) >= 0:
        return mark
    if rolls(last, mark, meter.digits):
        return Mark(day, mark.value, rolled=True)
    log.warning("表 %s 在 %s 的读数 %s 小于之前的 %s,没有采用", meter.number, day, mark.value, last.value)
    return None


def _reading(meter: Meter, mark: Mark) -> Reading:
    return Reading(
        meter=meter, organ=meter.organ, day=mark.day, value=mark.value, rolled=mark.rolled, source=Source.METER,
        **columns_of(meter.organ),
    )  # fmt: skip
