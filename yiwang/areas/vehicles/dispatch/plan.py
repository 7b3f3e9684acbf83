"""What comes out: assignments with their times and costs, what is not served and why, figures to compare with."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Reason:
    """Why something cannot be: a stable code and a Chinese sentence."""

    code: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Cost:
    """Parts of a cost, fen."""

    fixed: int = 0
    distance: int = 0
    time: int = 0

    @property
    def total(self) -> int:
        """All of it, fen."""
        return self.fixed + self.distance + self.time

    def __add__(self, other: Cost) -> Cost:
        return Cost(self.fixed + other.fixed, self.distance + other.distance, self.time + other.time)


@dataclass(frozen=True, slots=True)
class Assignment:
    """A trip with its car and driver.

    `leave`: the car sets out for it; `start`: at the origin; `end`: free again at the last place of the trip. Of the last trip
    before the yard `home` is the arrival there, else None. `empty_metres` are to the origin, and home from the last trip.
    `cost` is what belongs to this trip (fen): the way to it, the trip, the way home if it is the last, the fixed part if the first.
    """

    trip: str
    car: str
    driver: str | None
    leave: int
    start: int
    end: int
    home: int | None
    empty_metres: int
    loaded_metres: int
    cost: Cost
    why: str = ""


@dataclass(frozen=True, slots=True)
class Unserved:
    """A trip without a car."""

    trip: str
    code: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Plan:
    """A planned day. Costs in fen; `fcfs` is first-come-first-served with return to the yard, of the same trips; `bound` no plan can undercut."""

    assignments: tuple[Assignment, ...]
    unserved: tuple[Unserved, ...] = ()
    fcfs: int | None = None
    bound: int | None = None
    solver: str = ""
    notes: tuple[str, ...] = ()

    @property
    def cost(self) -> Cost:
        """The sum of the parts."""
        total = Cost()
        for each in self.assignments:
            total += each.cost
        return total

    def of_car(self, car: str) -> list[Assignment]:
        """The car's trips in the order of time."""
        return sorted((each for each in self.assignments if each.car == car), key=lambda each: each.start)

    def of_driver(self, driver: str) -> list[Assignment]:
        """The driver's trips in the order of time."""
        return sorted((each for each in self.assignments if each.driver == driver), key=lambda each: each.start)


@dataclass(frozen=True, slots=True)
class Offer:
    """An answer to one live request: the place found, what it adds (fen), the next best car; or the reasons why none."""

    assignment: Assignment | None
    extra: int = 0
    next_best: tuple[str, int] | None = None
    reasons: tuple[Reason, ...] = ()
    sentence: str = ""
