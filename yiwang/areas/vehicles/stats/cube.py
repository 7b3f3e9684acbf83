"""The figures of a month for every organ, use, body and energy: worked out in sets, kept in `FleetMonth`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Count, F, Q, QuerySet, Sum
from django.db.models.functions import TruncDate

from yiwang.areas.vehicles.board.models import PoolingState, PoolMember
from yiwang.areas.vehicles.costs.elsewhere import ELSEWHERE, unbilled
from yiwang.areas.vehicles.costs.models import ENERGY, Cost
from yiwang.areas.vehicles.life.models import Vehicle, VehicleState
from yiwang.areas.vehicles.stats.models import FleetMonth, MonthRun
from yiwang.areas.vehicles.tracks.models import DayTrack
from yiwang.areas.vehicles.trips.models import Assignment
from yiwang.core.orgs.ancestors import columns_of
from yiwang.core.orgs.models import Organ
from yiwang.core.workdays.current import current

#: A car that leaves within so long of the time asked for was on time.
PUNCTUAL = timedelta(minutes=10)
Key = tuple[int, str, str, str]  # organ, use, body, energy
_SUMS = ("cars", "able", "used", "trips", "on_time", "rides", "pooled", "metres", "empty", "cost", "energy_cost")
Found = dict[Key, dict[str, int]]


def following(month: date) -> date:
    """The first day of the next month."""
    return date(month.year + (month.month == 12), month.month % 12 + 1, 1)


def computed(month: date, on: date) -> Found:
    """The sums of a month, up to `on`. Ten queries; no more rows in memory than there are cars."""
    found: Found = defaultdict(lambda: dict.fromkeys(_SUMS, 0))
    first, after = month, min(following(month), on + timedelta(days=1))
    calendar = current()
    days = [day for day in _days(first, after) if calendar.is_workday(day)]
    for step in (_cars, _trips, _pools, _ways, _bills):
        step(found, first, after, days)
    return dict(found)


def _days(first: date, after: date) -> Iterator[date]:
    while first < after:
        yield first
        first += timedelta(days=1)


def _dims(car: str) -> tuple[str, str, str]:
    return f"{car}use", f"{car}body", f"{car}energy"


def _cars(found: Found, first: date, after: date, days: list[date]) -> None:
    """The cars that are held; those on the road could drive on every working day."""
    rows = Vehicle.objects.filter(Q(registered_date=None) | Q(registered_date__lt=after)).order_by()
    rows = rows.filter(Q(retired_date=None) | Q(retired_date__gte=after))
    on_road = Count("pk", filter=~Q(state=VehicleState.LAID_UP))
    for *key, cars, able in rows.values_list("organ_id", *_dims("")).annotate(n=Count("pk"), able=on_road):
        row = found[_key(key)]
        row["cars"] += cars
        row["able"] += able * len(days)


def _key(parts: Iterable[Any]) -> Key:
    organ, use, body, energy = parts
    return organ, use, body, energy


def _driven(first: date, after: date) -> QuerySet[Any]:
    """What our own cars drove in the period."""
    rows = Assignment.objects.filter(vehicle__isnull=False)
    return rows.filter(started_at__date__gte=first, started_at__date__lt=after).order_by()


def _trips(found: Found, first: date, after: date, days: list[date]) -> None:
    rows = _driven(first, after)
    punctual = Count("pk", filter=Q(started_at__lte=F("trip__starts_at") + PUNCTUAL))
    for *key, trips, on_time in rows.values_list("organ_id", *_dims("vehicle__")).annotate(n=Count("pk"), t=punctual):
        row = found[_key(key)]
        row["trips"] += trips
        row["rides"] += trips
        row["on_time"] += on_time
    out = rows.annotate(day=TruncDate("started_at")).filter(day__in=days)
    for *key, _, cars in out.values_list("organ_id", *_dims("vehicle__"), "day").annotate(
        n=Count("vehicle", distinct=True)
    ):
        found[_key(key)]["used"] += cars


def _pools(found: Found, first: date, after: date, days: list[date]) -> None:
    """Journeys that shared a car: each member is one, and only the host's drove."""
    path = "pooling__host__assignments__"
    rows = PoolMember.objects.filter(pooling__state=PoolingState.AGREED, **{f"{path}vehicle__isnull": False})
    rows = rows.filter(**{f"{path}started_at__date__gte": first, f"{path}started_at__date__lt": after})
    keys = (f"{path}organ_id", *_dims(f"{path}vehicle__"))
    counted = rows.order_by().values_list(*keys)
    for *key, members, hosts in counted.annotate(n=Count("pk"), hosts=Count("pooling", distinct=True)):
        row = found[_key(key)]
        row["pooled"] += members
        row["rides"] += members - hosts


