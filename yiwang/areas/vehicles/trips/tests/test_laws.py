"""What must always hold of bills and of a driver's day: worked cases, and laws over made-up ones."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from yiwang.areas.vehicles.trips import charging, judging
from yiwang.areas.vehicles.trips.charging import Driven
from yiwang.areas.vehicles.trips.models import Driver
from yiwang.areas.vehicles.trips.terms import PoolRule, Sharing, Tariff
from yiwang.areas.vehicles.trips.tests.scene import at
from yiwang.core.workdays.calendar import WorkCalendar

CASES: list[dict[str, Any]] = yaml.safe_load(Path(__file__).with_name("charges.yaml").read_text(encoding="utf-8"))
CALENDAR = WorkCalendar({})
fen = st.integers(min_value=0, max_value=100_000)
#: Drawing takes long where the machine has other work.
BUSY = settings(suppress_health_check=[HealthCheck.too_slow], deadline=None, max_examples=40)
hours = st.integers(min_value=0, max_value=47).map(lambda half: half / 2)


def _clock(text: str) -> datetime:
    hour, _, minute = text.partition(":")
    return at(int(hour) + int(minute) / 60)


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_worked_bills(case: dict[str, Any]) -> None:
    driven = case["driven"]
    one = Driven(driven["km"], _clock(driven["from"]), _clock(driven["to"]), driven.get("waited", 0))
    lines = charging.by_tariff(Tariff(**case["tariff"]), one, CALENDAR)
    assert {line.label: line.amount for line in lines} == case["lines"]


@BUSY
@given(prices=st.fixed_dictionaries(dict.fromkeys(("per_trip", "per_km", "per_hour"), fen)), km=st.integers(0, 3000))
def test_a_longer_way_never_costs_less(prices: dict[str, int], km: int) -> None:
    first, tariff = at(9), Tariff(**prices)
    for far, long in ((0, 0), (1, 0), (0, 30)):
        less = charging.total(charging.by_tariff(tariff, Driven(km, first, at(11)), CALENDAR))
        last = at(11) + timedelta(minutes=long)
        more = charging.total(charging.by_tariff(tariff, Driven(km + far, first, last), CALENDAR))
        assert more >= less >= prices["per_trip"]
    shared = charging.by_sharing(Sharing(**prices), Driven(km, first, at(11)))
    assert charging.total(shared) == sum(line.amount for line in shared)


@BUSY
@given(rates=st.dictionaries(st.sampled_from(["DAY", "HALF_DAY", "HOUR"]), fen, min_size=1), span=hours)
def test_a_rented_car_costs_the_cheapest_of_its_prices(rates: dict[str, int], span: float) -> None:
    driven = Driven(10, at(8), at(8 + span))
    each = [charging.total(charging.by_rental({unit: price}, driven)) for unit, price in rates.items()]
    assert charging.total(charging.by_rental(rates, driven)) == min(each)


@BUSY
@given(first=hours, long=st.integers(1, 20), other=hours, more=st.integers(1, 20))
def test_duty_is_the_same_whichever_trip_came_first(first: float, long: int, other: float, more: int) -> None:
    one = (at(first), at(first + long / 2))
    two = (at(other), at(other + more / 2))
    rule, driver = PoolRule(), Driver(name="马骏")
    codes = [
        {refusal.code for refusal in judging.duty(driver, [held], span, rule)}
        for held, span in ((one, two), (two, one))
    ]
    assert codes[0] == codes[1]
    if max(one[1], two[1]) <= at(24):
        assert ("assign.duty" in codes[0]) == (long + more > 20)
