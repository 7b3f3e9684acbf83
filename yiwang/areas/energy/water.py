"""The balance of water: what the mains of an organ showed in a year and what the meters below them did.

The share that is metered below is what 节水型单位 asks for (次级用水单位水计量率). What is missing is not metered, or lost in
the pipes: the meters cannot say which. The loss of taps (漏失率) is counted tap by tap, so it does not follow from here.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Sum

from yiwang.areas.energy.meters.models import Meter
from yiwang.areas.energy.use.models import UseMonth
from yiwang.core.orgs.models import Organ
from yiwang.core.registers.computed import register_computed
from yiwang.kit.among import Among  # noqa: F401 (registers the look-up)

DATASET, WATER = "energy.water_balance", "WATER"


def _years(*, within: Organ, since: date, until: date) -> Iterator[dict[str, Any]]:
    """The calendar years that begin in the period."""
    for year in range(since.year + (since > date(since.year, 1, 1)), until.year + (until > date(until.year, 1, 1))):
        yield from balances(within, year)


def balances(within: Organ, year: int) -> Iterator[dict[str, Any]]:
    """Organs all of whose mains have meters below them; over the months for which every one of them has a figure.

    Two queries.
    """
    meters = list(Meter.objects.within(within).filter(kind=WATER).select_related("organ").order_by("pk"))
    below: dict[int, list[int]] = defaultdict(list)
    for one in meters:
        if one.parent_id is not None:
            below[one.parent_id].append(one.pk)
    mains: dict[int, list[Meter]] = defaultdict(list)
    for one in meters:
        if one.counts and one.parent_id is None:
            mains[one.organ_id].append(one)
    used = _used([one.pk for one in meters], year)
    for organ, some in mains.items():
        if not all(below[one.pk] for one in some):
            continue
        subs = [pk for one in some for pk in below[one.pk]]
        every = [used.get(pk, {}) for pk in (*(one.pk for one in some), *subs)]
        months = sorted(set.intersection(*map(set, every)))
        main = sum((used[one.pk][month] for one in some for month in months), 0)
        if not main:
            continue
        sub = sum(used[pk][month] for pk in subs for month in months)
        yield {
            "organ": some[0].organ.name, "organ_id": organ, "region": some[0].organ.region_id, "year": year,
            "months": len(months), "main_m3": Decimal(main) / 1000, "sub_m3": Decimal(sub) / 1000,
            "sub_rate": round(Decimal(100 * sub) / main, 2),
        }  # fmt: skip


def _used(meters: list[int], year: int) -> dict[int, dict[date, int]]:
    """Meter → month → thousandths of a cubic metre, whoever shares it; estimated months are left out."""
    rows = UseMonth.objects.filter(meter__among=meters, month__year=year, estimated=False).order_by("meter_id", "month")
    found: dict[int, dict[date, int]] = defaultdict(dict)
    for meter, month, quantity in rows.values_list("meter_id", "month").annotate(n=Sum("quantity")):
        found[meter][month] = quantity
    return found


register_computed(DATASET, _years)
