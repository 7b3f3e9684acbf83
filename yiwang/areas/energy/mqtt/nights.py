"""The share of use at night by month, from the hours of meters that report by themselves.

An hour counts where the one before it was read too and the dial did not go back. What the clock says is local time.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date

import numpy as np
from django.db.models import F, Sum

from yiwang.areas.energy.judge.night import HOURS
from yiwang.areas.energy.judge.robust import Ints
from yiwang.areas.energy.mqtt.settling import midnight
from yiwang.areas.energy.use.models import HourValue, NightMonth
from yiwang.areas.energy.use.spread import following
from yiwang.kit.among import Among  # noqa: F401 (registers the look-up)

#: Meters that are read together: a month of them is 150,000 hours.
CHUNK = 200
#: With fewer hours than ten days a share says nothing of the month.
LEAST = 240


def count(month: date, meters: Collection[int] | None = None) -> int:
    """Work out a month of these meters, or of all that reported in it; how many rows were written. May be run again."""
    first, last = midnight(month), midnight(following(month))
    rows = HourValue.objects.filter(hour__gte=first - 1, hour__lt=last)
    if meters is not None:
        rows = rows.filter(meter__among=sorted(meters))
    ids = sorted(rows.values_list("meter_id", flat=True).distinct())
    done = 0
    for at in range(0, len(ids), CHUNK):
        done += _write(month, ids[at : at + CHUNK], first, last)
    return done


def _write(month: date, ids: list[int], first: int, last: int) -> int:
    """One statement for all of them."""
    read = HourValue.objects.filter(meter__among=ids, hour__gte=first - 1, hour__lt=last).order_by("meter_id", "hour")
    table = np.array(list(read.values_list("meter_id", "hour", "value")), dtype=np.int64)
    made = [
        NightMonth(meter_id=meter, month=month, night=night, whole=whole, hours=hours)
        for meter, night, whole, hours in sums(table, first)
        if hours >= LEAST and whole > 0
    ]
    NightMonth.objects.bulk_create(
        made, update_conflicts=True, unique_fields=["meter", "month"], update_fields=["night", "whole", "hours"]
    )
    return len(made)


def sums(table: Ints, first: int) -> Iterator[tuple[int, int, int, int]]:
    """(meter, at night, in all, hours) from rows (meter, hour, dial) in their order; `first`: the hour of a midnight."""
    if len(table) < 2:
        return
    meter, hour, value = table[1:, 0], table[1:, 1], table[1:, 2]
    used = value - table[:-1, 2]
    sound = (meter == table[:-1, 0]) & (hour == table[:-1, 1] + 1) & (used >= 0) & (hour >= first)
    dark = sound & np.isin((hour - first) % 24, HOURS)
    for one in np.unique(meter[sound]):
        mine = meter == one
        yield int(one), int(used[mine & dark].sum()), int(used[mine & sound].sum()), int((mine & sound).sum())


def by_organ(
    since: date, until: date, organs: Collection[int] | None = None
) -> Iterator[tuple[int, str, str, str, date, float]]:
    """(organ, its name, region, kind, month, share in per cent) of [since, until): the meters weighed by their use."""
    rows = NightMonth.objects.filter(month__gte=since, month__lt=until, meter__counts=True)
    if organs is not None:
        rows = rows.filter(meter__organ__among=sorted(organs))
    keys = ("meter__organ_id", "meter__organ__name", "meter__organ__region_id", "meter__kind", "month")
    grouped = rows.order_by(*keys).values_list(*keys)
    for *key, night, whole in grouped.annotate(
        n=Sum(F("night") * F("meter__multiplier")), w=Sum(F("whole") * F("meter__multiplier"))
    ):
        organ, name, region, kind, month = key
        yield organ, name, region, kind, month, 100 * float(night) / float(whole)
