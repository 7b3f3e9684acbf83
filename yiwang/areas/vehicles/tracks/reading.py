"""Reading where cars are and were. Whoever calls has asked whether the user may (tracks of a person are a right of their own).

Cars come by id; instants are aware; arrays are those of `lines.Track`.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy
from django.db import connection, models

from yiwang.areas.vehicles.life.models import Vehicle
from yiwang.areas.vehicles.tracks import lines
from yiwang.areas.vehicles.tracks.models import DayTrack, LivePosition, Point
from yiwang.core.rights.access import Access

#: A car that has not been heard of for so long is not there.
QUIET = timedelta(minutes=15)
_COLUMNS = ("at", "longitude", "latitude", "speed", "direction", "mileage")


def live(access: Access, vehicles: Collection[int] | None = None) -> models.QuerySet[LivePosition]:
    """The last place of each car that the user may see, with the car; of these cars (ids) only, if given."""
    cars = access.scope(Vehicle.objects.all())
    rows = LivePosition.objects.select_related("vehicle").filter(vehicle__in=cars)
    return rows if vehicles is None else rows.filter(vehicle_id__among=sorted(vehicles))


def day(vehicle: int, on: date) -> lines.Track:
    """One car's day (in China): its points, or where they are gone the simplified line that was kept of them."""
    start = datetime.fromtimestamp(lines.begin(on), UTC)
    found = between(vehicle, start, start + timedelta(days=1))
    if len(found):
        return found
    kept = DayTrack.objects.filter(vehicle=vehicle, day=on).first()
    return found if kept is None else _kept(kept)


def _kept(one: DayTrack) -> lines.Track:
    at, lon, lat, speed = lines.unpack(bytes(one.line), one.day)
    start = lines.begin(one.day)
    stops = [lines.Stop(start + a, start + b, x, y) for a, b, x, y in one.stops]
    none = numpy.full(len(at), numpy.nan)
    return lines.Track(
        at, lon, lat, speed, numpy.zeros(len(at), dtype=int), none, one.metres, one.moving, one.top_speed, stops, simplified=True
    )  # fmt: skip


def between(vehicle: int, start: datetime, end: datetime) -> lines.Track:
    """A car's points from `start` to before `end`."""
    return _track(points(vehicle, start, end))


def points(vehicle: int, start: datetime, end: datetime) -> list[tuple[Any, ...]]:
    """Rows (seconds since 1970, longitude, latitude, speed, direction, mileage), in the order of time.

    Past the ORM: a day has thousands, and building an aware datetime for each takes longer than finding them.
    """
    field = Point._meta.get_field("at")
    first, last = (field.get_db_prep_value(one, connection) for one in (start, end))
    seconds = (
        "extract(epoch FROM at)::bigint"
        if connection.vendor == "postgresql"
        else "CAST(strftime('%%s', at) AS integer)"
    )
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {seconds}, longitude, latitude, speed, direction, mileage FROM vehicles_point"
            " WHERE vehicle = %s AND at >= %s AND at < %s ORDER BY at",
            [vehicle, first, last],
        )
        return list(cursor.fetchall())


def _track(rows: list[tuple[Any, ...]]) -> lines.Track:
    columns: list[Any] = list(zip(*rows, strict=True)) if rows else [[] for _ in _COLUMNS]
    return lines.track(*columns)


def distance(vehicle: int, start: datetime, end: datetime) -> int:
    """Metres by GPS from `start` to before `end`, noise while standing left out."""
    return between(vehicle, start, end).metres


def days(vehicles: Collection[int], since: date, until: date) -> models.QuerySet[DayTrack]:
    """The days in short of these cars, from `since` to before `until`, as far as they have been put away."""
    return DayTrack.objects.filter(vehicle_id__among=sorted(vehicles), day__gte=since, day__lt=until)
