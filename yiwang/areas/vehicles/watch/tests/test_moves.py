"""The rules over points: drawn cases, laws, and the plain evaluator beside."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from yiwang.areas.vehicles.watch import moves
from yiwang.areas.vehicles.watch.moves import Day, judge
from yiwang.areas.vehicles.watch.tests import drawn, naive

CASES = yaml.safe_load((Path(__file__).parent / "cases.yaml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_drawn(case: dict[str, Any]) -> None:
    found = {hit.rule: hit.measure for hit in judge(drawn.day(case))}
    assert found.keys() == case["hits"].keys(), found
    for rule, measure in case["hits"].items():
        assert found[rule] == pytest.approx(measure, rel=0.02), rule


def test_every_rule_over_points_has_a_case_that_fires_and_one_that_does_not() -> None:
    fired = {rule for case in CASES for rule in case["hits"]}
    assert fired == set(moves.ALL)
    assert sum(not case["hits"] for case in CASES) >= 7


def test_a_day_without_points_is_no_day() -> None:
    empty = Day(drawn.points([]), drawn.cars(3), drawn.orders([]), drawn.places([]))
    assert judge(empty) == []


def test_one_wild_point_is_no_movement() -> None:
    rows = [(0, t, 9.0 if t == 600 else 0.0, 0.0, 0.0) for t in range(0, 3600, 60)]
    assert (
        judge(
            Day(
                drawn.points([(c, float(t), x, y, s) for c, t, x, y, s in rows]),
                drawn.cars(1),
                drawn.orders([]),
                drawn.places([]),
            )
        )
        == []
    )


def test_the_span_of_a_hit_is_where_it_happened() -> None:
    case = next(case for case in CASES if case["name"] == "夜里没有派车单开出院子")
    hit = next(hit for hit in judge(drawn.day(case)) if hit.rule == "MOVED")
    assert drawn.clock("23:11") <= hit.began <= drawn.clock("23:13")
    assert drawn.clock("23:48") <= hit.ended <= drawn.clock("23:50")


SPEEDS = st.sampled_from([0.0, 30.0, 90.0, 125.0, 140.0])


@st.composite
def days(draw: st.DrawFn) -> Day:
    """A few cars on a coarse grid of places and minutes, with orders and listed places."""
    count = draw(st.integers(1, 3))
    step = st.tuples(st.integers(1, 40), st.integers(-3, 3), st.integers(-3, 3), SPEEDS)
    rows: list[tuple[int, float, float, float, float]] = []
    spans: list[dict[str, Any]] = []
    for car in range(count):
        t, x, y = draw(st.integers(0, 80_000)), 0.0, 0.0
        for minutes, east, north, speed in draw(st.lists(step, max_size=12)):
            if t >= 86_400:
                break
            rows.append((car, float(t), x, y, speed))
            t, x, y = t + minutes * 30, x + east * 0.7, y + north * 0.45
        start = draw(st.integers(0, 70_000))
        for _ in range(draw(st.integers(0, 2))):
            end = start + draw(st.integers(600, 9000))
            spans.append(
                {
                    "car": car, "from": start, "to": end, "emergency": draw(st.booleans()),
                    "planned": draw(st.sampled_from([1.0, 4.0, 30.0])), "stops": draw(st.sets(st.integers(0, 1))),
                }
            )  # fmt: skip
            start = end + draw(st.integers(60, 5000))
    listed = [{"at": [0, 0], "radius": 200}, {"at": [1.4, 0.9], "radius": 1500}]
    corners = [[-2.5, -2], [-0.35, -2], [-0.35, 0.2], [-1.1, -0.7], [-2.5, 0.2]]
    listed.append({"at": [-1.4, -0.9], "radius": 2500, "corners": corners})
    table = drawn.cars(count, workday=draw(st.booleans()), limits={"STOP": 5, "DETOUR": 10})
    return Day(drawn.points(rows), table, drawn.orders(spans, grace=0), drawn.places(listed))


@settings(max_examples=60, deadline=None)
@given(days())
def test_arrays_agree_with_one_point_after_the_other(day: Day) -> None:
    found = judge(day)
    for rule in (naive.moved, naive.hours, naive.speeding, naive.stopped):
        key = {"moved": "MOVED", "hours": "HOURS", "speeding": "SPEED", "stopped": "STOP"}[rule.__name__]
        mine = {hit.car: hit.measure for hit in found if hit.rule == key}
        theirs = {car: rule(naive.Track(day, car)) for car in range(len(day.cars))}
        assert mine == pytest.approx({car: value for car, value in theirs.items() if value}), key
    detours = {hit.order: hit.measure for hit in found if hit.rule == "DETOUR"}
    plain = dict(pair for car in range(len(day.cars)) for pair in naive.detoured(naive.Track(day, car)))
    assert detours == pytest.approx(plain)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.floats(-0.01, 0.01), st.floats(-0.01, 0.01)), min_size=1, max_size=60), st.booleans())
def test_a_car_that_stands_is_never_found(noise: list[tuple[float, float]], workday: bool) -> None:
    rows = [(0, n * 300.0, east, north, 0.0) for n, (east, north) in enumerate(noise)]
    spans = [{"from": 0, "to": 86_400, "plan": [[0, 0], [5, 0]], "planned": 10, "odometer": 0}]
    for order in ([], spans):
        day = Day(drawn.points(rows), drawn.cars(1, workday=workday), drawn.orders(order), drawn.places([]))
        assert judge(day) == []


@settings(max_examples=20, deadline=None)
@given(days())
def test_a_wider_order_never_finds_more(day: Day) -> None:
    """Covering the whole day by emergency orders leaves no movement without an order and no rest that was broken."""
    spans = [{"car": car, "from": 0, "to": 86_400, "emergency": True} for car in range(len(day.cars))]
    wide = Day(day.points, day.cars, drawn.orders(spans), day.places)
    assert not [hit for hit in judge(wide) if hit.rule in ("MOVED", "HOURS")]


def test_cars_do_not_mix() -> None:
    """The day of many cars is the days of each."""
    case = next(case for case in CASES if case["name"] == "夜里没有派车单开出院子")
    rows = drawn.along(case["track"], 30)
    many = [(car, t, x, y, s) for car in (0, 1, 2) for _, t, x, y, s in rows]
    still = [(3, float(t), 0.0, 0.0, 0.0) for t in range(0, 80_000, 300)]
    day = Day(drawn.points([*many, *still]), drawn.cars(4), drawn.orders([]), drawn.places([]))
    found = [(hit.car, hit.rule, round(hit.measure, 6)) for hit in judge(day)]
    alone = [(hit.rule, round(hit.measure, 6)) for hit in judge(drawn.day(case))]
    assert sorted(found) == sorted((car, *one) for car in (0, 1, 2) for one in alone)
