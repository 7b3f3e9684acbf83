"""The rules over bills and papers: energy against distance, tank, place, twice, repairs, expiry. In sets, from the tables."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import numpy as np
from django.db.models import Max, Q
from django.utils import timezone

from yiwang.areas.vehicles.costs.models import ENERGY, Cost, CostKind
from yiwang.areas.vehicles.life.models import (
    DocumentKind,
    Inspection,
    Insurance,
    InsuranceKind,
    Maintenance,
    Vehicle,
    VehicleDocument,
    VehicleState,
)
from yiwang.areas.vehicles.tracks.models import DayTrack, Point
from yiwang.areas.vehicles.watch.found import Found, decimal
from yiwang.areas.vehicles.watch.limits import Figures, figures, limit_of
from yiwang.areas.vehicles.watch.rules import RULES
from yiwang.kit.geo import metres

#: The modified z-score of Iglewicz and Hoaglin (1993): 0.6745 (x − median) / MAD. Figures are its multiples.
Z = 0.6745
#: So far back repairs and bills are compared.
BACK = timedelta(days=400)
#: Papers and policies in words.
_NAMES = {**dict(DocumentKind.choices), **dict(InsuranceKind.choices)}


@dataclass(frozen=True)
class Known:
    """A car as the rules over bills need it."""

    pk: int
    organ: int
    model: str
    energy: str
    tank: float | None


class Book:
    """Cars, and the figures of their organs on a day; of the cars in scope alone."""

    def __init__(self, day: date, vehicles: Collection[int] | None) -> None:
        where = Q() if vehicles is None else Q(pk__among=list(vehicles))
        columns = ("pk", "organ_id", "model", "energy", "tank")
        rows = Vehicle.objects.filter(where).values_list(*columns)
        self.day = day
        self.cars = {
            pk: Known(pk, organ, model, energy, None if tank is None else float(tank))
            for pk, organ, model, energy, tank in rows
        }
        self.figures = figures({car.organ for car in self.cars.values()}, day)

    def figure(self, car: int, rule: str, name: str = "") -> float | None:
        """A figure of a rule for a car; its limit without a name. None where no clause is in force."""
        found: Figures = self.figures.get(self.cars[car].organ, {})
        value = found.get((rule, name)) if name else limit_of(found, rule)
        return None if value is None else float(value)

    def found(self, rule: str, car: int, tail: str, day: date, measure: float, note: str, **more: Any) -> Found | None:
        """The sign, if the measure is beyond the figure in force."""
        limit = self.figure(car, rule)
        if limit is None or not (measure < limit if RULES[rule].least else measure > limit):
            return None
        return Found(
            subject=f"{rule}:{car}:{tail}", rule=rule, vehicle=car, organ=self.cars[car].organ, day=day,
            measure=decimal(measure), threshold=decimal(limit), note=note, **more,
        )  # fmt: skip


def tanks(book: Book, costs: Iterable[Cost]) -> Iterator[Found | None]:
    """TANK: per cent of the tank that one bill of fuel filled."""
    for cost in costs:
        tank = book.cars[cost.vehicle_id].tank
        if cost.kind == CostKind.FUEL and cost.quantity and tank:
            share = float(cost.quantity) / tank * 100
            note = f"凭证 {cost.number},加注 {cost.quantity:g} 升,油箱 {tank:g} 升。"
            yield book.found("TANK", cost.vehicle_id, f"c{cost.pk}", cost.day, share, note, order=cost.order_id)


def twice(book: Book, costs: Iterable[Cost]) -> Iterator[Found | None]:
    """TWICE: bills with one number, or of one car, merchant, day and amount; one sign on the latest."""
    by_number: dict[Any, list[Cost]] = defaultdict(list)
    for cost in costs:
        by_number["number", cost.number].append(cost)
        by_number["same", cost.vehicle_id, cost.merchant, cost.day, cost.amount, cost.kind].append(cost)
    told: set[int] = set()
    for some in by_number.values():
        last = max(some, key=lambda one: one.pk)
        if len(some) > 1 and last.pk not in told:
            told.add(last.pk)
            numbers = "、".join(sorted({one.number for one in some}))
            note = f"{len(some)} 张费用相同:凭证 {numbers},每张 {Decimal(last.amount) / 100:,.2f} 元。"
            yield book.found("TWICE", last.vehicle_id, f"c{last.pk}", last.day, len(some), note[:300])


def places(book: Book, costs: Iterable[Cost]) -> Iterator[Found | None]:
    """PLACE: kilometres between the car and the place where it was filled; the nearest point in time within the span."""
    wanted = [
        cost for cost in costs if cost.kind in ENERGY and cost.longitude is not None and cost.latitude is not None
    ]
    for cost in wanted:
        minutes = book.figure(cost.vehicle_id, "PLACE", "前后")
        point = None if minutes is None else _nearest(cost.vehicle_id, cost.at, timedelta(minutes=minutes))
        if point is None:
            continue
        lon, lat = float(cost.longitude or 0), float(cost.latitude or 0)
        far = float(metres(lon, lat, point.longitude, point.latitude)) / 1000
        clock = timezone.localtime(point.at)
        note = f"凭证 {cost.number} 在“{cost.location or cost.merchant}”加注,{clock:%H:%M} 车在 {far:.1f} 公里以外。"
        evidence = {
            "track": [[point.longitude, point.latitude, clock.hour * 3600 + clock.minute * 60]],
            "place": [lon, lat, 100, cost.location or cost.merchant or "加注地点"],
        }
        yield book.found("PLACE", cost.vehicle_id, f"c{cost.pk}", cost.day, far, note[:300], evidence=evidence)


def _nearest(car: int, at: datetime, within: timedelta) -> Point | None:
    rows = Point.objects.filter(vehicle=car, at__gte=at - within, at__lte=at + within)
    return min(rows, key=lambda one: abs(one.at - at), default=None)


def consumption(book: Book, month: date, costs: Iterable[Cost]) -> Iterator[Found | None]:
    """FUEL: by how many MADs a car's use a hundred kilometres is above the median of its model, energy and month."""
    used: dict[int, float] = defaultdict(float)
    for cost in costs:
        if cost.kind in ENERGY and cost.quantity:
            used[cost.vehicle_id] += float(cost.quantity)
    driven = _driven(month, used)
    groups: dict[tuple[str, str], list[tuple[int, float]]] = defaultdict(list)
    for pk, quantity in used.items():
        km = driven.get(pk, 0.0)
        if km >= 100:
            car = book.cars[pk]
            groups[car.model, car.energy].append((pk, quantity / km * 100))
    for (model, _), some in groups.items():
        for pk, rate, score, middle in scores(some):
            if len(some) >= (book.figure(pk, "FUEL", "至少同型车") or 0):
                note = f"{month:%Y-%m} 每百公里 {rate:.1f},同型 {len(some)} 辆中位数 {middle:.1f}({model})。"
                yield book.found("FUEL", pk, f"m{month:%Y%m}", last_of(month), score, note)


