"""The way that a trip is meant to take: along the roads of the demo province, elsewhere straight from stop to stop."""

from __future__ import annotations

import itertools
from functools import lru_cache

from yiwang.areas.vehicles.gateway import roads
from yiwang.areas.vehicles.trips.models import Trip

Place = tuple[float, float]


def stops_of(trip: Trip) -> list[tuple[str, Place]]:
    """The named places of a trip that are known on the map, in their order; prefetch `stops`."""
    rows = sorted(trip.stops.all(), key=lambda stop: stop.order)
    return [(one.name, (float(one.longitude), float(one.latitude))) for one in rows if one.longitude and one.latitude]


def way_of(trip: Trip, *, demo: bool) -> list[Place]:
    """Degrees, longitude first; there and back where the trip returns. Empty where fewer than two places are known."""
    places = [place for _, place in stops_of(trip)]
    if trip.returns and len(places) > 1:
        places.append(places[0])
    found: list[Place] = places[:1] if len(places) > 1 else []
    for one, other in itertools.pairwise(places):
        found += _leg(one, other)[1:] if demo else [other]
    return found


@lru_cache(maxsize=256)
def _leg(one: Place, other: Place) -> tuple[Place, ...]:
    way = roads.way(one, other)
    return (one, *way.places, other)
