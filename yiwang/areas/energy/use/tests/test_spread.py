"""Integers divided and uses laid out over months: laws and worked cases."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yiwang.areas.energy.use.spread import Holding, Part, following, months, split, spread, uncovered, weights

DAYS = st.dates(date(2020, 1, 1), date(2027, 12, 31))
TOTALS = st.integers(-(10**15), 10**15)
PARTS = st.lists(st.integers(0, 10_000), min_size=1, max_size=12).filter(any)


@given(TOTALS, PARTS)
def test_the_parts_add_up_and_none_is_a_unit_off(total: int, parts: list[int]) -> None:
    found = split(total, parts)
    assert sum(found) == total
    whole = sum(parts)
    assert all(abs(one * whole - total * part) < whole for one, part in zip(found, parts, strict=True))
    assert all(one == 0 for one, part in zip(found, parts, strict=True) if part == 0)


@given(st.lists(st.tuples(DAYS, st.integers(1, 400), TOTALS), max_size=8))
def test_the_months_add_up_to_the_parts(given: list[tuple[date, int, int]]) -> None:
    parts = [Part(day, day + timedelta(days=days), quantity) for day, days, quantity in given]
    found = spread(parts)
    assert sum(cell.quantity for cell in found.values()) == sum(part.quantity for part in parts)
    assert sum(cell.days for cell in found.values()) == sum((part.until - part.since).days for part in parts)
    assert all(month.day == 1 for month in found)


@given(DAYS, st.lists(st.integers(1, 10_000), min_size=2, max_size=6), st.integers(0, 40), TOTALS)
def test_the_shares_of_a_month_add_up_to_the_meter(day: date, parts: list[int], moved: int, total: int) -> None:
    """Though a share changes hands in the middle of the month."""
    month = day.replace(day=1)
    change = month + timedelta(days=moved)
    before = [Holding(organ, part, date(2019, 1, 1), change) for organ, part in enumerate(parts)]
    after = [Holding(organ + 1, part, change) for organ, part in enumerate(parts)]
    held = weights([*before, *after], month)
    assert sum(split(total, list(held.values()))) == total
    assert sum(held.values()) == sum(parts) * (following(month) - month).days


def test_by_days_across_the_border_of_a_month() -> None:
    """100 kWh from 25 March to 4 April: ten days, seven of them in March."""
    found = spread([Part(date(2026, 3, 25), date(2026, 4, 4), 100_000)])
    assert [(month, cell.quantity, cell.days) for month, cell in found.items()] == [
        (date(2026, 3, 1), 70_000, 7),
        (date(2026, 4, 1), 30_000, 3),
    ]


def test_largest_remainder() -> None:
    assert split(100, [1, 1, 1]) == [34, 33, 33]
    assert split(-100, [1, 1, 1]) == [-34, -33, -33]
    assert split(10, [0, 3, 7]) == [0, 3, 7]
    with pytest.raises(ValueError, match="weight"):
        split(1, [0, 0])


def test_months_of_a_period() -> None:
    assert months(date(2026, 12, 30), date(2027, 2, 2)) == [
        (date(2026, 12, 1), 2),
        (date(2027, 1, 1), 31),
        (date(2027, 2, 1), 1),
    ]
    assert months(date(2026, 1, 1), date(2026, 1, 1)) == []


def test_shares_that_do_not_add_up_are_found_with_the_day() -> None:
    half = [Holding(1, 5000, date(2026, 1, 1)), Holding(2, 5000, date(2026, 1, 1), date(2026, 7, 1))]
    assert uncovered(half, 10_000) == (date(2026, 7, 1), 5000)
    assert uncovered([*half, Holding(3, 5000, date(2026, 7, 1))], 10_000) is None
    assert uncovered([], 10_000) is None
