"""An independent judge of plans: reads problem and plan only, shares no code with the planners."""

from __future__ import annotations

from itertools import pairwise

from yiwang.areas.vehicles.dispatch.plan import Assignment, Plan
from yiwang.areas.vehicles.dispatch.problem import Car, Driver, Problem, Trip


def faults(problem: Problem, plan: Plan) -> list[str]:
    """Everything that is wrong with the plan; nothing: it is good."""
    trips = {trip.id: trip for trip in problem.trips}
    cars = {car.id: car for car in problem.cars}
    drivers = {driver.id: driver for driver in problem.drivers}
    names = [each.trip for each in plan.assignments] + [each.trip for each in plan.unserved]
    found = [] if sorted(names) == sorted(trips) else ["every trip exactly once"]
    for each in plan.assignments:
        found += _single(problem, trips[each.trip], cars[each.car], each)
    for car in cars.values():
        rows = plan.of_car(car.id)
        found += _in_order(problem, trips, car, rows) + _costs(problem, trips, car, rows)
    for who in [*drivers] or [*cars]:
        rows = plan.of_driver(who) if drivers else plan.of_car(who)
        found += (
            [f"{who}: drives too long without a break"]
            if _longest(problem, trips, cars, rows) > problem.duty.driving
            else []
        )
    for driver in drivers.values():
        found += _duty(problem, cars, driver, plan.of_driver(driver.id))
    if problem.drivers:
        found += [f"{each.trip}: no driver" for each in plan.assignments if each.driver is None]
    held = {each.trip: each for each in problem.held if each.firm}
    by_trip = {each.trip: each for each in plan.assignments}
    found += [
        f"{one}: firm but moved"
        for one, each in held.items()
        if one not in by_trip or by_trip[one].car != each.car or by_trip[one].start != each.start
    ]
    return found


def _ride(problem: Problem, trip: Trip) -> int:
    seconds = problem.travel.seconds
    return _rest(problem, sum(int(seconds[a, b]) for a, b in pairwise((trip.origin, *trip.via, trip.target))))


