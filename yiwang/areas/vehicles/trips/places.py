"""The places of a trip: names that are known have a position; a way has a length."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from yiwang.areas.vehicles.trips.models import Depot, Landmark
from yiwang.core.orgs.models import Organ
from yiwang.kit.geo import metres

#: How much longer the road is than the line; the planner calibrates its own from tracks.
DETOUR = 1.35


@dataclass(frozen=True)
class Place:
    """A stop as it was asked for: degrees WGS-84, None where nobody knows."""

    name: str
    longitude: float | None = None
    latitude: float | None = None

    @property
    def known(self) -> bool:
        """Whether it has a position."""
        return self.longitude is not None and self.latitude is not None


def known_places(organ: Organ, names: Sequence[str] | None = None) -> list[Place]:
    """Landmarks and yards kept by the organ or by one above it; with `names` only these. Two queries."""
    above = [getattr(organ, f"l{level}") for level in range(1, organ.depth + 1)]
    found: dict[str, Place] = {}
    for model in (Landmark, Depot):
        rows = model.objects.filter(organ__in=above, longitude__isnull=False).order_by("organ__depth", "sort_key")
        if names is not None:
            rows = rows.filter(name__in=names)
        for name, longitude, latitude in rows.values_list("name", "longitude", "latitude"):
            found.setdefault(name, Place(name, float(longitude or 0), float(latitude or 0)))
    return list(found.values())


def located(organ: Organ, places: Sequence[Place]) -> list[Place]:
    """The places with the positions of those whose names are known."""
    known = {one.name: one for one in known_places(organ, [one.name for one in places])}
    return [
        replace(one, longitude=known[one.name].longitude, latitude=known[one.name].latitude)
        if not one.known and one.name in known
        else one
        for one in places
    ]


def kilometres(places: Sequence[Place], *, back: bool) -> int:
    """The length of the way, whole km, upwards; with the way back. Stretches of unknown ends count nothing."""
    known = [(one.longitude, one.latitude) for one in places if one.longitude is not None and one.latitude is not None]
    way = [*known, known[0]] if back and len(known) > 1 else known
    return math.ceil(sum(float(metres(*a, *b)) for a, b in pairwise(way)) * DETOUR / 1000)
