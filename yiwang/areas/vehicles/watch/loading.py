"""From the tables and the files of points to the arrays of the rules, a batch of cars at a time."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import shapely
from django.conf import settings
from django.db.models import Q
from django.utils import timezone

from yiwang.areas.vehicles.life.models import Vehicle
from yiwang.areas.vehicles.maps.geofences import area_of
from yiwang.areas.vehicles.maps.models import Geofence, GeofenceKind
from yiwang.areas.vehicles.tracks.models import Point
from yiwang.areas.vehicles.trips.models import Assignment, Purpose, Stop, TripState
from yiwang.areas.vehicles.watch.limits import Figures, figures
from yiwang.areas.vehicles.watch.planning import planned
from yiwang.areas.vehicles.watch.points import Cars, Floats, Orders, Places, Points, no_orders
from yiwang.areas.vehicles.watch.rules import FIGURES
from yiwang.areas.vehicles.watch.spots import Spot, spots
from yiwang.areas.vehicles.watch.spots import table as spot_table
from yiwang.core.orgs.models import LEVELS
from yiwang.core.workdays.current import current

#: What may be driven at any hour.
URGENT = (Purpose.EMERGENCY, Purpose.CONFIDENTIAL, Purpose.ENFORCEMENT)
#: A trip in these states entitles nobody to drive.
VOID = (TripState.REFUSED, TripState.CANCELLED, TripState.REQUESTED, TripState.POOLED)
#: Cars a batch: at a point every 90 seconds some two million points, 100 MB of arrays.
BATCH = 2000


@dataclass(frozen=True)
class Car:
    """What is known of a car: its organ and the ancestors of that, its plate, where it stands at night."""

    pk: int
    plate: str
    use: str
    organ: int
    region: str
    levels: tuple[int | None, ...]
    home: tuple[float, float] | None


@dataclass(frozen=True)
class Batch:
    """Some cars with their day; `orders` of the arrays in the order of `assignments`, `places` in that of `listed`."""

    day: date
    cars: list[Car]
    table: Cars
    points: Points
    orders: Orders
    assignments: list[Assignment]
    places: Places
    listed: list[Spot]


def midnight(day: date) -> datetime:
    """Where the day begins."""
    return timezone.make_aware(datetime.combine(day, time()))


def files(day: date) -> list[Path]:
    """The files of points of a day; none where points are only in the table."""
    lake = Path(getattr(settings, "LAKE", Path(settings.HOME) / "lake"))
    return sorted((lake / "points").glob(f"year={day.year}/month={day:%m}/day={day:%d}/*.parquet"))


def batches(
    day: date, vehicles: Collection[int] | None = None, *, size: int = BATCH, paths: Sequence[Path] | None = None
) -> Iterator[Batch]:
    """The cars that have points or orders on the day, sorted by id, so many at a time."""
    where = Q() if vehicles is None else Q(pk__among=list(vehicles))
    rows = Vehicle.objects.filter(where).order_by("pk")
    columns = ("pk", "plate", "use", "organ_id", "organ__region_id", "depot__longitude", "depot__latitude", *LEVELS)
    cars = [
        Car(pk, plate, use, organ, region, tuple(levels), _place(lon, lat))
        for pk, plate, use, organ, region, lon, lat, *levels in rows.values_list(*columns)
    ]
    found = figures({car.organ for car in cars}, day)
    paths = files(day) if paths is None else paths
    listed = spots(day)
    for start in range(0, len(cars), size):
        some = cars[start : start + size]
        points = _from_files(paths, day, some) if paths else _from_table(day, some)
        if not len(points):
            continue
        table = _table(some, found, day)
        orders, assignments = _orders(day, some, table, listed)
        yield Batch(day, some, table, points, orders, assignments, spot_table(listed), listed)


def _place(lon: Decimal | None, lat: Decimal | None) -> tuple[float, float] | None:
    return None if lon is None or lat is None else (float(lon), float(lat))


def _from_files(paths: Sequence[Path], day: date, cars: Sequence[Car]) -> Points:
    """DuckDB skips the row groups of other cars and sorts what is left."""
    sql = """
        SELECT vehicle, "at" - ? AS t, longitude AS lon, latitude AS lat, speed
        FROM read_parquet(?, hive_partitioning = false)
        WHERE vehicle BETWEEN ? AND ? AND "at" >= ? AND "at" < ? ORDER BY vehicle, "at"
    """
    start, stop = (int(midnight(one).timestamp()) for one in (day, day + timedelta(days=1)))
    with duckdb.connect(config={"threads": 2, "memory_limit": "1GB"}) as connection:
        asked = [start, [str(path) for path in paths], cars[0].pk, cars[-1].pk, start, stop]
        found = connection.execute(sql, asked).fetchnumpy()
    return _points(found["vehicle"], found["t"], found["lon"], found["lat"], found["speed"], cars)


def _from_table(day: date, cars: Sequence[Car]) -> Points:
    start, stop = midnight(day), midnight(day + timedelta(days=1))
    rows = Point.objects.filter(vehicle__among=[car.pk for car in cars], at__gte=start, at__lt=stop)
    columns = rows.order_by("vehicle", "at").values_list("vehicle", "at", "longitude", "latitude", "speed")
    found = [(car, at.timestamp() - start.timestamp(), *rest) for car, at, *rest in columns.iterator(chunk_size=5000)]
    table = np.array(found, dtype=float).reshape(-1, 5).T
    ids, t, lon, lat, speed = table
    return _points(ids, t, lon, lat, speed, cars)


def _points(ids: Any, t: Any, lon: Any, lat: Any, speed: Any, cars: Sequence[Car]) -> Points:
    """Arrays with the place of each car in the batch instead of its id; cars that are not in the batch are left out."""
    known = np.array([car.pk for car in cars], dtype=np.int64)
    ids = np.asarray(ids, dtype=np.int64)
    place = np.minimum(np.searchsorted(known, ids), max(len(known) - 1, 0))
    mine = known[place] == ids if len(known) else np.zeros(len(ids), dtype=bool)
    return Points(place[mine], *(np.asarray(one, dtype=float)[mine] for one in (t, lon, lat, speed)))


def _table(cars: Sequence[Car], found: dict[int, Figures], day: date) -> Cars:
    """The figures for each car; where no clause is in force the limit is out of reach."""

    def column(key: tuple[str, str], missing: float) -> Floats:
        return np.array([float(found.get(car.organ, {}).get(key, Decimal(str(missing)))) for car in cars])

    limits = {rule: column((rule, names[0][0]), 1e12) for rule, names in FIGURES.items()}
    others = {(rule, name): column((rule, name), 0.0) for rule, names in FIGURES.items() for name, _ in names[1:]}
    return Cars(np.array([car.pk for car in cars], dtype=np.int64), limits, others, current().is_workday(day))


def _orders(day: date, cars: Sequence[Car], table: Cars, listed: Sequence[Spot]) -> tuple[Orders, list[Assignment]]:
    """The assignments that touch the day, with what was planned."""
    place = {car.pk: number for number, car in enumerate(cars)}
    start, stop = midnight(day), midnight(day + timedelta(days=1))
    wide = timedelta(minutes=float(table.others["MOVED", "前后宽限"].max(initial=0)))
    rows = (
        Assignment.objects.filter(vehicle__among=list(place), released_at=None)
        .filter(Q(held_from__lt=stop + wide) | Q(started_at__lt=stop + wide))
        .filter(Q(held_to__gt=start - wide) | Q(ended_at__gt=start - wide))
        .exclude(trip__state__in=VOID)
        .select_related("trip")
    )
    found = sorted(rows, key=lambda one: (place[one.vehicle_id or 0], _begin(one)))
    if not found:
        return no_orders(), []
    stops = _stops([one.trip_id for one in found])
    car = np.array([place[one.vehicle_id or 0] for one in found], dtype=np.int64)
    grace = table.others["MOVED", "前后宽限"][car] * 60
    plans = [
        planned(stops.get(one.trip_id, []), cars[number].home, returns=one.trip.returns, region=cars[number].region)
        for one, number in zip(found, car, strict=True)
    ]
    orders = Orders(
        car=car,
        start=_since(start, [_begin(one) for one in found]) - grace,
        end=_since(start, [_end(one) for one in found]) + grace,
        emergency=np.array([one.trip.urgent or one.trip.purpose in URGENT for one in found], dtype=bool),
        began=_since(start, [one.started_at for one in found]),
        ended=_since(start, [one.ended_at for one in found]),
        planned=np.array([plan.metres for plan in plans]),
        odometer=np.array([_read(one) for one in found]),
        plan=[plan.line for plan in plans],
        stops=[_on_the_way(plan.stops, listed) for plan in plans],
        area=_areas(day, [cars[number] for number in car]),
    )
    return orders, found


def _areas(day: date, cars: Sequence[Car]) -> list[Any]:
    """For each car the approved areas that its organ or one above it drew, as one shape; None without any. One query."""
    held = Q(valid_from__lte=day) & (Q(valid_to=None) | Q(valid_to__gt=day))
    rows = Geofence.objects.filter(held, kind=GeofenceKind.APPROVED).exclude(polygon="").order_by("pk")
    by_organ: dict[int, list[Any]] = {}
    for row in rows:
        if area := area_of(row):
            by_organ.setdefault(row.organ_id, []).append(area.polygon)
    found: dict[tuple[int | None, ...], Any] = {}
    for levels in {car.levels for car in cars} if by_organ else ():
        shapes = [shape for level in levels if level is not None for shape in by_organ.get(level, [])]
        found[levels] = shapely.union_all(shapes) if shapes else None
    return [found.get(car.levels) for car in cars]


def _begin(one: Assignment) -> datetime:
    return min(filter(None, (one.held_from, one.started_at)))


def _end(one: Assignment) -> datetime:
    return max(filter(None, (one.held_to, one.ended_at)))


def _since(start: datetime, moments: Sequence[datetime | None]) -> Floats:
    return np.array([np.nan if one is None else (one - start).total_seconds() for one in moments])


def _read(one: Assignment) -> float:
    if one.odometer_start is None or one.odometer_end is None:
        return float("nan")
    return float(one.odometer_end - one.odometer_start)


def _stops(trips: Collection[int]) -> dict[int, list[tuple[float, float]]]:
    """Trip → its places in order; those without a position are left out."""
    found: dict[int, list[tuple[float, float]]] = {}
    rows = Stop.objects.filter(trip__among=list(trips)).exclude(longitude=None).order_by("trip_id", "order")
    for trip, lon, lat in rows.values_list("trip_id", "longitude", "latitude"):
        if lon is not None and lat is not None:
            found.setdefault(trip, []).append((float(lon), float(lat)))
    return found


def _on_the_way(stops: Sequence[tuple[float, float]], listed: Sequence[Spot]) -> frozenset[int]:
    """The listed places at which the order was meant to stop."""
    return frozenset(number for number, one in enumerate(listed) for lon, lat in stops if one.meant(lon, lat))


__all__ = ["BATCH", "Batch", "Car", "batches", "files", "midnight"]
