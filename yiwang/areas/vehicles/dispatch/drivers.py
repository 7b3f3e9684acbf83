"""The second stage: a driver for every tour, with licence, shift, duty and rest; what nobody can drive is spread over those who drive.

Cars are planned first, under the longest duty that any driver of the yard has. Then tours and drivers are matched (augmenting
paths), the driver promised before first. A driver may have several tours a day if all lie within his duty.
"""

from __future__ import annotations

from collections import defaultdict, deque
from dataclasses import dataclass

from yiwang.areas.vehicles.dispatch.day import Day, free
from yiwang.areas.vehicles.dispatch.problem import Driver, Span
from yiwang.areas.vehicles.dispatch.route import Route
from yiwang.areas.vehicles.dispatch.schedule import Schedule


@dataclass(frozen=True, slots=True)
class Shift:
    """When a tour may leave (both ends included) with this driver, and the window it must stay in."""

    first: int
    last: int
    window: Span


def shift_for(day: Day, route: Route, number: int) -> Shift | None:
    """Whether the driver can drive the tour, by yard, licence, duty and free time; None if not."""
    driver, car = day.problem.drivers[number], day.cars[route.car]
    whole = route.whole()
    if whole is None or driver.depot != route.depot or car.licence not in driver.licences:
        return None
    length, early, late = whole
    if length > min(driver.duty, day.problem.duty.limit):
        return None
    for span in free(driver.shift, driver.closed):
        first, last = max(early, span.start), min(late, span.end - length)
        if first <= last:
            return Shift(first, last, span)
    return None


def staff(schedule: Schedule) -> list[int]:
    """Give every tour its driver. Trips that could not be kept for want of one come back; they are out of the schedule then.

    A problem without drivers is one of cars only: nothing is done.
    """
    day = schedule.day
    if not day.problem.drivers:
        return []
    busy = promise(schedule)
    tours = [number for number, route in enumerate(schedule.routes) if route.trips]
    kept = {number for numbers in busy.values() for number in numbers}
    firm = {number for number in tours if not schedule.firm.isdisjoint(schedule.routes[number].trips)} - kept
    left = [trip for number in sorted(firm) for trip in _as_promised(schedule, number, busy)]
    rest = [number for number in tours if number not in kept and number not in firm]
    chosen = _match(schedule, rest, set(busy))
    for number, driver in chosen.items():
        busy[driver].append(number)
        _bind(schedule.routes[number], driver, day)
    for number in rest:
        if number not in chosen and not any(_second(schedule, number, busy, driver) for driver in sorted(busy)):
            left += _dissolve(schedule, number, set())
    for number in tours:
        left += _rest(schedule, number)
    _spare(schedule, busy)
    return schedule.insert_all(left)


def _rest(schedule: Schedule, number: int) -> list[int]:
    """Trips taken out, from the end, until nobody drives too long without a break: the driver's shift may have moved the tour."""
    out, route = [], schedule.routes[number]
    while not route.rested() and (loose := [trip for trip in route.trips if trip not in schedule.firm]):
        schedule.remove(loose[-1])
        out.append(loose[-1])
    return out


def promise(schedule: Schedule) -> dict[int, list[int]]:
    """Bind the tours whose driver was promised, firm ones first, where the rules allow it. Returns the tours of each driver bound."""
    busy: dict[int, list[int]] = defaultdict(list)
    tours = []
    for number, route in enumerate(schedule.routes):
        if route.driver is not None and route.trips:
            busy[route.driver].append(number)
        elif route.driver is not None:
            _let_go(schedule, number)
        elif route.trips:
            tours.append(number)
    for number in sorted(tours, key=lambda one: _begins(schedule, one)):
        _keeps(schedule, number, busy)
    schedule.changed()
    return busy


def _let_go(schedule: Schedule, number: int) -> None:
    """A tour that lost all its trips is anybody's again."""
    route, unit = schedule.routes[number], schedule.day.units[number]
    route.driver, route.start, route.end, route.limit = None, unit.start, unit.end, schedule.day.limit[unit.car]
    route.update()


def _dissolve(schedule: Schedule, number: int, but: set[int]) -> list[int]:
    """Take the trips out of the tour, but for some; they come back."""
    trips = [trip for trip in schedule.routes[number].trips if trip not in but]
    for trip in trips:
        if trip in schedule.at:
            schedule.remove(trip)
    return trips


def _as_promised(schedule: Schedule, number: int, busy: dict[int, list[int]]) -> list[int]:
    """A firm tour too long or too late for its driver loses what is not firm, and keeps the driver all the same."""
    left = _dissolve(schedule, number, schedule.firm)
    route = schedule.routes[number]
    driver = _promised_to(schedule, number)
    if driver is not None and driver not in busy and shift_for(schedule.day, route, driver):
        _bind(route, driver, schedule.day)
    else:
        route.driver = driver
        schedule.shut(number)
    if driver is not None:
        busy[driver].append(number)
    return left


def _promised_to(schedule: Schedule, number: int) -> int | None:
    """The driver promised for the tour's trips; of firm ones before others."""
    day = schedule.day
    names = {day.trip_index[each.trip]: each.driver for each in day.problem.held if each.trip in day.trip_index}
    trips = sorted(schedule.routes[number].trips, key=lambda trip: trip not in schedule.firm)
    found = (day.driver_index.get(names.get(trip) or "") for trip in trips)
    return next((driver for driver in found if driver is not None), None)


