"""The tours by PyVRP (MIT): iterated local search in C++ for time windows, several yards and an uneven fleet.

A trip is one client: served where it begins, left where it ends. The matrices are therefore asymmetric (from the end of one trip to
the origin of the next) and carry fen instead of metres, with the trip's own cost in the way that leads to it, one profile for each
kind of car. What a kind cannot serve is too dear and too far. Duty is the longest shift.
"""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np

from yiwang.areas.vehicles.dispatch.day import Day, Unit
from yiwang.areas.vehicles.dispatch.problem import Car

#: Fen and seconds that no allowed way has.
FAR = 10_000_000
#: Fen for a trip left out; more for the urgent.
MISSED = 3_000_000


@dataclass(frozen=True, slots=True)
class Task:
    """A part of the day for one run: which trips, which units, how long."""

    trips: list[int]
    units: list[Unit]
    seconds: float
    seed: int = 0
    rounds: int | None = None
    clock: Callable[[], float] = time.monotonic


def solve(day: Day, task: Task, start: dict[int, list[int]] | None = None) -> dict[int, list[int]]:
    """Tours: place of the unit in `task.units` → trips in order. Trips that pay no car are left out.

    `start` are tours to begin with, in the same form. With `rounds` the result depends on the seed alone.
    """
    from pyvrp import Solution
    from pyvrp import solve as run
    from pyvrp.stop import MaxIterations, MultipleCriteria

    model = _Model(day, task)
    data = model.data()
    until = task.clock() + max(0.1, task.seconds)

    def stop(_: float) -> bool:
        return task.clock() >= until

    if task.rounds is not None:
        rule: Any = MultipleCriteria([stop, MaxIterations(task.rounds)])
    else:
        rule = stop
    first = Solution(data, model.routes(data, start)) if start else None
    with quiet():
        result = run(data, rule, seed=task.seed, collect_stats=False, display=False, initial_solution=first)
    return model.tours(result.best) if result.best.is_feasible() else {}


@contextmanager
def quiet() -> Iterator[None]:
    """PyVRP warns when a search has a hard time; what it then returns is judged by us anyway."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


class _Model:
    """Our day in PyVRP's words, and back. Location i is the i-th trip; after them stand the yards."""

    def __init__(self, day: Day, task: Task) -> None:
        self.day, self.task = day, task
        self.yards = sorted({day.cars[unit.car].depot for unit in task.units})
        self.kinds: dict[tuple[Any, ...], int] = {}
        self.example: list[int] = []
        self.types: dict[tuple[Any, ...], list[int]] = {}
        for place, unit in enumerate(task.units):
            car = day.cars[unit.car]
            profile = self.kinds.setdefault(_kind(car), len(self.kinds))
            if profile == len(self.example):
                self.example.append(unit.car)
            if day.limit[unit.car] > 0:
                key = (profile, car.depot, unit.start, unit.end, day.limit[unit.car], car.fixed)
                self.types.setdefault(key, []).append(place)

    def data(self) -> Any:
        """The problem."""
        from pyvrp import Client, Depot, Location, ProblemData, VehicleType

        jobs = [self.day.jobs[trip] for trip in self.task.trips]
        trips = [self.day.problem.trips[trip] for trip in self.task.trips]
        clients = [
            Client(
                location=place,
                service_duration=job.length,
                tw_early=job.early,
                tw_late=job.late,
                prize=MISSED * (1 + trip.priority),
                required=False,
            )
            for place, (job, trip) in enumerate(zip(jobs, trips, strict=True))
        ]
        depots = [Depot(location=len(jobs) + place) for place in range(len(self.yards))]
        vehicles = [
            VehicleType(
                num_available=len(places),
                start_depot=self.yards.index(depot),
                end_depot=self.yards.index(depot),
                fixed_cost=fixed,
                tw_early=start,
                tw_late=end,
                shift_duration=limit,
                profile=profile,
            )
            for (profile, depot, start, end, limit, fixed), places in self.types.items()
        ]
        seconds = self._seconds()
        pairs = [self._profile(example, seconds) for example in self.example]
        locations = [Location(0, 0) for _ in range(len(jobs) + len(depots))]
        return ProblemData(locations, clients, depots, vehicles, [one for one, _ in pairs], [one for _, one in pairs])

    def _ends(self) -> tuple[list[int], list[int]]:
        jobs = [self.day.jobs[trip] for trip in self.task.trips]
        return [job.end for job in jobs] + self.yards, [job.origin for job in jobs] + self.yards

    def _seconds(self) -> Any:
        leaves, comes = self._ends()
        return self.day.problem.travel.seconds[np.ix_(leaves, comes)].astype(np.int64)

    def _profile(self, example: int, seconds: Any) -> tuple[Any, Any]:
        """(fen, seconds) for cars like this one."""
        day, count = self.day, len(self.task.trips)
        leaves, comes = self._ends()
        metres = day.problem.travel.metres[np.ix_(leaves, comes)].astype(np.int64)
        car = day.cars[example]
        fen = (metres * car.per_km + 500) // 1000 + (seconds * car.per_hour + 1800) // 3600
        fen[:, :count] += np.array([sum(day.loaded(car, day.jobs[trip])) for trip in self.task.trips], dtype=np.int64)[
            None, :
        ]
        shut = np.array([not day.serves(example, trip) for trip in self.task.trips], dtype=bool)
        length = seconds.copy()
        for matrix in (fen, length):
            matrix[:, :count][:, shut] = FAR
            np.fill_diagonal(matrix, 0)
        return fen, length

    def routes(self, data: Any, start: dict[int, list[int]]) -> list[Any]:
        """Tours as PyVRP's routes."""
        from pyvrp import Route

        number = {trip: place for place, trip in enumerate(self.task.trips)}
        kind_of = {place: kind for kind, places in enumerate(self.types.values()) for place in places}
        return [
            Route(data, [number[trip] for trip in trips], kind_of[place]) for place, trips in start.items() if trips
        ]

    def tours(self, solution: Any) -> dict[int, list[int]]:
        """PyVRP's routes as tours; cars of one type are taken in the order of the register."""
        left = [list(places) for places in self.types.values()]
        found = {}
        for route in solution.routes():
            clients = [visit.idx for visit in route if visit.is_client()]
            found[left[route.vehicle_type()].pop(0)] = [self.task.trips[client] for client in clients]
        return found


def _kind(car: Car) -> tuple[Any, ...]:
    return (car.kinds, car.seats, car.per_km, car.per_hour)