def _rest(problem: Problem, seconds: int) -> int:
    return seconds + max(0, (seconds - 1) // problem.duty.driving) * problem.duty.pause


def _single(problem: Problem, trip: Trip, car: Car, row: Assignment) -> list[str]:
    found = []
    if trip.passengers > car.seats:
        found.append(f"{trip.id}: seats")
    if trip.kinds and not trip.kinds & car.kinds:
        found.append(f"{trip.id}: kind")
    told = {each.start for each in problem.held if each.trip == trip.id}
    if not trip.earliest <= row.start <= trip.latest and row.start not in told:
        found.append(f"{trip.id}: window")
    arrival = row.start + _ride(problem, trip)
    if trip.arrive_by is not None and arrival > trip.arrive_by and row.start not in told:
        found.append(f"{trip.id}: arrival")
    home = _rest(problem, int(problem.travel.seconds[trip.target, trip.origin])) if trip.back else 0
    if row.end != arrival + trip.wait + home:
        found.append(f"{trip.id}: length")
    return found


def _end(trip: Trip) -> int:
    return trip.origin if trip.back else trip.target


def _in_order(problem: Problem, trips: dict[str, Trip], car: Car, rows: list[Assignment]) -> list[str]:
    found, seconds = [], problem.travel.seconds
    at, free = car.depot, None
    for row in rows:
        trip = trips[row.trip]
        if free is not None and row.leave < free:
            found.append(f"{car.id}: {row.trip} begins before the last ends")
        if row.leave + int(seconds[at, trip.origin]) > row.start:
            found.append(f"{car.id}: {row.trip} cannot be reached in time")
        at, free = _end(trip), row.end
        if row.home is not None:
            if row.home != row.end + int(seconds[at, car.depot]):
                found.append(f"{car.id}: way home")
            at, free = car.depot, row.home
    if rows and rows[-1].home is None:
        found.append(f"{car.id}: never comes home")
    for begin, end in _tours(rows):
        if begin < car.available.start or end > car.available.end:
            found.append(f"{car.id}: outside its hours")
        found += [f"{car.id}: {each.code}" for each in car.closed if each.start < end and begin < each.end]
    return found


def _tours(rows: list[Assignment]) -> list[tuple[int, int]]:
    found, begin = [], None
    for row in rows:
        begin = row.leave if begin is None else begin
        if row.home is not None:
            found.append((begin, row.home))
            begin = None
    return found


def _duty(problem: Problem, cars: dict[str, Car], driver: Driver, rows: list[Assignment]) -> list[str]:
    if not rows:
        return []
    found = []
    begin, end = min(row.leave for row in rows), max(row.home or row.end for row in rows)
    if end - begin > min(driver.duty, problem.duty.limit):
        found.append(f"{driver.id}: duty")
    if begin < driver.shift.start or end > driver.shift.end:
        found.append(f"{driver.id}: shift")
    for one, two in pairwise(rows):
        if two.leave < (one.home or one.end):
            found.append(f"{driver.id}: two at once")
        if one.car != two.car and one.home is None:
            found.append(f"{driver.id}: changes cars on the road")
    for row in rows:
        car = cars[row.car]
        if car.licence not in driver.licences or car.depot != driver.depot:
            found.append(f"{driver.id}: may not drive {car.id}")
    found += [
        f"{driver.id}: closed" for each in driver.closed for b, e in _tours(rows) if each.start < e and b < each.end
    ]
    return found


def _longest(problem: Problem, trips: dict[str, Trip], cars: dict[str, Car], rows: list[Assignment]) -> int:
    """The longest driving without a break, seconds: way by way, a break being any standstill long enough."""
    seconds, rule = problem.travel.seconds, problem.duty
    events: list[tuple[int, int]] = []  # (standstill before, driving)
    at, free = -1, 0
    for row in rows:
        trip, depot = trips[row.trip], cars[row.car].depot
        begins_tour = at < 0
        at = depot if begins_tour else at
        way = int(seconds[at, trip.origin])
        events += [(row.leave - free if begins_tour else 0, way), (row.start - row.leave - way, 0)]
        ride = sum(int(seconds[a, b]) for a, b in pairwise((trip.origin, *trip.via, trip.target)))
        events += [(0, ride), (trip.wait, int(seconds[trip.target, trip.origin]) if trip.back else 0)]
        at, free = _end(trip), row.end
        if row.home is not None:
            events.append((0, int(seconds[at, depot])))
            at, free = -1, row.home
    most = driven = 0
    for still, drive in events:
        driven = 0 if still >= rule.pause else driven
        rests = max(0, (drive - 1) // rule.driving)
        driven += drive - rests * rule.driving
        most = max(most, driven)
    return most


def _costs(problem: Problem, trips: dict[str, Trip], car: Car, rows: list[Assignment]) -> list[str]:
    """Costs of the car from the way it drives, to the fen."""
    metres, seconds = problem.travel.metres, problem.travel.seconds
    total, at = (car.fixed if rows else 0), car.depot
    legs: list[tuple[int, int]] = []
    for row in rows:
        trip = trips[row.trip]
        stops = [trip.origin, *trip.via, trip.target] + ([trip.origin] if trip.back else [])
        legs.append((int(metres[at, trip.origin]), int(seconds[at, trip.origin])))
        legs.append(
            (
                sum(int(metres[a, b]) for a, b in pairwise(stops)),
                sum(int(seconds[a, b]) for a, b in pairwise(stops)) + trip.wait,
            )
        )
        at = _end(trip)
        if row.home is not None:
            legs.append((int(metres[at, car.depot]), int(seconds[at, car.depot])))
            at = car.depot
    for way, time in legs:
        total += (way * car.per_km + 500) // 1000 + (time * car.per_hour + 1800) // 3600
    return (
        []
        if total == sum(row.cost.total for row in rows)
        else [f"{car.id}: cost {total} against {sum(row.cost.total for row in rows)}"]
    )
