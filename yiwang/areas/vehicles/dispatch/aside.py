"""Firm trips that break a rule: a dispatcher has decided so, or they run late. They stay as they are, and all else is planned around them."""

from __future__ import annotations

from dataclasses import dataclass, replace

from yiwang.areas.vehicles.dispatch.day import Day, hour_cost, km_cost
from yiwang.areas.vehicles.dispatch.greedy import keep
from yiwang.areas.vehicles.dispatch.plan import Assignment, Cost, Plan
from yiwang.areas.vehicles.dispatch.problem import Closure, Held, Problem
from yiwang.areas.vehicles.dispatch.schedule import Schedule

WHY = "已定的安排,与规则不符,照原样保留。"


@dataclass(frozen=True, slots=True)
class Aside:
    """The problem without the trips set aside, and their rows."""

    problem: Problem
    rows: tuple[Assignment, ...]

    def joined(self, plan: Plan) -> Plan:
        """The plan with the rows in it; a car that drives nothing else has its fixed part in its first row."""
        if not self.rows:
            return plan
        used = {each.car for each in plan.assignments}
        fixed = {car.id: car.fixed for car in self.problem.cars}
        rows = []
        for row in sorted(self.rows, key=lambda each: each.start):
            rows.append(row if row.car in used else replace(row, cost=replace(row.cost, fixed=fixed[row.car])))
            used.add(row.car)
        every = sorted((*plan.assignments, *rows), key=lambda each: (each.start, each.trip))
        note = f"有 {len(rows)} 单已定的安排与规则不符(时间、座位、当班等),照原样保留,未计入先到先得和下限。"
        return replace(plan, assignments=tuple(every), notes=(*plan.notes, note))


def set_aside(problem: Problem) -> Aside:
    """Take out the firm trips that the rules do not allow where they are; their cars and drivers are taken for that time."""
    firm = sorted((each for each in problem.held if each.firm), key=lambda each: each.start)
    if not firm:
        return Aside(problem, ())
    day = Day(problem, {each.trip: each.start for each in firm})
    schedule = Schedule(day)
    wrong = [
        each
        for each in firm
        if each.trip in day.trip_index
        and each.car in day.car_index
        and not _stands(schedule, day.trip_index[each.trip])
    ]
    if not wrong:
        return Aside(problem, ())
    rows = tuple(_row(day, each) for each in wrong)
    gone = {each.trip for each in wrong}
    cars = tuple(replace(car, closed=car.closed + _taken(rows, car=car.id)) for car in problem.cars)
    drivers = tuple(replace(one, closed=one.closed + _taken(rows, driver=one.id)) for one in problem.drivers)
    trips = tuple(trip for trip in problem.trips if trip.id not in gone)
    held = tuple(each for each in problem.held if each.trip not in gone)
    return Aside(replace(problem, cars=cars, drivers=drivers, trips=trips, held=held), rows)


def _stands(schedule: Schedule, trip: int) -> bool:
    return schedule.day.jobs[trip].early <= schedule.day.jobs[trip].late and keep(schedule, trip)


def _taken(rows: tuple[Assignment, ...], *, car: str = "", driver: str = "") -> tuple[Closure, ...]:
    mine = [row for row in rows if (car and row.car == car) or (driver and row.driver == driver)]
    return tuple(Closure(row.leave, row.home or row.end, "taken", "已有安排") for row in mine)


def _row(day: Day, held: Held) -> Assignment:
    """The trip by itself, from the yard and back."""
    car, job = day.cars[day.car_index[held.car]], day.jobs[day.trip_index[held.trip]]
    out, home = day.seconds[car.depot][job.origin], day.seconds[job.end][car.depot]
    empty = day.metres[car.depot][job.origin] + day.metres[job.end][car.depot]
    distance, hours = day.loaded(car, job)
    end = held.start + job.length
    return Assignment(
        trip=held.trip,
        car=held.car,
        driver=held.driver,
        leave=held.start - out,
        start=held.start,
        end=end,
        home=end + home,
        empty_metres=empty,
        loaded_metres=job.metres,
        cost=Cost(0, distance + km_cost(car, empty), hours + hour_cost(car, out + home)),
        why=f"{car.name}:{WHY}",
    )
