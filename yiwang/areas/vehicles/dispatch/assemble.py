"""From tours to the plan that people read: times, costs, drivers, sentences, figures to compare with. And the first check of what comes in."""

from __future__ import annotations

import time
from collections import Counter

from yiwang.areas.vehicles.dispatch.bound import lower_bound
from yiwang.areas.vehicles.dispatch.day import Day, hour_cost, km_cost
from yiwang.areas.vehicles.dispatch.explain import Explainer
from yiwang.areas.vehicles.dispatch.fcfs import first_come
from yiwang.areas.vehicles.dispatch.plan import Assignment, Cost, Plan
from yiwang.areas.vehicles.dispatch.problem import Held, Problem
from yiwang.areas.vehicles.dispatch.ruin import Clock
from yiwang.areas.vehicles.dispatch.schedule import Schedule
from yiwang.kit.refusal import Refusal


def check(problem: Problem) -> None:
    """Refuse what is no problem at all: a name twice, a place that is not in the matrix, a window that ends before it begins."""
    for what, rows in (("车辆", problem.cars), ("驾驶员", problem.drivers), ("行程", problem.trips)):
        twice = [name for name, count in Counter(row.id for row in rows).items() if count > 1]
        if twice:
            raise Refusal("dispatch.twice", f"{what}“{twice[0]}”出现了两次,请只保留一条。")
    size = len(problem.travel.metres)
    for trip in problem.trips:
        if not all(0 <= place < size for place in (trip.origin, trip.target, *trip.via)):
            raise Refusal("dispatch.place", f"行程“{trip.name}”的地点不在路程表内,请补上该地点后再排班。")
        if trip.latest < trip.earliest:
            raise Refusal("dispatch.window", f"行程“{trip.name}”的最晚上车时间早于最早上车时间,请改正。")
        if trip.passengers < 0 or trip.wait < 0:
            raise Refusal("dispatch.negative", f"行程“{trip.name}”的人数或等候时间为负数,请改正。")
    yards = [(car.name, car.depot) for car in problem.cars] + [
        (driver.name, driver.depot) for driver in problem.drivers
    ]
    for name, depot in yards:
        if not 0 <= depot < size:
            raise Refusal("dispatch.place", f"“{name}”的停车场不在路程表内,请补上该地点后再排班。")
    if any(min(car.per_km, car.per_hour, car.fixed) < 0 for car in problem.cars):
        raise Refusal("dispatch.negative", "车辆费用不能为负数,请改正。")


def assemble(
    schedule: Schedule, *, solver: str, notes: tuple[str, ...] = (), seconds: float = 1.0, clock: Clock = time.monotonic
) -> Plan:
    """The plan of these tours. `seconds` bound the work on the lower bound and, apart from it, on the sentences."""
    day = schedule.day
    explainer = Explainer(schedule, until=clock() + seconds, clock=clock)
    rows: list[Assignment] = []
    for number, route in enumerate(schedule.routes):
        if route.trips:
            rows += _tour(schedule, number, explainer)
    rows.sort(key=lambda each: (each.start, each.trip))
    served = sorted(schedule.at)
    first = first_come(day, served)
    more = list(notes) + list(day.problem.travel.notes)
    if first.unserved:
        more.append(f"先到先得会有 {len(first.unserved)} 单派不出车,其费用只算派得出的。")
    return Plan(
        assignments=tuple(rows),
        unserved=tuple(explainer.unserved(trip) for trip in schedule.unserved()),
        fcfs=first.cost,
        bound=lower_bound(day, served, seconds, clock),
        solver=solver,
        notes=tuple(more),
    )


def _tour(schedule: Schedule, number: int, explainer: Explainer) -> list[Assignment]:
    """The rows of one tour."""
    route = schedule.routes[number]
    day, car = schedule.day, schedule.day.cars[route.car]
    times, at, rows = route.times(), route.depot, []
    first_of_day = not any(
        other.car == route.car and other.trips and other.start < route.start
        for other in schedule.routes
        if other is not route
    )
    for place, trip in enumerate(route.trips):
        job = day.jobs[trip]
        sets_out, begin, end = times[place]
        last = place == len(route.trips) - 1
        empty = day.metres[at][job.origin]
        seconds = day.seconds[at][job.origin]
        distance, hours = day.loaded(car, job)
        distance, hours = distance + km_cost(car, empty), hours + hour_cost(car, seconds)
        if last:
            way = day.metres[job.end][route.depot]
            empty, distance = empty + way, distance + km_cost(car, way)
            hours += hour_cost(car, day.seconds[job.end][route.depot])
        rows.append(
            Assignment(
                trip=day.problem.trips[trip].id,
                car=car.id,
                driver=None if route.driver is None else day.problem.drivers[route.driver].id,
                leave=sets_out,
                start=begin,
                end=end,
                home=times[-1][1] if last else None,
                empty_metres=empty,
                loaded_metres=job.metres,
                cost=Cost(car.fixed if place == 0 and first_of_day else 0, distance, hours),
                why=explainer.why(number, trip),
            )
        )
        at = job.end
    return rows


def rebuild(problem: Problem, plan: Plan) -> Schedule:
    """Tours out of a plan, with its told times pinned and its drivers in their cars."""
    told = {each.trip: each.start for each in plan.assignments}
    day = Day(problem, told)
    schedule = Schedule(day)
    by_car: dict[int, list[int]] = {}
    for number, route in enumerate(schedule.routes):
        by_car.setdefault(route.car, []).append(number)
    tours: dict[int, list[int]] = {}
    for each in sorted(plan.assignments, key=lambda one: one.start):
        if each.car in day.car_index and each.trip in day.trip_index:
            numbers = [one for one in by_car.get(day.car_index[each.car], ()) if schedule.routes[one].end > each.start]
            if numbers:
                tours.setdefault(numbers[0], []).append(day.trip_index[each.trip])
                name = each.driver
                schedule.routes[numbers[0]].driver = None if name is None else day.driver_index.get(name)
    for number, trips in tours.items():
        _seat(schedule, number, trips)
    return schedule


def _seat(schedule: Schedule, number: int, trips: list[int]) -> None:
    """Make the trips the tour as they are; those that do not follow each other (a plan changed by hand) one by one, as far as they fit."""
    schedule.restore({number: trips})
    whole = schedule.routes[number].whole() if schedule.routes[number].update() else None
    if whole is None or whole[0] > schedule.routes[number].limit:
        schedule.restore({number: []})
        schedule.adopt(number, trips)


def as_held(plan: Plan, firm: frozenset[str] = frozenset()) -> tuple[Held, ...]:
    """A plan as the accepted one of the next problem."""
    return tuple(Held(each.trip, each.car, each.driver, each.start, each.trip in firm) for each in plan.assignments)
