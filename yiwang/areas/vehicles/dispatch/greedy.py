"""Insertion, one trip after the other: always there, quick, and the start of everything better."""

from __future__ import annotations

from yiwang.areas.vehicles.dispatch.day import Day
from yiwang.areas.vehicles.dispatch.drivers import promise
from yiwang.areas.vehicles.dispatch.schedule import Schedule


def build(day: Day) -> Schedule:
    """Firm trips in their cars, then accepted ones, the urgent, those that few cars fit, by the latest start; each in its cheapest place.

    What is accepted has its driver before anything new comes in, so that the new cannot push it out.
    """
    schedule = Schedule(day)
    choice = [sum(day.fits[sort][trip] for sort in day.class_of) for trip in range(len(day.jobs))]
    order = sorted(range(len(day.jobs)), key=lambda trip: _rank(day, schedule, trip, choice[trip]))
    homeless = [trip for trip in order if not (trip in schedule.held and keep(schedule, trip))]
    if schedule.held:
        promise(schedule)
    for trip in homeless:
        schedule.insert(trip)
    return schedule


def _rank(day: Day, schedule: Schedule, trip: int, choice: int) -> tuple[int, ...]:
    first = 0 if trip in schedule.firm else 1 if trip in schedule.held else 2
    few = choice if choice * 3 < len(day.cars) else len(day.cars)
    return first, -day.problem.trips[trip].priority, few, day.jobs[trip].late, trip


def keep(schedule: Schedule, trip: int) -> bool:
    """Put an accepted trip back in the car that was promised; False if that cannot be any more."""
    own = [spot for spot in schedule.spots(trip) if schedule.routes[spot.route].car == schedule.held[trip]]
    return any(schedule.put(trip, spot) for spot in own)
