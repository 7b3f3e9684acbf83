"""Where a car is not expected to stand for long: listed places, and the sensitive fences that organs drew on the map."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import shapely
from django.db.models import Q

from yiwang.areas.vehicles.maps.geofences import area_of
from yiwang.areas.vehicles.maps.models import SENSITIVE, Geofence
from yiwang.areas.vehicles.watch.models import ListedPlace
from yiwang.areas.vehicles.watch.points import DEGREE, Places
from yiwang.kit.geo import metres

#: A fence that reaches farther than this from its middle is a district, not a place (metres).
WIDEST = 20_000
#: A stop so near was meant to be there (metres).
NEAR = 200


@dataclass(frozen=True)
class Spot:
    """A circle in degrees and metres; with a polygon it is that, and the circle goes around it. Counts below `organ_id`."""

    organ_id: int
    name: str
    longitude: float
    latitude: float
    radius: float
    polygon: Any = None

    def meant(self, lon: float, lat: float) -> bool:
        """Whether a stop of an order is there, or next to it."""
        if self.polygon is not None:
            return bool(self.polygon.distance(shapely.Point(lon, lat)) * DEGREE <= NEAR)
        return bool(metres(lon, lat, self.longitude, self.latitude) <= self.radius + NEAR)


def spots(day: date) -> list[Spot]:
    """Those that hold on the day: the listed places, then the fences. Two queries."""
    held = Q(valid_from__lte=day) & (Q(valid_to=None) | Q(valid_to__gt=day))
    found = [
        Spot(one.organ_id, one.name, float(one.longitude), float(one.latitude), float(one.radius))
        for one in ListedPlace.objects.filter(held).order_by("pk")
    ]
    fences = Geofence.objects.filter(held, kind__in=SENSITIVE).exclude(polygon="").order_by("pk")
    return found + [spot for row in fences if (spot := _of_fence(row)) is not None]


def _of_fence(row: Geofence) -> Spot | None:
    area = area_of(row)
    if area is None:
        return None
    middle = area.polygon.centroid
    far = max(float(metres(middle.x, middle.y, lon, lat)) for lon, lat, *_ in area.polygon.exterior.coords)
    if far > WIDEST:
        return None
    return Spot(row.organ_id, row.name, middle.x, middle.y, far + 1, area.polygon)


def table(some: Sequence[Spot]) -> Places:
    """As arrays for the rules."""
    lon, lat, radius = (np.array([getattr(one, name) for one in some]) for name in ("longitude", "latitude", "radius"))
    return Places(lon, lat, radius, [one.polygon for one in some])
