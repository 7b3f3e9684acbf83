"""Where cars are now, and what each is doing: a few queries for any number of cars."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import TextChoices

from yiwang.areas.vehicles.life.models import VehicleState
from yiwang.areas.vehicles.maps.rights import cars
from yiwang.areas.vehicles.tracks.models import LivePosition
from yiwang.areas.vehicles.trips.models import Assignment
from yiwang.core.rights.access import Access
from yiwang.kit.refusal import Refusal

#: Not heard of for so long: its place is where it was, not where it is.
SILENT = timedelta(minutes=30)
#: km/h; below it a receiver that stands still wanders.
MOVING = 3.0
#: Cars of one picture; whoever sees more moves nearer.
MOST = 5_000


class Doing(TextChoices):
    """What a car is doing, in the order in which it deserves a look."""

    UNORDERED = "UNORDERED", "无单行驶"
    DRIVING = "DRIVING", "出车行驶"
    WAITING = "WAITING", "出车等候"
    IDLE = "IDLE", "空闲"
    SILENT = "SILENT", "失去信号"
    LAID_UP = "LAID_UP", "封存停驶"


@dataclass(frozen=True, slots=True)
class Seen:
    """One car: degrees as kept, km/h, the trip that it drives."""

    pk: int
    plate: str
    organ: str
    at: datetime
    longitude: float
    latitude: float
    speed: float
    direction: int
    doing: str
    trip: int | None = None
    number: str = ""

    @property
    def label(self) -> str:
        """What it does, in words."""
        return str(Doing(self.doing).label)


@dataclass(frozen=True)
class Box:
    """A rectangle of degrees, half-open nowhere: what a screen shows."""

    west: float
    south: float
    east: float
    north: float


def box_of(text: str) -> Box | None:
    """west,south,east,north; None where nothing was said. Refusal `map.box`."""
    if not text:
        return None
    try:
        west, south, east, north = (float(part) for part in text.split(","))
    except ValueError:
        west = math.nan
    if not math.isfinite(west) or not (west <= east and south <= north and math.isfinite(east - south + north)):
        raise Refusal("map.box", "地图范围应是西、南、东、北四个数,用逗号隔开。")
    return Box(west, south, east, north)


def seen(access: Access, now: datetime, box: Box | None = None, doing: str = "", plate: str = "") -> list[Seen]:
    """The cars that the user may see, those first that deserve a look; at most MOST. Two queries."""
    rows = LivePosition.objects.filter(vehicle__in=cars(access).exclude(state=VehicleState.RETIRED))
    if box is not None:
        rows = rows.filter(longitude__range=(box.west, box.east), latitude__range=(box.south, box.north))
    if plate:
        rows = rows.filter(vehicle__plate__icontains=plate)
    names = ("vehicle", "vehicle__plate", "vehicle__organ__name", "at", "longitude", "latitude", "speed", "direction")
    found = list(rows.order_by("-at").values_list(*names, "vehicle__state")[:MOST])
    held = _under_way(access, now)
    every = [_seen(row, held.get(row[0]), now) for row in found]
    order = {value: number for number, value in enumerate(Doing.values)}
    chosen = [one for one in every if doing in ("", one.doing)]
    return sorted(chosen, key=lambda one: order[one.doing])


def counts(rows: Iterable[Seen]) -> dict[str, int]:
    """How many do what, every kind named."""
    found = Counter(one.doing for one in rows)
    return {value: found[value] for value in Doing.values}


def _under_way(access: Access, now: datetime) -> dict[int, tuple[str, int]]:
    """Car → number and id of the trip that it has begun and not ended."""
    rows = Assignment.objects.filter(released_at=None, ended_at=None, started_at__lte=now)
    rows = rows.filter(vehicle__in=cars(access))
    return {car: (number, trip) for car, number, trip in rows.values_list("vehicle", "trip__number", "trip")}


def _seen(row: tuple[Any, ...], trip: tuple[str, int] | None, now: datetime) -> Seen:
    pk, plate, organ, at, lon, lat, speed, direction, state = row
    if state == VehicleState.LAID_UP and speed <= MOVING:
        doing = Doing.LAID_UP
    elif now - at > SILENT:
        doing = Doing.SILENT
    elif speed > MOVING:
        doing = Doing.DRIVING if trip else Doing.UNORDERED
    else:
        doing = Doing.WAITING if trip else Doing.IDLE
    number, key = trip or ("", None)
    return Seen(pk, plate, organ, at, lon, lat, speed, direction, doing.value, key, number)


__all__ = ["Doing", "Seen", "box_of", "counts", "seen"]
