"""The second stage: the matching is a largest one, and nobody drives too long."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from yiwang.areas.vehicles.dispatch import Span, instant
from yiwang.areas.vehicles.dispatch.bound import assignment_bound
from yiwang.areas.vehicles.dispatch.drivers import _augment
from yiwang.areas.vehicles.dispatch.sample import a_day
from yiwang.areas.vehicles.dispatch.tests.checker import faults


def _largest(options: dict[int, list[int]], taken: frozenset[int] = frozenset()) -> int:
    """By trying everything."""
    if not options:
        return 0
    first, *rest = options
    left = {each: options[each] for each in rest}
    best = _largest(left, taken)
    return max([best, *(1 + _largest(left, taken | {each}) for each in options[first] if each not in taken)])


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(st.integers(0, 5), unique=True, max_size=4), max_size=6))
def test_the_matching_is_a_largest_one(rows: list[list[int]]) -> None:
    options = dict(enumerate(rows))
    taken: dict[int, int] = {}
    for number in options:
        _augment(number, options, taken)
    assert len(set(taken.values())) == len(taken) == _largest(options)
    assert all(driver in options[number] for driver, number in taken.items())


@settings(max_examples=40, deadline=None)
@given(
    st.integers(1, 5).flatmap(
        lambda size: st.lists(st.lists(st.integers(-60, 0), min_size=size, max_size=size), min_size=size, max_size=size)
    )
)
def test_the_assignment_is_exact_and_out_of_time_only_weaker(rows: list[list[int]]) -> None:
    import numpy as np

    def best(left: tuple[int, ...], row: int) -> int:
        return (
            0
            if row == len(rows)
            else min(rows[row][one] + best(tuple(x for x in left if x != one), row + 1) for one in left)
        )

    exact, cost = best(tuple(range(len(rows))), 0), np.array(rows, dtype=np.int64)
    assert assignment_bound(cost) == exact
    assert assignment_bound(cost, seconds=-1) <= exact


def test_two_drivers_for_ten_cars_serve_what_two_can() -> None:
    problem = a_day(30, 10, 3, depots=1)
    two = tuple(
        replace(driver, licences=frozenset({"B1", "C1"}), shift=Span(6 * 3600, 20 * 3600))
        for driver in problem.drivers[:2]
    )
    plan = instant(replace(problem, drivers=two))
    assert faults(replace(problem, drivers=two), plan) == []
    assert {each.driver for each in plan.assignments} == {driver.id for driver in two}
    assert plan.unserved


def test_one_driver_takes_a_second_car_within_his_day() -> None:
    """Two requests that no single car may serve, hours apart: one driver, two cars."""
    problem = a_day(2, 2, 3, depots=1)
    kinds = [frozenset({"A"}), frozenset({"B"})]
    cars = tuple(replace(car, kinds=kind, seats=4, licence="C1") for car, kind in zip(problem.cars, kinds, strict=True))
    trips = tuple(
        replace(trip, kinds=kind, passengers=1, back=False, wait=0, earliest=start, latest=start + 900)
        for trip, kind, start in zip(problem.trips, kinds, (9 * 3600, 14 * 3600), strict=True)
    )
    only = (replace(problem.drivers[0], shift=Span(7 * 3600, 19 * 3600)),)
    day = replace(problem, cars=cars, trips=trips, drivers=only)
    plan = instant(day)
    assert faults(day, plan) == []
    assert len(plan.assignments) == 2
    assert len({each.car for each in plan.assignments}) == 2
