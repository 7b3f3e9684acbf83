"""Dispatch: the made-up day against first-come-first-served, pooling, one live request, and Li & Lim pickup and delivery.

`python -m bench.dispatch` prints all as JSON. The days are of `yiwang/areas/vehicles/dispatch/sample.py`, which says what it assumes;
each plan is judged by the independent checker of the tests. Seconds of the days and of a live request are processor seconds of one
core (`clock=time.process_time`), for other work on the machine would make the plans worse; PyVRP and pairs take clock time.
"""

from __future__ import annotations

import json
import random
import statistics
import sys
import time
from dataclasses import replace
from typing import Any

from bench.dispatch_instances import instance
from yiwang.areas.vehicles.dispatch import Desk, Plan, Problem, insert, lilim, plan_day, pooled, suggest_pools
from yiwang.areas.vehicles.dispatch.sample import a_day
from yiwang.areas.vehicles.dispatch.tests.checker import faults

#: trips, cars, processor seconds allowed, most of the cost of first-come-first-served
DAYS = [(100, 60, 15.0, 0.80), (500, 200, 120.0, 0.62), (2000, 800, 100.0, 0.75)]


def day(trips: int, cars: int, seconds: float) -> tuple[dict[str, Any], Problem, Plan]:
    """One day planned: ratio to first-come-first-served and to the bound, served, faults, wall and processor seconds."""
    problem = a_day(trips, cars)
    begun, spent = time.monotonic(), time.process_time()
    plan = plan_day(problem, seconds=seconds, clock=time.process_time)
    found = {
        "ratio": plan.cost.total / (plan.fcfs or 1),
        "over_bound": plan.cost.total / (plan.bound or 1),
        "unserved": len(plan.unserved),
        "faults": len(faults(problem, plan)),
        "seconds": time.monotonic() - begun,
        "cpu_s": time.process_time() - spent,
        "cars": len({each.car for each in plan.assignments}),
    }
    return found, problem, plan


def days() -> dict[str, dict[str, Any]]:
    """All three, by name; the last with the live requests asked of its plan."""
    found = {}
    for trips, cars, seconds, _ in DAYS:
        name = f"{trips} × {cars}"
        found[name], problem, plan = day(trips, cars, seconds)
    found[name] |= live(problem, plan)
    return found


def live(problem: Problem, plan: Plan, number: int = 200) -> dict[str, float]:
    """One request at 800 cars with the day planned: processor milliseconds with a desk kept ready (p95), and from cold (median of five)."""
    rng = random.Random(5)
    trips = [
        replace(
            rng.choice(problem.trips),
            id=f"live-{one}",
            earliest=(early := rng.randrange(25_000, 65_000)),
            latest=early + 1800,
        )
        for one in range(number)
    ]
    trips = [replace(trip, arrive_by=None) for trip in trips]
    desk, warm, cold = Desk(problem, plan), [], []
    for trip in trips:
        begun = time.process_time()
        desk.offer(trip)
        warm.append((time.process_time() - begun) * 1000)
    for trip in trips[:5]:
        begun = time.process_time()
        insert(problem, plan, trip)
        cold.append((time.process_time() - begun) * 1000)
    return {"live_p95_ms": statistics.quantiles(warm, n=20)[-1], "live_cold_ms": statistics.median(cold)}


def pooling(trips: int = 200, cars: int = 80, seconds: float = 15.0) -> dict[str, float]:
    """One-way trips, everybody willing: cost with all suggestions accepted against without."""
    problem = a_day(trips, cars, one_way=True)
    problem = replace(problem, trips=tuple(replace(trip, poolable=True) for trip in problem.trips))
    pools = suggest_pools(problem)
    apart, together = (
        plan_day(each, seconds=seconds, clock=time.process_time) for each in (problem, pooled(problem, pools))
    )
    return {
        "saved": 1 - together.cost.total / apart.cost.total,
        "unserved": len(apart.unserved) + len(together.unserved),
        "faults": len(faults(pooled(problem, pools), together)),
        "pooled": sum(len(pool.trips) for pool in pools) / trips,
    }


def pairs(seconds: float = 30.0, long: float = 150.0) -> dict[str, dict[str, float]]:
    """Our own instances in Li and Lim's format and construction, 100 nodes: 30 s against five times as long with another seed."""
    found = {}
    for kind in ("lc", "lr", "lrc"):
        asked = instance(kind, 1)
        quick, better = lilim.solve(asked, seconds), lilim.solve(asked, long, seed=1)
        best = min((quick, better), key=lambda each: (each.vehicles, each.distance))
        found[kind] = {
            "vehicles": quick.vehicles,
            "more": quick.vehicles - best.vehicles,
            "distance": quick.distance,
            "ratio": quick.distance / best.distance if quick.vehicles == best.vehicles else 0.0,
        }
    return found


if __name__ == "__main__":
    names = sys.argv[1:] or ["days", "pooling", "pairs"]
    print(json.dumps({name: globals()[name]() for name in names}, indent=1))
