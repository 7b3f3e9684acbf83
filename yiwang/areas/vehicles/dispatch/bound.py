"""A cost that no plan of the same trips can undercut.

Every trip must be driven, in the cheapest car that fits. Between, each trip follows either another trip or a yard, and each trip
is followed by at most one trip: relaxing everything else (which car, how many, duty, exact times beyond "can be reached at
all") leaves an assignment problem. Its dual is raised row by row (shortest augmenting paths; Jonker and Volgenant, Computing 38, 1987)
and is a valid bound at every moment: out of time it is only weaker, never wrong.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import numpy as np

from yiwang.areas.vehicles.dispatch.day import Day

NEVER = 10**9
Clock = Callable[[], float]


def lower_bound(day: Day, trips: list[int], seconds: float = 10.0, clock: Clock = time.monotonic) -> int:
    """Fen that serving these trips costs at least. Trips that no car fits are left out."""
    cars = _cheapest(day)
    served = [trip for trip in trips if cars[trip]]
    if not served:
        return 0
    begin = np.array([_outing(day, trip, cars[trip]) for trip in served], dtype=np.int64)
    home = np.array([_homing(day, trip, cars[trip]) for trip in served], dtype=np.int64)
    loaded = sum(min(sum(day.loaded(day.cars[car], day.jobs[trip])) for car in cars[trip]) for trip in served)
    follow = _follow(day, served, cars)
    gain = np.minimum(follow - home[:, None] - begin[None, :], 0)
    return int(loaded + begin.sum() + home.sum() + assignment_bound(gain, seconds, clock))


def _cheapest(day: Day) -> list[list[int]]:
    """For each trip, one car of each sort (kinds, seats, yard, costs) that fits it: enough to find any minimum."""
    sorts: dict[tuple[Any, ...], int] = {}
    for number, car in enumerate(day.cars):
        if day.limit[number] > 0:
            key = (day.class_of[number], car.depot, car.per_km, car.per_hour, car.fixed, len(day.windows[number]))
            sorts.setdefault(key, number)
    return [[car for car in sorts.values() if day.serves(car, trip)] for trip in range(len(day.jobs))]


def _outing(day: Day, trip: int, cars: list[int]) -> int:
    origin = day.jobs[trip].origin
    # A car with two free times may leave twice and pays its fixed part once.
    return min(_share(day, car) + day.leg(day.cars[car], day.cars[car].depot, origin) for car in cars)


def _share(day: Day, car: int) -> int:
    return day.cars[car].fixed // max(1, len(day.windows[car]))


def _homing(day: Day, trip: int, cars: list[int]) -> int:
    end = day.jobs[trip].end
    return min(day.leg(day.cars[car], end, day.cars[car].depot) for car in cars)


def _follow(day: Day, served: list[int], cars: list[list[int]]) -> Any:
    """Least cost of going from the end of one trip (row) to the origin of another (column); NEVER where it cannot be in time."""
    jobs = [day.jobs[trip] for trip in served]
    ends, origins = [job.end for job in jobs], [job.origin for job in jobs]
    travel = day.problem.travel
    metres = travel.metres[np.ix_(ends, origins)].astype(np.int64)
    seconds = travel.seconds[np.ix_(ends, origins)].astype(np.int64)
    best = np.full(metres.shape, NEVER, dtype=np.int64)
    rates = {(day.cars[car].per_km, day.cars[car].per_hour) for each in cars for car in each}
    for per_km, per_hour in sorted(rates):
        able = np.array(
            [
                any((day.cars[car].per_km, day.cars[car].per_hour) == (per_km, per_hour) for car in cars[trip])
                for trip in served
            ]
        )
        cost = (metres * per_km + 500) // 1000 + (seconds * per_hour + 1800) // 3600
        best = np.where(able[:, None] & able[None, :], np.minimum(best, cost), best)
    done = np.array([job.early + job.length for job in jobs], dtype=np.int64)
    late = np.array([job.late for job in jobs], dtype=np.int64)
    best[done[:, None] + seconds > late[None, :]] = NEVER
    np.fill_diagonal(best, NEVER)
    return best


def assignment_bound(cost: Any, seconds: float = 10.0, clock: Clock = time.monotonic) -> int:
    """The least sum of one entry in each row and column, or a valid lower bound of it when the time is over. Whole numbers, ≤ 0 allowed."""
    size = len(cost)
    until = clock() + seconds
    down = cost.min(axis=0).astype(np.int64)
    across = (cost - down[None, :]).min(axis=1)
    owner: Any = np.full(size, -1, dtype=np.int64)
    for row in range(size):
        if clock() > until:
            break
        _augment(cost, down, across, owner, row)
    return int(down.sum() + across.sum())


def _augment(cost: Any, down: Any, across: Any, owner: Any, row: int) -> None:
    """Give the row a column by the shortest path through those already given; prices stay feasible."""
    size = len(cost)
    reach: Any = np.full(size, np.iinfo(np.int64).max // 4, dtype=np.int64)
    before: Any = np.full(size, -1, dtype=np.int64)
    closed: Any = np.zeros(size, dtype=bool)
    at, length, order = row, 0, []
    while True:
        through = length + cost[at] - across[at] - down
        better = ~closed & (through < reach)
        reach[better], before[better] = through[better], at
        column = int(np.where(closed, np.iinfo(np.int64).max, reach).argmin())
        length = int(reach[column])
        closed[column] = True
        if owner[column] < 0:
            break
        order.append(column)
        at = int(owner[column])
    across[row] += length
    for each in order:
        across[owner[each]] += length - reach[each]
        down[each] -= length - reach[each]
    while True:
        at = int(before[column])
        owner[column], column = at, _given(owner, at, column)
        if at == row:
            return


def _given(owner: Any, row: int, but: int) -> int:
    """The column the row had until now."""
    held = np.flatnonzero(owner == row)
    return int(held[0]) if len(held) else but
