"""What cars cost: by kind, and per kilometre and trip by car, model and organ; what belongs to no trip."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from django.db.models import Count, Q, QuerySet, Sum

from yiwang.areas.vehicles.costs.elsewhere import ELSEWHERE, unbilled
from yiwang.areas.vehicles.costs.models import Cost, CostKind
from yiwang.areas.vehicles.life.models import Vehicle
from yiwang.areas.vehicles.tracks.models import DayTrack
from yiwang.areas.vehicles.trips.models import Assignment
from yiwang.core.rights.access import Access

#: How figures are put together: key → (path from a car, word).
BY = {"vehicle": ("pk", "车辆"), "model": ("model", "型号"), "organ": ("organ_id", "单位")}


@dataclass
class Figures:
    """Of one group: fen by kind, kilometres by the tracks, trips driven, cars."""

    key: str
    label: str
    kinds: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    km: Decimal = Decimal(0)
    trips: int = 0
    cars: int = 0

    @property
    def amount(self) -> int:
        """All kinds, fen."""
        return sum(self.kinds.values())

    @property
    def per_km(self) -> int | None:
        """Fen a kilometre; None where nothing was driven."""
        return round(Decimal(self.amount) / self.km) if self.km >= 1 else None

    @property
    def per_trip(self) -> int | None:
        """Fen a trip; None without trips."""
        return round(Decimal(self.amount) / self.trips) if self.trips else None


def visible(access: Access) -> QuerySet[Cost]:
    """The bills in scope."""
    return access.scope(Cost.objects.all())


def by_car(access: Access, since: date, until: date, only: Collection[int] | None = None) -> dict[int, Figures]:
    """Car → its figures over [since, until), of all cars or of some. Six queries, whatever the number of cars."""
    some = Q() if only is None else Q(vehicle__among=list(only))
    found: dict[int, Figures] = defaultdict(lambda: Figures("", ""))
    rows = visible(access).filter(some, day__gte=since, day__lt=until)
    for car, kind, amount in rows.order_by().values_list("vehicle_id", "kind").annotate(Sum("amount")):
        found[car].kinds[kind] += amount
    for kind, (_, path) in ELSEWHERE.items():
        others = access.scope(unbilled(kind).filter(some, **{f"{path}__gte": since, f"{path}__lt": until})).order_by()
        for car, amount in others.values_list("vehicle_id").annotate(Sum("amount")):
            found[car].kinds[kind] += amount
    cars = access.scope(Vehicle.objects.all()).values("pk")
    driven = DayTrack.objects.filter(some, vehicle__in=cars, day__gte=since, day__lt=until).order_by()
    for car, length in driven.values_list("vehicle_id").annotate(Sum("metres")):
        found[car].km += Decimal(length) / 1000
    trips = Assignment.objects.filter(
        some, vehicle__in=cars, started_at__date__gte=since, started_at__date__lt=until
    ).order_by()
    for car, number in trips.values_list("vehicle_id").annotate(Count("pk")):
        found[car].trips += number
    return dict(found)


def grouped(access: Access, since: date, until: date, by: str) -> list[Figures]:
    """The figures by car, model or organ, the dearest first. KeyError for another way."""
    path, _ = BY[by]
    cars = by_car(access, since, until)
    rows = access.scope(Vehicle.objects.filter(pk__among=list(cars)))
    groups: dict[str, Figures] = {}
    for pk, key, label in rows.values_list("pk", path, _label(by)):
        group = groups.setdefault(str(key), Figures(str(key), label or "型号未登记"))
        _add(group, cars[pk])
    return sorted(groups.values(), key=lambda one: (-one.amount, one.label))


def _label(by: str) -> str:
    return {"vehicle": "plate", "model": "model", "organ": "organ__name"}[by]


def _add(group: Figures, one: Figures) -> None:
    for kind, amount in one.kinds.items():
        group.kinds[kind] += amount
    group.km += one.km
    group.trips += one.trips
    group.cars += 1


def total(groups: Iterable[Figures]) -> Figures:
    """All of them together."""
    whole = Figures("", "合计")
    for one in groups:
        cars = one.cars
        _add(whole, one)
        whole.cars += cars - 1
    return whole


def unmatched(access: Access) -> QuerySet[Cost]:
    """Bills of the road that belong to no trip: what is filled, charged, tolled and parked is used on one."""
    road = (CostKind.FUEL, CostKind.CHARGE, CostKind.TOLL, CostKind.PARKING)
    return visible(access).filter(order=None, order_by_hand=False, kind__in=road)


def declared(access: Access) -> QuerySet[Cost]:
    """Bills that a driver declared and no statement has confirmed yet."""
    return visible(access).filter(expense__isnull=False, statement=None)


def candidates(cost: Cost) -> QuerySet[Assignment]:
    """The trips of the car within three days of the bill."""
    near = Q(held_from__lte=cost.at + timedelta(days=3), held_to__gte=cost.at - timedelta(days=3))
    return Assignment.objects.filter(near, vehicle=cost.vehicle_id).select_related("trip").order_by("held_from")[:20]
