"""One live request: the cheapest place in the plan as it stands, in milliseconds. Nobody who was told a time is moved."""

from __future__ import annotations

from dataclasses import replace

from yiwang.areas.vehicles.dispatch.assemble import rebuild
from yiwang.areas.vehicles.dispatch.day import Day
from yiwang.areas.vehicles.dispatch.drivers import shift_for
from yiwang.areas.vehicles.dispatch.explain import clock, no_car, yuan
from yiwang.areas.vehicles.dispatch.plan import Assignment, Cost, Offer, Plan, Reason
from yiwang.areas.vehicles.dispatch.problem import Problem, Trip
from yiwang.areas.vehicles.dispatch.schedule import Schedule, Spot


class Desk:
    """A plan kept ready for requests. Make one for a plan and ask it as often as needed; asking changes nothing."""

    def __init__(self, problem: Problem, plan: Plan) -> None:
        self.problem, self.plan = problem, plan
        self.schedule: Schedule = rebuild(problem, plan)
        day = self.schedule.day
        busy = {route.driver for route in self.schedule.routes if route.trips}
        self.idle = [number for number in range(len(day.problem.drivers)) if number not in busy]

    def offer(self, trip: Trip) -> Offer:
        """The best car for the trip, what it adds, what the next best would add; or why none."""
        day = self.schedule.day
        number = day.trip_index.get(trip.id)
        if number is None or day.problem.trips[number] != trip:
            number = self._add(trip)
        if number in self.schedule.at:
            return Offer(
                None, reasons=(Reason("held", f"“{trip.name}”已经派了车。"),), sentence=f"“{trip.name}”已经派了车。"
            )
        spots = sorted(self.schedule.spots(number), key=lambda spot: (spot.extra, spot.route))
        found = [(spot, row) for spot in spots[:20] if (row := self._try(spot, number)) is not None][:2]
        if not found:
            code, sentence = no_car(day, number)
            return Offer(None, reasons=(Reason(code, sentence),), sentence=sentence)
        spot, row = found[0]
        second = (found[1][1].car, found[1][0].extra) if len(found) > 1 else None
        return Offer(row, spot.extra, second, (), self._sentence(row, spot, second))

    def _add(self, trip: Trip) -> int:
        """The trip becomes the last of the day, known to this desk only."""
        day: Day = self.schedule.day
        number = len(day.jobs)
        day.problem = replace(day.problem, trips=(*day.problem.trips, trip))
        day.jobs.append(day.job(number, trip))
        day.trip_index[trip.id] = number
        day.add_fits(trip, day.jobs[number])
        return number

    def _try(self, spot: Spot, trip: int) -> Assignment | None:
        """The row this place would make, with its driver; None if nobody may drive it so."""
        day = self.schedule.day
        route = self.schedule.routes[spot.route].copy()
        route.put(trip, spot.place)
        if not route.rested():
            return None
        driver = self._driver(spot.route, route.driver, route)
        if driver is None and day.problem.drivers:
            return None
        times, car, job = route.times(), day.cars[route.car], day.jobs[trip]
        last = spot.place == len(route.trips) - 1
        before = day.jobs[route.trips[spot.place - 1]].end if spot.place else route.depot
        empty = day.metres[before][job.origin] + (day.metres[job.end][route.depot] if last else 0)
        sisters = (self.schedule.routes[one].trips for one in self.schedule.sisters.get(spot.route, ()))
        fixed = 0 if len(route.trips) > 1 or any(sisters) else car.fixed
        return Assignment(
            trip=day.problem.trips[trip].id,
            car=car.id,
            driver=None if driver is None else day.problem.drivers[driver].id,
            leave=times[spot.place][0],
            start=times[spot.place][1],
            end=times[spot.place][2],
            home=times[-1][1] if last else None,
            empty_metres=empty,
            loaded_metres=job.metres,
            cost=Cost(fixed, spot.extra - fixed, 0),
        )

    def _driver(self, number: int, present: int | None, route: object) -> int | None:
        """The driver of the tour, if he still may; for a tour without one, an idle driver."""
        from yiwang.areas.vehicles.dispatch.route import Route

        assert isinstance(route, Route)
        day = self.schedule.day
        if present is None:
            return next((one for one in self.idle if shift_for(day, route, one)), None)
        if shift_for(day, route, present) is None:
            return None
        return present if self._within(number, present, route.times()[0][0], route.times()[-1][1]) else None

    def _within(self, number: int, driver: int, leave: int, back: int) -> bool:
        """Whether his other tours do not overlap and the day stays within his duty."""
        day = self.schedule.day
        others = [
            (each.times()[0][0], each.times()[-1][1])
            for place, each in enumerate(self.schedule.routes)
            if place != number and each.driver == driver and each.trips
        ]
        pause = day.problem.duty.pause
        if any(leave < end + pause and begin < back + pause for begin, end in others):
            return False
        first, last = min([leave, *(begin for begin, _ in others)]), max([back, *(end for _, end in others)])
        return last - first <= min(day.problem.drivers[driver].duty, day.problem.duty.limit)

    def _sentence(self, row: Assignment, spot: Spot, second: tuple[str, int] | None) -> str:
        names = {car.id: car.name for car in self.problem.cars}
        told = f"{names[row.car]} {clock(row.start)} 可到,增加 {yuan(spot.extra)}"
        if second:
            told += f";次优 {names[second[0]]} 要 {yuan(second[1])}"
        return told + "。"


def insert(problem: Problem, plan: Plan, trip: Trip) -> Offer:
    """One request against one plan. For many against the same plan keep a `Desk`."""
    return Desk(problem, plan).offer(trip)
