"""The rules over points: each takes a day of a batch of cars and gives the hits. Pure; all cars at once.

At most one hit a car and rule; of the rules that look at an order, one an order. A hit's `first` and `last` are the
indices of the points that show it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely

from yiwang.areas.vehicles.watch.points import DEGREE, Bools, Cars, Floats, Ints, Orders, Places, Points, metres, runs

#: Seconds that a track may be silent before it is no measure of a distance.
SILENCE = 600.0
#: Cells of the grid in which places are looked up, in degrees.
CELL = 0.01
HOUR = 3600.0


@dataclass(frozen=True, slots=True)
class Hit:
    """What a rule found: car and order are indices (order -1: none), `place` that of a listed place (-1: none)."""

    rule: str
    car: int
    began: float
    ended: float
    measure: float
    first: int
    last: int
    order: int = -1
    place: int = -1


@dataclass(frozen=True)
class Day:
    """All that the rules look at."""

    points: Points
    cars: Cars
    orders: Orders
    places: Places

    def limit(self, rule: str) -> Floats:
        """The figure of the rule for each car."""
        return self.cars.limits[rule]

    def other(self, rule: str, name: str) -> Floats:
        """Another figure of the rule for each car."""
        return self.cars.others[rule, name]


def worst(
    rule: str, day: Day, car: Ints, measure: Floats, spans: tuple[Ints, Ints], place: Ints | None = None
) -> list[Hit]:
    """The greatest measure of each car that is beyond its limit, the earliest of equals."""
    beyond = np.flatnonzero(measure > day.limit(rule)[car])
    if not len(beyond):
        return []
    order = beyond[np.lexsort((spans[0][beyond], -measure[beyond], car[beyond]))]
    chosen = order[np.unique(car[order], return_index=True)[1]]
    t = day.points.t
    return [
        Hit(
            rule, int(car[n]), float(t[spans[0][n]]), float(t[spans[1][n]]), float(measure[n]),
            int(spans[0][n]), int(spans[1][n]), place=-1 if place is None else int(place[n]),
        )
        for n in chosen
    ]  # fmt: skip


def moved(day: Day) -> list[Hit]:
    """MOVED: how far a car got from where it stood, in a stretch that no order covers. Metres.

    Measured from the first point of the stretch, so that the noise of a standing receiver does not add up; two points
    beyond the limit are needed.
    """
    points = day.points
    free = points.covering(day.orders) < 0
    first, last = runs(free, points.car)
    if not len(first):
        return []
    lengths = last - first + 1
    index = np.flatnonzero(free)
    anchor: Any = np.repeat(first, lengths)
    far = metres(points.lon[anchor], points.lat[anchor], points.lon[index], points.lat[index])
    edges = np.concatenate(([0], np.cumsum(lengths)[:-1]))
    car = points.car[first]
    beyond = far > day.limit("MOVED")[points.car[index]]
    many = np.add.reduceat(beyond.astype(np.int64), edges)
    most = np.where(many >= 2, np.maximum.reduceat(far, edges), 0.0)
    away = np.where(beyond, index, len(points))
    left = np.minimum.reduceat(away, edges)
    back = np.maximum.reduceat(np.where(beyond, index, -1), edges)
    spans = np.maximum(np.minimum(left, last) - 1, first), np.minimum(np.maximum(back, first) + 1, last)
    return worst("MOVED", day, car, most, spans)


def closed(day: Day) -> Bools:
    """For each point: whether cars of its organ rest then."""
    if not day.cars.workday:
        return np.ones(len(day.points), dtype=bool)
    opens, closes = day.other("HOURS", "起时") * HOUR, day.other("HOURS", "止时") * HOUR
    car, t = day.points.car, day.points.t
    return np.asarray((t < opens[car]) | (t >= closes[car]))


def hours(day: Day) -> list[Hit]:
    """HOURS: kilometres driven while cars rest, without an emergency order."""
    points, orders = day.points, day.orders
    if len(points) < 2:
        return []
    order = points.covering(orders)
    emergency: Any = np.zeros(len(points), dtype=bool)
    if len(orders):
        emergency = (order >= 0) & orders.emergency[np.maximum(order, 0)]
    counted = np.where((closed(day) & ~emergency)[:-1], points.driven, 0.0)
    total = np.bincount(points.car[:-1], weights=counted, minlength=len(day.cars)) / 1000
    hits = []
    bounds = points.bounds(len(day.cars))
    for car in np.flatnonzero(total > day.limit("HOURS")):
        begin, end = bounds[car], bounds[car + 1]
        where = begin + np.flatnonzero(counted[begin : end - 1])
        first, last = int(where[0]), int(where[-1]) + 1
        began, ended = float(points.t[first]), float(points.t[last])
        hits.append(Hit("HOURS", int(car), began, ended, float(total[car]), first, last, int(order[first])))
    return hits


def speeding(day: Day) -> list[Hit]:
    """SPEED: the top speed of a stretch above the limit that lasts; at least three points."""
    points = day.points
    fast = points.speed > day.limit("SPEED")[points.car]
    first, last = runs(fast, points.car)
    if not len(first):
        return []
    car = points.car[first]
    lasting = (points.t[last] - points.t[first] >= day.other("SPEED", "持续")[car]) & (last - first >= 2)
    index = np.flatnonzero(fast)
    edges = np.searchsorted(index, first)
    top = np.where(lasting, np.maximum.reduceat(points.speed[index], edges), 0.0)
    return worst("SPEED", day, car, top, (first, last))


def located(points: Points, places: Places) -> Ints:
    """For each point the listed place it is at, the first of several, -1 for none. By a grid: places are few, points many."""
    at: Any = np.full(len(points), -1, dtype=np.int64)
    if not len(places) or not len(points):
        return at
    cells, numbers = _gridded(places)
    here = _cell(np.floor(points.lon / CELL), np.floor(points.lat / CELL))
    low: Any = np.searchsorted(cells, here, side="left")
    high: Any = np.searchsorted(cells, here, side="right")
    near = np.flatnonzero(high > low)
    if not len(near):
        return at
    counts = (high - low)[near]
    index: Any = np.repeat(near, counts)
    offset = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
    place = numbers[np.repeat(low[near], counts) + offset]
    inside = metres(points.lon[index], points.lat[index], places.lon[place], places.lat[place]) <= places.radius[place]
    index, place = index[inside], place[inside]
    if places.shapes:
        shaped = _within(points, index, place, places.shapes)
        index, place = index[shaped], place[shaped]
    order = np.lexsort((-place, index))  # the first place is written last
    at[index[order]] = place[order]
    return at


def _within(points: Points, index: Ints, place: Ints, shapes: Sequence[Any]) -> Any:
    """Which pairs of point and place lie in the polygon of the place; those without one do."""
    inside: Any = np.ones(len(index), dtype=bool)
    for number in np.unique(place):
        if (shape := shapes[number]) is not None:
            mine = np.flatnonzero(place == number)
            inside[mine] = shapely.intersects_xy(shape, points.lon[index[mine]], points.lat[index[mine]])
    return inside


def _cell(column: Floats, row: Floats) -> Ints:
    return column.astype(np.int64) * STEP + row.astype(np.int64)


STEP = 100_000


def _gridded(places: Places) -> tuple[Ints, Ints]:
    """The cells that each place touches, sorted, with the number of the place."""
    found: list[tuple[int, int]] = []
    for number in range(len(places)):
        north = places.radius[number] / DEGREE
        east = north / max(float(np.cos(np.radians(places.lat[number]))), 0.01)
        columns = range(int((places.lon[number] - east) // CELL), int((places.lon[number] + east) // CELL) + 1)
        for row in range(int((places.lat[number] - north) // CELL), int((places.lat[number] + north) // CELL) + 1):
            found += [(column * STEP + row, number) for column in columns]
    found.sort()
    pairs = np.array(found, dtype=np.int64).reshape(-1, 2)
    return pairs[:, 0], pairs[:, 1]


def stopped(day: Day) -> list[Hit]:
    """STOP: minutes at a listed place that is not on the way of the order."""
    points, orders = day.points, day.orders
    at = located(points, day.places)
    first, last = runs(at >= 0, points.car * STEP + at)
    if not len(first):
        return []
    order = points.covering(orders)[first] if len(orders) else np.full(len(first), -1, dtype=np.int64)
    meant = [n >= 0 and bool(orders.stops) and int(at[f]) in orders.stops[n] for n, f in zip(order, first, strict=True)]
    minutes = np.where(np.array(meant, dtype=bool), 0.0, (points.t[last] - points.t[first]) / 60)
    return worst("STOP", day, points.car[first], minutes, (first, last), at[first])


def _by_order(order: Ints) -> Iterator[tuple[int, Ints]]:
    """Each order that covers points, with their indices."""
    index = np.flatnonzero(order >= 0)
    if not len(index):
        return
    edges = np.flatnonzero(np.concatenate(([True], order[index][1:] != order[index][:-1])))
    for part in np.split(index, edges[1:]):
        yield int(order[part[0]]), part


def detoured(day: Day) -> list[Hit]:
    """DETOUR: by how many per cent an order was driven farther than planned."""
    points, orders = day.points, day.orders
    hits = []
    for number, index in _by_order(points.covering(orders, strictly=True)):
        planned, car = float(orders.planned[number]), int(orders.car[number])
        if not planned > 0:
            continue
        more = float(points.driven[index[:-1]].sum()) - planned
        share = more / planned * 100
        if share > day.limit("DETOUR")[car] and more >= day.other("DETOUR", "至少多行")[car] * 1000:
            hits.append(_over("DETOUR", day, number, index, share))
    return hits


def odometer(day: Day) -> list[Hit]:
    """ODOMETER: by how many per cent the odometer and the track of an order differ; only where the track has no hole."""
    points, orders = day.points, day.orders
    hits = []
    for number, index in _by_order(points.covering(orders, strictly=True)):
        read, car = float(orders.odometer[number]), int(orders.car[number])
        if np.isnan(read) or _holes(day, number, index):
            continue
        driven = float(points.driven[index[:-1]].sum()) / 1000
        differ = abs(read - driven)
        share = differ / max(driven, 1.0) * 100
        if share > day.limit("ODOMETER")[car] and differ >= day.other("ODOMETER", "至少相差")[car]:
            hits.append(_over("ODOMETER", day, number, index, share))
    return hits


def _holes(day: Day, number: int, index: Ints) -> bool:
    """Whether the track of an order is silent for long, at its ends too."""
    t = day.points.t[index]
    edges = np.concatenate(([day.orders.began[number]], t, [day.orders.ended[number]]))
    return bool(np.diff(edges).max() > SILENCE)


def _over(rule: str, day: Day, number: int, index: Ints, measure: float) -> Hit:
    first, last = int(index[0]), int(index[-1])
    t = day.points.t
    return Hit(rule, int(day.orders.car[number]), float(t[first]), float(t[last]), measure, first, last, number)


def strayed(day: Day) -> list[Hit]:
    """AREA: kilometres away from the planned line, and from the approved area where there is one."""
    points, orders = day.points, day.orders
    if not orders.plan:
        return []
    hits = []
    for number, index in _by_order(points.covering(orders)):
        if len(orders.plan[number]) < 2:
            continue
        far = _away(points, index, orders, number)
        car = int(orders.car[number])
        beyond = np.flatnonzero(far > day.limit("AREA")[car])
        if len(beyond) >= 2:
            part = index[beyond[0] : beyond[-1] + 1]
            hits.append(_over("AREA", day, number, part, float(far.max())))
    return hits


def _away(points: Points, index: Ints, orders: Orders, number: int) -> Floats:
    """Kilometres from the planned line and the approved area, on a plane around the line's first place."""
    lon0, lat0 = orders.plan[number][0]
    scale = np.array([DEGREE * np.cos(np.radians(lat0)), DEGREE])
    line = shapely.LineString((np.asarray(orders.plan[number], dtype=float) - [lon0, lat0]) * scale)
    places = shapely.points((np.column_stack((points.lon[index], points.lat[index])) - [lon0, lat0]) * scale)
    far = shapely.distance(places, line)
    area = orders.area[number] if orders.area else None
    if area is not None:
        plane = shapely.transform(area, lambda xy: (xy - [lon0, lat0]) * scale)
        far = np.minimum(far, shapely.distance(places, plane))
    return np.asarray(far / 1000)


ALL: dict[str, Callable[[Day], list[Hit]]] = {
    "MOVED": moved,
    "HOURS": hours,
    "AREA": strayed,
    "DETOUR": detoured,
    "STOP": stopped,
    "SPEED": speeding,
    "ODOMETER": odometer,
}


def judge(day: Day) -> list[Hit]:
    """All rules over points, on one batch."""
    return [hit for rule in ALL.values() for hit in rule(day)] if len(day.points) else []
