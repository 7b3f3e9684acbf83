"""Which areas count for an organ on a day, and which points lie in them: whole arrays at once."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import shapely
from django.db.models import Q
from shapely.geometry import Polygon

from yiwang.areas.vehicles.maps.models import Geofence
from yiwang.areas.vehicles.maps.shapes import polygon_of
from yiwang.core.orgs.models import LEVELS, Organ
from yiwang.kit.refusal import Refusal


@dataclass(frozen=True)
class Area:
    """A fence with its polygon, prepared for many questions."""

    pk: int
    name: str
    kind: str
    polygon: Polygon


def of(organ: Organ, day: date, kinds: Collection[str] | None = None) -> list[Area]:
    """The fences that the organ or one above it drew and that hold on the day; one query."""
    above = [key for key in (getattr(organ, level) for level in LEVELS) if key is not None]
    rows = Geofence.objects.filter(organ__in=above, valid_from__lte=day).exclude(polygon="")
    rows = rows.filter(Q(valid_to=None) | Q(valid_to__gt=day))
    if kinds is not None:
        rows = rows.filter(kind__in=list(kinds))
    return [area for row in rows.order_by("pk") if (area := area_of(row))]


def area_of(row: Geofence) -> Area | None:
    """The fence as an area; None where its text, written past the form, is no polygon: a rule must not stumble over it."""
    try:
        polygon = polygon_of(row.polygon)
    except Refusal:
        return None
    shapely.prepare(polygon)
    return Area(row.pk, row.name, row.kind, polygon)


def inside(area: Area, lons: Any, lats: Any) -> Any:
    """Which points (degrees, arrays of one length) lie in the area or on its edge: an array of bool."""
    return shapely.intersects_xy(area.polygon, np.asarray(lons, dtype=float), np.asarray(lats, dtype=float))


def hits(areas: Sequence[Area], lons: Any, lats: Any) -> Any:
    """The same for several areas: a matrix of bool, areas × points."""
    points = np.asarray(lons, dtype=float), np.asarray(lats, dtype=float)
    if not areas:
        return np.zeros((0, len(points[0])), dtype=bool)
    return np.stack([inside(area, *points) for area in areas])
