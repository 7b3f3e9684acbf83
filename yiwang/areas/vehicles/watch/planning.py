"""The way that an order allows: its line and its length. A provider that knows roads may be set; else straight legs.

A leg without roads is drawn straight and counted 1.35 times as long: what roads in cities come to on average
(circuity 1.2–1.4: Ballou, Rahardja and Sakai, Transportation Research A 36, 2002).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from yiwang.areas.vehicles.gateway import roads
from yiwang.kit.geo import metres

Place = tuple[float, float]
Way = tuple[list[Place], float]
CIRCUITY = 1.35


@dataclass(frozen=True)
class Plan:
    """The line (empty: unknown), its metres (NaN: unknown) and the places where the order stops."""

    line: list[Place] = field(default_factory=list)
    metres: float = float("nan")
    stops: list[Place] = field(default_factory=list)


def straight(start: Place, end: Place, region: str) -> Way:
    """One leg: the demo province has roads, elsewhere the straight line."""
    if region.startswith("99"):
        way = roads.way(start, end)
        return list(way.places), way.metres
    return [start, end], float(metres(*start, *end)) * CIRCUITY


_provider: Callable[[Place, Place, str], Way] = straight


def use(provider: Callable[[Place, Place, str], Way]) -> Callable[[Place, Place, str], Way]:
    """Take the ways from elsewhere from now on; returns what was used before."""
    global _provider
    before, _provider = _provider, provider
    return before


def planned(stops: Sequence[Place], home: Place | None, *, returns: bool, region: str) -> Plan:
    """From the yard over the stops; back to where it began if the trip returns, else back to the yard."""
    if len(stops) < 2:
        return Plan(stops=list(stops))
    places = [*stops]
    if returns:
        places += places[-2::-1]
    if home is not None:
        places = [home, *places, home]
    line: list[Place] = []
    length = 0.0
    for start, end in zip(places, places[1:], strict=False):  # noqa: RUF007
        if start != end:
            legs, more = _provider(start, end, region)
            line += legs if not line else legs[1:]
            length += more
    return Plan(line, length, list(stops))
