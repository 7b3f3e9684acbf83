"""One car's day: its points, where it stood, what it was ordered to do. Pure but for the two queries of `read`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
from django.utils import timezone

from yiwang.areas.vehicles.life.models import Vehicle
from yiwang.areas.vehicles.tracks import reading
from yiwang.areas.vehicles.trips.models import Assignment
from yiwang.kit.geo import metres, simplify

#: Standing: within so many metres for so many seconds.
NEAR, LONG = 80.0, 300
#: Drawn with at most this error; a screen shows no more.
TOLERANCE = 8.0


@dataclass(frozen=True)
class Halt:
    """Where a car stood: degrees, from when to when."""

    longitude: float
    latitude: float
    since: datetime
    until: datetime

    @property
    def minutes(self) -> int:
        """How long, whole minutes."""
        return int((self.until - self.since).total_seconds()) // 60


@dataclass(frozen=True)
class Day:
    """Arrays of one length: seconds since local midnight, degrees, km/h. `metres` is the length of the way."""

    vehicle: Vehicle
    day: date
    seconds: Any
    longitudes: Any
    latitudes: Any
    speeds: Any
    halts: list[Halt]
    assignments: list[Assignment]

    @property
    def metres(self) -> float:
        """By the points; zero without two of them."""
        lons, lats = self.longitudes, self.latitudes
        return float(np.sum(metres(lons[:-1], lats[:-1], lons[1:], lats[1:]))) if len(lons) > 1 else 0.0

    @property
    def kilometres(self) -> str:
        """One decimal."""
        return f"{self.metres / 1000:,.1f}"

    def kept(self) -> list[int]:
        """The points that a drawing needs."""
        if len(self.seconds) < 3:
            return list(range(len(self.seconds)))
        return list(simplify(self.longitudes, self.latitudes, TOLERANCE))


def midnight(day: date) -> datetime:
    """The local beginning of a day."""
    return datetime(day.year, day.month, day.day, tzinfo=timezone.get_current_timezone())


def read(vehicle: Vehicle, day: date) -> Day:
    """The day of a car: its points, or the simplified line that was kept of them."""
    first, last = midnight(day), midnight(day + timedelta(days=1))
    track = reading.day(vehicle.pk, day)
    seconds = np.asarray(track.at, dtype=float) - first.timestamp()
    lons, lats, speeds = (np.asarray(one, dtype=float) for one in (track.longitude, track.latitude, track.speed))
    held = Assignment.objects.filter(vehicle=vehicle, held_from__lt=last, held_to__gt=first, released_at=None)
    held = held.select_related("trip__organ", "driver").prefetch_related("trip__stops").order_by("held_from")
    return Day(vehicle, day, seconds, lons, lats, speeds, halts(seconds, lons, lats, first), list(held))


def halts(seconds: Any, lons: Any, lats: Any, first: datetime) -> list[Halt]:
    """Stretches that stay within NEAR of where they began for at least LONG seconds; of silence the car is where it was."""
    found, begin = list[Halt](), 0
    for number in range(1, len(seconds) + 1):
        here = number < len(seconds) and metres(lons[begin], lats[begin], lons[number], lats[number]) <= NEAR
        if here:
            continue
        if seconds[number - 1] - seconds[begin] >= LONG:
            since, until = (first + timedelta(seconds=float(seconds[one])) for one in (begin, number - 1))
            stretch = slice(begin, number)
            found.append(Halt(float(np.median(lons[stretch])), float(np.median(lats[stretch])), since, until))
        begin = number
    return found
