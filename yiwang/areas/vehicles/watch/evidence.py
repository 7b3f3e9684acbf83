"""What the picture of a sign shows: a short simplified piece of track, the planned way, the place. No name of a person."""

from __future__ import annotations

from typing import Any

import numpy as np

from yiwang.areas.vehicles.watch.loading import Batch
from yiwang.areas.vehicles.watch.moves import Hit
from yiwang.kit.geo import simplify

#: Points of a drawn line, and how far it may lie off the points that were reported (metres).
MOST, OFF = 160, 12.0


def of_hit(batch: Batch, hit: Hit) -> dict[str, Any]:
    """`track`: [lon, lat, seconds since midnight]; `plan`: [lon, lat]; `place`: lon, lat, radius, name; `home`: lon, lat."""
    found: dict[str, Any] = {"track": _track(batch, hit)}
    if hit.order >= 0 and batch.orders.plan and batch.orders.plan[hit.order]:
        found["plan"] = _thin([[round(lon, 6), round(lat, 6)] for lon, lat in batch.orders.plan[hit.order]])
    if hit.place >= 0:
        one = batch.listed[hit.place]
        found["place"] = [float(one.longitude), float(one.latitude), one.radius, one.name]
    if home := batch.cars[hit.car].home:
        found["home"] = list(home)
    return found


def _track(batch: Batch, hit: Hit) -> list[list[float]]:
    points = batch.points
    chosen = slice(hit.first, hit.last + 1)
    lon, lat, t = points.lon[chosen], points.lat[chosen], points.t[chosen]
    kept = simplify(lon.tolist(), lat.tolist(), OFF)
    return _thin([[round(float(lon[n]), 6), round(float(lat[n]), 6), round(float(t[n]))] for n in kept])


def _thin(line: list[list[float]]) -> list[list[float]]:
    """No more than MOST points, the first and the last among them."""
    if len(line) <= MOST:
        return line
    return [line[int(n)] for n in np.linspace(0, len(line) - 1, MOST)]
