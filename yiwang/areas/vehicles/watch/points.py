"""A day of many cars as arrays, and what follows from one point to the next. Pure; numpy only.

Points are sorted by car, then by time. `car` is the place of a car in `Cars.ids`; `t` seconds since local midnight;
degrees of WGS-84; km/h.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

# Arrays of numpy, which the type checker does not follow.
Ints = Any
Floats = Any
Bools = Any

#: One degree of latitude, on the mean sphere.
DEGREE = 111_195.08
#: A piece counts as driven when it is longer than the noise of a receiver that stands, and no faster than a car is.
NOISE_METRES, SLOWEST, FASTEST = 20.0, 5.0, 200.0
#: Cars are told apart in one sorted key: more seconds than a day has, so that cars never touch.
STRIDE = 1_000_000


def metres(lon1: Any, lat1: Any, lon2: Any, lat2: Any) -> Any:
    """Distance on a plane that touches between the two: within a millimetre a kilometre, four times as fast as haversine."""
    east = (lon2 - lon1) * np.cos((lat1 + lat2) * (np.pi / 360))
    north = lat2 - lat1
    return np.sqrt(east * east + north * north) * DEGREE


@dataclass(frozen=True, slots=True)
class Places:
    """Listed places: circles on the map, radius in metres; `shapes`: the polygon within the circle, None where there is none."""

    lon: Floats
    lat: Floats
    radius: Floats
    shapes: Sequence[Any] = ()

    def __len__(self) -> int:
        return len(self.lon)


@dataclass(frozen=True)
class Orders:
    """What entitled cars to move: sorted by car, then by start; the spans of one car do not overlap, but for their grace.

    `start` and `end` with the grace, `began` and `ended` as driven (NaN: unknown). `plan`: the planned line of each as
    degrees (empty: unknown), `planned`: its metres (NaN: unknown). `odometer`: kilometres by the odometer (NaN).
    `stops`: indices into the listed places that are on the order's way.
    """

    car: Ints
    start: Floats
    end: Floats
    emergency: Bools
    began: Floats
    ended: Floats
    planned: Floats
    odometer: Floats
    plan: Sequence[Sequence[tuple[float, float]]] = ()
    stops: Sequence[frozenset[int]] = ()
    area: Sequence[Any] = ()  # shapely geometry in degrees of the approved area; None: only the way

    def __len__(self) -> int:
        return len(self.car)


def no_orders() -> Orders:
    """Nothing entitles anybody."""
    none: Any = np.zeros(0)
    ints: Any = np.zeros(0, dtype=np.int64)
    return Orders(ints, none, none, np.zeros(0, dtype=bool), none, none, none, none)


@dataclass(frozen=True)
class Cars:
    """The cars of a batch: ids, sorted; for each rule the figure in force for each car (`limits["SPEED"]`), and its others."""

    ids: Ints
    limits: dict[str, Floats] = field(default_factory=dict)
    others: dict[tuple[str, str], Floats] = field(default_factory=dict)
    workday: bool = True

    def __len__(self) -> int:
        return len(self.ids)


@dataclass(frozen=True)
class Points:
    """The points of a batch of cars."""

    car: Ints
    t: Floats
    lon: Floats
    lat: Floats
    speed: Floats

    def __len__(self) -> int:
        return len(self.car)

    @cached_property
    def joined(self) -> Bools:
        """For each point but the last: whether the next is of the same car."""
        return np.asarray(self.car[1:] == self.car[:-1])

    @cached_property
    def step(self) -> Floats:
        """Metres to the next point; 0 where it is another car's."""
        far = metres(self.lon[:-1], self.lat[:-1], self.lon[1:], self.lat[1:])
        return np.where(self.joined, far, 0.0)

    @cached_property
    def pause(self) -> Floats:
        """Seconds to the next point; 0 where it is another car's."""
        return np.where(self.joined, self.t[1:] - self.t[:-1], 0.0)

    @cached_property
    def driven(self) -> Floats:
        """Metres to the next point where the car drove, else 0."""
        with np.errstate(divide="ignore", invalid="ignore"):
            kmh = np.where(self.pause > 0, self.step / self.pause * 3.6, 0.0)
        moving = (self.step >= NOISE_METRES) & (kmh >= SLOWEST) & (kmh <= FASTEST)
        return np.where(moving, self.step, 0.0)

    def covering(self, orders: Orders, *, strictly: bool = False) -> Ints:
        """For each point the order that covers it, -1 for none. `strictly`: as driven, without grace."""
        starts, ends = (orders.began, orders.ended) if strictly else (orders.start, orders.end)
        known = np.flatnonzero(~(np.isnan(starts) | np.isnan(ends)))
        if not len(known):
            return np.full(len(self), -1, dtype=np.int64)
        keys = orders.car[known] * STRIDE + np.clip(starts[known], 0, STRIDE / 4)
        found = np.searchsorted(keys, self.car * STRIDE + self.t, side="right") - 1
        order = known[np.maximum(found, 0)]
        inside = (found >= 0) & (orders.car[order] == self.car) & (self.t < ends[order])
        return np.where(inside, order, -1)

    def bounds(self, cars: int) -> Ints:
        """Where the points of each car begin, and the end: `cars + 1` indices."""
        return np.searchsorted(self.car, np.arange(cars + 1))


def runs(member: Bools, group: Ints) -> tuple[Ints, Ints]:
    """First and last index of each stretch of neighbours that are members and of one group."""
    if not len(member):
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
    same: Any = np.zeros(len(member), dtype=bool)
    same[1:] = member[:-1] & (group[1:] == group[:-1])
    first = np.flatnonzero(member & ~same)
    follows: Any = np.zeros(len(member), dtype=bool)
    follows[:-1] = member[1:] & (group[1:] == group[:-1])
    return first, np.flatnonzero(member & ~follows)
