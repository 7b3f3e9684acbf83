"""Laws that every plan keeps, whoever made it, on random days."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from yiwang.areas.vehicles.dispatch import Problem, Span, as_held, instant, plan_day
from yiwang.areas.vehicles.dispatch.bound import lower_bound
from yiwang.areas.vehicles.dispatch.day import Day
from yiwang.areas.vehicles.dispatch.problem import Closure, Driver
from yiwang.areas.vehicles.dispatch.sample import a_day
from yiwang.areas.vehicles.dispatch.tests.checker import faults

LAW = settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
HOUR = 3600


@st.composite
def days(draw: st.DrawFn) -> Problem:
    """Small days with everything in them: closed cars, few drivers, hourly costs, arrival limits, ways by other places."""
    problem = a_day(draw(st.integers(1, 14)), draw(st.integers(1, 8)), draw(st.integers(0, 10**6)))
    hourly = draw(st.sampled_from((0, 1500)))
    closed = Closure(11 * HOUR, 13 * HOUR, "maintenance", "保养")
    cars = tuple(
        replace(car, per_hour=hourly, closed=(closed,) if place % 3 == 1 else ())
        for place, car in enumerate(problem.cars)
    )
    lunch = Closure(12 * HOUR, 13 * HOUR, "off", "调休")
    drivers = tuple(_driver(one, place, lunch) for place, one in enumerate(problem.drivers))[: draw(st.integers(1, 8))]
    trips = tuple(
        replace(
            trip,
            arrive_by=trip.latest + 1800 if place % 4 == 0 else None,
            via=(trip.target - 1,) if place % 5 == 0 else (),
        )
        for place, trip in enumerate(problem.trips)
    )
    return replace(problem, cars=cars, trips=trips, drivers=drivers if draw(st.booleans()) else ())


def _driver(driver: Driver, place: int, lunch: Closure) -> Driver:
    return replace(driver, duty=8 * HOUR if place % 2 else 10 * HOUR, closed=(lunch,) if place % 4 == 3 else ())


@LAW
@given(days())
def test_insertion_keeps_every_rule(problem: Problem) -> None:
    plan = instant(problem)
    assert faults(problem, plan) == []
    assert plan.bound is not None
    assert plan.bound <= plan.cost.total


@pytest.mark.parametrize("solver", ["pyvrp", "vroom"])
def test_each_solver_keeps_every_rule(solver: str) -> None:
    for seed in range(3):
        problem = a_day(25, 14, seed)
        plan = plan_day(problem, seconds=0.4, rounds=30, solver=solver)
        assert faults(problem, plan) == []
        assert plan.solver == solver
        assert (plan.bound or 0) <= plan.cost.total


def test_the_same_seed_gives_the_same_plan() -> None:
    problem = a_day(20, 10, 4)
    one, two = (plan_day(problem, seconds=60, seed=7, rounds=20) for _ in range(2))
    assert one.assignments == two.assignments
    assert one.cost == two.cost


@LAW
@given(days(), st.data())
def test_what_is_firm_stays_and_the_rest_is_kept_unless_it_pays(problem: Problem, data: st.DataObject) -> None:
    before = instant(problem)
    firm = frozenset(each.trip for each in before.assignments if data.draw(st.booleans()))
    again = plan_day(replace(problem, held=as_held(before, firm)), seconds=5, rounds=3)
    assert faults(replace(problem, held=as_held(before, firm)), again) == []
    moved = sum(
        1
        for each in again.assignments
        if each.car != {one.trip: one.car for one in before.assignments}.get(each.trip, each.car)
    )
    served_more = len(again.assignments) > len(before.assignments)
    assert served_more or again.cost.total + moved * problem.move_penalty <= before.cost.total


def test_a_firm_trip_that_breaks_a_rule_stays_and_the_rest_goes_around_it() -> None:
    """Six people in a car for four, decided by a person: not touched, the car taken for that time, and it is said."""
    problem = a_day(12, 6, 8)
    before = instant(problem)
    row = before.assignments[4]
    big = replace(
        problem, trips=tuple(replace(trip, passengers=40) if trip.id == row.trip else trip for trip in problem.trips)
    )
    held = as_held(before, frozenset({row.trip}))
    again = plan_day(replace(big, held=held), seconds=5, rounds=3)
    kept = next(each for each in again.assignments if each.trip == row.trip)
    assert (kept.car, kept.driver, kept.start) == (row.car, row.driver, row.start)
    assert "照原样保留" in kept.why
    assert any("与规则不符" in note for note in again.notes)
    others = [each for each in again.assignments if each.trip != row.trip and each.car == row.car]
    assert all(each.end <= kept.leave or each.leave >= (kept.home or 0) for each in others)
    assert set(faults(replace(big, held=held), again)) == {f"{row.trip}: seats"}


def test_the_driver_of_a_firm_trip_stays() -> None:
    problem = a_day(30, 15, 6)
    before = instant(problem)
    held = as_held(before, frozenset(each.trip for each in before.assignments[::3]))
    again = plan_day(replace(problem, held=held), seconds=5, rounds=20)
    drivers = {each.trip: each.driver for each in again.assignments}
    assert all(drivers[each.trip] == each.driver for each in held if each.firm)


def test_a_plan_already_accepted_is_not_turned_over_for_one_more_trip() -> None:
    problem = a_day(30, 15, 3)
    first = plan_day(replace(problem, trips=problem.trips[:29]), seconds=30, rounds=30)
    second = plan_day(replace(problem, held=as_held(first), move_penalty=10**7), seconds=30, rounds=10)
    cars = {each.trip: (each.car, each.start) for each in second.assignments}
    assert all(cars[each.trip] == (each.car, each.start) for each in first.assignments)


def test_the_bound_is_exact_where_nothing_is_relaxed() -> None:
    """One car, one trip: the bound is the cost."""
    problem = a_day(1, 1, 2, depots=1)
    problem = replace(
        problem,
        cars=tuple(replace(car, seats=20, kinds=frozenset({"CONFIDENTIAL", "GENERAL"})) for car in problem.cars),
    )
    plan = instant(problem)
    assert lower_bound(Day(problem), [0]) == plan.cost.total


def test_the_judge_sees_faults() -> None:
    """The checker can fail: a car moved, a time moved, a cost changed."""
    problem = a_day(12, 6, 5)
    plan = instant(problem)
    row = plan.assignments[0]
    for wrong in (
        replace(row, start=row.start - 7200),
        replace(row, cost=replace(row.cost, distance=row.cost.distance + 1)),
        replace(row, driver=None),
        replace(row, end=row.end + 60),
        replace(row, leave=row.start),
    ):
        assert faults(problem, replace(plan, assignments=(wrong, *plan.assignments[1:])))
    short = replace(problem, drivers=tuple(replace(one, shift=Span(0, 6 * HOUR)) for one in problem.drivers))
    assert faults(short, plan)
