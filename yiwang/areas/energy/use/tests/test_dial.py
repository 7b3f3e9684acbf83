"""What was used between readings."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yiwang.areas.energy.use.dial import Mark, check, parts, rolls
from yiwang.kit.refusal import Refusal


def mark(month: int, value: str, **more: Any) -> Mark:
    return Mark(date(2026, month, 1), Decimal(value), **more)


def used(*marks: Mark, multiplier: str = "1", digits: int | None = None) -> list[int]:
    return [part.quantity for part in parts(marks, Decimal(multiplier), digits)]


def test_a_difference_times_the_multiplier() -> None:
    assert used(mark(1, "100"), mark(2, "150.5"), multiplier="40") == [2_020_000]


def test_a_roll_over_goes_once_around_the_dial() -> None:
    assert used(mark(1, "99990"), mark(2, "15", rolled=True), digits=5) == [25_000]


def test_a_new_meter_begins_where_it_began() -> None:
    """The old one ended at 880, the new one began at 3."""
    found = used(mark(1, "800"), mark(2, "880", start=Decimal(3)), mark(3, "33"))
    assert found == [80_000, 30_000]


def test_a_new_multiplier_counts_from_its_reading_on() -> None:
    found = used(mark(1, "0"), mark(2, "10", multiplier=Decimal(60)), mark(3, "20"), mark(4, "30"), multiplier="40")
    assert found == [400_000, 600_000, 600_000]


def test_an_estimate_makes_both_sides_estimates_and_so_does_a_long_gap() -> None:
    marks = [mark(1, "0"), mark(2, "10", estimated=True), mark(3, "20"), mark(4, "30"), mark(8, "70")]
    assert [part.estimated for part in parts(marks, Decimal(1), None)] == [True, True, False, True]


@given(st.lists(st.integers(0, 10**7), min_size=2, max_size=20))
def test_the_parts_add_up_to_the_whole_dial(values: list[int]) -> None:
    marks = [
        Mark(date.fromordinal(738_000 + 30 * place), Decimal(value) / 1000)
        for place, value in enumerate(sorted(values))
    ]
    assert sum(part.quantity for part in parts(marks, Decimal(1), None)) == max(values) - min(values)


@pytest.mark.parametrize(
    ("new", "before", "after", "code"),
    [
        ("123456", None, None, "reading.digits"),
        ("90", "100", None, "reading.backward"),
        ("110", "100", "105", "reading.backward"),
    ],
)
def test_refused(new: str, before: str | None, after: str | None, code: str) -> None:
    with pytest.raises(Refusal) as caught:
        check(mark(2, new), mark(1, before) if before else None, mark(3, after) if after else None, 5)
    assert caught.value.code == code


def test_a_roll_over_needs_the_digits() -> None:
    with pytest.raises(Refusal) as caught:
        check(mark(2, "5", rolled=True), mark(1, "99990"), None, None)
    assert caught.value.code == "reading.digits"
    check(mark(2, "5", rolled=True), mark(1, "99990"), None, 5)


def test_a_small_step_around_the_dial_is_surely_a_roll_over() -> None:
    assert rolls(mark(1, "99990"), mark(2, "15"), 5)
    assert not rolls(mark(1, "60000"), mark(2, "50000"), 5)
    assert not rolls(mark(1, "10"), mark(2, "50"), 5)
    assert not rolls(mark(1, "99990"), mark(2, "15"), None)
