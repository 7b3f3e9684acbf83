"""One live request against a plan."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yiwang.areas.vehicles.dispatch import Assignment, Desk, Plan, Trip, insert, instant, plan_day, refuse
from yiwang.areas.vehicles.dispatch.sample import a_day
from yiwang.areas.vehicles.dispatch.tests.checker import faults
from yiwang.kit.refusal import Refusal


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10**6), st.integers(2, 30), st.integers(2, 12), st.booleans())
def test_an_offer_can_be_taken(seed: int, number: int, cars: int, driven: bool) -> None:
    """The plan with the offer in it keeps every rule, costs what was said more, and the board's rules agree."""
    problem = a_day(number, cars, seed)
    problem = problem if driven else replace(problem, drivers=())
    new, before = problem.trips[-1], instant(replace(problem, trips=problem.trips[:-1]))
    offer = insert(problem, before, new)
    if offer.assignment is None:
        assert offer.reasons
        assert offer.sentence.endswith("。")
        return
    row = offer.assignment
    assert refuse(problem, before, trip=new.id, car=row.car, driver=row.driver, start=row.start) == []
    after = _with(before, offer.assignment)
    assert [fault for fault in faults(problem, after) if "cost" not in fault] == []
    assert offer.next_best is None or offer.next_best[1] >= offer.extra


def _with(plan: Plan, row: Assignment) -> Plan:
    """The plan with the row in it: a tour it follows no longer goes home before, the trip after it sets out from its end."""
    rows = []
    for each in plan.of_car(row.car):
        follows = each.start < row.start and each.home is not None and each.home > row.leave
        rows.append(replace(each, home=None) if follows else each)
    later = [each for each in rows if each.start > row.start]
    if later and row.home is None:
        rows = [replace(each, leave=row.end) if each is later[0] else each for each in rows]
    others = [each for each in plan.assignments if each.car != row.car]
    return replace(plan, assignments=(*others, *rows, row))


def test_asking_changes_nothing_and_is_repeatable() -> None:
    problem = a_day(40, 20, 4)
    desk = Desk(problem, instant(replace(problem, trips=problem.trips[:39])))
    one = desk.offer(problem.trips[39])
    assert desk.offer(problem.trips[39]) == one
    stranger = Trip(id="new", origin=5, target=6, earliest=36_000, latest=37_000, passengers=99)
    assert desk.offer(stranger).reasons[0].code == "seats"
    assert desk.offer(replace(stranger, passengers=1)).assignment is not None


def test_a_trip_that_has_a_car_is_said_to_have_one() -> None:
    problem = a_day(6, 6, 2)
    plan = instant(problem)
    assert insert(problem, plan, problem.trips[0]).reasons[0].code == "held"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda day: replace(day, trips=(*day.trips, day.trips[0])), "dispatch.twice"),
        (lambda day: replace(day, trips=(replace(day.trips[0], target=9999),)), "dispatch.place"),
        (lambda day: replace(day, trips=(replace(day.trips[0], latest=0),)), "dispatch.window"),
        (lambda day: replace(day, trips=(replace(day.trips[0], wait=-1),)), "dispatch.negative"),
        (lambda day: replace(day, cars=(replace(day.cars[0], depot=-1),)), "dispatch.place"),
        (lambda day: replace(day, cars=(replace(day.cars[0], per_km=-1),)), "dispatch.negative"),
    ],
)
def test_what_is_no_problem_is_refused(change: object, code: str) -> None:
    with pytest.raises(Refusal) as refused:
        plan_day(change(a_day(3, 3, 1)), seconds=0.1)  # type: ignore[operator]
    assert refused.value.code == code


def test_nothing_to_do_is_a_plan_too() -> None:
    day = a_day(3, 3, 1)
    assert plan_day(replace(day, trips=()), seconds=0.2).assignments == ()
    nobody = plan_day(replace(day, cars=()), seconds=0.2)
    assert {each.code for each in nobody.unserved} == {"kind"}
    with pytest.raises(Refusal):
        refuse(day, instant(day), trip="trip-0000", car="nobody's")
