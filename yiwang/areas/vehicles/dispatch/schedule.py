"""All tours of a day, and the two moves that every planner here is made of: the cheapest place for a trip, and taking it out."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from random import Random

from yiwang.areas.vehicles.dispatch.day import Day, Unit
from yiwang.areas.vehicles.dispatch.route import Route


@dataclass(frozen=True, slots=True)
class Spot:
    """A place in a tour: which tour, before which position, and what it adds (fen, without penalties)."""

    route: int
    place: int
    extra: int
    weighed: int


class Schedule:
    """Tours by unit. Trips with a firm car may stand only in it; moving an accepted trip is weighed with the penalty."""

    def __init__(self, day: Day, units: list[Unit] | None = None) -> None:
        self.day = day
        self.routes: list[Route] = [Route(day, unit) for unit in (day.units if units is None else units)]
        self.at: dict[int, int] = {}
        self.held: dict[int, int] = {}
        self.firm: set[int] = set()
        self.sealed: set[int] = set()
        self.used: list[int] = []
        #: Tours of the same car in its other free times; the fixed part is paid once for all.
        self.sisters: dict[int, list[int]] = self._sisters()
        self._fresh: list[int] | None = None
        for each in day.problem.held:
            trip = day.trip_index.get(each.trip)
            if trip is not None and each.car in day.car_index:
                self.held[trip] = day.car_index[each.car]
                if each.firm:
                    self.firm.add(trip)

    def _sisters(self) -> dict[int, list[int]]:
        of_car: dict[int, list[int]] = {}
        for number, route in enumerate(self.routes):
            of_car.setdefault(route.car, []).append(number)
        several = [numbers for numbers in of_car.values() if len(numbers) > 1]
        return {number: [one for one in numbers if one != number] for numbers in several for number in numbers}

    def tour_cost(self, number: int) -> int:
        """The cost of a tour, fen; the fixed part is in the car's first tour only."""
        route = self.routes[number]
        earlier = (one for one in self.sisters.get(number, ()) if one < number)
        paid = route.trips and any(self.routes[one].trips for one in earlier)
        return route.cost() - (self.day.cars[route.car].fixed if paid else 0)

    def copy(self) -> Schedule:
        """The same tours, to be tried on."""
        made = Schedule.__new__(Schedule)
        made.day, made.held, made.firm, made.sealed = self.day, self.held, self.firm, set(self.sealed)
        made.routes = [route.copy() for route in self.routes]
        made.at = dict(self.at)
        made.used, made._fresh, made.sisters = list(self.used), None, self.sisters
        return made

    def cost(self) -> int:
        """All tours, fen."""
        return sum(self.tour_cost(number) for number in self.used)

    def moved(self) -> int:
        """How many accepted trips stand in another car than before."""
        return sum(1 for trip, car in self.held.items() if trip in self.at and self.routes[self.at[trip]].car != car)

    def weight(self) -> int:
        """Cost with the penalty for what was moved."""
        return self.cost() + self.moved() * self.day.problem.move_penalty

    def fresh(self) -> list[int]:
        """Empty tours, of those that are alike only the first."""
        if self._fresh is None:
            seen: dict[tuple[object, ...], int] = {}
            for number, route in enumerate(self.routes):
                if not route.trips and number not in self.sealed:
                    car = self.day.cars[route.car]
                    times = (
                        route.start,
                        route.end,
                        route.limit,
                        route.driver is None,
                        number in self.sisters and number,
                    )
                    seen.setdefault(
                        (
                            self.day.class_of[route.car],
                            route.depot,
                            *times,
                            self.day.rate_of[route.car],
                            car.fixed,
                            car.licence,
                        ),
                        number,
                    )
            self._fresh = list(seen.values())
        return self._fresh

    def candidates(self, trip: int) -> list[int]:
        """Tours that the trip may join by kind, seats and promise."""
        own = self.held.get(trip)
        day = self.day
        if trip in self.firm:
            mine = [
                number for number, route in enumerate(self.routes) if route.car == own and number not in self.sealed
            ]
            return mine if own is not None and day.serves(own, trip) else []
        good = [row[trip] for row in day.fits]
        numbers = [*self.used, *self.fresh()]
        if own is not None:
            numbers += [
                number
                for number, route in enumerate(self.routes)
                if route.car == own and not route.trips and number not in self.sealed
            ]
        return [
            number for number in numbers if good[day.class_of[self.routes[number].car]] and number not in self.sealed
        ]

    def _fitting(self, trip: int, tours: dict[int, None], fresh: bool) -> list[int]:
        day = self.day
        good = [row[trip] for row in day.fits]
        numbers = [*tours, *self.fresh()] if fresh else [*tours]
        return [
            number for number in numbers if good[day.class_of[self.routes[number].car]] and number not in self.sealed
        ]

    def spots(self, trip: int) -> list[Spot]:
        """The cheapest place in each tour that can take the trip; of empty tours that are alike only in the first."""
        found = (self._best(number, trip, 10**12) for number in sorted(set(self.candidates(trip))))
        return [spot for spot in found if spot is not None]

    def cheapest(self, trip: int, near: list[int], rng: Random, blink: float, *, fresh: bool = True) -> Spot | None:
        """The cheapest place in the tours of the trips `near` it, or in an empty one; now and then a tour is overlooked on purpose."""
        best, limit, at = None, 10**12, self.at
        tours = (
            self.candidates(trip)
            if trip in self.held
            else self._fitting(trip, {at[one]: None for one in near if one in at}, fresh)
        )
        for number in tours:
            if rng.random() < blink:
                continue
            spot = self._best(number, trip, limit)
            if spot is not None:
                best, limit = spot, spot.weighed
        return best

    def _best(self, number: int, trip: int, limit: int) -> Spot | None:
        """The cheapest place in one tour, if it weighs less than `limit`. Written out, not in calls: it runs millions of times."""
        route, day = self.routes[number], self.day
        job, legs = day.jobs[trip], day.rates[day.rate_of[route.car]]
        empty = not route.trips
        pays = empty and not any(self.routes[one].trips for one in self.sisters.get(number, ()))
        own = legs.own(trip) + (day.cars[route.car].fixed if pays else 0)
        penalty = day.problem.move_penalty if self.held.get(trip, route.car) != route.car else 0
        limit -= penalty
        if own >= limit:
            return None
        origin, end, early, late, length = job.origin, job.end, job.early, job.late, job.length
        onward, seconds = day.seconds[end], day.seconds
        after, home, found = route.after, legs[end], -1
        for place in range(bisect_left(route.lates, early + length), len(after)):
            taken, begun, latest = route.before[place]
            before, comes = route.leaves[place], route.comes[place]
            shift = taken + seconds[before][origin]
            if begun + shift > late:
                break  # later places are later still
            row = legs[before]
            added = own + row[origin] + home[comes] - (0 if empty else row[comes])
            if added >= limit:
                continue
            idle = early - shift - latest
            if idle > 0:
                whole, first, last = shift + length + idle, latest, latest
            else:
                whole, first, last = shift + length, max(early - shift, begun), min(late - shift, latest)
            shift = whole + onward[comes]
            taken, begun, latest = after[place]
            if first + shift <= latest:
                idle = begun - shift - last
                if shift + taken + (idle if idle > 0 else 0) <= route.limit:
                    limit, found = added, place
        return None if found < 0 else Spot(number, found, limit, limit + penalty)

    def put(self, trip: int, spot: Spot) -> bool:
        """Put the trip there, unless the driver would go without his break."""
        route = self.routes[spot.route]
        route.put(trip, spot.place)
        if not route.rested():
            route.take(trip)
            return False
        self.at[trip] = spot.route
        if len(route.trips) == 1:
            self.used.append(spot.route)
            self._fresh = None
        return True

    def insert(self, trip: int) -> bool:
        """Put the trip in its cheapest place; False if there is none."""
        for spot in sorted(self.spots(trip), key=lambda each: (each.weighed, each.route)):
            if self.put(trip, spot):
                return True
        return False

    def insert_all(self, trips: list[int]) -> list[int]:
        """Insert by priority, then the hardest first; the trips that found no place come back."""
        asked, jobs = self.day.problem.trips, self.day.jobs
        order = sorted(trips, key=lambda trip: (-asked[trip].priority, jobs[trip].late - jobs[trip].early, trip))
        return [trip for trip in order if not self.insert(trip)]

    def remove(self, trip: int) -> None:
        """Take the trip out of its tour."""
        number = self.at[trip]
        for each in [trip, *self.routes[number].take(trip)]:
            del self.at[each]
        if not self.routes[number].trips:
            self.used.remove(number)
            self._fresh = None

    def adopt(self, unit: int, trips: list[int]) -> list[int]:
        """Make these trips, in this order, the tour of the unit; what does not fit (in turn) comes back."""
        left = []
        route = self.routes[unit]
        for trip in trips:
            place = len(route.trips)
            fit = self.allows(route, trip) and trip not in self.at and route.fits_at(trip, place)
            if not fit or not self.put(trip, Spot(unit, place, 0, 0)):
                left.append(trip)
        return left

    def allows(self, route: Route, trip: int) -> bool:
        """Whether kind and seats fit, and no promise forbids it."""
        return self.day.serves(route.car, trip) and not (trip in self.firm and self.held[trip] != route.car)

    def shut(self, number: int) -> None:
        """No trip may join this tour any more."""
        self.sealed.add(number)
        self._fresh = None

    def changed(self) -> None:
        """The window or driver of an empty tour is another."""
        self._fresh = None

    def restore(self, tours: dict[int, list[int]]) -> None:
        """Make these the tours of these units again, as they were."""
        for number in tours:
            for trip in self.routes[number].trips:
                del self.at[trip]
        for number, trips in tours.items():
            route = self.routes[number]
            if bool(route.trips) != bool(trips):
                self._fresh = None
                (self.used.append if trips else self.used.remove)(number)
            route.trips = list(trips)
            route.update()
            for trip in trips:
                self.at[trip] = number

    def unserved(self) -> list[int]:
        """Trips without a car."""
        return [trip for trip in range(len(self.day.jobs)) if trip not in self.at]
