"""The baseline: first come, first served, and back to the yard after every trip. What a desk with a telephone does."""

from __future__ import annotations

from dataclasses import dataclass

from yiwang.areas.vehicles.dispatch.day import Day


@dataclass(frozen=True, slots=True)
class Baseline:
    """Its cost in fen, the trips that found no car, and what each car drives: (trip, leaves the yard, at the origin, home)."""

    cost: int
    unserved: tuple[int, ...]
    tours: dict[int, list[tuple[int, int, int, int]]]


def first_come(day: Day, trips: list[int] | None = None) -> Baseline:
    """Trips in the order of the requests (the order of the list); each takes the nearest car that fits and is in its yard.

    Nearest by the way from the yard, then by the order of the register. The car comes at the wished time, or as soon as it can before
    the latest. Windows of the car and the duty of one driver a car are kept.
    """
    busy: dict[int, list[tuple[int, int, int, int]]] = {}
    cost, unserved = 0, []
    for trip in range(len(day.jobs)) if trips is None else trips:
        chosen = _nearest(day, trip, busy)
        if chosen is None:
            unserved.append(trip)
            continue
        number, tour = chosen
        car, job = day.cars[number], day.jobs[trip]
        cost += 0 if busy.get(number) else car.fixed
        cost += day.leg(car, car.depot, job.origin) + sum(day.loaded(car, job)) + day.leg(car, job.end, car.depot)
        busy.setdefault(number, []).append(tour)
    return Baseline(
        cost, tuple(unserved), {number: sorted(each, key=lambda one: one[1]) for number, each in busy.items()}
    )


def _nearest(
    day: Day, trip: int, busy: dict[int, list[tuple[int, int, int, int]]]
) -> tuple[int, tuple[int, int, int, int]] | None:
    origin = day.jobs[trip].origin
    fitting = [number for number in range(len(day.cars)) if day.serves(number, trip)]
    for number in sorted(fitting, key=lambda one: (day.metres[day.cars[one].depot][origin], one)):
        tour = _free(day, number, trip, busy.get(number, []))
        if tour is not None:
            return number, tour
    return None


def _free(day: Day, number: int, trip: int, taken: list[tuple[int, int, int, int]]) -> tuple[int, int, int, int] | None:
    """The first time from the wish on at which the car can do the trip out of its yard."""
    job, depot = day.jobs[trip], day.cars[number].depot
    out, home = day.seconds[depot][job.origin], day.seconds[job.end][depot]
    windows = day.windows[number]
    starts = sorted({job.early, *(one[3] + out for one in taken), *(start + out for start, _ in windows)})
    for begin in starts:
        if not job.early <= begin <= job.late:
            continue
        leave, back = begin - out, begin + job.length + home
        if not any(start <= leave and back <= end for start, end in windows):
            continue
        if any(leave < one[3] and one[1] < back for one in taken):
            continue
        first = min([leave, *(one[1] for one in taken)])
        last = max([back, *(one[3] for one in taken)])
        if last - first <= day.limit[number]:
            return (trip, leave, begin, back)
    return None
