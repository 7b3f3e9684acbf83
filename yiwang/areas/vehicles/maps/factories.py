"""Rows for tests: fences, live positions, points. Not for the application."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

from yiwang.areas.vehicles.life.models import Vehicle
from yiwang.areas.vehicles.maps.models import Geofence, GeofenceKind
from yiwang.areas.vehicles.tracks.models import LivePosition, Point
from yiwang.core.orgs.models import Organ
from yiwang.kit.pinyin import sort_key

Place = tuple[float, float]
MIDDLE: Place = (102.71, 25.04)


def square(middle: Place = MIDDLE, half: float = 0.01) -> str:
    """GeoJSON of a square, `half` degrees each way."""
    x, y = middle
    ring = [
        [x - half, y - half],
        [x + half, y - half],
        [x + half, y + half],
        [x - half, y + half],
        [x - half, y - half],
    ]
    return json.dumps({"type": "Polygon", "coordinates": [ring]})


def fence(organ: Organ, name: str = "市区", **more: Any) -> Geofence:
    """A fence around the middle, in force since 2026."""
    facts: dict[str, Any] = {
        "kind": GeofenceKind.APPROVED,
        "polygon": square(),
        "valid_from": date(2026, 1, 1),
        **more,
    }
    row = Geofence(organ=organ, name=name, sort_key=sort_key(name), **facts)
    row.place()
    row.save()
    return row


def seen(vehicle: Vehicle, at: datetime, place: Place = MIDDLE, speed: float = 0) -> LivePosition:
    """Where a car was last seen."""
    return LivePosition.objects.create(vehicle=vehicle, at=at, longitude=place[0], latitude=place[1], speed=speed)


def points(vehicle: Vehicle, since: datetime, places: Iterable[Place], every: int = 60, speed: float = 30) -> None:
    """A track with a point each so many seconds."""
    rows = [
        Point(
            terminal=1,
            vehicle=vehicle.pk,
            at=since + timedelta(seconds=every * number),
            longitude=lon,
            latitude=lat,
            speed=speed,
        )
        for number, (lon, lat) in enumerate(places)
    ]
    Point.objects.bulk_create(rows)
