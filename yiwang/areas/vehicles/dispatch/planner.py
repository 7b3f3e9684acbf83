"""The one button: a whole day planned within so many seconds, always with an answer, better the longer it may think."""

from __future__ import annotations

import importlib.util
import time
from collections import defaultdict
from dataclasses import dataclass

from yiwang.areas.vehicles.dispatch.aside import set_aside
from yiwang.areas.vehicles.dispatch.assemble import assemble, check
from yiwang.areas.vehicles.dispatch.day import Day
from yiwang.areas.vehicles.dispatch.drivers import staff
from yiwang.areas.vehicles.dispatch.greedy import build
from yiwang.areas.vehicles.dispatch.plan import Plan
from yiwang.areas.vehicles.dispatch.problem import Problem
from yiwang.areas.vehicles.dispatch.pyvrp_solver import Task
from yiwang.areas.vehicles.dispatch.ruin import Clock, Improver
from yiwang.areas.vehicles.dispatch.schedule import Schedule

#: Up to so many trips the day is solved whole.
WHOLE = 500


@dataclass(frozen=True, slots=True)
class Effort:
    """How long to think (seconds) and, for answers that can be repeated exactly, how many rounds instead."""

    seconds: float = 10.0
    seed: int = 0
    rounds: int | None = None
    solver: str = "auto"
    clock: Clock = time.monotonic


def plan_day(
    problem: Problem,
    seconds: float = 10.0,
    seed: int = 0,
    rounds: int | None = None,
    solver: str = "auto",
    clock: Clock = time.monotonic,
) -> Plan:
    """Plan the day. Refuses with `dispatch.*` what is not a problem at all; a trip that cannot be served is in `unserved`, with its reason.

    `clock` is what seconds are counted by: the processor's (time.process_time) on a machine that others use too.
    `solver`: auto, greedy, pyvrp or vroom. With `rounds` the same input gives the same plan on any machine, as long as `seconds` are
    not used up. A missing package is a note of the plan, not an error.
    """
    check(problem)
    begun = clock()
    effort = Effort(seconds, seed, rounds, solver, clock)
    aside = set_aside(problem)
    problem = aside.problem
    day = Day(problem, {each.trip: each.start for each in problem.held})
    schedule, name, notes = _tours(build(day), effort, begun)
    staff(schedule)
    if solver != "greedy":
        schedule = _improved(schedule, effort, begun, 0.84)
    return aside.joined(
        assemble(_released(schedule), solver=name, notes=notes, seconds=max(1.0, seconds * 0.06), clock=clock)
    )


def instant(problem: Problem) -> Plan:
    """An answer at once: insertion only, with drivers."""
    return plan_day(problem, seconds=0.0, solver="greedy")


def _tours(schedule: Schedule, effort: Effort, begun: float) -> tuple[Schedule, str, tuple[str, ...]]:
    """The first stage: cars."""
    day = schedule.day
    if effort.solver == "greedy" or not day.jobs or not day.units:
        return schedule, "greedy", ()
    if day.problem.held:
        return schedule, "insertion", ()
    wanted = "pyvrp" if effort.solver == "auto" else effort.solver
    if importlib.util.find_spec(wanted) is None:
        return _improved(schedule, effort, begun, 0.6), "insertion", (f"没有安装 {wanted},只用了插入与重排。",)
    if wanted == "vroom":
        return _better(schedule, _vroom(schedule, effort)), wanted, ()
    found = _improved(schedule, effort, begun, 0.45)
    return _better(found, _pyvrp(found, effort, 0.25)), wanted, ()


def _vroom(schedule: Schedule, effort: Effort) -> Schedule:
    from yiwang.areas.vehicles.dispatch import vroom_solver

    day = schedule.day
    tours = vroom_solver.solve(day, Task(day.servable(), day.units, effort.seconds * 0.6, effort.seed))
    made = Schedule(day)
    for unit, trips in tours.items():
        made.adopt(unit, trips)
    made.insert_all(made.unserved())
    return made


def _pyvrp(schedule: Schedule, effort: Effort, share: float) -> Schedule:
    """Each part by PyVRP, beginning with the tours there are; parts share the time by their trips."""
    from yiwang.areas.vehicles.dispatch import pyvrp_solver

    day = schedule.day
    made = Schedule(day)
    for units, trips in _parts(schedule):
        seconds = effort.seconds * share * len(trips) / max(1, len(day.jobs))
        task = Task(trips, [day.units[unit] for unit in units], seconds, effort.seed, effort.rounds, effort.clock)
        place = {unit: number for number, unit in enumerate(units)}
        start = {place[unit]: schedule.routes[unit].trips for unit in units if schedule.routes[unit].trips}
        tours = pyvrp_solver.solve(day, task, start)
        for number, tour in (tours or start).items():
            made.adopt(units[number], tour)
    made.insert_all(made.unserved())
    return made


def _parts(schedule: Schedule) -> list[tuple[list[int], list[int]]]:
    """(units, trips) of parts of at most `WHOLE` trips: neighbouring yards together, with the trips that their tours have now.

    The insertion before has balanced the kinds of cars over the yards: a trip goes with the yard whose car took it.
    """
    day = schedule.day
    units: dict[int, list[int]] = defaultdict(list)
    trips: dict[int, list[int]] = defaultdict(list)
    for number, route in enumerate(schedule.routes):
        units[route.depot].append(number)
        trips[route.depot] += route.trips
    servable = set(day.servable())
    for trip in schedule.unserved():
        if trip not in servable:
            continue
        near = min(units, key=lambda depot: (day.metres[depot][day.jobs[trip].origin], depot))
        trips[near].append(trip)
    parts: list[tuple[list[int], list[int]]] = []
    left = _chain(day, sorted(units))
    size = WHOLE if len(day.jobs) <= WHOLE else WHOLE // 2
    while left:
        depots = [left.pop(0)]
        while left and sum(len(trips[one]) for one in [*depots, left[0]]) <= size:
            depots.append(left.pop(0))
        parts.append(
            (
                sorted(unit for one in depots for unit in units[one]),
                sorted(trip for one in depots for trip in trips[one]),
            )
        )
    return [part for part in parts if part[1]]


def _chain(day: Day, depots: list[int]) -> list[int]:
    """Yards in a row, each the nearest of those left."""
    row, left = [depots[0]], depots[1:]
    while left:
        nearest = min(left, key=lambda one: (day.metres[row[-1]][one], one))
        left.remove(nearest)
        row.append(nearest)
    return row


def _better(one: Schedule, two: Schedule) -> Schedule:
    """The one that serves more, then the cheaper."""
    return min((two, one), key=lambda each: (len(each.unserved()), each.weight()))


def _improved(schedule: Schedule, effort: Effort, begun: float, share: float) -> Schedule:
    """Ruin and recreate until this share of the time is over, or for the rounds asked for."""
    return Improver(schedule, effort.seed).run(
        until=begun + effort.seconds * share, rounds=effort.rounds, clock=effort.clock
    )


def _released(schedule: Schedule) -> Schedule:
    """Accepted trips that could not keep their told time: planned again with the window they asked for."""
    day, problem = schedule.day, schedule.day.problem
    firm = {each.trip for each in problem.held if each.firm}
    lost = [
        trip for trip in schedule.unserved() if problem.trips[trip].id in {each.trip for each in problem.held} - firm
    ]
    for trip in lost:
        day.jobs[trip] = day.job(trip, problem.trips[trip])
    schedule.insert_all(lost)
    return schedule
