"""Roads of the demo province: a made-up graph, the same every time. Pure.

Cities lie on a spiral around the capital, counties on one around their city; each has a grid of streets. Trunk roads join
each city to its three nearest, roads join each county to its city and to its two nearest neighbours; both bend a little.
Places are WGS-84, longitude first; lengths in metres, speeds in km/h. Nothing of it is a real road.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from heapq import heappop, heappush
from itertools import pairwise
from typing import Any

from yiwang.kit.geo import metres

Place = tuple[float, float]
#: The capital's middle, and how many cities and counties have roads.
CENTRE: Place = (102.7123, 25.0468)
CITIES, COUNTIES = 12, 9
GOLDEN = math.pi * (3 - math.sqrt(5))
#: Kind of road → km/h.
SPEEDS = {"trunk": 90, "road": 60, "street": 36}
DEGREE = 111_195.0  # metres of one degree of latitude


def _off(place: Place, east: float, north: float) -> Place:
    """So many metres away."""
    return (
        round(place[0] + east / DEGREE / math.cos(math.radians(place[1])), 6),
        round(place[1] + north / DEGREE, 6),
    )


def _spiral(middle: Place, number: int, step: float, turn: float = 0.0) -> Place:
    """The n-th place of a sunflower: never two near each other."""
    radius, angle = step * math.sqrt(number), GOLDEN * number + turn
    return _off(middle, radius * math.cos(angle), radius * math.sin(angle))


def seat(code: str) -> Place:
    """The middle of a region by its six digits: 990000 and 990100 are the capital, 990203 a county of the second city."""
    city, county = int(code[2:4] or 0), int(code[4:6] or 0)
    middle = _spiral(CENTRE, max(city - 1, 0), 62_000)
    return _spiral(middle, county, 13_000, turn=city) if county else middle


def site(code: str, number: int) -> Place:
    """A place at a street of the region, for the organ, yard or house of this number."""
    blocks, size = _grid(code)
    row, column = divmod((number * 7919 + 13) % (blocks * blocks), blocks)
    return _off(seat(code), (column - blocks // 2) * size, (row - blocks // 2) * size)


def _grid(code: str) -> tuple[int, float]:
    """Streets each way and metres between them."""
    return (7, 550.0) if code.endswith("00") else (5, 320.0)


@dataclass(frozen=True)
class Edge:
    """A piece of road between two nodes, with its bends."""

    start: int
    end: int
    kind: str
    line: tuple[Place, ...]
    length: float

    @property
    def seconds(self) -> float:
        """How long one drives."""
        return self.length / (SPEEDS[self.kind] / 3.6)


@dataclass(frozen=True)
class Way:
    """A way through the graph: its places in order, and for each piece between them metres and km/h."""

    places: tuple[Place, ...]
    lengths: tuple[float, ...]
    speeds: tuple[int, ...]

    @property
    def metres(self) -> float:
        """Its length."""
        return sum(self.lengths)

    @property
    def seconds(self) -> float:
        """Without stops and traffic."""
        return sum(length / (speed / 3.6) for length, speed in zip(self.lengths, self.speeds, strict=True))


class Graph:
    """Nodes, edges, and the way between two places."""

    def __init__(self) -> None:
        self.nodes: list[Place] = []
        self.edges: list[Edge] = []
        self.near: list[list[tuple[int, Edge]]] = []
        self._ids: dict[Place, int] = {}
        codes = [f"99{city:02}00" for city in range(1, CITIES + 1)]
        counties = [f"99{city:02}{one:02}" for city in range(1, CITIES + 1) for one in range(1, COUNTIES + 1)]
        for code in codes + counties:
            self._streets(code)
        self._join(codes, 3, "trunk")
        self._join(counties, 2, "road")
        for code in counties:
            self._edge(seat(code), seat(f"{code[:4]}00"), "road")

    def _node(self, place: Place) -> int:
        if place not in self._ids:
            self._ids[place] = len(self.nodes)
            self.nodes.append(place)
            self.near.append([])
        return self._ids[place]

    def _edge(self, a: Place, b: Place, kind: str) -> None:
        start, end = self._node(a), self._node(b)
        if start == end or any(other == end for other, _ in self.near[start]):
            return
        line = _bent(a, b) if kind != "street" else (a, b)
        length = sum(metres(*one, *two) for one, two in pairwise(line))
        edge = Edge(start, end, kind, line, length)
        self.edges.append(edge)
        self.near[start].append((end, edge))
        self.near[end].append((start, edge))

    def _streets(self, code: str) -> None:
        blocks, size = _grid(code)
        half, middle = blocks // 2, seat(code)
        for row in range(-half, half + 1):
            for column in range(-half, half + 1):
                here = _off(middle, column * size, row * size)
                if column < half:
                    self._edge(here, _off(middle, (column + 1) * size, row * size), "street")
                if row < half:
                    self._edge(here, _off(middle, column * size, (row + 1) * size), "street")

    def _join(self, codes: Sequence[str], count: int, kind: str) -> None:
        seats = {code: seat(code) for code in codes}
        for code, here in seats.items():
            others = sorted((one for one in codes if one != code), key=lambda one: metres(*here, *seats[one]))
            for other in others[:count]:
                self._edge(here, seats[other], kind)

    def nearest(self, place: Place) -> int:
        """The node next to a place."""
        narrow = math.cos(math.radians(place[1]))
        return min(
            range(len(self.nodes)),
            key=lambda one: ((self.nodes[one][0] - place[0]) * narrow) ** 2 + (self.nodes[one][1] - place[1]) ** 2,
        )

    def way(self, start: Place, end: Place) -> Way:
        """The quickest way (Dijkstra); from and to places off the roads straight to the next node, as on a street."""
        first, last = self.nearest(start), self.nearest(end)
        legs = [(start, self.nodes[first], SPEEDS["street"])] if start != self.nodes[first] else []
        for edge, forward in self._path(first, last):
            line = edge.line if forward else edge.line[::-1]
            legs += [(line[n], line[n + 1], SPEEDS[edge.kind]) for n in range(len(line) - 1)]
        if end != self.nodes[last]:
            legs.append((self.nodes[last], end, SPEEDS["street"]))
        places = (start, *(to for _, to, _ in legs))
        lengths = tuple(metres(*one, *two) for one, two, _ in legs)
        return Way(places, lengths, tuple(speed for _, _, speed in legs))

    def _path(self, first: int, last: int) -> Iterator[tuple[Edge, bool]]:
        best: dict[int, float] = {first: 0.0}
        came: dict[int, tuple[int, Edge]] = {}
        waiting, done = [(0.0, first)], set[int]()
        while waiting:
            seconds, here = heappop(waiting)
            if here == last:
                break
            if here in done:
                continue
            done.add(here)
            for there, edge in self.near[here]:
                then = seconds + edge.seconds
                if then < best.get(there, math.inf):
                    best[there], came[there] = then, (here, edge)
                    heappush(waiting, (then, there))
        steps = []
        while last != first:
            before, edge = came[last]
            steps.append((edge, edge.end == last))
            last = before
        return iter(reversed(steps))


def _bent(a: Place, b: Place) -> tuple[Place, ...]:
    """A line with a gentle curve, the side by the places themselves."""
    length = metres(*a, *b)
    side = 1 if (round(a[0] * 1e4) + round(b[1] * 1e4)) % 2 else -1
    pieces = max(2, min(12, round(length / 4000)))
    east = (b[0] - a[0]) * DEGREE * math.cos(math.radians(a[1]))
    north = (b[1] - a[1]) * DEGREE
    line = [a]
    for number in range(1, pieces):
        share = number / pieces
        bend = side * 0.09 * (math.sin(math.pi * share) + 0.35 * math.sin(3 * math.pi * share))
        line.append(_off(a, east * share - north * bend, north * share + east * bend))
    return (*line, b)


@lru_cache(maxsize=1)
def graph() -> Graph:
    """The province's graph, built on first use (some 0.1 s)."""
    return Graph()


@lru_cache(maxsize=4096)
def way(start: Place, end: Place) -> Way:
    """The quickest way between two places of the province."""
    return graph().way(start, end)


def distance(start: Place, end: Place) -> float:
    """Metres by road."""
    return way(start, end).metres


def geojson(kinds: Sequence[str] = ("trunk", "road", "street")) -> dict[str, Any]:
    """The roads as GeoJSON lines with their kind, for a map that has no other base."""
    features = [
        {
            "type": "Feature",
            "properties": {"kind": edge.kind},
            "geometry": {"type": "LineString", "coordinates": [list(place) for place in edge.line]},
        }
        for edge in graph().edges
        if edge.kind in kinds
    ]
    return {"type": "FeatureCollection", "features": features}
