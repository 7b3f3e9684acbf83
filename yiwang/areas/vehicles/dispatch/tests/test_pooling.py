"""Pools: what is suggested is possible, is put up with by everybody, and saves."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from yiwang.areas.vehicles.dispatch import Patience, Problem, instant, pooled, suggest_pools
from yiwang.areas.vehicles.dispatch.sample import a_day
from yiwang.areas.vehicles.dispatch.tests.checker import faults


@settings(max_examples=12, deadline=None)
@given(st.integers(0, 10**6), st.integers(5, 25), st.integers(5, 20))
def test_nobody_is_asked_for_more_than_patience(seed: int, number: int, minutes: int) -> None:
    problem = a_day(number, 8, seed, one_way=True)
    rule = Patience(shift=minutes * 60)
    pools = suggest_pools(problem, rule)
    names = [trip for pool in pools for trip in pool.trips]
    trips = {trip.id: trip for trip in problem.trips}
    assert len(names) == len(set(names))
    for pool in pools:
        assert pool.saving > 0
        assert all(trips[each].poolable for each in pool.trips)
        assert pool.merged.passengers == sum(trips[each].passengers for each in pool.trips)
        assert any(car.seats >= pool.merged.passengers for car in problem.cars)
        for rider in pool.riders:
            trip = trips[rider.trip]
            assert trip.earliest - rule.shift <= rider.pickup <= trip.latest + rule.shift
            direct = int(problem.travel.seconds[trip.origin, trip.target])
            assert rider.arrival - rider.pickup <= direct + max(rule.detour * 2, rule.detour)
            assert rider.detour == max(0, rider.arrival - rider.pickup - direct)
    plan = instant(pooled(problem, pools))
    assert faults(pooled(problem, pools), plan) == []


def _twins(people: int) -> Problem:
    """Two parties from one door to another at nearly the same time."""
    problem = a_day(2, 4, 3, one_way=True)
    first = replace(
        problem.trips[0], poolable=True, passengers=people, kinds=frozenset(), earliest=9 * 3600, latest=9 * 3600 + 600
    )
    return replace(
        problem, trips=(first, replace(first, id="twin", earliest=first.earliest + 600, latest=first.latest + 600))
    )


def test_twins_share_a_car_if_there_are_seats() -> None:
    problem = _twins(2)
    (pool,) = suggest_pools(problem)
    assert set(pool.trips) == {"trip-0000", "twin"}
    assert all(rider.detour == 0 for rider in pool.riders)
    assert "可以拼一辆车" in pool.sentence
    apart, together = instant(problem), instant(pooled(problem, [pool]))
    assert together.cost.total < apart.cost.total
    most = max(car.seats for car in problem.cars)
    assert suggest_pools(_twins(most // 2 + 1)) == []


def test_who_does_not_want_to_is_not_asked() -> None:
    problem = _twins(2)
    shy = replace(problem, trips=(replace(problem.trips[0], poolable=False), problem.trips[1]))
    assert suggest_pools(shy) == []
    held = replace(problem, trips=tuple(replace(trip, back=True) for trip in problem.trips))
    assert suggest_pools(held) == []


def test_the_merged_way_visits_every_stop() -> None:
    problem = a_day(40, 10, 9, one_way=True)
    for pool in suggest_pools(problem):
        stops = [pool.merged.origin, *pool.merged.via, pool.merged.target]
        trips = [trip for trip in problem.trips if trip.id in pool.trips]
        assert sorted(stops) == sorted([each for trip in trips for each in (trip.origin, trip.target)])
        assert all(one >= 0 and two >= 0 for one, two in pairwise(stops))
