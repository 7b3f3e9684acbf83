"""The problem made quick: lists by index instead of objects by name, with what can be worked out once for the day."""

from __future__ import annotations

from array import array
from dataclasses import dataclass
from itertools import pairwise

from yiwang.areas.vehicles.dispatch.problem import Car, Closure, Problem, Span, Trip


@dataclass(frozen=True, slots=True)
class Unit:
    """A car in one of its free times: at most one tour from the yard and back. A car closed at noon is two units."""

    car: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Job:
    """A trip as the planner sees it: one service of known length that begins at one place and ends at another.

    `ride` seconds of the first way with its rests, `drive` of all driving, `length` of everything; `early`, `late` bound the start
    (the arrival limit is already in them); `metres` with passengers.
    """

    index: int
    origin: int
    end: int
    early: int
    late: int
    length: int
    ride: int
    drive: int
    wait: int
    metres: int
    legs: tuple[int, ...]


class Day:
    """A problem compiled. `told` pins the start of trips whose time was already told to somebody."""

    def __init__(self, problem: Problem, told: dict[str, int] | None = None) -> None:
        self.problem = problem
        self.metres: list[array[int]] = problem.travel.metre_rows
        self.seconds: list[array[int]] = problem.travel.second_rows
        self.cars: tuple[Car, ...] = problem.cars
        self.car_index = {car.id: place for place, car in enumerate(problem.cars)}
        self.trip_index = {trip.id: place for place, trip in enumerate(problem.trips)}
        self.driver_index = {driver.id: place for place, driver in enumerate(problem.drivers)}
        pins = told or {}
        self.jobs: list[Job] = [self.job(place, trip, pins.get(trip.id)) for place, trip in enumerate(problem.trips)]
        self._classes: dict[tuple[frozenset[str], int], int] = {}
        self.class_of: list[int] = [self._class(car) for car in problem.cars]
        self.fits: list[list[bool]] = [[] for _ in self._classes]
        for trip, job in zip(problem.trips, self.jobs, strict=True):
            self.add_fits(trip, job)
        self.windows: list[list[tuple[int, int]]] = [
            [(span.start, span.end) for span in free(car.available, car.closed)] for car in problem.cars
        ]
        self.units: list[Unit] = [
            Unit(car, start, end) for car, windows in enumerate(self.windows) for start, end in windows
        ]
        limits: dict[tuple[int, str], int] = {}
        for driver in problem.drivers:
            for licence in driver.licences:
                limits[driver.depot, licence] = max(driver.duty, limits.get((driver.depot, licence), -1))
        self.limit: list[int] = [self._limit(car, limits) for car in problem.cars]
        rates: dict[tuple[int, int], int] = {}
        self.rate_of: list[int] = [rates.setdefault((car.per_km, car.per_hour), len(rates)) for car in problem.cars]
        self.rates: list[Legs] = [Legs(self, *rate) for rate in rates]

    def servable(self) -> list[int]:
        """Trips that some car fits."""
        return [trip for trip in range(len(self.jobs)) if any(row[trip] for row in self.fits)]

    def add_fits(self, trip: Trip, job: Job) -> None:
        """A trip more: which classes of cars fit it. None does if its times contradict each other."""
        for (kinds, seats), row in zip(self._classes, self.fits, strict=True):
            row.append(job.early <= job.late and fits(kinds, seats, trip))

    def _class(self, car: Car) -> int:
        return self._classes.setdefault((car.kinds, car.seats), len(self._classes))

    def _limit(self, car: Car, limits: dict[tuple[int, str], int]) -> int:
        """The longest tour of the car: the duty of the longest-serving driver who may drive it; none at all if nobody may."""
        rule = self.problem.duty.limit
        return min(rule, limits.get((car.depot, car.licence), -1)) if self.problem.drivers else rule

    def job(self, index: int, trip: Trip, told: int | None = None) -> Job:
        """The trip with its times worked out. Rests on ways longer than the driving limit are in its length."""
        stops = (trip.origin, *trip.via, trip.target)
        first = sum(self.seconds[a][b] for a, b in pairwise(stops))
        metres = sum(self.metres[a][b] for a, b in pairwise(stops))
        second = self.seconds[trip.target][trip.origin] if trip.back else 0
        metres += self.metres[trip.target][trip.origin] if trip.back else 0
        ride, home = first + self._rests(first), second + self._rests(second)
        late = trip.latest if trip.arrive_by is None else min(trip.latest, trip.arrive_by - ride)
        early = trip.earliest
        if told is not None:
            early = late = told
        return Job(
            index=index,
            origin=trip.origin,
            end=trip.origin if trip.back else trip.target,
            early=early,
            late=late,
            length=ride + trip.wait + home,
            ride=ride,
            drive=first + second,
            wait=trip.wait,
            metres=metres,
            legs=(first, second),
        )

    def _rests(self, seconds: int) -> int:
        rule = self.problem.duty
        return max(0, (seconds - 1) // rule.driving) * rule.pause

    def own(self, car: int, trip: int) -> int:
        """The trip's own cost in that car, fen."""
        return self.rates[self.rate_of[car]].own(trip)

    def loaded(self, car: Car, job: Job) -> tuple[int, int]:
        """The trip's own cost in that car: (distance, time) in fen. Waiting at the destination is paid by the hour."""
        return km_cost(car, job.metres), hour_cost(car, job.drive + job.wait)

    def leg(self, car: Car, start: int, end: int) -> int:
        """The cost of an empty way, fen."""
        return km_cost(car, self.metres[start][end]) + hour_cost(car, self.seconds[start][end])

    def serves(self, car: int, trip: int) -> bool:
        """Whether kind and seats fit."""
        return self.fits[self.class_of[car]][trip]


class Legs(dict[int, "array[int]"]):
    """Costs of empty ways at one rate: a row for each place from which somebody goes, made when first asked for."""

    def __init__(self, day: Day, per_km: int, per_hour: int) -> None:
        super().__init__()
        self.day, self.per_km, self.per_hour = day, per_km, per_hour
        self._own: dict[int, tuple[Job, int]] = {}

    def __missing__(self, place: int) -> array[int]:
        day, km, hour = self.day, self.per_km, self.per_hour
        ways = zip(day.metres[place], day.seconds[place], strict=True)
        row = self[place] = array("q", ((way * km + 500) // 1000 + (time * hour + 1800) // 3600 for way, time in ways))
        return row

    def own(self, trip: int) -> int:
        """What a trip itself costs."""
        job = self.day.jobs[trip]
        known = self._own.get(trip)
        if known is None or known[0] is not job:
            cost = (job.metres * self.per_km + 500) // 1000 + ((job.drive + job.wait) * self.per_hour + 1800) // 3600
            known = self._own[trip] = (job, cost)
        return known[1]


def km_cost(car: Car, metres: int) -> int:
    """Fen for a way, rounded half up."""
    return (metres * car.per_km + 500) // 1000


def hour_cost(car: Car, seconds: int) -> int:
    """Fen for a time, rounded half up."""
    return (seconds * car.per_hour + 1800) // 3600


def fits(kinds: frozenset[str], seats: int, trip: Trip) -> bool:
    """Whether a car of these kinds and seats may serve the trip."""
    return seats >= trip.passengers and (not trip.kinds or not trip.kinds.isdisjoint(kinds))


def free(whole: Span, closed: tuple[Closure, ...]) -> list[Span]:
    """What is left of a time when the closures are taken out."""
    left, at = [], whole.start
    for closure in sorted(closed, key=lambda each: each.start):
        if closure.start > at:
            left.append(Span(at, min(closure.start, whole.end)))
        at = max(at, closure.end)
        if at >= whole.end:
            break
    if at < whole.end:
        left.append(Span(at, whole.end))
    return [span for span in left if span.end > span.start]
