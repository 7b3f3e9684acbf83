"""The worked cases, and the sentences that go with them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml

from yiwang.areas.vehicles.dispatch import (
    Assignment,
    Car,
    Closure,
    Cost,
    Driver,
    Plan,
    Problem,
    Span,
    Travel,
    Trip,
    instant,
    refuse,
)
from yiwang.areas.vehicles.dispatch.tests.checker import faults

CASES = yaml.safe_load((Path(__file__).parent / "cases.yaml").read_text())
ROAD = 300


def clock(text: str) -> int:
    hours, minutes = text.split(":")
    return int(hours) * 3600 + int(minutes) * 60


def road() -> Travel:
    """Places 0…299 on a line, a kilometre and a minute apart."""
    line = np.abs(np.arange(ROAD)[:, None] - np.arange(ROAD)[None, :])
    return Travel((line * 1000).astype(np.int32), (line * 60).astype(np.int32))


def problem(case: dict[str, Any]) -> Problem:
    cars = tuple(
        Car(
            id=name,
            kinds=frozenset(row.get("kinds", ["GENERAL"])),
            seats=row.get("seats", 4),
            depot=row["at"],
            per_km=row.get("per_km", 100),
            fixed=10_000,
            licence=row.get("licence", "C1"),
            closed=tuple(Closure(clock(a), clock(b), code, "停用") for a, b, code in row.get("closed", [])),
        )
        for name, row in case["cars"].items()
    )
    drivers = tuple(
        Driver(
            id=name,
            licences=frozenset(row.get("licences", ["C1"])),
            depot=row["at"],
            shift=Span(*(clock(each) for each in row.get("shift", ["00:00", "24:00"]))),
        )
        for name, row in case.get("drivers", {}).items()
    )
    trips = tuple(
        Trip(
            id=name,
            origin=row["from"],
            target=row["to"],
            earliest=clock(row["at"]),
            latest=clock(row["at"]) + 300,
            arrive_by=clock(row["arrive_by"]) if "arrive_by" in row else None,
            wait=row.get("wait", 0) * 60,
            back=row.get("back", False),
            passengers=row.get("people", 1),
            kinds=frozenset(row.get("kinds", [])),
            priority=row.get("priority", 0),
        )
        for name, row in case["trips"].items()
    )
    return Problem(cars=cars, drivers=drivers, trips=trips, travel=road())


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_worked_case(case: dict[str, Any]) -> None:
    asked = problem(case)
    if "refuse" in case:
        _drops(asked, case)
        return
    plan = instant(asked)
    assert faults(asked, plan) == []
    got = {each.trip: each.car for each in plan.assignments} | {each.trip: "-" for each in plan.unserved}
    assert got.items() >= case.get("plan", {}).items()
    assert {each.trip: each.code for each in plan.unserved}.items() >= case.get("why", {}).items()
    assert len({each.car for each in plan.assignments}) == case.get(
        "cars_used", len({each.car for each in plan.assignments})
    )
    assert plan.cost.total == case.get("cost", plan.cost.total)
    ends = {each.trip: each.end for each in plan.assignments}
    assert all(ends[trip] == clock(text) for trip, text in case.get("ends", {}).items())
    assert all(each.sentence.endswith("。") for each in plan.unserved)
    assert all(each.car in each.why and each.why.endswith("。") for each in plan.assignments)


def _drops(asked: Problem, case: dict[str, Any]) -> None:
    """A plan with the assigned trips at their wished times, and every drop against it."""
    plan = Plan(
        tuple(_row(asked, trip, car, case.get("drives", {}).get(car)) for trip, car in case.get("assign", {}).items())
    )
    for drop in case["refuse"]:
        start = clock(drop["at"]) if "at" in drop else None
        reasons = refuse(asked, plan, trip=drop["trip"], car=drop["car"], driver=drop.get("driver"), start=start)
        assert [each.code for each in reasons] == drop["codes"], drop
        assert all(each.sentence.endswith("。") for each in reasons)


def _row(asked: Problem, trip: str, car: str, driver: str | None) -> Assignment:
    one = next(each for each in asked.trips if each.id == trip)
    depot = next(each.depot for each in asked.cars if each.id == car)
    out, ride, home = (abs(a - b) for a, b in ((depot, one.origin), (one.origin, one.target), (one.target, depot)))
    end = one.earliest + ride * 60
    leave = one.earliest - out * 60
    return Assignment(
        trip, car, driver, leave, one.earliest, end, end + home * 60, (out + home) * 1000, ride * 1000, Cost()
    )
