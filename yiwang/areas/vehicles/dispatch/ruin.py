"""Ruin and recreate: strings of neighbouring tours are torn out and put back in the cheapest places, thousands of times.

After Christiaens and Vanden Berghe, "Slack induction by string removals for vehicle routing problems" (Transportation Science 54,
2020): adjacent strings, insertion with blinks, simulated annealing. It knows what PyVRP does not: firm trips, the penalty
for moved ones, drivers who sit in their cars already.
"""

from __future__ import annotations

import math
import random
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from yiwang.areas.vehicles.dispatch.schedule import Schedule

#: Trips torn out in one round, on average; longest string; neighbours remembered for each trip; chance to overlook a tour.
AVERAGE, LONGEST, NEAR, BLINK = 8, 8, 150, 0.02
#: First and last temperature, as a share of the cost of one trip.
HOT, COLD = 0.05, 0.002
#: The share of the search in which tours are taken away, and the rounds that each attempt gets.
SHRINK, PATIENCE = (0.35, 0.75), 150


Clock = Callable[[], float]


class Improver:
    """Improves a schedule; `best` is the best so far, the schedule that was given is worked on."""

    def __init__(self, schedule: Schedule, seed: int) -> None:
        self.now, self.best = schedule, schedule.copy()
        self.random = random.Random(seed)  # noqa: S311 (a search, no secret)
        self.weight = [1 + trip.priority for trip in schedule.day.problem.trips]
        self.movable = [trip for trip in schedule.day.servable() if trip not in schedule.firm]
        self.near = _near(schedule)
        self.lost: int | None = None
        self.left = {trip for trip in self.movable if trip not in schedule.at}
        self.worth = [self._worth(number) for number in range(len(schedule.routes))]
        self.cost = sum(self.worth)
        self.best_value = (self._missing(self.left), self.cost)
        self.tight, self.patience, self.missed = False, 0, [0] * len(self.weight)
        self.scale = self.cost / max(1, len(schedule.at))

    def run(self, until: float | None = None, rounds: int | None = None, clock: Clock = time.monotonic) -> Schedule:
        """Improve until the clock says so or for so many rounds; with rounds alone the result depends on the seed only."""
        done, start = 0, clock()
        while self.movable and (rounds is None or done < rounds):
            now = clock()
            if until is not None and now >= until:
                break
            share = done / rounds if rounds else (now - start) / max(1e-9, (until or now + 1) - start)
            if SHRINK[0] <= share < SHRINK[1]:
                self._shrink()
            elif self.tight:
                self._back()
            self.round(share)
            done += 1
        if self.tight:
            self._back()
        return self.best

    def _shrink(self) -> None:
        """Keep trying to do with one tour less: its trips are left over, no empty tour may be used, until all are back or patience ends."""
        if self.tight:
            self.patience -= 1
            if self.left and self.patience > 0:
                return
            self._back()
        short = sorted(self.now.used, key=lambda number: (len(self.now.routes[number].trips), self.random.random()))
        tours = [number for number in short if self.now.firm.isdisjoint(self.now.routes[number].trips)]
        if self.left or not tours or self.best.held:
            return
        gone = tours[self.random.randrange(min(len(tours), 1 + len(tours) // 4))]
        self.left = set(self.now.routes[gone].trips)
        self.now.restore({gone: []})
        for number in (gone, *self.now.sisters.get(gone, ())):
            self.cost -= self.worth[number]
            self.worth[number] = self._worth(number)
            self.cost += self.worth[number]
        self.tight, self.patience = True, PATIENCE

    def _back(self) -> None:
        """Go on from the best so far."""
        self.tight = False
        self.now = self.best.copy()
        self.left = {trip for trip in self.movable if trip not in self.now.at}
        self.worth = [self._worth(number) for number in range(len(self.now.routes))]
        self.cost = sum(self.worth)

    def round(self, share: float) -> None:
        """One ruin and recreate; `share` is how much of the search is over. Undone if it is worse beyond the temperature."""
        schedule, before, left = self.now, self.cost, set(self.left)
        journal: dict[int, list[int]] = {}
        for number, trips in self._tear().items():
            journal[number] = list(schedule.routes[number].trips)
            for trip in trips:
                if trip in schedule.at:
                    schedule.remove(trip)
        out = left.union(trip for trips in journal.values() for trip in trips if trip not in schedule.at)
        self.left = self._put_back(sorted(out), journal)
        also = {one for number in journal for one in schedule.sisters.get(number, ())}
        worth = {number: self._worth(number) for number in sorted(also.union(journal))}
        cost = before + sum(value - self.worth[number] for number, value in worth.items())
        tired = any(not schedule.routes[number].rested() for number in journal)
        if tired or not self._keeps(share, cost, left):
            self.left = left
            schedule.restore(journal)
            return
        self.cost = cost
        for number, value in worth.items():
            self.worth[number] = value
        if (self._missing(self.left), cost) < self.best_value:
            self.best, self.best_value = schedule.copy(), (self._missing(self.left), cost)

    def _worth(self, number: int) -> int:
        """What a tour costs, with the penalty for trips that were promised another car."""
        schedule, route = self.now, self.now.routes[number]
        moved = (
            sum(1 for trip in route.trips if schedule.held.get(trip, route.car) != route.car) if schedule.held else 0
        )
        return schedule.tour_cost(number) + moved * schedule.day.problem.move_penalty

    def _missing(self, left: set[int]) -> int:
        return sum(self.weight[trip] for trip in left)

    def _keeps(self, share: float, cost: int, left: set[int]) -> bool:
        """Fewer trips left over always; as many if the cost is lower or the temperature allows it."""
        new, old = self._missing(self.left), self._missing(left)
        if self.tight:
            for trip in self.left:
                self.missed[trip] += 1
            if new != old or self.left != left:
                return new == 0 or sum(self.missed[trip] for trip in self.left) < sum(
                    self.missed[trip] for trip in left
                )
        elif new != old:
            return new < old
        heat: float = self.scale * HOT * (COLD / HOT) ** min(1.0, share)
        return cost < self.cost - heat * math.log(max(1e-12, self.random.random()))

    def _tear(self) -> dict[int, list[int]]:
        """Strings to tear out (tour → trips), of tours near a trip drawn by lot; often one that is left over."""
        schedule, rng = self.now, self.random
        seed = rng.choice(sorted(self.left) if self.left and rng.random() < 0.5 else self.movable)
        self.lost = seed if seed in self.left else None
        longest = min(LONGEST, max(1, len(schedule.at) // max(1, len(schedule.used))))
        strings = 1 + int(rng.random() * (4 * AVERAGE / (1 + longest) - 1))
        torn: dict[int, list[int]] = {}
        for trip in (seed, *self.near[seed]):
            number = schedule.at.get(trip)
            if number is None or number in torn or trip in schedule.firm:
                continue
            if self.lost is not None and not schedule.day.serves(schedule.routes[number].car, self.lost):
                continue  # room is needed in a car that fits the trip left over
            torn[number] = self._string(number, trip, longest)
            if len(torn) >= strings:
                break
        return torn

    def _string(self, number: int, trip: int, longest: int) -> list[int]:
        """Some trips in a row around this one; now and then the whole tour, for a tour less is a car less."""
        trips, rng = self.now.routes[number].trips, self.random
        length = len(trips) if rng.random() < 0.1 else 1 + rng.randrange(min(longest, len(trips)))
        at = trips.index(trip)
        first = rng.randint(max(0, at - length + 1), min(at, len(trips) - length))
        return [each for each in trips[first : first + length] if each not in self.now.firm]

    def _put_back(self, out: list[int], journal: dict[int, list[int]]) -> set[int]:
        """Insert in an order drawn by lot; what finds no place comes back. Tours changed besides the torn ones go into the journal."""
        schedule, order = self.now, self._order()
        left: set[int] = set()
        for trip in sorted(out, key=lambda one: (one != self.lost, order(one))):
            spot = schedule.cheapest(trip, self.near[trip], self.random, BLINK, fresh=not self.tight)
            if spot is None:
                left.add(trip)
                continue
            journal.setdefault(spot.route, list(schedule.routes[spot.route].trips))
            if not schedule.put(trip, spot):
                left.add(trip)
        return left

    def _order(self) -> Callable[[int], tuple[float, int]]:
        """At random, the longest first, the earliest first, or what few cars fit first."""
        day, kind, rng = self.now.day, self.random.random(), self.random
        jobs = day.jobs
        if kind < 0.45:
            return lambda trip: (rng.random(), trip)
        if kind < 0.65:
            return lambda trip: (-jobs[trip].length, trip)
        if kind < 0.85:
            return lambda trip: (jobs[trip].early, trip)
        return lambda trip: (sum(row[trip] for row in day.fits), trip)


def _near(schedule: Schedule) -> list[list[int]]:
    """For each trip the others that could stand next to it in a tour, the best first: way and idle time, whichever comes first."""
    day = schedule.day
    if not day.jobs:
        return []
    ends, origins = [job.end for job in day.jobs], [job.origin for job in day.jobs]
    way: Any = day.problem.travel.seconds[np.ix_(ends, origins)].astype(np.int64)
    early: Any = np.array([job.early for job in day.jobs], dtype=np.int64)
    late: Any = np.array([job.late for job in day.jobs], dtype=np.int64)
    done = early + np.array([job.length for job in day.jobs], dtype=np.int64)
    reached = done[:, None] + way
    score = way + np.maximum(early[None, :] - reached, 0) // 4 + np.where(reached > late[None, :], 10**7, 0)
    score = np.minimum(score, score.T)
    np.fill_diagonal(score, 10**9)
    return [[int(each) for each in row] for row in np.argsort(score, axis=1, kind="stable")[:, :NEAR]]
