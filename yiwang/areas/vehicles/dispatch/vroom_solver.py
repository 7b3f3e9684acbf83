"""The tours by VROOM (BSD-2, through pyvroom): an answer for a thousand trips in seconds.

A trip is one job with its whole length as service; matrices are asymmetric as for PyVRP. Kinds and seats are skills, firm trips a
skill that only their car has. VROOM knows no longest tour: each car gets the best-filled window of the duty's length instead.
"""

from __future__ import annotations

import os
from datetime import timedelta
from typing import Any

import numpy as np

from yiwang.areas.vehicles.dispatch.day import Day
from yiwang.areas.vehicles.dispatch.pyvrp_solver import Task


def solve(day: Day, task: Task) -> dict[int, list[int]]:
    """Tours as in `pyvrp_solver.solve`; uses the seconds of the task as the time-out."""
    import vroom

    problem = vroom.Input()
    yards = sorted({day.cars[unit.car].depot for unit in task.units})
    _matrices(problem, day, task, yards)
    for place, trip in enumerate(task.trips):
        job = day.jobs[trip]
        problem.add_job(
            vroom.Job(
                id=place + 1,
                location=place,
                default_service=job.length,
                time_windows=[vroom.TimeWindow(job.early, job.late)],
                skills={trip + 1},
                priority=min(100, 10 * day.problem.trips[trip].priority),
            )
        )
    for place, unit in enumerate(task.units):
        window = _window(day, unit.start, unit.end, day.limit[unit.car], place)
        if window is None:
            continue
        depot = len(task.trips) + yards.index(day.cars[unit.car].depot)
        able = {trip + 1 for trip in task.trips if day.serves(unit.car, trip)}
        problem.add_vehicle(
            vroom.Vehicle(
                id=place + 1,
                start=depot,
                end=depot,
                profile=_profile(day, unit.car),
                skills=able,
                time_window=vroom.TimeWindow(*window),
                costs=vroom.VehicleCosts(fixed=day.cars[unit.car].fixed),
            )
        )
    threads = max(1, min(2, os.cpu_count() or 1))
    answer = problem.solve(exploration_level=2, nb_threads=threads, timeout=timedelta(seconds=task.seconds))
    return _tours(answer, task)


def _window(day: Day, start: int, end: int, limit: int, place: int) -> tuple[int, int] | None:
    """The window of a car: as long as the duty, early or late in turn, so that the day is covered."""
    if limit <= 0:
        return None
    if end - start <= limit or not day.jobs:
        return start, end
    first = max(start, min(job.early for job in day.jobs) - 3600)
    last = max(first, min(end, max(job.late + job.length for job in day.jobs) + 3600) - limit)
    steps = 5
    begin = first + (last - first) * (place % steps) // (steps - 1)
    return begin, min(end, begin + limit)


def _profile(day: Day, number: int) -> str:
    car = day.cars[number]
    return f"{car.per_km}/{car.per_hour}"


def _matrices(problem: Any, day: Day, task: Task, yards: list[int]) -> None:
    jobs = [day.jobs[trip] for trip in task.trips]
    leaves, comes = [job.end for job in jobs] + yards, [job.origin for job in jobs] + yards
    grid: Any = np.ix_(leaves, comes)
    seconds = day.problem.travel.seconds[grid].astype(np.int64)
    metres = day.problem.travel.metres[grid].astype(np.int64)
    for number in {_profile(day, unit.car): unit.car for unit in task.units}.values():
        car, name = day.cars[number], _profile(day, number)
        fen = (metres * car.per_km + 500) // 1000 + (seconds * car.per_hour + 1800) // 3600
        problem.set_durations_matrix(profile=name, matrix_input=seconds.astype(np.uint32))
        problem.set_distances_matrix(profile=name, matrix_input=metres.astype(np.uint32))
        problem.set_costs_matrix(profile=name, matrix_input=(fen).astype(np.uint32))


def _tours(answer: Any, task: Task) -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    steps = answer.routes
    for vehicle, kind, job in zip(steps["vehicle_id"], steps["type"], steps["id"], strict=True):
        if kind == "job":
            found.setdefault(int(vehicle) - 1, []).append(task.trips[int(job) - 1])
    return found