def _ways(found: Found, first: date, after: date, days: list[date]) -> None:
    """Driven: by the odometers of the orders or by the track, whichever says more. Loaded: the way along the stops, no more than was driven."""
    keys: dict[int, Key] = {}
    driven: dict[int, int] = defaultdict(int)
    loaded: dict[int, int] = defaultdict(int)
    rows = _driven(first, after).exclude(odometer_end=None)
    columns = ("vehicle_id", "organ_id", *_dims("vehicle__"), "odometer_start", "odometer_end", "trip__kilometres")
    for car, *key, start, end, planned in rows.values_list(*columns).iterator(chunk_size=5000):
        keys[car] = _key(key)
        far = (end or 0) - (start or 0)
        driven[car] += far
        loaded[car] += min(far, planned) if planned else far
    tracks = DayTrack.objects.filter(day__gte=first, day__lt=after).order_by()
    seen = tracks.values_list("vehicle_id", "vehicle__organ_id", *_dims("vehicle__")).annotate(n=Sum("metres"))
    tracked: dict[int, int] = {}
    for car, *key, metres in seen:
        keys.setdefault(car, _key(key))
        tracked[car] = metres
    for car, place in keys.items():
        whole = max(driven[car] * 1000, tracked.get(car, 0))
        found[place]["metres"] += whole
        found[place]["empty"] += max(whole - loaded[car] * 1000, 0)


def _bills(found: Found, first: date, after: date, days: list[date]) -> None:
    rows = Cost.objects.filter(day__gte=first, day__lt=after).order_by()
    fuel = Sum("amount", filter=Q(kind__in=ENERGY), default=0)
    for *key, amount, energy in rows.values_list("organ_id", *_dims("vehicle__")).annotate(n=Sum("amount"), fuel=fuel):
        found[_key(key)]["cost"] += amount
        found[_key(key)]["energy_cost"] += energy
    for kind, (_, path) in ELSEWHERE.items():
        others = unbilled(kind).filter(**{f"{path}__gte": first, f"{path}__lt": after}).order_by()
        for *key, amount in others.values_list("organ_id", *_dims("vehicle__")).annotate(n=Sum("amount")):
            found[_key(key)]["cost"] += amount


def refresh(month: date, *, on: date, now: datetime) -> int:
    """Work the month out anew and put it in the place of what was kept, in one transaction. How many rows.

    Derived figures: no entry. The same registers give the same rows, however often it is run.
    """
    with transaction.atomic():
        found = computed(month, on)
        organs = Organ.objects.in_bulk({organ for organ, *_ in found})
        FleetMonth.objects.filter(month=month).delete()
        rows = [
            FleetMonth(
                organ_id=organ, month=month, use=use, body=body, energy=energy, **columns_of(organs[organ]), **sums
            )
            for (organ, use, body, energy), sums in sorted(found.items())
        ]
        FleetMonth.objects.bulk_create(rows, batch_size=500)
        MonthRun.objects.update_or_create(month=month, defaults={"at": now})
    return len(rows)