def _begins(schedule: Schedule, number: int) -> tuple[bool, int]:
    return schedule.firm.isdisjoint(schedule.routes[number].trips), schedule.routes[number].leave()


def _keeps(schedule: Schedule, number: int, busy: dict[int, list[int]]) -> bool:
    """Give the tour the driver who was promised, if there is one and the rules allow it; he may have another tour already."""
    driver = _promised_to(schedule, number)
    if driver is None:
        return False
    if driver in busy:
        return _second(schedule, number, busy, driver)
    if shift_for(schedule.day, schedule.routes[number], driver) is None:
        return False
    busy[driver].append(number)
    _bind(schedule.routes[number], driver, schedule.day)
    return True


def _match(schedule: Schedule, tours: list[int], gone: set[int]) -> dict[int, int]:
    """A largest matching of tours and drivers."""
    day = schedule.day
    options: dict[int, list[int]] = {}
    for number in tours:
        drivers = (driver for driver in range(len(day.problem.drivers)) if driver not in gone)
        options[number] = [driver for driver in drivers if shift_for(day, schedule.routes[number], driver)]
    taken: dict[int, int] = {}
    for number in sorted(tours, key=lambda one: (len(options[one]), one)):
        _augment(number, options, taken)
    return {number: driver for driver, number in taken.items()}


def _augment(number: int, options: dict[int, list[int]], taken: dict[int, int]) -> None:
    """Find a driver for the tour, if need be by giving others new ones (breadth first: thousands of tours would be too deep for calls)."""
    free_ones = [driver for driver in options[number] if driver not in taken]
    if free_ones:
        taken[free_ones[0]] = number
        return
    before: dict[int, int] = {}
    queue = deque([number])
    while queue:
        tour = queue.popleft()
        for driver in options[tour]:
            if driver in before:
                continue
            before[driver] = tour
            if driver not in taken:
                _turn(driver, before, taken)
                return
            queue.append(taken[driver])


def _turn(driver: int, before: dict[int, int], taken: dict[int, int]) -> None:
    """Give each tour on the path its new driver, from the free one back."""
    held = {tour: each for each, tour in taken.items()}
    at: int | None = driver
    while at is not None:
        tour = before[at]
        taken[at] = tour
        at = held.get(tour)


def _bind(route: Route, number: int, day: Day, within: Shift | None = None) -> None:
    """The tour is this driver's: it stays in his time from now on."""
    driver: Driver = day.problem.drivers[number]
    shift = within or shift_for(day, route, number)
    assert shift is not None
    route.driver = number
    route.start, route.end = max(route.start, shift.window.start), min(route.end, shift.window.end)
    route.limit = min(route.limit, driver.duty)
    if not route.update():
        raise AssertionError(number)


def _second(schedule: Schedule, number: int, busy: dict[int, list[int]], driver: int) -> bool:
    """The driver, who has a tour already, drives this one before or after it, all within his duty."""
    day, route = schedule.day, schedule.routes[number]
    shift, whole = shift_for(day, route, driver), route.whole()
    if shift is None or whole is None:
        return False
    others = [(schedule.routes[each].times()[0][0], schedule.routes[each].times()[-1][1]) for each in busy[driver]]
    leave = _gap(day, whole[0], shift, others, min(day.problem.drivers[driver].duty, day.problem.duty.limit))
    if leave is None:
        return False
    for each, (begin, end) in zip(busy[driver], others, strict=True):
        schedule.routes[each].start, schedule.routes[each].end = begin, end
        schedule.routes[each].update()
    _bind(route, driver, day, Shift(leave, leave, Span(leave, leave + whole[0])))
    busy[driver].append(number)
    return True


def _gap(day: Day, length: int, shift: Shift, others: list[tuple[int, int]], duty: int) -> int | None:
    """The first moment to leave so that there is a break between tours and the whole day is not longer than the duty."""
    pause = day.problem.duty.pause
    after, before = {end + pause for _, end in others}, {begin - pause - length for begin, _ in others}
    for leave in sorted({shift.first} | after | before):
        if not shift.first <= leave <= shift.last:
            continue
        back = leave + length
        if any(leave < end + pause and begin < back + pause for begin, end in others):
            continue
        if max(back, *(end for _, end in others)) - min(leave, *(begin for begin, _ in others)) <= duty:
            return leave
    return None


def _spare(schedule: Schedule, busy: dict[int, list[int]]) -> None:
    """Idle drivers sit down in idle cars of their yard; cars without anybody are shut."""
    day = schedule.day
    idle = [number for number in range(len(day.problem.drivers)) if number not in busy]
    for number, route in enumerate(schedule.routes):
        if route.trips:
            continue
        able = next((driver for driver in idle if _sits(day, route, driver)), None)
        if able is None:
            schedule.shut(number)
            continue
        idle.remove(able)
        driver = day.problem.drivers[able]
        span = max(free(driver.shift, driver.closed), key=lambda each: each.end - each.start)
        route.driver, route.limit = able, min(route.limit, driver.duty)
        route.start, route.end = max(route.start, span.start), min(route.end, span.end)
        route.update()
        schedule.changed()


def _sits(day: Day, route: Route, number: int) -> bool:
    driver = day.problem.drivers[number]
    spans = free(driver.shift, driver.closed)
    if not spans or driver.depot != route.depot or day.cars[route.car].licence not in driver.licences:
        return False
    span = max(spans, key=lambda each: each.end - each.start)
    return min(route.end, span.end) > max(route.start, span.start)