def scores(rates: list[tuple[int, float]]) -> Iterator[tuple[int, float, float, float]]:
    """(car, rate, modified z-score, median); where more than half are alike (MAD 0) nobody is told apart."""
    values = np.array([rate for _, rate in rates])
    middle = float(np.median(values))
    mad = float(np.median(np.abs(values - middle)))
    if mad > 0:
        for car, rate in rates:
            yield car, rate, Z * (rate - middle) / mad, middle


def _driven(month: date, cars: Collection[int]) -> dict[int, float]:
    """Kilometres of the month by the tracks."""
    found: dict[int, float] = defaultdict(float)
    rows = DayTrack.objects.filter(vehicle__among=list(cars), day__gte=month, day__lte=last_of(month))
    for car, length in rows.values_list("vehicle", "metres"):
        found[car] += length / 1000
    return found


def last_of(month: date) -> date:
    """The last day of a month."""
    return (month.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)


def repairs(book: Book, since: date) -> Iterator[Found | None]:
    """REPAIR: days between two repairs of one kind of one car; services and tyres are no repairs."""
    kinds = ("REPAIR",)
    rows = Maintenance.objects.filter(vehicle__among=list(book.cars), kind__in=kinds, on_date__gte=since - BACK)
    before: dict[int, Maintenance] = {}
    for one in rows.filter(on_date__lte=book.day).order_by("vehicle", "on_date", "pk"):
        last, before[one.vehicle_id] = before.get(one.vehicle_id), one
        if last is not None and one.on_date >= since:
            days = (one.on_date - (last.done_date or last.on_date)).days
            note = f"{last.on_date} 修过({last.items or last.number}),{one.on_date} 又修({one.items or one.number})。"
            yield book.found("REPAIR", one.vehicle_id, f"r{one.pk}", one.on_date, days, note[:300])


def papers(book: Book) -> Iterator[Found | None]:
    """EXPIRY: days left of the papers, the inspection and the insurance of cars in use; the latest of each counts."""
    cars = list(
        Vehicle.objects.filter(pk__among=list(book.cars), state=VehicleState.IN_USE).values_list("pk", flat=True)
    )
    ends: list[tuple[str, str, Any]] = [
        (
            "d",
            "证照",
            VehicleDocument.objects.exclude(valid_to=None).values_list("vehicle", "kind").annotate(Max("valid_to")),
        ),
        ("i", "年检", Inspection.objects.values_list("vehicle", "vehicle").annotate(Max("valid_to"))),
        ("p", "保险", Insurance.objects.values_list("vehicle", "kind").annotate(Max("ends_date"))),
    ]
    for sign, word, rows in ends:
        for car, kind, until in rows.filter(vehicle__among=cars).order_by():
            days = (until - book.day).days
            tail = f"{sign}{kind if sign != 'i' else ''}{until:%Y%m%d}"
            name = _NAMES.get(str(kind), word)
            yield book.found("EXPIRY", car, tail, until, days, f"{name}有效期到 {until},还没有续办。")


def of_bills(book: Book) -> list[Found]:
    """What the rules over bills find in the month of the book's day, up to it."""
    month = book.day.replace(day=1)
    rows = Cost.objects.filter(vehicle__among=list(book.cars), day__gte=month, day__lte=book.day).order_by("pk")
    costs = list(rows)
    found = [*tanks(book, costs), *twice(book, costs), *places(book, costs), *consumption(book, month, costs)]
    return [one for one in (*found, *repairs(book, month)) if one is not None]


def of_papers(book: Book) -> list[Found]:
    """What the rule over papers finds on the book's day."""
    return [one for one in papers(book) if one is not None]
