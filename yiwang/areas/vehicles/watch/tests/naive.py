"""The rules over points once more, one point after the other in plain Python: what the arrays must agree with."""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import groupby, pairwise
from typing import Any

from yiwang.areas.vehicles.watch.moves import Day
from yiwang.areas.vehicles.watch.points import DEGREE


def far(lon1: float, lat1: float, lon2: float, lat2: float) -> float:
    east = (lon2 - lon1) * math.cos(math.radians((lat1 + lat2) / 2))
    return math.hypot(east, lat2 - lat1) * DEGREE


class Track:
    """One car's points."""

    def __init__(self, day: Day, car: int) -> None:
        points = day.points
        index = [n for n in range(len(points)) if points.car[n] == car]
        self.day, self.car = day, car
        self.t = [float(points.t[n]) for n in index]
        self.at = [(float(points.lon[n]), float(points.lat[n])) for n in index]
        self.speed = [float(points.speed[n]) for n in index]

    def order(self, t: float, *, strictly: bool = False) -> int:
        """The last order that had begun, if it still holds."""
        orders, found = self.day.orders, -1
        for n in range(len(orders)):
            start = (orders.began if strictly else orders.start)[n]
            if orders.car[n] == self.car and max(start, 0) <= t:
                found = n
        if found < 0:
            return -1
        end = (orders.ended if strictly else orders.end)[found]
        return found if t < end else -1

    def driven(self) -> list[float]:
        """Metres of each piece, 0 where the car did not drive."""
        pieces = []
        for n, (one, two) in enumerate(pairwise(self.at)):
            step, pause = far(*one, *two), self.t[n + 1] - self.t[n]
            kmh = step / pause * 3.6 if pause > 0 else 0.0
            pieces.append(step if step >= 20 and 5 <= kmh <= 200 else 0.0)
        return pieces


def moved(track: Track) -> float:
    limit, worst = float(track.day.limit("MOVED")[track.car]), 0.0
    rows = [(track.order(t) < 0, at) for t, at in zip(track.t, track.at, strict=True)]
    for free, part in groupby(rows, key=lambda row: row[0]):
        if free:
            places = [at for _, at in part]
            away = [far(*places[0], *at) for at in places]
            if sum(one > limit for one in away) >= 2:
                worst = max(worst, *away)
    return worst if worst > limit else 0.0


def hours(track: Track) -> float:
    day, total = track.day, 0.0
    opens, closes = (float(day.other("HOURS", name)[track.car]) * 3600 for name in ("起时", "止时"))
    for n, piece in enumerate(track.driven()):
        order = track.order(track.t[n])
        rest = not day.cars.workday or track.t[n] < opens or track.t[n] >= closes
        if rest and not (order >= 0 and day.orders.emergency[order]):
            total += piece
    return total / 1000 if total / 1000 > day.limit("HOURS")[track.car] else 0.0


def speeding(track: Track) -> float:
    limit, hold = float(track.day.limit("SPEED")[track.car]), float(track.day.other("SPEED", "持续")[track.car])
    worst = 0.0
    for fast, part in groupby(zip(track.t, track.speed, strict=True), key=lambda row: row[1] > limit):
        rows = list(part)
        if fast and len(rows) >= 3 and rows[-1][0] - rows[0][0] >= hold:
            worst = max(worst, *(speed for _, speed in rows))
    return worst


def stopped(track: Track) -> float:
    day, worst = track.day, 0.0
    where = [_place(day, at) for at in track.at]
    for place, part in groupby(range(len(where)), key=lambda n: where[n]):
        index = list(part)
        order = track.order(track.t[index[0]])
        meant = order >= 0 and bool(day.orders.stops) and place in day.orders.stops[order]
        if place >= 0 and not meant:
            worst = max(worst, (track.t[index[-1]] - track.t[index[0]]) / 60)
    return worst if worst > day.limit("STOP")[track.car] else 0.0


def _place(day: Day, at: tuple[float, float]) -> int:
    for n in range(len(day.places)):
        near = far(*at, float(day.places.lon[n]), float(day.places.lat[n])) <= day.places.radius[n]
        if near and (not day.places.shapes or day.places.shapes[n] is None or _in(day.places.shapes[n], at)):
            return n
    return -1


def _in(shape: Any, at: tuple[float, float]) -> bool:
    """By the rays that cross its edges."""
    corners, inside = list(shape.exterior.coords), False
    for (x, y), (u, v) in pairwise(corners):
        if (y > at[1]) != (v > at[1]) and at[0] < x + (at[1] - y) / (v - y) * (u - x):
            inside = not inside
    return inside


def detoured(track: Track) -> Iterator[tuple[int, float]]:
    day = track.day
    for order, index in _orders(track):
        planned = float(day.orders.planned[order])
        more = sum(track.driven()[n] for n in index[:-1]) - planned
        if planned > 0 and more >= float(day.other("DETOUR", "至少多行")[track.car]) * 1000:
            share = more / planned * 100
            if share > day.limit("DETOUR")[track.car]:
                yield order, share


def _orders(track: Track) -> Iterator[tuple[int, list[int]]]:
    covered = [track.order(t, strictly=True) for t in track.t]
    for order, part in groupby(range(len(covered)), key=lambda n: covered[n]):
        if order >= 0:
            yield order, list(part)
